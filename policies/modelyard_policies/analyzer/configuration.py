"""How strictly each rule is enforced, and with which options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as pb

from modelyard_policies.analyzer.decode import properties
from modelyard_policies.errors import OptionError, UnknownRuleError
from modelyard_policies.rule import Rule, Severity

EVERY_RULE = "all"
"""The name under which Pulumi's configuration speaks of all rules."""


UNKNOWN_VERDICTS = "unknown-verdicts"
"""A policy beside the rules' own, whose level is that of what no rule could judge before the deployment."""


def default_level(rule: Rule) -> pb.EnforcementLevel.ValueType:
    """Critical and high rules stop a deployment, the others advise."""
    return pb.MANDATORY if rule.severity in (Severity.CRITICAL, Severity.HIGH) else pb.ADVISORY


@dataclass(slots=True)
class Configuration:
    """What `--policy-pack-config` or a policy group asks for."""

    levels: dict[str, pb.EnforcementLevel.ValueType]
    """Level for each rule's id."""
    options: list[object] = field(default_factory=list[object])
    unknown: pb.EnforcementLevel.ValueType = pb.ADVISORY
    """Level of verdicts that are unknown."""

    @classmethod
    def default(cls, rules: Iterable[Rule]) -> Configuration:
        """Levels by severity, and the rules' own options."""
        return cls({rule.id: default_level(rule) for rule in rules})

    @classmethod
    def of(cls, rules: Iterable[Rule], given: Mapping[str, pb.PolicyConfig]) -> Configuration:
        """What `given` says, by rule id. Raises UnknownRuleError and OptionError.

        The engine writes what is said of all rules into each rule's own entry and leaves it under `all`
        as well, where it is ignored.
        """
        by_id = {rule.id: rule for rule in rules}
        configuration = cls.default(by_id.values())
        for name, entry in given.items():
            if name == EVERY_RULE:
                continue
            if name == UNKNOWN_VERDICTS:
                configuration.unknown = entry.enforcementLevel
                continue
            rule = by_id.get(name)
            if rule is None:
                raise UnknownRuleError(name, [*by_id, UNKNOWN_VERDICTS])
            configuration.levels[name] = entry.enforcementLevel
            options = _options(rule, properties(entry.properties))
            if options is not None:
                configuration.options.append(options)
        return configuration

    def enabled(self, rules: Iterable[Rule]) -> list[Rule]:
        """The rules that aren't disabled."""
        return [rule for rule in rules if self.levels[rule.id] != pb.DISABLED]

    def remediates(self, rule: Rule) -> bool:
        """Whether the rule is to mend what fails it."""
        return rule.has_remedy and self.levels[rule.id] == pb.REMEDIATE


def _options(rule: Rule, given: dict[str, Any]) -> object | None:
    if not given:
        return None
    if rule.options is None:
        raise OptionError(f"{rule.id} has no options, but was given {', '.join(sorted(given))}")
    return rule.options.from_json(given)
