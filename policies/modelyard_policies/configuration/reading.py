"""`modelyard.policies.yaml`: under `policies` what Pulumi's own configuration of a pack takes, which is for
each rule's id a level, or a mapping with `enforcementLevel` and the rule's options.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from modelyard_policies.configuration.configuration import Configuration, Entry
from modelyard_policies.configuration.level import Level
from modelyard_policies.configuration.rules import EVERY_RULE, UNKNOWN_VERDICTS, named, options_of
from modelyard_policies.errors import OptionError, UnknownRuleError
from modelyard_policies.rule import Rule
from modelyard_policies.settings import Fields, Source, read

SCHEMA: Final = "modelyard.policies/1"
FILE: Final = "modelyard.policies.yaml"
LEVEL: Final = "enforcementLevel"
"""Pulumi's name for the level of a policy, beside its options."""
LEVELS: Final = ("mandatory", "remediate", "advisory", "disabled")
"""Pulumi's levels. What a rule would mend under Pulumi has to be mended by hand here: it is mandatory."""
OF_UNKNOWN: Final = ("mandatory", "advisory")
"""Levels of what can't be judged yet, which is always shown."""


def read_configuration(source: Source, rules: Iterable[Rule]) -> Configuration:
    """What a file says. Raises SettingsError, with all that is wrong in it."""
    fields = Fields(read(source))
    fields.schema(SCHEMA)
    data = fields.document.data
    fields.known((), data, ("schema", "policies"))
    by_id = {rule.id: rule for rule in rules}
    entries: dict[str, Entry] = {}
    options: list[object] = []
    said = data.get("policies")
    given = fields.mapping(("policies",), {} if said is None else said, "policies")
    for name, item in given.items():
        rule = _rule(fields, name, by_id)
        entry = entries[name] = _entry(fields, name, item)
        if rule is not None:
            options += _options(fields, rule, entry.options)
    fields.done()
    return Configuration(entries, tuple(options), source.file)


def _rule(fields: Fields, name: str, by_id: Mapping[str, Rule]) -> Rule | None:
    if name in (EVERY_RULE, UNKNOWN_VERDICTS):
        return None
    try:
        return named(name, by_id)
    except UnknownRuleError as error:
        code = next((rule.id for rule in by_id.values() if rule.code.lower() == name.lower()), None)
        mend = f"write {code}" if code else "see docs/reference/policies.md"
        fields.refuse(("policies", name), name, str(error), "id of a rule, all, unknown-verdicts", mend)
        return None


def _entry(fields: Fields, name: str, item: Any) -> Entry:
    """A level alone, or a mapping of a level and options."""
    path = ("policies", name)
    if not isinstance(item, dict):
        return Entry(_level(fields, path, item, name), {})
    data = cast("dict[str, Any]", item)
    level = _level(fields, (*path, LEVEL), data[LEVEL], name) if LEVEL in data else None
    options = {key: value for key, value in data.items() if key != LEVEL}
    if options and name in (EVERY_RULE, UNKNOWN_VERDICTS):
        fields.refuse(path, ", ".join(options), f"{name!r} has no options", LEVEL, "remove them")
    return Entry(level, options)


def _level(fields: Fields, path: tuple[str | int, ...], given: Any, name: str) -> Level | None:
    allowed = OF_UNKNOWN if name == UNKNOWN_VERDICTS else LEVELS
    if given in allowed:
        return Level.MANDATORY if given == "remediate" else Level(given)
    message = "this is no level of enforcement"
    fields.refuse(path, given, message, " or ".join(allowed), "write one of these")
    return None


def _options(fields: Fields, rule: Rule, given: Mapping[str, Any]) -> list[object]:
    """The rule's options. Each is tried alone first, so that a mistake is told at its own line."""
    for name, value in given.items():
        try:
            options_of(rule, {name: value})
        except OptionError as error:
            allowed = ", ".join((*(rule.options.schema() if rule.options else ()), LEVEL))
            fields.refuse(("policies", rule.id, name), value, str(error), allowed, "mend this option")
            return []
    try:
        options = options_of(rule, given)
    except OptionError as error:
        fields.refuse(("policies", rule.id), ", ".join(given), str(error), LEVEL, "mend these options")
        return []
    return [] if options is None else [options]
