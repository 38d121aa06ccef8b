from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from nodes import Node, eventually

SHOW = [sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"]

SAVES = """
import pathlib, signal, sys, time
def save(*_):
    pathlib.Path(sys.argv[1], "saved").touch()
    sys.exit(143)
signal.signal(signal.SIGTERM, save)
pathlib.Path(sys.argv[1], "ready").touch()
time.sleep(60)
"""

DEAF = SAVES.replace("sys.exit(143)", "pass").replace("time.sleep(60)", "\nwhile True: time.sleep(1)")


class Entrypoint:
    """What the user data installs, as the first process of a container would run it."""

    def __init__(self, node: Node, directory: Path) -> None:
        node.set_up()
        self.path = str(node.root / "opt/modelyard/entrypoint/run")
        self.directory = directory / "job"
        self.notices = directory / "notices"
        self.root = node.root
        self.hosts = node.root / "etc/hosts"
        self.hosts.write_text("127.0.0.1 localhost\n")
        self.directory.mkdir()
        self.notices.mkdir()
        self.started: list[subprocess.Popen[str]] = []

    def environment(self, **variables: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "MODELYARD_NOTICES": str(self.notices),
            "MODELYARD_ROOT": str(self.root),
            **variables,
        }

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.path, *command],
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def variables(self, **given: str) -> dict[str, str]:
        done = self.run(*SHOW, **given)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, program: str, **variables: str) -> subprocess.Popen[str]:
        """Start a program that says when it is ready."""
        process = subprocess.Popen(
            [self.path, sys.executable, "-c", program, str(self.directory)],
            env=self.environment(**variables),
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        eventually((self.directory / "ready").exists)
        return process

    def announce(self, **changes: object) -> None:
        """Put up a notice as the node's watcher does."""
        notice = {
            "schema": "modelyard.notice/1",
            "kind": "spot_interruption",
            "at": "2026-12-01T11:00:00Z",
            "drain_at": "2026-12-01T11:00:00Z",
            "leave": True,
            "source": "spot/instance-action",
            "written_at": "2026-12-01T10:58:00Z",
            **changes,
        }
        new = self.notices / "notice.new"
        new.write_text(json.dumps(notice) + "\n")
        new.replace(self.notices / "notice.json")


@pytest.fixture
def entrypoint(node: Node, tmp_path: Path) -> Iterator[Entrypoint]:
    made = Entrypoint(node, tmp_path)
    yield made
    for process in made.started:
        process.kill()
        process.communicate()


def chosen(found: Mapping[str, str], *names: str) -> dict[str, str | None]:
    return {name: found.get(name) for name in names}


def test_a_job_on_one_node_finds_the_contract(entrypoint: Entrypoint):
    found = entrypoint.variables()
    assert chosen(
        found, "NUM_NODES", "NODE_RANK", "MASTER_PORT", "MODELYARD_ATTEMPT", "MODELYARD_METRICS", "RANK"
    ) == {
        "NUM_NODES": "1",
        "NODE_RANK": "0",
        "MASTER_PORT": "29500",
        "MODELYARD_ATTEMPT": "1",
        "MODELYARD_METRICS": "/tmp/metrics.jsonl",
        "RANK": None,
    }
    assert found["GPUS_PER_NODE"].isdigit()


def test_a_node_of_several_finds_what_batch_says_of_it(entrypoint: Entrypoint):
    found = entrypoint.variables(
        AWS_BATCH_JOB_NUM_NODES="16",
        AWS_BATCH_JOB_NODE_INDEX="3",
        AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS="10.0.1.17",
        AWS_BATCH_JOB_ATTEMPT="2",
        MODELYARD_DISTRIBUTION="torchrun",
    )
    names = ("NUM_NODES", "NODE_RANK", "MASTER_ADDR", "MODELYARD_ATTEMPT", "RANK", "LOCAL_RANK", "WORLD_SIZE")
    assert chosen(found, *names) == dict(
        zip(names, ("16", "3", "10.0.1.17", "2", "3", "0", "16"), strict=True)
    )


def test_what_the_job_definition_sets_stands(entrypoint: Entrypoint):
    given = {"MASTER_PORT": "4711", "GPUS_PER_NODE": "4", "MASTER_ADDR": "10.9.9.9", "NODE_RANK": "7"}
    assert chosen(entrypoint.variables(**given), *given) == given


HOSTS = f"""# of the task

127.0.0.1 localhost {socket.gethostname()}
::1 {socket.gethostname()}
10.0.3.8 {socket.gethostname()}-2
10.0.3.9 ip-10-0-3-9 {socket.gethostname()}
"""


@pytest.mark.parametrize(("node_count", "address"), [("1", "10.0.3.9"), ("16", "10.0.3.9")])
def test_the_main_node_is_reached_at_its_tasks_own_address(entrypoint: Entrypoint, node_count, address):
    entrypoint.hosts.write_text(HOSTS)
    found = entrypoint.variables(AWS_BATCH_JOB_NUM_NODES=node_count)
    assert found["MASTER_ADDR"] == address


def test_a_job_on_one_node_needs_no_address_of_its_own(entrypoint: Entrypoint):
    entrypoint.hosts.write_text("127.0.0.1 localhost\n")
    assert entrypoint.variables()["MASTER_ADDR"] == "127.0.0.1"


def test_a_main_node_without_an_address_of_its_own_says_what_to_set(entrypoint: Entrypoint):
    entrypoint.hosts.write_text("127.0.0.1 localhost\n")
    done = entrypoint.run("true", AWS_BATCH_JOB_NUM_NODES="2")
    assert (done.returncode, done.stderr) == (
        2,
        "modelyard: the main node finds no address of its own: set MASTER_ADDR\n",
    )


def test_without_a_command_it_says_how_it_is_called(entrypoint: Entrypoint):
    done = entrypoint.run()
    assert done.returncode == 2
    assert done.stderr == "modelyard: the entrypoint takes the command to run, as: run python train.py\n"


@pytest.mark.parametrize("code", [0, 3, 143])
def test_the_exit_code_is_the_commands(entrypoint: Entrypoint, code: int):
    assert entrypoint.run("/bin/sh", "-c", f"exit {code}").returncode == code


def test_arguments_arrive_as_they_are(entrypoint: Entrypoint):
    assert entrypoint.run("printf", "%s|", "two words", "", "$HOME", "*").stdout == "two words||$HOME|*|"


def test_a_request_to_stop_is_passed_on_and_gives_time_to_save(entrypoint: Entrypoint):
    process = entrypoint.start(SAVES)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 143
    assert (entrypoint.directory / "saved").exists()
    assert said == ("modelyard: SIGTERM: the job is asked to save and to exit, and has 100 seconds for it\n")


def test_a_notice_that_the_machine_goes_asks_the_job_to_save_and_exit(entrypoint: Entrypoint):
    process = entrypoint.start(SAVES)
    entrypoint.announce()
    _, said = process.communicate(timeout=30)
    assert process.returncode == 143
    assert (entrypoint.directory / "saved").exists()
    assert said.startswith("modelyard: this machine will be taken back: the job is asked to save and to exit")


def test_a_notice_that_is_no_order_to_leave_is_left_to_the_job(entrypoint: Entrypoint):
    entrypoint.announce(kind="capacity_block_end", leave=False)
    process = entrypoint.start(SAVES)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=2.5)
    entrypoint.announce(kind="capacity_block_end", leave=True)
    process.communicate(timeout=30)
    assert process.returncode == 143


