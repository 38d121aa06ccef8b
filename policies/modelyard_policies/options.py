"""Options of rules: fields of a frozen dataclass, read from JSON and described by JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, ClassVar, Self, cast

from modelyard_policies.errors import OptionError, nearest

Reader = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of option."""

    schema: Mapping[str, Any]
    read: Reader
    """The value as the rule has it. Raises ValueError for what isn't of the kind."""
    allowed: str
    """What is of the kind, in words."""


@dataclass(frozen=True, slots=True)
class Options:
    """Base of the options of a rule: a frozen dataclass with fields made by `option`."""

    rule: ClassVar[str] = ""
    """Id of the rule, for messages."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The options given, with defaults for the rest. Raises OptionError."""
        known = {each.name: each for each in fields(cls)}
        found: dict[str, Any] = {}
        for name, value in data.items():
            if name not in known:
                raise OptionError(f"{cls.rule} has no option {name!r}{nearest(name, known)}")
            kind = _kind(known[name])
            try:
                found[name] = kind.read(value)
            except ValueError:
                raise OptionError(f"{cls.rule}: {name} must be {kind.allowed}, not {value!r}") from None
        return cls(**found)

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """JSON Schema of each option."""
        return {
            each.name: {
                **_kind(each).schema,
                "default": _plain(_default(each)),
                "description": each.metadata["description"],
            }
            for each in fields(cls)
        }


def option(kind: Kind, default: Any, description: str) -> Any:
    """A field of options."""
    metadata = {"kind": kind, "description": description}
    if isinstance(default, Mapping):
        return field(default_factory=lambda: dict(cast("Mapping[str, Any]", default)), metadata=metadata)
    return field(default=default, metadata=metadata)


def number(least: float) -> Kind:
    """A number that is at least `least`."""

    def read(value: Any) -> float:
        if not _is_number(value, least):
            raise ValueError
        return float(value)

    return Kind({"type": "number", "minimum": least}, read, f"a number from {least:g}")


def choice(*names: str) -> Kind:
    """One of several words."""

    def read(value: Any) -> str:
        if value not in names:
            raise ValueError
        return value

    return Kind({"type": "string", "enum": list(names)}, read, f"one of {', '.join(names)}")


def words() -> Kind:
    """A list of words."""

    def read(value: Any) -> tuple[str, ...]:
        items = cast("list[Any]", value) if isinstance(value, (list, tuple)) else [None]
        if not all(isinstance(item, str) and item for item in items):
            raise ValueError
        return tuple(cast("list[str]", items))

    schema = {"type": "array", "items": {"type": "string", "minLength": 1}}
    return Kind(schema, read, "a list of words")


def numbers_by_word(least: float) -> Kind:
    """A number that is at least `least` for each of some words."""

    def read(value: Any) -> dict[str, float]:
        items = cast("dict[Any, Any]", value) if isinstance(value, Mapping) else {None: None}
        if not all(isinstance(key, str) and _is_number(item, least) for key, item in items.items()):
            raise ValueError
        return {str(key): float(cast("float", item)) for key, item in items.items()}

    schema = {"type": "object", "additionalProperties": {"type": "number", "minimum": least}}
    return Kind(schema, read, f"a mapping of words to numbers from {least:g}")


def texts_by_word() -> Kind:
    """A text that isn't empty for each of some words."""

    def read(value: Any) -> dict[str, str]:
        items = cast("dict[Any, Any]", value) if isinstance(value, Mapping) else {None: None}
        if not all(isinstance(key, str) and isinstance(item, str) and item for key, item in items.items()):
            raise ValueError
        return {str(key): str(item) for key, item in items.items()}

    schema = {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}}
    return Kind(schema, read, "a mapping of words to texts")


def _is_number(value: Any, least: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value < float("inf")


def _kind(each: Field[Any]) -> Kind:
    return each.metadata["kind"]


def _default(each: Field[Any]) -> Any:
    return each.default_factory() if each.default_factory is not MISSING else each.default


def _plain(value: Any) -> Any:
    return list(cast("tuple[Any, ...]", value)) if isinstance(value, tuple) else value
