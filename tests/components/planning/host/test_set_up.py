from __future__ import annotations

import json
import stat
from pathlib import Path

from nodes import Node, plan

ECS_CONFIG = "etc/ecs/ecs.config"


def test_the_first_boot_installs_the_entrypoint_where_nobody_changes_it(node: Node):
    assert node.set_up() == []
    directory = node.root / "opt/modelyard/entrypoint"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    assert modes == {"run": 0o555, "fetch": 0o444}
    assert stat.S_IMODE(directory.stat().st_mode) == 0o555
    assert node.calls("chattr")[-1] == "chattr -R +i /opt/modelyard/entrypoint"


def test_containers_can_read_which_machine_they_are_on(node: Node):
    said = node.root / "var/lib/cloud/data/instance-id"
    said.parent.mkdir(parents=True)
    said.write_text("i-0123456789abcdef0\n")
    node.set_up()
    assert (node.root / "opt/modelyard/entrypoint/instance-id").read_text() == "i-0123456789abcdef0\n"


def test_a_file_system_without_attributes_is_said(node: Node):
    node.has("no-attributes")
    assert node.set_up() == ["modelyard: the entrypoint isn't immutable"]


def test_the_ecs_agent_keeps_tasks_from_the_metadata_service_and_leaves_them_time_to_save(node: Node):
    config = node.root / ECS_CONFIG
    config.write_text("ECS_CLUSTER=AWSBatch-prod\n")
    for _ in range(2):
        node.set_up()
        assert config.read_text() == (
            "ECS_CLUSTER=AWSBatch-prod\nECS_AWSVPC_BLOCK_IMDS=true\nECS_CONTAINER_STOP_TIMEOUT=2m\n"
        )


def test_the_services_are_started_and_come_again_at_every_boot(node: Node):
    node.set_up()
    assert node.calls("systemctl") == [
        "systemctl daemon-reload",
        "systemctl enable --now --no-block modelyard-notices modelyard-agent",
    ]
    units = node.root / "etc/systemd/system"
    notices = (units / "modelyard-notices.service").read_text()
    started = notices.partition("ExecStart=")[2].splitlines()[0].split()
    assert started[0] == "/usr/bin/python3"
    assert all((node.root / path.lstrip("/")).is_file() for path in started[1:])
    agent = (units / "modelyard-agent.service").read_text().partition("ExecStart=")[2].splitlines()[0]
    assert (node.root / agent.lstrip("/")).stat().st_mode & stat.S_IXUSR
    assert (node.root / "var/log/modelyard").is_dir()


def test_the_watcher_is_told_of_the_blocks_end(tmp_path: Path):
    block = {"block_ends_at": "2026-12-01T11:30:00Z", "block_drain_at": "2026-12-01T11:00:00Z"}
    node = Node(tmp_path, plan(**block))
    node.set_up()
    told = json.loads((node.root / "etc/modelyard/notices.json").read_text())
    assert told == {"notices_path": "/run/modelyard/notices", "leave_minutes": 10, **block}


AGENT = """
    [ ! -e "$STATE/no-packages" ] || exit 1
    ctl="$MODELYARD_ROOT/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
    mkdir -p "${ctl%/*}"
    cp "$STATE/ctl" "$ctl" """

CTL = """#!/bin/sh
echo "ctl $*" >>"$STATE/calls"
case "$*" in *append-config*) [ ! -e "$STATE/old-agent" ] ;; esac
"""


def agent_on(node: Node) -> list[str]:
    node.set_up()
    node.has("ctl", CTL)
    (node.state / "ctl").chmod(0o755)
    node.put("dnf", AGENT)
    node.run(str(node.root / "opt/modelyard/lib/agent"))
    return node.calls("dnf", "ctl")


INSTALL = "dnf -y --disablerepo=* --enablerepo=amazonlinux install amazon-cloudwatch-agent"
MAIN = "ctl -a fetch-config -m ec2 -s -c file:/etc/modelyard/agent.json"
EFA = "ctl -a append-config -m ec2 -s -c file:/etc/modelyard/agent-efa.json"


def test_the_agent_comes_from_the_systems_own_repository_and_is_configured(node: Node):
    assert agent_on(node) == [INSTALL, MAIN, EFA]


def test_an_agent_that_is_there_is_only_configured(node: Node):
    agent_on(node)
    node.run(str(node.root / "opt/modelyard/lib/agent"))
    assert node.calls("dnf", "ctl") == [MAIN, EFA]


def test_an_agent_that_does_not_know_efa_goes_on_without(node: Node):
    node.has("old-agent")
    assert agent_on(node) == [INSTALL, MAIN, EFA, MAIN]


def test_a_machine_without_efa_is_not_asked_for_it(tmp_path: Path):
    assert agent_on(Node(tmp_path, plan("g5.xlarge"))) == [INSTALL, MAIN]
