"""Programs as other teams write them, under the real engine: the in-process graph is the engine's."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from previewing import ROOT

from modelyard_policies.engine import evaluate
from modelyard_policies.graph import Node
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Verdict
from modelyard_preview.subjects import Subject
from modelyard_preview.subjects.file import from_file
from modelyard_preview.subjects.program import from_program

if TYPE_CHECKING:
    from conftest import Engine

HERE = Path(__file__).parent
PROGRAMS = ROOT / "tests" / "programs"
NAMES = sorted(path.parent.name for path in PROGRAMS.glob("*/Pulumi.yaml"))
ACCOUNT = "210987654321"
ANSWERS: dict[str, Any] = {
    "aws:ec2/getAmi:getAmi": {"id": "ami-0123456789abcdef0", "architecture": "x86_64"},
    "aws:index/getCallerIdentity:getCallerIdentity": {
        "accountId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:user/reader",
        "id": ACCOUNT,
        "userId": "AIDAEXAMPLE",
    },
    "azure-native:authorization:getClientConfig": {
        "clientId": "33333333-0000-0000-0000-000000000000",
        "objectId": "44444444-0000-0000-0000-000000000000",
        "subscriptionId": "11111111-2222-3333-4444-555555555555",
        "tenantId": "22222222-0000-0000-0000-000000000000",
    },
}
"""What nobody knows without a cloud, besides the answers that stand beside the programs."""


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """All answers in one file."""
    found: dict[str, Any] = {
        "schema": "modelyard.answers/1",
        "data_sources": {token: [{"result": result}] for token, result in ANSWERS.items()},
        "stacks": {},
    }
    for file in PROGRAMS.glob("*/answers.yaml"):
        given = yaml.safe_load(file.read_text(encoding="utf-8"))
        found["data_sources"].update(given["data_sources"])
        # The engine's state in a directory knows no other organization.
        found["stacks"] |= {_at_home(name): outputs for name, outputs in given.get("stacks", {}).items()}
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(found))
    return path


@pytest.fixture
def planning(engine: Engine, answers: Path) -> Engine:
    """The engine with providers that plan, and that have the answers."""
    shutil.rmtree(engine.home / "pulumi" / "plugins")
    for name in ("aws", "azure-native"):
        version = importlib.metadata.version(f"pulumi-{name}")
        command = [sys.executable, str(HERE / "planning_provider.py"), name, version, str(answers)]
        engine.add_provider(name, version, command)
    echo = [sys.executable, str(HERE / "echo_provider.py"), "pulumi-python", "3.0.0"]
    engine.add_provider("pulumi-python", "3.0.0", echo)  # for providers that stand in the program
    return engine


@pytest.mark.parametrize("name", NAMES)
def test_the_graph_of_a_program_and_its_findings_are_the_engines(
    name: str, planning: Engine, answers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack, project = _copied(name, tmp_path, planning)
    done = planning.run(["preview", "--json", "--stack", stack], project)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "preview.json").write_text(done.stdout)
    theirs = from_file(str(tmp_path / "preview.json"))
    monkeypatch.chdir(tmp_path)
    ours = from_program(project, answers=answers)
    assert "hunter2" not in str(_resources(ours))
    assert _resources(ours) == _resources(theirs)
    assert _findings(ours) == _findings(theirs) != set()


def _copied(name: str, directory: Path, engine: Engine) -> tuple[str, Path]:
    """A copy of the program, whose stack's encrypted values are the engine's; the stack and the directory."""
    project = directory / name
    shutil.copytree(PROGRAMS / name, project, ignore=shutil.ignore_patterns("__pycache__"))
    described = yaml.safe_load((project / "Pulumi.yaml").read_text())
    (project / "Pulumi.yaml").write_text(yaml.safe_dump({**described, "runtime": "python"}))
    (file,) = project.glob("Pulumi.*.yaml")
    stack = file.name.split(".")[1]
    config = yaml.safe_load(file.read_text())["config"]
    secret = [key for key, value in config.items() if isinstance(value, dict) and "secure" in value]
    plain = {key: _at_home(value) for key, value in config.items() if key not in secret}
    file.write_text(yaml.safe_dump({"config": plain}))
    _must(engine, ["stack", "init", stack], project)
    for key in secret:
        _must(engine, ["config", "set", "--secret", key, "hunter2"], project)
    for key, value in plain.items():
        if key.endswith(":networkStack"):
            _make_network(engine, value, directory)
    return stack, project


def _make_network(engine: Engine, name: str, directory: Path) -> None:
    """The stack that another one refers to."""
    _, project, stack = name.split("/")
    outputs = json.loads((directory / "answers.json").read_text())["stacks"][name]
    network = directory / project
    network.mkdir()
    (network / "Pulumi.yaml").write_text(f"name: {project}\nruntime: yaml\noutputs: {json.dumps(outputs)}\n")
    _must(engine, ["stack", "init", stack], network)
    _must(engine, ["up", "--yes", "--skip-preview", "--stack", stack], network)


def _must(engine: Engine, command: list[str], place: Path) -> None:
    done = engine.run(command, place)
    assert done.returncode == 0, done.stdout + done.stderr


def _at_home(value: Any) -> Any:
    """The name of a stack in the organization that a state in a directory has."""
    return value.replace("acme/network", "organization/network") if isinstance(value, str) else value


def _resources(subject: Subject) -> dict[str, dict[str, Any]]:
    """What must be the same of each resource. Default providers are the engine's own."""
    return {node.urn: _comparable(node) for node in subject.graph.resources if "::default" not in node.urn}


def _findings(subject: Subject) -> set[tuple[str, Verdict, str, str, str]]:
    report = evaluate(subject.graph, all_rules())
    return {(each.rule, each.verdict, each.urn, each.property, each.message) for each in report.findings}


def _comparable(node: Node) -> dict[str, Any]:
    is_provider = node.type.startswith("pulumi:providers:")
    return {
        "of": (node.type, node.name, node.custom, node.parent, node.protect),
        # (the engine writes the version of a provider's plugin among its inputs)
        "inputs": {k: v for k, v in node.properties.items() if not (is_provider and k == "version")},
        "dependencies": node.dependencies,
        "sources": {name: urns for name, urns in node.property_dependencies.items() if urns},
        # (the engine's line of a resource of the program's own is inside its class)
        "line": None if node.type.startswith("pulumi-python:") else node.source,
    }
