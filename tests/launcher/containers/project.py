"""A project whose job has an image, and a target whose registry is on this machine."""

from __future__ import annotations

import contextlib
import json
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launcher.containers.test_names_and_sources import git
from launcher.planning import CPU, target

from modelyard_cli.main import run
from modelyard_launcher.access import S3Access
from modelyard_launcher.containers.planning import plan_build
from modelyard_launcher.containers.recipe import Recipe, Wishes
from modelyard_launcher.load import load_job

DOCKERFILE = """\
FROM scratch
COPY hello /hello
LABEL org.opencontainers.image.revision=unknown
CMD ["/hello"]
"""

AWS = S3Access("aws", "eu-central-1")


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


@dataclass
class Project:
    """A job in a repository of its own."""

    directory: Path
    repository: str
    """Repository of the environment, of which no other test knows."""

    @property
    def job(self) -> Path:
        return self.directory / "job.yaml"

    @property
    def target_file(self) -> Path:
        return self.directory.parent / "target.json"

    @property
    def where(self) -> list[str]:
        return ["--target", str(self.target_file)]

    def recipe(self, **wishes: Any) -> Recipe:
        pools = json.loads(self.target_file.read_text())["pools"]
        there = target(*pools, registry={"repository_url": self.repository})
        return plan_build(load_job(self.job), there, Wishes(**wishes))

    def build(self, *arguments: str) -> int:
        with contextlib.chdir(self.directory):  # where no sandbox runs
            return run(["job", "build", str(self.job), *self.where, *arguments])


def make_project(directory: Path, host: str, **pool: Any) -> Project:
    """A project with one commit, for a registry."""
    own = directory / "project"
    own.mkdir()
    project = Project(own, f"{host}/dev-{uuid.uuid4().hex[:8]}")
    (own / "Dockerfile").write_text(DOCKERFILE)
    (own / "hello").write_text("hello\n")
    (own / ".dockerignore").write_text("*\n!hello\n")
    (own / "job.yaml").write_text("name: try\nimage: cnn:0.1.0 # the image\nrun: python train.py\n")
    there = target({**CPU, **pool}, registry={"repository_url": project.repository})
    project.target_file.write_text(there.model_dump_json(by_alias=True))
    if shutil.which("git"):
        git(own, "init")
        git(own, "add", ".")
        git(own, "commit", "-m", "one")
    return project


def commit_of(project: Project) -> list[str]:
    return git(project.directory, "log", "-1", "--format=%H %ct").split()
