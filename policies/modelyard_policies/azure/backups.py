"""Vaults that keep backups: of Recovery Services, and of Azure Backup's newer kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from modelyard_policies.options import Options, choice, number, option
from modelyard_policies.reading import Block, Failure, Resource, each

LOCKED: Final = "Locked"
ALWAYS_ON: Final = "AlwaysOn"


@dataclass(frozen=True, slots=True)
class Deletion(Options):
    """What keeps backups from being deleted."""

    immutability: str = option(
        choice(LOCKED, "Unlocked"),
        LOCKED,
        "State of immutability that a production vault has at least; Unlocked can be turned off again",
    )
    soft_delete: str = option(
        choice(ALWAYS_ON, "On"),
        ALWAYS_ON,
        "State of soft delete that a production vault has at least; On can be turned off again",
    )
    soft_delete_days: float = option(
        number(14), 14.0, "Days that a production vault keeps at least what is deleted"
    )


@dataclass(frozen=True, slots=True)
class SoftDelete:
    """Where a kind of vault says how it keeps what is deleted."""

    state: str
    days: str
    on: str
    """How it calls the state that can be turned off."""


def deletions(vault: Resource, soft: SoftDelete, options: Deletion) -> Iterator[Failure]:
    """How a vault lets its backups be deleted.

    Soft delete is on, for 14 days, unless a vault says otherwise, and immutability is off (Azure Backup,
    "Enhanced soft delete" and "Immutable vault", 2026).
    """
    security = vault.block("properties").block("securitySettings")
    kept = security.block("softDeleteSettings")

    def immutability() -> Iterator[Failure]:
        place = security.block("immutabilitySettings")
        if _text(place, "state") not in _at_least(options.immutability, LOCKED):
            yield place.failure("state", f"is {place.shown('state')}, not {options.immutability}")

    def soft_delete() -> Iterator[Failure]:
        wanted = soft.on if options.soft_delete == "On" else ALWAYS_ON
        if _text(kept, soft.state, soft.on) not in _at_least(wanted, ALWAYS_ON):
            yield kept.failure(soft.state, f"is {kept.shown(soft.state)}, not {wanted}")

    def days() -> Iterator[Failure]:
        found = kept.number(soft.days) if kept.has(soft.days) else 14.0
        if found is None or found < options.soft_delete_days:
            yield kept.failure(
                soft.days, f"is {kept.shown(soft.days)}, less than {options.soft_delete_days:g}"
            )

    yield from each((immutability, soft_delete, days), lambda check: check())


def _at_least(state: str, strongest: str) -> tuple[str, str]:
    return state.lower(), strongest.lower()


def _text(block: Block, key: str, default: str = "") -> str:
    return block.text(key, default).strip().lower()
