"""The comment: within GitHub's limit, cut honestly, and without anything that a program could smuggle in."""

import json
import re
from dataclasses import replace

import pytest
from assessing import HOSTILE, RULES, TODAY, assessed, node, suppressions, texts, unknown
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_pages import assert_only_text

from modelyard_policies.assessment import Answer, Assessment, Base, assess
from modelyard_policies.figures import Figure, Unit
from modelyard_policies.graph import Graph
from modelyard_policies.policy import Policy
from modelyard_policies.registry import all_rules
from modelyard_policies.reports import document
from modelyard_policies.reports.markdown.comment import (
    COMMENT_CHARACTERS,
    SUMMARY_BYTES,
    body,
    comment,
    marker,
    render,
    summary,
    utf8_length,
    utf16_length,
)
from modelyard_policies.reports.markdown.fit import Section, fit
from modelyard_policies.reports.reading import assessment_of


def shop(name, source, said, reason, note, pattern="*"):
    """An assessment in which a program, and who writes suppressions, call everything as they like."""
    entry = Policy.read(RULES, suppressions=suppressions("ST4 * 2026-12-31", "NW2 x 2026-01-01"), config=None)
    written = [
        type(item)(item.rule, pattern, item.path, reason, reason, item.expires, source, item.line)
        for item in entry.suppressions
    ]
    nodes = [node(name, source, ST4=[said], ST1=[said, "break"], NW2=[said], CE1=[said])]
    nodes.append(unknown(f"{name}2"))
    before = assess(Graph(nodes), RULES, name=name, today=TODAY)
    base = Base(name, before.findings[:1], frozenset(["rule-st1"]))
    policy = Policy.from_files(
        RULES,
        base_suppressions=None,
        head_suppressions=suppressions("ST1 q 2026-12-31"),
        base_config=None,
        head_config=None,
    )
    pending = tuple(
        type(item)(item.change, item.rule, reason, reason, replace(written[0], rule=item.rule))
        for item in policy.pending
    )
    return assess(
        Graph(nodes),
        RULES,
        name=name,
        today=TODAY,
        policy=Policy(tuple(written), pending=pending),
        base=base,
        figures=[Figure(name, Unit.MINUTES, 1, 2, said)],
        notes=[note],
    )


shops = st.builds(shop, texts, texts, texts, texts, texts, texts)


@settings(max_examples=200)
@given(shops)
def test_nothing_that_a_program_says_becomes_more_than_text(assessment: Assessment):
    text = comment(assessment)
    page = assert_only_text(text)
    assert page.comments == [marker(assessment.name).removeprefix("<!--").removesuffix("-->")]
    assert page.tags["h2"] == 1
    assert page.tags["h4"] == len(re.findall(r"(?m)^#### (?:critical|high|medium|low): ", text))


@given(shops)
def test_a_comment_from_the_document_is_the_same(assessment: Assessment):
    written = json.loads(document.text(assessment))
    assert body(assessment_of(written, RULES), 60_000) == body(assessment, 60_000)


@settings(max_examples=200)
@given(shops, st.data())
def test_a_document_that_anybody_wrote_is_refused_or_shown_as_text(assessment: Assessment, data):
    written = json.loads(document.text(assessment))
    odd = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | texts
        | st.sampled_from([[], {}, [[]], [{}]])
    )
    for _ in range(data.draw(st.integers(1, 3))):
        place, key = written, data.draw(st.sampled_from(sorted(written)))
        while isinstance(place[key], (dict, list)) and place[key] and data.draw(st.booleans()):
            place = place[key]
            keys = range(len(place)) if isinstance(place, list) else sorted(place)
            key = data.draw(st.sampled_from(keys))
        place[key] = data.draw(odd)
    refused = False
    try:
        text = render(written, 60_000)
    except ValueError:
        refused = True
    assert refused or (assert_only_text(text) and utf16_length(text) <= 60_000)


@pytest.mark.parametrize("written", [{}, {"schema": "modelyard.check/1"}, {"schema": "modelyard.preview/1"}])
def test_what_isn_t_a_report_is_refused(written):
    with pytest.raises(ValueError, match=r"isn't"):
        render(written, 1_000)


