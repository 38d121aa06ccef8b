"""What a resource, or a stack, says of itself by tags.

A tag can only spare a resource a rule, never bring it under one that its kind isn't under anyway: what says
nothing about its stage is held to what production is, and what says nothing about its data isn't spared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from modelyard_policies.aws.types import AUTO_SCALING_GROUP
from modelyard_policies.errors import Unread
from modelyard_policies.graph.types import AWS, AZURE
from modelyard_policies.reading import Block, GraphView, Resource, all_of, some

STAGE: Final = "stage"
"""Tag that says what an environment is for: development, staging or production."""
CLASSIFICATION: Final = "data-classification"
"""Tag that says how secret the data is: public, internal, confidential or restricted."""
SCOPE: Final = "modelyard:scope"
"""Tag by which a stack says, on any resource of a cloud or its provider's default tags, that it is that of
the account there: with the value `account`, it holds what an account has once."""
ACCOUNT_COMPONENT: Final = "modelyard-aws:index:Account"
"""Our own component of what an account of AWS's has once, which says the same."""

_NO_WORD: Final = re.compile(r"[^a-z0-9]+")
_PROVIDERS: Final = "pulumi:providers:"

PURPOSES: Final = ("purpose", "modelyard:purpose")
"""Tags that say what data is for."""

NOT_PRODUCTION: Final = frozenset({"development", "dev", "test", "testing", "sandbox", "staging"})
CLASSIFIED: Final = ("confidential", "restricted")
UNCLASSIFIED: Final = frozenset({"public", "internal"})


def written_key(tags: Block, key: str) -> str:
    """The key as it is written among the tags of a resource: on Azure its case doesn't matter (Azure Resource
    Manager, "Use tags to organize your Azure resources", 2026-11).
    """
    if tags.has(key) or not tags.node.type.startswith(AZURE):
        return key
    return next((name for name in tags.keys() if name.lower() == key.lower()), key)  # noqa: SIM118  (no mapping)


def carries(tags: Block, key: str) -> bool:
    """Whether a tag is there; its value may not be known yet, but an empty one says nothing."""
    written = written_key(tags, key)
    return tags.has(written) and bool(tags.shown(written).strip())


def default_tags(resource: Resource, graph: GraphView) -> Block | None:
    """The tags that the resource's provider gives all of its resources; None if it has no provider."""
    provider = graph.provider(resource)
    # The provider takes its nested settings as JSON text.
    return None if provider is None else provider.document("defaultTags").block("tags")


def plain_tag(resource: Resource, graph: GraphView, key: str) -> str | None:
    """Value of a tag: the resource's own, or its provider's; None if there is none.

    An Auto Scaling group takes its tags as a list, and none of its provider's.
    """
    if resource.type == AUTO_SCALING_GROUP:
        return next((item.text("value") for item in resource.list("tags") if item.text("key") == key), None)
    own = resource.block("tags")
    written = written_key(own, key)
    if own.has(written):
        return own.text(written)
    default = default_tags(resource, graph)
    return default.text(key) if default is not None and default.has(key) else None


def tag(resource: Resource, graph: GraphView, key: str) -> str:
    """Value of a tag in lower case, as people write it; empty if there is none."""
    return (plain_tag(resource, graph, key) or "").strip().lower()


def is_production(resource: Resource, graph: GraphView) -> bool:
    """Whether the resource doesn't say that it is for something else than production."""
    return tag(resource, graph, STAGE) not in NOT_PRODUCTION


def may_be_classified(resource: Resource, graph: GraphView) -> bool:
    """Whether the resource doesn't say that its data is public or internal."""
    return tag(resource, graph, CLASSIFICATION) not in UNCLASSIFIED


def holds_what_matters(resource: Resource, graph: GraphView) -> bool:
    """Whether the resource says neither that it isn't production nor that its data is no secret: a rule's
    `applies`.
    """
    return all_of(lambda: is_production(resource, graph), lambda: may_be_classified(resource, graph))


def is_for(resource: Resource, graph: GraphView, words: Iterable[str]) -> bool:
    """Whether a tag says that the resource's data is for one of some things."""
    wanted = {word.lower() for word in words}
    return some(PURPOSES, lambda key: tag(resource, graph, key) in wanted)


def is_named_for(names: Iterable[object], words: Iterable[str]) -> bool:
    """Whether one of some words is in a name. What isn't known yet of a name says nothing."""
    wanted = {word.lower() for word in words}
    known = (name for name in names if isinstance(name, str))
    return any(not wanted.isdisjoint(_NO_WORD.split(name.lower())) for name in known)


def is_account_stack(graph: GraphView, cloud: str) -> bool:
    """Whether the stack says that it is the account's on a cloud (a subscription on Azure), which alone rules
    for it apply to.
    """
    return cloud in graph.once(_declared_clouds)


def _declared_clouds(graph: GraphView) -> frozenset[str]:
    """Each cloud of which something says it: an account of AWS's has no plans of Defender's, nor a
    subscription of Azure's a trail.
    """
    return frozenset(_cloud(resource) for resource in graph.resources() if _is_of_account(resource))


def _cloud(resource: Resource) -> str:
    """Name of the provider, whichever version of its API it is for."""
    if resource.type == ACCOUNT_COMPONENT:
        return AWS
    return resource.type.removeprefix(_PROVIDERS).partition(":")[0].partition("_")[0]


def _is_of_account(resource: Resource) -> bool:
    if resource.type == ACCOUNT_COMPONENT:
        return True
    try:
        holder = resource.document("defaultTags") if resource.type.startswith(_PROVIDERS) else resource
        tags = holder.block("tags")
        return tags.text(written_key(tags, SCOPE)).strip().lower() == "account"
    except Unread:
        return False
