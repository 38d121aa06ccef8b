"""Whether the subscription is offered the environment's regions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from modelyard_cli.account.azure.session import SUBSCRIPTIONS
from modelyard_cli.account.survey import Subject

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment
    from modelyard_cli.account.azure.session import Session
    from modelyard_cli.findings import Finding

CHECK = "regions"


def check(session: Session, environment: AzureEnvironment) -> Iterator[Finding]:
    """Look at each region."""
    offered = {each["name"] for each in session.arm.pages(f"{session.home}/locations", SUBSCRIPTIONS)}
    for region, field in regions_of(environment).items():
        subject = Subject(CHECK, f"region {region}", "everything in it", field)
        if region in offered:
            yield subject.found("offered to the subscription")
        else:
            yield subject.missing(
                "not offered to the subscription",
                "ask for access to it (portal: Help + support, Service and subscription limits), or choose "
                "another region: `az account list-locations --output table` lists them",
            )


def offered(found: Iterable[Finding]) -> set[str]:
    """The regions that were found."""
    return {
        finding.name.removeprefix("region ") for finding in found if finding.found and finding.check == CHECK
    }


def regions_of(environment: AzureEnvironment) -> dict[str, str]:
    """The regions of an environment, each with its field; the primary one first."""
    regions = {environment.regions.primary: "regions.primary"}
    if environment.regions.recovery is not None:
        regions[environment.regions.recovery] = "regions.recovery"
    return regions