def test_words_that_are_the_rules_come_from_the_rules():
    bucket = node("a")
    found = assess(Graph([bucket]), all_rules(), name="prod", today=TODAY, select=["required-tags"])
    written = json.loads(document.text(found))
    written["findings"][0]["remediation"] = "paste this: curl evil.example"
    written["findings"][0]["code"] = "[x](https://evil.example)"
    text = render(written, 60_000)
    assert "evil" not in text
    assert "Resources carry the required tags" in text


@settings(max_examples=25)
@given(
    count=st.integers(0, 400),
    name=texts,
    said=st.lists(texts, min_size=1, max_size=4),
    source=st.sampled_from([None, "main.py:1"]),
)
def test_a_comment_is_never_longer_than_github_takes(count, name, said, source):
    nodes = [
        node(
            f"{name}{place}",
            source and f"{source}{place}",
            ST4=[f"{said[place % len(said)]}{place}"],
            ST1=said,
        )
        for place in range(count)
    ]
    found = assess(Graph(nodes), RULES, name=name, today=TODAY, notes=said)
    assert utf16_length(comment(found)) <= COMMENT_CHARACTERS
    assert utf8_length(summary(found)) <= SUMMARY_BYTES


def test_a_comment_that_is_cut_says_how_much_is_missing():
    nodes = [
        node(f"bucket-{place}" + "x" * 150, f"main.py:{place}", ST4=[f"is {place} off, " + "y" * 180])
        for place in range(900)
    ]
    found = assessed(*nodes, *(unknown(f"u{place}") for place in range(900)))
    text = comment(found)
    assert 50_000 < utf16_length(text) <= COMMENT_CHARACTERS
    shown = text.count("#### high")
    (more, *_) = re.findall(r"_([\d,]+) more in the full report\._", text)
    assert shown + int(more.replace(",", "")) == 900
    assert "900 findings fail; 900 can't be judged yet." in text
    assert "What can't be judged before the deployment (900)" in text
    assert text.count("<details>") == text.count("</details>")
    assert "is 0 off" in text
    assert summary(found).count("#### high") == 900


sections = st.lists(
    st.builds(
        Section,
        title=st.text(max_size=10),
        blocks=st.lists(st.text(max_size=30), min_size=1, max_size=8).map(tuple),
        rank=st.integers(0, 3),
        folded=st.booleans(),
        joint=st.sampled_from(["\n", "\n\n"]),
    ),
    max_size=5,
)


@given(sections, st.integers(0, 900), st.sampled_from([utf16_length, utf8_length]))
def test_sections_fit_whenever_what_can_t_be_cut_does(found, limit, measure):
    least = measure(fit("head", found, 0, measure))
    assert measure(fit("head", found, limit, measure)) <= max(limit, least)
    whole = fit("head", found, 10**9, measure)
    assert "more in the full report" not in whole
    assert fit("head", found, measure(whole) + 1_000, measure) == whole


def test_what_ranks_first_gets_the_room():
    parts = [Section("a", ("x" * 50,), rank=2), Section("b", ("y" * 50,), rank=1)]
    text = fit("", parts, 170, utf16_length)
    assert ("x" * 50 in text, "y" * 50 in text) == (False, True)
    assert text.index("### a") < text.index("### b")


def test_findings_of_one_line_or_one_message_are_one_group():
    nodes = [
        node("a", "main.py:1", ST4=["is off"]),
        node("b", "main.py:1", ST4=["is old"]),
        node("c", "main.py:2", ST4=["is old"]),
        node("d", "main.py:3", ST4=["is gone"]),
    ]
    text = comment(assessed(*nodes))
    assert text.count("#### high: Title of ST4") == 2
    assert "3 resources" in text
    assert "- `b`: `ST4[0]` is old (`main.py:1`)" in text


def test_alike_findings_of_one_line_share_it():
    nodes = [node(f"n{place}", "main.py:1", ST4=["is off"]) for place in range(9)]
    text = comment(assessed(*nodes))
    assert "- `n0`, `n1`, `n2`, `n3`, `n4`, `n5` and 3 more: `ST4[*]` is off (`main.py:1`)" in text


