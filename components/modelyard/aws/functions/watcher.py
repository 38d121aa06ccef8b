"""Watches the job queues of an environment in one region: runs in AWS Lambda, by itself.

Started by a schedule it publishes how many jobs wait and run, since when the first one waits and how many
vCPUs are kept up, and lets the nodes go that a pool keeps up without a job. Started by the topic that a
budget tells when too much is spent, it closes the queues; asked to by hand, it opens them. Doing either again
changes nothing.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3

NAMESPACE = "modelyard"
WATCH_MINUTES = 5
PERIOD_SECONDS = 60 * WATCH_MINUTES
WAITING, STARTING, RUNNING = "RUNNABLE", "STARTING", "RUNNING"
BUDGETS_REGION = "us-east-1"

LOG = logging.getLogger()
LOG.setLevel(logging.INFO)

Pool = Mapping[str, Any]
Settings = Mapping[str, Any]


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """What Lambda calls. Raises whatever a service refuses, so that the function's errors are counted."""
    del context
    settings: Settings = json.loads(os.environ["SETTINGS"])
    if any(_topic_of(record) == settings["closingTopicArn"] for record in event.get("Records", [])):
        return {"closed": close(settings)}
    if event.get("do") == "open":
        return {"opened": reopen(settings)}
    if event.get("do") == "watch":
        return {"letGo": watch(settings, datetime.now(UTC))}
    raise ValueError(f"it is asked to watch, to open or by its topic to close, not: {event}")


def watch(settings: Settings, now: datetime) -> list[str]:
    """Publish the figures, and let idle nodes go; the pools whose nodes were let go."""
    let_go: list[str] = []
    for pool in settings["pools"]:
        counted = _jobs(pool["queueName"])
        environment = _environment(_queue(pool))
        kept = environment["computeResources"]["minvCpus"]
        _publish(_pool_figures(settings, pool, counted, kept, now))
        if kept and not sum(counted.values()) and _was_idle(settings, pool, now):
            _client("batch").update_compute_environment(
                computeEnvironment=environment["computeEnvironmentArn"], computeResources={"minvCpus": 0}
            )
            let_go.append(pool["name"])
    if let_go:
        _tell(settings, "nodes without a job were let go", _let_go_text(settings, let_go))
    _publish(_budget_figures(settings, now))
    return let_go


def close(settings: Settings) -> list[str]:
    """Close every queue, and start no node for what waits in it; the pools for which something was changed.

    A closed queue takes no new jobs, but Batch still starts those that wait in it: so the compute
    environments are switched off as well. What runs goes on to its end.
    """
    switched_off = _switch_openings(settings, "DISABLED")
    closed: list[str] = []
    for pool in settings["pools"]:
        batch = _client("batch")
        queue = _queue(pool)
        environment = _environment(queue)
        if queue["state"] != "DISABLED":
            batch.update_job_queue(jobQueue=pool["queueName"], state="DISABLED")
        if environment["state"] != "DISABLED" or environment["computeResources"]["minvCpus"]:
            batch.update_compute_environment(
                computeEnvironment=environment["computeEnvironmentArn"],
                state="DISABLED",
                computeResources={"minvCpus": 0},
            )
        elif queue["state"] == "DISABLED":
            continue
        closed.append(pool["name"])
    if closed or switched_off:
        _tell(settings, "its queues are closed", _closed_text(settings, closed, switched_off))
    return closed


def reopen(settings: Settings) -> list[str]:
    """Open every queue as it is configured, and the schedules that open it; all pools."""
    batch = _client("batch")
    _switch_openings(settings, "ENABLED")
    for pool in settings["pools"]:
        environment = _environment(_queue(pool))
        batch.update_compute_environment(
            computeEnvironment=environment["computeEnvironmentArn"],
            state="ENABLED",
            computeResources={"minvCpus": pool.get("keptVcpus") or 0},
        )
        batch.update_job_queue(jobQueue=pool["queueName"], state="ENABLED")
    names = [pool["name"] for pool in settings["pools"]]
    _tell(settings, "its queues are open", _opened_text(settings, names))
    return names


