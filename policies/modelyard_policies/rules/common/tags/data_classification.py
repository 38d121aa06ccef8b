"""What holds data says how secret it is, and nothing that holds something of it says less.

Other rules ask by the tag `data-classification` how a store has to be kept, and are spared by it: a copy that
claims to be public is kept like one. Judged are replicas, snapshots, caches and backups, which are the data
itself, and logs of its use, which name it; of those in the stack, whichever say anything. That a store says
it at all is asked of stores and of vaults.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.aws import copies as aws
from modelyard_policies.azure import copies as azure
from modelyard_policies.azure.types import VIRTUAL_MACHINE
from modelyard_policies.declared import CLASSIFICATION, plain_tag, tag
from modelyard_policies.errors import Unread
from modelyard_policies.graph import canonical
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class DataClasses(Options):
    """The classes that there are."""

    rule: ClassVar[str] = "data-classification"
    classes: tuple[str, ...] = option(
        words(),
        ("public", "internal", "confidential", "restricted"),
        "Words for classes of data, from what everybody may read to what hardly anybody may",
    )


ON_AZURE: Final = (*azure.STORES, *azure.VAULTS, VIRTUAL_MACHINE)

RULE = Rule(
    id="data-classification",
    code="TG2",
    title="Stores say the class of their data, and copies claim no lower one",
    severity=Severity.MEDIUM,
    resources=(*aws.STORES, *aws.VAULTS, *ON_AZURE),
    reads=(*aws.READS, *azure.READS),
    options=DataClasses,
    why=(
        "The class decides over keys, backups and who may read. Whoever can't get at the data takes its "
        "copy, where that is guarded less."
    ),
    mend=(
        "Set the tag data-classification to the class of the most secret data that the store holds, on its "
        "replicas, backup vaults and logs as well."
    ),
    maps_to={},
    snippet="""\
tags = {"data-classification": "restricted"}
training = aws.s3.Bucket("training", bucket="acme-training", tags=tags)
logs = aws.s3.Bucket("logs", bucket="acme-logs", tags=tags)
aws.s3.BucketLogging("training", bucket=training.id, target_bucket=logs.id, target_prefix="training/")
""",
)


@RULE.applies
def has_to_say_or_does(store: Resource, graph: GraphView) -> bool:
    """A machine holds data on disks of its own resources; what it says itself counts for its backups."""
    return canonical(store.type) != VIRTUAL_MACHINE or bool(tag(store, graph, CLASSIFICATION))


@RULE.check
def the_class_is_said_and_kept(store: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the store's own tag, then whatever holds something of it."""
    rank = _rank(store, graph)
    if rank is not None:
        if graph.once(_least_claimed) < rank:
            ways = azure.copies if canonical(store.type) in ON_AZURE else aws.copies
            yield from each(
                ways(store, graph), lambda way: each(way(), lambda copy: _claims(store, copy, graph))
            )
    elif plain_tag(store, graph, CLASSIFICATION) is None:
        yield store.failure("tags", f"lacks {CLASSIFICATION}")
    else:
        yield store.failure("tags", f"{CLASSIFICATION} is none of {', '.join(_classes(graph))}")


def _claims(store: Resource, copy: tuple[Resource, str], graph: GraphView) -> Iterator[Failure]:
    classes = _classes(graph)
    holder, what = copy
    claimed, held = _rank(holder, graph), _rank(store, graph)
    if claimed is not None and held is not None and claimed < held:
        yield holder.failure(
            "tags", f"says {classes[claimed]}, and holds {what} of {store.name}, which is {classes[held]}"
        )


def _classes(graph: GraphView) -> tuple[str, ...]:
    return tuple(word.lower() for word in graph.options(DataClasses).classes)


def _rank(resource: Resource, graph: GraphView) -> int | None:
    """How secret the resource says that its data is; None if it says nothing that is known here."""
    said, classes = tag(resource, graph, CLASSIFICATION), _classes(graph)
    return classes.index(said) if said in classes else None


def _least_claimed(graph: GraphView) -> int:
    """The lowest class that anything claims that may hold something of another: what isn't above it needs no
    look at its copies.
    """
    found = [_claimed(holder, graph) for holder in graph.of_type(*aws.HOLDERS, *azure.HOLDERS)]
    return min((rank for rank in found if rank is not None), default=len(_classes(graph)))


def _claimed(holder: Resource, graph: GraphView) -> int | None:
    try:
        return _rank(holder, graph)
    except Unread:
        return -1