def test_the_table_has_every_kind_of_finding_in_its_column():
    before = assessed(node("old", ST4=["x"]), node("fixed", ST1=["x"]))
    nodes = [
        node("old", ST4=["x"]),
        node("new", ST4=["x"]),
        node("hidden", ST4=["x"]),
        unknown("u"),
        node("w", NW2=["x"]),
    ]
    found = assessed(
        *nodes,
        suppressed=["ST4 hidden 2026-12-31"],
        configured={"rule_nw2": "advisory"},
        base=Base("main", before.findings, frozenset(before.rules)),
    )
    rows = [line for line in comment(found).splitlines() if line.startswith("|")]
    assert rows[0] == "|  | new | fixed | old | unknown | suppressed | only advise |"
    assert rows[2:7] == [
        "| critical | · | 1 | · | · | · | · |",
        "| high | 1 | · | 1 | 1 | 1 | · |",
        "| medium | · | · | · | · | · | 1 |",
        "| low | · | · | · | · | · | · |",
        "| **all** | **1** | **1** | **1** | **1** | **1** | **1** |",
    ]


def test_without_a_base_there_is_neither_new_nor_old():
    text = comment(assessed(node("a", ST4=["x"])))
    assert "|  | failed | unknown | suppressed |" in text
    assert "### Findings (1)" in text


MAIN = Base("main", ())


def test_figures_that_change_stand_beside_the_findings():
    figures = [
        Figure("cost, expected", Unit.USD_A_MONTH, 1_200, 1_150.25, "3 lines have no price"),
        Figure("RPO of training", Unit.MINUTES, 15, 1_500),
        Figure("carbon", Unit.KG_CO2E_A_MONTH, None, 12),
        Figure("RTO of backup", Unit.MINUTES, 60, 60, "misses its target"),
        Figure("RTO of training", Unit.MINUTES, None, None),
    ]
    text = comment(assessed(figures=figures, base=MAIN))
    rows = text.split("| before |")[1].splitlines()
    assert rows[2:5] == [
        "| cost, expected | $1,200 | $1,150 | -$49.75 |",
        "| RPO of training | 15 min | 1 d 1 h | +1 d 45 min |",
        "| carbon | not known | 12.00 kg | not known |",
    ]
    assert "- cost, expected: 3 lines have no price" in rows
    last = (
        "Unchanged: 1 other figure of cost, carbon and recovery. Not known before or after: RTO of training."
    )
    assert last in rows
    assert "misses its target" not in text


def test_figures_that_all_stay_are_one_sentence():
    text = comment(assessed(figures=[Figure("a", Unit.MINUTES, 5, 5.001)], base=MAIN))
    assert "\n\nCost, carbon and recovery are unchanged.\n" in text
    assert "| before |" not in text


def test_figures_without_a_base_are_those_of_now_folded():
    text = comment(assessed(figures=[Figure("cost, idle", Unit.USD_A_MONTH, None, 10)]))
    folded = text.split("<details><summary>Cost, carbon and recovery</summary>")[1]
    assert "| cost, idle | $10.00 |" in folded.split("</details>")[0]


@pytest.mark.parametrize("name", [*HOSTILE, "prod", "", "a--b", "x" * 500])
def test_the_marker_is_one_hidden_line_whatever_the_name(name):
    assert re.fullmatch(r"<!-- modelyard:check:[A-Za-z0-9._-]{0,100} -->", marker(name))
    assert comment(assessed(name=name)).startswith(f"{marker(name)}\n")


def test_the_marker_keeps_the_names_of_environments():
    assert marker("prod-eu.1_a") == "<!-- modelyard:check:prod-eu.1_a -->"


def test_a_summary_has_no_marker():
    assert "<!--" not in summary(assessed())


def test_the_comment_of_a_clean_run_is_short():
    text = comment(assessed(node("a")))
    assert "## `prod` passes\n\nNothing fails.\n" in text
    assert text.count("#") == 5


def test_the_way_in_which_the_answer_is_given_is_said():
    found = assessed(unknown("a"), base=MAIN, answer=Answer(unknown=True, only_new=True), select=["ST4"])
    text = comment(found)
    assert "1 can't be judged yet, which counts as a failure here." in text
    notes = text.split("### Notes")[1]
    assert "- Findings that were there before don't count." in notes
    assert "- What can't be judged yet counts as a failure." in notes
    assert "- Only 1 rule asked: the others say nothing here." in notes
    assert "- Compared with `main`." in notes
