"""Lines that are too long for the terminal."""

from __future__ import annotations

import io

import pytest
from previewing import ROOT
from rich.console import Console

from modelyard.environment.load import load_environment
from modelyard_preview.environment import Base, preview_environment
from modelyard_preview.report.text import print_preview

HEADINGS = {"resources", "policies", "cost", "energy", "recovery", "changes"}


@pytest.mark.parametrize("width", [60, 80])
def test_what_goes_on_in_the_next_line_is_indented_as_well(width: int) -> None:
    program = ROOT / "stacks" / "__main__.py"
    staging = preview_environment(load_environment("staging", root=ROOT), program=program).graph
    prod = load_environment("prod", root=ROOT)
    preview = preview_environment(prod, program=program, base=Base("staging", staging))
    file = io.StringIO()
    print_preview(preview, Console(file=file, width=width, color_system=None))
    _, _, sections = file.getvalue().partition("\nchanges\n")
    begins = [line for line in sections.splitlines() if line and not line.startswith(" ")]
    assert set(begins) <= HEADINGS
