"""Blobs of containers with checkpoints or audit records in production can be made immutable, or are.

Which containers these are is said by a word of the container's name (or of its name in the program, where it
isn't known yet), and by a tag `purpose` or `modelyard:purpose` of its account, as for buckets. An account
that says by its tag `stage` that it isn't production is spared: what is immutable can't be cleared up.

It is enough that single versions can be made immutable, by a setting of the container or of its account:
whoever promotes a checkpoint does so, and a policy for all would keep every checkpoint that nobody will read
(docs/decisions/0016). A policy of the container's own counts as well, and is the only way where the namespace
is hierarchical. Whether it is locked isn't judged: one that Pulumi makes can only be locked afterwards (Azure
Storage, "Overview of immutable storage for blob data", 2024-05).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.azure.types import BLOB_CONTAINER, BLOB_CONTAINER_IMMUTABILITY_POLICY, STORAGE_ACCOUNT
from modelyard_policies.declared import is_for, is_named_for, is_production
from modelyard_policies.options import Options, number, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, any_of, each, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class ImmutableContainers(Options):
    """Which containers have to be immutable, and for how long."""

    rule: ClassVar[str] = "checkpoint-immutability"
    words: tuple[str, ...] = option(
        words(),
        ("checkpoint", "checkpoints", "audit"),
        "Words, in a container's name or its account's tag purpose, that say that it has to be immutable",
    )
    days: float = option(number(1), 7, "Fewest days of a container's own policy")


RULE = Rule(
    id="checkpoint-immutability",
    code="ST21",
    title="Checkpoints and audit records in production can be made immutable",
    severity=Severity.MEDIUM,
    resources=(BLOB_CONTAINER,),
    reads=(BLOB_CONTAINER_IMMUTABILITY_POLICY, STORAGE_ACCOUNT),
    options=ImmutableContainers,
    why=(
        "Who takes over an administrator deletes every version of the checkpoints that training would begin "
        "again from, and the records of how it was done."
    ),
    mend=(
        "Set immutableStorageWithVersioning.enabled of the container to true, which can't be taken back and "
        "needs versions, or give it a BlobContainerImmutabilityPolicy of 7 days or more."
    ),
    maps_to={},
    snippet="""\
azure.storage.BlobContainer(
    "checkpoints",
    container_name="checkpoints",
    account_name=account.name,
    resource_group_name=group.name,
    immutable_storage_with_versioning={"enabled": True},
)
""",
)

VERSIONS: Final = "immutableStorageWithVersioning"
"""Of a container or an account: whether single versions can be made immutable."""


@RULE.applies
def has_to_be_immutable(container: Resource, graph: GraphView) -> bool:
    """By what it is for; its account's tags may spare it."""
    return all_of(
        lambda: _says_so(container, graph),
        lambda: all(is_production(account, graph) for account in _account(container, graph)),
    )


@RULE.check
def blobs_can_stay(container: Resource, graph: GraphView) -> Iterator[Failure]:
    """One way is enough."""
    days = graph.options(ImmutableContainers).days
    if any_of(
        lambda: _versions_can_stay(container),
        lambda: some(_policies(container, graph), lambda policy: not any(_too_short(policy, days))),
        lambda: graph.any_target(container, "accountName", STORAGE_ACCOUNT, _versions_can_stay),
    ):
        return
    policies = _policies(container, graph)
    yield from each(policies, lambda policy: _too_short(policy, days))
    if not policies:
        own = container.block(VERSIONS)
        shown = own.shown("enabled")
        yield own.failure("enabled", f"is {shown}, and no immutability policy covers this container")


def _says_so(container: Resource, graph: GraphView) -> bool:
    """What isn't known yet of its name says nothing."""
    given = container.raw("containerName")
    name = given if isinstance(given, str) and given else container.name
    words = graph.options(ImmutableContainers).words
    if is_named_for([name], words):
        return True
    return some(_account(container, graph), lambda account: is_for(account, graph, words))


def _account(container: Resource, graph: GraphView) -> list[Resource]:
    """Its account, if that is in the graph."""
    found = graph.candidates(container, "accountName", STORAGE_ACCOUNT)
    return found if len(found) == 1 else []


def _policies(container: Resource, graph: GraphView) -> list[Resource]:
    """The container's own. By way of its account where that is known: many containers are of one name."""
    kind = BLOB_CONTAINER_IMMUTABILITY_POLICY
    if account := _account(container, graph):
        of_account = graph.linked(account[0], kind, "accountName")
        return [policy for policy in of_account if graph.refers_to(policy, "containerName", container)]
    named = graph.linked(container, kind, "containerName")
    return [policy for policy in named if policy.text("accountName") == container.text("accountName")]


def _versions_can_stay(store: Resource) -> bool:
    return store.block(VERSIONS).is_true("enabled")


def _too_short(policy: Resource, days: float) -> Iterator[Failure]:
    key = "immutabilityPeriodSinceCreationInDays"
    period = policy.number(key)
    if period is None or not period >= days:
        yield policy.failure(key, f"is {policy.shown(key)}, less than {days:g} days")
