"""A submission is killed after each of its requests: there are never two jobs, and none is lost.

The process that submits gets SIGKILL as a request has been carried out, before it knows the answer. Then the same
job is submitted again.
"""

from __future__ import annotations

import subprocess
import sys

import pytest
from azure_front import Change, Lose, Pass, Say, standing_before
from azure_ml_launching import MlYard
from patience import PATIENCE_SECONDS

from modelyard.errors import SurroundingsError
from modelyard_launcher.azure.access import AzureAccess
from modelyard_sandbox.job_faults import JobFault

SUBMITS = """
import os, signal, sys
from pathlib import Path
import httpx, requests
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.backends.azure_ml.backend import AzureMlBackend
from modelyard_launcher.load import load_job
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.target import read_target_file

project, at, arm, blobs = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
count = 0

def counted(send):
    def sent(self, method, url, *arguments, **named):
        global count
        answer = send(self, method, url, *arguments, **named)
        print(method, url.partition("?")[0], flush=True)
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1
        return answer
    return sent

httpx.Client.request = counted(httpx.Client.request)
requests.Session.request = counted(requests.Session.request)
target = read_target_file(project / "target.json")
access = AzureAccess("sandbox", target.region, target.subscription_id, arm, blobs)
backend = AzureMlBackend(LaunchContext(project, access, target.stores.checkpoints.uri), look_up_seconds=0.2)
plan = backend.plan(load_job(project / "job.yaml"), ResolvedTarget(target, "file", "target.json"))
backend.submit(plan, detach=True, on_line=print, on_event=lambda _: None)
"""


