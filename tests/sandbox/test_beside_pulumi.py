"""An environment in a sandbox where Pulumi's stacks stand as well: neither takes the other's for its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pulumi_aws as aws
import pytest
from trust import TRUST

from modelyard.errors import SurroundingsError
from modelyard_cli.main import run
from modelyard_sandbox import environments
from modelyard_sandbox.environments import DownResult
from modelyard_sandbox.errors import ImpossibleError
from modelyard_sandbox.pulumi_home import pulumi_environment
from modelyard_sandbox.pulumi_stacks import Stack, holding, ids_held
from modelyard_sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[2]


def note(directory: Path, project: str, name: str, *resources: dict[str, Any]) -> Path:
    """Note a stack as Pulumi's file backend does."""
    path = directory / "pulumi-state" / ".pulumi" / "stacks" / project / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": 3, "checkpoint": {"latest": {"resources": list(resources)}}}))
    return path


STACK = {"type": "pulumi:pulumi:Stack", "urn": "urn:pulumi:t::own::pulumi:pulumi:Stack::own-t"}
PROVIDER = {"type": "pulumi:providers:aws", "urn": "a", "id": "b"}
ROLE = {"type": "aws:iam/role:Role", "urn": "c", "id": "by-pulumi"}


def test_a_stack_of_components_and_providers_alone_holds_nothing(tmp_path: Path) -> None:
    note(tmp_path, "own", "bare", STACK, PROVIDER)
    note(tmp_path, "own", "full", STACK, PROVIDER, ROLE)
    assert holding(tmp_path) == [Stack("own", "full", 3)]
    assert ids_held(tmp_path) == {("aws:iam/role:Role", "by-pulumi")}


def test_what_pulumi_made_is_not_told_as_made_by_hand(toy: Any) -> None:
    for name in ("by-hand", "by-pulumi"):
        toy.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    toy.up(lambda: aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16"))
    noted = note(toy.sandbox.directory, "own", toy.name, STACK, ROLE)
    try:
        assert toy.down().others == ("aws:iam/role:Role by-hand (us-east-1)",)
    finally:
        noted.unlink()


def test_an_environment_that_pulumi_has_brought_up_is_refused(toy: Any) -> None:
    noted = note(toy.sandbox.directory, "toy", toy.name, STACK, ROLE)
    try:
        with pytest.raises(ImpossibleError) as refused:
            toy.up(lambda: None)
        stands = f"{toy.name} stands in this sandbox already, as Pulumi's stack toy/{toy.name}"
        first = f"`pulumi destroy --stack {toy.name}` first"
        assert str(refused.value) == (
            f"{stands} with 2 resources: the names of everything are taken\n"
            "  nothing was created\n"
            f"  mend: {first}, or name another sandbox: MODELYARD_SANDBOX_DIR=DIRECTORY"
        )
    finally:
        noted.unlink()
    toy.up(lambda: None)


def test_a_server_goes_on_for_a_stack_of_pulumi(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MODELYARD_SANDBOX_DIR", str(tmp_path))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(environments, "down", lambda *_: DownResult("dev", 3, (), (), (), 0.5, ()))
    sandbox = Sandbox(tmp_path)
    try:
        sandbox.start()
        noted = note(tmp_path, "own", "t", STACK, ROLE)
        assert run(["sandbox", "down", "dev"]) == 0
        assert capsys.readouterr().out.splitlines()[1:] == [
            "  checked by listing: nothing of it remains",
            "  besides, Pulumi's stack own/t: 2 resources",
        ]
        assert sandbox.status().running
        noted.unlink()
        assert run(["sandbox", "down", "dev"]) == 0
        assert not sandbox.status().running
    finally:
        sandbox.stop()
    capsys.readouterr()
    assert run(["sandbox", "status"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        f"no sandbox runs in {tmp_path}",
        f"  log of the one before: {tmp_path / 'server.log'}",
    ]


def test_a_stack_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    noted = note(tmp_path, "own", "t", STACK)
    noted.write_text('{"version": 3, ')
    with pytest.raises(SurroundingsError) as refused:
        Sandbox(tmp_path).start()
    assert str(refused.value).startswith(f"{noted}: this stack of Pulumi can't be read: ")
    assert refused.value.mend == "put its last version back (t.json.bak beside it), or delete it"
    assert not Sandbox(tmp_path).status().running


def test_stacks_are_kept_where_the_sandbox_reads_them(sandbox: Sandbox) -> None:
    variables = pulumi_environment(sandbox, "123456789012", "eu-central-1")
    assert variables["PULUMI_DIY_BACKEND_GZIP"] == "false"
