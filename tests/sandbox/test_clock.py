"""Time that passes at once, so that locks and windows can be seen to end."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner

from modelyard.errors import SurroundingsError
from modelyard_cli.main import cli
from modelyard_sandbox.sandbox import Sandbox


@pytest.fixture
def own_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A server of its own: time that has passed doesn't come back for other tests."""
    monkeypatch.setenv("MODELYARD_SANDBOX_DIR", str(tmp_path / "sandbox"))
    sandbox = Sandbox(tmp_path / "sandbox")
    sandbox.start()
    yield sandbox
    sandbox.stop()


def test_a_key_is_gone_once_its_window_has_passed(own_sandbox: Sandbox) -> None:
    kms = own_sandbox.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    own_sandbox.clock(timedelta(days=6))
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    own_sandbox.clock(timedelta(days=1, minutes=1))
    with pytest.raises(ClientError, match="NotFoundException"):
        kms.describe_key(KeyId=key)


def test_answers_carry_the_date_of_the_sandbox(own_sandbox: Sandbox) -> None:
    moved = own_sandbox.clock(timedelta(days=100))
    answer = own_sandbox.client("sts").get_caller_identity()
    date = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    assert timedelta() <= date - moved + timedelta(seconds=1) < timedelta(minutes=1)


def test_the_command_tells_the_time_and_lets_it_pass(own_sandbox: Sandbox) -> None:
    runner = CliRunner()
    before = json.loads(runner.invoke(cli, ["sandbox", "clock", "--format", "json"]).output)["now"]
    assert datetime.fromisoformat(before) - datetime.now(UTC) < timedelta(minutes=1)
    moved = runner.invoke(cli, ["sandbox", "clock", "--forward", "40d", "--format", "json"])
    passed = datetime.fromisoformat(json.loads(moved.output)["now"]) - datetime.fromisoformat(before)
    assert timedelta(days=40) <= passed < timedelta(days=40, minutes=1)
    assert "UTC in the sandbox" in runner.invoke(cli, ["sandbox", "clock"]).output


def test_a_length_of_time_that_is_none_is_refused(own_sandbox: Sandbox) -> None:
    refused = CliRunner().invoke(cli, ["sandbox", "clock", "--forward", "a while"])
    assert refused.exit_code == 2
    assert "'a while' is no duration: a whole number and one of s, m, h, d" in refused.output


def test_without_a_sandbox_there_is_no_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELYARD_SANDBOX_DIR", str(tmp_path / "none"))
    refused = CliRunner().invoke(cli, ["sandbox", "clock"])
    assert isinstance(refused.exception, SurroundingsError)
    assert "no sandbox runs in" in str(refused.exception)
