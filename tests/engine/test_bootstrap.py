"""What `modelyard bootstrap aws` makes, used by the real engine: state in the bucket, secrets under the key."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from previewing import ROOT, dev_fields
from rehearsing import ACCOUNT, REGION

from modelyard_sandbox.sandbox import Sandbox

PROGRAM = """
import pulumi

pulumi.export("word", pulumi.Config().require_secret("word"))
"""


def bootstrap(path: Path, variables: dict[str, str]) -> dict[str, Any]:
    """Bootstrap the environment of a file; the document that comes of it."""
    command = [sys.executable, "-m", "modelyard_cli.main", "bootstrap", "aws", str(path)]
    done = subprocess.run(
        [*command, "--apply", "--yes", "--format", "json"],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_the_engine_goes_on_with_the_commands_that_bootstrap_ends_with(engine: Any, tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path / "sandbox")
    sandbox.start(lifeline=True)
    try:
        variables = sandbox.environment_variables(ACCOUNT, REGION)
        environment = tmp_path / "environment.yaml"
        environment.write_text(yaml.safe_dump(dev_fields()))
        made = bootstrap(environment, variables)
        project = tmp_path / "project"
        project.mkdir()
        (project / "Pulumi.yaml").write_text("name: toy\nruntime: python\n")
        (project / "__main__.py").write_text(PROGRAM)

        def pulumi(*arguments: str) -> str:
            # Neither the backend nor the passphrase of other tests.
            own = {**variables, "PULUMI_BACKEND_URL": "", "PULUMI_CONFIG_PASSPHRASE": ""}
            done = engine.run(list(arguments), project, own)
            assert done.returncode == 0, f"{arguments}:\n{done.stdout}\n{done.stderr}"
            return done.stdout

        for command in made["next"]:
            pulumi(*shlex.split(command)[1:])
        pulumi("config", "set", "--secret", "word", "correct-horse")
        pulumi("up", "--yes", "--skip-preview")
        assert "1 unchanged" in pulumi("up", "--yes", "--skip-preview")
        assert json.loads(pulumi("stack", "output", "--json", "--show-secrets")) == {"word": "correct-horse"}
        s3 = sandbox.client("s3", REGION, ACCOUNT)
        state = {"Bucket": f"modelyard-state-dev-{ACCOUNT}-{REGION}", "Key": ".pulumi/stacks/toy/dev.json"}
        kept = s3.get_object(**state)
        assert kept["ServerSideEncryption"] == "aws:kms"
        text = kept["Body"].read().decode()
        assert "awskms://alias/modelyard-state-dev" in text
        assert "correct-horse" not in text
        assert "correct-horse" not in (project / "Pulumi.dev.yaml").read_text()
        pulumi("destroy", "--yes", "--skip-preview")
        pulumi("stack", "rm", "--yes")
        # What was removed is a version away.
        versions = s3.list_object_versions(Bucket=state["Bucket"], Prefix=state["Key"])["Versions"]
        assert [version["Key"] for version in versions].count(state["Key"]) > 1
    finally:
        sandbox.stop()
