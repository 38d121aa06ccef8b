"""Backups are as often as the recovery point objective wants and are kept as long as the data's class wants.

The objective is the plan's tag `rpo-hours`, else the option `rpo_hours`. The schedule alone is judged: the
windows within which a backup starts and ends, and the time of a copy, come on top of it. Without a schedule
AWS Backup runs a rule each day at 5:00 UTC (AWS Backup API Reference, BackupRule, 2026-11). Among the rules
of a plan one may be often and another may keep long. A plan that doesn't say how secret its data is, or says
by its tag `stage` that it isn't production, is held to the schedule only.

Continuous backups restore S3 and some databases to any point, but not everything that a plan may select:
whether they make up for a schedule isn't known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.aws.schedules import worst_gap_hours
from modelyard_policies.aws.types import BACKUP_PLAN
from modelyard_policies.declared import CLASSIFICATION, is_production, tag
from modelyard_policies.errors import Unread
from modelyard_policies.options import Options, number, numbers_by_word, option
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each, some
from modelyard_policies.rule import Rule, Severity

RPO = "rpo-hours"
HOURS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
DAILY = "cron(0 5 ? * * *)"


@dataclass(frozen=True, slots=True)
class BackupObjectives(Options):
    """What backups have to keep to."""

    rule: ClassVar[str] = "backup-schedule-and-retention"
    rpo_hours: float = option(
        number(1), 24, f"Most hours between two backups of a plan that has no tag {RPO}"
    )
    minimum_retention_days: Mapping[str, float] = option(
        numbers_by_word(1),
        {"public": 1, "internal": 7, "confidential": 14, "restricted": 30},
        "Fewest days that backups are kept, by data classification",
    )


RULE = Rule(
    id="backup-schedule-and-retention",
    code="BK4",
    title="Backups are as often as the objective wants and kept as long as the data's class wants",
    severity=Severity.MEDIUM,
    resources=(BACKUP_PLAN,),
    options=BackupObjectives,
    why=(
        "What changed since the last backup is lost with the data, and what was spoilt unnoticed is lost "
        "with the last good backup."
    ),
    mend=(
        "Shorten the schedule, and lengthen lifecycle.deleteAfter; say the plan's objective with the tag "
        "rpo-hours."
    ),
    snippet="""\
aws.backup.Plan(
    "daily",
    rules=[
        {
            "rule_name": "daily",
            "target_vault_name": vault.name,
            "schedule": "cron(0 5 ? * * *)",
            "lifecycle": {"delete_after": 35},
        }
    ],
    tags={"rpo-hours": "24", "data-classification": "confidential"},
)
""",
    maps_to={},
)


@RULE.check
def objectives_are_kept(plan: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the plan's rules together."""
    objectives = graph.options(BackupObjectives)
    checks = (
        lambda: _is_often_enough(plan, _objective_hours(plan, graph, objectives)),
        lambda: _is_kept_long_enough(plan, graph, objectives),
    )
    yield from each(checks, lambda check: check())


def _objective_hours(plan: Resource, graph: GraphView, objectives: BackupObjectives) -> float:
    said = tag(plan, graph, RPO)
    if not said:
        return objectives.rpo_hours
    if not HOURS.fullmatch(said):
        raise Unread(plan.urn, f"tags.{RPO}", "isn't a number of hours")
    return float(said)


def _is_often_enough(plan: Resource, hours: float) -> Iterator[Failure]:
    if not some(plan.list("rules"), lambda rule: _gap_hours(rule) <= hours):
        yield plan.failure("rules", f"no rule makes a backup at least each {hours:g} hours")


def _gap_hours(rule: Block) -> float:
    gap = worst_gap_hours(rule.text("schedule", DAILY))
    if gap is None:
        raise Unread(rule.node.urn, rule.path_of("schedule"), "how far apart its runs are isn't worked out")
    if rule.is_true("enableContinuousBackup"):
        raise Unread(
            rule.node.urn,
            rule.path_of("enableContinuousBackup"),
            "what it covers depends on what is selected",
        )
    return gap


def _is_kept_long_enough(plan: Resource, graph: GraphView, objectives: BackupObjectives) -> Iterator[Failure]:
    name = tag(plan, graph, CLASSIFICATION)
    least = objectives.minimum_retention_days.get(name)
    if least is None or not is_production(plan, graph):
        return
    if not some(plan.list("rules"), lambda rule: _keeps(rule, least)):
        yield plan.failure("rules", f"no rule keeps {name} data for at least {least:g} days")


def _keeps(rule: Block, least: float) -> bool:
    """Without an end a backup stays until somebody deletes it."""
    lifecycle = rule.block("lifecycle")
    days = lifecycle.number("deleteAfter")
    return not lifecycle.has("deleteAfter") or (days is not None and days >= least)
