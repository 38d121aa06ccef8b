"""Suppressions: what they cover, what they hide, and what is wrong with a file of them."""

import pytest
from assessing import RULES, TODAY, assessed, entry, findings, node, rule, suppressions, unknown
from hypothesis import given
from hypothesis import strategies as st

from modelyard_policies.assessment import Answer, State
from modelyard_policies.errors import SettingsError
from modelyard_policies.report import Verdict
from modelyard_policies.settings import Source
from modelyard_policies.suppressions.entry import name_of
from modelyard_policies.suppressions.patterns import matches
from modelyard_policies.suppressions.reading import read_suppressions

HEAD = "schema: modelyard.suppressions/1\nsuppressions:\n"
WHOLE = {
    "rule": "ST4",
    "resource": "scratch-*",
    "reason": "r",
    "owner": "o",
    "expires": "2026-12-31",
}


def written(**fields):
    return Source(
        HEAD + "  - " + "\n    ".join(f"{name}: {value}" for name, value in fields.items()), "s.yaml"
    )


def problems(source):
    with pytest.raises(SettingsError) as error:
        read_suppressions(source, RULES)
    return [(item.line, item.field, item.message) for item in error.value.problems]


def test_an_entry_is_read_with_its_line():
    (first, second) = read_suppressions(
        suppressions("ST4 a 2026-12-31", "rule-nw2 urn:* 2027-01-01 p[*]"), RULES
    )
    assert (first.rule, first.resource, first.path, first.line) == ("rule-st4", "a", "", 3)
    assert (second.rule, second.path, str(second.expires), second.line) == (
        "rule-nw2",
        "p[*]",
        "2027-01-01",
        8,
    )


@pytest.mark.parametrize("missing", WHOLE)
def test_every_field_but_the_property_is_required(missing):
    fields = {name: value for name, value in WHOLE.items() if name != missing}
    assert problems(written(**fields)) == [(3, "suppressions[0]", f"{missing!r} is missing")]


@pytest.mark.parametrize("name", [*WHOLE, "property"])
def test_a_field_that_says_nothing_is_refused(name):
    ((line, field, message),) = problems(written(**{**WHOLE, name: '" "'}))
    assert (field, message) == (f"suppressions[0].{name}", f"{name!r} has to be text")
    assert line == 3 + [*WHOLE, "property"].index(name)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            written(**WHOLE, expiry="2026-12-31"),
            (8, "suppressions[0].expiry", "there is no field 'expiry' here; did you mean 'expires'?"),
        ),
        (
            written(**{**WHOLE, "rule": "rule-st44"}),
            (
                3,
                "suppressions[0].rule",
                "there is no rule 'rule-st44'; did you mean 'rule-st4' or 'rule-st1'?",
            ),
        ),
        (written(**{**WHOLE, "expires": "2026-02-30"}), (7, "suppressions[0].expires", "this is no day")),
        (written(**{**WHOLE, "expires": "31.12.2026"}), (7, "suppressions[0].expires", "this is no day")),
        (
            written(**{**WHOLE, "expires": "20261231"}),
            (7, "suppressions[0].expires", "'expires' has to be text"),
        ),
        (Source(HEAD + "  - x", "s.yaml"), (3, "suppressions[0]", "a suppression has to be a mapping")),
        (Source(HEAD + "  a: x", "s.yaml"), (2, "suppressions", "suppressions has to be a list")),
        (Source("schema: modelyard.policies/1", "s.yaml"), (1, "schema", "this is another form")),
        (Source("suppressions: []", "s.yaml"), (1, "", "the file doesn't say its form")),
        (Source("", "s.yaml"), (None, "", "the file holds no mapping")),
        (
            Source("schema: modelyard.suppressions/1\nignore: []", "s.yaml"),
            (2, "ignore", "there is no field 'ignore' here"),
        ),
        (
            suppressions("ST4 a 2026-12-31", "rule-st4 a 2027-12-31"),
            (8, "suppressions[1]", "line 3 is for the same rule, resource and property"),
        ),
    ],
)
def test_a_mistake_is_told_at_its_line(source, expected):
    assert problems(source) == [expected]


