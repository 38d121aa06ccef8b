"""`modelyard.suppressions.yaml`, with every mistake told at its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, cast

from modelyard_policies.errors import nearest
from modelyard_policies.rule import Rule
from modelyard_policies.settings import Fields, Source, read
from modelyard_policies.suppressions.entry import Suppression

SCHEMA: Final = "modelyard.suppressions/1"
FILE: Final = "modelyard.suppressions.yaml"
FIELDS: Final = {
    "rule": "Id or code of the rule, as bucket-versioning or ST4.",
    "resource": "Which resources. A pattern that starts with `urn:` is held against the whole URN, any other "
    "against the resource's name in the program. `*` stands for any characters or none, `?` for one; all "
    "else for itself. The whole has to fit, and case counts.",
    "property": "Pattern of the property's path, as ingress[*].cidrBlocks; any property if it is left out.",
    "reason": "Why the finding may stand for now.",
    "owner": "Who answers for it: a team or an address.",
    "expires": "The last day on which it holds, as 2026-12-31. From the next day on it fails the check.",
}
"""Fields of an entry, and what each is."""
REQUIRED: Final = tuple(name for name in FIELDS if name != "property")

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_suppressions(source: Source, rules: Iterable[Rule]) -> tuple[Suppression, ...]:
    """The entries of a file, in its order. Raises SettingsError, with all that is wrong in it."""
    fields = Fields(read(source))
    fields.schema(SCHEMA)
    data = fields.document.data
    fields.known((), data, ("schema", "suppressions"))
    names = {name.lower(): rule.id for rule in rules for name in (rule.id, rule.code)}
    found: dict[tuple[str, str, str], Suppression] = {}
    path = ("suppressions",)
    given = data.get("suppressions")
    for place, item in enumerate(fields.items(path, [] if given is None else given, "suppressions")):
        if not isinstance(item, dict):
            fields.mapping((*path, place), item, "a suppression")
            continue
        entry = _entry(fields, (*path, place), cast("dict[str, Any]", item), names)
        earlier = found.setdefault(entry.scope, entry)
        if earlier is not entry and entry.rule:
            message = f"line {earlier.line} is for the same rule, resource and property"
            fields.refuse((*path, place), entry.rule, message, "one entry for each", "keep one of them")
    fields.done()
    return tuple(found.values())


def _entry(
    fields: Fields, path: tuple[str | int, ...], data: dict[str, Any], names: Mapping[str, str]
) -> Suppression:
    fields.known(path, data, FIELDS)
    texts = {name: fields.text(path, data, name, FIELDS[name]) for name in REQUIRED}
    pattern = fields.text(path, data, "property", FIELDS["property"]) if "property" in data else ""
    return Suppression(
        rule=_rule(fields, (*path, "rule"), texts["rule"], names),
        resource=texts["resource"],
        path=pattern,
        reason=texts["reason"],
        owner=texts["owner"],
        expires=_day(fields, (*path, "expires"), texts["expires"]),
        file=fields.document.file,
        line=fields.document.line(path),
    )


def _rule(fields: Fields, path: tuple[str | int, ...], given: str, names: Mapping[str, str]) -> str:
    if given and given.lower() not in names:
        message = f"there is no rule {given!r}{nearest(given, names)}"
        fields.refuse(path, given, message, "id or code of a rule", "see docs/reference/policies.md")
    return names.get(given.lower(), "")


def _day(fields: Fields, path: tuple[str | int, ...], given: str) -> date:
    try:
        if given and _DAY.fullmatch(given):
            return date.fromisoformat(given)
    except ValueError:
        pass
    if given:
        fields.refuse(path, given, "this is no day", "a day as 2026-12-31", "write year, month and day so")
    return date.min
