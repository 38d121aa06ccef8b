"""The form of request bodies: which members an object has, and what values they take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from modelyard_sandbox.paths import under


@dataclass(frozen=True, slots=True)
class Shape:
    """A value's form; make one by `text`, `flag`, `number`, `amount`, `anything`, `many`, `mapping`, ..."""

    python: type
    name: str = ""
    """What an object is called where it has a member too many."""
    members: Mapping[str, Shape] = field(default_factory=dict[str, "Shape"])
    required: frozenset[str] = frozenset()
    read_only: frozenset[str] = frozenset()
    """Members of answers, taken in requests and left aside, so that an answer can be sent back."""
    items: Shape | None = None
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None


class Problem(Enum):
    """What can be wrong with a value."""

    UNKNOWN_MEMBER = auto()
    MISSING = auto()
    WRONG_TYPE = auto()
    NOT_ALLOWED = auto()


@dataclass
class ShapeFault(Exception):  # noqa: N818  (each type turns it into the error that its service answers)
    """A value that doesn't have its form."""

    problem: Problem
    path: str
    member: str
    """The member's name alone."""
    owner: str
    """The name of the object that it is in."""
    value: Any = None

    @property
    def message(self) -> str:
        """What is wrong, in the words of the deserializer that Azure's services use."""
        match self.problem:
            case Problem.UNKNOWN_MEMBER:
                said = f"Could not find member '{self.member}' on object of type '{self.owner}'."
            case Problem.MISSING:
                return f"Required property '{self.member}' not found in JSON. Path '{self._owner_path}'."
            case Problem.WRONG_TYPE:
                said = f"Error converting value {self.value!r} to the type of '{self.member}'."
            case Problem.NOT_ALLOWED:
                said = f"The value '{self.value}' is not allowed for property '{self.member}'."
        return f"{said} Path '{self.path}'."

    @property
    def _owner_path(self) -> str:
        return self.path.rpartition(".")[0]


def text(*choices: str) -> Shape:
    """A string; with choices, one of these, whatever its case."""
    return Shape(str, choices=choices)


def flag() -> Shape:
    """True or false."""
    return Shape(bool)


def number(least: int | None = None, most: int | None = None) -> Shape:
    """A whole number within bounds."""
    return Shape(int, least=least, most=most)


def anything() -> Shape:
    """Any value, kept as it is."""
    return Shape(object)


def amount(least: int | None = None, most: int | None = None) -> Shape:
    """A number within bounds, whole or not."""
    return Shape(float, least=least, most=most)


def many(items: Shape) -> Shape:
    """A list."""
    return Shape(list, items=items)


def mapping(items: Shape) -> Shape:
    """An object whose members have any names."""
    return Shape(dict, items=items)


def record(
    name: str,
    members: Mapping[str, Shape],
    required: Iterable[str] = (),
    read_only: Iterable[str] = (),
) -> Shape:
    """An object with these members and no other."""
    return Shape(
        dict, name=name, members=members, required=frozenset(required), read_only=frozenset(read_only)
    )


REFERENCE = record("SubResource", {"id": text()}, read_only=("resourceGroup",))
"""A reference to another resource by its id."""


def accepted(shape: Shape, value: Any, path: str = "", owner: str = "") -> Any:
    """The value as it is kept: choices as Azure writes them, without nulls and members of answers.

    Raises:
        ShapeFault: it doesn't have the form.
    """
    if shape.python is object:
        return value
    member = path.rpartition(".")[2]
    number = shape.python in (int, float)
    fits = isinstance(value, (int, float) if shape.python is float else shape.python)
    if not fits or (number and isinstance(value, bool)):
        raise ShapeFault(Problem.WRONG_TYPE, path, member, owner, value)
    if isinstance(value, str):
        return _chosen(shape, value, path, member, owner)
    if isinstance(value, list):
        assert shape.items is not None  # noqa: S101  (`many` gives each list its items)
        return [accepted(shape.items, item, f"{path}[{at}]", owner) for at, item in enumerate(value)]
    if isinstance(value, dict):
        return _object(shape, value, path)
    if (shape.least is not None and value < shape.least) or (shape.most is not None and value > shape.most):
        raise ShapeFault(Problem.NOT_ALLOWED, path, member, owner, value)
    return value


def _chosen(shape: Shape, value: str, path: str, member: str, owner: str) -> str:
    if not shape.choices:
        return value
    for choice in shape.choices:
        if choice.lower() == value.lower():
            return choice
    raise ShapeFault(Problem.NOT_ALLOWED, path, member, owner, value)


def _object(shape: Shape, value: dict[str, Any], path: str) -> dict[str, Any]:
    given = {name: item for name, item in value.items() if item is not None}
    if shape.items is not None:
        return {name: accepted(shape.items, item, under(path, name)) for name, item in given.items()}
    kept: dict[str, Any] = {}
    for name, item in given.items():
        if name in shape.members:
            kept[name] = accepted(shape.members[name], item, under(path, name), shape.name)
        elif name not in shape.read_only:
            raise ShapeFault(Problem.UNKNOWN_MEMBER, under(path, name), name, shape.name, item)
    for name in sorted(shape.required - kept.keys()):
        raise ShapeFault(Problem.MISSING, under(path, name), name, shape.name)
    return kept
