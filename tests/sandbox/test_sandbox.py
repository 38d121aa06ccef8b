"""The server: its start and end, its record, and how programs reach it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from patience import GONE_SECONDS, PATIENCE_SECONDS, eventually
from trust import TRUST

from modelyard.errors import SurroundingsError
from modelyard_sandbox import sandbox as sandbox_module
from modelyard_sandbox.accounts import access_key_of, account_of
from modelyard_sandbox.process import ProcessIdentity
from modelyard_sandbox.pulumi_stacks import Stack, stacks_in
from modelyard_sandbox.record import ServerRecord
from modelyard_sandbox.sandbox import Sandbox, default_directory

SUBSCRIPTION = "00000000-0000-0000-0000-123456789012"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox that the test starts, ended whatever the test does."""
    made = Sandbox(tmp_path / "own")
    yield made
    made.stop()


def wait_until_gone(process: ProcessIdentity) -> None:
    eventually(lambda: not process.alive, GONE_SECONDS)


def test_a_server_starts_once_answers_and_ends(own: Sandbox) -> None:
    assert own.status().running is False
    record = own.start()
    assert own.start() == record
    status = own.status()
    assert (status.running, status.pid, status.endpoint) == (True, record.process.pid, record.endpoint)
    assert own.client("sts").get_caller_identity()["Account"] == "123456789012"
    assert own.directory.stat().st_mode & 0o777 == 0o700
    assert ServerRecord.path(own.directory).stat().st_mode & 0o777 == 0o600
    assert own.log_path.stat().st_mode & 0o777 == 0o600
    assert own.stop() is True
    assert not record.process.alive
    assert not ServerRecord.path(own.directory).exists()
    assert own.stop() is False
    with pytest.raises(SurroundingsError, match="no sandbox runs in "):
        _ = own.endpoint


def test_git_passes_over_a_directory_that_a_sandbox_has_made(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / "theirs").mkdir()
    for name in ("made", "theirs"):
        own = Sandbox(tmp_path / name)
        own.start(lifeline=True)
        own.stop()
    command = ["git", "-C", str(tmp_path), "status", "--porcelain"]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "?? theirs/\n"


def test_a_server_without_lifeline_outlives_who_started_it(own: Sandbox) -> None:
    _start_in_another_process(own.directory, lifeline=False)
    assert own.status().running
    assert own.client("sts").get_caller_identity()["Account"] == "123456789012"


def test_a_server_with_lifeline_ends_when_its_parent_is_killed(own: Sandbox) -> None:
    parent = _start_in_another_process(own.directory, lifeline=True, wait=False)
    eventually(own.server)
    record = own.must_run()
    parent.kill()
    parent.communicate()
    assert parent.returncode == -signal.SIGKILL
    wait_until_gone(record.process)
    assert own.server() is None
    assert not ServerRecord.path(own.directory).exists()


def test_the_record_of_a_killed_server_counts_for_nothing(own: Sandbox) -> None:
    first = own.start(lifeline=True)
    os.kill(first.process.pid, signal.SIGKILL)
    wait_until_gone(first.process)
    assert ServerRecord.read(own.directory) == first
    assert own.status().running is False
    second = own.start(lifeline=True)
    assert second.process != first.process
    assert own.client("sts").get_caller_identity()["Account"] == "123456789012"


def test_the_logs_of_servers_before_are_kept(own: Sandbox) -> None:
    own.directory.mkdir()
    own.log_path.write_text("first")
    for number in range(1, 6):
        own.log_path.with_name(f"server.log.{number}").write_text(f"older {number}")
    own.start(lifeline=True)
    kept = {path.name: path.read_text() for path in own.directory.glob("server.log.*")}
    assert kept == {
        "server.log.1": "first",
        **{f"server.log.{number + 1}": f"older {number}" for number in range(1, 5)},
    }


def test_a_server_that_follows_another_has_its_ports_if_they_are_free(own: Sandbox) -> None:
    first = own.start(lifeline=True)
    assert first.port != first.azure_port
    own.stop()
    second = own.start(lifeline=True)
    assert (second.port, second.azure_port) == (first.port, first.azure_port)
    own.stop()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first.port))
        third = own.start(lifeline=True)
        assert third.port != first.port
        assert own.client("sts").get_caller_identity()["Account"] == "123456789012"


@pytest.mark.parametrize("content", ["", "[]", '{"port": "x"}'])
def test_ports_that_can_not_be_read_are_chosen_anew(own: Sandbox, content: str) -> None:
    own.directory.mkdir()
    (own.directory / "ports.json").write_text(content)
    assert own.start(lifeline=True).port > 0


