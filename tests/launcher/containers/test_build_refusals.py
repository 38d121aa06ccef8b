"""`modelyard job build` where something is in its way: registries, engines, words that can't be."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from launcher.containers.project import ECR, ENGINE, ID, Project, commit_of, make_project

from modelyard_cli.main import run


@pytest.fixture
def project(tmp_path: Path, registry_with: Callable[..., str]) -> Project:
    return make_project(tmp_path, registry_with(404))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((500, b"oops"), "it answered 500 Internal Server Error"),
        ((200, b"no JSON"), "what it has under cnn-0.1.0-{commit} is no manifest"),
        ((200, b"[]"), "what it has under cnn-0.1.0-{commit} is no manifest"),
    ],
)
def test_a_registry_that_answers_strangely_is_told(
    engines: Any, tmp_path: Path, registry_with: Any, capfd: Any, answer: Any, message: str
) -> None:
    engines("docker", ENGINE)
    project = make_project(tmp_path, registry_with(*answer))
    commit, _ = commit_of(project)
    assert project.build() == 3
    host = project.repository.partition("/")[0]
    assert capfd.readouterr().err.splitlines()[-2:] == [
        f"registry {host} can't be asked what it has: {message.format(commit=commit[:12])}",
        "  mend: check the network and that the environment is up, or build with --no-push",
    ]


def test_an_index_of_platforms_is_known_by_its_own_digest(
    engines: Any, tmp_path: Path, registry_with: Any, capfd: Any
) -> None:
    engines("docker", ENGINE)
    project = make_project(tmp_path, registry_with(200, b'{"manifests": []}', Docker_Content_Digest=ID))
    assert project.build() == 0
    out, err = capfd.readouterr()
    assert out == f"image: cnn:0.1.0@{ID}\n"
    assert err.splitlines()[-1].endswith("is there already, with this very image")


def test_a_repository_whose_tags_never_move_says_so_itself(
    engines: Any, tmp_path: Path, registry_with: Any, capfd: Any
) -> None:
    # A registry that doesn't say what it has to who isn't logged in, and what ECR answers to a push.
    refused = (
        "if words[0] == 'push':\n    print(\"tag invalid: The image tag 'b1' already exists in the 'dev' "
        'repository and cannot be overwritten because the repository is immutable.")\n    sys.exit(1)\n'
    )
    engines("docker", "words = sys.argv[1:]\n" + refused + ENGINE)
    project = make_project(tmp_path, registry_with(401))
    assert project.build("--tag", "b1") == 2
    assert capfd.readouterr().err.splitlines()[-5:] == [
        "--tag",
        f"  {project.repository}:b1 is another image already; tags never move",
        "  given: b1",
        "  allowed here: a tag that the repository doesn't have",
        "  mend: give another tag, or none: then it is made of the commit and the image",
    ]


@pytest.mark.parametrize(
    ("word", "script", "message", "mend"),
    [
        ("build", "", "docker built the image and didn't say its id", "update it, or take another engine"),
        (
            "push",
            "print('pushed')",
            "{tag} was pushed, and docker doesn't say with which digest",
            "update it, or take another engine",
        ),
        (
            "push",
            "print('denied: no'); sys.exit(1)",
            "docker can't push {tag}: denied: no",
            (
                "run it again: what was pushed is kept. If the registry refuses you, log in by "
                "`docker login {host}`"
            ),
        ),
        (
            "tag",
            "print('no such image', file=sys.stderr); sys.exit(1)",
            "docker can't name the image {tag}: no such image",
            "check `docker images`",
        ),
    ],
)
def test_an_engine_that_goes_wrong_is_told(
    engines: Any, project: Project, capfd: Any, word: str, script: str, message: str, mend: str
) -> None:
    idle = 'open(sys.argv[sys.argv.index("--iidfile") + 1], "w")' if word == "build" else "pass"
    engines(
        "docker",
        f"if sys.argv[1] == {word!r}:\n    {idle}\n    {script or 'pass'}\n    sys.exit(0)\n{ENGINE}",
    )
    commit, _ = commit_of(project)
    found = {
        "tag": f"{project.repository}:cnn-0.1.0-{commit[:12]}",
        "host": project.repository.partition("/")[0],
    }
    assert project.build() == 3
    assert capfd.readouterr().err.splitlines()[-2:] == [
        message.format(**found),
        f"  mend: {mend.format(**found)}",
    ]


def test_another_machine_s_programs_need_an_emulator(
    engines: Any, tmp_path: Path, registry_with: Any, capfd: Any
) -> None:
    engines(
        "docker",
        f"if sys.argv[1] == 'build':\n    print('exec /bin/sh: exec format error')\n    sys.exit(1)\n{ENGINE}",
    )
    project = make_project(tmp_path, registry_with(404))
    other = "linux/amd64" if platform.machine() in {"arm64", "aarch64"} else "linux/arm64"
    assert project.build("--platform", other) == 1
    assert capfd.readouterr().err.splitlines()[-2:] == [
        "docker can't build the image: exec /bin/sh: exec format error",
        (
            f"  mend: build on a machine for {other}, or let this one run its programs "
            "(Debian and Ubuntu: `sudo apt-get install qemu-user-static`)"
        ),
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name the JOB whose image is built, or give --supervisor"),
        (["job.yaml", "--supervisor"], "name the JOB whose image is built, or give --supervisor"),
        (["--supervisor", "--context", "."], "--context is for a job: the supervisor's is modelyard itself"),
        (["--supervisor", "--write"], "--write is for a job: the supervisor's image is found by its version"),
        (
            ["job.yaml", "--write", "--no-push"],
            "--write needs the digest in the registry, which --no-push doesn't make",
        ),
        (
            ["job.yaml", "--write", "--plan"],
            "--plan prints commands and changes nothing: give it without --write",
        ),
        (["job.yaml", "--build-arg", "A"], "'A' isn't NAME=VALUE"),
    ],
)
def test_what_does_not_go_together_is_refused(arguments: list[str], message: str, capfd: Any) -> None:
    assert run(["job", "build", *arguments]) == 2
    assert message in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "field", "message", "allowed"),
    [
        (
            ["--tag", "-b"],
            "--tag",
            "this is no tag",
            "letters, digits, dots, dashes and underscores, 128 at most, no dot or dash first",
        ),
        (
            ["--tag", "b" * 129],
            "--tag",
            "this is no tag",
            "letters, digits, dots, dashes and underscores, 128",
        ),
        (
            ["--platform", "windows/amd64"],
            "--platform",
            "nodes are of no such platform",
            "linux/amd64, linux/arm64",
        ),
    ],
)
def test_words_that_cannot_be_are_refused(
    project: Project, arguments: list[str], field: str, message: str, allowed: str, capfd: Any
) -> None:
    assert project.build(*arguments) == 2
    lines = capfd.readouterr().err.splitlines()
    assert lines[:2] == [field, f"  {message}"]
    assert lines[3].startswith(f"  allowed here: {allowed}")


@pytest.mark.usefixtures("no_engine")
def test_without_an_engine_it_leaves_with_3(project: Project, capfd: Any) -> None:
    assert project.build() == 3
    assert capfd.readouterr().err.startswith(
        "no container engine can be used here: docker: it isn't on PATH; podman: it isn't on PATH; "
        "buildah: it isn't on PATH\n  mend: install or start one of docker, podman, buildah"
    )


def test_a_base_image_in_ecr_that_one_may_not_pull_is_left_to_one_s_own_login(
    engines: Any, project: Project, told: Any, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    docker = engines("docker", ENGINE)
    (project.directory / "Dockerfile").write_text(f"FROM {ECR}/base:1.0\n")
    assert project.build("--no-push") == 0
    assert capfd.readouterr().err.splitlines()[0] == (
        f"not logged in to {ECR}: ECR in eu-central-1 gives no password: Unable to locate credentials"
    )
    assert [call["words"][0] for call in told(docker)] == ["version", "build"]
