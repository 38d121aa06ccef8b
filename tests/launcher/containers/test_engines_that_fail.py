"""What becomes of a run whose engine doesn't do its part; engines are stood in for by programs that fail."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from launcher.planning import CPU, target
from patience import PATIENCE_SECONDS

from modelyard.errors import SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.containers import leftovers
from modelyard_launcher.containers.engines import Engine
from modelyard_launcher.containers.images_here import image_here
from modelyard_launcher.containers.leftovers import clear_scratch, remove_leftovers
from modelyard_launcher.containers.node import ContainerSetup

REFUSED = """
words = sys.argv[1:]
if words[0] == "run":
    print("docker: Error response from daemon: no.", file=sys.stderr)
    sys.exit(125)
print("unix:///x" if words[0] == "context" else "{}" if words[0] == "version" else "")
"""


def test_a_container_that_cannot_be_started_is_the_engine_s_fault_and_its_log_has_why(
    yard: Any, stand_in: Any
) -> None:
    stand_in("docker", REFUSED)
    process = yard.start("true", "--container", image="try:1.0")
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1, err
    assert out == "[0] docker: Error response from daemon: no.\n"
    (run,) = yard.job("list")["runs"]
    assert (run["state"], run["reason"]) == (
        "failed",
        "docker couldn't start its container; its log says why",
    )
    assert len(run["attempts"]) == 1, "it isn't started again"


def test_an_image_that_cannot_be_pulled_is_told_with_the_engine_s_last_word(
    stand_in: Any, tmp_path: Path
) -> None:
    script = "print('Error: manifest unknown', file=sys.stderr)\nsys.exit(1)"
    podman = Engine("podman", str(stand_in("podman", script)))
    there = target(CPU, registry={"repository_url": "127.0.0.1:9/dev"})
    said: list[str] = []
    with pytest.raises(SurroundingsError) as raised:
        image_here(podman, "cnn:0.1.0", there, S3Access("aws", "eu-central-1"), said.append)
    assert said == ["pulling 127.0.0.1:9/dev:cnn-0.1.0"]
    assert raised.value.message == "podman can't pull 127.0.0.1:9/dev:cnn-0.1.0: Error: manifest unknown"
    assert raised.value.mend == "build it: `modelyard job build JOB --no-push`"


def test_an_engine_that_lists_nothing_has_no_leftovers(stand_in: Any, told: Any) -> None:
    program = stand_in("docker", "sys.exit(1)")
    assert remove_leftovers(Engine("docker", str(program))) == []
    assert [call["words"][0] for call in told(program)] == ["ps"]


def test_files_of_another_user_s_are_removed_by_a_container(
    stand_in: Any, told: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root, whom tests run as, may remove everything: that the first try fails is put in here.
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    tries: list[Path] = []

    def remove(path: Path, *, ignore_errors: bool) -> None:
        tries.append(path)
        if len(tries) > 1:
            path.rmdir()

    monkeypatch.setattr(leftovers, "shutil", type("shutil", (), {"rmtree": staticmethod(remove)}))
    program = stand_in("docker")
    setup = ContainerSetup(
        engine=Engine("docker", str(program)),
        image="dev:try-1.0",
        entrypoint_path="/e",
        notices_path="/n",
        scratch_path="/s",
        runtime_uri="s3://b/r.pyz",
        region="eu-central-1",
        stores=[],
    )
    clear_scratch(scratch, setup)
    assert not scratch.exists()
    assert [call["words"] for call in told(program)] == [
        [
            *("run", "--rm", "--pull", "never", "--network", "none", "--security-opt", "label=disable"),
            *("--mount", f"type=bind,src={scratch},dst=/scratch", "--user", "0:0"),
            *("--entrypoint", "/bin/sh", "dev:try-1.0", "-c", "rm -rf /scratch/*"),
        ]
    ]
    shutil.rmtree(tmp_path / "bin")


def test_processes_need_no_engine_to_clear_up(tmp_path: Path) -> None:
    (tmp_path / "scratch" / "deep").mkdir(parents=True)
    clear_scratch(tmp_path / "scratch", None)
    assert not (tmp_path / "scratch").exists()