def _jobs(queue: str) -> dict[str, int]:
    """Jobs in a queue by state."""
    pages = _client("batch").get_paginator("list_jobs")
    return {
        state: sum(len(page["jobSummaryList"]) for page in pages.paginate(jobQueue=queue, jobStatus=state))
        for state in (WAITING, STARTING, RUNNING)
    }


def _waits_since(queue: str, now: datetime) -> float:
    """Seconds that the first job of a queue has been the first."""
    front = _client("batch").get_job_queue_snapshot(jobQueue=queue)["frontOfQueue"]
    since = [job["earliestTimeAtPosition"] / 1_000 for job in front.get("jobs", [])[:1]]
    return max([0.0, *(now.timestamp() - moment for moment in since)])


def _queue(pool: Pool) -> dict[str, Any]:
    (queue,) = _client("batch").describe_job_queues(jobQueues=[pool["queueName"]])["jobQueues"]
    return queue


def _environment(queue: Mapping[str, Any]) -> dict[str, Any]:
    """The compute environment of a pool's own: the first of its queue's, before those of other pools that it
    falls back to. Looked up and not among the settings, which have room for 4 KiB.
    """
    own = min(queue["computeEnvironmentOrder"], key=_order)["computeEnvironment"]
    (environment,) = _client("batch").describe_compute_environments(computeEnvironments=[own])[
        "computeEnvironments"
    ]
    return environment


def _order(item: Mapping[str, Any]) -> int:
    return item["order"]


def _pool_figures(
    settings: Settings, pool: Pool, counted: Mapping[str, int], kept: int, now: datetime
) -> list[dict[str, Any]]:
    waits = _waits_since(pool["queueName"], now) if counted[WAITING] else 0.0
    values = (
        ("RunnableJobs", counted[WAITING], "Count"),
        ("StartingJobs", counted[STARTING], "Count"),
        ("RunningJobs", counted[RUNNING], "Count"),
        ("HeadOfQueueSeconds", waits, "Seconds"),
        ("KeptVcpus", kept, "Count"),
    )
    return [_figure(name, value, unit, now, _dimensions(settings, pool)) for name, value, unit in values]


def _budget_figures(settings: Settings, now: datetime) -> list[dict[str, Any]]:
    """What the environment's budget says: in every region, unlike the figures of AWS/Billing, and of it
    alone.
    """
    name = settings.get("budgetName")
    if not name:
        return []
    budgets = _client("budgets", BUDGETS_REGION)
    budget = budgets.describe_budget(AccountId=settings["accountId"], BudgetName=name)["Budget"]
    spent = budget.get("CalculatedSpend", {})
    amounts = (
        ("BudgetUsd", budget.get("BudgetLimit")),
        ("SpentUsd", spent.get("ActualSpend")),
        ("ForecastUsd", spent.get("ForecastedSpend")),
    )
    dimensions = [{"Name": "environment", "Value": settings["environment"]}]
    return [
        _figure(metric, float(amount["Amount"]), "None", now, dimensions)
        for metric, amount in amounts
        if amount
    ]


def _was_idle(settings: Settings, pool: Pool, now: datetime) -> bool:
    """Whether for all of the pool's idle minutes nodes were kept up and no job was there.

    The figures published before are the memory. One that is missing, as after a failure or just after the
    nodes were asked for, counts as not idle.
    """
    minutes = pool.get("idleShutdownMinutes")
    if not minutes:
        return False
    looks = minutes // WATCH_MINUTES
    kept = _past(settings, pool, "KeptVcpus", "Minimum", minutes, now)
    if len(kept) < looks or not all(kept):
        return False
    jobs = [
        _past(settings, pool, metric, "Maximum", minutes, now)
        for metric in ("RunnableJobs", "StartingJobs", "RunningJobs")
    ]
    return all(len(counted) >= looks and not any(counted) for counted in jobs)


