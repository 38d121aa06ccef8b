"""A resource as a rule reads it: as if everything were known and everything had the right type.

Reading a value that isn't known, or is a secret, raises `Unread`, which the engine turns into the
verdict "unknown". Reading a value of an odd type answers what is closest to nothing being set.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from modelyard_policies.errors import Unread
from modelyard_policies.graph import SECRET, UNKNOWN, Node


@dataclass(frozen=True, slots=True)
class Failure:
    """What a rule found wrong, and where."""

    urn: str
    """The resource to mend, which may be one that is linked to the one judged."""
    property: str
    """Path of the property, such as `blockDeviceMappings[0].ebs`; empty for the resource as a whole."""
    message: str


class Block:
    """A mapping among a resource's properties that knows its own path."""

    __slots__ = ("_data", "node", "path")

    def __init__(self, node: Node, data: dict[str, Any], path: str = "") -> None:
        self.node = node
        self.path = path
        self._data = data

    def get(self, key: str, default: Any = None) -> Any:
        """The value of `key`; `default` if it is absent. A mapping comes as a Block, a list as a list.

        Raises Unread if the value, or an item of a list, isn't known.
        """
        value = self._data.get(key)
        return default if value is None else self._read(value, self.path_of(key))

    def __getitem__(self, key: str) -> Any:
        """The value of `key`. Raises KeyError if it is absent, Unread if it isn't known."""
        value = self.get(key)
        if value is None:
            raise KeyError(self.path_of(key))
        return value

    def has(self, key: str) -> bool:
        """Whether something is set, be it known or not."""
        return self._data.get(key) is not None

    def keys(self) -> list[str]:
        """Names of all that is set, be it known or not."""
        return [key for key, value in self._data.items() if value is not None]

    def text(self, key: str, default: str = "") -> str:
        """The value as text: numbers without needless decimals, `true` and `false` for booleans."""
        value = self.get(key)
        return default if value is None or isinstance(value, (Block, list)) else _as_text(value)

    def number(self, key: str) -> float | None:
        """The value as a number, also if it is written as text; None if it isn't one."""
        value = self.get(key)
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            return None
        try:
            return float(value)
        except (ValueError, OverflowError):
            return None

    def is_true(self, key: str) -> bool:
        """Whether the value is true; clouds take `"true"` as well."""
        return self.text(key).strip().lower() in ("true", "1")

    def block(self, key: str) -> Block:
        """The mapping at `key`, empty if there is none. Of a list, its first item."""
        return next(self.list(key), None) or Block(self.node, {}, self.path_of(key))

    def list(self, key: str) -> Iterator[Block]:
        """The mappings at `key`; a single mapping counts as a list of one.

        An item that isn't a mapping reads as an empty one. Items that aren't known come last, as Unread.
        """
        for value, path in self._items(key):
            yield Block(self.node, cast("dict[str, Any]", value) if isinstance(value, dict) else {}, path)

    def strings(self, key: str) -> Iterator[str]:
        """The scalars at `key` as text; a single one counts as a list of one. Unknown ones come last."""
        for value, _ in self._items(key):
            if not isinstance(value, (dict, list)):
                yield _as_text(value)

    def document(self, key: str) -> Block:
        """The mapping that a JSON text holds; empty if there is none. A mapping is taken as it is."""
        value = self._data.get(key)
        if not isinstance(value, str):
            return self.block(key)
        try:
            parsed = json.loads(value)
        except (ValueError, RecursionError):
            parsed = None
        return Block(
            self.node, cast("dict[str, Any]", parsed) if isinstance(parsed, dict) else {}, self.path_of(key)
        )

    def shown(self, key: str) -> str:
        """The value for a message. Never raises, and never shows a secret."""
        value = self._data.get(key)
        if value is None:
            return "unset"
        return repr(value) if value is UNKNOWN or value is SECRET else _as_text(value)

    def failure(self, key: str, message: str) -> Failure:
        """A failure at `key`, or at this block itself if `key` is empty."""
        return Failure(self.node.urn, self.path_of(key), message)

    def raw(self, key: str) -> Any:
        """The value as the graph holds it, markers included; for the engine's own look-ups."""
        return self._data.get(key)

    def path_of(self, key: str) -> str:
        """Path of `key` from the resource's root."""
        if not key or not self.path:
            return key or self.path
        return f"{self.path}.{key}"

    def _items(self, key: str) -> Iterator[tuple[Any, str]]:
        value = self._data.get(key)
        path = self.path_of(key)
        if value is None:
            return
        if not isinstance(value, list):
            self._known(value, path)
            yield value, path
            return
        unread: str | None = None
        for position, item in enumerate(cast("list[Any]", value)):
            if item is UNKNOWN or item is SECRET:
                unread = unread or f"{path}[{position}]"
            elif item is not None:
                yield item, f"{path}[{position}]"
        if unread:
            raise Unread(self.node.urn, unread, "not known before the deployment")

    def _read(self, value: Any, path: str) -> Any:
        self._known(value, path)
        if isinstance(value, dict):
            return Block(self.node, cast("dict[str, Any]", value), path)
        if isinstance(value, list):
            items = cast("list[Any]", value)
            return [self._read(item, f"{path}[{position}]") for position, item in enumerate(items)]
        return value

    def _known(self, value: Any, path: str) -> None:
        if value is UNKNOWN:
            raise Unread(self.node.urn, path, "not known before the deployment")
        if value is SECRET:
            raise Unread(self.node.urn, path, "a secret")


class Resource(Block):
    """A resource, whose properties are read like any mapping's."""

    __slots__ = ()

    def __init__(self, node: Node) -> None:
        super().__init__(node, node.properties)

    @property
    def urn(self) -> str:
        """Pulumi's name for the resource."""
        return self.node.urn

    @property
    def type(self) -> str:
        """Type token."""
        return self.node.type

    @property
    def name(self) -> str:
        """The name in the program."""
        return self.node.name

    @property
    def region(self) -> str:
        """The region that it is made in. Raises Unread if that isn't known."""
        if self.node.region is None:
            raise Unread(self.node.urn, "region", "not known before the deployment")
        return self.node.region

    @property
    def protected(self) -> bool:
        """Whether Pulumi refuses to delete it."""
        return self.node.protect


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