def test_what_pulumi_noted_of_a_server_that_has_ended_is_emptied_by_the_next(own: Sandbox) -> None:
    stacks = own.directory / "pulumi-state" / ".pulumi" / "stacks" / "toy"
    stacks.mkdir(parents=True)
    latest = {
        "manifest": {"version": "1"},
        "resources": [{"urn": "a"}, {"urn": "b"}],
        "pending_operations": [],
    }
    for name, held in (("full", latest), ("empty", {"manifest": {}}), ("new", None)):
        checkpoint = {"version": 3, "checkpoint": {"stack": name, "latest": held}}
        (stacks / f"{name}.json").write_text(json.dumps(checkpoint))
    (own.directory / "journal").mkdir()
    (own.directory / "journal" / "a.json").write_text("{}")
    own.start(lifeline=True)
    assert own.emptied == [Stack("toy", "full", 2)]
    kept = json.loads((stacks / "full.json").read_text())
    assert kept == {"version": 3, "checkpoint": {"stack": "full", "latest": {"manifest": {"version": "1"}}}}
    assert not (own.directory / "journal").exists()
    assert [stack.resources for stack in stacks_in(own.directory)] == [0, 0, 0]

    (stacks / "full.json").write_text(json.dumps({"version": 3, "checkpoint": {"latest": latest}}))
    own.start(lifeline=True)
    assert len(json.loads((stacks / "full.json").read_text())["checkpoint"]["latest"]["resources"]) == 2


def lock_of(own: Sandbox, pid: int) -> Path:
    lock = own.directory / "pulumi-state" / ".pulumi" / "locks" / "organization" / "toy" / "try" / "a.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(json.dumps({"pid": pid, "username": "me", "hostname": "here"}))
    return lock


def test_a_server_does_not_start_under_a_pulumi_that_is_still_at_work(own: Sandbox) -> None:
    lock = lock_of(own, os.getpid())
    with pytest.raises(SurroundingsError, match=rf"the stack toy/try \(process {os.getpid()}\)") as refused:
        own.start(lifeline=True)
    cancel = "`pulumi cancel` takes away a lock that nobody holds"
    assert refused.value.mend == f"wait until it has ended, or end it ({cancel}); then start"
    assert own.server() is None
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    lock_of(own, ended.pid)
    own.start(lifeline=True)
    own.stop()
    lock.write_text("")
    own.start(lifeline=True)


def test_azures_resource_manager_answers_on_a_port_of_its_own(own: Sandbox) -> None:
    endpoint = own.start(lifeline=True).azure_endpoint
    groups = f"{endpoint}/subscriptions/{SUBSCRIPTION}/resourcegroups"
    refused = httpx.get(groups)
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "MissingApiVersionParameter"
    assert httpx.get(groups, params={"api-version": "2024-03-01"}).json()["value"] == []


def test_a_record_whose_number_now_belongs_to_another_process_counts_for_nothing(own: Sandbox) -> None:
    own.directory.mkdir()
    mine = ProcessIdentity.of(os.getpid())
    assert mine is not None
    ServerRecord(ProcessIdentity(mine.pid, f"{mine.started}0"), 1).write(own.directory)
    assert own.server() is None
    ServerRecord(mine, 1).write(own.directory)
    assert own.server() is not None
    ServerRecord.path(own.directory).unlink()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"pid": "x", "started": "1", "port": 1}'])
def test_a_record_that_can_not_be_read_counts_for_nothing(tmp_path: Path, content: str) -> None:
    ServerRecord.path(tmp_path).write_text(content)
    assert ServerRecord.read(tmp_path) is None


def test_a_server_that_does_not_come_up_says_what_its_log_says(
    own: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox_module, "SERVER_MODULE", "modelyard_sandbox.no_such_module")
    with pytest.raises(SurroundingsError) as refused:
        own.start()
    assert "the sandbox's server did not come up; its log ends with" in str(refused.value)
    assert "No module named modelyard_sandbox.no_such_module" in str(refused.value)


def test_two_sandboxes_never_meet(sandbox: Sandbox, own: Sandbox) -> None:
    own.start(lifeline=True)
    sandbox.client("iam").create_role(RoleName="here", AssumeRolePolicyDocument=TRUST)
    assert _roles(sandbox) == ["here"]
    assert _roles(own) == []
    sandbox.client("iam").delete_role(RoleName="here")


def test_two_accounts_of_one_sandbox_never_meet(sandbox: Sandbox) -> None:
    sandbox.client("iam", account_id="111111111111").create_role(
        RoleName="here", AssumeRolePolicyDocument=TRUST
    )
    assert _roles(sandbox, "111111111111") == ["here"]
    assert _roles(sandbox, "222222222222") == []
    arn = sandbox.client("iam", account_id="111111111111").get_role(RoleName="here")["Role"]["Arn"]
    assert arn == "arn:aws:iam::111111111111:role/here"


