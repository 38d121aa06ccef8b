"""The dashboard of an environment in one region, as the JSON that CloudWatch reads.

Structure: Amazon CloudWatch API Reference, "Dashboard Body Structure and Syntax", 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modelyard.planning import metrics
from modelyard.planning.metrics import NAMESPACE, pool_dimensions

Widget = dict[str, Any]
Line = list[Any]

COLUMNS = 24
HEIGHT = 6
HEADING_HEIGHT = 1
PERIOD_SECONDS = 300
DAY_SECONDS = 86_400
BILLING_REGION = "us-east-1"
"""AWS/Billing is published nowhere else (AWS Billing User Guide, "Creating a billing alarm", 2026-11)."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What there is to be seen in a region."""

    environment: str
    region: str
    pools: tuple[str, ...]
    """Pools with queues here."""
    gpu_pools: tuple[str, ...] = ()
    """Those of them whose nodes publish NVIDIA's metrics."""
    buckets: Mapping[str, str] = field(default_factory=dict[str, str])
    """Buckets by purpose."""
    request_metrics: Mapping[str, str] = field(default_factory=dict[str, str])
    """Filter of a bucket's request metrics by purpose, for the buckets that have them on."""
    lustre: Mapping[str, str] = field(default_factory=dict[str, str])
    """Ids of FSx file systems, by name."""
    efs: Mapping[str, str] = field(default_factory=dict[str, str])
    """Ids of EFS file systems, by name."""
    replications: tuple[Mapping[str, str], ...] = ()
    """Dimensions of the replication rules that arrive here."""
    vaults: tuple[str, ...] = ()
    """Backup vaults."""
    budget: bool = False
    """Whether the watcher publishes a budget's figures."""