def test_all_mistakes_are_told_in_the_order_of_their_lines():
    text = HEAD + "  - rule: nope\n    resource: a\n  - owner: 3\n"
    lines = [line for line, _, _ in problems(Source(text, "s.yaml"))]
    assert len(lines) > 5
    assert lines == sorted(lines)


def test_a_file_without_entries_is_fine():
    assert read_suppressions(Source("schema: modelyard.suppressions/1", "s.yaml"), RULES) == ()
    assert read_suppressions(Source(HEAD, "s.yaml"), RULES) == ()


@given(
    findings,
    st.sampled_from(("*", "a", "?", "urn:*", "urn:*::a", "b*", "t::a")),
    st.sampled_from(("", "p", "list[*].p", "*")),
)
def test_an_entry_covers_its_rule_on_the_resources_and_properties_of_its_patterns(finding, resource, path):
    covers = entry(resource=resource, path=path).covers(finding.rule, finding.urn, finding.property)
    against = finding.urn if resource.startswith("urn:") else name_of(finding.urn)
    assert covers == (
        finding.rule == "rule-st4"
        and matches(resource, against)
        and (path == "" or matches(path, finding.property))
    )


def test_a_name_is_all_that_follows_the_type():
    assert name_of("urn:pulumi:prod::shop::my:index:Net$aws:s3/bucket:Bucket::a::b") == "a::b"


def test_a_suppression_hides_a_failure_from_the_answer_and_not_from_the_report():
    found = assessed(node("scratch-1", ST4=["is off"]), suppressed=["ST4 scratch-* 2026-11-26"])
    assert (found.ok, found.suppressions[0].state, found.suppressions[0].findings) == (True, State.ACTIVE, 1)
    assert found.findings[0].verdict is Verdict.FAIL
    assert found.findings[0].suppression is found.policy.suppressions[0]


def test_a_suppression_of_one_property_leaves_the_others():
    found = assessed(node("a", ST4=["x", "y"]), suppressed=["ST4 a 2026-12-31 ST4[1]"])
    assert [finding.suppression is None for finding in found.findings] == [True, False]
    assert not found.ok


def test_a_suppression_hides_what_is_unknown_where_that_counts():
    answer = Answer(unknown=True)
    assert not assessed(unknown("a"), answer=answer).ok
    assert assessed(unknown("a"), answer=answer, suppressed=["ST4 a 2026-12-31"]).ok


def test_a_suppression_never_hides_a_rule_that_broke():
    found = assessed(node("a", ST4=["x", "break"]), suppressed=["ST4 * 2026-12-31"])
    assert [(item.verdict, item.suppression is None) for item in found.findings] == [
        (Verdict.FAIL, False),
        (Verdict.ERROR, True),
    ]
    assert not found.ok


@pytest.mark.parametrize("nodes", [(), (node("a", ST4=["x"]),)], ids=["without", "with"])
def test_the_day_after_its_last_it_fails_the_run_whatever_it_covers(nodes):
    assert assessed(*nodes, suppressed=["ST4 a 2026-11-26"]).ok
    found = assessed(*nodes, suppressed=["ST4 a 2026-11-25"])
    assert (found.ok, found.exit_code) == (False, 1)
    assert [(item.state, item.findings) for item in found.expired] == [(State.EXPIRED, len(nodes))]
    assert all(finding.suppression is None for finding in found.findings)


def test_one_that_covers_nothing_is_named_and_harms_nothing():
    found = assessed(suppressed=["ST4 a 2026-12-31", "NW2 b 2026-12-31"], select=["ST4"])
    assert [item.state for item in found.suppressions] == [State.UNUSED, State.NOT_ASKED]
    assert found.ok


def test_a_suppression_for_a_rule_of_a_code_in_capitals_or_not_is_the_same():
    made = rule("Xy7")
    (found,) = read_suppressions(written(**{**WHOLE, "rule": "xY7"}), [made])
    assert found.rule == made.id
    assert not found.has_expired(TODAY)
