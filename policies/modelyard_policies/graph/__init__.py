"""The graph of resources that every analysis reads."""

from __future__ import annotations

from modelyard_policies.graph.links import Match
from modelyard_policies.graph.model import Graph, Node
from modelyard_policies.graph.regions import region_of
from modelyard_policies.graph.types import canonical
from modelyard_policies.graph.values import SECRET, UNKNOWN, Secret, Unknown, from_json, to_json

__all__ = [
    "SECRET",
    "UNKNOWN",
    "Graph",
    "Match",
    "Node",
    "Secret",
    "Unknown",
    "canonical",
    "from_json",
    "region_of",
    "to_json",
]
