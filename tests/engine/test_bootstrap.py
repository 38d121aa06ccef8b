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
from patience import PATIENCE_SECONDS
from previewing import ROOT, dev_fields
from rehearsing import ACCOUNT, REGION

from modelyard_sandbox.sandbox import Sandbox

RECOVERY = "eu-west-1"
KEY = "modelyard-state-dev?region={}"
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
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def go_over_to_recovery(sandbox: Sandbox, project: Path) -> None:
    """What docs/how-to/bootstrap-an-account.md says to do when the primary region is lost: its key is."""
    key = sandbox.client("kms", REGION, ACCOUNT)
    key.disable_key(KeyId=key.describe_key(KeyId="alias/modelyard-state-dev")["KeyMetadata"]["KeyId"])
    s3 = sandbox.client("s3", RECOVERY, ACCOUNT)
    copy = {"Bucket": f"modelyard-state-dev-{ACCOUNT}-{RECOVERY}", "Key": ".pulumi/stacks/toy/dev.json"}
    text = s3.get_object(**copy)["Body"].read().decode()
    s3.put_object(**copy, Body=text.replace(KEY.format(REGION), KEY.format(RECOVERY)).encode())
    stack = project / "Pulumi.dev.yaml"
    stack.write_text(stack.read_text().replace(KEY.format(REGION), KEY.format(RECOVERY)))


def go_back_home(sandbox: Sandbox, project: Path) -> None:
    """The region is back."""
    key = sandbox.client("kms", REGION, ACCOUNT)
    key.enable_key(KeyId=key.describe_key(KeyId="alias/modelyard-state-dev")["KeyMetadata"]["KeyId"])
    stack = project / "Pulumi.dev.yaml"
    stack.write_text(stack.read_text().replace(KEY.format(RECOVERY), KEY.format(REGION)))


def test_the_engine_goes_on_with_the_commands_that_bootstrap_ends_with(engine: Any, tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path / "sandbox")
    sandbox.start(lifeline=True)
    try:
        variables = sandbox.environment_variables(ACCOUNT, REGION)
        environment = tmp_path / "environment.yaml"
        fields = {
            **dev_fields(),
            "regions": {"primary": REGION, "recovery": RECOVERY},
            "recovery": {"network": {"cidr": "10.64.0.0/20"}},
        }
        environment.write_text(yaml.safe_dump(fields))
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
        go_over_to_recovery(sandbox, project)
        login = f"s3://modelyard-state-dev-{ACCOUNT}-{RECOVERY}?region={RECOVERY}"
        pulumi("login", login)
        assert json.loads(pulumi("stack", "output", "--json", "--show-secrets", "--stack", "dev")) == {
            "word": "correct-horse"
        }
        pulumi("up", "--yes", "--skip-preview", "--stack", "dev")
        go_back_home(sandbox, project)
        pulumi(*shlex.split(made["next"][0])[1:])
        pulumi("destroy", "--stack", "dev", "--yes", "--skip-preview")
        pulumi("stack", "rm", "dev", "--yes")
        # What was removed is a version away.
        versions = s3.list_object_versions(Bucket=state["Bucket"], Prefix=state["Key"])["Versions"]
        assert [version["Key"] for version in versions].count(state["Key"]) > 1
    finally:
        sandbox.stop()
