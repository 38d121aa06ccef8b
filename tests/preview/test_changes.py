"""What a change does to what is there, and to running jobs."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from previewing import ROOT, dev_fields, preview_environment

from modelyard_cli.main import cli
from modelyard_policies.graph import Graph
from modelyard_preview.changes import Changes, compare
from modelyard_preview.changes.forcing import FORCING
from modelyard_sandbox.aws.registry import handlers


@pytest.fixture(scope="module")
def dev() -> Graph:
    return preview_environment(dev_fields())


def changed(before: Graph, **fields: Any) -> Changes:
    """The changes that some fields of the environment, by their path, make."""
    data = deepcopy(dev_fields())
    for path, value in fields.items():
        part: Any = data
        *steps, last = path.split("__")
        for step in steps:
            part = part[int(step) if step.isdigit() else step]
        part[int(last) if last.isdigit() else last] = value
    return compare(before, preview_environment(data), "dev")


def said(changes: Changes) -> list[tuple[str, str, str]]:
    return [(effect.subject, effect.severity, effect.message) for effect in changes.jobs]


def test_the_same_environment_changes_nothing(dev: Graph) -> None:
    changes = changed(dev)
    assert (changes.resources, changes.jobs, changes.refused) == ((), (), ())


def test_more_nodes_are_a_change_that_no_job_notices(dev: Graph) -> None:
    changes = changed(dev, compute__0__max_nodes=8)
    assert [(change.kind, change.properties) for change in changes.resources] == [
        ("update", ("computeResources",))
    ]
    assert changes.jobs == ()


def test_another_machine_waits_for_running_jobs(dev: Graph) -> None:
    changes = changed(dev, compute__1__instance_type="g5.2xlarge")
    assert said(changes) == [
        (
            "pool gpu in eu-central-1",
            "waits",
            "new jobs get new machines; what runs keeps its own for at most 6 hours, and is ended then",
        )
    ]


def test_a_launch_template_is_noticed_through_the_pool_that_uses_it(dev: Graph) -> None:
    changes = changed(dev, compute__1__root_volume_gib=300)
    assert {change.type for change in changes.resources} == {"aws:ec2/launchTemplate:LaunchTemplate"}
    assert [(subject, severity) for subject, severity, _ in said(changes)] == [
        ("pool gpu in eu-central-1", "waits")
    ]


def test_a_forced_replacement_lets_running_jobs_go_on() -> None:
    fields = dev_fields()
    fields["compute"] = [
        {
            "name": "efa",
            "instance_type": "g5.48xlarge",
            "max_nodes": 4,
            "capacity": {"mode": "on_demand"},
            "zone_id": "euc1-az1",
        }
    ]
    before = preview_environment(fields)
    fields["compute"][0]["max_nodes_per_job"] = 2
    changes = compare(before, preview_environment(fields), "dev")
    assert said(changes)[0] == (
        "pool efa in eu-central-1",
        "none",
        (
            "another compute environment takes its place: what runs goes on in the old one, which is "
            "disabled, and goes with the `up` after this one"
        ),
    )


def test_a_pool_that_goes_ends_its_jobs(dev: Graph) -> None:
    changes = changed(dev, compute=dev_fields()["compute"][:1])
    assert said(changes)[:2] == [
        ("pool gpu in eu-central-1", "ends", "the pool goes: what runs in it ends"),
        ("queue dev-gpu", "ends", "the queue goes: jobs that wait in it are lost, and those that run end"),
    ]


def test_another_range_ends_everything_and_is_said_once(dev: Graph) -> None:
    changes = changed(dev, network__cidr="10.96.0.0/20")
    assert said(changes) == [
        (
            "Vpc dev-network",
            "ends",
            "nodes stand on it: they have to go first, and their jobs end with them",
        )
    ]
    assert {change.type for change in changes.of("replace")} >= {
        "aws:ec2/vpc:Vpc",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
    }


def test_what_is_protected_is_refused() -> None:
    fields = dev_fields()
    fields["stage"] = "production"
    for pool in fields["compute"]:
        pool["image_ids"] = {"eu-central-1": "ami-0123456789abcdef0"}
    before = preview_environment(fields)
    fields["network"]["cidr"] = "10.96.0.0/20"
    changes = compare(before, preview_environment(fields), "dev")
    assert [change.urn.rpartition("::")[2] for change in changes.refused] == ["dev-network"]


@pytest.mark.parametrize("token", sorted(set(FORCING) & set(handlers())))
def test_what_forces_a_replacement_does_so_in_the_sandbox(token: str) -> None:
    handler = handlers()[token]
    for name in FORCING[token]:
        old, new = {name: "old"}, {name: "new"}
        assert name in handler.replaces(old, new), f"{token}: {name}"


def squeezed(text: str) -> str:
    return "".join(text.split())


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(arguments), standalone_mode=False)
    assert result.exception is None, result.exception
    return result.return_value or 0, result.output


def test_a_preview_is_compared_with_an_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    base = tmp_path / "base.json"
    base.write_text(run("preview", "dev", "--format", "json")[1])
    code, text = run("preview", "dev", "--base", str(base))
    assert code == 0
    # A path that is longer than a line is broken somewhere.
    assert squeezed(f"against {base}: nothing changes") in squeezed(text)
    document = json.loads(run("preview", "dev", "--base", str(base), "--format", "json")[1])
    assert document["changes"] == {"base": str(base), "resources": [], "jobs": [], "refused": []}


def test_a_preview_is_compared_with_an_environment_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    old = tmp_path / "old.yaml"
    old.write_text((ROOT / "stacks" / "Pulumi.dev.yaml").read_text().replace("max_nodes: 4", "max_nodes: 3"))
    text = squeezed(run("preview", "dev", "--base", str(old))[1])
    assert squeezed(f"against {old}: 2 resources changed no running job notices any of it") in text


@pytest.mark.parametrize(
    ("content", "message", "mend"),
    [
        (None, "there is no such file", "check the path"),
        ("{", "it is no JSON: ", "write it anew: it may have been cut off"),
        (
            '{"schema": "modelyard.check/1"}',
            "it is of the form modelyard.check/1, which has no resources",
            "write it with `modelyard preview --format json`",
        ),
    ],
)
def test_a_base_that_is_none_is_refused(
    content: str | None, message: str, mend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from modelyard.errors import InputError

    monkeypatch.chdir(ROOT)
    base = tmp_path / "base.json"
    if content is not None:
        base.write_text(content)
    result = CliRunner().invoke(cli, ["preview", "dev", "--base", str(base)], standalone_mode=False)
    assert isinstance(result.exception, InputError)
    [problem] = result.exception.problems
    assert problem.field == "--base"
    assert problem.given == str(base)
    assert problem.message.startswith(message)
    assert problem.mend == mend
