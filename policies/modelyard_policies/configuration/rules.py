"""What is said of one rule, whoever says it: our own file, or Pulumi's configuration of the pack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from modelyard_policies.errors import OptionError, UnknownRuleError
from modelyard_policies.rule import Rule

EVERY_RULE: Final = "all"
"""The name under which all rules are spoken of."""
UNKNOWN_VERDICTS: Final = "unknown-verdicts"
"""A policy beside the rules' own, whose level is that of what no rule could judge before the deployment."""


def named(name: str, by_id: Mapping[str, Rule]) -> Rule:
    """The rule of that id. Raises UnknownRuleError, with the nearest."""
    rule = by_id.get(name)
    if rule is None:
        raise UnknownRuleError(name, [*by_id, UNKNOWN_VERDICTS])
    return rule


def options_of(rule: Rule, given: Mapping[str, Any]) -> object | None:
    """The options of a rule; None if nothing is said of them. Raises OptionError."""
    if not given:
        return None
    if rule.options is None:
        raise OptionError(f"{rule.id} has no options, but was given {', '.join(sorted(given))}")
    return rule.options.from_json(given)
