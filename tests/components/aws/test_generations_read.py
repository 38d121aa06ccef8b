"""The stack's own outputs, read while the engine writes them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from modelyard.aws import generations

HALF_WRITTEN = (
    "invoke of pulumi:pulumi:readStackOutputs failed: invocation of pulumi:pulumi:readStackOutputs returned an "
    "error: failed to load checkpoint: EOF"
)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the engine answers, one after the other; an exception is raised."""
    queue: list[Any] = []

    def invoke(token: str, args: dict[str, str]) -> SimpleNamespace:
        assert (token, args) == ("pulumi:pulumi:readStackOutputs", {"name": "organization/modelyard/dev"})
        answer = queue.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(value={"outputs": answer})

    monkeypatch.setattr(pulumi.runtime, "invoke", invoke)
    monkeypatch.setattr(pulumi, "get_organization", lambda: "organization")
    monkeypatch.setattr(pulumi, "get_project", lambda: "modelyard")
    monkeypatch.setattr(pulumi, "get_stack", lambda: "dev")
    monkeypatch.setattr(generations, "FIRST_WAIT_SECONDS", 0.0)
    return queue


def test_a_state_that_is_half_written_is_read_again(answers: list[Any]) -> None:
    known = {"eu-central-1": {"cpu": "0123abcd"}}
    answers += [Exception(HALF_WRITTEN), Exception(HALF_WRITTEN), {"pool_generations": known}]
    assert generations.previous_generations() == known
    assert answers == []


def test_a_state_that_stays_unreadable_is_told_in_the_engines_words(answers: list[Any]) -> None:
    answers += [Exception(HALF_WRITTEN)] * (generations.TRIES_MAX + 1)
    with pytest.raises(Exception, match="failed to load checkpoint: EOF"):
        generations.previous_generations()
    assert len(answers) == 1


def test_any_other_failure_is_told_at_once(answers: list[Any]) -> None:
    answers += [Exception("unknown stack"), {}]
    with pytest.raises(Exception, match="unknown stack"):
        generations.previous_generations()
    assert len(answers) == 1


def test_a_stack_without_outputs_had_no_pools(answers: list[Any]) -> None:
    answers += [{}]
    assert generations.previous_generations() == {}
