"""Buckets of access logs on the way out: emptying the others fills them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from previewing import dev_fields, preview_environment

from modelyard.environment import parse_environment
from modelyard_policies.graph import Graph
from modelyard_preview.retirement import BucketFacts, Facts, plan_retirement

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOME = "eu-central-1"


@pytest.fixture(scope="module")
def dev() -> Graph:
    return preview_environment(dev_fields())


def emptied(graph: Graph, *full: str) -> list[str]:
    """Purposes of the buckets that are emptied, in order, where those given hold something."""
    facts = Facts(NOW, buckets={(HOME, bucket(purpose)): BucketFacts(3, None) for purpose in full})
    plan = plan_retirement(graph, parse_environment(dev_fields()), NOW, facts)
    steps = [step for step in plan.steps if step.title == "empty the buckets"]
    return [command.split()[-2].split("-")[1] for step in steps for command in step.commands]


def bucket(purpose: str) -> str:
    return f"dev-{purpose}-123456789012-{HOME}"


def test_the_logs_are_emptied_after_what_they_tell_of(dev: Graph) -> None:
    assert emptied(dev, "logs", "datasets", "checkpoints") == ["datasets", "checkpoints", "logs"]


def test_logs_that_are_empty_fill_while_others_are_emptied(dev: Graph) -> None:
    assert emptied(dev, "checkpoints") == ["checkpoints", "logs"]


def test_where_nothing_is_emptied_no_log_arrives(dev: Graph) -> None:
    assert emptied(dev) == []
    assert emptied(dev, "logs") == ["logs"]


def test_it_is_said_that_logs_arrive_late(dev: Graph) -> None:
    plan = plan_retirement(dev, parse_environment(dev_fields()), NOW)
    [why] = [step.why for step in plan.steps if step.title == "empty the buckets"]
    assert "where `destroy` finds their bucket filled again, empty it once more" in why
