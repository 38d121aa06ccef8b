"""The private DNS zones that endpoints are given, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pulumi

from modelyard.errors import InputError, Problem
from modelyard.planning.azure.network import ZONES

ZoneIds = pulumi.Input[Mapping[str, pulumi.Input[str]]]
"""Ids of zones by the zone's name, each for itself, or all as one output, as Network's `dns_zone_ids`."""


def missing_zones(field: str, zone_ids: Any, groups: Iterable[str]) -> Iterator[Problem]:
    """A problem for each zone that endpoints of these kinds have their names in, and whose id isn't there.

    Of an output nothing is known yet: see `zone_id`.
    """
    if not isinstance(zone_ids, Mapping):
        return
    for group in groups:
        for zone in ZONES[group]:
            if zone not in zone_ids:
                yield Problem(
                    field=field,
                    given=", ".join(sorted(zone_ids)) or "none",
                    message=f"an endpoint for {group} has its names in {zone}, whose id is missing",
                    allowed=f"the ids of {', '.join(ZONES[group])}",
                    mend=f"give the id of the network's private DNS zone {zone}",
                )


def zone_id(field: str, zone_ids: ZoneIds, group: str, zone: str) -> pulumi.Input[str]:
    """The id of one of the zones of a kind of endpoint.

    Raises:
        InputError: an output turns out not to have it, once it is known.
    """

    def of(known: Mapping[str, Any]) -> str:
        if problems := list(missing_zones(field, known, [group])):
            raise InputError(problems)
        return known[zone]

    if isinstance(zone_ids, Mapping):
        return zone_ids[zone]
    return pulumi.Output.from_input(zone_ids).apply(of)
