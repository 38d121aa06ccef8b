"""Faults of machines and regions in the sandbox's Batch: rehearsed, with the reasons that AWS gives."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import HTTPClientError
from patience import GONE_SECONDS, PATIENCE_SECONDS

from modelyard.planning.host import NOTICES_PATH
from modelyard_sandbox.job_faults import JobFault
from modelyard_sandbox.sandbox import Sandbox

Eventually = Callable[..., Any]
HOST_GONE = re.compile(r"Host EC2 \(instance i-[0-9a-f]{17}\) terminated\.")
NOTICES = {
    "volumes": [{"name": "notices", "host": {"sourcePath": NOTICES_PATH}}],
    "mountPoints": [{"sourceVolume": "notices", "containerPath": NOTICES_PATH}],
}
WHOLE_MACHINE = [{"type": "VCPU", "value": "16"}, {"type": "MEMORY", "value": "1024"}]
RETRY_HOSTS = {
    "retryStrategy": {
        "attempts": 3,
        "evaluateOnExit": [
            {"onStatusReason": "Host EC2*", "action": "RETRY"},
            {"onReason": "*", "action": "EXIT"},
        ],
    }
}


@pytest.fixture
def rehearse(apart: Sandbox) -> Callable[..., None]:
    """Sets faults in the sandbox of `far`, which takes them away."""
    return apart.set_job_faults


def test_a_machine_that_fails_ends_the_attempt_without_an_exit_code_and_is_retried(
    far: Any, rehearse: Callable[..., None]
) -> None:
    rehearse(JobFault("host_failure", after_seconds=0.1))
    job = far.run("[ $AWS_BATCH_JOB_ATTEMPT = 2 ] || sleep 60", RETRY_HOSTS)
    assert job["status"] == "SUCCEEDED"
    first, second = job["attempts"]
    assert HOST_GONE.fullmatch(first["statusReason"])
    assert ("exitCode" in first["container"], "reason" in first["container"]) == (False, False)
    assert first["container"]["containerInstanceArn"] != second["container"]["containerInstanceArn"]


def test_a_fault_happens_as_often_as_it_is_told_and_to_the_jobs_that_are_meant(
    far: Any, rehearse: Callable[..., None]
) -> None:
    rehearse(JobFault("host_failure", job="tra*", times=2))
    assert far.run("true", {"jobName": "eval"})["status"] == "SUCCEEDED"
    job = far.run("[ $AWS_BATCH_JOB_ATTEMPT = 3 ] || sleep 60", RETRY_HOSTS)
    assert (job["status"], len(job["attempts"])) == ("SUCCEEDED", 3)
    assert far.account.sandbox.job_faults() == []
    rehearse(JobFault("host_failure", job="nobody"))
    assert far.account.sandbox.job_faults() == [JobFault("host_failure", job="nobody")]


def test_a_fault_happens_to_what_runs_already(far: Any, rehearse: Callable[..., None]) -> None:
    ids = [far.submit("sleep 60", resourceRequirements=WHOLE_MACHINE) for _ in range(2)]
    for id_ in ids:
        far.account.when(id_, "RUNNING")
    rehearse(JobFault("host_failure", job=ids[1]))
    assert HOST_GONE.fullmatch(far.account.ended(ids[1])["statusReason"])
    assert far.account.job(ids[0])["status"] == "RUNNING"
    far.account.batch.terminate_job(jobId=ids[0], reason="enough")
    far.account.ended(ids[0])


def test_the_machine_of_a_child_or_of_the_main_node_fails(
    far: Any, rehearse: Callable[..., None], tmp_path: Path
) -> None:
    rehearse(JobFault("host_failure", node=1))
    gate = tmp_path / "gate"
    id_ = far.gang(f"while [ ! -e {gate} ]; do sleep 0.05; done; exit $AWS_BATCH_JOB_NODE_INDEX", 2)
    child = far.account.ended(f"{id_}#1")
    assert HOST_GONE.fullmatch(child["statusReason"])
    assert (child["status"], far.account.job(id_)["status"]) == ("FAILED", "RUNNING")
    gate.touch()
    assert far.account.ended(id_)["status"] == "SUCCEEDED"
    rehearse(JobFault("host_failure", node=0))
    id_ = far.gang("[ $AWS_BATCH_JOB_ATTEMPT = 2 ] || sleep 60", 2, RETRY_HOSTS)
    job = far.account.ended(id_)
    assert (job["status"], len(job["attempts"])) == ("SUCCEEDED", 2)
    assert HOST_GONE.fullmatch(job["attempts"][0]["statusReason"])


def test_all_that_is_on_a_machine_goes_with_it(far: Any, rehearse: Callable[..., None]) -> None:
    other = far.submit("sleep 60", {"jobName": "other"})
    far.account.when(other, "RUNNING")
    rehearse(JobFault("host_failure", job="train"))
    first = far.account.ended(far.submit("sleep 60"))
    assert first["statusReason"] == far.account.ended(other)["statusReason"]


def test_a_spot_machine_is_told_before_it_goes(far: Any, rehearse: Callable[..., None]) -> None:
    rehearse(JobFault("spot_interruption", notice_seconds=5))
    command = 'until [ -e "$0/notice.json" ]; do sleep 0.02; done; cat "$0/notice.json"; sleep 60'
    id_ = far.submit(["sh", "-c", command, NOTICES_PATH], **NOTICES)
    started = time.monotonic()
    job = far.account.ended(id_)
    assert time.monotonic() - started > 4
    assert HOST_GONE.fullmatch(job["statusReason"])
    notice = json.loads(far.account.lines(id_)[0])
    assert (notice["schema"], notice["kind"], notice["leave"]) == (
        "modelyard.notice/1",
        "spot_interruption",
        True,
    )
    assert notice["at"] == notice["drain_at"]
    left = datetime.fromisoformat(notice["at"]) - datetime.fromisoformat(notice["written_at"])
    assert 4 <= left.total_seconds() <= 5
    assert datetime.fromisoformat(notice["written_at"]).tzinfo == UTC


def test_a_job_that_leaves_in_time_is_not_lost_with_its_machine(
    far: Any, rehearse: Callable[..., None]
) -> None:
    rehearse(JobFault("spot_interruption", notice_seconds=30))
    command = 'until [ -e "$0/notice.json" ]; do sleep 0.02; done; exit 42'
    job = far.run(["sh", "-c", command, NOTICES_PATH], **NOTICES)
    assert (job["container"]["exitCode"], job["statusReason"]) == (42, "Essential container in task exited")


def test_a_container_that_takes_too_much_memory_is_killed_with_ecss_reason(
    far: Any, rehearse: Callable[..., None]
) -> None:
    rehearse(JobFault("out_of_memory", after_seconds=0.1))
    job = far.run("sleep 60")
    (attempt,) = job["attempts"]
    assert attempt["container"]["reason"] == "OutOfMemoryError: Container killed due to memory usage"
    assert (attempt["container"]["exitCode"], attempt["statusReason"]) == (
        137,
        "Essential container in task exited",
    )
    assert job["container"]["reason"] == attempt["container"]["reason"]
    listed = far.account.batch.list_jobs(jobQueue=far.queue, jobStatus="FAILED")["jobSummaryList"]
    assert listed[0]["container"] == {"exitCode": 137, "reason": attempt["container"]["reason"]}


def test_an_image_that_is_missing_fails_the_start(far: Any, rehearse: Callable[..., None]) -> None:
    rehearse(JobFault("image_missing", times=2))
    retry = {
        "attempts": 3,
        "evaluateOnExit": [
            {"onReason": "CannotPullContainer*", "action": "RETRY"},
            {"onReason": "*", "action": "EXIT"},
        ],
    }
    job = far.run("true", {"retryStrategy": retry})
    assert [item["statusReason"] for item in job["attempts"]] == [
        "Task failed to start",
        "Task failed to start",
        "Essential container in task exited",
    ]
    assert job["attempts"][0]["container"]["reason"] == (
        "CannotPullContainerError: Error response from daemon: pull access denied for train, repository does "
        "not exist or may require 'docker login'"
    )


def test_capacity_that_does_not_come_keeps_a_job_runnable_until_it_does(
    far: Any, rehearse: Callable[..., None], eventually: Eventually
) -> None:
    rehearse(JobFault("no_capacity"))
    id_ = far.submit("true")
    reason = eventually(lambda: far.account.job(id_).get("statusReason"))
    assert reason == (
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for instance "
        "type [c7i.4xlarge]"
    )
    assert far.account.job(id_)["status"] == "RUNNABLE"
    rehearse(JobFault("no_capacity", after_seconds=0.5))
    assert far.account.ended(id_)["status"] == "SUCCEEDED"
    id_ = far.submit("true")
    assert eventually(lambda: far.account.job(id_).get("statusReason"))
    job = far.account.ended(id_)
    assert job["startedAt"] - job["createdAt"] >= 500


def test_a_lost_region_answers_nobody_ends_what_runs_there_and_comes_back_as_it_was(
    far: Any, eventually: Eventually
) -> None:
    sandbox, account_id = far.account.sandbox, far.account.account_id
    here, there = (sandbox.client("s3", region, account_id) for region in ("eu-central-1", "eu-west-1"))
    bucket = f"stays-{far.marker}"
    here.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    link = here.generate_presigned_url("list_objects_v2", {"Bucket": bucket})
    id_ = far.gang("[ $AWS_BATCH_JOB_ATTEMPT = 2 ] || sleep 60", 2, RETRY_HOSTS)
    far.account.when(id_, "RUNNING")
    waiting = far.submit("true", dependsOn(id_))
    eventually(far.processes)

    sandbox.lose_regions("eu-central-1")
    eventually(lambda: not far.processes(), GONE_SECONDS)
    for call in (here.list_buckets, far.account.batch.describe_job_queues):
        with pytest.raises(HTTPClientError):
            call()
    with pytest.raises(OSError, match=r"Remote end closed|reset"):
        fetch(link)
    assert bucket in [item["Name"] for item in there.list_buckets()["Buckets"]]
    assert {job["status"] for job in sandbox.jobs()} <= {"RUNNABLE", "PENDING"}

    sandbox.lose_regions()
    assert here.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    job = far.account.ended(id_)
    assert (job["status"], HOST_GONE.fullmatch(job["attempts"][0]["statusReason"]) is not None) == (
        "SUCCEEDED",
        True,
    )
    assert far.account.ended(waiting)["status"] == "SUCCEEDED"


def dependsOn(id_: str) -> dict[str, Any]:  # noqa: N802 (Batch's name)
    """A request for a job that waits for another."""
    return {"dependsOn": [{"jobId": id_}]}


def fetch(link: str) -> bytes:
    """What is at an address."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
        link, timeout=PATIENCE_SECONDS
    ) as answer:
        return answer.read()
