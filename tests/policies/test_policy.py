"""In a pull request the base branch's files are in force, and what the change makes of them is pending."""

import pytest
from assessing import RULES, assessed, configuration, node, suppressions

from modelyard_policies.assessment import State
from modelyard_policies.errors import SettingsError
from modelyard_policies.pending import Change
from modelyard_policies.policy import Policy
from modelyard_policies.settings import Source


def policy(base=(), head=(), base_config=None, head_config=None):
    return Policy.from_files(
        RULES,
        base_suppressions=suppressions(*base),
        head_suppressions=suppressions(*head),
        base_config=configuration(**base_config) if base_config else None,
        head_config=configuration(**head_config) if head_config else None,
    )


def test_a_suppression_that_a_change_brings_hides_nothing_yet():
    found = policy(head=["ST4 a 2026-12-31"])
    assert not assessed(node("a", ST4=["x"]), policy=found).ok
    ((change, kind, rule, before, after),) = [
        (item.change, item.kind, item.rule, item.before, item.after) for item in found.pending
    ]
    assert (change, kind, rule, before) == (Change.ADDED, "suppression", "rule-st4", "")
    assert after == "until 2026-12-31, data-platform: It is made again within an hour."


def test_a_suppression_that_a_change_removes_still_hides():
    found = policy(base=["ST4 a 2026-12-31"])
    assert assessed(node("a", ST4=["x"]), policy=found).ok
    assert [item.change for item in found.pending] == [Change.REMOVED]


def test_another_day_is_a_change():
    (found,) = policy(base=["ST4 a 2026-12-31"], head=["ST4 a 2027-12-31"]).pending
    assert (found.change, found.before[:16], found.after[:16]) == (
        Change.CHANGED,
        "until 2026-12-31",
        "until 2027-12-31",
    )


def test_what_stays_isn_t_pending_wherever_it_stands():
    entries = ["ST4 a 2026-12-31", "ST4 b 2026-12-31"]
    assert policy(base=entries, head=entries[::-1]).pending == ()
    assert Policy.read(RULES, suppressions=suppressions(*entries), config=None).pending == ()


def test_a_configuration_that_a_change_brings_is_pending():
    found = policy(
        base_config={"rule_st4": "advisory"}, head_config={"rule_st4": "disabled", "all": "advisory"}
    )
    assert [(item.change, item.kind, item.rule, item.before, item.after) for item in found.pending] == [
        (Change.CHANGED, "configuration", "rule-st4", "advisory", "disabled"),
        (Change.ADDED, "configuration", "all", "", "advisory"),
    ]
    assert [finding.rule for finding in assessed(node("a", ST4=["x"]), policy=found).findings] == ["rule-st4"]


def test_a_file_that_is_deleted_is_pending_whole():
    assert [item.change for item in policy(base_config={"all": "advisory"}).pending] == [Change.REMOVED]


@pytest.mark.parametrize("broken", ["base_suppressions", "head_suppressions", "base_config", "head_config"])
def test_whichever_file_can_t_be_used_is_refused(broken):
    files = dict.fromkeys(("base_suppressions", "head_suppressions", "base_config", "head_config"))
    with pytest.raises(SettingsError, match=r"broken\.yaml"):
        Policy.from_files(RULES, **{**files, broken: Source("x: [", "broken.yaml")})


@pytest.mark.parametrize("head", [[], ["ST4 a 2027-12-31"]], ids=["removes", "renews"])
def test_a_change_that_mends_an_expired_suppression_isn_t_failed_by_it(head):
    expired = ["ST4 a 2026-11-01"]
    assert not assessed(policy=policy(base=expired, head=expired)).ok
    found = assessed(policy=policy(base=expired, head=head))
    assert (found.ok, [item.state for item in found.suppressions]) == (True, [State.MENDED])
    assert not assessed(node("a", ST4=["x"]), policy=policy(base=expired, head=head)).ok


def test_a_change_that_mends_another_entry_is_failed_by_an_expired_one():
    base = ["ST4 a 2026-11-01", "ST4 b 2026-12-31"]
    assert not assessed(policy=policy(base=base, head=base[:1])).ok
