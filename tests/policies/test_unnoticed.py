"""Every property of the shipped environments on Azure, made weaker: what no rule notices is known, with a reason."""

from __future__ import annotations

import re
from functools import cache

import pytest
from mutating.azure.unnoticed import GAPS, HARMLESS
from mutating.weakening import GONE, unnoticed, weaker
from previewing import ROOT

from modelyard_policies.graph import SECRET, UNKNOWN, Graph
from modelyard_policies.registry import all_rules
from modelyard_preview.subjects.environment import from_environment

PATTERNS = [pattern for table in (GAPS, HARMLESS) for patterns in table.values() for pattern in patterns]


def meant(pattern: str, properties: set[str]) -> set[str]:
    """The properties that a pattern of the tables is about."""
    wanted = re.compile(re.escape(pattern).replace(r"\*", ".*"))
    return {each for each in properties if wanted.fullmatch(each)}


@cache
def judged() -> tuple[set[str], set[str]]:
    graphs: list[Graph] = [
        from_environment(ROOT / "stacks" / f"Pulumi.{stack}.yaml").graph
        for stack in ("azure-prod", "azure-dev")
    ]
    return unnoticed(graphs, all_rules())


def test_whatever_no_rule_notices_stands_in_the_tables() -> None:
    missed, _ = judged()
    assert sorted(missed - set().union(*(meant(pattern, missed) for pattern in PATTERNS))) == []


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_stands_in_the_tables_is_there_and_unnoticed(pattern: str) -> None:
    missed, noticed = judged()
    assert meant(pattern, missed), "nothing is missed that this is about: take it out"
    if "*" not in pattern.partition(" ")[0]:
        assert meant(pattern, noticed) == set(), "a rule notices it: take it out, or say less"


def test_no_pattern_stands_twice() -> None:
    assert len(PATTERNS) == len(set(PATTERNS))


def test_enough_is_noticed_for_the_rest_to_be_told() -> None:
    """The machinery finds faults at all: of what the Azure rules read, most."""
    _, noticed = judged()
    assert len(noticed) > 150, sorted(noticed)


@pytest.mark.parametrize(
    ("key", "value", "others"),
    [
        ("x", True, [GONE, False]),
        ("x", 7, [GONE, 0, 1, 7_000]),
        ("x", "TLS1_2", [GONE, "TLS1_0"]),
        ("x", "10.0.0.0/8", [GONE, "*", "Internet", "0.0.0.0/0"]),
        ("location", "eastus", [GONE, "southeastasia"]),
        ("x", "words", [GONE, "another"]),
        ("x", UNKNOWN, [GONE]),
        ("x", SECRET, [GONE]),
        ("x", None, [GONE]),
    ],
)
def test_a_value_has_weaker_ones(key: str, value: object, others: list[object]) -> None:
    found = list(weaker(key, value))
    assert len(found) == len(others)
    assert all(one is other or one == other for one, other in zip(found, others, strict=True))
