"""Processes and what comes from them: under a guard as on this machine, and as the first process of a container."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from patience import GONE_SECONDS, PATIENCE_SECONDS

from modelyard_node import guard
from modelyard_node.scratch import Scratch

COUNTS = f"""exec {sys.executable} -c '
import pathlib, signal, time
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
pathlib.Path("up").touch()
while not asked: time.sleep(0.01)
time.sleep(0.7)
pathlib.Path("asked").write_text(str(len(asked)))
'"""


def test_a_program_behind_a_guard_and_a_runtime_is_asked_once(nodes: Any, eventually: Any):
    nodes.submit(COUNTS)
    node = nodes.start(guarded=True)
    eventually(lambda: nodes.has("up"))
    os.write(node.process.stdin.fileno(), b"T")
    assert node.wait() == 240
    assert (nodes.directory / "asked").read_text() == "1"
    assert nodes.end()["reason"] == "rank 0 was told to end (SIGTERM)"


def test_a_lifeline_that_closes_ends_everything(nodes: Any, eventually: Any):
    nodes.submit("trap '' TERM; touch up; setsid sleep 60 & while :; do sleep 0.1; done")
    node = nodes.start(guarded=True)
    eventually(lambda: nodes.has("up"))
    nodes.killed = True
    node.process.stdin.close()
    at = time.monotonic()
    node.wait()
    assert not nodes.processes()
    assert time.monotonic() - at < GONE_SECONDS


def test_a_guard_asks_what_has_left_its_group_once_that_is_gone(tmp_path: Any, eventually: Any):
    left = f"""{sys.executable} -c '
import os, pathlib, signal, sys, time
os.setsid()
signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path("asked").touch(), sys.exit(0)))
pathlib.Path("up").touch()
time.sleep(60)
' & exec sleep 60"""
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", guard.__file__, "30", left],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    eventually((tmp_path / "up").exists)
    assert process.stdin is not None
    os.write(process.stdin.fileno(), b"T")
    assert process.wait(timeout=PATIENCE_SECONDS) == 128 + signal.SIGTERM
    assert (tmp_path / "asked").exists()
    process.stdin.close()


def test_a_guard_that_is_asked_before_its_program_has_begun_ends_all_the_same():
    ended: list[int] = []
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", guard.__file__, "60", "exec sleep 60"],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdin is not None
        os.write(process.stdin.fileno(), b"T")
        ended.append(process.wait(timeout=PATIENCE_SECONDS))
        process.stdin.close()
    assert ended == [128 + signal.SIGTERM] * 8


def namespaces() -> list[str]:
    """The command that makes a process the first of its own namespace, if this machine lets us."""
    found = shutil.which("unshare")
    if found is None:
        return []
    own = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
    command = [found, *own, "--pid", "--fork", "--mount-proc", "--kill-child"]
    done = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if done.returncode == 0 else []


@pytest.fixture
def namespace() -> list[str]:
    command = namespaces()
    if not command:
        pytest.skip("this machine lets nobody make namespaces")
    return command


def test_the_first_process_of_a_container_takes_the_end_notes_of_orphans(nodes: Any, namespace: list[str]):
    script = (
        "(setsid sleep 60 &); for i in 1 2 3 4 5; do (sleep 0.1 &); done; sleep 1; "
        "for stat in /proc/[0-9]*/stat; do read -r pid name state rest <$stat; echo $pid $state; done; echo $PPID"
    )
    nodes.submit(script)
    node = nodes.start(before=namespace)
    assert node.wait() == 0
    *states, parent = node.out.splitlines()
    assert parent == "1"
    assert "1" in [line.split()[0] for line in states]
    assert not [line for line in states if line.endswith("Z")]


def test_the_first_process_of_a_container_heeds_sigterm(nodes: Any, eventually: Any, namespace: list[str]):
    nodes.submit(COUNTS)
    node = nodes.start(before=namespace)
    eventually(lambda: nodes.has("up"))
    os.kill(nodes.runtime_of(0), signal.SIGTERM)
    assert node.wait() == 240
    assert (nodes.directory / "asked").read_text() == "1"


def test_when_the_first_process_of_a_container_is_killed_nothing_is_left(
    nodes: Any, eventually: Any, namespace: list[str]
):
    nodes.submit("setsid sleep 60 & touch up; exec sleep 60")
    node = nodes.start(before=namespace)
    eventually(lambda: nodes.has("up"))
    nodes.kill(0)
    assert node.wait() != 0
    eventually(lambda: not nodes.processes(), GONE_SECONDS)


def test_what_a_killed_node_left_is_removed_by_the_next(nodes: Any, eventually: Any):
    nodes.submit("touch up; [ -e gate ] || exec sleep 60")
    node = nodes.start(guarded=True)
    eventually(lambda: nodes.has("up"))
    nodes.kill(0)
    assert node.wait() == 137
    (left,) = nodes.scratch.iterdir()
    assert left.name.startswith("modelyard-")
    (nodes.directory / "gate").touch()
    assert nodes.start(MODELYARD_SUBMISSION="2").wait() == 0
    assert list(nodes.scratch.iterdir()) == []


def test_what_a_living_node_or_somebody_else_has_stays(tmp_path: Path):
    living = Scratch(str(tmp_path))
    (living.path / "work").touch()
    other = tmp_path / "modelyard-of-somebody-else"
    other.mkdir()
    another = Scratch(str(tmp_path))
    assert (living.path / "work").exists()
    assert other.exists()
    another.remove()
    living.remove()
    assert list(tmp_path.iterdir()) == [other]
