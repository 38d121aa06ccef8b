"""More time than a calendar takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from modelyard_cli.main import cli
from modelyard_sandbox.sandbox import Sandbox


@pytest.fixture
def own_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.setenv("MODELYARD_SANDBOX_DIR", str(tmp_path / "sandbox"))
    sandbox = Sandbox(tmp_path / "sandbox")
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.mark.parametrize("time", ["3000000d", "99999999d"])
def test_it_is_refused_and_the_sandbox_goes_on(own_sandbox: Sandbox, time: str) -> None:
    before = own_sandbox.clock()
    refused = CliRunner().invoke(cli, ["sandbox", "clock", "--forward", time])
    assert refused.exit_code == 2
    assert f"{int(time[:-1]):,} days are too many: " in refused.output
    assert "are left in the calendar" in refused.output
    assert own_sandbox.clock() - before < timedelta(minutes=1)


def test_time_that_is_let_pass_in_parts_ends_with_the_calendar_as_well(own_sandbox: Sandbox) -> None:
    own_sandbox.clock(timedelta(days=2_000_000))
    with pytest.raises(ValueError, match="2,000,000 days are too many"):
        own_sandbox.clock(timedelta(days=2_000_000))
    assert own_sandbox.client("sts").get_caller_identity()["Account"]
