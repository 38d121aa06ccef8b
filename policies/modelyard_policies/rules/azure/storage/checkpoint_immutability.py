"""Containers for checkpoints in production can't be changed for some days after they were written.

Which containers those are is told by their names, in Azure or in the program: by an option, any with
`checkpoint` or `audit` in it. A policy of the container counts, or the account's own that new containers take
over. Whether a policy is locked isn't judged: one that Pulumi makes can only be locked afterwards (Azure
Storage, "Overview of immutable storage for blob data", 2024-05). An account that says by its tags that it
isn't production (`stage`) or that its data is public or internal (`data-classification`) is spared: what is
immutable can't be cleared up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.azure.types import BLOB_CONTAINER, BLOB_CONTAINER_IMMUTABILITY_POLICY, STORAGE_ACCOUNT
from modelyard_policies.declared import is_production, may_be_classified
from modelyard_policies.options import Options, number, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, any_of, each
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class CheckpointImmutability(Options):
    """Which containers can't be changed, and how long."""

    rule: ClassVar[str] = "checkpoint-immutability"
    names: tuple[str, ...] = option(
        words(),
        ("checkpoint", "audit"),
        "What is in the name of a container that has to be immutable",
    )
    days: float = option(number(1), 7, "Fewest days that a blob can't be changed or deleted for")


RULE = Rule(
    id="checkpoint-immutability",
    code="ST21",
    title="Checkpoints in production can't be changed for some days",
    severity=Severity.MEDIUM,
    resources=(BLOB_CONTAINER,),
    reads=(BLOB_CONTAINER_IMMUTABILITY_POLICY, STORAGE_ACCOUNT),
    options=CheckpointImmutability,
    why=(
        "Weeks of training are in a few files. Who takes over a job's identity deletes them, versions "
        "included; what is immutable stays."
    ),
    mend=(
        "Give the container a BlobContainerImmutabilityPolicy of 7 days or more, with "
        "immutableStorageWithVersioning enabled on the container if files are written over, and lock it once "
        "it works."
    ),
    maps_to={},
    snippet="""\
azure.storage.BlobContainerImmutabilityPolicy(
    "checkpoints",
    account_name=account.name,
    container_name=container.name,
    resource_group_name=group.name,
    immutability_policy_name="default",
    immutability_period_since_creation_in_days=14,
)
""",
)


@RULE.applies
def holds_checkpoints(container: Resource, graph: GraphView) -> bool:
    """By its name; tags of its account may spare it."""
    return all_of(
        lambda: _is_named_so(container, graph.options(CheckpointImmutability).names),
        lambda: not any(_is_spared(account, graph) for account in _accounts(container, graph)),
    )


@RULE.check
def blobs_stay(container: Resource, graph: GraphView) -> Iterator[Failure]:
    """A policy of the container's comes before the account's."""
    days = graph.options(CheckpointImmutability).days
    policies = _policies(container, graph)
    yield from each(policies, lambda policy: _lasts(policy, days))
    if not policies and not _takes_over(container, graph, days):
        yield container.failure("", "no immutability policy covers this container")


def _is_named_so(container: Resource, names: tuple[str, ...]) -> bool:
    wanted = [name.lower() for name in names]
    return any_of(
        lambda: any(name in container.name.lower() for name in wanted),
        lambda: any(name in container.text("containerName").lower() for name in wanted),
    )


def _accounts(container: Resource, graph: GraphView) -> list[Resource]:
    found = graph.candidates(container, "accountName", STORAGE_ACCOUNT)
    return found if len(found) == 1 else []


def _policies(container: Resource, graph: GraphView) -> list[Resource]:
    """The container's own. By way of its account where that is known: many containers are of one name."""
    kind = BLOB_CONTAINER_IMMUTABILITY_POLICY
    if accounts := _accounts(container, graph):
        of_account = graph.linked(accounts[0], kind, "accountName")
        return [policy for policy in of_account if graph.refers_to(policy, "containerName", container)]
    named = graph.linked(container, kind, "containerName")
    return [policy for policy in named if policy.text("accountName") == container.text("accountName")]


def _is_spared(account: Resource, graph: GraphView) -> bool:
    return not all_of(lambda: is_production(account, graph), lambda: may_be_classified(account, graph))


def _lasts(policy: Resource, days: float) -> Iterator[Failure]:
    key = "immutabilityPeriodSinceCreationInDays"
    period = policy.number(key)
    if period is None or not period >= days:
        yield policy.failure(key, f"is {policy.shown(key)}, less than {days:g} days")


def _takes_over(container: Resource, graph: GraphView, days: float) -> bool:
    """Whether the account has a policy of its own that lasts."""

    def lasts(account: Resource) -> bool:
        own = account.block("immutableStorageWithVersioning")
        policy = own.block("immutabilityPolicy")
        return all_of(
            lambda: own.is_true("enabled"),
            lambda: policy.text("state").strip().lower() != "disabled",
            lambda: (policy.number("immutabilityPeriodSinceCreationInDays") or 0) >= days,
        )

    return graph.any_target(container, "accountName", STORAGE_ACCOUNT, lasts)
