"""Figures for comparing two previews, from a preview made now and from a kept document alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
from previewing import ROOT

from modelyard.environment import load_environment
from modelyard_policies.figures import Figure, Unit
from modelyard_preview.environment import preview_environment
from modelyard_preview.figures import beside, figures_of, values
from modelyard_preview.program import find_program


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    file = ROOT / "stacks" / "Pulumi.prod.yaml"
    preview = preview_environment(load_environment(file), program=find_program(file))
    return json.loads(json.dumps(preview.as_json()))


def test_cost_carbon_and_recovery_are_figures(document: dict[str, Any]) -> None:
    found = values(figures_of(document))
    assert found["cost a month, expected"] == document["cost"]["usd"]["expected"]
    carbon = document["energy"]["kgCo2ePerMonth"]
    assert found["CO2e a month, expected, highest source"] == carbon["highest"]["expected"]
    chain = next(
        each
        for each in document["recovery"]["chains"]
        if (each["subject"], each["objective"], each["loss"]) == ("training", "rpo", "region")
    )
    assert found["RPO of training, the loss of the region"] == chain["minutes"]
    assert len(found) == 5 + len(document["recovery"]["chains"])


def test_what_has_no_price_is_noted(document: dict[str, Any]) -> None:
    number = len(document["cost"]["unpriced"])
    assert figures_of(document)[0].note == f"{number} lines have no price and aren't in it"
    one = {"usd": {"idle": 1}, "items": [{}], "unpriced": [{}]}
    assert figures_of({"cost": one})[0].note == "1 line has no price and isn't in it"


@pytest.mark.parametrize(
    ("cost", "amount"),
    [
        ({"usd": {"idle": 0.0}, "items": [], "unpriced": [{"what": "a machine"}]}, None),
        ({"usd": {"idle": 0.0}, "items": [], "unpriced": []}, 0.0),
        ({"usd": {"idle": 0.0}, "items": [{"what": "a pool"}], "unpriced": [{"what": "a machine"}]}, 0.0),
    ],
)
def test_what_costs_nothing_that_is_known_is_not_said_to_be_free(
    cost: dict[str, Any], amount: float | None
) -> None:
    assert values(figures_of({"cost": cost})) == {"cost a month, idle": amount}


def test_figures_stand_beside_those_of_a_base() -> None:
    now = [Figure("a", Unit.MINUTES, None, 2), Figure("b", Unit.MINUTES, None, 3, "n")]
    assert beside(now, {"a": 1, "gone": 5}) == [
        Figure("a", Unit.MINUTES, 1, 2),
        Figure("b", Unit.MINUTES, None, 3, "n"),
    ]
    assert beside(now, None) == now


def test_a_target_that_is_missed_is_noted() -> None:
    chain = {"subject": "backup", "objective": "rto", "loss": "region", "minutes": 90, "targetMinutes": 60}
    (figure,) = figures_of({"recovery": {"chains": [{**chain, "verdict": "missed"}]}})
    assert figure.note == "misses its target of 60 minutes"


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"cost": None, "energy": [], "recovery": {"chains": {}}},
        {
            "cost": {"usd": {"other": 3}},
            "recovery": {"chains": [None, {}, {"objective": "rpo"}, {"objective": []}]},
        },
    ],
)
def test_what_a_document_lacks_is_no_figure(document: dict[str, Any]) -> None:
    assert figures_of(document) == []


def test_what_is_not_known_is_none() -> None:
    chain = {"subject": "x", "objective": "rpo", "loss": "region", "minutes": {"unknown": True}}
    found = figures_of({"cost": {"usd": {"idle": "?"}}, "recovery": {"chains": [chain]}})
    assert [figure.after for figure in found] == [None, None]
