"""The rules of the network security groups of a network on Azure.

They name the network's range and not the tag VirtualNetwork: that takes in the prefixes of a subnet's own
routes, and so with a route to a firewall the whole internet (Microsoft, "Virtual network service tags",
2026-11). Requests to Azure's own DNS and to the machines' metadata are not judged by these rules (same page,
tags AzurePlatformDNS and AzurePlatformIMDS).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from modelyard.planning.azure.egress import destinations

LAST_PRIORITY = 4096
"""Priorities are 100 to 4096, lower ones first (azure-native 3.29, network.SecurityRule)."""

ENDPOINT_PORTS = ("443", "445")
"""What private endpoints are asked by: HTTPS, and SMB for file shares."""


def node_rules(
    region: str, network_range: str, high_business_impact: bool, internet: bool
) -> list[dict[str, Any]]:
    """Rules for nodes: all traffic within the network, and out of it to what Machine Learning needs.

    Args:
        region: name of the region, as swedencentral.
        network_range: range of the network.
        high_business_impact: whether the workspace is for such data.
        internet: whether HTTPS may leave for any host, through a NAT gateway or for a firewall to judge.
    """
    services = [
        _rule(
            each.name,
            200 + 10 * place,
            "Outbound",
            "Allow",
            protocol=each.protocol,
            destination=each.tag_in(region),
            ports=each.ports,
            description=each.why,
        )
        for place, each in enumerate(destinations(high_business_impact))
    ]
    https = _rule(
        "to-internet",
        1000,
        "Outbound",
        "Allow",
        protocol="Tcp",
        destination="Internet",
        ports=("443",),
        description="HTTPS by the way out that was chosen",
    )
    return [
        _rule(
            "from-network",
            100,
            "Inbound",
            "Allow",
            sources=(network_range,),
            destination=network_range,
            description="Nodes among themselves, on any port: NCCL and MPI choose theirs",
        ),
        _rule("from-elsewhere", LAST_PRIORITY, "Inbound", "Deny", description="Nothing else comes in"),
        _rule(
            "to-network",
            100,
            "Outbound",
            "Allow",
            sources=(network_range,),
            destination=network_range,
            description="Other nodes and private endpoints",
        ),
        *services,
        *([https] if internet else []),
        _rule("to-elsewhere", LAST_PRIORITY, "Outbound", "Deny", description="Nothing else goes out"),
    ]


def endpoint_rules(network_range: str, peer_ranges: Sequence[str]) -> list[dict[str, Any]]:
    """Rules for private endpoints: they answer the network, and the ranges of peered ones that are named."""
    return [
        _rule(
            "from-clients",
            100,
            "Inbound",
            "Allow",
            protocol="Tcp",
            sources=(network_range, *sorted(peer_ranges)),
            ports=ENDPOINT_PORTS,
            description="Clients of the services, by HTTPS and SMB",
        ),
        _rule("from-elsewhere", LAST_PRIORITY, "Inbound", "Deny", description="Nobody else"),
        _rule("to-elsewhere", LAST_PRIORITY, "Outbound", "Deny", description="Endpoints only answer"),
    ]


def _rule(
    name: str,
    priority: int,
    direction: Literal["Inbound", "Outbound"],
    access: Literal["Allow", "Deny"],
    *,
    description: str,
    protocol: str = "*",
    sources: Sequence[str] = ("*",),
    destination: str = "*",
    ports: Sequence[str] = ("*",),
) -> dict[str, Any]:
    # Of several addresses or ports Azure wants a list, of one or any of them a single text.
    several, ranges = len(sources) > 1, len(ports) > 1
    return {
        "name": name,
        "description": description,
        "priority": priority,
        "direction": direction,
        "access": access,
        "protocol": protocol,
        **({"source_address_prefixes": list(sources)} if several else {"source_address_prefix": sources[0]}),
        "source_port_range": "*",
        "destination_address_prefix": destination,
        **({"destination_port_ranges": list(ports)} if ranges else {"destination_port_range": ports[0]}),
    }
