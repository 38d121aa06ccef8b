"""The plan of a job on AWS Batch: its calls are those that submitting makes; what Batch can't run is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from batch_cluster import Cluster
from planned_calls import as_made, as_planned

from modelyard.errors import SurroundingsError
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.target import planned_target

JOBS: tuple[dict[str, Any], ...] = (
    {"num_nodes": 2, "workdir": ".", "file_mounts": {"/data/job.yaml": "job.yaml"}, "timeout": "10m"},
    {"resources": {"use_spot": True}, "sweep": {"grid": {"LR": [0.1, 0.01]}}},
    {"sweep": {"list": [{"SEED": 1}, {"SEED": 2}]}, "num_nodes": 2},
)


def of_each_variant(calls: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Planned calls, with the SubmitJob of each variant in the place of the first."""
    expanded: list[dict[str, Any]] = []
    for call in calls:
        if call["operation"] != "SubmitJob":
            expanded.append(call)
            continue
        for index in range(count):
            text = json.dumps(call).replace('<run id>-1-0"', f'<run id>-1-{index}"')
            text = text.replace(
                '"MODELYARD_VARIANT", "value": "0"', f'"MODELYARD_VARIANT", "value": "{index}"'
            )
            text = text.replace('"modelyard:variant": "0"', f'"modelyard:variant": "{index}"')
            expanded.append(json.loads(text))
    return expanded


@pytest.mark.parametrize("fields", JOBS, ids=["gang with files", "array", "sweep of gangs"])
def test_submitting_makes_the_calls_of_the_plan_and_no_others(
    cluster: Cluster, made: list[dict[str, Any]], fields: dict[str, Any]
) -> None:
    backend = cluster.backend()
    plan = backend.plan(cluster.load(f"calls{JOBS.index(fields)}", "true", **fields), cluster.resolved)
    assert made == [], "a plan calls nobody"
    planned = [as_made(call) for call in plan.as_dict()["calls"]]
    cluster.forget("runs/runtime/")
    made.clear()
    record = backend.submit(plan, detach=True, on_line=lambda *_: None, on_event=lambda _: None)
    sent = [as_planned(call, record.run_id, record.spec_sha256 or "") for call in made]
    if "sweep" in fields and "num_nodes" in fields:
        planned = of_each_variant(planned, 2)
    assert sent == planned
    cluster.see_through(record)


def test_a_second_run_of_a_job_uploads_and_defines_nothing_again(
    cluster: Cluster, made: list[dict[str, Any]]
) -> None:
    first = cluster.run("twice", workdir=".")
    made.clear()
    second = cluster.submit("twice", workdir=".")
    assert second.run_id != first.run_id
    assert second.submissions[0].job_definition == first.submissions[0].job_definition
    written = [call["request"]["Key"] for call in made if call["operation"] == "PutObject"]
    assert not [key for key in written if "archives" in key or "runtime" in key]
    assert "RegisterJobDefinition" not in [call["operation"] for call in made]
    cluster.see_through(second)


def test_of_an_environment_that_isnt_up_a_plan_is_made_and_nothing_is_submitted(cluster: Cluster) -> None:
    environment = cluster.place.environment
    assert environment is not None
    resolved = ResolvedTarget(planned_target(environment), "environment", "the environment's YAML alone")
    plan = cluster.backend().plan(
        cluster.load("notup", "true", depends_on=["other-20261126-120000-0000"]), resolved
    )
    (submit,) = [call for call in plan.calls if call.operation == "SubmitJob"]
    assert submit.request["dependsOn"] == [{"jobId": "<job of other-20261126-120000-0000>"}]
    with pytest.raises(SurroundingsError, match="environment dev isn't up: the environment's YAML alone"):
        cluster.backend().submit(plan, detach=True, on_line=lambda *_: None, on_event=lambda _: None)


def test_a_plan_says_what_nodes_are_given_and_who_holds_the_timeout(cluster: Cluster) -> None:
    plan = cluster.plan("notes", timeout="10m", num_nodes=2, secrets={})
    machine, timeout = plan.notes
    assert machine == (
        "each node has a machine of its own: 16 CPUs, 30.7 GiB memory, up to 15.4 GiB of it as shared memory"
    )
    assert timeout == (
        "nodes hold the timeout of 10m themselves, from the start of the program, and leave it time to save; "
        "Batch ends what is still there after 16m 40s, without"
    )
    assert plan.common_environment["MODELYARD_CHECKPOINTS"] == cluster.target.stores.checkpoints.uri
    sweep = {"list": [{"A": 1}, {"A": 2}, {"A": 3}]}
    assert cluster.plan("notes", sweep=sweep).notes[-1] == "the 3 variants are one array job, and one call"
    assert (
        "the 3 variants are sent one by one, up to 50 a second"
        in (cluster.plan("notes", sweep=sweep, num_nodes=2).notes[-1])
    )
