"""The steps out of an environment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from modelyard.environment.aws.spec import AwsEnvironment
from modelyard_policies.aws.types import (
    BACKUP_VAULT,
    BACKUP_VAULT_LOCK,
    BUCKET,
    BUCKET_LOGGING,
    JOB_QUEUE,
)
from modelyard_policies.graph import Graph, Node
from modelyard_preview.retirement import commands
from modelyard_preview.retirement.facts import Facts
from modelyard_preview.retirement.holds import holds, key_of, locked_for_good
from modelyard_preview.retirement.model import Hold, Retirement, Step
from modelyard_preview.retirement.order import kept, protected
from modelyard_preview.retirement.remains import remains

REPOSITORY = "aws:ecr/repository:Repository"


def plan_retirement(
    graph: Graph, environment: AwsEnvironment, now: datetime, facts: Facts | None = None
) -> Retirement:
    """How to leave an environment whose stack has the resources of a graph.

    Without facts it is assumed that everything holds something, and that as late as it can.
    """
    stack = environment.name
    held = tuple(sorted(holds(graph, environment, now, facts), key=lambda hold: hold.subject))
    stays = kept(graph, (hold.urn for hold in held))
    holding = {hold.urn for hold in held}
    last = max((hold.until for hold in held), default=now)
    steps = [
        _close(graph),
        *_empty_vaults(graph, facts, holding),
        *_empty_buckets(graph, facts, holding),
        *_empty_repositories(graph, facts),
        *_unprotect(graph, stack, stays),
        Step(
            "destroy what is not held",
            "locked vaults and objects stay, with their settings and keys: a key outlives what it encrypts"
            if held
            else "nothing is held",
            (commands.destroy(stack, stays),),
        ),
        *(_afterwards(graph, stack, held, stays, last) if held else ()),
        Step(
            "forget the stack", "its configuration file stays in the project", (commands.remove_stack(stack),)
        ),
    ]
    return Retirement(stack, facts is not None, tuple(steps), held, tuple(remains(graph, environment, last)))


def _close(graph: Graph) -> Step:
    queues = [(_text(node, "name"), node.region or "") for node in graph.of_type(JOB_QUEUE)]
    return Step(
        "close the queues, and wait until no job runs",
        "a job that still writes fills what is emptied next; `modelyard job list` shows what runs",
        tuple(commands.close_queue(name, region) for name, region in queues),
    )


def _empty_vaults(graph: Graph, facts: Facts | None, holding: set[str]) -> Iterator[Step]:
    said: list[str] = []
    for node in graph.of_type(BACKUP_VAULT):
        found = facts.vaults.get(key_of(node, "name")) if facts else None
        empty = facts is not None and (found is None or found.recovery_points == 0)
        for_good = found.locked_for_good if found else locked_for_good(graph, node)
        if node.urn in holding or empty or for_good:
            continue
        name, region = _text(node, "name"), node.region or ""
        locked = bool(graph.linked(node, BACKUP_VAULT_LOCK, "backupVaultName"))
        said += [*commands.open_vault(name, region, lock=locked), commands.empty_vault(name, region)]
    if said:
        why = "AWS deletes no vault that holds backups, and its policy lets nobody delete one by hand"
        yield Step("delete the backups that can be deleted", why, tuple(said))


def _empty_buckets(graph: Graph, facts: Facts | None, holding: set[str]) -> Iterator[Step]:
    logged = {str(node.properties.get("targetBucket")) for node in graph.of_type(BUCKET_LOGGING)}
    said: list[str] = []
    # Buckets of access logs come last: that the others are emptied is logged in them.
    for node in sorted(graph.of_type(BUCKET), key=lambda node: _text(node, "bucket") in logged):
        found = facts.buckets.get(key_of(node, "bucket")) if facts else None
        empty = facts is not None and (found is None or found.versions == 0)
        fills = bool(said) and _text(node, "bucket") in logged
        if node.urn in holding or (empty and not fills):
            continue
        said.append(commands.empty_bucket(_text(node, "bucket"), node.region or ""))
    if said:
        # Amazon S3 User Guide, "Logging requests with server access logging": best effort, within hours
        # (2026-11).
        why = (
            "S3 deletes no bucket that holds anything, old versions included: this is the end of the data. "
            "Access logs still arrive for some hours: where `destroy` finds their bucket filled again, empty "
            "it once more"
        )
        yield Step("empty the buckets", why, tuple(said))


def _empty_repositories(graph: Graph, facts: Facts | None) -> Iterator[Step]:
    said = [
        commands.empty_repository(_text(node, "name"), node.region or "")
        for node in graph.of_type(REPOSITORY)
        if facts is None or facts.images.get(key_of(node, "name"))
    ]
    if said:
        why = "ECR deletes no repository that holds images; leave out one that holds none"
        yield Step("empty the registries", why, tuple(said))


def _unprotect(graph: Graph, stack: str, stays: tuple[str, ...]) -> Iterator[Step]:
    nodes = protected(graph, without=stays)
    if nodes:
        yield Step(
            "unprotect what holds data",
            "in this order: what comes from another goes before it. The next `up` protects it again",
            tuple(commands.unprotect(node.urn, stack) for node in nodes),
        )


def _afterwards(
    graph: Graph, stack: str, held: tuple[Hold, ...], stays: tuple[str, ...], last: datetime
) -> Iterator[Step]:
    """What is to be done once the locks have ended."""
    buckets = [graph.by_urn[hold.urn] for hold in held if graph.by_urn[hold.urn].type == BUCKET]
    if buckets:
        yield Step(
            "empty the buckets whose locks have ended",
            "locks end by themselves; objects don't go by themselves",
            tuple(commands.empty_bucket(_text(node, "bucket"), node.region or "") for node in buckets),
            last,
        )
    rest = [node for node in protected(graph) if node.urn in stays]
    if rest:
        yield Step(
            "unprotect what was held",
            "in this order",
            tuple(commands.unprotect(node.urn, stack) for node in rest),
            last,
        )
    yield Step("destroy the rest", "backups have expired by then", (commands.destroy(stack),), last)


def _text(node: Node, name: str) -> str:
    return str(node.properties.get(name, node.name))
