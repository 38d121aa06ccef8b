"""Options of rules, as JSON gives them and as JSON Schema describes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import jsonschema
import pytest

from modelyard_policies.errors import OptionError
from modelyard_policies.options import Options, choice, number, numbers_by_word, option, words
from modelyard_policies.registry import all_rules


@dataclass(frozen=True, slots=True)
class Some(Options):
    rule: ClassVar[str] = "some-rule"
    mode: str = option(choice("firm", "loose"), "firm", "How firm")
    hours: float = option(number(1), 24.0, "How long")
    names: tuple[str, ...] = option(words(), ("a",), "Which")
    days: Mapping[str, float] = option(numbers_by_word(1), {"a": 1.0}, "How long each")


def test_what_is_given_is_read_and_the_rest_has_its_defaults():
    assert Some.from_json({}) == Some()
    given = {"mode": "loose", "hours": 12, "names": ["b"], "days": {"b": 2}}
    assert Some.from_json(given) == Some("loose", 12.0, ("b",), {"b": 2.0})


def test_defaults_are_not_shared():
    assert Some().days == Some().days
    assert Some().days is not Some().days


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"hour": 3}, "some-rule has no option 'hour'; did you mean 'hours'?"),
        ({"mode": "soft"}, "some-rule: mode must be one of firm, loose, not 'soft'"),
        ({"hours": "24"}, "some-rule: hours must be a number from 1, not '24'"),
        ({"hours": True}, "some-rule: hours must be a number from 1, not True"),
        ({"hours": float("nan")}, "some-rule: hours must be a number from 1, not nan"),
        ({"hours": float("inf")}, "some-rule: hours must be a number from 1, not inf"),
        ({"names": "b"}, "some-rule: names must be a list of words, not 'b'"),
        ({"names": [""]}, "some-rule: names must be a list of words, not ['']"),
        ({"days": [1]}, "some-rule: days must be a mapping of words to numbers from 1, not [1]"),
        ({"days": {"a": 0}}, "some-rule: days must be a mapping of words to numbers from 1, not {'a': 0}"),
    ],
)
def test_what_is_wrong_is_refused_with_what_is_allowed(given, message):
    with pytest.raises(OptionError) as error:
        Some.from_json(given)
    assert str(error.value) == message


@pytest.mark.parametrize("rule", [rule for rule in all_rules() if rule.options], ids=lambda rule: rule.code)
def test_a_rules_defaults_meet_its_own_schema(rule):
    for name, schema in rule.options.schema().items():
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(schema["default"], schema)
        assert schema["description"]
        assert rule.options.from_json({name: schema["default"]}) == rule.options()
