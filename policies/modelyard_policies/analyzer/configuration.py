"""How strictly each rule is enforced, and with which options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pulumi.runtime.proto import analyzer_pb2 as pb

from modelyard_policies.analyzer.decode import properties
from modelyard_policies.configuration.rules import EVERY_RULE, UNKNOWN_VERDICTS, named, options_of
from modelyard_policies.rule import Rule, Severity


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
            rule = named(name, by_id)
            configuration.levels[name] = entry.enforcementLevel
            options = options_of(rule, properties(entry.properties))
            if options is not None:
                configuration.options.append(options)
        return configuration

    def enabled(self, rules: Iterable[Rule]) -> list[Rule]:
        """The rules that aren't disabled."""
        return [rule for rule in rules if self.levels[rule.id] != pb.DISABLED]

    def remediates(self, rule: Rule) -> bool:
        """Whether the rule is to mend what fails it."""
        return rule.has_remedy and self.levels[rule.id] == pb.REMEDIATE
