"""The machines that a job may find itself on: of its pool, and of those that stand in for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from modelyard_launcher.clouds import AnyPool, AnyTarget, is_cluster
from modelyard_launcher.pools import PoolChoice, node_price, usable_memory_mib


@dataclass(frozen=True, slots=True)
class NodeRow:
    """What a node of one pool is, and what of it the job has."""

    pool: str
    instance_type: str
    capacity: str
    devices: str
    """Its accelerators, as 8 x H100; empty on CPU nodes."""
    vcpus: int
    memory_mib: int
    """Memory of the machine."""
    usable_memory_mib: int
    """What the host leaves of it."""
    efa_interfaces: int
    hourly_usd: float | None
    """What an hour of the node costs; None if unpriced."""
    fallback: bool
    """Whether it is used only while the chosen pool has no machine free."""
    infiniband_gbps: float | None = None
    """What a node's InfiniBand adapters carry together, in Gbit/s; None where there are none."""

    def as_dict(self) -> dict[str, Any]:
        """The JSON form; without InfiniBand where there is none."""
        document = asdict(self)
        if self.infiniband_gbps is None:
            del document["infiniband_gbps"]
        return document


def node_rows(target: AnyTarget, choice: PoolChoice) -> list[NodeRow]:
    """The chosen pool's node, then those of its fallbacks in their order."""
    pools = {pool.name: pool for pool in target.pools}
    others = [] if is_cluster(choice.pool) else choice.pool.fallback
    fallbacks = [pools[name] for name in others if name in pools]
    return [_row(choice.pool, target.region, fallback=False)] + [
        _row(pool, target.region, fallback=True) for pool in fallbacks
    ]


def _row(pool: AnyPool, region: str, *, fallback: bool) -> NodeRow:
    price = node_price(pool, region)
    return NodeRow(
        pool=pool.name,
        instance_type=pool.instance_type,
        capacity=pool.capacity,
        devices=f"{pool.accelerators_per_node} x {pool.accelerator}" if pool.accelerator else "",
        vcpus=pool.vcpus,
        memory_mib=pool.memory_mib,
        usable_memory_mib=usable_memory_mib(pool),
        efa_interfaces=0 if is_cluster(pool) else pool.fabric.efa_interfaces,
        hourly_usd=None if price is None else price.value,
        fallback=fallback,
        infiniband_gbps=pool.fabric.infiniband_gbps if is_cluster(pool) else None,
    )


def table_lines(rows: Sequence[NodeRow]) -> list[str]:
    """The rows as a table; columns in which nothing stands are left out."""
    columns = (
        ("POOL", [row.pool for row in rows]),
        ("TYPE", [row.instance_type for row in rows]),
        ("CAPACITY", [row.capacity for row in rows]),
        ("DEVICES", [row.devices for row in rows]),
        ("CPUS", [str(row.vcpus) for row in rows]),
        ("MEMORY GiB", [_memory(row) for row in rows]),
        ("EFA", [str(row.efa_interfaces or "") for row in rows]),
        ("IB Gbit/s", [f"{row.infiniband_gbps:g}" if row.infiniband_gbps else "" for row in rows]),
        ("$/HOUR", ["" if row.hourly_usd is None else f"{row.hourly_usd:,.2f}" for row in rows]),
    )
    kept = [(head, cells) for head, cells in columns if any(cells)]
    widths = [max(len(head), *map(len, cells)) for head, cells in kept]
    table = [[head for head, _ in kept], *zip(*(cells for _, cells in kept), strict=True)]
    return [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    ]


def _memory(row: NodeRow) -> str:
    return f"{row.usable_memory_mib / 1_024:.1f} of {row.memory_mib / 1_024:g}"
