"""An array job of AWS Batch in the sandbox: its children run side by side, and its state is made of theirs."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Eventually = Callable[..., Any]


def array(size: int, **request: Any) -> dict[str, Any]:
    """A request for an array job."""
    return {"arrayProperties": {"size": size}, **request}


def summary(job: dict[str, Any]) -> dict[str, int]:
    """How many children have each status, but for none."""
    return {name: count for name, count in job["arrayProperties"]["statusSummary"].items() if count}


def test_children_find_their_index_and_the_parent_fails_once_all_have_ended(yard: Any) -> None:
    command = "env | grep AWS_BATCH_JOB | sort; exit $AWS_BATCH_JOB_ARRAY_INDEX"
    job = yard.run(command, array(3))
    id_ = job["jobId"]
    assert (job["status"], job["statusReason"]) == ("FAILED", "Array Child Job failed")
    assert summary(job) == {"SUCCEEDED": 1, "FAILED": 2}
    assert ("attempts" in job, job["attempts"]) == (True, [])
    for index in range(3):
        child = yard.account.job(f"{id_}:{index}")
        assert (child["container"]["exitCode"], child["arrayProperties"]) == (index, {"index": index})
        assert yard.account.lines(f"{id_}:{index}") == [
            f"AWS_BATCH_JOB_ARRAY_INDEX={index}",
            "AWS_BATCH_JOB_ARRAY_SIZE=3",
            "AWS_BATCH_JOB_ATTEMPT=1",
            f"AWS_BATCH_JOB_ID={id_}:{index}",
        ]


def test_a_parent_is_pending_while_its_children_run(yard: Any, tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    id_ = yard.submit(f"until [ -e {stop} ]; do sleep 0.02; done", array(2))
    for index in range(2):
        yard.account.when(f"{id_}:{index}", "RUNNING")
    job = yard.account.job(id_)
    assert (job["status"], summary(job)) == ("PENDING", {"RUNNING": 2})
    listed = yard.account.batch.list_jobs(arrayJobId=id_)["jobSummaryList"]
    assert [item["jobId"] for item in listed] == [f"{id_}:0", f"{id_}:1"]
    of_queue = yard.account.batch.list_jobs(jobQueue=yard.queue, jobStatus="PENDING")["jobSummaryList"]
    assert [item["jobId"] for item in of_queue] == [id_]
    stop.touch()
    assert yard.account.ended(id_)["status"] == "SUCCEEDED"


def test_no_more_children_run_at_once_than_the_machine_is_given(
    yard: Any, tmp_path: Path, eventually: Eventually
) -> None:
    stop = tmp_path / "stop"
    id_ = yard.submit(f"until [ -e {stop} ]; do sleep 0.02; done", array(12))
    eventually(lambda: summary(yard.account.job(id_)) == {"RUNNING": 6, "RUNNABLE": 6})
    time.sleep(0.3)
    assert summary(yard.account.job(id_)) == {"RUNNING": 6, "RUNNABLE": 6}
    front = yard.account.batch.get_job_queue_snapshot(jobQueue=yard.queue)["frontOfQueue"]["jobs"]
    assert [item["jobArn"].rpartition("/")[2] for item in front] == [
        f"{id_}:{index}" for index in range(6, 12)
    ]
    stop.touch()
    assert summary(yard.account.ended(id_)) == {"SUCCEEDED": 12}


def test_children_are_retried_one_by_one(yard: Any) -> None:
    retry = {"retryStrategy": {"attempts": 3}}
    job = yard.run("[ $AWS_BATCH_JOB_ATTEMPT -gt $AWS_BATCH_JOB_ARRAY_INDEX ]", array(3, **retry))
    assert job["status"] == "SUCCEEDED"
    attempts = [len(yard.account.job(f"{job['jobId']}:{index}")["attempts"]) for index in range(3)]
    assert attempts == [1, 2, 3]


def test_ten_thousand_children_are_taken_shown_and_ended(yard: Any) -> None:
    id_ = yard.submit("sleep 60", array(10_000))
    batch = yard.account.batch
    yard.account.when(f"{id_}:0", "RUNNING")
    job = yard.account.job(id_)
    assert sum(summary(job).values()) == 10_000
    children = [f"{id_}:{index}" for index in range(9_900, 10_000)]
    assert len(batch.describe_jobs(jobs=children)["jobs"]) == 100
    listed = 0
    for page in batch.get_paginator("list_jobs").paginate(arrayJobId=id_, jobStatus="RUNNABLE"):
        listed += len(page["jobSummaryList"])
        if listed >= 3_000:
            break
    batch.terminate_job(jobId=id_, reason="enough")
    job = yard.account.ended(id_)
    assert (summary(job), job["statusReason"]) == ({"FAILED": 10_000}, "enough")


def test_cancelling_a_parent_leaves_the_children_that_run(yard: Any, tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    id_ = yard.submit(f"until [ -e {stop} ]; do sleep 0.02; done", array(8))
    for index in range(6):
        yard.account.when(f"{id_}:{index}", "RUNNING")
    yard.account.batch.cancel_job(jobId=id_, reason="enough")
    job = yard.account.job(id_)
    assert (job["status"], job["isCancelled"], summary(job)) == ("PENDING", True, {"RUNNING": 6, "FAILED": 2})
    assert yard.account.job(f"{id_}:7")["statusReason"] == "enough"
    stop.touch()
    job = yard.account.ended(id_)
    assert (job["status"], job["statusReason"]) == ("FAILED", "enough")
    assert summary(job) == {"SUCCEEDED": 6, "FAILED": 2}
