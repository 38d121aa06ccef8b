"""Every limit of the table: at it nothing is said, one past it one message of its own."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from modelyard_launcher.backends.azure_ml.limits import LIMITS, job_limit_problems

Properties = dict[str, Any]
COMMAND: Properties = {
    "jobType": "Command",
    "experimentName": "vae",
    "tags": {"environment": "dev"},
    "limits": {"jobLimitsType": "Command", "timeout": "PT3600S"},
    "resources": {"instanceCount": 2, "shmSize": "7g"},
}
SWEEP: Properties = {
    "jobType": "Sweep",
    "experimentName": "vae",
    "tags": {"environment": "dev"},
    "limits": {"jobLimitsType": "Sweep", "maxTotalTrials": 4},
    "trial": {"resources": {"instanceCount": 1, "shmSize": "7g"}},
}


def tags(count: int) -> Callable[[Properties], None]:
    return lambda job: job.update(tags={f"tag{number}": "x" for number in range(count)})


def setting(*path: str, to: Any) -> Callable[[Properties], None]:
    def change(job: Properties) -> None:
        place = job
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = to

    return change


ROWS: list[tuple[str, Properties, Callable[[Properties], None], Callable[[Properties], None], str, str]] = [
    (
        "experiment",
        COMMAND,
        setting("experimentName", to="x" * 256),
        setting("experimentName", to="x" * 257),
        "name",
        "the name of the experiment has 257 characters",
    ),
    ("tags", COMMAND, tags(50), tags(51), "name", "the environment's tags and the run's own are 51 together"),
    (
        "tag-key-length",
        COMMAND,
        setting("tags", to={"k" * 100: "x"}),
        setting("tags", to={"k" * 101: "x"}),
        "name",
        f"the key of the tag {'k' * 20} has 101 characters",
    ),
    (
        "tag-value-length",
        COMMAND,
        setting("tags", to={"k": "x" * 1_000}),
        setting("tags", to={"k": "x" * 1_001}),
        "name",
        "the value of the tag k has 1,001 characters",
    ),
    (
        "timeout",
        COMMAND,
        setting("limits", "timeout", to="PT1814400S"),
        setting("limits", "timeout", to="PT1814401S"),
        "timeout",
        (
            "with the time that setting up takes, the service would be told to end the job after 1,814,401 seconds, "
            "and it ends jobs on dedicated nodes sooner"
        ),
    ),
    (
        "shared-memory",
        COMMAND,
        setting("resources", "shmSize", to="1g"),
        setting("resources", "shmSize", to="0g"),
        "resources.shm",
        "0g can't be the size of the shared memory",
    ),
    (
        "trials",
        SWEEP,
        setting("limits", "maxTotalTrials", to=1_000),
        setting("limits", "maxTotalTrials", to=1_001),
        "sweep",
        "the sweep has 1,001 variants, and a sweep of Azure Machine Learning has fewer trials",
    ),
]


@pytest.mark.parametrize("base", [COMMAND, SWEEP], ids=["command", "sweep"])
def test_a_job_within_all_limits_has_no_problem(base: Properties) -> None:
    assert job_limit_problems(base) == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_at_a_limit_nothing_is_said_and_one_past_it_one_message(row: Any) -> None:
    _, base, at, past, field, message = row
    within, beyond = copy.deepcopy(base), copy.deepcopy(base)
    at(within)
    assert job_limit_problems(within) == []
    past(beyond)
    (problem,) = job_limit_problems(beyond)
    assert (problem.field, problem.message) == (field, message)
    assert problem.given
    assert problem.allowed
    assert problem.mend


def test_every_limit_of_the_table_is_tried_and_names_its_source() -> None:
    assert [limit.name for limit in LIMITS] == [row[0] for row in ROWS]
    assert all(limit.source for limit in LIMITS)
