"""The ranges of nodes in a multi-node parallel job: `0:3`, `:3`, `4:`, `:` and `5`.

Source: AWS Batch API reference, NodeRangeProperty, NodeOverrides and NodePropertyOverride, 2026-11: ranges
together account for all nodes, and one may lie inside another, whose properties it then overrides. AWS's
words for overrides are those of aws/aws-cdk#29415 and aws/aws-parallelcluster#964.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelyard_sandbox.moto_extensions.batch.answers import refused, require, within

NODES_MAX = 1000
RANGES_MAX = 5
"""Most node ranges of a definition: undocumented in the API reference, met in meta-pytorch/torchx#700; the
user guide calls them node groups.
"""
_RANGE = re.compile(r"(?P<first>\d*):(?P<last>\d*)|(?P<only>\d+)")


@dataclass(frozen=True, slots=True)
class NodeRange:
    """Nodes from `first` to `last`, both in it."""

    text: str
    first: int
    last: int
    is_open: bool
    """Whether it ends where the nodes do."""

    @classmethod
    def of(cls, text: str, nodes: int) -> NodeRange:
        """The range that a text names among so many nodes."""
        found = _RANGE.fullmatch(text)
        if found is None:
            raise refused(f"targetNodes {text!r} is not a range of nodes: n, n:m, n:, :m or :")
        if found["only"]:
            return cls(text, int(found["only"]), int(found["only"]), is_open=False)
        last = int(found["last"]) if found["last"] else nodes - 1
        return cls(text, int(found["first"] or 0), last, is_open=not found["last"])

    def holds(self, node: int) -> bool:
        """Whether a node lies in it."""
        return self.first <= node <= self.last

    def encloses(self, other: NodeRange) -> bool:
        """Whether all of another range lies in it."""
        return self.first <= other.first and other.last <= self.last

    @property
    def size(self) -> int:
        """How many nodes it has."""
        return self.last - self.first + 1


def ranges_of(properties: Mapping[str, Any]) -> list[NodeRange]:
    """The ranges of a job's node properties, which must account for each node and cross nowhere."""
    nodes = properties.get("numNodes")
    within("numNodes", nodes, 1, NODES_MAX)
    assert isinstance(nodes, int)  # noqa: S101 (as `within` has made sure)
    main = properties.get("mainNode")
    require(
        isinstance(main, int) and 0 <= main < nodes,
        f"mainNode {main} must be less than the number of nodes, {nodes}",
    )
    described: Sequence[Mapping[str, Any]] = properties.get("nodeRangeProperties") or []
    within("the number of node ranges", len(described), 1, RANGES_MAX)
    ranges = [NodeRange.of(item.get("targetNodes", ""), nodes) for item in described]
    for item in ranges:
        require(item.first <= item.last < nodes, f"targetNodes {item.text} lies outside of the {nodes} nodes")
    _must_not_cross(ranges)
    missing = [node for node in range(nodes) if not any(item.holds(node) for item in ranges)]
    require(not missing, f"the node ranges must account for all nodes: {missing[:1]} is in none")
    return ranges


def _must_not_cross(ranges: Sequence[NodeRange]) -> None:
    for index, one in enumerate(ranges):
        for other in ranges[index + 1 :]:
            apart = one.last < other.first or other.last < one.first
            # Equal ranges lie inside each other, and neither would override.
            nested = one.encloses(other) != other.encloses(one)
            require(
                apart or nested, f"targetNodes {one.text} and {other.text} overlap, and neither is inside"
            )


def effective(ranges: Sequence[NodeRange], node: int) -> int:
    """The index of the range whose properties a node has: the innermost that holds it."""
    holding = [index for index, item in enumerate(ranges) if item.holds(node)]
    return min(holding, key=lambda index: ranges[index].size)


def check_node_count(properties: Mapping[str, Any], nodes: int) -> None:
    """Refuse another number of nodes where the definition doesn't leave it open."""
    within("nodeOverrides.numNodes", nodes, 1, NODES_MAX)
    open_ended = [item for item in ranges_of(properties) if item.is_open]
    require(
        open_ended,
        "NumNodes override can only be applied if the job definition has at least 1 target node without a "
        "range_end i.e (:) or (range_start:).",
    )
    first = max(item.first for item in open_ended)
    require(
        first < nodes,
        f"nodeOverrides.numNodes {nodes} must be greater than the lower boundary of the open range, {first}",
    )
    main = properties["mainNode"]
    require(main < nodes, f"mainNode {main} must be less than the number of nodes, {nodes}")


def check_targets(properties: Mapping[str, Any], targets: Sequence[str]) -> None:
    """Refuse overrides of ranges that the definition doesn't have."""
    known = {item["targetNodes"] for item in properties["nodeRangeProperties"]}
    strange = [target for target in targets if target not in known]
    require(
        not strange,
        f"NodeOverride targets should match job definition. Non matching targets - {', '.join(strange)}",
    )
