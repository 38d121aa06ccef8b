"""What a project declares of its configuration: types, defaults, values for every stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from modelyard.errors import InputError, Problem
from modelyard.validation.values import given_text, listed
from modelyard.yaml_lines import FieldPath, YamlDocument, field_text

TYPES = ("string", "integer", "boolean", "array", "object")
_FIELDS = ("type", "items", "description", "secret", "default", "value")


@dataclass(frozen=True, slots=True)
class Declared:
    """One key of a project's configuration."""

    key: str
    """With its namespace, as `shop:size`."""
    type: str | None
    items: Any
    """Of an array: the type of its entries, as `{type: string}`."""
    secret: bool
    preset: Any
    """What it is where a stack says nothing; None if every stack has to say it, or may leave it."""
    required: bool
    """Whether a stack without it can't be run."""

    def problem_with(self, value: Any) -> str | None:
        """What is wrong with a value, in words; None if it has the type that is declared."""
        if self.type is None or _has_type(value, self.type, self.items):
            return None
        return f"{self.key} has to be of type {_named(self.type, self.items)}"


def declared_config(document: YamlDocument, project: str) -> tuple[Declared, ...]:
    """The declarations of a Pulumi.yaml. Raises InputError with all that is wrong with them."""
    data = cast("dict[str, Any]", document.data).get("config")
    if data is None or isinstance(data, str):
        return ()
    if not isinstance(data, dict):
        allowed, mend = "a mapping of keys", "write one `key: value` a line"
        problem = Problem("config", given_text(data), "config has to be a mapping", allowed, mend)
        raise InputError([problem.at(document.file, document.line_of(("config",)))])
    found: list[Declared] = []
    problems: list[Problem] = []
    for key, value in data.items():
        path: FieldPath = ("config", key)
        declared, wrong = _declared(project, key, value)
        found.append(declared)
        for message, mend in wrong:
            allowed = f"a value, or a mapping of {listed(_FIELDS)}"
            problem = Problem(field_text(path), given_text(value), message, allowed, mend)
            problems.append(problem.at(document.file, document.line_of(path)))
    if problems:
        raise InputError(problems)
    return tuple(found)


def _declared(project: str, key: str, value: Any) -> tuple[Declared, list[tuple[str, str]]]:
    """A declaration, and what is wrong with it: message and mend."""
    is_own = ":" not in key or key.startswith(f"{project}:")
    full = key if ":" in key else f"{project}:{key}"
    if not isinstance(value, dict):
        return Declared(full, None, None, False, value, is_own and value is None), []
    fields = cast("Mapping[str, Any]", value)
    preset = fields.get("default", fields.get("value"))
    kind = fields.get("type")
    declared = Declared(
        key=full,
        type=kind if isinstance(kind, str) else None,
        items=fields.get("items"),
        secret=fields.get("secret") is True,
        preset=preset,
        required=is_own and preset is None,
    )
    return declared, list(_wrong(declared, fields, is_own))


def _wrong(declared: Declared, fields: Mapping[str, Any], is_own: bool) -> list[tuple[str, str]]:
    unknown = [name for name in fields if name not in _FIELDS]
    found = [(f"{name} is none of its fields", f"remove {name}") for name in unknown]
    if "default" in fields and "value" in fields:
        found.append(("default and value can't both be given", "keep one of the two"))
    if "type" in fields and fields["type"] not in TYPES:
        found.append((f"{given_text(fields['type'])} is no type", f"write one of {listed(TYPES)}"))
        return found
    if not is_own and ("type" in fields or "default" in fields):
        found.append(("only keys of the project itself have a type or a default", "write value: instead"))
    elif not is_own and fields.get("value") is None:
        found.append(("a key of another namespace needs a value", "write value:"))
    if declared.type == "array" and declared.items is None:
        found.append(("an array needs the type of its entries", "write items: with a type: under it"))
    elif declared.preset is not None and (message := declared.problem_with(declared.preset)):
        found.append((message, "change the default, or the type"))
    return found


def _has_type(value: Any, kind: str, items: Any) -> bool:
    """Whether a value fits a type; texts that read as a number or a truth value fit theirs."""
    if kind == "string":
        return isinstance(value, str)
    if kind == "boolean":
        return isinstance(value, bool) or value in ("true", "false")
    if kind == "integer":
        return _is_whole(value)
    if kind == "object":
        return isinstance(value, dict)
    if not isinstance(value, list) or not isinstance(items, dict):
        return False
    item = cast("dict[str, Any]", items)
    return all(_has_type(each, str(item.get("type")), item.get("items")) for each in value)


def _is_whole(value: Any) -> bool:
    if isinstance(value, str):
        digits = value[1:] if value[:1] in "+-" and value else value
        return digits.isascii() and digits.isdigit()
    return not isinstance(value, bool) and isinstance(value, int | float) and value == int(value)


def _named(kind: str, items: Any) -> str:
    if kind != "array" or not isinstance(items, dict):
        return kind
    item = cast("dict[str, Any]", items)
    return f"array of {_named(str(item.get('type')), item.get('items'))}"
