"""Projects of other people, and what is said of them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelyard.errors import InputError, Problem
from modelyard_policies.graph import Node
from modelyard_preview.subjects import Subject
from modelyard_preview.subjects.program import from_program

PROJECT = "name: shop\nruntime: python\n"
STACK = "config:\n  aws:region: eu-central-1\n"


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes the project shop with the stack dev into `shop/`; of other files, None leaves one out."""
    monkeypatch.chdir(tmp_path)

    def call(program: str = "", files: dict[str, str | None] | None = None) -> Path:
        root = tmp_path / "shop"
        given = {"Pulumi.yaml": PROJECT, "Pulumi.dev.yaml": STACK, "__main__.py": program}
        for name, text in {**given, **(files or {})}.items():
            if text is not None:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(textwrap.dedent(text), encoding="utf-8")
        return root

    return call


@pytest.fixture
def load(write: Callable[..., Path]) -> Callable[..., Subject]:
    """Writes a project and runs it."""

    def call(program: str = "", files: dict[str, str | None] | None = None, **given: Any) -> Subject:
        return from_program(write(program, files), **given)

    return call


@pytest.fixture
def problem(load: Callable[..., Subject]) -> Callable[..., Problem]:
    """The one problem with a project."""

    def call(*args: Any, **given: Any) -> Problem:
        with pytest.raises(InputError) as caught:
            load(*args, **given)
        [found] = caught.value.problems
        return found

    return call


@pytest.fixture
def nodes(load: Callable[..., Subject]) -> Callable[..., dict[str, Node]]:
    """The resources of a project by name."""

    def call(*args: Any, **given: Any) -> dict[str, Node]:
        return {node.name: node for node in load(*args, **given).graph.resources}

    return call
