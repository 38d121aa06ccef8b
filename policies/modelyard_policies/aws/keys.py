"""Telling a customer-managed key from AWS's own."""

from __future__ import annotations

from modelyard_policies.aws.types import KMS_KEYS
from modelyard_policies.reading import Block, GraphView


def names_customer_key(block: Block, key: str, graph: GraphView) -> bool:
    """Whether `key` names a customer-managed key: one of the graph, or one that isn't AWS's by its alias.

    An ARN from outside the graph is taken for a customer key: AWS's own are known by alias only.
    """
    value = block.raw(key)
    if isinstance(value, str) and "alias/aws/" in value:
        return False
    return graph.refers_to_any(block, key, KMS_KEYS) or bool(block.text(key).strip())
