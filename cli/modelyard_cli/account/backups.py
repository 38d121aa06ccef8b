"""Whether AWS Backup may back up what the environment has backed up: without an opt-in it passes it over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.environment.aws.storage import DatasetS3Store
from modelyard_cli.account.survey import Subject, Survey, command

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment
    from modelyard_cli.findings import Finding

RESOURCE_TYPES = {"s3": "S3", "fsx_lustre": "FSx", "efs": "EFS"}
"""AWS Backup's name of each kind of store (API Reference, UpdateRegionSettings, 2026-11)."""


def check(survey: Survey) -> Iterator[Finding]:
    """Look at the opt-in of each type that is backed up. Raises what botocore raises."""
    wanted = backed_up(survey.environment)
    if not wanted:
        return
    answer = survey.client("backup").describe_region_settings()
    chosen = answer.get("ResourceTypeOptInPreference", {})
    for type_, field in wanted.items():
        name = f"backups of {type_} in {survey.region}"
        subject = Subject("backups", name, "backup plans pass over types that aren't opted in", field)
        if chosen.get(type_):
            yield subject.found("opted in")
            continue
        opt_in = command(
            "backup update-region-settings",
            {"resource-type-opt-in-preference": f"{type_}=true"},
            survey.region,
        )
        yield subject.missing(
            "AWS Backup isn't opted in to it",
            f"{survey.loaded.command('bootstrap aws')} opts in, or {opt_in}",
        )


def backed_up(environment: AwsEnvironment) -> dict[str, str]:
    """The types of what is backed up, in AWS Backup's words, each with a field that says so."""
    if environment.backup is None:
        return {}
    storage, types = environment.storage, dict[str, str]()
    for place, file_system in enumerate(storage.file_systems):
        if file_system.backed_up:
            field = f"storage.file_systems[{place}].backed_up"
            types.setdefault(RESOURCE_TYPES[file_system.kind], field)
    if isinstance(storage.datasets, DatasetS3Store) and storage.datasets.backed_up:
        types["S3"] = "storage.datasets.backed_up"
    return types
