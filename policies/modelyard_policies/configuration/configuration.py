"""What a configuration says, and what it therefore asks of each rule."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from modelyard_policies.configuration.level import Level
from modelyard_policies.configuration.rules import EVERY_RULE, UNKNOWN_VERDICTS
from modelyard_policies.rule import Rule


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of one rule, or of all."""

    level: Level | None
    """None where only options are said."""
    options: Mapping[str, Any]

    def __str__(self) -> str:
        said = [str(self.level)] if self.level else []
        said += [f"{name}: {json.dumps(value)}" for name, value in self.options.items()]
        return ", ".join(said)


def _nothing() -> dict[str, Entry]:
    return {}


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a team settles about the rules. With nothing said, every rule is mandatory."""

    entries: Mapping[str, Entry] = field(default_factory=_nothing)
    """By id of the rule; what is said of all of them under `all`."""
    options: tuple[object, ...] = ()
    """Option objects of rules, as the engine takes them."""
    file: str = ""

    def level(self, rule: str) -> Level:
        """The level of a rule: its own, else that of all, else mandatory."""
        said = (self.entries[name].level for name in (rule, EVERY_RULE) if name in self.entries)
        return next((level for level in said if level is not None), Level.MANDATORY)

    def enabled(self, rules: Iterable[Rule]) -> list[Rule]:
        """The rules that aren't disabled."""
        return [rule for rule in rules if self.level(rule.id) is not Level.DISABLED]

    @property
    def unknown_counts(self) -> bool:
        """Whether what can't be judged yet makes the answer no."""
        entry = self.entries.get(UNKNOWN_VERDICTS)
        return entry is not None and entry.level is Level.MANDATORY
