"""Rules of Azure Firewall: those of a policy's collections, and those that stand in a firewall itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.azure.types import FIREWALL, FIREWALL_RULE_COLLECTION_GROUP
from modelyard_policies.ports import Span, span
from modelyard_policies.reading import Block, Resource, each

RULE_HOLDERS: Final = (FIREWALL, FIREWALL_RULE_COLLECTION_GROUP)
"""What rules stand in."""
ALLOW: Final = "allow"
TRANSLATE: Final = "dnat"
"""Actions of collections: what comes from inside may pass, what comes from outside is led inside."""

_COLLECTIONS: Final = (
    "ruleCollections",
    "applicationRuleCollections",
    "networkRuleCollections",
    "natRuleCollections",
)
"""Of a group of a policy's, and of a firewall without a policy."""
_PROTOCOLS: Final = ("ipProtocols", "protocols")
"""Of a policy's rules, and of a firewall's own."""


def rules(holder: Resource, action: str) -> Iterator[Block]:
    """The rules of the collections that have an action. What isn't known comes last, as Unread."""

    def of_collection(collection: Block) -> Iterator[Block]:
        if collection.block("action").text("type").strip().lower() == action:
            yield from collection.list("rules")

    yield from each(each(_COLLECTIONS, holder.list), of_collection)


def is_by(rule: Block, *protocols: str) -> bool:
    """Whether a network rule is for these protocols alone, in lower case; one that names none is for all."""
    named = {name.strip().lower() for name in each(_PROTOCOLS, rule.strings)}
    return bool(named) and named <= set(protocols)


def spans(rule: Block, key: str = "destinationPorts") -> Iterator[Span]:
    """The ports that a rule is for. What isn't known comes last, as Unread."""
    return (found for found in map(span, rule.strings(key)) if found)
