"""How rules read resources and the graph."""

from __future__ import annotations

from modelyard_policies.reading.block import Block, Failure, Resource
from modelyard_policies.reading.logic import all_of, any_of, each, some, total
from modelyard_policies.reading.statements import Statement, matches, statements
from modelyard_policies.reading.view import GraphView

__all__ = [
    "Block",
    "Failure",
    "GraphView",
    "Resource",
    "Statement",
    "all_of",
    "any_of",
    "each",
    "matches",
    "some",
    "statements",
    "total",
]
