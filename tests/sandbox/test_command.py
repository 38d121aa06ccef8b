"""`modelyard sandbox`: the environment dev up, up again, and down, as people do it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modelyard_cli.main import run
from modelyard_sandbox import environments
from modelyard_sandbox.environments import DownResult
from modelyard_sandbox.gaps import NOT_CHECKED
from modelyard_sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[2]


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A sandbox's directory of its own; whatever server the commands start there is ended."""
    monkeypatch.setenv("MODELYARD_SANDBOX_DIR", str(tmp_path / "sandbox"))
    monkeypatch.chdir(ROOT)
    yield tmp_path / "sandbox"
    Sandbox(tmp_path / "sandbox").stop()


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    """The JSON that a command writes."""
    assert run(["sandbox", *arguments, "--format", "json"]) == code
    return json.loads(capsys.readouterr().out)


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """The text that a command writes."""
    assert run(["sandbox", *arguments]) == code
    return capsys.readouterr().out


def test_dev_comes_up_once_and_goes_down_to_nothing(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    up = said(capsys, "up", "dev")
    assert (up["schema"], up["environment"], up["notes"]) == ("modelyard.sandbox/1", "dev", [])
    assert up["created"] > 50
    assert json.loads(up["outputs"]["launch_target"])["schema"] == "modelyard.target/1"

    again = told(capsys, "up", "dev")
    assert re.match(r"dev is up in the sandbox at http://127\.0\.0\.1:\d+ \(\d+\.\d s\)\n", again)
    assert again.splitlines()[1] == f"  {up['created']} unchanged"

    status = said(capsys, "status")
    assert (status["running"], status["endpoint"]) == (True, up["endpoint"])
    assert status["environments"] == [{"name": "dev", "resources": up["created"]}]
    assert f"dev: {up['created']} resources" in told(capsys, "status")

    check_that_checkpoints_are_under_their_key(Sandbox(directory).client("s3", "eu-central-1"))

    down = said(capsys, "down", "dev")
    assert (down["deleted"], down["remaining"], down["others"]) == (up["created"], [], [])
    assert down["running"] is False
    assert Sandbox(directory).server() is None
    assert sorted(path.name for path in directory.glob("state-*")) == []


def check_that_checkpoints_are_under_their_key(client: Any) -> None:
    bucket = next(item["Name"] for item in client.list_buckets()["Buckets"] if "checkpoints" in item["Name"])
    client.put_object(Bucket=bucket, Key="checkpoint", Body=b"1")
    head = client.head_object(Bucket=bucket, Key="checkpoint")
    rule = client.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert head["SSEKMSKeyId"] == rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        client.put_object(Bucket=bucket, Key="other", Body=b"1", ServerSideEncryption="AES256")


def test_down_says_what_remains_and_answers_no(
    directory: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Sandbox(directory).start()
    results = iter(
        [
            DownResult("dev", 3, ("a bucket: why",), ("a role",), (), 0.5, ()),
            DownResult("dev", 3, (), (), (), 0.5, ()),
        ]
    )
    monkeypatch.setattr(environments, "down", lambda *_: next(results))
    assert told(capsys, "down", "dev", code=1).splitlines() == [
        "dev: 3 deleted (0.5 s)",
        "  remains: a bucket: why",
        "  besides, not the environment's: a role",
    ]
    assert told(capsys, "down", "dev").splitlines() == [
        "dev: 3 deleted (0.5 s)",
        "  checked by listing: nothing of it remains",
        "  the server has ended: nothing else was in it",
    ]


@pytest.mark.usefixtures("directory")
def test_what_is_not_checked_stands_in_two_columns(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, "status").partition("not checked here:\n")[2].splitlines()
    assert len(lines) == len(NOT_CHECKED)
    starts = {line.index(gap.what) for line, gap in zip(lines, NOT_CHECKED, strict=True)}
    assert starts == {2 + max(len(gap.subject) for gap in NOT_CHECKED) + 2}


def test_without_a_server_there_is_nothing_to_take_down(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "down", "dev") == f"no sandbox runs in {directory}: nothing to take down\n"
    assert said(capsys, "down", "dev")["running"] is False


def test_status_says_what_is_not_checked(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = said(capsys, "status")
    assert (status["running"], status["endpoint"], status["environments"]) == (False, None, [])
    assert [gap["what"] for gap in status["notChecked"]] == [gap.what for gap in NOT_CHECKED]
    text = told(capsys, "status")
    assert text.startswith(f"no sandbox runs in {directory}\n")
    assert all(gap.what in text for gap in NOT_CHECKED)


def test_an_environment_that_is_not_there_starts_no_server(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sandbox", "up", "devv"]) == 2
    assert 'there is no environment "devv"' in capsys.readouterr().err
    assert not directory.exists()


def test_env_sends_a_plain_client_to_the_sandbox_as_the_environments_account(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "start")["endpoint"] == Sandbox(directory).endpoint
    lines = told(capsys, "env", "dev").splitlines()
    script = "\n".join(
        [
            *lines,
            f'{sys.executable} -c \'import boto3; print(boto3.client("sts").get_caller_identity()["Account"])\'',
        ]
    )
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "123456789012"
    variables = said(capsys, "env", "dev")["variables"]
    assert variables["AWS_REGION"] == "eu-central-1"
    assert variables["AWS_ENDPOINT_URL"] == Sandbox(directory).endpoint
    assert variables["PULUMI_HOME"] == str(directory / "pulumi-home")
    assert said(capsys, "stop")["ended"] is True
    assert said(capsys, "stop")["ended"] is False
    assert Sandbox(directory).server() is None


def test_stop_leaves_the_server_to_a_pulumi_that_is_at_work(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Sandbox(directory).start()
    lock = directory / "pulumi-state" / ".pulumi" / "locks" / "organization" / "modelyard" / "dev" / "a.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"pid": os.getpid()}))
    assert run(["sandbox", "stop"]) == 3
    told_ = capsys.readouterr().err
    assert f"pulumi is at work on the stack modelyard/dev (process {os.getpid()})" in told_
    assert "mend: wait until it has ended, or end it; --force stops all the same" in told_
    assert Sandbox(directory).server() is not None
    assert told(capsys, "stop", "--force") == "the sandbox has ended, with all that stood in it\n"


def test_env_without_a_sandbox_says_how_to_start_one(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sandbox", "env", "dev"]) == 3
    assert "modelyard sandbox up" in capsys.readouterr().err
