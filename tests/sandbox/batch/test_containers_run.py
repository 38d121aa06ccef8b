"""A job of AWS Batch in the sandbox is a process: what it finds, where it runs, how it is shown, how it fails."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from patience import GONE_SECONDS

Eventually = Callable[..., Any]


def test_a_container_finds_only_what_the_services_and_its_definition_set(
    yard: Any, eventually: Eventually
) -> None:
    role = f"arn:aws:iam::{yard.account.account_id}:role/train"
    job = yard.run(["env"], environment=[{"name": "LEVEL", "value": "3"}], jobRoleArn=role)
    assert job["status"] == "SUCCEEDED"
    environ = dict(line.split("=", 1) for line in yard.account.lines(job["jobId"]))
    environ.pop("_", None)  # where the shell is bash
    endpoint, task = yard.account.sandbox.endpoint, job["container"]["taskArn"].rpartition("/")[2]
    uri = f"{endpoint}/_modelyard/tasks/{task}"
    root = Path(environ["HOME"]).parent
    assert environ["AWS_BATCH_CE_NAME"].startswith("pool-")
    assert environ.pop("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    assert environ == {
        "AWS_BATCH_CE_NAME": environ["AWS_BATCH_CE_NAME"],
        "AWS_BATCH_JOB_ATTEMPT": "1",
        "AWS_BATCH_JOB_ID": job["jobId"],
        "AWS_BATCH_JQ_NAME": yard.queue.rpartition("/")[2],
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{uri}/credentials",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EXECUTION_ENV": "AWS_ECS_EC2",
        "ECS_CONTAINER_METADATA_URI_V4": uri,
        "HOME": str(root / "home"),
        "HOSTNAME": task[:12],
        "LEVEL": "3",
        "MARKER": yard.marker,
        "PATH": f"{Path(sys.executable).parent}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    }
    eventually(lambda: not root.exists())


def test_what_a_container_leaves_is_removed_though_it_forbade_that(yard: Any, eventually: Eventually) -> None:
    job = yard.run("mkdir -p a/b; touch a/b/c; chmod 500 a/b a; pwd")
    directory = Path(yard.account.lines(job["jobId"])[0])
    eventually(lambda: not directory.parent.exists())


def test_a_container_runs_in_an_empty_directory_with_the_sandboxs_python_first(yard: Any) -> None:
    job = yard.run("pwd; ls -A; command -v python; touch mine; ls -A; echo $HOME; ls -A $HOME")
    directory, python, mine, home = yard.account.lines(job["jobId"])
    assert Path(directory).parent == Path(home).parent
    assert (python, mine) == (str(Path(sys.executable).parent / "python"), "mine")
    assert Path(directory).is_relative_to(yard.account.sandbox.directory)


def test_a_job_shows_its_states_times_and_attempt_as_aws_does(yard: Any) -> None:
    job = yard.run("echo one; exit 3")
    assert (job["status"], job["statusReason"]) == ("FAILED", "Essential container in task exited")
    assert job["createdAt"] <= job["startedAt"] <= job["stoppedAt"]
    (attempt,) = job["attempts"]
    container = attempt.pop("container")
    assert attempt == {
        "startedAt": job["startedAt"],
        "stoppedAt": pytest.approx(job["stoppedAt"], abs=5),
        "statusReason": "Essential container in task exited",
    }
    stream = container["logStreamName"]
    definition = job["jobDefinition"].rpartition("/")[2].partition(":")[0]
    assert stream == f"{definition}/default/{container['taskArn'].rpartition('/')[2]}"
    assert container["networkInterfaces"] == []
    shown = {name: job["container"][name] for name in container}
    assert (shown, container["exitCode"], "reason" in container) == (container, 3, False)
    listed = yard.account.batch.list_jobs(jobQueue=yard.queue, jobStatus="FAILED")["jobSummaryList"]
    assert [(item["jobId"], item["container"]) for item in listed] == [(job["jobId"], {"exitCode": 3})]


def test_a_job_is_runnable_then_starting_then_running_while_it_runs(
    yard: Any, eventually: Eventually
) -> None:
    id_ = yard.submit("sleep 100")
    job = yard.account.when(id_, "RUNNING")
    assert job["startedAt"] >= job["createdAt"]
    assert (job["attempts"], "stoppedAt" in job, "statusReason" in job) == ([], False, False)
    assert set(job["container"]) >= {"containerInstanceArn", "taskArn", "logStreamName"}
    assert "exitCode" not in job["container"]
    listed = yard.account.batch.list_jobs(jobQueue=yard.queue)["jobSummaryList"]
    assert [item["jobId"] for item in listed] == [id_]
    (running,) = [item for item in yard.account.sandbox.jobs() if item["jobId"] == id_]
    assert (running["status"], running["containers"], running["queue"]) == (
        "RUNNING",
        1,
        yard.queue.rpartition("/")[2],
    )
    eventually(yard.processes)
    yard.account.batch.terminate_job(jobId=id_, reason="enough")
    yard.account.ended(id_)


def test_parameters_are_put_into_the_command_and_overrides_win(yard: Any) -> None:
    definition = yard.account.definition(
        containerProperties=yard.container(["echo", "Ref::model", "lr=Ref::rate", "Ref::nobody"]),
        parameters={"model": "cnn", "rate": "1"},
    )
    id_ = yard.account.submit(definition, yard.queue, parameters={"rate": "2"})
    yard.account.ended(id_)
    assert yard.account.lines(id_) == ["cnn lr=2 Ref::nobody"]
    change = {"command": ["sh", "-c", "echo $LEVEL"], "environment": [{"name": "LEVEL", "value": "7"}]}
    id_ = yard.account.submit(definition, yard.queue, containerOverrides=change)
    yard.account.ended(id_)
    assert yard.account.lines(id_) == ["7"]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["trian"], 'exec: "trian": executable file not found in $PATH: unknown'),
        (["/opt/trian"], 'exec: "/opt/trian": stat /opt/trian: no such file or directory: unknown'),
        (["/etc/passwd"], 'exec: "/etc/passwd": permission denied: unknown'),
    ],
)
def test_a_command_that_is_no_program_fails_the_start(yard: Any, command: list[str], reason: str) -> None:
    job = yard.run(command)
    assert (job["status"], job["statusReason"]) == ("FAILED", "Task failed to start")
    said = job["container"]["reason"]
    assert said.startswith("CannotStartContainerError: Error response from daemon: failed to create task")
    assert said.endswith(f"unable to start container process: {reason}")
    (attempt,) = job["attempts"]
    assert ("startedAt" in attempt, attempt["container"]["reason"]) == (False, said)
    assert "exitCode" not in attempt["container"]


def test_the_command_of_an_image_is_not_known_here(yard: Any) -> None:
    job = yard.run([])
    assert job["statusReason"] == "Task failed to start"
    assert job["container"]["reason"] == (
        "CannotCreateContainerError: Error response from daemon: No command specified"
    )


def test_a_signal_is_an_exit_code_and_what_the_command_left_running_is_ended(yard: Any) -> None:
    job = yard.run("setsid sleep 60 & sleep 60 & kill -9 $$")
    assert (job["container"]["exitCode"], "reason" in job["container"]) == (137, False)
    assert yard.processes() == []


def test_a_guard_that_is_killed_takes_its_container_along(yard: Any, eventually: Eventually) -> None:
    id_ = yard.submit("sleep 60 & sleep 60")
    yard.account.when(id_, "RUNNING")
    pids = eventually(lambda: len(found := yard.processes()) >= 3 and found)
    (guard,) = [pid for pid in pids if os.getsid(pid) == pid]
    os.kill(guard, signal.SIGKILL)
    assert yard.account.ended(id_)["container"]["exitCode"] == 137
    eventually(lambda: not yard.processes(), GONE_SECONDS)
