"""Whether clusters of a region can have the sizes of the pools, and the subscription may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from modelyard.environment.azure.compute import Spot
from modelyard_cli.account.azure.quotas import API_VERSION, LEARNING
from modelyard_cli.account.survey import Subject

if TYPE_CHECKING:
    from modelyard_cli.account.azure.survey import Survey
    from modelyard_cli.findings import Finding

SKUS = "2021-07-01"
"""api-version of the list of sizes and of what restricts them (REST reference: Resource Skus, 2026-11)."""


def check(survey: Survey) -> Iterator[Finding]:
    """Look at each size once."""
    session, region = survey.session, survey.region
    path = f"{session.home}/providers/{LEARNING}/locations/{region}/vmSizes"
    known = {each["name"].lower(): each for each in session.arm.pages(path, API_VERSION)}
    restricted = _restrictions(survey)
    for size, (field, spot) in _sizes(survey).items():
        subject = Subject("sizes", f"size {size} in {region}", "nodes of its pools", field)
        found = known.get(size.lower())
        if found is None:
            yield subject.missing(
                "Machine Learning doesn't offer it there",
                f"choose another size or region: `az ml compute list-sizes --location {region}` lists them",
            )
        elif spot and found.get("lowPriorityCapable") is False:
            yield subject.missing("not offered with low priority", "set capacity.mode to on_demand")
        elif size.lower() in restricted:
            yield subject.missing(
                f"withheld from the subscription: {restricted[size.lower()]}",
                "ask for access to it in the portal (Help + support, Service and subscription limits)",
                # Clusters run in Microsoft's own subscription, which may have it all the same.
                required=False,
            )
        else:
            yield subject.found("offered to clusters")


def _sizes(survey: Survey) -> dict[str, tuple[str, bool]]:
    """The sizes, each with a field that names it, and whether a pool wants it with low priority."""
    sizes: dict[str, tuple[str, bool]] = {}
    for place, pool in enumerate(survey.site.pools):
        _, spot = sizes.get(pool.instance_type, ("", False))
        field = f"{survey.site.pools_field}[{place}].instance_type"
        sizes[pool.instance_type] = (field, spot or isinstance(pool.capacity, Spot))
    sizes.setdefault(
        survey.environment.workspace.image_build_instance_type,
        ("workspace.image_build_instance_type", False),
    )
    return sizes


def _restrictions(survey: Survey) -> dict[str, str]:
    """Why a size is withheld in the region as a whole, by the size in small letters."""
    query = {"$filter": f"location eq '{survey.region}'"}
    listed = survey.session.arm.pages(f"{survey.session.home}/providers/Microsoft.Compute/skus", SKUS, query)
    found: dict[str, str] = {}
    for each in listed:
        here = survey.region in (place.lower() for place in each.get("locations", []))
        if each.get("resourceType") == "virtualMachines" and here:
            for restriction in each.get("restrictions", []):
                if _is_whole(restriction):
                    found[each["name"].lower()] = restriction.get("reasonCode", "no reason given")
    return found


def _is_whole(restriction: dict[str, Any]) -> bool:
    """Whether it is one on the region, and not on some of its zones."""
    return restriction.get("type") == "Location"
