"""How far a service is open to networks that nobody named: its public endpoint, and the firewall of that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.addresses import internet
from modelyard_policies.reading import Block, Failure, all_of, any_of, each, some

CLOSED: Final = ("disabled", "securedbyperimeter")
"""Values of publicNetworkAccess under which no network comes in but by private endpoints or a perimeter."""


def is_closed(service: Block) -> bool:
    """Whether the public endpoint is off. Unset it is on (Azure REST API, publicNetworkAccess, 2026-04)."""
    return service.text("publicNetworkAccess").strip().lower() in CLOSED


def is_denied_by_default(service: Block, rules: str) -> bool:
    """Whether the firewall, whose settings are at `rules`, turns away networks that it doesn't name."""
    return service.block(rules).text("defaultAction").strip().lower() == "deny"


def lets_networks_in(service: Block, rules: str) -> bool:
    """Whether the firewall names networks, known or not."""
    firewall = service.block(rules)
    return any_of(
        lambda: some(firewall.list("ipRules"), lambda _: True),
        lambda: some(firewall.list("virtualNetworkRules"), lambda _: True),
    )


def openings(service: Block, rules: str, address: str) -> Iterator[Failure]:
    """What opens the public endpoint to the internet at large. `address` is what a rule for addresses calls
    its range.
    """
    ranges = service.block(rules)

    def wide(rule: Block) -> bool:
        return bool(internet(rule.text(address)))

    def is_kept_to_some() -> bool:
        return all_of(
            lambda: is_denied_by_default(service, rules),
            lambda: not some(ranges.list("ipRules"), wide),
        )

    def takes_any() -> Iterator[Failure]:
        if not is_denied_by_default(service, rules):
            action = ranges.shown("defaultAction")
            shown = f"is {service.shown('publicNetworkAccess')} and {rules}.defaultAction is {action}"
            yield service.failure("publicNetworkAccess", f"{shown}: the public endpoint takes any network")

    def names_too_many(rule: Block) -> Iterator[Failure]:
        if wide(rule):
            yield rule.failure(address, f"is {rule.shown(address)}: half the internet or more")

    if not any_of(lambda: is_closed(service), is_kept_to_some):
        checks = (takes_any, lambda: each(ranges.list("ipRules"), names_too_many))
        yield from each(checks, lambda check: check())
