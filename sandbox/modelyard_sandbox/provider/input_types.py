"""What kind of value each input takes, down to nested ones, as the SDK of the provider declares it.

The tables are written by tools/sandbox/input_types.py from the installed SDKs; the packages themselves take
too long to import. Where a program gives `aws` another kind than the declared one, what Pulumi's bridge to
Terraform takes is taken (pulumi-terraform-bridge, `MakeTerraformInputs` and `TransformJSONDocument`,
2026-11): numbers and booleans as text and the other way round, and a document as an object. `azure-native`
has no bridge, and changes no value's kind (pulumi-azure-native, `validateProperty`, 2026-11). All else is
refused at its path, as are names that the SDK doesn't have, which azure-native itself leaves out unsaid.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from modelyard_sandbox.paths import quoted_under
from modelyard_sandbox.provider.packages import PACKAGES
from modelyard_sandbox.provider.values import UNKNOWN, Secret, reveal

Kinds = Mapping[str, str]
"""Property to kind, as the table words it; `!` at the end says that the property is required."""

NAMES_SHOWN = 12
BRIDGED = frozenset({"pulumi-aws"})
"""The SDKs whose provider goes through the bridge to Terraform."""

WORDS = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "document": "a JSON document, as text or as an object",
    "[": "a list",
    "{": "a map",
    "#": "an object",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one property."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class InputTypes:
    """The table of one SDK."""

    sdk: str
    version: str
    types: Mapping[str, Kinds]
    objects: Mapping[str, Kinds]

    def kinds(self, kind: str) -> Kinds:
        """The properties of an object's kind (`#s3.BucketLifecycleConfigurationRule`)."""
        return self.objects[kind.removesuffix("!").removeprefix("#")]


@dataclass
class Settled:
    """Inputs in the declared kinds, and what is wrong with them."""

    inputs: dict[str, Any] = field(default_factory=dict[str, Any])
    problems: list[Problem] = field(default_factory=list[Problem])


@cache
def table_of(package: str) -> InputTypes:
    """The table of a package (`azure-native`), which must be one of `PACKAGES`."""
    file = files("modelyard_sandbox.provider").joinpath(f"data/{package.replace('-', '_')}_inputs.json")
    return InputTypes(**json.loads(file.read_text(encoding="utf-8")))


def kinds_of(type_: str) -> Kinds | None:
    """The inputs of a resource type; None for a type of which there is no table."""
    package = type_.partition(":")[0]
    return table_of(package).types.get(type_) if package in PACKAGES else None


def settle(type_: str, inputs: Mapping[str, Any]) -> Settled:
    """The inputs of a type in the kinds that its SDK declares.

    Unknown values and inputs that start with `__` pass; names that the SDK doesn't know are among the
    problems, and so are required properties of nested objects (those of the type itself are the caller's).
    """
    kinds = kinds_of(type_)
    if kinds is None:
        return Settled(dict(inputs))
    walker = _Walker(type_, table_of(type_.partition(":")[0]))
    known = {name: value for name, value in inputs.items() if not name.startswith("__")}
    settled = walker.properties("", known, kinds)
    return Settled({**inputs, **settled}, walker.problems)


def required_of(type_: str) -> frozenset[str]:
    """The inputs without which the SDK makes no resource of the type."""
    return frozenset(name for name, kind in (kinds_of(type_) or {}).items() if kind.endswith("!"))


def nearest(name: str, known: Iterable[str]) -> str:
    """The question after a misspelt name, or nothing."""
    near = get_close_matches(name, list(known), 1)
    return f"did you mean {near[0]}? " if near else ""


