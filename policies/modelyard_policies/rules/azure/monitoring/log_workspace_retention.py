"""Log Analytics workspaces keep logs for a year, unless they say that they aren't production's.

A table may have a retention of its own, longer or shorter: those of audit logs are another rule's. The
workspace's is what every other table goes by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.azure.types import LOG_WORKSPACE
from modelyard_policies.declared import is_production
from modelyard_policies.options import Options, number, option
from modelyard_policies.reading import Failure, GraphView, Resource, any_of
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class LogRetention(Options):
    """How long logs are kept."""

    rule: ClassVar[str] = "log-workspace-retention"
    days: float = option(number(1), 365.0, "Fewest days for which a workspace in production keeps logs")


RULE = Rule(
    id="log-workspace-retention",
    code="LM9",
    title="Log Analytics workspaces keep logs long enough",
    severity=Severity.MEDIUM,
    resources=(LOG_WORKSPACE,),
    options=LogRetention,
    why="Break-ins are found months after they began, when logs of 30 days no longer tell how.",
    mend="Set retentionInDays to the option days or more; a workspace takes up to 730.",
    maps_to={},
    snippet="""\
azure.operationalinsights.Workspace(
    "logs",
    resource_group_name=group.name,
    sku={"name": "PerGB2018"},
    retention_in_days=365,
)
""",
)

DEFAULT_DAYS = 30
"""Azure Monitor, "Manage data retention in a Log Analytics workspace", 2026."""


@RULE.applies
def has_to_keep_logs(workspace: Resource, graph: GraphView) -> bool:
    """A workspace may say that it is for development or tests; one that keeps long passes in any case."""
    wanted = graph.options(LogRetention).days
    return any_of(lambda: _days(workspace) >= wanted, lambda: is_production(workspace, graph))


@RULE.check
def logs_are_kept(workspace: Resource, graph: GraphView) -> Iterator[Failure]:
    """What isn't set is the service's default."""
    wanted = graph.options(LogRetention).days
    if _days(workspace) < wanted:
        shown = workspace.shown("retentionInDays")
        days = shown if workspace.has("retentionInDays") else f"{shown}, which means {DEFAULT_DAYS}"
        yield workspace.failure("retentionInDays", f"is {days}, fewer than {wanted:g}")


def _days(workspace: Resource) -> float:
    found = workspace.number("retentionInDays")
    return DEFAULT_DAYS if found is None else found
