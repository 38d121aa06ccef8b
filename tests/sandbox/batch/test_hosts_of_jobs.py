"""The host of a container of AWS Batch in the sandbox: its mounts, what user data puts there, its notices."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nodes
import pytest

from modelyard.planning.host import ENTRYPOINT_PATH, NOTICES_PATH, SCRATCH_PATH, user_data
from modelyard.planning.host.user_data import END_OF_FILE
from modelyard_sandbox.moto_extensions.batch.running import hosts
from modelyard_sandbox.moto_extensions.batch.running.hosts import Mount, mounts_of, translated
from modelyard_sandbox.running import settings

Eventually = Callable[..., Any]


def mounted(**paths: str) -> dict[str, Any]:
    """Properties that mount directories of the host, each by its name; `a="/host"` or `a="/host:/container"`."""
    volumes, points = [], []
    for name, both in paths.items():
        source, _, target = both.partition(":")
        volumes.append({"name": name, **({"host": {"sourcePath": source}} if source else {})})
        points.append({"sourceVolume": name, "containerPath": target or source})
    return {"volumes": volumes, "mountPoints": points}


HOST = mounted(entrypoint=ENTRYPOINT_PATH, notices=NOTICES_PATH, scratch=SCRATCH_PATH)


@pytest.fixture
def furnished(yard: Any) -> Any:
    """A queue of machines that are set up by the user data of a pool."""
    data = {"UserData": user_data(nodes.plan("c7i.4xlarge"))}
    ec2 = yard.account.client("ec2")
    name = f"host-{yard.account.made}"
    made = ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)["LaunchTemplate"]
    launch = {"launchTemplateId": made["LaunchTemplateId"], "version": "$Latest"}
    yard.queue = yard.account.queue(
        yard.account.environment(computeResources=yard.account.resources(launchTemplate=launch))
    )
    return yard


def test_the_entrypoint_that_user_data_installs_is_where_the_container_mounts_it(furnished: Any) -> None:
    (put,) = [
        text
        for text in nodes.parts(nodes.plan("c7i.4xlarge"))["text/x-shellscript"].split("\nput ")
        if text.startswith(f"0555 {ENTRYPOINT_PATH}/run ")
    ]
    content = put.partition("\n")[2].partition(END_OF_FILE)[0]
    job = furnished.run(["cat", f"{ENTRYPOINT_PATH}/run"], **HOST)
    assert job["status"] == "SUCCEEDED"
    lines = [line for line in content.splitlines() if line]
    assert furnished.account.lines(job["jobId"]) == lines
    job = furnished.run(["sh", "-c", 'stat -c %a "$0"', f"{ENTRYPOINT_PATH}/run"], **HOST)
    assert furnished.account.lines(job["jobId"]) == ["555"]


def test_a_container_can_read_which_machine_it_is_on(furnished: Any, eventually: Callable[..., Any]) -> None:
    id_ = furnished.submit(["sh", "-c", 'cat "$0"; sleep 60', f"{ENTRYPOINT_PATH}/instance-id"], **HOST)
    container = furnished.account.when(id_, "RUNNING")["container"]
    arn = container["containerInstanceArn"]
    (machine,) = furnished.account.client("ecs").describe_container_instances(
        cluster=arn.split("/")[1], containerInstances=[arn]
    )["containerInstances"]
    said = eventually(lambda: furnished.account.lines(id_))
    furnished.account.batch.terminate_job(jobId=id_, reason="enough")
    furnished.account.ended(id_)
    assert said[0] == machine["ec2InstanceId"]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("ECS_CONTAINER_STOP_TIMEOUT=45s", 45), ("ECS_CONTAINER_STOP_TIMEOUT=1h", 3_600), ("ECS_X=1m", None)],
)
def test_a_container_has_the_time_to_stop_that_user_data_tells_the_agent(
    monkeypatch: pytest.MonkeyPatch, said: str, seconds: float | None
) -> None:
    monkeypatch.delenv(settings.GRACE_VARIABLE, raising=False)
    own = f"Content-Type: text/x-shellscript\n\n#!/bin/sh\necho {said} >>/etc/ecs/ecs.config\n"
    ours = nodes.plan("c7i.4xlarge")
    for data, expected in ((b64encode(own.encode()).decode(), seconds), (user_data(ours), 120)):
        monkeypatch.setattr(hosts, "template_data", lambda *_, data=data: {"UserData": data})
        setup = hosts.setup_of(None, {"launchTemplate": {"launchTemplateName": "any"}})
        assert setup.stop_seconds == expected
        assert settings.grace_seconds.__wrapped__(setup.stop_seconds) == (expected or 30)


def test_without_such_user_data_there_is_no_entrypoint(yard: Any) -> None:
    job = yard.run([f"{ENTRYPOINT_PATH}/run", "true"], **HOST)
    assert job["statusReason"] == "Task failed to start"
    program = f"{ENTRYPOINT_PATH}/run"
    assert job["container"]["reason"].endswith(
        f'exec: "{program}": stat {program}: no such file or directory: unknown'
    )


def test_words_and_variables_that_begin_with_a_mounts_path_name_the_hosts_directory(yard: Any) -> None:
    environment = [
        {"name": "DATA", "value": "/data/train"},
        {"name": "BESIDE", "value": "/database"},
        {"name": "INSIDE", "value": "at /data"},
    ]
    properties = mounted(data="/mnt/disk:/data", inner="/mnt/other:/data/inner", any=":/any")
    job = yard.run(
        ["sh", "-c", 'echo "$DATA" "$BESIDE" "$INSIDE" "$0" "$@"', "/data", "/data/inner/x", "/any"],
        environment=environment,
        **properties,
    )
    line = yard.account.lines(job["jobId"])[0]
    root = line.partition("/mnt/disk")[0]
    assert line == (
        f"{root}/mnt/disk/train /database at /data {root}/mnt/disk {root}/mnt/other/x "
        f"{root}/var/lib/docker/volumes/any"
    )
    assert Path(root).is_relative_to(yard.account.sandbox.directory / "batch")


def test_every_job_and_every_node_has_a_host_of_its_own(yard: Any) -> None:
    command = 'ls -A "$0"; touch "$0/mine"; sleep 0.3'
    definition = yard.account.nodes(
        count=2,
        ranges={"0:": yard.container(["sh", "-c", command, "/scratch"], **mounted(scratch="/scratch"))},
    )
    id_ = yard.account.submit(definition, yard.queue)
    yard.account.ended(id_)
    assert [yard.account.lines(f"{id_}#{index}") for index in range(2)] == [[], []]


def test_whoever_writes_a_notice_on_the_host_announces_an_interruption(
    furnished: Any, eventually: Eventually
) -> None:
    command = 'until [ -e "$0/notice.json" ]; do sleep 0.02; done; cat "$0/notice.json"'
    id_ = furnished.submit(["sh", "-c", command, NOTICES_PATH], **HOST)
    furnished.account.when(id_, "RUNNING")
    batch = furnished.account.sandbox.directory / "batch"
    (directory,) = batch.glob(f"{id_}-attempt-1/host{NOTICES_PATH}")
    notice = {"schema": "modelyard.notice/1", "kind": "scheduled_event", "leave": True}
    (directory / "notice.json").write_text(json.dumps(notice) + "\n")
    assert furnished.account.ended(id_)["status"] == "SUCCEEDED"
    assert json.loads(furnished.account.lines(id_)[0]) == notice


def test_the_innermost_mount_is_the_one_that_counts() -> None:
    mounts = mounts_of(mounted(a="/x:/data", b="/y:/data/in/"))
    assert mounts == [Mount("/data/in", "/y"), Mount("/data", "/x")]
    found = [translated(text, mounts, Path("/h")) for text in ("/data/in", "/data/inn", "/dat", "data", "")]
    assert found == ["/h/y", "/h/x/inn", "/dat", "data", ""]
