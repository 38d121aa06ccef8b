"""The alerts of an environment on Azure: what goes off when, and what whoever is woken by it does.

Names of metrics, their aggregations and dimensions: Microsoft, "Supported metrics with Azure Monitor", for
Microsoft.MachineLearningServices/workspaces, Microsoft.DataProtection/BackupVaults and
Microsoft.Storage/storageAccounts/objectReplicationPolicies, 2025-04 to 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

WORKSPACES = "Microsoft.MachineLearningServices/workspaces"
BACKUP_VAULTS = "Microsoft.DataProtection/BackupVaults"
REPLICATIONS = "Microsoft.Storage/storageAccounts/objectReplicationPolicies"

WINDOWS_MINUTES = {
    5: "PT5M",
    15: "PT15M",
    30: "PT30M",
    60: "PT1H",
    360: "PT6H",
    720: "PT12H",
    1_440: "P1D",
}
"""How far back an alert looks, as Azure takes it (Azure Monitor REST API, "Metric Alerts", 2018-03-01)."""

LONGEST_IDLE_MINUTES = 1_439
"""Longest idle time that an alert looks beyond: it looks back a day at most."""

LAG_BUCKETS_MINUTES = {
    5: "0-5 mins",
    10: "5-10 mins",
    15: "10-15 mins",
    30: "15-30 mins",
    120: "30 mins-2 hrs",
    480: "2-8 hrs",
    1_440: "8-24 hrs",
}
"""How long copies have been pending, by the minutes that a bucket ends at; what is older is in `24+ hrs`
(Azure Storage, "Object replication priority replication", 2026)."""

QUOTA_PERCENT = 90
"""Use of a quota that somebody is told of."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """Which of a metric's series count."""

    name: str
    operator: str
    """Include or Exclude."""
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert on one metric of one resource: more than the threshold is one too many."""

    name: str
    """Name of the alert; unique in its resource group."""
    description: str
    namespace: str
    metric: str
    aggregation: str
    """Average, Count, Maximum, Minimum or Total of the values in the window."""
    threshold: float = 0
    window: str = "PT15M"
    frequency: str = "PT5M"
    severity: int = 2
    """0 critical, 1 error, 2 warning, 3 informational."""
    dimensions: tuple[Dimension, ...] = ()


def workspace_alerts(environment: str) -> Iterator[Alert]:
    """What goes wrong with the jobs and the nodes of a Machine Learning workspace."""
    yield Alert(
        name=f"{environment}-failed-runs",
        description=(
            "A job failed. Read why: `modelyard job list`, then `modelyard job logs`. A job on low-priority "
            "nodes that Azure took away is submitted again and goes on from its last checkpoint."
        ),
        namespace=WORKSPACES,
        metric="Failed Runs",
        aggregation="Total",
        severity=3,
    )
    yield Alert(
        name=f"{environment}-silent-runs",
        description=(
            "A job no longer says that it is alive. Look at its log: if its nodes hang, cancel it "
            "(`modelyard job cancel`), since they cost until it ends."
        ),
        namespace=WORKSPACES,
        metric="Not Responding Runs",
        aggregation="Total",
    )
    yield Alert(
        name=f"{environment}-unusable-nodes",
        description=(
            "Nodes can't be used and may cost all the same. Scale the cluster down to let them go; if they "
            "come again, see whether the nodes reach what they need to reach: the workspace's private "
            "endpoint, the registry and the addresses that Azure Machine Learning asks for."
        ),
        namespace=WORKSPACES,
        metric="Unusable Nodes",
        aggregation="Average",
        window="PT30M",
    )
    yield Alert(
        name=f"{environment}-preempted-nodes",
        description=(
            "Azure took low-priority nodes away; their jobs wait for others. If it goes on for hours, use a "
            "pool with dedicated nodes, another size or another region."
        ),
        namespace=WORKSPACES,
        metric="Preempted Nodes",
        aggregation="Average",
        severity=3,
    )
    yield Alert(
        name=f"{environment}-quota",
        description=(
            f"More than {QUOTA_PERCENT} % of a family's quota of cores is in use: further jobs will wait. "
            "Ask for more on the workspace's page of quotas, which can take days, or use another family."
        ),
        namespace=WORKSPACES,
        metric="Quota Utilization Percentage",
        aggregation="Average",
        threshold=QUOTA_PERCENT,
        severity=3,
        dimensions=(Dimension("VmFamilyName", "Include", ("*",)),),
    )


def idle_nodes(environment: str, pool: str, min_nodes: int, idle_minutes: int, told_after: int) -> Alert:
    """Nodes of a pool stand idle, for longer than they should before they are let go.

    Azure looks back by WINDOWS_MINUTES: the next that is as long as asked, and longer than nodes may wait.
    Which cluster it is of is told by whoever makes the alert.

    Args:
        environment: its name, which the alert's begins with.
        pool: the pool's name.
        min_nodes: nodes that are kept, and may be idle.
        idle_minutes: minutes after which the others are let go, LONGEST_IDLE_MINUTES at most.
        told_after: minutes after which somebody is to be told, 1,440 at most.
    """
    minutes = next(each for each in WINDOWS_MINUTES if each >= told_after and each > idle_minutes)
    hours, wait = minutes // 60, f"{idle_minutes} minute{'' if idle_minutes == 1 else 's'}"
    return Alert(
        name=f"{environment}-idle-{pool}",
        description=(
            f"More than {min_nodes} nodes of pool {pool} have stood idle for "
            f"{f'{hours} h' if hours else f'{minutes} minutes'} and cost, though they are to be let go after "
            f"{wait}. Look whether the cluster resizes (`az ml compute show`): a failed resize, or a lock on "
            "its network, keeps nodes."
        ),
        namespace=WORKSPACES,
        metric="Idle Nodes",
        aggregation="Minimum",
        threshold=min_nodes,
        window=WINDOWS_MINUTES[minutes],
        frequency="PT15M" if hours else "PT5M",
    )


def failed_backups(environment: str) -> Alert:
    """A backup job didn't come to a good end. The metric is in preview."""
    return Alert(
        name=f"{environment}-failed-backups",
        description=(
            "A backup job failed or came to an end with faults. Read why among the vault's jobs: often its "
            "identity has lost its role on the storage account, or a container is gone. Until a job "
            "succeeds, the last recovery point is that of the one before."
        ),
        namespace=BACKUP_VAULTS,
        metric="BackupHealthEvent",
        aggregation="Count",
        window="PT1H",
        frequency="PT15M",
        severity=1,
        # Azure counts what went well as well.
        dimensions=(Dimension("healthStatus", "Exclude", ("Healthy",)),),
    )


def replication_lag(environment: str, replication: str, minutes: int) -> Alert:
    """Copies are pending for too long. Raises KeyError for minutes that no bucket ends at. Azure promises no
    lag for object replication, and the metric is in preview.
    """
    ends = list(LAG_BUCKETS_MINUTES)
    if minutes not in ends:
        raise KeyError(minutes)
    fresh = tuple(LAG_BUCKETS_MINUTES[end] for end in ends if end <= minutes)
    return Alert(
        name=f"{environment}-lag-{replication}",
        description=(
            f"Copies of {replication} have been pending for more than {minutes} minutes: what was written "
            "since would be lost with the primary region. A large upload passes; if it goes on, look at the "
            "policy on both accounts, their keys, and whether objects lie in a container that refuses copies."
        ),
        namespace=REPLICATIONS,
        metric="PendingOperationsForReplication",
        aggregation="Maximum",
        dimensions=(Dimension("TimeBucket", "Exclude", fresh),),
    )
