"""Rules of network security groups: whom they let in, and where to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from modelyard_policies.addresses import internet
from modelyard_policies.errors import Unread
from modelyard_policies.ports import EVERY, Span, span, without
from modelyard_policies.reading import Block, all_of, some

SOURCES: Final = ("sourceAddressPrefix", "sourceAddressPrefixes")
PORTS: Final = ("destinationPortRange", "destinationPortRanges")

_SOURCE_PORTS: Final = ("sourcePortRange", "sourcePortRanges")
_DESTINATIONS: Final = ("destinationAddressPrefix", "destinationAddressPrefixes")
_PROTOCOLS: Final = {"*": ("tcp", "udp"), "any": ("tcp", "udp"), "tcp": ("tcp",), "udp": ("udp",)}
"""Those that have ports: Icmp, Esp and Ah have none."""


def world(prefix: str, *, wholly: bool = False) -> frozenset[int]:
    """The versions of IP of which a prefix means the internet: none, one or both; `wholly` if half of it
    won't do.
    """
    if prefix.strip().lower() in ("*", "internet", "any", "<nw>/0", "/0"):
        return frozenset({4, 6})
    return internet(prefix, wholly=wholly)


def is_about(rule: Block, access: str) -> bool:
    """Whether the rule allows, or denies, what comes in by a protocol that has ports."""
    return all_of(
        lambda: rule.text("access").strip().lower() == access,
        lambda: rule.text("direction").strip().lower() == "inbound",
        lambda: bool(protocols(rule)),
    )


def is_for_the_world(rule: Block) -> bool:
    """Whether the rule is about what comes from the whole internet."""
    return some(_texts(rule, SOURCES), lambda prefix: bool(world(prefix)))


def spans(rule: Block) -> Iterator[Span]:
    """The ports that the rule is about. What isn't known comes last, as Unread."""
    return (found for found in map(span, _texts(rule, PORTS)) if found)


def left_open(rule: Block, wanted: list[Span], group: Block | None) -> list[Span]:
    """Which of the ports stay open to the internet: those that no rule of the group which comes before
    denies. Raises Unread if one may, but that isn't known.
    """
    if group is None or not wanted:
        return wanted
    parts = [part for protocol in protocols(rule) for part in _not_denied(wanted, rule, protocol, group)]
    return list(dict.fromkeys(parts))


def _not_denied(wanted: list[Span], rule: Block, protocol: str, group: Block) -> list[Span]:
    left, unread = wanted, None
    others = group.list("securityRules")
    while left:
        try:
            other = next(others, None)  # nothing comes after an Unread
            if other is None:
                break
            if _denies(other, rule, protocol):
                left = without(left, spans(other))
        except Unread as signal:
            unread = unread or signal
    if left and unread:
        raise unread
    return left


def _denies(other: Block, rule: Block, protocol: str) -> bool:
    """Whether another rule keeps out all that this one lets in from the internet by a protocol."""
    return all_of(
        lambda: is_about(other, "deny"),
        lambda: protocol in protocols(other),
        lambda: _comes_before(other, rule),
        lambda: _covers_world(other, _world_of(rule)),
        lambda: not some(_texts(other, _SOURCE_PORTS), lambda port: span(port) != EVERY),
        lambda: _covers_destination(other, rule),
    )


def _comes_before(other: Block, rule: Block) -> bool:
    first, second = other.number("priority"), rule.number("priority")
    return first is not None and second is not None and first < second


def _world_of(rule: Block) -> frozenset[int]:
    found: frozenset[int] = frozenset()
    with suppress(Unread):  # what isn't known isn't the internet for certain
        for prefix in _texts(rule, SOURCES):
            found |= world(prefix)
    return found


def _covers_world(other: Block, versions: frozenset[int]) -> bool:
    missing = versions
    for prefix in _texts(other, SOURCES):
        missing -= world(prefix, wholly=True)
        if not missing:
            return True
    return False


def _covers_destination(other: Block, rule: Block) -> bool:
    if list(other.list("destinationApplicationSecurityGroups")):
        return False
    everywhere = ("*", "virtualnetwork", rule.text("destinationAddressPrefix", "*").strip().lower())
    return some(_texts(other, _DESTINATIONS), lambda prefix: prefix.strip().lower() in everywhere)


def protocols(rule: Block) -> tuple[str, ...]:
    """The protocols with ports that the rule is about: `tcp`, `udp` or both."""
    return _PROTOCOLS.get(rule.text("protocol").strip().lower(), ())


def _texts(rule: Block, keys: tuple[str, ...]) -> Iterator[str]:
    unread: Unread | None = None
    for key in keys:
        try:
            yield from rule.strings(key)
        except Unread as signal:
            unread = unread or signal
    if unread:
        raise unread
