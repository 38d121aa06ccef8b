"""What a program is told when it reads the outputs of its own stack, or of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pytest

from modelyard.aws.generations import previous_generations
from modelyard_preview.engine import UnsupportedError

if TYPE_CHECKING:
    from conftest import Run

READ = "pulumi:pulumi:readStackOutputs"


def test_its_own_stack_has_no_outputs_before_the_first_up(run: Run) -> None:
    result = run(lambda: pulumi.export("before", previous_generations()))
    assert result.outputs == {"before": {}}
    assert result.unknown_invokes == ()


def test_its_own_stacks_last_outputs_are_those_that_are_given(run: Run) -> None:
    last = {"pool_generations": {"eu-central-1": {"cpu": "0123abcd"}}, "launch_target": "{}"}
    result = run(
        lambda: pulumi.export("before", previous_generations()), stacks={"organization/shop/dev": last}
    )
    assert result.outputs == {"before": {"eu-central-1": {"cpu": "0123abcd"}}}


def test_a_stack_that_has_published_none_yet_has_none(run: Run) -> None:
    stacks = {"organization/shop/dev": {"launch_target": "{}"}}
    result = run(lambda: pulumi.export("before", previous_generations()), stacks=stacks)
    assert result.outputs == {"before": {}}


def test_another_stack_is_read_as_it_was_given_and_refused_by_name_otherwise(run: Run) -> None:
    def program() -> None:
        answer = pulumi.runtime.invoke(READ, {"name": "organization/net/prod"}).value
        pulumi.export("vpc", answer["outputs"]["vpc"])

    given = run(program, stacks={"organization/net/prod": {"vpc": "vpc-1"}})
    assert given.outputs == {"vpc": "vpc-1"}
    with pytest.raises(
        UnsupportedError,
        match="reading the outputs of the stack 'organization/net/prod', which were not given",
    ):
        run(program)
