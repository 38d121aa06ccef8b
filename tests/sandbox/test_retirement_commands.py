"""The commands of a retirement that no stack of ours has enough for, run against the sandbox."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelyard_preview.retirement.commands import empty_repository
from modelyard_sandbox.sandbox import Sandbox

ACCOUNT, REGION = "123456789012", "eu-central-1"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path)
    made.start(lifeline=True)
    yield made
    made.stop()


@pytest.mark.parametrize("count", [0, 230])
def test_a_registry_is_emptied_however_many_images_it_holds(sandbox: Sandbox, count: int) -> None:
    ecr = sandbox.client("ecr", REGION, ACCOUNT)
    ecr.create_repository(repositoryName="dev/training")
    for number in range(count):
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"digest": f"sha256:{digest}"},
            "layers": [],
        }
        ecr.put_image(repositoryName="dev/training", imageManifest=json.dumps(manifest), imageTag=str(number))
    python = Path(sys.executable).parent
    done = subprocess.run(
        ["sh", "-c", empty_repository("dev/training", REGION)],
        env={
            **os.environ,
            **sandbox.environment_variables(ACCOUNT, REGION),
            "PATH": f"{python}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert ecr.list_images(repositoryName="dev/training")["imageIds"] == []
    ecr.delete_repository(repositoryName="dev/training")
