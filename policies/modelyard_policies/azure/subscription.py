"""Stacks that hold what a subscription has once."""

from __future__ import annotations

from modelyard_policies.declared import is_account_stack
from modelyard_policies.graph.types import AZURE
from modelyard_policies.reading import GraphView


def is_subscription_stack(graph: GraphView) -> bool:
    """Whether the stack says that it is the account's, and is Azure's: an account of AWS's has no plans of
    Defender's, whatever it holds.
    """
    return is_account_stack(graph) and graph.once(_has_azure)


def _has_azure(graph: GraphView) -> bool:
    return any(resource.type.startswith(AZURE) for resource in graph.resources())
