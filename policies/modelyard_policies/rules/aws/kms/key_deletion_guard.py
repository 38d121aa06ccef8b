"""Keys in production can't go by mistake: Pulumi protects them, and KMS waits as long as it can.

A key that says by its tag `stage` that it isn't production may go. Unset, KMS waits 30 days, the most there
is (AWS KMS API Reference, ScheduleKeyDeletion, 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from modelyard_policies.aws.types import KMS_OWN_KEYS
from modelyard_policies.declared import is_production
from modelyard_policies.options import Options, number, option
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

LONGEST_DAYS = 30


@dataclass(frozen=True, slots=True)
class DeletionGuards(Options):
    """How long keys wait."""

    rule: ClassVar[str] = "key-deletion-guard"
    days: float = option(number(7), LONGEST_DAYS, "Fewest days between asking for a deletion and its end")


RULE = Rule(
    id="key-deletion-guard",
    code="EN3",
    title="Keys in production are protected and wait before they are deleted",
    severity=Severity.MEDIUM,
    resources=KMS_OWN_KEYS,
    options=DeletionGuards,
    why="With a key all that it encrypts is lost, backups included, and nobody at AWS can bring it back.",
    mend=(
        "Set deletionWindowInDays to 30 and the resource option protect; of a key that may go say so with "
        "the tag stage."
    ),
    maps_to={"security_hub": ["KMS.3"]},
    snippet="""\
aws.kms.Key(
    "datasets",
    description="Datasets",
    enable_key_rotation=True,
    deletion_window_in_days=30,
    opts=pulumi.ResourceOptions(protect=True),
)
""",
)


@RULE.applies
def is_in_production(key: Resource, graph: GraphView) -> bool:
    """A tag may spare it."""
    return is_production(key, graph)


@RULE.check
def it_stays(key: Resource, graph: GraphView) -> Iterator[Failure]:
    """Both are needed: protection holds in this stack, the window against everyone else."""
    least = graph.options(DeletionGuards).days

    def is_protected(key: Resource) -> Iterator[Failure]:
        if not key.protected:
            yield key.failure("", "isn't protected from deletion by the resource option protect")

    def waits(key: Resource) -> Iterator[Failure]:
        if not _waits(key, least):
            shown = key.shown("deletionWindowInDays")
            yield key.failure("deletionWindowInDays", f"is {shown}, less than {least:g}")

    yield from each((is_protected, waits), lambda check: check(key))


@RULE.remedy
def wait(key: Resource, graph: GraphView) -> Mapping[str, Any]:
    """As long as it can; nothing for a key that isn't protected, which a property can't make up for."""
    if not key.protected or _waits(key, graph.options(DeletionGuards).days):
        return {}
    return {"deletionWindowInDays": LONGEST_DAYS}


def _waits(key: Resource, least: float) -> bool:
    """Unset, it waits as long as it can."""
    days = key.number("deletionWindowInDays")
    return not key.has("deletionWindowInDays") or (days is not None and days >= least)
