"""Sweeps: their trials, how many run at once, how they end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from azure_ml import compute
from azure_ml_jobs import Yard
from patience import eventually


def sweep(yard: Yard, command: str, space: dict[str, Any], name: str, **properties: Any) -> str:
    """The name of a sweep that is submitted."""
    trial = {"command": command, "environmentId": yard.environment}
    body = {
        "jobType": "Sweep",
        "computeId": yard.compute,
        "objective": {"goal": "Minimize", "primaryMetric": "loss"},
        "samplingAlgorithm": {"samplingAlgorithmType": "Grid"},
        "searchSpace": space,
        "trial": {**trial, "environmentVariables": {"MARKER": yard.marker}},
        **properties,
    }
    yard.arm("PUT", yard.job(name), {"properties": body})
    return name


def limits(**given: Any) -> dict[str, Any]:
    return {"limits": {"jobLimitsType": "Sweep", **given}}


def test_a_grid_tries_each_combination(yard: Yard) -> None:
    space = {"lr": ["choice", [[0.1, 0.2]]], "opt": ["choice", [["adam", "sgd"]]]}
    name = sweep(yard, "echo ${{search_space.lr}} ${{search_space.opt}}", space, "grid")
    assert yard.ended(name) == "Completed"
    said = [yard.log(f"{name}_{number}").split() for number in range(4)]
    assert said == [["0.1", "adam"], ["0.1", "sgd"], ["0.2", "adam"], ["0.2", "sgd"]]
    first = yard.arm("GET", yard.job("grid_0"))["properties"]
    assert (first["parentJobName"], first["tags"]) == (name, {"lr": "0.1", "opt": "adam"})
    assert yard.call("GET", yard.job("grid_4"))[0] == 404


def test_at_random_the_same_seed_draws_the_same_within_the_limits(yard: Yard) -> None:
    space = {"lr": ["loguniform", [-9, -3]], "n": ["randint", [4]], "q": ["quniform", [0, 8, 2]]}
    seeded = {"samplingAlgorithm": {"samplingAlgorithmType": "Random", "seed": 7}}
    said: list[list[str]] = []
    for name in ("random1", "random2"):
        script = "echo ${{search_space.lr}} ${{search_space.n}} ${{search_space.q}}"
        sweep(yard, script, space, name, **seeded, **limits(maxTotalTrials=3))
        assert yard.ended(name) == "Completed"
        said.append([yard.log(f"{name}_{number}") for number in range(3)])
    assert said[0] == said[1]
    assert len(set(said[0])) == 3
    for line in said[0]:
        rate, count, step = map(float, line.split())
        assert 0.0001 < rate < 0.05
        assert count in range(4)
        assert step % 2 == 0


def test_no_more_trials_run_at_once_than_may_and_a_cancellation_ends_all(yard: Yard) -> None:
    space = {"a": ["choice", [[1, 2, 3]]]}
    name = sweep(yard, "sleep 60", space, "many", **limits(maxConcurrentTrials=1))
    yard.when("many_0", "Running")
    assert yard.call("GET", yard.job("many_1"))[0] == 404
    assert yard.status(name) == "Running"
    assert yard.cancel(name)[0] == 202
    assert yard.ended(name) == "Canceled"
    assert yard.status("many_0") == "Canceled"
    assert yard.call("GET", yard.job("many_1"))[0] == 404


def test_a_sweep_succeeds_with_any_trial_and_fails_with_none(yard: Yard) -> None:
    space = {"a": ["choice", [[0, 1]]]}
    assert yard.ended(sweep(yard, "exit ${{search_space.a}}", space, "some")) == "Completed"
    assert yard.status("some_1") == "Failed"
    assert yard.ended(sweep(yard, "exit 1", space, "none")) == "Failed"
    assert yard.error("none")["message"] == "No trial of the sweep has completed."


def test_each_trial_has_a_place_of_its_own_where_the_service_chooses_it(yard: Yard) -> None:
    outputs = {"o": {"jobOutputType": "uri_folder", "mode": "Direct"}}
    space = {"a": ["choice", [[0, 1]]]}
    sweep(yard, "echo ${{outputs.o}} ${{search_space.a}}", space, "placed", outputs=outputs)
    assert yard.ended("placed") == "Completed"
    places = [yard.log(f"placed_{number}").split()[0] for number in range(2)]
    assert places == [
        f"azureml://datastores/workspaceblobstore/paths/azureml/placed_{number}/o/" for number in range(2)
    ]


def test_trials_are_left_out_of_lists_and_can_be_cancelled_alone(yard: Yard) -> None:
    space = {"a": ["choice", [[1]]]}
    name = sweep(yard, "sleep 60", space, "listed")
    yard.when("listed_0", "Running")
    listed = [job["name"] for job in yard.arm("GET", f"{yard.workspace}/jobs", jobType="Sweep")["value"]]
    assert name in listed
    assert "listed_0" not in listed
    yard.cancel("listed_0")
    assert yard.ended("listed_0") == "Canceled"
    eventually(lambda: yard.ended(name) == "Failed")


def test_trials_are_deleted_with_their_sweep(yard: Yard) -> None:
    name = sweep(yard, "true", {"a": ["choice", [[1]]]}, "brief")
    yard.ended(name)
    yard.arm("GET", yard.job("brief_0"))
    yard.arm("DELETE", yard.job(name))
    assert yard.call("GET", yard.job("brief_0"))[0] == 404


def test_a_sweep_fails_with_the_cluster_that_is_deleted_under_it(yard: Yard) -> None:
    id_ = f"{yard.workspace}/computes/short"
    yard.made("PUT", id_, compute(most=1))
    space = {"a": ["choice", [[1, 2, 3]]]}
    name = sweep(yard, "sleep 60", space, "left", computeId=id_, **limits(maxConcurrentTrials=1))
    yard.when("left_0", "Running")
    yard.made("DELETE", id_, None)
    assert yard.ended(name) == "Failed"
    assert [yard.status(f"left_{number}") for number in range(3)] == ["Failed"] * 3
    assert yard.error("left_2")["message"] == "The compute short was deleted while the job waited or ran."


def test_a_sweep_is_cancelled_when_its_time_is_over(yard: Yard) -> None:
    space = {"a": ["choice", [[1, 2]]]}
    timed = limits(timeout="PT1H", maxConcurrentTrials=1)
    name = sweep(yard, "sleep 60", space, "late", **timed)
    yard.when("late_0", "Running")
    yard.sandbox.clock(timedelta(hours=1, seconds=1))
    assert yard.ended(name) == "Canceled"
    assert yard.status("late_0") == "Canceled"
