"""The hook by which the engine waits for a job queue's letting go of a compute environment."""

import asyncio

import pulumi
import pytest

from modelyard.aws import release_wait as module
from modelyard.aws.release_wait import release_wait, wait_for_release

HELD = "Cannot delete, found existing JobQueue relationship"


def failure(operation: str, *errors: str) -> pulumi.ErrorHookArgs:
    return pulumi.ErrorHookArgs(
        urn="urn:pulumi:dev::modelyard::aws:batch/computeEnvironment:ComputeEnvironment::dev-cluster-cpu",
        id="dev-cluster-cpu-1",
        name="dev-cluster-cpu",
        type="aws:batch/computeEnvironment:ComputeEnvironment",
        failed_operation=operation,
        errors=list(errors),
    )


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each wait, which takes none."""
    seconds: list[float] = []

    async def sleep(asked: float) -> None:
        seconds.append(asked)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return seconds


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is told to the user."""
    messages: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", messages.append)
    return messages


def test_each_try_is_told_and_waited_for(slept: list[float], said: list[str]) -> None:
    assert asyncio.run(wait_for_release(failure("delete", HELD))) is True
    assert asyncio.run(wait_for_release(failure("delete", HELD, HELD))) is True
    assert slept == [2.0, 3.0]
    assert said == [
        "dev-cluster-cpu: its job queue has not let go of the compute environment dev-cluster-cpu-1 yet; "
        f"try {number} of 15 in {seconds} s"
        for number, seconds in ((2, 2), (3, 3))
    ]


def test_any_other_failure_is_the_engines(slept: list[float], said: list[str]) -> None:
    assert asyncio.run(wait_for_release(failure("delete", "AccessDeniedException"))) is False
    assert asyncio.run(wait_for_release(failure("create", HELD))) is False
    assert (slept, said) == ([], [])


def test_an_engine_without_error_hooks_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def supports(_feature: int) -> bool:
        return False

    monkeypatch.setattr(module, "monitor_supports_feature", supports)
    assert release_wait("dev-cluster-cpu") is None


def test_each_environment_has_a_hook_of_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    class Hook:
        def __init__(self, name: str, func: object) -> None:
            assert func is wait_for_release
            made.append(name)

    def supports(_feature: int) -> bool:
        return True

    monkeypatch.setattr(module, "monitor_supports_feature", supports)
    monkeypatch.setattr(pulumi, "ErrorHook", Hook)
    for name in ("cpu", "gpu"):
        binding = release_wait(name)
        assert binding is not None
        assert len(binding.on_error or []) == 1
    assert made == ["cpu-release-wait", "gpu-release-wait"]
