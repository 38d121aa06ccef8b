"""Key vaults and their keys, as rules read them."""

from __future__ import annotations

from modelyard_policies.reading import Block, Resource


def settings(resource: Resource) -> Block:
    """What a vault or a key says of itself, which is one step down."""
    return resource.block("properties")


def is_being_recovered(vault: Resource) -> bool:
    """Whether a deleted vault is brought back as it was, whatever else is said here."""
    return settings(vault).text("createMode").strip().lower() == "recover"
