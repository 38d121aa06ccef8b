"""The shipped program under the real engine: the in-process graph is the engine's."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from previewing import ROOT

from modelyard.account.load import config_of, load_stack
from modelyard_policies.graph import SECRET, UNKNOWN
from modelyard_preview.engine.run import run_program

if TYPE_CHECKING:
    from conftest import Engine

STACKS = sorted(path.name.split(".")[1] for path in (ROOT / "stacks").glob("Pulumi.*.yaml"))
"""Every stack that is shipped."""

UNKNOWN_IN_ENGINE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE = "4dabf18193072939515e22adb298388d"
KINDS = {
    "c44067f5952c0a294b673a41bacd8c17": "asset",
    "0def7320c3a5731c473e5ecbe6d01bc7": "archive",
}
"""How the engine marks assets and archives."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project: the engine writes into a stack's file."""
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return tmp_path


def plain(value: Any) -> Any:
    """A value of our graph as the engine writes it."""
    if value is UNKNOWN:
        return UNKNOWN_IN_ENGINE
    if value is SECRET:
        return "[secret]"
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def with_assets(value: Any) -> Any:
    """A value of the engine's with its assets and archives as our graph has them, without their hashes."""
    if isinstance(value, list):
        return [with_assets(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind = KINDS.get(value.get(SIGNATURE, ""))
    content = {name: with_assets(item) for name, item in value.items()}
    if kind is None:
        return content
    return {kind: {name: item for name, item in content.items() if name not in (SIGNATURE, "hash")}}


def comparable(state: dict[str, Any]) -> dict[str, Any]:
    """What must be equal of a resource, in the engine's words."""
    inputs = {key: value for key, value in state.get("inputs", {}).items() if not key.startswith("__")}
    if state["type"].startswith("pulumi:providers:"):
        inputs.pop("version", None)
    return {
        "type": state["type"],
        "parent": state.get("parent"),
        "custom": state["custom"],
        "inputs": with_assets(inputs),
        "dependencies": sorted(state.get("dependencies") or []),
        "propertyDependencies": {
            key: sorted(urns) for key, urns in (state.get("propertyDependencies") or {}).items() if urns
        },
        "protect": state.get("protect", False),
    }


@pytest.mark.parametrize("stack", STACKS)
def test_the_graph_of_a_stack_equals_the_engines(engine: Engine, project: Path, stack: str) -> None:
    steps = engine.preview(project, stack)["steps"]
    theirs = {step["urn"]: comparable(step["newState"]) for step in steps}
    spec = load_stack(str(project / "stacks" / f"Pulumi.{stack}.yaml"))
    graph = run_program(
        project / "stacks" / "__main__.py",
        project="modelyard",
        stack=stack,
        config=config_of(spec),
        root=project,
    ).graph
    ours = {
        node.urn: comparable(
            {
                "type": node.type,
                "parent": node.parent,
                "custom": node.custom,
                "inputs": plain(node.properties),
                "dependencies": node.dependencies,
                "propertyDependencies": node.property_dependencies,
                "protect": node.protect,
            }
        )
        for node in graph.resources
    }
    assert set(ours) == set(theirs)
    for urn, resource in theirs.items():
        assert ours[urn] == resource, urn


def test_a_broken_environment_stops_the_engine_with_its_line_and_its_mend(
    engine: Engine, project: Path
) -> None:
    stack = project / "stacks" / "Pulumi.dev.yaml"
    broken = stack.read_text().replace("max_nodes_per_job: 2", "max_nodes_per_jobs: 2")
    line = next(n for n, text in enumerate(broken.splitlines(), 1) if "max_nodes_per_jobs" in text)
    stack.write_text(broken)
    engine.run(["stack", "init", "dev"], project)
    done = engine.run(["preview", "--stack", "dev"], project)
    assert done.returncode != 0
    assert f"Pulumi.dev.yaml:{line}: compute[0].max_nodes_per_jobs" in done.stdout
    assert "mend: did you mean max_nodes_per_job or max_nodes?" in done.stdout
    assert "Traceback" not in done.stdout
    assert "aws:" not in done.stdout  # nothing was registered


def test_the_pack_passes_dev_under_the_engine(engine: Engine, project: Path) -> None:
    engine.run(["stack", "init", "dev"], project)
    done = engine.run(["preview", "--stack", "dev", "--policy-pack", str(ROOT / "policies")], project)
    assert "[mandatory]" not in done.stdout, done.stdout
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_weakened_environment_is_stopped_by_the_pack(engine: Engine, project: Path) -> None:
    program = project / "stacks" / "__main__.py"
    program.write_text(program.read_text() + '\nimport pulumi_aws as aws\n\naws.s3.Bucket("stray")\n')
    engine.run(["stack", "init", "dev"], project)
    done = engine.run(["preview", "--stack", "dev", "--policy-pack", str(ROOT / "policies")], project)
    assert done.returncode != 0
    assert "bucket-public-access-block" in done.stdout
    assert "stray" in done.stdout
