"""Every finding has one place in a comparison, and keeps its name while lines and lists move."""

from collections import Counter
from dataclasses import replace

from assessing import RULES, assessed, findings, node, unknown
from hypothesis import given
from hypothesis import strategies as st

from modelyard_policies.assessment import Answer, Base
from modelyard_policies.comparison import compare, fingerprints
from modelyard_policies.report import Finding, Verdict
from modelyard_policies.rule import Severity

JUDGED = ("rule-st1", "rule-st4")
runs = st.lists(findings, max_size=12)


def finding(path="p", message="is wrong", verdict=Verdict.FAIL, **fields):
    return Finding("rule-st4", "ST4", Severity.HIGH, verdict, "urn:a", path, message, "mend", **fields)


def statuses(head, base):
    return list(compare(head, base, ["rule-st4"]).is_new)


@given(head=runs, base=runs)
def test_new_and_old_are_the_run_and_fixed_and_continued_are_the_base(head, base):
    found = compare(head, base, JUDGED)
    assert Counter(found.new) + Counter(found.old) == Counter(head)
    compared = [item for item in base if item.rule in JUDGED]
    assert Counter(found.fixed) + Counter(found.continued) == Counter(compared)
    assert Counter(found.left_out) == Counter(base) - Counter(compared)


@given(runs)
def test_a_run_beside_itself_has_nothing_new_and_nothing_fixed(run):
    found = compare(run, run, [item.rule for item in run])
    assert (found.new, found.fixed) == ((), ())


@given(head=runs, base=runs, order=st.randoms())
def test_neither_the_order_nor_the_lines_of_the_program_matter(head, base, order):
    moved = [replace(item, source="elsewhere.py:9") for item in base]
    order.shuffle(moved)
    before, after = compare(head, base, JUDGED), compare(head, moved, JUDGED)
    assert Counter(item.verdict for item in before.new) == Counter(item.verdict for item in after.new)
    assert len(before.fixed) == len(after.fixed)


@given(runs)
def test_fingerprints_are_apart_in_a_run_and_the_same_in_the_next(run):
    names = fingerprints(run)
    assert len(set(names)) == len(names)
    assert fingerprints([replace(item, source=None, severity=Severity.LOW) for item in run]) == names


def test_an_entry_that_moves_on_in_its_list_is_the_same():
    base = [finding("ingress[0]", "opens port 22")]
    head = [finding("ingress[0]", "opens port 3389"), finding("ingress[1]", "opens port 22")]
    assert statuses(head, base) == [True, False]
    assert fingerprints(base)[0] == fingerprints(head)[1]


def test_another_fault_at_the_same_position_is_new():
    found = compare(
        [finding("ingress[0]", "opens port 3389")], [finding("ingress[0]", "opens port 22")], ["rule-st4"]
    )
    assert (len(found.new), len(found.fixed)) == (1, 1)


def test_a_message_that_names_a_position_moves_with_it():
    assert statuses([finding("l[4]", "l[4] is wrong")], [finding("l[3]", "l[3] is wrong")]) == [False]


def test_a_property_that_fails_otherwise_is_the_same_fault():
    assert statuses([finding("p", "is 1")], [finding("p", "is unset")]) == [False]


def test_one_more_of_the_same_is_new():
    assert statuses([finding(), finding()], [finding()]) == [False, True]


def test_a_failure_that_can_t_be_judged_any_more_isn_t_fixed():
    head = [finding("q", "can't be judged", Verdict.UNKNOWN)]
    found = compare(head, [finding("p"), finding("r")], ["rule-st4"])
    assert (found.new, found.fixed, len(found.continued)) == ((), (), 2)


def test_what_was_unknown_and_fails_now_is_new():
    found = compare([finding()], [finding(verdict=Verdict.UNKNOWN)], ["rule-st4"])
    assert (len(found.new), [item.verdict for item in found.fixed]) == (1, [Verdict.UNKNOWN])


def test_findings_of_a_rule_that_isn_t_asked_aren_t_fixed():
    found = compare([], [finding()], ["rule-nw2"])
    assert (found.fixed, found.left_out) == ((), (finding(),))


def base_of(*nodes, **more):
    found = assessed(*nodes, **more)
    return Base("main", found.findings, frozenset(found.rules))


def test_with_a_base_all_failures_count_unless_only_new_ones_are_to():
    base = base_of(node("a", ST4=["x"]))
    same, more = (node("a", ST4=["x"]),), (node("a", ST4=["x"]), node("b", ST4=["y"]))
    only_new = Answer(only_new=True)
    assert not assessed(*same, base=base).ok
    assert assessed(*same, base=base, answer=only_new).ok
    assert not assessed(*more, base=base, answer=only_new).ok
    assert [item.status for item in assessed(*more, base=base).findings] == ["old", "new"]


def test_a_rule_that_broke_in_the_base_too_still_makes_the_answer_no():
    nodes = (node("a", ST4=["break"]),)
    assert not assessed(*nodes, base=base_of(*nodes), answer=Answer(only_new=True)).ok


def test_an_old_unknown_counts_as_little_as_an_old_failure():
    answer = Answer(unknown=True, only_new=True)
    assert assessed(unknown("a"), base=base_of(unknown("a")), answer=answer).ok
    assert not assessed(unknown("a"), base=base_of(), answer=answer).ok


def test_what_is_fixed_are_failures_alone():
    found = assessed(base=base_of(node("a", ST4=["x"]), unknown("b")))
    assert [item.urn.rpartition("::")[2] for item in found.fixed] == ["a"]


def test_rules_that_the_base_wasn_t_asked_are_named():
    base = base_of(rules=RULES[:2])
    assert assessed(base=base).new_rules == ("rule-ce1", "rule-nw2")
    assert assessed(base=replace(base, judged=None)).new_rules == ()
    assert assessed().new_rules == ()
