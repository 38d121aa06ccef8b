"""The alarms of an environment: what goes off when, and what whoever is woken by it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelyard.planning.metrics import (
    GPU_UTILIZATION,
    HEAD_OF_QUEUE_SECONDS,
    NAMESPACE,
    WATCH_MINUTES,
    pool_dimensions,
)

PERIOD_SECONDS = 300
LONGEST_LOOK_BACK_SECONDS = 86_400
"""Most seconds that an alarm with periods below an hour looks back (CloudWatch API Reference, PutMetricAlarm,
EvaluationPeriods, 2026-11)."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric, and how its values in a period become one."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm on a metric, or on an expression over several (`m0`, `m1`, in their order)."""

    name: str
    description: str
    metrics: tuple[Metric, ...]
    comparison: str
    threshold: float
    periods: int = 1
    expression: str | None = None
    missing: str = "notBreaching"
    """What a period without a value counts as."""
    period_seconds: int = field(default=PERIOD_SECONDS)


def idle_accelerators(environment: str, pool: str, percent: int, minutes: int) -> Alarm:
    """Nodes of a pool are up and their accelerators do next to nothing. Without nodes there is no value."""
    return Alarm(
        name=f"{environment}-idle-{pool}",
        description=(
            f"The accelerators of pool {pool} have been used at less than {percent} % for {minutes} minutes "
            "while its nodes run and cost. Look for jobs that hang (`modelyard job list`) and cancel them; "
            "if there are none, lower min_nodes or set idle_shutdown_minutes."
        ),
        metrics=(Metric(NAMESPACE, GPU_UTILIZATION, pool_dimensions(environment, pool), "Average"),),
        comparison="LessThanThreshold",
        threshold=float(percent),
        periods=max(1, -(-minutes * 60 // PERIOD_SECONDS)),
    )


def stuck_queue(environment: str, pool: str, minutes: int) -> Alarm:
    """A job waits for machines for longer than it should."""
    return Alarm(
        name=f"{environment}-stuck-{pool}",
        description=(
            f"A job has been the first in the queue of pool {pool} for more than {minutes} minutes. Ask "
            "Batch why (`aws batch describe-jobs`, statusReason): no capacity passes, or needs a fallback "
            "pool or a reservation; a job that fits no node, a full quota or instances that end at once "
            "have to be mended."
        ),
        metrics=(Metric(NAMESPACE, HEAD_OF_QUEUE_SECONDS, pool_dimensions(environment, pool), "Maximum"),),
        comparison="GreaterThanThreshold",
        threshold=float(minutes * 60),
        missing="missing",
    )


def silent_watcher(environment: str, function: str) -> Alarm:
    """The watcher doesn't run, or doesn't come to its end: depths, shutdowns and closing by budget are
    off.
    """
    of_function = {"FunctionName": function}
    return Alarm(
        name=f"{environment}-watcher",
        description=(
            f"The function {function} has not come to its end for {3 * WATCH_MINUTES} minutes: queue depths "
            "are unknown, idle nodes stay up and the budget closes nothing. Read its log; if it isn't "
            "started, look at its schedule."
        ),
        metrics=(
            Metric("AWS/Lambda", "Invocations", of_function, "Sum"),
            Metric("AWS/Lambda", "Errors", of_function, "Sum"),
        ),
        expression="m0 - m1",
        comparison="LessThanThreshold",
        threshold=1.0,
        periods=3,
        missing="breaching",
    )


def replication_lag(environment: str, replication: Mapping[str, str], minutes: int) -> Alarm:
    """Copies arrive late. S3 publishes this in the destination's region (Amazon S3 User Guide, "Using S3
    Replication metrics", 2026-11).
    """
    return Alarm(
        name=f"{environment}-lag-{replication['DestinationBucket']}",
        description=(
            f"Copies of {replication['SourceBucket']} in {replication['DestinationBucket']} lag by more than "
            f"{minutes} minutes: what was written since would be lost with the primary region. Look at "
            "BytesPendingReplication: a large upload passes; if it keeps growing, look at the replication "
            "role, the keys of both buckets and AWS's health dashboard."
        ),
        metrics=(Metric("AWS/S3", "ReplicationLatency", replication, "Maximum"),),
        comparison="GreaterThanThreshold",
        threshold=float(minutes * 60),
    )


def replication_failures(environment: str, replication: Mapping[str, str]) -> Alarm:
    """Objects were not copied, and S3 won't try again. It publishes this in the source's region."""
    return Alarm(
        name=f"{environment}-uncopied-{replication['SourceBucket']}",
        description=(
            f"Objects of {replication['SourceBucket']} could not be copied to "
            f"{replication['DestinationBucket']}, and S3 won't try again by itself. Mend the cause (the "
            "replication role, a key, object lock at the destination), then copy them with S3 Batch "
            "Replication."
        ),
        metrics=(Metric("AWS/S3", "OperationsFailedReplication", replication, "Sum"),),
        comparison="GreaterThanThreshold",
        threshold=0.0,
    )


def replication_dimensions(source: str, destination: str, rule: str) -> dict[str, str]:
    """Dimensions of the metrics of one replication rule (Amazon S3 User Guide, "Metrics and dimensions",
    2026-11).
    """
    return {"SourceBucket": source, "DestinationBucket": destination, "RuleId": rule}