def dashboard(watched: Watched) -> str:
    """The dashboard's body: what has nothing to show has no place on it."""
    sections = [
        ("Accelerators", _accelerators(watched)),
        ("Queues", _queues(watched)),
        ("Storage", _storage(watched)),
        ("Recovery", _recovery(watched)),
        ("Spend", _spend(watched)),
    ]
    widgets: list[Widget] = []
    top = 0
    for title, graphs in sections:
        if not graphs:
            continue
        widgets.append(_heading(f"{watched.environment}: {title.lower()}", top))
        top += HEADING_HEIGHT
        for place, graph in enumerate(graphs):
            column, row = place % 2, place // 2
            at = {"x": column * (COLUMNS // 2), "y": top + row * HEIGHT}
            widgets.append(
                {"type": "metric", **at, "width": COLUMNS // 2, "height": HEIGHT, "properties": graph}
            )
        top += -(-len(graphs) // 2) * HEIGHT
    return json.dumps({"widgets": widgets}, sort_keys=True)


def _accelerators(watched: Watched) -> list[Widget]:
    shown = (
        ("Utilization of a GPU on average, percent", metrics.GPU_UTILIZATION),
        ("Memory used on a GPU on average, MiB", metrics.GPU_MEMORY_USED),
        ("Power drawn by a GPU on average, watts", metrics.GPU_POWER_DRAW),
    )
    return [
        _graph(watched, title, [_of_pool(watched, name, pool, pool, "Average") for pool in watched.gpu_pools])
        for title, name in shown
        if watched.gpu_pools
    ]


def _queues(watched: Watched) -> list[Widget]:
    states = (
        ("waiting", metrics.RUNNABLE_JOBS),
        ("starting", metrics.STARTING_JOBS),
        ("running", metrics.RUNNING_JOBS),
    )
    depth = [
        _of_pool(watched, name, pool, f"{pool}: {state}", "Maximum")
        for pool in watched.pools
        for state, name in states
    ]
    oldest = [
        _of_pool(watched, metrics.HEAD_OF_QUEUE_SECONDS, pool, pool, "Maximum") for pool in watched.pools
    ]
    kept = [_of_pool(watched, metrics.KEPT_VCPUS, pool, pool, "Maximum") for pool in watched.pools]
    if not watched.pools:
        return []
    return [
        _graph(watched, "Jobs in the queues", depth),
        _graph(watched, "Wait of the first job, seconds", oldest),
        _graph(watched, "vCPUs kept up without a job", kept),
    ]


def _storage(watched: Watched) -> list[Widget]:
    graphs: list[Widget] = []
    if watched.request_metrics:
        lines = [
            _line(
                "AWS/S3",
                name,
                {"BucketName": watched.buckets[purpose], "FilterId": filter_id},
                f"{purpose}: {word}",
                "Sum",
            )
            for purpose, filter_id in sorted(watched.request_metrics.items())
            for word, name in (("read", "BytesDownloaded"), ("written", "BytesUploaded"))
        ]
        graphs.append(_graph(watched, "Buckets: bytes in five minutes", lines))
    if watched.lustre:
        graphs.append(
            _graph(watched, "FSx for Lustre: bytes in five minutes", _files(watched.lustre, "AWS/FSx"))
        )
    if watched.efs:
        graphs.append(_graph(watched, "EFS: bytes in five minutes", _files(watched.efs, "AWS/EFS")))
    if watched.buckets:
        sizes = [
            _line(
                "AWS/S3",
                "BucketSizeBytes",
                {"BucketName": bucket, "StorageType": "StandardStorage"},
                purpose,
                "Average",
            )
            for purpose, bucket in sorted(watched.buckets.items())
        ]
        graphs.append(_graph(watched, "Buckets: bytes kept, each day", sizes, period=DAY_SECONDS))
    return graphs


def _files(systems: Mapping[str, str], namespace: str) -> list[Line]:
    return [
        _line(namespace, metric, {"FileSystemId": id_}, f"{name}: {word}", "Sum")
        for name, id_ in sorted(systems.items())
        for word, metric in (("read", "DataReadBytes"), ("written", "DataWriteBytes"))
    ]


def _recovery(watched: Watched) -> list[Widget]:
    graphs: list[Widget] = []
    if watched.replications:
        lines = [
            _line("AWS/S3", "ReplicationLatency", rule, rule["SourceBucket"], "Maximum")
            for rule in watched.replications
        ]
        graphs.append(_graph(watched, "Lag of copies that arrive here, seconds", lines))
    if watched.vaults:
        # Found by search: which of its dimensions AWS Backup gives a job's count differs by type.
        lines = [
            [
                {
                    "expression": f'SEARCH(\'Namespace="AWS/Backup" MetricName="{metric}" '
                    f"BackupVaultName=\"{vault}\"', 'Sum', {DAY_SECONDS})",
                    "label": f"{vault}: {word}",
                }
            ]
            for vault in watched.vaults
            for word, metric in (
                ("completed", "NumberOfBackupJobsCompleted"),
                ("failed", "NumberOfBackupJobsFailed"),
                ("expired", "NumberOfBackupJobsExpired"),
            )
        ]
        graphs.append(_graph(watched, "Backup jobs, each day", lines, period=DAY_SECONDS))
    return graphs


def _spend(watched: Watched) -> list[Widget]:
    if watched.budget:
        of_environment = {"environment": watched.environment}
        lines = [
            _line(NAMESPACE, metric, of_environment, label, "Maximum")
            for label, metric in (
                ("spent this month", metrics.SPENT_USD),
                ("forecast for the month", metrics.FORECAST_USD),
                ("budget", metrics.BUDGET_USD),
            )
        ]
        return [_graph(watched, "US dollars of this environment", lines, period=3_600)]
    line = _line("AWS/Billing", "EstimatedCharges", {"Currency": "USD"}, "charged so far", "Maximum")
    title = "US dollars of the whole account (billing alerts have to be on)"
    return [_graph(watched, title, [line], period=21_600, region=BILLING_REGION)]


def _of_pool(watched: Watched, name: str, pool: str, label: str, statistic: str) -> Line:
    return _line(NAMESPACE, name, pool_dimensions(watched.environment, pool), label, statistic)


def _line(namespace: str, name: str, dimensions: Mapping[str, str], label: str, statistic: str) -> Line:
    pairs = [part for pair in sorted(dimensions.items()) for part in pair]
    return [namespace, name, *pairs, {"label": label, "stat": statistic}]


def _graph(
    watched: Watched, title: str, lines: Sequence[Line], *, period: int = PERIOD_SECONDS, region: str = ""
) -> Widget:
    return {
        "title": title,
        "view": "timeSeries",
        "region": region or watched.region,
        "period": period,
        "metrics": list(lines),
        "yAxis": {"left": {"min": 0}},
    }


def _heading(text: str, top: int) -> Widget:
    place = {"x": 0, "y": top, "width": COLUMNS, "height": HEADING_HEIGHT}
    return {"type": "text", **place, "properties": {"markdown": f"## {text}"}}
