"""Whether Machine Learning's quotas let all pools have all of their nodes at a time, and are as stated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.environment.azure.needs import vcpus_wanted
from modelyard_cli.account.survey import Subject

if TYPE_CHECKING:
    from modelyard_cli.account.azure.survey import Survey
    from modelyard_cli.findings import Finding

LEARNING = "Microsoft.MachineLearningServices"
API_VERSION = "2025-12-01"
"""Of Machine Learning (REST reference: Usages, List, 2026-11)."""

OF_FAMILIES_AT_LOW_PRIORITY = "/vmfamily/lowprioritycores/usages"
"""End of the type, in small letters, of what says of a family's nodes of low priority that they have no limit
of their own."""

UNLIMITED = -1

MEND = (
    "ask for more: portal, the workspace's Quotas or Help + support, Service and subscription limits, "
    "Machine Learning service (virtual machine quotas don't count); or lower max_nodes"
)


def check(survey: Survey) -> Iterator[Finding]:
    """Look at each quota that the pools count against, and at each that the YAML states."""
    granted = granted_vcpus(survey)
    wanted = vcpus_wanted(survey.environment, survey.site)
    for family, vcpus in wanted.items():
        yield _compared(survey, family, granted.get(family.lower()), vcpus)
    for place, quota in enumerate(survey.environment.quotas):
        stated = quota.recovery_vcpus if survey.site.recovery else quota.vcpus
        field = f"quotas[{place}].{'recovery_vcpus' if survey.site.recovery else 'vcpus'}"
        found = granted.get(quota.family.lower())
        if stated and not _suffices(found, stated):
            yield Subject(
                "quotas", f"quota {quota.family} in {survey.region}, as stated", "what was planned", field
            ).missing(
                f"the YAML states {stated:,} vCPUs, and {_said(found)}",
                f"correct it to what is granted, or {MEND.partition(';')[0]}",
            )


def granted_vcpus(survey: Survey) -> dict[str, int]:
    """Limits of a region, by family in small letters.

    Azure names each family twice: nodes of low priority have no limit of a family, -1, and count against
    TotalLowPriorityCores. Only the type tells the two apart.
    """
    path = f"{survey.session.home}/providers/{LEARNING}/locations/{survey.region}/usages"
    return {
        each["name"]["value"].lower(): int(each["limit"])
        for each in survey.session.arm.pages(path, API_VERSION)
        if not str(each.get("type", "")).lower().endswith(OF_FAMILIES_AT_LOW_PRIORITY)
    }


def _compared(survey: Survey, family: str, granted: int | None, wanted: int) -> Finding:
    name = f"quota {family} in {survey.region}"
    subject = Subject("quotas", name, "all nodes of its pools at a time", survey.site.pools_field)
    needs = f"{wanted:,} are wanted for its pools and what builds images"
    if _suffices(granted, wanted):
        return subject.found(f"{'no limit' if granted == UNLIMITED else f'{granted:,} vCPUs'}, and {needs}")
    return subject.missing(f"{_said(granted)}, and {needs}", MEND)


def _suffices(granted: int | None, wanted: int) -> bool:
    return granted is not None and (granted == UNLIMITED or granted >= wanted)


def _said(granted: int | None) -> str:
    return "Azure names no such quota there" if granted is None else f"{granted:,} vCPUs are granted"
