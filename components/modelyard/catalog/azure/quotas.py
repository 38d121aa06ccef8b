"""Quotas on vCPUs that Azure Machine Learning's compute counts against, in each region of a subscription.

They are Machine Learning's own: the quotas of virtual machines carry the same names and are separate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from modelyard.catalog.azure.sizes import size
from modelyard.catalog.tables import rows, sources

Market = Literal["dedicated", "low_priority"]


@dataclass(frozen=True, slots=True)
class Quota:
    """One quota, counted in vCPUs."""

    family: str
    """Its name among a region's usages, with its spaces and capitals, as standardNDSH100v5Family."""
    market: Market
    default_vcpus_from: int | None
    """The least that a new subscription has of it; None if no source says."""
    default_vcpus_to: int | None
    """The most that a new subscription has of it, by its offer; None if no source says."""
    source: str
    as_of: str
    name_source: str
    """Who says what the quota is called."""
    note: str
    """What a reader has to know before relying on it; empty if nothing."""

    @property
    def must_be_requested(self) -> bool:
        """Whether a new subscription has none of it, so that nothing starts before it is granted."""
        return self.default_vcpus_to == 0


def vcpu_quota(name: str, market: Market) -> Quota:
    """The quota that machines of a size count against: its family's, or the one of all low-priority nodes.

    Raises UnknownSize if the catalog doesn't know the size.
    """
    family = size(name).family
    if market == "low_priority":
        return next(quota for quota in vcpu_quotas() if quota.market == "low_priority")
    return next(quota for quota in vcpu_quotas() if quota.family == family)


@cache
def vcpu_quotas() -> tuple[Quota, ...]:
    """Every quota on vCPUs that the catalog knows."""
    return tuple(
        Quota(
            family=row["family"],
            market=cast("Market", row["market"]),
            default_vcpus_from=_count(row["default_vcpus_from"]),
            default_vcpus_to=_count(row["default_vcpus_to"]),
            source=sources("azure")[row["source"]].source,
            as_of=sources("azure")[row["source"]].as_of,
            name_source=sources("azure")[row["name_source"]].source,
            note=row["note"],
        )
        for row in rows("azure/quotas")
    )


def _count(text: str) -> int | None:
    return int(text) if text else None
