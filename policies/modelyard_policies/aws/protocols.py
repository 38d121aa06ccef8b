"""Protocols in security groups' rules, which are written as names or as IANA's numbers."""

from __future__ import annotations

from modelyard_policies.reading import Block

ALL = frozenset({"-1", "all"})
TCP = ALL | {"tcp", "6"}
UDP = ALL | {"udp", "17"}


def protocol_among(rule: Block, key: str, protocols: frozenset[str]) -> bool:
    """Whether the protocol at `key` is one of `protocols`."""
    return rule.text(key).strip().lower() in protocols