def test_a_job_that_does_not_leave_is_ended_when_its_grace_is_over(entrypoint: Entrypoint):
    process = entrypoint.start(DEAF, MODELYARD_GRACE_SECONDS="1")
    entrypoint.announce()
    _, said = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGKILL
    assert (entrypoint.directory / "saved").exists()
    assert said.splitlines()[0].endswith("has 1 seconds for it")


def test_a_script_s_own_programs_are_asked_as_well(entrypoint: Entrypoint):
    script = f'{sys.executable} -c "$0" {entrypoint.directory}; exit 9'
    process = subprocess.Popen(
        [entrypoint.path, "/bin/sh", "-c", script, SAVES], env=entrypoint.environment(), text=True
    )
    entrypoint.started.append(process)
    eventually((entrypoint.directory / "ready").exists)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    eventually((entrypoint.directory / "saved").exists)


def test_it_needs_nothing_but_a_shell(entrypoint: Entrypoint, tmp_path: Path):
    programs = tmp_path / "bare"
    programs.mkdir()
    (programs / "sleep").symlink_to("/bin/sleep")
    process: Any = subprocess.Popen(
        ["/bin/sh", entrypoint.path, sys.executable, "-c", SAVES, str(entrypoint.directory)],
        env={**entrypoint.environment(), "PATH": str(programs)},
    )
    entrypoint.started.append(process)
    eventually((entrypoint.directory / "ready").exists)
    entrypoint.announce()
    assert process.wait(timeout=30) == 143
    assert (entrypoint.directory / "saved").exists()


def test_the_exit_code_is_the_job_s_however_soon_it_leaves(entrypoint: Entrypoint):
    script = f"trap 'exit 7' TERM; : > {entrypoint.directory}/ready; while :; do sleep 0.01; done"
    for _ in range(15):
        process = subprocess.Popen(
            [entrypoint.path, "/bin/sh", "-c", script], env=entrypoint.environment(), stderr=subprocess.PIPE
        )
        entrypoint.started.append(process)
        eventually((entrypoint.directory / "ready").exists)
        (entrypoint.directory / "ready").unlink()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        assert process.returncode == 7
