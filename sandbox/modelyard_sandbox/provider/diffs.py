"""What changes between two states of a resource's inputs, and what that means for the resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from modelyard_sandbox.handler import BaseHandler, Inputs
from modelyard_sandbox.paths import quoted_under, top_of
from modelyard_sandbox.provider.checks import IMPORTED, made_up, plain
from modelyard_sandbox.provider.values import UNKNOWN


class Kind(Enum):
    """How one property changes."""

    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes."""

    changes: dict[str, Kind]
    """By path, down to the single value: `tags.owner`, `rules[0].id`."""
    replaces: frozenset[str]
    """Inputs that force a replacement."""
    delete_first: bool
    """Old and new can't stand side by side."""

    @property
    def inputs(self) -> list[str]:
        """The inputs that change."""
        return sorted({top_of(path) for path in self.changes})


def compare(
    handler: BaseHandler[Any], old: Inputs, new: Inputs, moved: frozenset[str] = frozenset()
) -> Difference:
    """The difference between the inputs kept and the inputs asked for.

    Args:
        handler: the type's.
        old: the inputs kept.
        new: the inputs asked for, checked; what is unknown counts as a change.
        moved: inputs that say of another place than the one where the resource stands.
    """
    after = plain(new)
    unseen = handler.meaning.unseen & after.keys() if old.get(IMPORTED) else frozenset[str]()
    # Two ways to say the same are no change, and neither is what the cloud chose for a silent program.
    before = handler.meaning.aligned({**plain(old), **{name: after[name] for name in unseen}}, after)
    changes = dict(_changes("", before, after))
    unknown = {name for name, value in after.items() if value is UNKNOWN}
    # Handlers look into values, so an unknown one is left as it was, and judged by its name alone.
    known = {name: value for name, value in after.items() if name not in unknown}
    known |= {name: before[name] for name in unknown & before.keys()}
    replaces = handler.replaces(before, known) | (unknown & handler.replacing_inputs & _tops(changes))
    collides = not made_up(new) & set(handler.identity) and handler.collides(before, after)
    changes |= dict.fromkeys(sorted(moved), Kind.UPDATE)
    replaces |= moved
    return Difference(changes, frozenset(replaces), bool(replaces) and collides)


def stable_outputs(handler: BaseHandler[Any], outputs: Mapping[str, Any]) -> list[str]:
    """Computed outputs that no update in place changes."""
    changing = handler.changing_outputs
    computed = outputs.keys() - handler.known_inputs - changing - {"id"}
    return sorted(name for name in computed if not name.startswith("__"))


def foreseen(handler: BaseHandler[Any], old: Inputs, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The computed outputs as they will be after an update in place, as far as that can be told."""
    changing = handler.changing_outputs
    return {
        name: UNKNOWN if name in changing else value
        for name, value in outputs.items()
        if name not in old and name != "tagsAll" and not name.startswith("__")
    }


def unforeseen(
    handler: BaseHandler[Any],
    new: Inputs,
    old: Inputs | None = None,
    outputs: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What becomes of the inputs that the cloud adds to: as it is where they stay, otherwise unknown."""
    known = outputs or {}
    return {
        name: known[name] if name in known and (old or {}).get(name) == new[name] else UNKNOWN
        for name in handler.enriched & new.keys()
    }


def _tops(changes: Mapping[str, Kind]) -> set[str]:
    return {top_of(path) for path in changes}


def _changes(path: str, old: Any, new: Any) -> Iterator[tuple[str, Kind]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            place = quoted_under(path, key)
            if key not in new:
                yield place, Kind.DELETE
            elif key not in old:
                yield place, Kind.ADD
            else:
                yield from _changes(place, old[key], new[key])
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            place = f"{path}[{index}]"
            if index >= len(new):
                yield place, Kind.DELETE
            elif index >= len(old):
                yield place, Kind.ADD
            else:
                yield from _changes(place, old[index], new[index])
    elif old != new:
        yield path, Kind.UPDATE