class _Walker:
    """Goes down a type's inputs, and keeps what is wrong."""

    def __init__(self, type_: str, table: InputTypes) -> None:
        self._type = type_
        self._table = table
        self._scalars = _SCALARS if table.sdk in BRIDGED else _EXACT_SCALARS
        self.problems: list[Problem] = []

    def properties(self, place: str, values: Mapping[str, Any], kinds: Kinds) -> dict[str, Any]:
        settled: dict[str, Any] = {}
        for name, value in values.items():
            path = quoted_under(place, name)
            if name not in kinds:
                self.problems.append(Problem(path, self._no_such(path, name, kinds)))
            else:
                settled[name] = self.value(path, value, kinds[name].removesuffix("!"))
        if place:
            missing = [name for name, kind in kinds.items() if kind.endswith("!")]
            self.problems += [
                Problem(quoted_under(place, name), f"{self._type} needs {quoted_under(place, name)}")
                for name in missing
                if values.get(name) is None
            ]
        return settled

    def value(self, path: str, value: Any, kind: str) -> Any:
        if isinstance(value, Secret):
            return Secret(self.value(path, value.value, kind))
        if value is None or value is UNKNOWN or kind == "any":
            return value
        if kind[0] in _PARTS:
            return _PARTS[kind[0]](self, path, value, kind)
        try:
            return self._scalars[kind](value)
        except (KeyError, ValueError, TypeError):
            return self._wrong(path, value, kind)

    def items(self, path: str, value: Any, kind: str) -> Any:
        if not isinstance(value, list):
            return self._wrong(path, value, kind)
        return [self.value(f"{path}[{index}]", item, kind[1:-1]) for index, item in enumerate(value)]

    def entries(self, path: str, value: Any, kind: str) -> Any:
        if not isinstance(value, dict):
            return self._wrong(path, value, kind)
        return {key: self.value(quoted_under(path, key), item, kind[1:-1]) for key, item in value.items()}

    def fields(self, path: str, value: Any, kind: str) -> Any:
        if not isinstance(value, dict):
            return self._wrong(path, value, kind)
        return self.properties(path, value, self._table.kinds(kind))

    def _wrong(self, path: str, value: Any, kind: str) -> Any:
        wanted = WORDS.get(kind, WORDS.get(kind[0], kind))
        self.problems.append(Problem(path, f"{self._type} takes {wanted} as {path}, not {_worded(value)}"))
        return value

    def _no_such(self, path: str, name: str, kinds: Kinds) -> str:
        meant = nearest(name, list(kinds))
        shown = sorted(kinds)[:NAMES_SHOWN]
        more = f" and {len(kinds) - NAMES_SHOWN} more" if len(kinds) > NAMES_SHOWN else ""
        sdk = f"{self._table.sdk} {self._table.version}"
        return f"{self._type} has no {path} in {sdk}; {meant}it has {', '.join(shown)}{more}"


def _worded(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else repr(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        raise TypeError
    return str(value).lower() if isinstance(value, bool) else str(value)


def _integer(value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError


def _number(value: Any) -> float:
    if isinstance(value, bool | list | dict):
        raise TypeError
    return value if isinstance(value, int | float) else float(value)


def _boolean(value: Any) -> bool:
    return value if isinstance(value, bool) else {"true": True, "false": False}[value]


def _exactly(*types: type) -> Callable[[Any], Any]:
    def taken(value: Any) -> Any:
        # What is true or false is a whole number to Python.
        if type(value) not in types:
            raise TypeError
        return value

    return taken


def _document(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if not isinstance(value, list | dict):
        raise TypeError
    if holds_unknown(value):
        return UNKNOWN
    text = json.dumps(reveal(value))
    return Secret(text) if _holds_secret(value) else text


def holds_unknown(value: Any) -> bool:
    """Whether anything in a value is unknown."""
    return value is UNKNOWN or any(map(holds_unknown, _parts(value)))


def _holds_secret(value: Any) -> bool:
    return isinstance(value, Secret) or any(map(_holds_secret, _parts(value)))


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, Secret):
        return [value.value]
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


_SCALARS: Mapping[str, Callable[[Any], Any]] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "document": _document,
}
_EXACT_SCALARS: Mapping[str, Callable[[Any], Any]] = {
    "string": _exactly(str),
    "integer": _exactly(int),
    "number": _exactly(int, float),
    "boolean": _exactly(bool),
}
_PARTS: Mapping[str, Callable[[_Walker, str, Any, str], Any]] = {
    "[": _Walker.items,
    "{": _Walker.entries,
    "#": _Walker.fields,
}
