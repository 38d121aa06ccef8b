"""Limits of Azure Machine Learning and of what its clusters stand on. What names may be is not among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from modelyard.catalog.azure.sizes import size
from modelyard.catalog.tables import rows, sources


@dataclass(frozen=True, slots=True)
class Limit:
    """How much of something there can be."""

    name: str
    unit: str
    default: int
    """What holds unless Microsoft has raised it for the subscription."""
    raisable_to: int | None
    """What Microsoft can raise it to on request; None if no source says that it can."""
    source: str
    as_of: str
    note: str
    """What it counts, where the name doesn't say."""


def limit(name: str) -> Limit:
    """A limit by its name, as "computes_per_region". Raises ValueError if it is none of limit_names()."""
    try:
        return _limits()[name]
    except KeyError:
        raise ValueError(f"{name!r} is no limit; there are {', '.join(_limits())}") from None


def limit_names() -> tuple[str, ...]:
    """What limit can be asked for, sorted."""
    return tuple(_limits())


def cluster_node_limit(name: str, *, communicating: bool) -> Limit:
    """How many nodes of a size one compute cluster can have.

    `communicating` says whether jobs span its nodes, as distributed training does: such a cluster is one
    placement group, which is smallest where its nodes have InfiniBand. Raises UnknownSize if the catalog
    doesn't know the size.
    """
    if not communicating:
        return limit("cluster_nodes")
    return limit("cluster_nodes_rdma" if size(name).infiniband_gbps else "cluster_nodes_communicating")


@cache
def _limits() -> dict[str, Limit]:
    return {
        row["limit"]: Limit(
            name=row["limit"],
            unit=row["unit"],
            default=int(row["default"]),
            raisable_to=int(row["raisable_to"]) if row["raisable_to"] else None,
            source=sources("azure")[row["source"]].source,
            as_of=sources("azure")[row["source"]].as_of,
            note=row["note"],
        )
        for row in rows("azure/limits")
    }
