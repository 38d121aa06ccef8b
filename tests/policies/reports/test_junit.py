"""JUnit: valid by Jenkins' schema whatever the program says, and failing exactly where the answer is no."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import xmlschema
from assessing import RULES, TODAY, assessed, configuration, node, suppressions, texts, unknown
from hypothesis import given, settings

from modelyard_policies.assessment import Answer, Base, assess
from modelyard_policies.graph import Graph
from modelyard_policies.policy import Policy
from modelyard_policies.reports import junit

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).with_name("junit-10.xsd")))


def document(assessment):
    text = junit.text(assessment)
    SCHEMA.validate(text)
    return ET.fromstring(text.encode())  # noqa: S314 (our own)


def cases(assessment):
    """For each resource's name, how its case of rule-st4 ended, and what is said."""
    found = {}
    for case in document(assessment).iter("testcase"):
        if case.get("classname") == "modelyard.storage.rule-st4":
            (outcome,) = [*case] or [None]
            name = case.get("name").rpartition("::")[2]
            found[name] = (outcome.tag, outcome.get("message")) if outcome is not None else None
    return found


@settings(max_examples=50)
@given(texts, texts, texts)
def test_a_document_is_valid_whatever_a_program_says(name, said, source):
    nodes = [node(name, source, ST4=[said, "break"], ST1=[said], NW2=[said]), unknown(name + "u")]
    policy = Policy.read(
        RULES, suppressions=suppressions("ST1 * 2026-12-31", "NW2 * 2026-01-01"), config=None
    )
    found = document(assess(Graph(nodes), RULES, name=name, today=TODAY, policy=policy))
    assert (found.get("errors"), found.get("failures")) == ("1", "2")


def test_there_is_a_case_for_each_rule_and_resource():
    found = document(assessed(node("a"), node("b", ST4=["is off"])))
    suites = {suite.get("name"): suite for suite in found}
    assert list(suites) == [
        f"rule-{code.lower()} ({code}): Title of {code}" for code in ("CE1", "NW2", "ST1", "ST4")
    ]
    assert {suite.get("tests") for suite in found} == {"2"}
    assert suites["rule-st4 (ST4): Title of ST4"].attrib | {"name": ""} == {
        "name": "",
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
        "time": "0",
    }
    assert (found.get("tests"), found.get("failures"), found.get("errors")) == ("8", "1", "0")


def test_a_failure_says_what_is_wrong_where_and_how_to_mend_it():
    found = document(assessed(node("a", ST4=["is off", "is old"])))
    (failure,) = found.iter("failure")
    assert (failure.get("type"), failure.get("message")) == ("high", "ST4[0] is off; ST4[1] is old")
    urn = "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::a"
    assert failure.text.splitlines() == [
        "fail: is off",
        f"  at {urn}, ST4[0], stacks/__main__.py:1",
        "  mend: What to change.",
        "fail: is old",
        f"  at {urn}, ST4[1], stacks/__main__.py:1",
        "  mend: What to change.",
    ]


def test_a_case_fails_exactly_where_the_answer_is_no():
    before = assessed(node("old", ST4=["x"]))
    nodes = [
        node("old", ST4=["x"]),
        node("new", ST4=["x"]),
        node("hidden", ST4=["x"]),
        unknown("u"),
        node("ok"),
    ]
    base = Base("main", before.findings, frozenset(before.rules))
    more = {"suppressed": ["ST4 hidden 2026-12-31"], "base": base}
    hidden = ("skipped", "suppressed: x (until 2026-12-31, data-platform: It is made again within an hour.)")
    open_question = "can't be judged: not known before the deployment"
    assert cases(assessed(*nodes, **more, answer=Answer(only_new=True))) == {
        "old": ("skipped", "there before: x"),
        "new": ("failure", "x"),
        "hidden": hidden,
        "u": ("skipped", f"unknown: {open_question}"),
        "ok": None,
    }
    assert cases(assessed(*nodes, **more, answer=Answer(unknown=True))) == {
        "old": ("failure", "x"),
        "new": ("failure", "x"),
        "hidden": hidden,
        "u": ("failure", open_question),
        "ok": None,
    }


def test_a_rule_that_only_advises_is_skipped():
    found = cases(assessed(node("a", ST4=["x"]), configured={"all": "advisory"}))
    assert found == {"a": ("skipped", "only advises: x")}


def test_a_rule_that_broke_is_an_error_with_what_it_had_found():
    found = document(assessed(node("a", ST4=["x", "break"]), suppressed=["ST4 * 2026-12-31"]))
    (error,) = found.iter("error")
    assert error.text.startswith("fail: x\n")
    assert "error: the rule broke: ValueError at assessing.py" in error.text
    assert "hunter2" not in error.text
    assert list(found.iter("failure")) == []


@pytest.mark.parametrize(
    ("entry", "outcome"),
    [("ST4 a 2026-12-31", None), ("ST4 b 2026-12-31", "skipped"), ("ST4 a 2026-11-01 ST4[*]", "failure")],
)
def test_a_suppression_is_a_case_that_fails_when_its_day_is_over(entry, outcome):
    found = document(assessed(node("a", ST4=["x"]), suppressed=[entry]))
    (case,) = (case for case in found.iter("testcase") if case.get("classname") == "modelyard.suppressions")
    assert [child.tag for child in case] == ([outcome] if outcome else [])
    assert case.get("name") == f"rule-st4 on {entry.split()[1]} {' '.join(entry.split()[3:])}".rstrip()


def test_types_that_no_rule_looks_at_are_skipped_cases():
    stranger = node("x")
    stranger.type = "acme:index:Thing"
    found = document(assessed(stranger))
    assert [case.get("name") for case in found.iter("testcase")] == ["acme:index:Thing"]
    assert len(list(found.iter("skipped"))) == 1


def test_what_is_pending_and_what_is_turned_off_are_skipped_cases():
    policy = Policy.from_files(
        RULES,
        base_suppressions=None,
        head_suppressions=suppressions("ST4 a 2026-12-31"),
        base_config=configuration(rule_ce1="disabled"),
        head_config=configuration(rule_ce1="disabled", all="advisory"),
    )
    found = document(assessed(policy=policy))
    said = {case.get("name"): case.find("skipped").get("message") for case in found.iter("testcase")}
    assert said == {
        "added suppression: rule-st4 on a": "in force once it is merged: until 2026-12-31, "
        "data-platform: It is made again within an hour.",
        "added configuration: all": "in force once it is merged: advisory",
        "rule-ce1": "the configuration turns this rule off",
    }
    assert {suite.get("failures") for suite in found} == {"0"}
