"""From Pulumi's inputs to the API's requests, led by botocore's own model of the service.

Pulumi names what the API names, in camelCase, with a few habits of its own: tags are an object, lists are
plural, a block that may stand once is an object, and some booleans are the strings "true" and "false". The
shape of the request says what is meant; what no rule covers is renamed by the handler. An input that finds
no place is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from modelyard_sandbox.errors import UnsupportedError
from modelyard_sandbox.paths import under

Renames = Mapping[str, str]
"""Pulumi's name of a property to the API's, wherever it stands below the inputs given."""


def to_request(
    shape: Any, values: Mapping[str, Any], renames: Renames | None = None, where: str = ""
) -> dict[str, Any]:
    """The values as members of a structure of the API; None counts as absent.

    Raises UnsupportedError naming a property that the structure has no member for.
    """
    request: dict[str, Any] = {}
    for name, value in values.items():
        if value is None:
            continue
        place = under(where, name)
        member = member_of(shape.members, (renames or {}).get(name, name))
        if member is None:
            raise UnsupportedError(
                f"{place} has no place in the API's {shape.name}\n"
                f"  it takes: {', '.join(sorted(shape.members))}"
            )
        request[member] = to_value(shape.members[member], value, renames, place)
    return request


def to_value(shape: Any, value: Any, renames: Renames | None = None, where: str = "") -> Any:
    """A value as the shape wants it."""
    kind: str = shape.type_name
    if kind == "structure":
        return _structure(shape, value, renames, where)
    if kind == "list":
        return _list(shape, value, renames, where)
    if kind == "map":
        return {key: to_value(shape.value, item, renames, f"{where}.{key}") for key, item in value.items()}
    return _scalar(kind, value, where)


def tags_to_list(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Tags as most services want them, in the order of their names."""
    return [{key: name, value: tags[name]} for name in sorted(tags)]


def member_of(members: Iterable[str], name: str) -> str | None:
    """The member that a Pulumi name means: the same letters, in the singular or the plural."""
    wanted = name.lower()
    candidates = [wanted, wanted + "s", wanted.removesuffix("s")]
    by_lower = {member.lower(): member for member in members}
    return next((by_lower[candidate] for candidate in candidates if candidate in by_lower), None)


def _structure(shape: Any, value: Any, renames: Renames | None, where: str) -> dict[str, Any]:
    if isinstance(value, list):
        # A block that may stand once, which the API has as one structure.
        if len(value) != 1:
            raise UnsupportedError(f"{where} takes one {shape.name}, not {len(value)}")
        value = value[0]
    if not isinstance(value, Mapping):
        raise UnsupportedError(f"{where} takes an object ({shape.name}), not {value!r}")
    return to_request(shape, value, renames, where)


def _list(shape: Any, value: Any, renames: Renames | None, where: str) -> list[Any]:
    members: Mapping[str, Any] = getattr(shape.member, "members", {})
    if isinstance(value, Mapping) and set(members) in ({"Key", "Value"}, {"TagKey", "TagValue"}):
        key, content = sorted(members)
        return tags_to_list(value, key, content)
    items = value if isinstance(value, list) else [value]
    return [to_value(shape.member, item, renames, f"{where}[{index}]") for index, item in enumerate(items)]


def _scalar(kind: str, value: Any, where: str) -> Any:
    try:
        return _SCALARS.get(kind, lambda given: given)(value)
    except (KeyError, ValueError, TypeError):
        raise UnsupportedError(f"{where} takes a {kind}, not {value!r}") from None


def _boolean(value: Any) -> bool:
    return {"true": True, "false": False}[str(value).lower()]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | dict):
        raise TypeError
    return str(value)


_SCALARS: dict[str, Any] = {
    "boolean": _boolean,
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "string": _text,
}
