"""Every limit of AWS Batch in the table: at the limit nothing is said, one past it one message of its own."""

from __future__ import annotations

import copy

import pytest
from batch_limit_rows import ROWS
from batch_requests import DEFINITION, GANG, GANG_SUBMISSION, SUBMISSION, Request, Row

from modelyard_launcher.backends.aws_batch.limits import (
    LIMITS,
    definition_problems,
    joint_problems,
    submission_problems,
)


@pytest.mark.parametrize("base", [DEFINITION, GANG], ids=["container", "multinode"])
def test_a_definition_within_all_limits_has_no_problem(base: Request) -> None:
    assert definition_problems(base) == []


@pytest.mark.parametrize("base", [SUBMISSION, GANG_SUBMISSION], ids=["container", "multinode"])
def test_a_submission_within_all_limits_has_no_problem(base: Request) -> None:
    assert submission_problems(base) == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.limit)
def test_at_a_limit_nothing_is_said_and_one_past_it_one_message(row: Row) -> None:
    problems = definition_problems if "jobDefinitionName" in row.base else submission_problems
    at, past = copy.deepcopy(row.base), copy.deepcopy(row.base)
    row.at(at)
    assert problems(at) == []
    row.past(past)
    (problem,) = problems(past)
    assert (problem.field, problem.message) == (row.field, row.message)
    assert problem.allowed
    assert problem.mend
    assert problem.given


def test_every_limit_of_the_table_is_tried_and_names_its_source() -> None:
    assert {limit.name for limit in LIMITS} == {row.limit for row in ROWS}
    assert len({limit.name for limit in LIMITS}) == len(LIMITS)
    assert all(limit.source for limit in LIMITS)
    messages = [row.message for row in ROWS]
    assert len(set(messages)) == len(messages)


def test_tags_of_definition_and_job_are_counted_together() -> None:
    definition = {"tags": {f"tag{number}": "x" for number in range(49)}}
    assert joint_problems(definition, {"tags": {"tag0": "x", "run": "x"}}) == []
    (problem,) = joint_problems(definition, {"tags": {"run": "x", "submission": "1"}})
    assert problem.message == "the environment's tags and the run's own are 51 together"
    assert problem.allowed == "50 tags"
