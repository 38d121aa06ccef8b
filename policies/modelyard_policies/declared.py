"""What a resource, or a stack, says of itself by tags.

A tag can only spare a resource a rule, never bring it under one that its kind isn't under anyway: what says
nothing about its stage is held to what production is, and what says nothing about its data isn't spared.
"""

from __future__ import annotations

from typing import Final

from modelyard_policies.errors import Unread
from modelyard_policies.reading import GraphView, Resource

STAGE: Final = "stage"
"""Tag that says what an environment is for: development, staging or production."""
CLASSIFICATION: Final = "data-classification"
"""Tag that says how secret the data is: public, internal, confidential or restricted."""
SCOPE: Final = "modelyard:scope"
"""Tag by which a stack says, on any resource or its provider's default tags, that it is the account's: with
the value `account`, it holds what an account has once."""
ACCOUNT_COMPONENT: Final = "modelyard-aws:index:Account"
"""Our own component of what an account has once, which says the same."""

NOT_PRODUCTION: Final = frozenset({"development", "dev", "test", "testing", "sandbox", "staging"})
CLASSIFIED: Final = ("confidential", "restricted")
UNCLASSIFIED: Final = frozenset({"public", "internal"})


def plain_tag(resource: Resource, graph: GraphView, key: str) -> str | None:
    """Value of a tag: the resource's own, or its provider's; None if there is none."""
    own = resource.block("tags")
    if own.has(key):
        return own.text(key)
    provider = graph.provider(resource)
    if provider is None:
        return None
    # The provider takes its nested settings as JSON text.
    default = provider.document("defaultTags").block("tags")
    return default.text(key) if default.has(key) else None


def tag(resource: Resource, graph: GraphView, key: str) -> str:
    """Value of a tag in lower case, as people write it; empty if there is none."""
    return (plain_tag(resource, graph, key) or "").strip().lower()


def is_production(resource: Resource, graph: GraphView) -> bool:
    """Whether the resource doesn't say that it is for something else than production."""
    return tag(resource, graph, STAGE) not in NOT_PRODUCTION


def may_be_classified(resource: Resource, graph: GraphView) -> bool:
    """Whether the resource doesn't say that its data is public or internal."""
    return tag(resource, graph, CLASSIFICATION) not in UNCLASSIFIED


def is_account_stack(graph: GraphView) -> bool:
    """Whether the stack says that it is the account's, which alone rules for it apply to."""
    return graph.once(_declares_account)


def _declares_account(graph: GraphView) -> bool:
    return any(map(_is_of_account, graph.resources()))


def _is_of_account(resource: Resource) -> bool:
    if resource.type == ACCOUNT_COMPONENT:
        return True
    try:
        tags = resource.document("defaultTags") if resource.type.startswith("pulumi:providers:") else resource
        return tags.block("tags").text(SCOPE) == "account"
    except Unread:
        return False
