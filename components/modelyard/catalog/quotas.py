"""EC2's quotas on vCPUs: one for each class of families, on demand and on spot, in each region."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from modelyard.catalog.tables import rows, sources

Market = Literal["on_demand", "spot"]

_LETTERS = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Quota:
    """One of EC2's quotas, counted in vCPUs."""

    code: str
    """Its code in Service Quotas, as L-417A185B, the same in every region."""
    name: str
    families: tuple[str, ...]
    """Letters that the names of its families begin with: "p" for p4d and p5."""
    market: Market
    default_vcpus: int
    """What a new account has of it. Accounts differ: ask Service Quotas."""
    source: str
    as_of: str
    note: str
    """What a reader has to know before relying on it; empty if nothing."""


def vcpu_quota(instance_type: str, market: Market) -> Quota | None:
    """The quota that machines of a type count against; None where the catalog knows none."""
    letters = _LETTERS.match(instance_type)
    return _by_family().get((letters[0], market)) if letters else None


@cache
def vcpu_quotas() -> tuple[Quota, ...]:
    """Every quota on vCPUs that the catalog knows."""
    return tuple(
        Quota(
            code=row["quota_code"],
            name=row["name"],
            families=tuple(row["families"].split()),
            market=cast("Market", row["market"]),
            default_vcpus=int(row["default_vcpus"]),
            source=sources("aws")[row["source"]].source,
            as_of=sources("aws")[row["source"]].as_of,
            note=row["note"],
        )
        for row in rows("aws/quotas")
    )


@cache
def _by_family() -> dict[tuple[str, Market], Quota]:
    return {(family, quota.market): quota for quota in vcpu_quotas() for family in quota.families}
