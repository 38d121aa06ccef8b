"""Previews for tests: programs run for real, by the engine that `modelyard preview` uses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from modelyard.environment import parse_environment
from modelyard.environment.files import stack_config
from modelyard.environment.load import load_environment
from modelyard_policies.graph import Graph, Node
from modelyard_preview.engine.run import run_program

ROOT = Path(__file__).parents[1]
TAGS = {"environment": "dev", "owner": "ml", "cost-center": "cc-1", "data-classification": "internal"}
PLACE = {"account_id": "123456789012", "region": "eu-central-1"}


def preview(program: Callable[[], None] | Path, config: dict[str, str] | None = None) -> Graph:
    """The graph of a program."""
    return run_program(program, project="modelyard", stack="dev", config=config or {}, root=ROOT).graph


def one(graph: Graph, kind: str, name: str | None = None) -> Node:
    """The only resource of a type (`s3/bucket:Bucket`), or the one of that name."""
    found = [
        node for node in graph.resources if node.type == f"aws:{kind}" and (name is None or node.name == name)
    ]
    assert len(found) == 1, [node.name for node in found]
    return found[0]


def every(graph: Graph, kind: str) -> list[Node]:
    """All resources of a type."""
    return [node for node in graph.resources if node.type == f"aws:{kind}"]


def dev_fields() -> dict[str, Any]:
    """The fields of the environment `dev`, a copy that a test may change."""
    return load_environment("dev", root=ROOT).model_dump(mode="json", exclude_none=True)


def preview_environment(fields: dict[str, Any]) -> Graph:
    """The graph of the shipped program for an environment."""
    environment = parse_environment(fields)
    return preview(ROOT / "stacks" / "__main__.py", stack_config(environment))
