"""Writes the tables of inputs that the sandbox's providers check programs against, from the installed SDKs.

    python tools/sandbox/input_types.py

A provider must start quickly, so it reads its table and never imports the SDK. A kind is a word (`string`,
`integer`, `number`, `boolean`, `any`, `document`: JSON as text or as an object), `[KIND]` for a list,
`{KIND}` for a map, `#NAME` for one of the table's objects, and ends in `!` where the property is required. An
enumeration is of the kind of its values: which of them a cloud takes is for the cloud's own model to say.
"""

from __future__ import annotations

import importlib
import inspect
import json
import keyword
import sys
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pulumi

from modelyard_sandbox.aws import registry as aws
from modelyard_sandbox.azure import registry as azure

DIRECTORY = Path(__file__).parents[2] / "sandbox" / "modelyard_sandbox" / "provider" / "data"
TYPES: Mapping[str, Callable[[], Iterable[str]]] = {"aws": aws.handlers, "azure-native": azure.handlers}
"""The types that the sandbox has of each package."""
SCALARS: Mapping[object, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}
OUTER_NAMES = {"Output": pulumi.Output, "T": typing.TypeVar("T")}
"""What the aliases `pulumi.Input` and `pulumi.Output` leave open in annotations."""


class Table:
    """The inputs of types, and of the objects inside of them."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, str]] = {}

    def of_type(self, token: str) -> dict[str, str]:
        """The inputs of a resource type."""
        return self._properties(_args_class(token))

    def _properties(self, args: type) -> dict[str, str]:
        required = _required(args)
        return {
            getter.__dict__.get("_pulumi_name", name): self._kind(hint) + ("!" if name in required else "")
            for name, getter, hint in _getters(args)
        }

    def _kind(self, hint: Any) -> str:
        choices = list(_choices(hint))
        if len(choices) > 1:
            # A policy may be text or an object; an enumeration's value may be plain text.
            if any(_is_object(choice) for choice in choices):
                return "document" if str in choices else "any"
            scalars = [choice for choice in choices if choice in SCALARS]
            return self._kind(scalars[0]) if scalars else "any"
        (choice,) = choices
        origin, arguments = typing.get_origin(choice), typing.get_args(choice)
        if origin in (list, Sequence) or (isinstance(origin, type) and issubclass(origin, Sequence)):
            return f"[{self._kind(arguments[0])}]"
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return f"{{{self._kind(arguments[1])}}}"
        return self._object(choice) if _is_object(choice) else _scalar(choice)

    def _object(self, args: type) -> str:
        name = f"{args.__module__.split('.')[1]}.{args.__name__.removesuffix('Args')}"
        if name not in self.objects:
            self.objects[name] = {}
            self.objects[name] |= self._properties(args)
        return f"#{name}"


def path_of(package: str) -> Path:
    """The file of a package's table."""
    return DIRECTORY / f"{package.replace('-', '_')}_inputs.json"


def document(package: str) -> dict[str, Any]:
    """The table of every type that the sandbox has of a package."""
    table, sdk = Table(), f"pulumi-{package}"
    rows = {token: table.of_type(token) for token in sorted(TYPES[package]())}
    objects = dict(sorted(table.objects.items()))
    return {"sdk": sdk, "version": version(sdk), "types": rows, "objects": objects}


def text(package: str) -> str:
    """The file: a line for each type and each object."""
    table = document(package)
    parts = [f'"sdk": "{table["sdk"]}",\n"version": "{table["version"]}"']
    for name in ("types", "objects"):
        rows = ",\n".join(f"{json.dumps(key)}: {json.dumps(row)}" for key, row in table[name].items())
        parts.append(f'"{name}": {{\n{rows}\n}}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    """Write the tables."""
    DIRECTORY.mkdir(exist_ok=True)
    for package in TYPES:
        path_of(package).write_text(text(package), encoding="utf-8")


def _args_class(token: str) -> type:
    package, path, name = token.split(":")
    sdk, module = f"pulumi_{package.replace('-', '_')}", path.partition("/")[0]
    # A module can't be called as Python's own words are.
    module += "_" if keyword.iskeyword(module) else ""
    resource = getattr(importlib.import_module(f"{sdk}.{module}"), name)
    scope = vars(sys.modules[resource.__module__])
    # Where a nested object has the arguments' usual name, the SDK gives them another.
    return scope.get(f"{name}InitArgs") or scope[f"{name}Args"]


def _required(args: type) -> set[str]:
    parameters = inspect.signature(args.__init__).parameters.values()
    return {
        parameter.name
        for parameter in parameters
        if parameter.default is parameter.empty and parameter.kind is parameter.KEYWORD_ONLY
    }


def _getters(args: type) -> Iterator[tuple[str, types.FunctionType, Any]]:
    scope = {**OUTER_NAMES, **vars(sys.modules[args.__module__])}
    for name, member in vars(args).items():
        if isinstance(member, property) and isinstance(member.fget, types.FunctionType):
            yield name, member.fget, _resolved(member.fget.__annotations__["return"], scope)


def _resolved(hint: Any, scope: dict[str, Any]) -> Any:
    def holder() -> None: ...

    holder.__annotations__ = {"return": hint}
    # Modules of one SDK share their references by name, and each is kept as it was first resolved, unless
    # there are names of one's own.
    return typing.get_type_hints(holder, scope, {})["return"]


def _choices(hint: Any) -> Iterator[Any]:
    """What a hint allows, without absence and without the ways in which a value may come later."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        seen: list[Any] = []
        for part in typing.get_args(hint):
            for choice in _choices(part):
                if choice not in seen:
                    seen.append(choice)
                    yield choice
    elif hint is not type(None) and not _comes_later(hint):
        yield hint


def _comes_later(hint: Any) -> bool:
    origin = typing.get_origin(hint) or hint
    return origin is pulumi.Output or (isinstance(origin, type) and origin.__name__ == "Awaitable")


@cache
def _is_object(hint: Any) -> bool:
    return isinstance(hint, type) and hint.__module__.startswith("pulumi_") and not issubclass(hint, Enum)


def _scalar(hint: Any) -> str:
    if isinstance(hint, type) and issubclass(hint, Enum):
        hint = next((base for base in hint.__mro__ if base in SCALARS), hint)
    return SCALARS.get(hint, "any")


if __name__ == "__main__":
    main()
