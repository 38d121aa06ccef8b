"""What people read."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from modelyard_policies.assessment import assess
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_policies.registry import all_rules
from modelyard_preview.environment import preview_environment
from modelyard_preview.report.names import amount, count, short_type
from modelyard_preview.report.text import print_assessment, print_preview

ROOT = Path(__file__).parents[2]


def page(write: Any, *, width: int = 80) -> str:
    """What a function writes on a terminal without colour."""
    file = io.StringIO()
    write(Console(file=file, width=width, color_system=None))
    return file.getvalue()


@pytest.fixture(scope="module")
def text() -> str:
    from modelyard.environment.load import load_environment

    preview = preview_environment(load_environment("dev", root=ROOT), program=ROOT / "stacks" / "__main__.py")
    return page(lambda console: print_preview(preview, console))


def bad_graph() -> Graph:
    bucket = Node(
        urn="urn:pulumi:dev::shop::aws:s3/bucket:Bucket::data",
        type="aws:s3/bucket:Bucket",
        name="data",
        properties={"bucket": "data"},
        source="stacks/__main__.py:7",
    )
    versioning = Node(
        urn="urn:pulumi:dev::shop::aws:s3/bucketVersioning:BucketVersioning::data",
        type="aws:s3/bucketVersioning:BucketVersioning",
        name="data",
        properties={"bucket": "data", "versioningConfiguration": {"status": UNKNOWN}},
    )
    return Graph([bucket, versioning])


def test_it_fits_eighty_columns_without_colour(text: str) -> None:
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "\x1b" not in text


def test_components_are_branches_and_siblings_share_a_line(text: str) -> None:
    assert "├── DataCenter  dev" in text
    assert "s3 Bucket x3  logs, datasets, checkpoints" in text


def test_the_three_figures_stand_in_the_total(text: str) -> None:
    assert "idle   expected   maximum" in text
    (total,) = [line.split() for line in text.splitlines() if line.strip().startswith("at least")]
    assert len(total) == 5


def test_what_is_not_priced_is_said(text: str) -> None:
    assert "not in these figures:" in text
    assert "images in registries" in text


def test_recovery_and_energy_are_said(text: str) -> None:
    assert "datasets: versioned, not replicated, backed up" in text
    assert "g CO2e/kWh" in text
    assert "hosts aren't counted" in text


def verdict_on(graph: Graph, *rules: str) -> Callable[[Console], None]:
    found = assess(graph, all_rules(), name="dev", today=date(2026, 11, 26), select=rules)
    return lambda console: print_assessment(found, graph, console)


def test_a_finding_says_rule_resource_line_and_remedy() -> None:
    graph = bad_graph()
    text = page(verdict_on(graph, "bucket-versioning", "bucket-tls-only"))
    assert "bucket-tls-only" in text
    assert "s3 Bucket data" in text
    assert "stacks/__main__.py:7" in text
    assert "mend: " in text
    assert "dev doesn't pass" in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_an_unknown_is_shown_and_counted_and_passes() -> None:
    graph = bad_graph()
    text = page(verdict_on(graph, "bucket-versioning"))
    assert "unknown" in text
    assert "1 unknown" in text
    assert "dev passes" in text


@pytest.mark.parametrize(
    ("token", "short"),
    [
        ("aws:s3/bucket:Bucket", "s3 Bucket"),
        ("modelyard-aws:index:Network", "Network"),
        ("pulumi:providers:aws", "provider aws"),
        ("aws:index/eip:Eip", "Eip"),
        ("shop:index:Pair", "Pair"),
    ],
)
def test_types_have_short_names(token: str, short: str) -> None:
    assert short_type(token) == short


def test_numbers_read_well() -> None:
    assert [amount(value) for value in (0, 12.345, 999.99, 1234.5)] == ["0.00", "12.35", "999.99", "1,234"]
    assert [count(number, "resource") for number in (0, 1, 1200)] == [
        "0 resources",
        "1 resource",
        "1,200 resources",
    ]
