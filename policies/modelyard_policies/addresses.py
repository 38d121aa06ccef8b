"""Ranges of addresses that are the internet."""

from __future__ import annotations

import ipaddress
from functools import cache
from typing import Final

_INTERNET: Final = {4: ipaddress.ip_network("0.0.0.0/0"), 6: ipaddress.ip_network("2000::/3")}
"""All addresses that anybody may have, by version: of IPv6 no others were given out (IANA, "IPv6 Global
Unicast Address Assignments", 2026)."""


@cache
def internet(cidr: str, *, wholly: bool = False) -> frozenset[int]:
    """The version of IP of which a range of addresses is the internet: 4, 6, or none.

    Half of it is the internet too, unless it has to be the whole: two halves are as much as all, and nobody
    means the one without the other.
    """
    try:
        network = ipaddress.ip_network(cidr.strip(), strict=False)
    except ValueError:
        return frozenset()
    everywhere = _INTERNET[network.version]
    longest = everywhere.prefixlen + (0 if wholly else 1)
    if network.prefixlen > longest or not network.overlaps(everywhere):
        return frozenset()
    return frozenset({network.version})
