"""Which engine is used, and what is said where none can be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from modelyard.errors import InputError, SurroundingsError
from modelyard_launcher.containers.engines import BUILDERS, RUNNERS, Engine, find_engine, find_runner

SERVED = "print('\"28.2.2\"')"
AWAY = (
    'print("null")\nprint("Cannot connect to the Docker daemon at unix:///var/run/docker.sock. '
    'Is the docker daemon running?", file=sys.stderr)\nsys.exit(1)'
)
"""What docker's client says without a daemon (28.2.2)."""


def test_docker_comes_first_if_its_daemon_answers(stand_in: Any, told: Any) -> None:
    docker = stand_in("docker", SERVED)
    stand_in("podman", "print('{}')")
    assert find_engine(BUILDERS) == Engine("docker", str(docker))
    assert [call["words"] for call in told(docker)] == [["version", "--format", "{{json .Server.Version}}"]]


def test_podman_comes_next_and_whether_it_is_rootless_is_known(stand_in: Any) -> None:
    stand_in("docker", AWAY)
    podman = stand_in("podman", 'print(\'{"security": {"rootless": true}}\')')
    assert find_engine(BUILDERS) == Engine("podman", str(podman), rootless=True)


def test_buildah_builds_where_there_is_nothing_else(stand_in: Any) -> None:
    buildah = stand_in("buildah")
    assert find_engine(BUILDERS) == Engine("buildah", str(buildah))


def test_where_none_can_be_used_each_is_named_with_its_reason(stand_in: Any) -> None:
    stand_in("docker", AWAY)
    stand_in("podman", "sys.exit(125)")
    with pytest.raises(SurroundingsError) as raised:
        find_engine(BUILDERS)
    assert raised.value.message == (
        "no container engine can be used here: docker: Cannot connect to the Docker daemon at "
        "unix:///var/run/docker.sock. Is the docker daemon running?; "
        "podman: `podman info --format {{json .Host}}` left with 125; buildah: it isn't on PATH"
    )
    assert raised.value.mend == (
        "install or start one of docker, podman, buildah: on Debian and Ubuntu `sudo apt-get install podman` "
        "is enough"
    )
    assert raised.value.exit_code == 3


@pytest.mark.usefixtures("no_engine")
def test_buildah_is_not_looked_for_where_containers_are_to_run() -> None:
    with pytest.raises(SurroundingsError) as raised:
        find_engine(RUNNERS)
    assert raised.value.message == (
        "no container engine can be used here: docker: it isn't on PATH; podman: it isn't on PATH"
    )


def test_a_named_engine_is_the_only_one_that_is_asked(stand_in: Any, told: Any) -> None:
    stand_in("docker", SERVED)
    podman = stand_in("podman", "print('{}')")
    assert find_engine(BUILDERS, "podman").kind == "podman"
    assert len(told(podman)) == 1


def test_the_variable_names_it_by_its_path_and_the_option_comes_before(
    stand_in: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    podman = stand_in("podman", "print('{}')")
    elsewhere = tmp_path / "elsewhere" / "podman"
    elsewhere.parent.mkdir()
    podman.rename(elsewhere)
    monkeypatch.setenv("MODELYARD_CONTAINER_ENGINE", str(elsewhere))
    assert find_engine(BUILDERS) == Engine("podman", str(elsewhere))
    with pytest.raises(
        SurroundingsError, match="buildah, which --engine names, can't be used: it isn't on PATH"
    ):
        find_engine(BUILDERS, "buildah")


@pytest.mark.parametrize(
    ("script", "message", "mend"),
    [
        (
            AWAY,
            (
                "docker, which --engine names, can't be used: Cannot connect to the Docker daemon at "
                "unix:///var/run/docker.sock. Is the docker daemon running?"
            ),
            "start Docker's daemon, and check `docker info`",
        ),
        (
            None,
            "docker, which --engine names, can't be used: it isn't on PATH",
            "install docker, or name another by --engine",
        ),
    ],
)
def test_a_named_engine_that_cannot_be_used_is_not_replaced_by_another(
    stand_in: Any, script: str | None, message: str, mend: str
) -> None:
    stand_in("podman", "print('{}')")
    if script is not None:
        stand_in("docker", script)
    with pytest.raises(SurroundingsError) as raised:
        find_engine(BUILDERS, "docker")
    assert (raised.value.message, raised.value.mend) == (message, mend)


@pytest.mark.parametrize(
    ("kinds", "name", "message", "allowed"),
    [
        (BUILDERS, "nerdctl", "no such engine is known", "docker, podman, buildah, or the path of one"),
        (
            RUNNERS,
            "buildah",
            "buildah builds images and runs no containers",
            "docker, podman, or the path of one",
        ),
    ],
)
def test_what_is_no_such_engine_is_refused(kinds: Any, name: str, message: str, allowed: str) -> None:
    with pytest.raises(InputError) as raised:
        find_engine(kinds, None, {"MODELYARD_CONTAINER_ENGINE": name})
    (problem,) = raised.value.problems
    assert (problem.field, problem.given) == ("MODELYARD_CONTAINER_ENGINE", name)
    assert (problem.message, problem.allowed) == (message, allowed)
    assert problem.mend == "name one of these, or none: then the first that can be used is"


def test_an_engine_that_cannot_be_run_at_all_is_told_so(stand_in: Any, tmp_path: Path) -> None:
    program = stand_in("podman")
    program.write_text("no program")
    with pytest.raises(SurroundingsError) as raised:
        find_engine(BUILDERS, str(program))
    assert raised.value.message == (
        f"podman, which --engine names, can't be used: {program} can't be run: exec format error"
    )


def test_a_daemon_on_another_machine_runs_no_containers_of_this_one(stand_in: Any) -> None:
    stand_in("docker", f"print('ssh://me@far' if sys.argv[1] == 'context' else {SERVED[6:-1]})")
    assert find_engine(BUILDERS).kind == "docker"
    with pytest.raises(SurroundingsError) as raised:
        find_runner()
    assert raised.value.message == (
        "docker's daemon is at ssh://me@far: its containers find nothing of this machine's files"
    )
    assert raised.value.mend == "take this machine's own: unset DOCKER_HOST, or `docker context use default`"


def test_real_engines_are_found(builder: Any) -> None:
    found = find_engine(BUILDERS)
    assert (found.kind, found.rootless) == (builder.kind, False if os.getuid() == 0 else found.rootless)
