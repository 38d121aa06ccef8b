"""Rules of an Azure account's lifecycle."""

from hypothesis import given
from hypothesis import strategies as st

from modelyard.planning.azure.lifecycle import (
    MOST_PREFIXES,
    MOST_RULES,
    PREFIXES_PER_RULE,
    lifecycle_rules,
)

DAYS = st.none() | st.integers(1, 3_650)
PREFIXES = st.lists(st.from_regex(r"[a-z]{3,9}/[a-z]{0,5}", fullmatch=True), unique=True, max_size=60)


@given(DAYS, DAYS, DAYS, PREFIXES)
def test_every_rule_is_one_that_azure_takes(versions, cool, expire, prefixes):
    rules = lifecycle_rules(versions, cool, expire, prefixes)
    names = [rule["name"] for rule in rules]
    assert len(set(names)) == len(names) <= MOST_RULES
    for rule in rules:
        assert (rule["type"], rule["enabled"]) == ("Lifecycle", True)
        filters, actions = rule["definition"]["filters"], rule["definition"]["actions"]
        assert actions
        assert 1 <= len(filters.get("prefix_match", ["all"])) <= PREFIXES_PER_RULE
        if "appendBlob" in filters["blob_types"]:
            assert {action for done in actions.values() for action in done} == {"delete"}
    assert bool(rules) == any(days is not None for days in (versions, cool, expire))


@given(st.integers(1, 365), PREFIXES)
def test_what_expires_is_what_was_named_in_its_order(days, prefixes):
    rules = lifecycle_rules(None, None, days, prefixes)
    named = [prefix for rule in rules for prefix in rule["definition"]["filters"].get("prefix_match", [])]
    assert named == prefixes
    assert {str(rule["definition"]["actions"]) for rule in rules} == {
        str({"base_blob": {"delete": {"days_after_modification_greater_than": days}}})
    }


def test_as_many_prefixes_as_there_is_room_for_fill_a_policy():
    most = [f"runs/{number}/" for number in range(MOST_PREFIXES)]
    assert len(lifecycle_rules(30, 30, 30, most)) == MOST_RULES


def test_one_rule_of_expiry_has_no_number_and_several_have():
    few = lifecycle_rules(None, None, 30, ["a/"] * PREFIXES_PER_RULE)
    many = lifecycle_rules(None, None, 30, ["a/"] * (PREFIXES_PER_RULE + 1))
    assert [rule["name"] for rule in few] == ["expiry"]
    assert [rule["name"] for rule in many] == ["expiry-1", "expiry-2"]
