"""Images built and pushed by real engines to a real registry: where engines differ, with each that is here."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from launcher.containers.project import AWS, Project, make_project
from launcher.containers.real import RealEngine, real_registry
from launcher.containers.test_names_and_sources import git
from patience import PATIENCE_SECONDS

from modelyard.errors import InputError, SurroundingsError
from modelyard_launcher.containers import building
from modelyard_launcher.containers.building import BuildFailedError, build_image
from modelyard_launcher.containers.registry import find_tag


@pytest.fixture
def project(tmp_path: Path, registry: str) -> Project:
    return make_project(tmp_path, registry)


def config_of(project: Project, tag: str) -> dict[str, Any]:
    """The configuration of a pushed image, read from the registry."""
    import urllib.request

    host, _, path = project.repository.partition("/")
    found = find_tag(project.repository, tag, {})
    assert found is not None
    with urllib.request.urlopen(f"http://{host}/v2/{path}/blobs/{found.config_digest}") as answer:
        return json.load(answer)


def test_what_is_built_is_pushed_and_its_digest_is_the_registry_s(
    builder: RealEngine, project: Project
) -> None:
    lines: list[str] = []
    built = build_image(project.recipe(), AWS, lines.append)
    commit = git(project.directory, "rev-parse", "HEAD")
    assert built.tag == f"cnn-0.1.0-{commit[:12]}"
    pushed = find_tag(project.repository, built.tag, {})
    assert pushed is not None
    assert (built.digest, built.image_id) == (pushed.digest, pushed.config_digest)
    assert built.in_job == f"cnn:0.1.0@{pushed.digest}"
    assert built.uri == f"{project.repository}@{pushed.digest}"
    config = config_of(project, built.tag)
    assert (config["os"], config["architecture"]) == ("linux", "amd64")
    assert config["config"]["Labels"]["org.opencontainers.image.revision"] == commit
    assert config["config"]["Labels"]["org.opencontainers.image.version"] == "0.1.0"
    assert any("FROM scratch" in line for line in lines)


def test_the_same_again_is_there_already_and_nothing_is_pushed(builder: RealEngine, project: Project) -> None:
    first = build_image(project.recipe(), AWS, lambda _: None)
    lines: list[str] = []
    second = build_image(project.recipe(), AWS, lines.append)
    assert (second.digest, second.tag, second.was_there) == (first.digest, first.tag, True)
    assert lines[-1] == f"{project.repository}:{first.tag} is there already, with this very image"


def test_another_build_of_the_same_commit_gets_a_tag_of_its_own(
    one_builder: RealEngine, project: Project
) -> None:
    other = project.directory / "Dockerfile.gpu"
    other.write_text("FROM scratch\nCOPY hello /\nLABEL for=gpus\n")
    git(project.directory, "add", ".")
    git(project.directory, "commit", "-m", "two")
    first = build_image(project.recipe(), AWS, lambda _: None)
    second = build_image(project.recipe(dockerfile=other), AWS, lambda _: None)
    assert second.image_id is not None
    assert second.tag == f"{first.tag}-{second.image_id.removeprefix('sha256:')[:12]}"
    assert config_of(project, second.tag)["config"]["Labels"]["for"] == "gpus"


def test_a_tag_that_another_image_has_is_not_moved(one_builder: RealEngine, project: Project) -> None:
    first = build_image(project.recipe(tag="mine"), AWS, lambda _: None)
    (project.directory / "hello").write_text("another\n")
    with pytest.raises(InputError) as raised:
        build_image(project.recipe(tag="mine"), AWS, lambda _: None)
    (problem,) = raised.value.problems
    assert (problem.field, problem.given) == ("--tag", "mine")
    assert problem.message == (
        f"{project.repository}:mine is another image already: {first.digest}; tags never move"
    )
    assert problem.allowed == "a tag that the repository doesn't have"
    assert problem.mend == "give another tag, or none: then it is made of the commit and the image"
    pushed = find_tag(project.repository, "mine", {})
    assert pushed is not None
    assert pushed.digest == first.digest


def test_without_pushing_the_image_has_the_name_that_the_job_s_stands_for(
    builder: RealEngine, project: Project
) -> None:
    built = build_image(project.recipe(push=False), AWS, lambda _: None)
    assert (built.digest, built.tag, built.in_job) == (None, None, "cnn:0.1.0")
    assert built.uri == f"{project.repository}:cnn-0.1.0"
    if builder.kind != "buildah":
        shown = builder.say("image", "inspect", "--format", "{{.Id}}", built.uri)
        assert shown.removeprefix("sha256:") == (built.image_id or "").removeprefix("sha256:")
    assert find_tag(project.repository, "cnn-0.1.0", {}) is None


def test_a_dockerfile_that_fails_is_named_with_the_engine_s_last_word(
    one_builder: RealEngine, project: Project
) -> None:
    (project.directory / "Dockerfile").write_text("FROM scratch\nCOPY away /\n")
    lines: list[str] = []
    with pytest.raises(BuildFailedError) as raised:
        build_image(project.recipe(), AWS, lines.append)
    assert raised.value.exit_code == 1
    head, mend = str(raised.value).split("\n")
    assert head == f"{one_builder.kind} can't build the image: {lines[-1].strip()}"
    assert "away" in head
    assert mend == (
        f"  mend: mend {project.directory / 'Dockerfile'}, or what it copies and fetches; "
        f"its context is {project.directory.resolve()}"
    )


def test_a_registry_that_is_not_there_is_told_before_anything_is_pushed(
    one_builder: RealEngine, tmp_path: Path
) -> None:
    project = make_project(tmp_path, "127.0.0.1:9")
    with pytest.raises(SurroundingsError) as raised:
        build_image(project.recipe(), AWS, lambda _: None)
    assert raised.value.message == (
        "registry 127.0.0.1:9 can't be asked what it has: [errno 111] connection refused"
    )
    assert raised.value.mend == "check the network and that the environment is up, or build with --no-push"


@pytest.fixture
def closed_registry() -> Iterator[str]:
    """A registry that lets in `AWS` with one password alone, as ECR does."""
    hashed = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            "import crypt; print(crypt.crypt('open-sesame', crypt.METHOD_BLOWFISH))",
        ],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    if not hashed.startswith("$2"):
        pytest.skip("this Python can't make bcrypt hashes")
    with real_registry(f"AWS:{hashed}\n") as address:
        yield address


def test_the_login_reaches_the_engine_and_is_kept_nowhere(
    builder: RealEngine, tmp_path: Path, closed_registry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # ECR itself isn't on this machine: its password is the only thing that is put in its place.
    login = base64.b64encode(b"AWS:open-sesame").decode()
    monkeypatch.setattr(
        building, "log_in", lambda hosts, _: {host: login for host in hosts if host == closed_registry}
    )
    project = make_project(tmp_path, closed_registry)
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text('{"credsStore": "there-is-none"}')
    built = build_image(project.recipe(), AWS, lambda _: None)
    assert built.tag is not None
    pushed = find_tag(project.repository, built.tag, {closed_registry: login})
    assert pushed is not None
    assert pushed.digest == built.digest
    assert b"open-sesame" not in b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert login.encode() not in b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_who_is_not_let_in_is_told_how_to_log_in(
    one_builder: RealEngine, tmp_path: Path, closed_registry: str
) -> None:
    project = make_project(tmp_path, closed_registry)
    with pytest.raises(SurroundingsError) as raised:
        build_image(project.recipe(), AWS, lambda _: None)
    assert raised.value.message.startswith(f"{one_builder.kind} can't push {project.repository}:cnn-0.1.0-")
    assert raised.value.mend == (
        "run it again: what was pushed is kept. If the registry refuses you, log in by "
        f"`{one_builder.kind} login {closed_registry}`"
    )


def test_broken_off_in_the_middle_it_leaves_no_login_and_runs_again(
    one_builder: RealEngine, project: Project, tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    private = tmp_path / "private"
    private.mkdir()
    command = [sys.executable, "-m", "modelyard_cli.main", "job", "build", str(project.job), *project.where]
    with (project.directory / "hello").open("wb") as file:
        file.truncate(64 << 20)
    for number in (signal.SIGTERM, signal.SIGINT):
        process = subprocess.Popen(
            command,
            env={**os.environ, "TMPDIR": str(private)},
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stderr is not None
        process.stderr.readline()  # the engine is at work
        process.send_signal(number)
        process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == (143 if number == signal.SIGTERM else 130)
        assert [entry.name for entry in private.iterdir() if entry.name.startswith("modelyard-")] == []
    again = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith("image: cnn:0.1.0@sha256:")
