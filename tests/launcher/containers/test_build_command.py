"""`modelyard job build`: what it prints, what it does, what it writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from launcher.containers.project import DIGEST, ECR, ENGINE, ID, Project, commit_of, make_project


@pytest.fixture
def project(tmp_path: Path, registry_with: Callable[..., str]) -> Project:
    return make_project(tmp_path, registry_with(404))


def test_the_plan_is_the_exact_commands_and_nothing_else(
    engines: Any, project: Project, told: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    docker = engines("docker", ENGINE)
    commit, at = commit_of(project)
    assert project.build("--plan") == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert out.splitlines() == [
        (
            f"BUILDX_NO_DEFAULT_ATTESTATIONS=1 SOURCE_DATE_EPOCH={at} {docker} build "
            f"--file {project.directory}/Dockerfile --platform linux/amd64 "
            f"--label org.opencontainers.image.revision={commit} --label org.opencontainers.image.version=0.1.0 "
            f"--tag {project.repository}:cnn-0.1.0 --iidfile '<a temporary file>' {project.directory}"
        ),
        f"{docker} tag '<image id>' {project.repository}:cnn-0.1.0-{commit[:12]}",
        f"{docker} push {project.repository}:cnn-0.1.0-{commit[:12]}",
    ]
    assert [call["words"][0] for call in told(docker)] == ["version"]


def test_what_is_done_is_what_was_planned(
    engines: Any, project: Project, told: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    podman = engines("podman", ENGINE)
    assert project.build("--plan", "--format", "json") == 0
    plan = json.loads(capfd.readouterr().out)
    assert project.build() == 0
    out, err = capfd.readouterr()
    assert out == f"image: cnn:0.1.0@{DIGEST}\n"
    commit, at = commit_of(project)
    assert err.splitlines() == [
        "Successfully built",
        f"modelyard: pushed {project.repository}:cnn-0.1.0-{commit[:12]}",
    ]
    done = [call["words"] for call in told(podman) if call["words"][0] != "info"]
    planned = [command["command"] for command in plan["commands"]]
    assert len(done) == len(planned) == 3
    for real, shown in zip(done, planned, strict=True):
        assert len(real) == len(shown[1:])
        for one, other in zip(real, shown[1:], strict=True):
            assert one == other or other in {"<a temporary file>", "<image id>"}
    assert ["--timestamp", at] == planned[0][-7:-5]
    assert "--tls-verify=false" in planned[2], "a registry of this machine has no certificate"
    assert plan["schema"] == "modelyard.build/1"
    assert plan["context_reason"] == "it has a .dockerignore"


def test_json_says_all_of_it(engines: Any, project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    engines("docker", ENGINE)
    commit, _ = commit_of(project)
    assert project.build("--format", "json") == 0
    assert json.loads(capfd.readouterr().out) == {
        "schema": "modelyard.built/1",
        "image": f"cnn:0.1.0@{DIGEST}",
        "uri": f"{project.repository}@{DIGEST}",
        "digest": DIGEST,
        "tag": f"cnn-0.1.0-{commit[:12]}",
        "local": f"{project.repository}:cnn-0.1.0",
        "image_id": ID,
        "pushed": True,
        "was_there": False,
        "engine": "docker",
        "platform": "linux/amd64",
        "revision": commit,
        "written": None,
    }


def test_the_pool_s_architecture_decides_and_an_option_goes_before(
    engines: Any, tmp_path: Path, registry_with: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    engines("docker", ENGINE)
    project = make_project(tmp_path, registry_with(404), architecture="arm64")
    assert project.build("--plan") == 0
    assert "--platform linux/arm64" in capfd.readouterr().out
    assert project.build("--plan", "--platform", "linux/amd64", "--build-arg", "A=b c") == 0
    out = capfd.readouterr().out
    assert "--platform linux/amd64" in out
    assert "--build-arg 'A=b c'" in out


def test_written_into_the_job_every_other_line_stays(
    engines: Any, project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    engines("docker", ENGINE)
    assert project.build("--write") == 0
    assert project.job.read_text() == (
        f"name: try\nimage: cnn:0.1.0@{DIGEST} # the image\nrun: python train.py\n"
    )
    assert f"modelyard: written into {project.job}\n" in capfd.readouterr().err
    assert project.build("--write") == 0, "twice in a row, it is the same commit"
    assert project.job.read_text().count(DIGEST) == 1


def test_a_login_to_ecr_is_planned_and_the_password_is_on_no_command_line(
    engines: Any, tmp_path: Path, told: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    docker = engines("docker", ENGINE)
    project = make_project(tmp_path, ECR)
    assert project.build("--plan") == 0
    assert (
        "# ecr GetAuthorizationToken in eu-central-1; docker finds the login in a directory of its own"
        in capfd.readouterr().out.splitlines()
    )
    assert all("DOCKER_CONFIG" not in call["environ"] for call in told(docker))


def test_in_the_sandbox_nothing_is_built_for_a_push_that_cannot_be(
    engines: Any, tmp_path: Path, told: Any, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    docker = engines("docker", ENGINE)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_endpoint)
    project = make_project(tmp_path, ECR)
    assert project.build() == 3
    assert capfd.readouterr().err == (
        f"nothing can be pushed to {ECR} here: {s3_endpoint} stands in for it and keeps no images\n"
        "  mend: build with --no-push, and run the job by `job submit --backend local --container`\n"
    )
    assert [call["words"][0] for call in told(docker)] == ["version"]
    assert project.build("--no-push") == 0
    out, err = capfd.readouterr()
    assert out == "image: cnn:0.1.0\n"
    assert err.splitlines()[-1] == f"modelyard: {project.repository}:cnn-0.1.0 is on this machine alone"
