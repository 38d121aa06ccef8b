"""The JSON document, and that a later run can be compared with it."""

import json
from collections import Counter

import pytest
from assessing import RULES, assessed, node, suppressions, texts, unknown
from hypothesis import given

from modelyard_policies.assessment import Answer
from modelyard_policies.comparison.base import BaseError, base_of
from modelyard_policies.figures import Figure, Unit
from modelyard_policies.policy import Policy
from modelyard_policies.reports import document


def written(assessment, **head):
    return json.loads(document.text(assessment, head))


def test_a_document_holds_all_that_was_said():
    policy = Policy.from_files(
        RULES,
        base_suppressions=suppressions("ST4 hidden 2026-12-31", "ST4 x 2026-11-01"),
        head_suppressions=suppressions("ST4 hidden 2026-12-31", "ST4 x 2026-11-01", "ST1 a 2026-12-31"),
        base_config=None,
        head_config=None,
    )
    nodes = [
        node("a", ST1=["is open"]),
        node("hidden", ST4=["is off"]),
        unknown("u"),
        node("e", NW2=["break"]),
    ]
    figures = [Figure("cost, idle", Unit.USD_A_MONTH, 1, 2, "tax")]
    found = written(
        assessed(*nodes, policy=policy, figures=figures, notes=["n"], answer=Answer(unknown=True)),
        environment="prod",
    )
    assert (found["schema"], found["environment"], found["ok"]) == ("modelyard.check/1", "prod", False)
    assert found["failOn"] == {"findings": "all", "unknown": True}
    assert found["counts"] == {
        "errors": 1,
        "new": 0,
        "old": 0,
        "failed": 1,
        "advisory": 0,
        "unknown": 1,
        "suppressed": 1,
        "fixed": 0,
        "decisive": 3,
        "expired": 1,
    }
    assert found["rules"] == {"passed": 1, "failed": 2, "unknown": 0, "notApplicable": 0, "errors": 1}
    assert found["judged"] == {
        "rule-ce1": "pass",
        "rule-nw2": "error",
        "rule-st1": "fail",
        "rule-st4": "fail",
    }
    assert [(item["state"], item["findings"], item["line"]) for item in found["suppressions"]] == [
        ("active", 1, 3),
        ("expired", 0, 8),
    ]
    assert [(item["change"], item["resource"], item["findings"]) for item in found["pending"]] == [
        ("added", "a", 1)
    ]
    assert found["figures"] == [
        {"name": "cost, idle", "unit": "USD/month", "before": 1, "after": 2, "note": "tax"}
    ]
    assert (found["remarks"], found["base"], found["fixed"], found["disabled"]) == (["n"], None, [], [])
    hidden = next(item for item in found["findings"] if item["suppression"])
    assert hidden["suppression"]["owner"] == "data-platform"


@given(texts, texts)
def test_a_run_beside_its_own_document_has_only_old_findings(name, said):
    nodes = [node(name, ST4=[said, said], ST1=["break"]), unknown(name + "u")]
    before = assessed(*nodes)
    again = assessed(*nodes, base=base_of(written(before), "main"))
    assert {finding.status for finding in again.findings} == {"old"}
    assert (again.fixed, again.new_rules) == ((), ())
    names = Counter(item["fingerprint"] for item in written(again)["findings"])
    assert names == Counter(item["fingerprint"] for item in written(before)["findings"])
    assert set(names.values()) == {1}


def test_the_base_is_named_with_what_it_wasn_t_asked():
    before = written(assessed(node("a", ST4=["x"]), node("b", NW2=["x"]), rules=RULES[1:3]))
    found = written(assessed(base=base_of(before, "main.json"), select=["ST4", "ST1"]))
    assert found["base"] == {"name": "main.json", "newRules": ["rule-st1"], "notCompared": 1}
    assert [item["urn"].rpartition("::")[2] for item in found["fixed"]] == ["a"]


def test_the_figures_of_a_document_are_the_next_runs_before():
    figures = [Figure("cost", Unit.USD_A_MONTH, 1, 2), Figure("carbon", Unit.KG_CO2E_A_MONTH, None, None)]
    assert base_of(written(assessed(figures=figures)), "b").figures == {"cost": 2, "carbon": None}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"findings": None}, "it has no list of findings"),
        ({"findings": [{}]}, "findings[0]: 'rule' is missing"),
        ({"findings": ["x"]}, "findings[0]: "),
        ({"findings": [None]}, "findings[0]: "),
    ],
)
def test_what_can_t_be_compared_with_is_refused(change, message):
    with pytest.raises(BaseError) as error:
        base_of({**written(assessed()), **change}, "b")
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("field", "value"), [("severity", "dire"), ("verdict", "maybe"), ("urn", 3), ("enforcement", "strict")]
)
def test_a_finding_that_isn_t_one_of_ours_is_refused(field, value):
    found = written(assessed(node("a", ST4=["x"])))
    found["findings"][0][field] = value
    with pytest.raises(BaseError, match=r"findings\[0\]: "):
        base_of(found, "b")


def test_an_older_document_can_be_compared_with():
    found = written(assessed(node("a", ST4=["x"])))
    for name in ("judged", "figures"):
        del found[name]
    for name in ("enforcement", "status", "fingerprint", "source"):
        del found["findings"][0][name]
    base = base_of(found, "b")
    assert (base.judged, base.figures, len(base.findings)) == (None, {}, 1)
