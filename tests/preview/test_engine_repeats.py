"""One run after another in one process."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pulumi
import pulumi.runtime
import pulumi_aws as aws
import pytest

from modelyard_preview.engine import RunResult

Run = Callable[..., RunResult]


def _program() -> None:
    key = aws.kms.Key("key")
    buckets = [
        aws.s3.Bucket(f"data-{number}", tags={"arn": key.arn, "n": str(number)}) for number in range(20)
    ]
    aws.s3.Bucket("all", opts=pulumi.ResourceOptions(depends_on=buckets))
    pulumi.export("arns", [bucket.arn for bucket in buckets])


def test_runs_are_identical(run: Run) -> None:
    first, second = run(_program), run(_program)
    assert first.graph.as_json() == second.graph.as_json()
    assert first.outputs == second.outputs


def test_a_failed_run_leaves_nothing_for_the_next(run: Run) -> None:
    before = run(_program).graph.as_json()

    def broken() -> None:
        _program()
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        run(broken)
    assert run(_program).graph.as_json() == before


def test_a_run_leaves_the_interpreter_as_it_was(run: Run, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("VALUE = 1\n", encoding="utf-8")
    (tmp_path / "__main__.py").write_text(
        "import helper, sys\nassert sys.argv[0].endswith('__main__.py')\n", encoding="utf-8"
    )
    invoke, trace = pulumi.runtime.invoke, pulumi.runtime.resource._get_stack_trace  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
    before = (list(sys.argv), list(sys.path), Path.cwd(), dict(os.environ), gc.isenabled())
    run(tmp_path / "__main__.py")
    assert (list(sys.argv), list(sys.path), Path.cwd(), dict(os.environ), gc.isenabled()) == before
    assert "helper" not in sys.modules
    assert pulumi.runtime.invoke is invoke
    assert pulumi.runtime.resource._get_stack_trace is trace  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
    assert pulumi.get_stack() == "stack"
    assert pulumi.runtime.get_root_resource() is None


def test_two_programs_with_modules_of_one_name_read_their_own(run: Run, tmp_path: Path) -> None:
    found: list[object] = []
    for value in ("first", "second"):
        folder = tmp_path / value
        folder.mkdir()
        (folder / "sizes.py").write_text(f"NAME = '{value}'\n", encoding="utf-8")
        (folder / "__main__.py").write_text(
            "import pulumi, sizes\npulumi.export('name', sizes.NAME)\n", encoding="utf-8"
        )
        found.append(run(folder / "__main__.py").outputs["name"])
    assert found == ["first", "second"]


def test_a_program_runs_in_its_own_directory(run: Run, tmp_path: Path) -> None:
    (tmp_path / "size.txt").write_text("4", encoding="utf-8")
    (tmp_path / "__main__.py").write_text(
        "import pulumi\npulumi.export('size', pulumi.Output.from_input('size.txt').apply(lambda f: open(f).read()))\n",
        encoding="utf-8",
    )
    with pytest.warns(ResourceWarning):
        assert run(tmp_path / "__main__.py").outputs == {"size": "4"}


def test_a_run_needs_no_event_loop_and_leaves_none(run: Run) -> None:
    run(_program)
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
