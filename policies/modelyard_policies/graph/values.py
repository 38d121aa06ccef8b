"""The values that a resource's properties hold.

A value is None, bool, int, float, str, a list or a dict of values, or one of two markers:
`UNKNOWN`, which the deployment will only know later, and `SECRET`, whose content is never kept.
"""

from __future__ import annotations

from typing import Any, Final, Never


class _Marker:
    """One object that survives copying and pickling as itself, so that `is` may be used on it."""

    _name = ""

    def __repr__(self) -> str:
        return self._name

    def __copy__(self) -> _Marker:
        return self

    def __deepcopy__(self, memo: object) -> _Marker:
        return self

    def __reduce__(self) -> str:
        return self._name.upper()

    def __bool__(self) -> Never:
        raise TypeError(f"a value that is {self._name} is neither true nor false: compare with `is` first")


class Unknown(_Marker):
    """A value that isn't known before the deployment. There is one: `UNKNOWN`."""

    _name = "unknown"


class Secret(_Marker):
    """A secret value, whose content is never kept. There is one: `SECRET`."""

    _name = "secret"


UNKNOWN: Final = Unknown()
SECRET: Final = Secret()


def to_json(value: Any) -> Any:
    """`value` with the markers written as `{"unknown": true}` and `{"secret": true}`."""
    if value is UNKNOWN:
        return {"unknown": True}
    if value is SECRET:
        return {"secret": True}
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    return value


def from_json(value: Any) -> Any:
    """The value that `to_json` wrote. A mapping that looks like a marker is read as the marker."""
    if isinstance(value, dict):
        if len(value) == 1:
            if value.get("unknown") is True:
                return UNKNOWN
            if value.get("secret") is True:
                return SECRET
        return {key: from_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_json(item) for item in value]
    return value