def submit_and_kill(yard: MlYard, at: int) -> list[str]:
    """Submit as a process and end it with SIGKILL after a request (-1: never); the requests that it made."""
    (yard.project / "target.json").write_text(yard.target.model_dump_json(by_alias=True))
    access = yard.access
    command = [sys.executable, "-c", SUBMITS, str(yard.project), str(at), access.arm_endpoint]
    done = subprocess.run(
        [*command, str(access.blob_root)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == (0 if at < 0 else -9), done.stderr
    return done.stdout.splitlines()


def image(number: int) -> str:
    """An image that no job had before: its environment has to be made."""
    return f"mcr.example.com/train@sha256:{number:064x}"


@pytest.mark.slow
def test_killed_after_any_request_there_is_one_job_after_the_next_submission(ml_yard: MlYard) -> None:
    ml_yard.sandbox.set_job_faults(JobFault("no_capacity"))
    ml_yard.begin("true", name="killed-before")  # the code is there
    ml_yard.load("true", name="killed-never", image=image(999))
    points = submit_and_kill(ml_yard, -1)
    assert any(point.startswith("PUT") and "/jobs/" in point for point in points), points
    assert len(points) > 10
    # After the last, whoever submitted has been told all: the same job again is another run.
    for at in range(len(points) - 1):
        name = f"killed-{at}"
        ml_yard.load("true", name=name, image=image(at))
        point = f"after request {at}, {submit_and_kill(ml_yard, at)[-1]}"
        record = ml_yard.begin("true", name=name, image=image(at))
        jobs = ml_yard.jobs_named(f"{name}-2")
        assert jobs == [f"{record.run_id}-1"], point
        assert record.state == "submitted", point
        assert record.submissions[0].job_id == ml_yard.job(jobs[0]), point
        ml_yard.cancel(jobs[0])
    for name in ("killed-before", "killed-never"):
        ml_yard.cancel(ml_yard.jobs_named(f"{name}-2")[0])


def through(yard: MlYard, endpoint: str) -> AzureAccess:
    access = yard.access
    return AzureAccess("sandbox", access.region, access.subscription_id, endpoint, access.blob_root)


def test_an_answer_that_is_lost_after_the_job_was_made_makes_no_second_one(ml_yard: MlYard) -> None:
    ml_yard.over(ml_yard.begin("true", name="before"))  # code and environment are there
    with standing_before(ml_yard.access.arm_endpoint) as front:
        front.script = [Pass(), Pass(), Pass(), Lose(carried_out=True)]
        backend = ml_yard.backend(through(ml_yard, front.endpoint))
        record = ml_yard.begin("true", backend, name="lost-answer")
        assert front.methods == ["GET", "GET", "GET", "PUT", "GET"]
    assert record.state == "submitted"
    assert ml_yard.jobs_named("lost-answer-2") == [f"{record.run_id}-1"]
    assert any("had got through" in event for event in ml_yard.events), ml_yard.events
    assert ml_yard.over(record).state == "succeeded"


def test_a_call_that_never_got_through_is_told_and_settled_by_the_next_submission(ml_yard: MlYard) -> None:
    ml_yard.over(ml_yard.begin("true", name="before"))
    with standing_before(ml_yard.access.arm_endpoint) as front:
        front.script = [Pass(), Pass(), Pass(), Lose(carried_out=False)]
        with pytest.raises(SurroundingsError) as raised:
            ml_yard.begin("true", ml_yard.backend(through(ml_yard, front.endpoint)), name="never")
    assert "it isn't known whether run never-" in raised.value.message
    assert raised.value.mend == (
        "submit the same job again: the run is looked for, and submitted only if it isn't there"
    )
    record = ml_yard.begin("true", name="never")
    assert record.run_id in raised.value.message
    assert ml_yard.jobs_named("never-2") == [f"{record.run_id}-1"]
    assert ml_yard.over(record).state == "succeeded"


def test_a_refused_job_has_failed_with_azures_words_and_was_never_submitted(ml_yard: MlYard) -> None:
    ml_yard.over(ml_yard.begin("true", name="before"))
    with standing_before(ml_yard.access.arm_endpoint) as front:
        front.script = [Pass(), Pass(), Pass(), Say(400, "InvalidJob")]
        with pytest.raises(SurroundingsError) as raised:
            ml_yard.begin("true", ml_yard.backend(through(ml_yard, front.endpoint)), name="refused")
    assert "InvalidJob: as it was told" in raised.value.message
    (run_id,) = [name for name in ml_yard.store.folders("runs/") if name.rstrip("/").startswith("refused-")]
    record = ml_yard.stored(f"runs/{run_id.rstrip('/')}/run.json")
    assert record["state"] == "failed"
    assert record["reason"].startswith("it was never submitted: PUT ")


def test_a_job_of_that_name_that_is_somebody_elses_is_not_taken_up(ml_yard: MlYard) -> None:
    record = ml_yard.over(ml_yard.begin("true", name="whose"))
    name = f"{record.run_id}-2"
    ml_yard.arm(
        "PUT", ml_yard.job(name), ml_yard.document("true", computeId=f"{ml_yard.workspace}/computes/cpu")
    )
    with pytest.raises(SurroundingsError) as raised:
        ml_yard.again(record)
    assert raised.value.message == (
        f"{ml_yard.job(name)} is there and isn't a job of run {record.run_id}: its tag modelyard:run is None"
    )
    ml_yard.ended(name)


def test_an_environment_that_somebody_made_meanwhile_is_taken_as_it_is(ml_yard: MlYard) -> None:
    name = image(12_345)
    with standing_before(ml_yard.access.arm_endpoint) as front:
        ml_yard.over(ml_yard.begin("true"))  # the code is there
        access = through(ml_yard, front.endpoint)
        front.script = [Pass(), Pass(), Change({}, 409)]
        record = ml_yard.begin("true", ml_yard.backend(access), image=name, name="raced")
        asked = [(method, "/environments/" in target) for method, target, _ in front.seen]
    assert asked[1:4] == [("GET", True), ("PUT", True), ("GET", True)]
    assert ml_yard.over(record).state == "succeeded"
