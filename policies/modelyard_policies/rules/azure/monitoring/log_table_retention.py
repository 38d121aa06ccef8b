"""Tables of audit logs are kept for a year as well, where they don't go by their workspace.

A table that says nothing, or -1, goes by its workspace, which another rule judges; but those of plan Basic
or Auxiliary go by no workspace, and keep 30 days unless they say otherwise (Azure Monitor, "Manage data
retention in a Log Analytics workspace", 2026). Which tables hold audit logs is an option: others may be as
short as they like. A table whose workspace says by its tag `stage` that it isn't production is spared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Final

from modelyard_policies.azure.types import LOG_TABLE, LOG_WORKSPACE
from modelyard_policies.declared import is_production
from modelyard_policies.errors import Unread
from modelyard_policies.options import Options, number, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, all_of
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class AuditTables(Options):
    """Which tables hold audit logs, and how long these are kept."""

    rule: ClassVar[str] = "log-table-retention"
    tables: tuple[str, ...] = option(
        words(),
        (
            *("AuditLogs", "AzureActivity", "AzureDiagnostics", "SigninLogs"),
            *("AKSAudit", "AKSAuditAdmin", "AZKVAuditLogs", "StorageBlobLogs"),
        ),
        "Tables that hold audit logs",
    )
    days: float = option(number(1), 365.0, "Fewest days for which such a table in production keeps logs")


RULE = Rule(
    id="log-table-retention",
    code="LM11",
    title="Tables of audit logs keep them long enough",
    severity=Severity.MEDIUM,
    resources=(LOG_TABLE,),
    reads=(LOG_WORKSPACE,),
    options=AuditTables,
    why="Break-ins are found months after they began, when logs of 30 days no longer tell how.",
    mend=(
        "Set totalRetentionInDays to the option days or more, up to 4383, or leave retention out so that the "
        "workspace's holds; a table of plan Basic or Auxiliary has to say it."
    ),
    maps_to={},
    snippet="""\
azure.operationalinsights.Table(
    "audit",
    table_name="AZKVAuditLogs",
    resource_group_name=group.name,
    workspace_name=log_workspace.name,
    plan="Analytics",
    retention_in_days=90,
    total_retention_in_days=365,
)
""",
)

BY_ITSELF: Final = ("basic", "auxiliary")
"""Plans of tables that don't go by their workspace."""
DEFAULT_DAYS: Final = 30.0
"""Days that those keep."""


@RULE.applies
def has_to_keep_audit_logs(table: Resource, graph: GraphView) -> bool:
    """Its name tells; its workspace's tag may spare it."""
    return all_of(
        lambda: table.text("tableName").strip().lower() in map(str.lower, graph.options(AuditTables).tables),
        lambda: not _is_spared(table, graph),
    )


@RULE.check
def logs_are_kept(table: Resource, graph: GraphView) -> Iterator[Failure]:
    """What the table says for all of its retention counts most."""
    wanted = graph.options(AuditTables).days
    key, days = _kept(table)
    if days is not None and not days >= wanted:
        shown = table.shown(key)
        said = shown if table.has(key) and shown != "-1" else f"{shown}, which means {days:g} in this plan"
        yield table.failure(key, f"is {said}, fewer than {wanted:g}")


@dataclass(slots=True)
class _Spared:
    """Tables of workspaces that aren't production's."""

    urns: set[str] = field(default_factory=set[str])
    maybe: dict[str, Unread] = field(default_factory=dict[str, Unread])
    """Those of workspaces of which that isn't known."""
    untold: Unread | None = None
    """Why there may be others."""


def _is_spared(table: Resource, graph: GraphView) -> bool:
    spared = graph.once(_spared)
    if table.urn in spared.urns:
        return True
    if signal := spared.maybe.get(table.urn, spared.untold):
        raise Unread(signal.urn, signal.path, signal.why)
    return False


def _spared(graph: GraphView) -> _Spared:
    found = _Spared()
    for workspace in graph.of_type(LOG_WORKSPACE):
        signal: Unread | None = None
        try:
            if is_production(workspace, graph):
                continue
        except Unread as unread:
            signal = unread
        try:
            for table in graph.linking(workspace, LOG_TABLE, "workspaceName"):
                if signal:
                    found.maybe[table.urn] = signal
                else:
                    found.urns.add(table.urn)
        except Unread as unread:
            found.untold = found.untold or unread
    return found


def _kept(table: Resource) -> tuple[str, float | None]:
    """Days that the table keeps logs for, and which property says so; None if its workspace decides."""
    total, own = "totalRetentionInDays", "retentionInDays"
    days = _said(table, total)
    if days is not None:
        return total, days
    if table.text("plan").strip().lower() in BY_ITSELF:
        return total, DEFAULT_DAYS
    return own, _said(table, own)


def _said(table: Resource, key: str) -> float | None:
    days = table.number(key)
    return None if days == -1 else days
