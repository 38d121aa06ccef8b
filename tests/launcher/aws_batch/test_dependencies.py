"""Runs that wait for others, by the ids of their jobs at AWS Batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from batch_cluster import Cluster
from patience import GONE_SECONDS, eventually

from modelyard.errors import InputError, Problem
from modelyard_sandbox.job_faults import JobFault

ALLOWED = "runs of this environment on AWS Batch, in this region, that have succeeded or still may"


def refusal(cluster: Cluster, run_id: str) -> Problem:
    with pytest.raises(InputError) as error:
        cluster.plan("waits", depends_on=[run_id])
    (problem,) = error.value.problems
    assert (problem.field, problem.given) == ("depends_on[0]", run_id)
    assert problem.line is not None
    return problem


def until(go: Path) -> str:
    return f"while [ ! -e {go} ]; do sleep 0.1; done"


def depends_on(plan: Any) -> list[dict[str, str]]:
    (submit,) = [call for call in plan.calls if call.operation == "SubmitJob"]
    return submit.request.get("dependsOn", [])


def test_a_run_starts_once_those_that_it_waits_for_have_succeeded(cluster: Cluster) -> None:
    go = cluster.project / "go"
    first = cluster.submit("before", until(go))
    second = cluster.submit("after", "true", depends_on=[first.run_id])
    (job,) = cluster.jobs_named(f"{second.run_id}-1")
    shown = cluster.batch.describe_jobs(jobs=[job["jobId"]])["jobs"][0]
    assert shown["dependsOn"] == [{"jobId": first.submissions[0].job_id}]
    assert cluster.backend().describe(second).reason == f"it waits for {first.run_id} to succeed"
    go.touch()
    assert cluster.see_through(second).state == "succeeded"
    assert cluster.see_through(first).state == "succeeded"


def test_a_run_that_has_succeeded_is_waited_for_no_more(cluster: Cluster) -> None:
    done = cluster.run("done")
    assert depends_on(cluster.plan("waits", depends_on=[done.run_id])) == []


def test_a_run_that_has_failed_is_refused(cluster: Cluster) -> None:
    failed = cluster.run("hasfailed", "exit 3")
    problem = refusal(cluster, failed.run_id)
    assert problem.message == (
        "this run has failed, so what waits for it never starts: rank 0 exited with code 3"
    )
    assert (problem.allowed, problem.mend) == (ALLOWED, "run it again first")


def test_a_run_that_isnt_there_is_refused(cluster: Cluster) -> None:
    problem = refusal(cluster, "nobody-20261126-120000-0000")
    assert problem.message == f"there is no such run in {cluster.place.checkpoints_uri}"


def test_a_run_on_somebodys_machine_is_refused(cluster: Cluster) -> None:
    go = cluster.project / "elsewhere-go"
    record = cluster.submit("elsewhere", until(go))
    cluster.context.runs.write(record.model_copy(update={"backend": "local"}))
    problem = refusal(cluster, record.run_id)
    assert problem.message == "this run goes on by the backend local, and AWS Batch can't wait for that"
    assert problem.mend == "wait for it with `modelyard job wait`, and submit then"
    cluster.context.runs.write(record)
    go.touch()
    cluster.see_through(record)


def test_a_run_in_another_region_is_refused(cluster: Cluster) -> None:
    go = cluster.project / "abroad-go"
    record = cluster.submit("abroad", until(go))
    moved = record.submissions[0].model_copy(update={"region": "eu-west-1"})
    cluster.context.runs.write(record.model_copy(update={"submissions": [moved]}))
    assert refusal(cluster, record.run_id).message == (
        "this run goes on in eu-west-1, and AWS Batch waits for jobs of eu-central-1 only"
    )
    cluster.context.runs.write(record)
    go.touch()
    cluster.see_through(record)


def test_a_run_that_is_being_submitted_is_refused(cluster: Cluster) -> None:
    record = cluster.submit("justnow")
    begun = record.submissions[0].model_copy(update={"job_id": None})
    cluster.context.runs.write(record.model_copy(update={"state": "submitting", "submissions": [begun]}))
    assert refusal(cluster, record.run_id).message == "this run is being submitted just now"
    cluster.context.runs.write(record)
    cluster.see_through(record)


def test_what_waits_for_a_run_that_fails_never_starts_and_says_so(cluster: Cluster) -> None:
    cluster.sandbox.set_job_faults(JobFault("no_capacity"))
    first = cluster.submit("willfail", "exit 1")
    second = cluster.submit("waitsinvain", "true", depends_on=[first.run_id])
    cluster.sandbox.set_job_faults()
    last = cluster.see_through(second)
    assert (last.state, last.reason) == ("failed", "it never started: a run that it waits for failed")
    assert last.submissions[0].kind == "broken"
    assert last.attempts == []
    cluster.see_through(first)


def test_all_variants_of_a_sweep_of_gangs_are_waited_for(cluster: Cluster) -> None:
    cluster.sandbox.set_job_faults(JobFault("no_capacity"))
    sweep = cluster.submit("several", sweep={"list": [{"S": 1}, {"S": 2}]}, num_nodes=2)
    plan = cluster.plan("waits", depends_on=[sweep.run_id])
    ids = {job["jobId"] for job in cluster.jobs_named("several-2*")}
    assert {item["jobId"] for item in depends_on(plan)} == ids
    assert len(ids) == 2
    cluster.backend().cancel(sweep)


def test_more_jobs_than_batch_waits_for_are_refused(cluster: Cluster) -> None:
    cluster.sandbox.set_job_faults(JobFault("no_capacity"))
    sweep = cluster.submit("many", sweep={"list": [{"S": number} for number in range(21)]}, num_nodes=2)
    with pytest.raises(InputError) as error:
        cluster.plan("waits", depends_on=[sweep.run_id])
    (problem,) = error.value.problems
    assert (problem.field, problem.message) == ("depends_on", "the job would wait for 21 jobs")
    cluster.backend().cancel(sweep)
    eventually(lambda: not cluster.processes(), GONE_SECONDS)
