"""The random examples of tests: the same in each run, whatever else its process has imported."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def examples() -> list[tuple[str, int]]:
    drawn: list[tuple[str, int]] = []

    @settings(max_examples=300)
    @given(st.text(), st.integers())
    def look(text: str, number: int) -> None:
        drawn.append((text, number))

    look()
    return drawn


def test_examples_do_not_depend_on_what_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = examples()
    lines = [f'A{number} = ("text number {number}", {number + 123456})\n' for number in range(50)]
    (tmp_path / "module_with_constants.py").write_text("".join(lines))
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("module_with_constants")
    assert examples() == before
