"""File systems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.catalog.regions import region_names
from modelyard.environment.aws.file_systems import LustreFileSystem
from modelyard.environment.aws.needs import zone_ids
from modelyard.environment.aws.sites import primary_site
from modelyard.environment.aws.storage import ExistingS3Store
from modelyard.errors import Problem
from modelyard.planning.file_systems import (
    LUSTRE_SMALLEST_GIB,
    LUSTRE_STEP_GIB,
    is_lustre_size,
    next_lustre_size,
)
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment


def file_systems_are_named_once(environment: AwsEnvironment) -> Iterator[Problem]:
    """No two file systems have one name."""
    seen: set[str] = set()
    for place, file_system in enumerate(environment.storage.file_systems):
        if file_system.name in seen:
            yield Problem(
                field=f"storage.file_systems[{place}].name",
                given=given_text(file_system.name),
                message=f'another file system is called "{file_system.name}" as well',
                allowed="a name of its own for each",
                mend="rename one of the two",
            )
        seen.add(file_system.name)


def lustre_sizes_exist(environment: AwsEnvironment) -> Iterator[Problem]:
    """FSx has Lustre file systems of that size."""
    for field, file_system in _lustre(environment):
        if not is_lustre_size(file_system.size_gib):
            larger = next_lustre_size(file_system.size_gib)
            yield Problem(
                field=f"{field}.size_gib",
                given=str(file_system.size_gib),
                message="FSx for Lustre has no file systems of this size",
                allowed=f"{LUSTRE_SMALLEST_GIB:,}, or a multiple of {LUSTRE_STEP_GIB:,}",
                mend=f"set size_gib: {larger}",
            )


def lustre_zones_are_the_networks(environment: AwsEnvironment) -> Iterator[Problem]:
    """A file system that names its zone names one with a subnet."""
    if environment.regions.primary not in region_names():
        return
    own = zone_ids(primary_site(environment))
    for field, file_system in _lustre(environment):
        if file_system.zone_id is not None and file_system.zone_id not in own:
            yield Problem(
                field=f"{field}.zone_id",
                given=given_text(file_system.zone_id),
                message=f"the network has no subnet in {file_system.zone_id}",
                allowed=", ".join(own),
                mend="name a zone of the network, or add this one to network.zone_ids",
            )


def linked_file_systems_have_a_bucket_of_ours(environment: AwsEnvironment) -> Iterator[Problem]:
    """A link needs rights on the bucket that only its owner gives."""
    datasets = environment.storage.datasets
    if not isinstance(datasets, ExistingS3Store):
        return
    for field, file_system in _lustre(environment):
        if file_system.dataset_prefix is not None:
            yield Problem(
                field=f"{field}.dataset_prefix",
                given=given_text(file_system.dataset_prefix),
                message=f"the datasets are in {datasets.bucket}, which is somebody else's to link",
                allowed="nothing, while storage.datasets.kind is existing_s3",
                mend="remove dataset_prefix, or set storage.datasets.kind: s3",
            )


def linked_file_systems_are_not_backed_up(environment: AwsEnvironment) -> Iterator[Problem]:
    """FSx makes no backups of a file system that is linked to a bucket (FSx for Lustre User Guide, "Using
    data repositories", 2026-11). Without `backup` nothing is backed up anyway.
    """
    if environment.backup is None:
        return
    for field, file_system in _lustre(environment):
        if file_system.dataset_prefix is not None and file_system.backed_up:
            yield Problem(
                field=f"{field}.backed_up",
                given="true",
                message="FSx makes no backups of a file system that is linked to a bucket",
                allowed="false, with dataset_prefix",
                mend="set backed_up: false (the datasets are in the bucket), or remove dataset_prefix",
            )


def _lustre(environment: AwsEnvironment) -> Iterator[tuple[str, LustreFileSystem]]:
    """The Lustre file systems, each with its place in the environment."""
    for place, file_system in enumerate(environment.storage.file_systems):
        if isinstance(file_system, LustreFileSystem):
            yield f"storage.file_systems[{place}]", file_system
