"""What is known only of all nodes together: who differs from the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from modelyard_node.preflight.findings import COMMON, NODE, Finding, failed, passed, ranks_text
from modelyard_node.preflight.versions import DISTRIBUTIONS

ALIKE_SHARE = 0.75
"""What is measured of a node has to reach this part of what the middle one has: a choice of ours, well
below what nodes of one type differ by, and well above half."""


def judge_versions(versions: Mapping[int, Mapping[str, str]]) -> list[Finding]:
    """Whether all nodes have the same versions: one finding for each node that differs from most others, or
    one for all where most are not alike.
    """
    wrong: dict[int, list[str]] = {}
    split: list[str] = []
    usual: dict[str, str] = {}
    for name in sorted({name for each in versions.values() for name in each}):
        by_rank = _by_rank(name, versions)
        most = majority(by_rank)
        if most is None:
            split.append(f"{name} " + _who_has_what(by_rank))
            continue
        usual[name] = most
        for rank, value in by_rank.items():
            if value != most:
                wrong.setdefault(rank, []).append(name)
    findings = [_differs(rank, names, versions[rank], usual) for rank, names in sorted(wrong.items())]
    if split:
        findings.append(_split(split))
    return findings or [passed("versions", _shown(usual), "alike on all nodes")]


def _by_rank(name: str, versions: Mapping[int, Mapping[str, str]]) -> dict[int, str]:
    """What each node has. What a node can't tell of itself isn't compared; what isn't installed is."""
    installed = name in DISTRIBUTIONS
    return {rank: each.get(name, "none") for rank, each in versions.items() if installed or name in each}


def majority(values: Mapping[int, str]) -> str | None:
    """What more than half of all have; None if there is no such."""
    value, count = Counter(values.values()).most_common(1)[0]
    return value if count * 2 > len(values) else None


def judge_scratch_sizes(sizes: Mapping[int, float]) -> list[Finding]:
    """Nodes with much less scratch space than the others: their local disks weren't mounted."""
    middle = median(sizes)
    return [
        failed(
            "scratch",
            f"{size:,.1f} GiB in all",
            f"{middle:,.1f} GiB, as others have",
            "its local disks weren't mounted: see the log group of the environment's nodes",
            NODE,
        )._replace(rank=rank)
        for rank, size in sorted(sizes.items())
        if size < middle * ALIKE_SHARE
    ]


def judge_links(gbps: Mapping[int, float]) -> list[Finding]:
    """Nodes whose own GPUs speak to each other much slower than others' do."""
    if not gbps:
        return []
    middle = median(gbps)
    slow = {rank: value for rank, value in gbps.items() if value < middle * ALIKE_SHARE}
    if not slow:
        return [
            passed("gpu_links", f"{min(gbps.values()):,.0f} Gbit/s or more within each node", _links(middle))
        ]
    return [
        failed(
            "gpu_links",
            f"{value:,.0f} Gbit/s between its GPUs",
            _links(middle),
            "a link between its GPUs is broken or slowed: end its instance",
            NODE,
        )._replace(rank=rank)
        for rank, value in sorted(slow.items())
    ]


def median(values: Mapping[int, float]) -> float:
    """The middle value; of two in the middle, the larger: the better node says what is possible."""
    ordered = sorted(values.values())
    return ordered[len(ordered) // 2]


def _links(middle: float) -> str:
    return f"{ALIKE_SHARE:.0%} of the {middle:,.0f} Gbit/s that the middle node has"


def _differs(rank: int, names: list[str], own: Mapping[str, str], usual: Mapping[str, str]) -> Finding:
    return failed(
        "versions",
        ", ".join(f"{name} {own.get(name, 'none')}" for name in names),
        ", ".join(f"{name} {usual[name]}" for name in names) + ", as most nodes have",
        "nodes started from another image: name images by digest and the machines' image by id, and end the "
        "instance that differs",
        NODE,
    )._replace(rank=rank)


def _split(found: list[str]) -> Finding:
    return failed(
        "versions",
        "; ".join(found),
        "alike on all nodes",
        "name images by digest and the machines' image by id, so that all nodes start from the same",
        COMMON,
    )


def _who_has_what(by_rank: Mapping[int, str]) -> str:
    """As `535.54 (rank 0), 550.1 (rank 1)`."""
    ranks: dict[str, list[int]] = {}
    for rank, value in sorted(by_rank.items()):
        ranks.setdefault(value, []).append(rank)
    return ", ".join(f"{value} ({ranks_text(who)})" for value, who in ranks.items())


def _shown(versions: Mapping[str, str]) -> str:
    first = ("driver", "nccl", "plugin", "libfabric", "torch", "jax", "python", "kernel")
    return ", ".join(f"{name} {versions[name]}" for name in first if name in versions)
