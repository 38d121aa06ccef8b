"""Whether the account has enabled the environment's regions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from modelyard_cli.account.failures import region_not_opted_in, unknown_region
from modelyard_cli.account.session import ENABLED, HOME_REGION, CheckedSession, regions_of
from modelyard_cli.account.survey import Subject

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment
    from modelyard_cli.findings import Finding

PREFIX = "region "


def check(session: CheckedSession, environment: AwsEnvironment) -> Iterator[Finding]:
    """Look at each region. Raises what botocore raises."""
    answer = session.client("ec2", HOME_REGION).describe_regions(AllRegions=True)
    known = {region["RegionName"]: region.get("OptInStatus", "opted-in") for region in answer["Regions"]}
    for name, field in regions_of(environment).items():
        subject = Subject("regions", f"{PREFIX}{name}", "everything in it", field)
        if name not in known:
            error = unknown_region(name, field)
        elif known[name] not in ENABLED:
            error = region_not_opted_in(name, field, session.account_id)
        else:
            yield subject.found("enabled by default" if known[name] == "opt-in-not-required" else "enabled")
            continue
        yield subject.missing(f"{error.message}; nothing else was looked at there", error.mend)


def enabled(findings: Iterable[Finding]) -> frozenset[str]:
    """The regions that were found enabled."""
    return frozenset(finding.name.removeprefix(PREFIX) for finding in findings if finding.found)