def _past(
    settings: Settings, pool: Pool, metric: str, statistic: str, minutes: int, now: datetime
) -> list[float]:
    # Full periods only. The schedule's looks fall into the first minute of each (cron(0/5 ...)).
    end = datetime.fromtimestamp(now.timestamp() // PERIOD_SECONDS * PERIOD_SECONDS, UTC)
    found = _client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName=metric,
        Dimensions=_dimensions(settings, pool),
        StartTime=end - timedelta(minutes=minutes),
        EndTime=end,
        Period=PERIOD_SECONDS,
        Statistics=[statistic],
    )
    return [point[statistic] for point in found["Datapoints"]]


def _switch_openings(settings: Settings, state: str) -> list[str]:
    """Let the schedules of working hours open the queues, or keep them from it; those that changed."""
    group = settings.get("openingsGroup")
    if not group:
        return []
    scheduler = _client("scheduler")
    pages = scheduler.get_paginator("list_schedules").paginate(
        GroupName=group, NamePrefix=settings["openingsPrefix"]
    )
    names = [item["Name"] for page in pages for item in page["Schedules"] if item["State"] != state]
    for name in names:
        whole = scheduler.get_schedule(GroupName=group, Name=name)
        made = ("Arn", "CreationDate", "LastModificationDate", "ResponseMetadata")
        kept = {key: value for key, value in whole.items() if key not in made and value is not None}
        scheduler.update_schedule(**{**kept, "State": state})
    return names


def _publish(figures: list[dict[str, Any]]) -> None:
    if figures:
        _client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=figures)


def _figure(
    name: str, value: float, unit: str, now: datetime, dimensions: list[dict[str, str]]
) -> dict[str, Any]:
    return {"MetricName": name, "Value": value, "Unit": unit, "Timestamp": now, "Dimensions": dimensions}


def _dimensions(settings: Settings, pool: Pool) -> list[dict[str, str]]:
    return [
        {"Name": "environment", "Value": settings["environment"]},
        {"Name": "pool", "Value": pool["name"]},
    ]


def _let_go_text(settings: Settings, pools: list[str]) -> str:
    return (
        f"The nodes that {', '.join(pools)} of {settings['environment']} kept up had no job for the time "
        "that idle_shutdown_minutes gives them, and were let go. Jobs start new ones. Working hours keep "
        f"them up again from the next opening; to do it now: {_opening(settings)}"
    )


def _closed_text(settings: Settings, pools: list[str], switched_off: list[str]) -> str:
    names = ", ".join(switched_off)
    openings = f" The schedules {names} are off, or they would open them." if names else ""
    return (
        f"The budget of {settings['environment']} is used up to the percentage at which its queues are "
        f"closed in {settings['region']}: {', '.join(pools) or 'they were closed already'}. What runs goes "
        f"on to its end, what waits does not start, and no new job is taken.{openings} With a higher "
        f"budget, or in the next month, open them again: {_opening(settings)}"
    )


def _opened_text(settings: Settings, pools: list[str]) -> str:
    return (
        f"The queues of {settings['environment']} in {settings['region']} are open again, with the nodes "
        f"that they keep up: {', '.join(pools)}."
    )


def _opening(settings: Settings) -> str:
    """The command that opens everything."""
    return (
        f"aws lambda invoke --region {settings['region']} --function-name {settings['functionName']} "
        """--cli-binary-format raw-in-base64-out --payload '{"do": "open"}' /dev/stdout"""
    )


def _tell(settings: Settings, subject: str, text: str) -> None:
    LOG.info(text)
    _client("sns").publish(
        TopicArn=settings["alertsTopicArn"],
        Subject=f"{settings['environment']}: {subject}"[:99],
        Message=text,
    )


def _topic_of(record: Mapping[str, Any]) -> str | None:
    return record.get("Sns", {}).get("TopicArn")


@cache
def _client(service: str, region: str | None = None) -> Any:
    make: Any = boto3.client
    return make(service, region_name=region)
