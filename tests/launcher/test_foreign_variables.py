"""Variables of other launchers in a job's text: what is there instead is told."""

from __future__ import annotations

from typing import Any

import pytest

from modelyard_launcher.foreign_variables import INSTEAD, foreign_variables
from modelyard_launcher.load import given_job

MAIN = "MASTER_ADDR is the address of the main node; nodes aren't told those of the others"

DEVICES = "GPUS_PER_NODE says how many accelerators a node has"


def told(run: str, **fields: Any) -> list[str]:
    return list(foreign_variables(given_job({"name": "a", "run": run, **fields}).job))


def test_a_job_of_skypilots_examples_is_told_what_nothing_sets_here() -> None:
    run = (
        'MASTER_ADDR=$(echo "$SKYPILOT_NODE_IPS" | head -n1)\n'
        "torchrun --nproc_per_node=$SKYPILOT_NUM_GPUS_PER_NODE --node_rank=${SKYPILOT_NODE_RANK} main.py"
    )
    assert told(run, setup="echo $SKYPILOT_TASK_ID") == [
        "setup reads SKYPILOT_TASK_ID, which nothing sets here: MODELYARD_RUN_ID names the run",
        f"run reads SKYPILOT_NODE_IPS, which nothing sets here: {MAIN}",
        f"run reads SKYPILOT_NUM_GPUS_PER_NODE, which nothing sets here: {DEVICES}",
        "run reads SKYPILOT_NODE_RANK, which nothing sets here: NODE_RANK is the node's number, from 0",
    ]


@pytest.mark.parametrize("name", INSTEAD)
def test_each_is_known_however_it_is_read(name: str) -> None:
    for read in (f"${name}", f"${{{name}}}", f'"${{{name}%%,*}}"', f"${name} ${name}"):
        assert [line.split(",")[0] for line in told(f"echo {read}")] == [f"run reads {name}"]


@pytest.mark.parametrize(
    "run",
    [
        "echo ${SKYPILOT_NODE_RANK:-$NODE_RANK}",
        "echo ${SKYPILOT_NODE_RANK-0} ${SKYPILOT_NODE_RANK:+x} ${SKYPILOT_NODE_RANK+x}",
        "echo SKYPILOT_NODE_RANK $SKYPILOT_NODE_RANKS $NODE_RANK",
    ],
)
def test_what_has_another_value_or_another_name_is_left_alone(run: str) -> None:
    assert told(run) == []


def test_what_the_job_sets_itself_is_left_alone() -> None:
    assert told("echo $SKYPILOT_TASK_ID", envs={"SKYPILOT_TASK_ID": "a"}) == []
    sweep = {"list": [{"DSTACK_RUN_NAME": "a"}, {"DSTACK_RUN_NAME": "b"}]}
    assert told("echo $DSTACK_RUN_NAME", sweep=sweep) == []


def test_a_plan_warns_of_it(yard: Any) -> None:
    plan = yard.backend().plan(yard.load("echo $DSTACK_NODE_RANK"), yard.resolved())
    assert plan.warnings[0] == (
        "run reads DSTACK_NODE_RANK, which nothing sets here: NODE_RANK is the node's number, from 0"
    )
