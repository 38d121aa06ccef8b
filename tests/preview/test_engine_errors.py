"""What goes wrong in a program comes out as itself."""

from __future__ import annotations

import asyncio
import signal
import traceback
from collections.abc import Callable
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_preview.engine import OfflineInvokeError, RunResult, UnsupportedError

Run = Callable[..., RunResult]
Find = Callable[[Graph, str], Node]
Write = Callable[[str], Path]
IDENTITY = "aws:index/getCallerIdentity:getCallerIdentity"


class BrokenError(Exception):
    """Raised by programs of these tests."""


def test_an_error_of_the_program_is_raised_as_it_was(run: Run) -> None:
    raised = BrokenError("by the program")

    def program() -> None:
        key = aws.kms.Key("key")
        aws.s3.Bucket("data", tags={"arn": key.arn})
        raise raised

    with pytest.raises(BrokenError) as caught:
        run(program)
    assert caught.value is raised
    assert caught.value.__cause__ is None
    assert traceback.extract_tb(caught.value.__traceback__)[-1].name == "program"


def test_an_error_in_an_apply_is_raised_as_it_was(run: Run) -> None:
    def fail(_: object) -> str:
        raise BrokenError("in an apply")

    def program() -> None:
        name = pulumi.Output.from_input("x").apply(fail)
        aws.s3.Bucket("data", bucket=name)
        aws.s3.Bucket("more", tags={"name": name})

    with pytest.raises(BrokenError, match="in an apply"):
        run(program)


def test_an_error_of_an_asynchronous_program_is_raised_as_it_was(run: Run) -> None:
    async def program() -> None:
        aws.kms.Key("key")
        raise BrokenError("later")

    with pytest.raises(BrokenError, match="later"):
        run(program)


def test_a_program_that_leaves_leaves(run: Run) -> None:
    def program() -> None:
        aws.kms.Key("key")
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        run(program)


def test_missing_configuration_is_named(run: Run) -> None:
    with pytest.raises(pulumi.ConfigMissingError, match="shop:size"):
        run(lambda: pulumi.Config().require("size"))


def test_configuration_reaches_the_program(run: Run) -> None:
    def program() -> None:
        pulumi.export("size", pulumi.Config().require_object("size")["nodes"])

    assert run(program, config={"shop:size": '{"nodes": 4}'}).outputs == {"size": 4}


def test_a_syntax_error_is_raised_as_it_was(run: Run, write: Write) -> None:
    with pytest.raises(SyntaxError) as caught:
        run(write("import pulumi\nthis is no program\n"))
    assert caught.value.lineno == 2


def test_a_plain_data_source_nobody_answers_is_named_with_its_line(run: Run, write: Write) -> None:
    program = write(
        "import pulumi_aws as aws\nprint('before')\naccount = aws.get_caller_identity().account_id\n"
    )
    with pytest.raises(OfflineInvokeError) as caught:
        run(program)
    (problem,) = caught.value.problems
    assert (problem.field, problem.file, problem.line) == (IDENTITY, "__main__.py", 3)
    assert "offline" in problem.message
    assert "_output" in problem.mend


def test_a_data_source_that_is_answered_is_known_in_both_forms(run: Run) -> None:
    def program() -> None:
        pulumi.export("plain", aws.get_caller_identity().account_id)
        pulumi.export("output", aws.get_caller_identity_output().account_id)

    answer = {"accountId": "123456789012", "arn": "arn", "id": "1", "userId": "u"}
    result = run(program, invokes={IDENTITY: answer})
    assert result.outputs == {"output": "123456789012", "plain": "123456789012"}
    assert result.unknown_invokes == ()


def test_an_output_data_source_nobody_answers_stays_unknown_and_is_listed(run: Run, node: Find) -> None:
    def program() -> None:
        aws.s3.Bucket("data", bucket=aws.get_caller_identity_output().account_id.apply(lambda a: f"b-{a}"))

    result = run(program)
    assert node(result.graph, "data").properties == {"bucket": UNKNOWN}
    assert result.unknown_invokes == (IDENTITY,)


def test_a_feature_of_the_cli_is_refused_by_name(run: Run) -> None:
    def fail() -> None:
        raise Exception("The Pulumi CLI does not support moonlight. Please update the Pulumi CLI.")  # noqa: TRY002  (as the SDK does)

    with pytest.raises(UnsupportedError, match="moonlight"):
        run(fail)


def test_a_remote_component_is_refused_by_name(run: Run) -> None:
    def program() -> None:
        pulumi.ComponentResource("other:index:Thing", "thing", {}, None, remote=True)

    with pytest.raises(UnsupportedError, match="other:index:Thing"):
        run(program)


def test_a_real_run_needs_a_realizer(run: Run) -> None:
    with pytest.raises(ValueError, match="realizer"):
        run(lambda: None, dry_run=False)


def test_an_interrupted_program_ends_though_the_sdk_waits_for_what_never_comes(run: Run) -> None:
    def program() -> None:
        never = asyncio.get_running_loop().create_future()
        pulumi.export("never", pulumi.Output.from_input(never))
        aws.s3.Bucket("waits", bucket=pulumi.Output.from_input(never))
        raise KeyboardInterrupt

    def too_late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, too_late)
    signal.setitimer(signal.ITIMER_REAL, 20)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(program)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
