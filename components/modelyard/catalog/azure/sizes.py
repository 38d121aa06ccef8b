"""Sizes of virtual machines: accelerators, memory, InfiniBand, what they support and where they are sold.

Facts of Microsoft's pages on each series, of its list of SKUs and of its price list; each table names which.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from modelyard.catalog.azure.unknown import UnknownSize
from modelyard.catalog.fact import Fact
from modelyard.catalog.tables import rows, sources

Kind = Literal["cpu", "gpu"]
Architecture = Literal["x86_64", "arm64"]
Feature = Literal["low_priority", "premium_disks", "encryption_at_host"]


@dataclass(frozen=True, slots=True)
class Size:
    """What Microsoft documents about one size of virtual machines."""

    name: str
    """As Standard_ND96isr_H100_v5."""
    kind: Kind
    accelerator: str | None
    """Model without its vendor, as "H100" (SXM) or "H100 NVL"; None for CPU sizes."""
    accelerator_vendor: str | None
    accelerator_count: int
    accelerator_memory_mib: int
    """Memory of each accelerator (of the share, where the machine has a share of one)."""
    accelerator_share: float
    """1 for whole accelerators; 0.5 where a machine gets a half of one; 0 for CPU sizes."""
    vcpus: int
    memory_mib: int
    architecture: Architecture
    infiniband_gbps: float | None
    """All links together; None without InfiniBand."""
    infiniband_generation: str | None
    """As the page names it: "HDR", "NDR" or the product "Quantum-2"; None where it names none."""
    ethernet_gbps: float
    """The most that all network interfaces carry together."""
    local_storage_gib: int
    """All NVMe disks together; the temporary disk where a size has no others."""
    family: str
    """The family whose vCPUs quotas count, as standardNDSH100v5Family, with its spaces and capitals."""
    low_priority: bool | None
    """Whether Machine Learning's clusters have it as low priority, which are spot machines; None if no source
    says. A spot price alone counts, where no answer of the service says otherwise."""
    premium_disks: bool | None
    """Whether it takes premium managed disks; None if no source says."""
    encryption_at_host: bool | None
    """Whether its host encrypts temporary disks and caches on demand; None if no source says."""
    source: str
    as_of: str
    note: str
    """A doubt about a number above; empty if there is none."""


@cache
def size(name: str) -> Size:
    """The facts about a size. Raises UnknownSize, with the nearest names, if there are none."""
    row = _by_name().get(name)
    if row is None:
        raise UnknownSize(name, _by_name())
    source = sources("azure")[row["source"]]
    return Size(
        name=name,
        kind=cast("Kind", row["kind"]),
        accelerator=row["accelerator"] or None,
        accelerator_vendor=row["accelerator_vendor"] or None,
        accelerator_count=int(row["accelerator_count"]),
        accelerator_memory_mib=int(row["accelerator_memory_mib"]),
        accelerator_share=float(row["accelerator_share"]),
        vcpus=int(row["vcpus"]),
        memory_mib=int(row["memory_mib"]),
        architecture=cast("Architecture", row["architecture"]),
        infiniband_gbps=float(row["infiniband_gbps"]) if row["infiniband_gbps"] else None,
        infiniband_generation=row["infiniband_generation"] or None,
        ethernet_gbps=float(row["ethernet_gbps"]),
        local_storage_gib=int(row["local_storage_gib"]),
        family=row["family"],
        low_priority=_supported(row["family"], "low_priority"),
        premium_disks=_supported(row["family"], "premium_disks"),
        encryption_at_host=_supported(row["family"], "encryption_at_host"),
        source=source.source,
        as_of=source.as_of,
        note=row["note"],
    )


def size_names() -> tuple[str, ...]:
    """Every size that the catalog knows, sorted."""
    return tuple(_by_name())


def feature(name: str, asked: Feature) -> Fact[bool] | None:
    """Whether a size supports something, with who says so; None if no source does.

    Sources speak of a family or of one size of it: what holds for one is taken to hold for all. Raises
    UnknownSize if the catalog doesn't know the size.
    """
    row = _features().get((size(name).family, asked))
    if row is None:
        return None
    source = sources("azure")[row["source"]]
    return Fact(row["supported"] == "yes", "", source.source, source.as_of, row["note"])


def offered_regions(name: str) -> tuple[str, ...] | None:
    """The regions in which a size is offered, sorted; None if no source knows.

    A size counts as offered where Microsoft's price list has a price for it. Whether a subscription may
    use it there, and whether any is free, only Azure can say. Raises UnknownSize if the catalog doesn't
    know the size.
    """
    row = _offerings().get(size(name).name)
    if row is None:
        return None
    return tuple(column for column, usd in row.items() if usd and column not in ("size", "source"))


def _supported(family: str, asked: Feature) -> bool | None:
    row = _features().get((family, asked))
    return row["supported"] == "yes" if row else None


@cache
def _by_name() -> dict[str, dict[str, str]]:
    return {row["size"]: row for row in rows("azure/sizes")}


@cache
def _features() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["family"], row["feature"]): row for row in rows("azure/features")}


@cache
def _offerings() -> dict[str, dict[str, str]]:
    return {row["size"]: row for row in rows("azure/on_demand")}
