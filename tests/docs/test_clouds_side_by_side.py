"""The table of both clouds names every field of either, says where there is none, and names types that are made."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from previewing import ROOT

from modelyard.environment.load import load_environment
from modelyard.environment.schema import environment_schema_of
from modelyard_preview.environment import run_environment

PAGE = ROOT / "docs" / "explanation" / "aws-and-azure.md"
PROGRAM = ROOT / "stacks" / "__main__.py"
ROW = re.compile(r"\| (.+?) \| (.+?) \| (.+?) \|")
TYPE = re.compile(r"`((?:aws|azure-native):[\w/]+:\w+)`")
CLOUDS = {"aws": ("prod",), "azure": ("azure-prod", "azure-dev")}
INHERITED = "recovery.compute."
"""Pools of the recovery region have the fields of the primary one's."""


def rows(title: str) -> list[tuple[str, str, str]]:
    """The rows under a heading: what, on AWS, on Azure."""
    _, _, after = PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")
    section = after.partition("\n## ")[0]
    found = [match.groups() for line in section.splitlines() if (match := ROW.fullmatch(line))]
    return [(what, aws, azure) for what, aws, azure in found if what not in (title.lower()[:-1], "---")]


@cache
def fields(cloud: str) -> frozenset[str]:
    """Every field of an environment on a cloud, by its path."""
    schema = environment_schema_of(cloud)
    found: set[str] = set()

    def within(part: dict[str, Any], prefix: str) -> None:
        for name, field in part.get("properties", {}).items():
            found.add(f"{prefix}{name}")
            inside(field, f"{prefix}{name}.")

    def inside(field: dict[str, Any], prefix: str) -> None:
        if "$ref" in field:
            within(schema["$defs"][field["$ref"].rpartition("/")[2]], prefix)
        for option in (*field.get("anyOf", ()), *field.get("oneOf", ()), *filter(None, [field.get("items")])):
            inside(option, prefix)

    within(schema, "")
    return frozenset(path for path in found if not path.startswith(INHERITED))


@cache
def types(cloud: str) -> frozenset[str]:
    """Types of all that the shipped environments of a cloud make."""
    graphs = [run_environment(load_environment(stack), program=PROGRAM).graph for stack in CLOUDS[cloud]]
    return frozenset(node.type for graph in graphs for node in graph.resources)


def named(row: str) -> str:
    return row.strip("`")


def test_every_field_of_either_cloud_is_in_the_table_by_itself_or_by_what_it_is_part_of() -> None:
    told = [named(what) for what, _, _ in rows("Fields")]
    assert len(told) == len(set(told)) > 90
    covered = {
        path
        for path in fields("aws") | fields("azure")
        if any(path == row or path.startswith(f"{row}.") or row.startswith(f"{path}.") for row in told)
    }
    assert fields("aws") | fields("azure") == covered
    assert set(told) <= covered


@pytest.mark.parametrize("row", rows("Fields"), ids=lambda row: named(row[0]))
def test_a_row_says_none_for_the_cloud_that_lacks_the_field(row: tuple[str, str, str]) -> None:
    what, *cells = row
    for cloud, cell in zip(CLOUDS, cells, strict=True):
        assert (named(what) in fields(cloud)) == (not cell.startswith("none: ")), cloud


def test_what_only_one_cloud_has_has_a_row_of_its_own() -> None:
    told = {named(what) for what, _, _ in rows("Fields")}
    for path in fields("aws") ^ fields("azure"):
        own = [row for row in told if path == row or path.startswith(f"{row}.")]
        both = fields("aws") & fields("azure")
        assert set(own) - both, f"{path} is on one cloud alone, and its row isn't"


@pytest.mark.parametrize("row", [*rows("Fields"), *rows("Guarantees")], ids=lambda row: row[0][:40])
def test_types_that_a_row_names_are_made_by_the_shipped_environments(row: tuple[str, str, str]) -> None:
    for cloud, cell in zip(CLOUDS, row[1:], strict=True):
        for token in TYPE.findall(cell):
            assert token in types(cloud), cloud


def test_the_guarantees_are_told_for_both() -> None:
    told = rows("Guarantees")
    assert len(told) > 8
    assert all(aws and azure for _, aws, azure in told)
    assert Path(PAGE.parent / "../reference/sandbox.md").resolve().exists()
