"""Jobs of AWS Batch in the sandbox that somebody ends, and servers that end under them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import Request, urlopen

import pytest
from batching import Account
from patience import GONE_SECONDS

from modelyard_sandbox.record import ServerRecord

Eventually = Callable[..., Any]
STUBBORN = "trap '' TERM; echo ready; while :; do sleep 0.05; done"


def test_a_job_that_runs_is_asked_to_stop_and_ended_when_it_does_not(
    yard: Any, eventually: Eventually
) -> None:
    id_ = yard.submit(STUBBORN, {"retryStrategy": {"attempts": 5}})
    yard.account.when(id_, "RUNNING")
    eventually(lambda: yard.account.lines(id_))
    started = time.monotonic()
    yard.account.batch.terminate_job(jobId=id_, reason="too dear")
    stopping = yard.account.job(id_)
    assert (stopping["status"], stopping["isTerminated"]) == ("RUNNING", True)
    job = yard.account.ended(id_)
    assert time.monotonic() - started > 3, "it has four seconds to stop"
    assert (job["status"], job["statusReason"], job["container"]["exitCode"]) == ("FAILED", "too dear", 137)
    assert len(job["attempts"]) == 1, "what somebody ended isn't tried again"


def test_a_job_that_ends_well_when_asked_has_failed_all_the_same(yard: Any, eventually: Eventually) -> None:
    id_ = yard.submit("trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done")
    yard.account.when(id_, "RUNNING")
    eventually(lambda: yard.account.lines(id_))
    yard.account.batch.terminate_job(jobId=id_, reason="enough")
    job = yard.account.ended(id_)
    assert (job["status"], job["statusReason"], job["container"]["exitCode"]) == ("FAILED", "enough", 0)


def test_what_has_started_is_not_cancelled_and_what_waits_is(large: Any) -> None:
    yard = large
    first = yard.submit("sleep 60", resourceRequirements=amounts(vcpus=60))
    yard.account.when(first, "RUNNING")
    second = yard.submit("sleep 60", resourceRequirements=amounts(vcpus=60))
    yard.account.when(second, "RUNNABLE")
    for id_ in (first, second):
        yard.account.batch.cancel_job(jobId=id_, reason="enough")
    running, cancelled = yard.account.job(first), yard.account.job(second)
    assert (running["status"], running["isCancelled"]) == ("RUNNING", False)
    assert (cancelled["status"], cancelled["statusReason"]) == ("FAILED", "enough")
    assert (cancelled["isCancelled"], cancelled["attempts"]) == (True, [])
    listed = yard.account.batch.list_jobs(jobQueue=yard.queue, jobStatus="FAILED")["jobSummaryList"]
    assert [(item["jobId"], item["isCancelled"]) for item in listed] == [(second, True)]
    yard.account.batch.terminate_job(jobId=first, reason="enough")
    yard.account.ended(first)
    for operation in (yard.account.batch.cancel_job, yard.account.batch.terminate_job):
        operation(jobId="00000000-0000-0000-0000-000000000000", reason="there is no such job")


def amounts(vcpus: int = 1, memory: int = 1024, gpus: int = 0) -> list[dict[str, str]]:
    """What a container asks for."""
    asked = {"VCPU": vcpus, "MEMORY": memory, **({"GPU": gpus} if gpus else {})}
    return [{"type": type_, "value": str(value)} for type_, value in asked.items()]


@pytest.fixture
def large(yard: Any) -> Any:
    """A queue of machines with 64 vCPUs."""
    yard.queue = yard.account.queue(
        yard.account.environment(computeResources=yard.account.resources(instanceTypes=["c7i.16xlarge"]))
    )
    return yard


def test_jobs_end_with_their_queue(yard: Any) -> None:
    running, waiting = yard.submit("sleep 60"), yard.gang("sleep 60", 60)
    yard.account.when(running, "RUNNING")
    yard.account.when(waiting, "RUNNABLE")
    yard.account.batch.update_job_queue(jobQueue=yard.queue, state="DISABLED")
    yard.account.batch.delete_job_queue(jobQueue=yard.queue)
    for id_ in (running, waiting):
        assert yard.account.ended(id_)["statusReason"] == "JobQueue deleted"


def test_many_clients_at_once_leave_every_job_over(yard: Any) -> None:
    account, queue = yard.account, yard.queue
    definition = account.definition(containerProperties=yard.container("exec sleep 0.2"))
    gang = account.nodes(count=2, ranges={"0:": yard.container("exec sleep 0.2")})

    def client(number: int) -> list[str]:
        ids = [
            account.submit(definition, queue),
            account.submit(gang, queue),
            account.submit(definition, queue, arrayProperties={"size": 3}),
        ]
        ids.append(account.submit(definition, queue, dependsOn=[{"jobId": ids[number % 3]}]))
        account.batch.list_jobs(jobQueue=queue, jobStatus="RUNNABLE")
        account.batch.terminate_job(jobId=ids[number % 4], reason="enough")
        account.batch.cancel_job(jobId=ids[(number + 1) % 4], reason="enough")
        account.batch.describe_jobs(jobs=ids)
        return ids

    with ThreadPoolExecutor(8) as pool:
        ids = [id_ for made in pool.map(client, range(8)) for id_ in made]
    for id_ in ids:
        account.ended(id_)


def test_a_reset_of_moto_ends_what_runs(alone: Any, eventually: Eventually) -> None:
    id_ = alone.gang("sleep 60", 2)
    alone.account.when(id_, "RUNNING")
    eventually(alone.processes)
    url = f"{alone.account.sandbox.endpoint}/moto-api/reset"
    with urlopen(Request(url, method="POST")) as answer:  # noqa: S310 (the sandbox's)
        assert answer.status == 200
    eventually(lambda: not alone.processes(), GONE_SECONDS)
    again = type(alone)(Account(alone.account.sandbox, alone.account.account_id), marker=alone.marker)
    assert again.run("true")["status"] == "SUCCEEDED"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_jobs_when_the_server_ends(
    alone: Any, eventually: Eventually, number: signal.Signals
) -> None:
    id_ = alone.gang(f"setsid sleep 60 & {STUBBORN}", 2)
    for index in range(2):
        alone.account.when(f"{id_}#{index}", "RUNNING")
    eventually(lambda: len(alone.processes()) >= 6)
    directory = alone.account.sandbox.directory
    record = ServerRecord.read(directory)
    assert record is not None
    os.kill(record.process.pid, number)
    eventually(lambda: not alone.processes(), GONE_SECONDS)
    eventually(lambda: not record.process.alive)
    if number == signal.SIGTERM:
        assert not (directory / "batch").exists()
