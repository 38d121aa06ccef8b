"""When two ways to write inputs mean the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modelyard_sandbox.meaning import COMPUTED, Meaning

MEANING = Meaning(
    {"state": "ENABLED", "policy": COMPUTED, "rules[].window": 60, "rules[].zone": COMPUTED},
    unordered=frozenset({"rules"}),
)
POLICY = {"Version": "2012-10-17", "Statement": [{"Action": ["a", "b"], "Resource": ["*"]}]}
SAME_POLICY = {"Statement": {"Resource": "*", "Action": ["b", "a"]}, "Version": "2012-10-17"}


@pytest.mark.parametrize(
    ("path", "one", "other", "same"),
    [
        ("state", "ENABLED", None, True),
        ("state", "DISABLED", None, False),
        ("policy", "{}", None, False),
        ("anything", None, "", True),
        ("anything", None, False, True),
        ("anything", None, {"inside": {"empty": []}}, True),
        ("anything", "false", False, True),
        ("anything", "true", True, True),
        ("anything", 1, True, False),
        ("anything", 200, "200", True),
        ("anything", "100.0", "100", True),
        ("anything", "0100", "100", False),
        ("names", ["a", "b"], ["b", "a"], True),
        ("names", ["a", "a", "b"], ["a", "b", "b"], False),
        ("rules", [{"id": 1}, {"id": 2}], [{"id": 2, "window": 60}, {"id": 1}], True),
        ("steps", [{"id": 1}, {"id": 2}], [{"id": 2}, {"id": 1}], False),
        ("tags", {"a": ""}, {}, False),
        ("document", json.dumps(POLICY), json.dumps(SAME_POLICY, indent=2), True),
        ("document", json.dumps(POLICY), json.dumps({**POLICY, "Version": "2008-10-17"}), False),
        ("document", '{"command": ["a", "b"]}', '{"command": ["b", "a"]}', False),
        ("document", '{"command": ["a"], "mounts": []}', '{"command": ["a"]}', True),
        ("document", "{not json", "{not json }", False),
        ("key", "arn:aws:kms:eu-central-1:1:key/mrk-1", "mrk-1", True),
        ("key", "arn:aws:kms:eu-central-1:1:key/mrk-1", "mrk-2", False),
    ],
)
def test_values_are_compared_by_what_they_mean(path: str, one: Any, other: Any, same: bool) -> None:
    assert MEANING.same(path, one, other) is same
    assert MEANING.same(path, other, one) is same


@pytest.mark.parametrize(
    ("found", "like", "aligned"),
    [
        # In the words of the other where both mean the same.
        ({"size": 200, "state": "ENABLED"}, {"size": "200"}, {"size": "200"}),
        ({}, {"state": "ENABLED"}, {"state": "ENABLED"}),
        # What the cloud chose by itself is left out, unless it was asked for.
        ({"policy": "{}"}, {}, {}),
        ({"policy": '{"a": 1}'}, {"policy": '{"a": 2}'}, {"policy": '{"a": 1}'}),
        # What is there and wasn't asked for stays, and what was asked for and isn't there goes.
        ({"more": 1}, {"less": 1}, {"more": 1}),
        (
            {"rules": [{"id": 2, "window": 60, "zone": "x"}, {"id": 1, "days": 9}]},
            {"rules": [{"id": 1, "days": 3}, {"id": 2}]},
            {"rules": [{"id": 1, "days": 9}, {"id": 2}]},
        ),
        ({"rules": [{"id": 3}]}, {"rules": [{"id": 1}, {"id": 3}]}, {"rules": [{"id": 3}]}),
        ({"names": ["c", "b", "a"]}, {"names": ["a", "b"]}, {"names": ["a", "b", "c"]}),
    ],
)
def test_what_was_found_is_told_in_the_words_of_what_was_asked(
    found: dict[str, Any], like: dict[str, Any], aligned: dict[str, Any]
) -> None:
    assert MEANING.aligned(found, like) == aligned
