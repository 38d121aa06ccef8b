"""Sweeps: variants of single-node jobs are one array, those of gangs are jobs of their own, sent one by one."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from batch_cluster import Cluster
from patience import GONE_SECONDS, eventually

from modelyard.errors import SurroundingsError
from modelyard_launcher.backends.aws_batch.sweeps import Rate
from modelyard_sandbox.faults import Fault
from modelyard_sandbox.job_faults import JobFault

SUBMIT = "batch:POST /v1/submitjob"


def test_variants_of_a_single_node_job_are_one_array_and_each_finds_its_own_variables(
    cluster: Cluster,
) -> None:
    record = cluster.run(
        "array", 'echo "LR is $LR"', sweep={"grid": {"LR": [0.1, 0.01, 0.001]}}, resources={"use_spot": True}
    )
    assert (record.state, record.variants, record.reason) == ("succeeded", 3, None)
    (job,) = cluster.jobs_named("array-2*", "spot")
    assert job["arrayProperties"]["size"] == 3
    for index, rate in enumerate(("0.1", "0.01", "0.001")):
        assert cluster.lines(record, index) == [f"LR is {rate}"]
    assert record.spent_usd is not None
    assert record.spent_usd > 0
    variants = json.loads(cluster.store.get(f"runs/{record.run_id}/variants.json"))
    assert variants["variants"] == [{"LR": "0.1"}, {"LR": "0.01"}, {"LR": "0.001"}]
    assert cluster.store.get(f"runs/{record.run_id}.2/attempts/001-01/ends/0.json") is not None


def test_variants_that_ask_for_a_part_of_a_node_share_one_and_cost_their_part(cluster: Cluster) -> None:
    fields = {"sweep": {"grid": {"N": [1, 2, 3]}}, "resources": {"use_spot": True, "cpus": 2}}
    here = cluster.project / "parts-here"
    here.mkdir()
    together = f'touch {here}/$N; until [ "$(ls {here} | wc -l)" = 3 ]; do sleep 0.1; done; sleep 1'
    plan = cluster.plan("parts", together, **fields)
    price = plan.choice.node_price.value
    assert plan.choice.parts == 4
    assert plan.cost.hourly_usd == pytest.approx(price / 4, abs=0.0001)
    assert plan.cost.at_a_time == 3
    record = cluster.run("parts", together, **fields)
    assert (record.state, record.hourly_usd) == ("succeeded", plan.cost.hourly_usd)
    job_id = record.submissions[0].job_id
    variants = cluster.batch.describe_jobs(jobs=[f"{job_id}:{index}" for index in range(3)])["jobs"]
    assert len({job["container"]["containerInstanceArn"] for job in variants}) == 1
    assert max(job["startedAt"] for job in variants) < min(job["stoppedAt"] for job in variants)
    assert all(job["container"]["resourceRequirements"] for job in variants)


def test_a_sweep_of_which_some_variants_fail_has_failed_and_says_which(cluster: Cluster) -> None:
    record = cluster.run(
        "arrayfails", 'exit "$CODE"', sweep={"list": [{"CODE": 0}, {"CODE": 3}, {"CODE": 4}]}
    )
    assert (record.state, record.reason) == (
        "failed",
        "2 of 3 variants failed (1, 2); the first: the main node's program exited with code 3",
    )
    assert record.submissions[0].kind == "program"


def test_how_many_variants_are_in_which_state_is_told(cluster: Cluster) -> None:
    record = cluster.submit("arraystate", 'test "$S" = 0 || sleep 60', sweep={"list": [{"S": 0}, {"S": 60}]})
    backend = cluster.backend()
    standing = eventually(
        lambda: next(
            (one for one in [backend.describe(record)] if "1 succeeded" in " ".join(one.details)), None
        )
    )
    assert standing.state == "running"
    assert standing.details[-1] in ("variants: 1 succeeded, 1 running", "variants: 1 running, 1 succeeded")
    last = backend.cancel(record)
    assert last.state in ("cancelled", "failed")
    eventually(lambda: not cluster.processes(), GONE_SECONDS)


def test_ten_thousand_variants_are_one_call(cluster: Cluster) -> None:
    cluster.sandbox.set_job_faults(JobFault("no_capacity"))
    sweep = {"random": {"LR": {"min": 0.0001, "max": 0.1, "log": True}}, "count": 10_000}
    loaded = cluster.load("tenthousand", "true", sweep=sweep)
    backend = cluster.backend()
    began = time.perf_counter()
    plan = backend.plan(loaded, cluster.resolved)
    planned = time.perf_counter() - began
    assert [call.operation for call in plan.calls].count("SubmitJob") == 1
    record = backend.submit(plan, detach=True, on_line=lambda *_: None, on_event=lambda _: None)
    assert record.variants == 10_000
    (job,) = cluster.jobs_named("tenthousand-2*")
    assert job["arrayProperties"]["size"] == 10_000
    assert planned < 5, "planning alone; benchmarks measure it in peace"
    cluster.batch.terminate_job(jobId=record.submissions[0].job_id, reason="the test is over")


def test_variants_of_gangs_are_jobs_of_their_own(cluster: Cluster) -> None:
    record = cluster.run(
        "gangs", 'echo "SEED $SEED rank $NODE_RANK"', sweep={"list": [{"SEED": 1}, {"SEED": 2}]}, num_nodes=2
    )
    assert (record.state, record.variants) == ("succeeded", 2)
    names = {job["jobName"] for job in cluster.jobs_named("gangs-2*")}
    assert names == {f"{record.run_id}-1-0", f"{record.run_id}-1-1"}
    kept = json.loads(cluster.store.get(f"runs/{record.run_id}/jobs/1.json"))
    assert len(kept["ids"]) == 2
    assert cluster.lines(record, 1) == ["SEED 2 rank 0"]
    tags = cluster.batch.describe_jobs(jobs=kept["ids"])["jobs"][1]["tags"]
    assert tags["modelyard:variant"] == "1"


def test_a_sweep_of_gangs_that_was_broken_off_is_completed_not_repeated(cluster: Cluster) -> None:
    cluster.sandbox.set_job_faults(JobFault("no_capacity"))
    fields: dict[str, Any] = {"sweep": {"list": [{"SEED": number} for number in range(4)]}, "num_nodes": 2}
    cluster.sandbox.set_faults(
        Fault(SUBMIT, "delay", times=2), Fault(SUBMIT, "refuse", times=100, code="ExpiredTokenException")
    )
    with pytest.raises(SurroundingsError) as error:
        cluster.submit("broken", **fields)
    cluster.sandbox.set_faults()
    (begun,) = [each for each in cluster.context.runs.newest(50) if each.run_id.startswith("broken-2")]
    assert begun.state == "submitting"
    assert error.value.message == (
        f"2 of 4 variants of run {begun.run_id} are submitted, and no more: "
        f"your credentials for {cluster.place.access.place} have expired"
    )
    assert error.value.mend == "submit the same job again: the others follow, under the same run"
    record = cluster.submit("broken", **fields)
    assert (record.run_id, record.state) == (begun.run_id, "submitted")
    assert "2 of 4 variants are there already" in cluster.events
    names = sorted(job["jobName"] for job in cluster.jobs_named("broken-2*"))
    assert names == [f"{record.run_id}-1-{index}" for index in range(4)]
    assert cluster.backend().cancel(record).state == "cancelled"


def test_a_sweep_that_was_broken_off_can_be_cancelled_as_it_is(cluster: Cluster) -> None:
    cluster.sandbox.set_job_faults(JobFault("no_capacity"))
    cluster.sandbox.set_faults(
        Fault(SUBMIT, "delay"), Fault(SUBMIT, "refuse", times=100, code="ExpiredTokenException")
    )
    with pytest.raises(SurroundingsError, match="1 of 3 variants of run givenup-"):
        cluster.submit("givenup", sweep={"list": [{"S": 1}, {"S": 2}, {"S": 3}]}, num_nodes=2)
    cluster.sandbox.set_faults()
    (begun,) = [each for each in cluster.context.runs.newest(50) if each.run_id.startswith("givenup-2")]
    last = cluster.backend().cancel(begun)
    assert (last.state, last.reason) == ("cancelled", f"cancelled by {begun.owner}")
    assert {job["status"] for job in cluster.jobs_named("givenup-2*")} == {"FAILED"}


def test_an_answer_lost_in_a_sweep_of_gangs_loses_no_variant(cluster: Cluster) -> None:
    cluster.sandbox.set_job_faults(JobFault("no_capacity"))
    cluster.sandbox.set_faults(Fault(SUBMIT, "delay"), Fault(SUBMIT, "lose"))
    record = cluster.submit("lostone", sweep={"list": [{"S": 1}, {"S": 2}, {"S": 3}]}, num_nodes=2)
    names = sorted(job["jobName"] for job in cluster.jobs_named("lostone-2*"))
    assert names == [f"{record.run_id}-1-{index}" for index in range(3)]
    assert cluster.backend().cancel(record).state == "cancelled"


def test_the_rate_spreads_what_happens_evenly() -> None:
    now = [0.0]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    rate = Rate(50, lambda: now[0], sleep)
    for _ in range(101):
        rate.wait()
    assert now[0] == pytest.approx(2.0)
    now[0] += 10
    rate.wait()
    assert now[0] == pytest.approx(12.0), "time that nobody used is not made up for"
    rate.wait()
    assert slept[-1] == pytest.approx(0.02)
