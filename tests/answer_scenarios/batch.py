"""Batch: environments, queues, definitions, jobs, scheduling policies, tags."""

from __future__ import annotations

import time
from typing import Any

from documented_refusals.batch import definition, environment, gang, queue, waits
from documented_refusals.case import Account
from patience import PATIENCE_SECONDS

OVER = ("SUCCEEDED", "FAILED")
SHARES: list[dict[str, Any]] = [{"shareIdentifier": "research", "weightFactor": 0.5}]


def run(account: Account) -> None:
    """Every operation of Batch."""
    batch = account.client("batch")
    arn = batch.create_compute_environment(**environment(account, tags={"team": "training"}))[
        "computeEnvironmentArn"
    ]
    batch.update_compute_environment(computeEnvironment="gpus", computeResources={"maxvCpus": 512})
    batch.describe_compute_environments()
    policies(batch)
    made = batch.create_job_queue(**queue(arn, jobStateTimeLimitActions=waits(600), state="ENABLED"))
    batch.update_job_queue(jobQueue="jobs", priority=2)
    batch.describe_job_queues()
    tags(batch, made["jobQueueArn"])
    jobs(batch)
    batch.update_job_queue(jobQueue="jobs", state="DISABLED")
    batch.delete_job_queue(jobQueue="jobs")
    while batch.describe_job_queues(jobQueues=["jobs"])["jobQueues"]:
        pass
    batch.update_compute_environment(computeEnvironment="gpus", state="DISABLED")
    batch.delete_compute_environment(computeEnvironment="gpus")


def policies(batch: Any) -> None:
    """A policy that shares a queue."""
    made = batch.create_scheduling_policy(name="fair", fairsharePolicy={"shareDistribution": SHARES})
    batch.update_scheduling_policy(arn=made["arn"], fairsharePolicy={"shareDecaySeconds": 3600})
    batch.delete_scheduling_policy(arn=made["arn"])


def tags(batch: Any, arn: str) -> None:
    """A queue's tags."""
    batch.tag_resource(resourceArn=arn, tags={"team": "training"})
    batch.list_tags_for_resource(resourceArn=arn)
    batch.untag_resource(resourceArn=arn, tagKeys=["team"])


def jobs(batch: Any) -> None:
    """A job on one node, one on several, an array of them, and their end."""
    batch.register_job_definition(**definition(retryStrategy={"attempts": 2}))
    gangs = batch.register_job_definition(**gang(jobDefinitionName="gang"))
    batch.describe_job_definitions(status="ACTIVE")
    common = {"jobQueue": "jobs"}
    one = batch.submit_job(jobName="one", jobDefinition="train", **common)["jobId"]
    many = batch.submit_job(jobName="many", jobDefinition="gang", nodeOverrides={"numNodes": 2}, **common)[
        "jobId"
    ]
    array = batch.submit_job(jobName="array", jobDefinition="train", arrayProperties={"size": 2}, **common)[
        "jobId"
    ]
    every = [one, many, f"{many}#0", array, f"{array}:0"]
    described: list[dict[str, Any]] = []
    until = time.monotonic() + PATIENCE_SECONDS
    while len(described) < len(every) or any(job["status"] not in OVER for job in described):
        described = batch.describe_jobs(jobs=every)["jobs"]
        assert time.monotonic() < until, described
        time.sleep(0.05)
    for request in (common, {"multiNodeJobId": many}, {"arrayJobId": array}):
        for status in ("RUNNABLE", "SUCCEEDED"):
            batch.list_jobs(**request, jobStatus=status)
    batch.cancel_job(jobId=one, reason="enough")
    batch.terminate_job(jobId=many, reason="enough")
    batch.deregister_job_definition(jobDefinition=gangs["jobDefinitionArn"])
