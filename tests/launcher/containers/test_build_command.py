"""`modelyard job build`: what it prints, what it writes, what it refuses."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from launcher.containers.project import Project, make_project
from launcher.containers.test_names_and_sources import git

from modelyard_cli.main import run

ID = "sha256:" + "5f" * 32
DIGEST = "sha256:" + "d1" * 32
ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"

ENGINE = f"""
words = sys.argv[1:]
if words[0] == "build":
    open(words[words.index("--iidfile") + 1], "w").write("{ID}")
    print("Successfully built")
elif words[0] == "push" and "--digestfile" in words:
    open(words[words.index("--digestfile") + 1], "w").write("{DIGEST}")
elif words[0] == "push":
    print("The push refers to repository")
    print(words[-1].rpartition(":")[2] + ": digest: {DIGEST} size: 528")
elif words[0] in ("version", "info"):
    print("{{}}")
"""
"""Says what docker 28.2.2 and podman 4.3.1 say, as far as it is read."""


@pytest.fixture
def registry_with() -> Iterator[Callable[..., str]]:
    """A registry of this machine's that answers every question for a manifest with one answer."""
    servers: list[ThreadingHTTPServer] = []

    def make(status: int, content: bytes = b"{}", **headers: str) -> str:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"127.0.0.1:{server.server_port}"

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def project(tmp_path: Path, registry_with: Callable[..., str]) -> Project:
    return make_project(tmp_path, registry_with(404))


def commit_of(project: Project) -> list[str]:
    return git(project.directory, "log", "-1", "--format=%H %ct").split()


@pytest.fixture
def engines(stand_in: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    (Path(os.environ["PATH"]) / "git").symlink_to(
        shutil.which("git", path="/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin") or "git"
    )
    return stand_in


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
