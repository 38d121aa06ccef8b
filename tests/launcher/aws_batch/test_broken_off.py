"""`job submit` is killed at every point of its calls: there are never two jobs, and none is lost.

Between it and the sandbox stands something that sees each request. After one of them is carried out, and before
it is answered, the process that submits gets SIGKILL: to the server that is the same as before the next one.
Then the same job is submitted again.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from batch_cluster import Cluster
from between import Between, Moment
from patience import PATIENCE_SECONDS

from modelyard_launcher.records import RunRecord
from modelyard_sandbox.accounts import SECRET_ACCESS_KEY, access_key_of
from modelyard_sandbox.job_faults import JobFault

PROGRAM = [
    sys.executable,
    "-m",
    "modelyard_cli.main",
    "job",
    "submit",
    "--env",
    "dev",
    "--backend",
    "aws_batch",
]


def submit_and_kill(cluster: Cluster, job: str, at: int | None) -> list[str]:
    """Submit by the command line and end it with SIGKILL after a request; the requests that it made."""
    started: list[subprocess.Popen[bytes]] = []

    def on_request(number: int, moment: Moment) -> bool:
        if number != at or moment != "after":
            return False
        started[0].kill()
        started[0].wait()
        return True

    with Between(cluster.endpoint, on_request=on_request) as between:
        environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": between.own_endpoint,
            "AWS_ACCESS_KEY_ID": access_key_of(cluster.target.account_id),
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        }
        process = subprocess.Popen(
            [*PROGRAM, "--detach", job],
            cwd=cluster.project,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == (0 if at is None else -9), err.decode()
        return list(between.requests)


@pytest.fixture
def waiting(cluster: Cluster) -> Iterator[Cluster]:
    """No machine comes: jobs wait, and so stand still to be counted; afterwards they are ended."""
    cluster.sandbox.set_job_faults(JobFault("no_capacity"))
    yield cluster
    for pool in cluster.target.pools:
        for job in cluster.batch.list_jobs(jobQueue=pool.queue_arn, jobStatus="RUNNABLE")["jobSummaryList"]:
            cluster.batch.terminate_job(jobId=job["jobId"], reason="the test is over")


def runs_of(cluster: Cluster, name: str) -> list[RunRecord]:
    return [record for record in cluster.context.runs.newest(500) if record.run_id.startswith(f"{name}-2")]


@pytest.mark.slow
def test_killed_at_any_point_there_is_one_job_after_the_next_submission(waiting: Cluster) -> None:
    path = str(waiting.write("killed-never", "true", workdir="."))
    waiting.forget("runs/runtime/")
    points = submit_and_kill(waiting, path, None)
    assert any("submitjob" in point for point in points)
    assert len(points) > 10
    # After the last, whoever submitted has been told all: the same job again is another run.
    for at in range(len(points) - 1):
        job = f"killed-{at}"
        path = str(waiting.write(job, "true", workdir="."))
        waiting.forget("runs/runtime/")
        point = f"after request {at}, {submit_and_kill(waiting, path, at)[-1]}"
        record = waiting.submit(job, "true", workdir=".")
        jobs = waiting.jobs_named(f"{job}-2*")
        assert len(jobs) == 1, point
        assert [each.run_id for each in runs_of(waiting, job)] == [record.run_id], point
        assert record.state == "submitted", point
        assert record.submissions[0].job_id == jobs[0]["jobId"], point
        assert jobs[0]["jobName"] == f"{record.run_id}-1", point


@pytest.mark.slow
def test_submitted_again_while_the_answer_is_out_the_second_waits_for_the_first(waiting: Cluster) -> None:
    """Two at once want two runs: the second begins its own once the first has its answer."""
    path = str(waiting.write("twiceatonce", "true"))
    environment = {**os.environ, "AWS_ENDPOINT_URL": "", "MODELYARD_SANDBOX_DIR": ""}
    environment = {name: value for name, value in environment.items() if value}
    both = [
        subprocess.Popen(
            [*PROGRAM, "--detach", path],
            cwd=waiting.project,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outcomes: list[tuple[int, str, str]] = []
    for process in both:
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
        outcomes.append((process.returncode, out.strip(), err))
    assert [code for code, _, _ in outcomes] == [0, 0], outcomes
    run_ids = {out for _, out, _ in outcomes}
    assert len(run_ids) == 2
    assert {job["jobName"] for job in waiting.jobs_named("twiceatonce-2*")} == {f"{one}-1" for one in run_ids}
