"""Programs, runs and environments for the preview's tests."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

from modelyard.environment.aws.spec import AwsEnvironment
from modelyard_policies.graph import Graph, Node
from modelyard_preview.engine import RunResult, run_program

with warnings.catch_warnings():
    # The provider's package warns of its own deprecated twins when a service of it is first touched.
    warnings.simplefilter("ignore", DeprecationWarning)
    import pulumi_aws

    TOUCHED = (pulumi_aws.ec2.Vpc, pulumi_aws.s3.Bucket)

ROOT = Path(__file__).parents[2]


class Run(Protocol):
    def __call__(self, program: Callable[[], Any] | Path, **settings: Any) -> RunResult: ...


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a program as the stack dev of the project shop."""

    def call(program: Callable[[], Any] | Path, **settings: Any) -> RunResult:
        given: dict[str, Any] = {"project": "shop", "stack": "dev", "config": {}, "root": tmp_path}
        return run_program(program, **{**given, **settings})

    return call


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a program's file."""

    def call(text: str) -> Path:
        file = tmp_path / "__main__.py"
        file.write_text(text, encoding="utf-8")
        return file

    return call


@pytest.fixture
def environment() -> AwsEnvironment:
    """The shipped environment dev."""
    from modelyard.environment.load import load_environment

    return load_environment("dev", root=ROOT)


@pytest.fixture
def changed(environment: AwsEnvironment) -> Callable[..., AwsEnvironment]:
    """The environment dev with other fields."""

    def call(**fields: Any) -> AwsEnvironment:
        return AwsEnvironment.model_validate({**environment.model_dump(), **fields})

    return call


def node(graph: Graph, name: str) -> Node:
    """The one resource of a name."""
    (found,) = [resource for resource in graph.resources if resource.name == name]
    return found


@pytest.fixture(name="node")
def _node() -> Callable[[Graph, str], Node]:
    return node
