"""What containers of AWS Batch write in the sandbox is in CloudWatch Logs, while they run."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelyard_sandbox.moto_extensions.batch.running.logs import EVENT_BYTES_MAX

Eventually = Callable[..., Any]


def to(group: str, **options: str) -> dict[str, Any]:
    """Properties that send output to a log group."""
    named = {f"awslogs-{name.replace('_', '-')}": value for name, value in options.items()}
    return {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": group, **named}}}


def test_lines_can_be_read_while_the_job_goes_on(yard: Any, tmp_path: Path, eventually: Eventually) -> None:
    go, stop = tmp_path / "go", tmp_path / "stop"
    wait = "until [ -e {} ]; do sleep 0.02; done"
    id_ = yard.submit(f"echo ready; {wait.format(go)}; echo one >&2; {wait.format(stop)}; printf two")
    yard.account.when(id_, "RUNNING")
    eventually(lambda: yard.account.lines(id_) == ["ready"])
    go.touch()
    eventually(lambda: yard.account.lines(id_) == ["ready", "one"])
    stop.touch()
    yard.account.ended(id_)
    assert yard.account.lines(id_) == ["ready", "one", "two"]


def test_a_definitions_group_and_prefix_are_used(yard: Any) -> None:
    logs = yard.account.client("logs")
    logs.create_log_group(logGroupName="/train/jobs")
    job = yard.run("echo one", **to("/train/jobs", stream_prefix="cnn"))
    stream = job["container"]["logStreamName"]
    assert stream == f"cnn/default/{job['container']['taskArn'].rpartition('/')[2]}"
    assert yard.account.lines(job["jobId"], "/train/jobs") == ["one"]
    (described,) = logs.describe_log_streams(logGroupName="/train/jobs")["logStreams"]
    assert described["logStreamName"] == stream


def test_a_group_that_is_not_there_fails_the_start_unless_it_is_to_be_made(yard: Any) -> None:
    job = yard.run("echo one", **to("/not/there"))
    assert (job["status"], job["statusReason"]) == ("FAILED", "Task failed to start")
    assert job["container"]["reason"] == (
        "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to "
        "create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist."
    )
    assert "logStreamName" not in job["container"]
    job = yard.run("echo one", **to("/made/then", create_group="true"))
    assert yard.account.lines(job["jobId"], "/made/then") == ["one"]


def test_another_region_may_take_the_lines(yard: Any) -> None:
    job = yard.run("echo one", **to("/far", create_group="true", region="eu-west-1"))
    logs = yard.account.sandbox.client("logs", "eu-west-1", yard.account.account_id)
    stream = job["container"]["logStreamName"]
    events = logs.get_log_events(logGroupName="/far", logStreamName=stream)["events"]
    assert [event["message"] for event in events] == ["one"]


def test_another_driver_writes_no_stream(yard: Any) -> None:
    job = yard.run("echo one", logConfiguration={"logDriver": "json-file"})
    assert (job["status"], "logStreamName" in job["container"]) == ("SUCCEEDED", False)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("printf 'a\\r\\n\\n\\nb\\n'", ["a", "b"]),
        (r"printf '\377\n'", ["\N{REPLACEMENT CHARACTER}"]),
        (
            f"head -c {EVENT_BYTES_MAX + 10} /dev/zero | tr '\\0' x",
            ["x" * EVENT_BYTES_MAX, "x" * 10],
        ),
    ],
    ids=["line ends", "no text", "a long line"],
)
def test_odd_output_comes_as_cloudwatch_would_take_it(yard: Any, command: str, expected: list[str]) -> None:
    job = yard.run(command)
    assert yard.account.lines(job["jobId"]) == expected


def test_much_output_is_kept_to_the_last_line(yard: Any) -> None:
    job = yard.run("seq 20000")
    logs, stream = yard.account.client("logs"), job["container"]["logStreamName"]
    last = logs.get_log_events(logGroupName="/aws/batch/job", logStreamName=stream, limit=1)["events"]
    assert [event["message"] for event in last] == ["20000"]


def test_a_stream_that_is_deleted_meanwhile_stops_no_job(yard: Any, tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    id_ = yard.submit(f"until [ -e {stop} ]; do echo on; sleep 0.05; done")
    stream = yard.account.when(id_, "RUNNING")["container"]["logStreamName"]
    yard.account.client("logs").delete_log_stream(logGroupName="/aws/batch/job", logStreamName=stream)
    time.sleep(0.3)
    stop.touch()
    assert yard.account.ended(id_)["status"] == "SUCCEEDED"