def test_programs_reach_the_sandbox_by_the_environment_alone(
    sandbox: Sandbox, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a signed-in machine may have set; none of it may lead elsewhere.
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    outer = {
        **os.environ,
        "AWS_PROFILE": "production",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
    }
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    variables = sandbox.environment_variables(account_id, "eu-west-1")
    script = (
        "import boto3, json\n"
        "session = boto3.Session()\n"
        "session.client('s3').create_bucket(Bucket='by-environment',"
        " CreateBucketConfiguration={'LocationConstraint': 'eu-west-1'})\n"
        "who = session.client('sts').get_caller_identity()\n"
        "token = session.get_credentials().token\n"
        "print(json.dumps([who['Account'], session.region_name, token or None]))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], env={**outer, **variables}, capture_output=True, text=True, check=True
    )
    assert json.loads(said.stdout) == [account_id, "eu-west-1", None]
    buckets = sandbox.client("s3", "eu-west-1", account_id).list_buckets()["Buckets"]
    assert [bucket["Name"] for bucket in buckets] == ["by-environment"]


def test_a_presigned_address_is_of_its_account(sandbox: Sandbox, account_id: str) -> None:
    client = sandbox.client("s3", "us-east-1", account_id)
    client.create_bucket(Bucket=f"signed-{account_id}")
    client.put_object(Bucket=f"signed-{account_id}", Key="a", Body=b"content")
    address = client.generate_presigned_url(
        "get_object", Params={"Bucket": f"signed-{account_id}", "Key": "a"}
    )
    with urllib.request.urlopen(address) as answer:  # noqa: S310 (the sandbox's own address)
        assert answer.read() == b"content"


@pytest.mark.parametrize(
    ("service", "operation", "request_", "named"),
    [
        ("ec2", "describe_instance_connect_endpoints", {}, "ec2:"),
        ("efs", "describe_replication_configurations", {}, "elasticfilesystem:GET "),
        ("logs", "put_query_definition", {"name": "a", "queryString": "b"}, "logs:PutQueryDefinition"),
        ("fsx", "describe_file_caches", {}, "fsx:DescribeFileCaches"),
    ],
)
def test_an_operation_that_is_missing_is_refused_by_name(
    sandbox: Sandbox, service: str, operation: str, request_: dict[str, Any], named: str
) -> None:
    client = sandbox.client(service)
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(**request_)
    error = refused.value.response["Error"]
    assert error["Code"] == "NotImplemented"
    assert error["Message"].startswith(f"the sandbox (moto) does not answer {named}")


def test_the_directory_is_the_projects_unless_a_variable_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "project" / "stacks"
    inner.mkdir(parents=True)
    (tmp_path / "project" / "Pulumi.yaml").touch()
    assert default_directory(inner) == tmp_path / "project" / ".modelyard" / "sandbox"
    monkeypatch.setenv("MODELYARD_SANDBOX_DIR", str(tmp_path / "elsewhere"))
    assert default_directory(inner) == tmp_path / "elsewhere"


def test_an_access_key_carries_its_account() -> None:
    assert (
        account_of(f"Credential={access_key_of('123456789012')}/20260101/eu-central-1/s3") == "123456789012"
    )
    assert account_of("Credential=AKIAIOSFODNN7EXAMPLE/20260101") is None
    with pytest.raises(ValueError, match="twelve digits"):
        access_key_of("123")


def _start_in_another_process(
    directory: Path, *, lifeline: bool, wait: bool = True
) -> subprocess.Popen[bytes]:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from modelyard_sandbox.sandbox import Sandbox\n"
        f"Sandbox(Path(sys.argv[1])).start(lifeline={lifeline})\n" + ("" if wait else "sys.stdin.read()\n")
    )
    started = subprocess.Popen([sys.executable, "-c", script, str(directory)], stdin=subprocess.PIPE)
    if wait:
        started.communicate(timeout=PATIENCE_SECONDS)
        assert started.returncode == 0
    return started


def _roles(sandbox: Sandbox, account_id: str = "123456789012") -> list[str]:
    roles = sandbox.client("iam", account_id=account_id).list_roles()["Roles"]
    return [role["RoleName"] for role in roles]


def test_ctrl_c_while_the_server_starts_leaves_no_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(directory: Path) -> None:
        raise KeyboardInterrupt

    sandbox = Sandbox(tmp_path / "sandbox")
    # The interrupt comes while the record of the new process is waited for.
    children: list[int] = []
    start = subprocess.Popen.__init__

    def remember(process: Any, *args: Any, **kwargs: Any) -> None:
        start(process, *args, **kwargs)
        children.append(process.pid)
        monkeypatch.setattr(ServerRecord, "read", interrupted)

    monkeypatch.setattr(subprocess.Popen, "__init__", remember)
    with pytest.raises(KeyboardInterrupt):
        sandbox.start()
    (child,) = children
    assert not Path(f"/proc/{child}").exists()
