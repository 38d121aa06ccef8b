"""The subnets of a network on Azure: half of the range for nodes, a quarter for private endpoints.

A subnet spans all zones of a region. The last quarter is in reserve: Azure Firewall has the first /26 of it.
"""

from __future__ import annotations

from ipaddress import IPv4Network

from modelyard.planning.addresses import Limits, Share, lay_out

NODES = "nodes"
"""Subnet of what trains."""

ENDPOINTS = "endpoints"
"""Subnet of the private addresses of services."""

FIREWALL = "AzureFirewallSubnet"
"""Subnet of Azure Firewall, which has to be called so."""

FIREWALL_PREFIX = 26
"""Azure Firewall needs a /26, and never more (Microsoft, "Azure Firewall FAQ")."""

ADDRESSES_PER_ENDPOINT = 4
"""Most addresses that one private endpoint takes here: a registry's one, and one for the data of each region
that it is in, of which three fit (Microsoft, "Connect privately to an Azure container registry using Azure
Private Link", 2022-10-11); a workspace's three, for its interface, notebooks and inference (Microsoft, "Use
your workspace with a custom DNS server", 2026-03-26); any other's one. Azure Monitor's takes about a
dozen."""

AZURE_LIMITS = Limits(reserved=5, largest_prefix=8, smallest_prefix=29)
"""Azure keeps five addresses of every subnet, the smallest is a /29 (Microsoft, "Azure Virtual Network FAQ",
2026-11). The largest private range is a /8 (RFC 1918)."""


def plan_network_subnets(
    cidr: str, node_count: int, endpoint_count: int, firewall: bool
) -> dict[str, IPv4Network]:
    """The range of each subnet, by the subnet's name.

    Args:
        cidr: range of the network.
        node_count: most nodes at one time; each takes one address (Microsoft, "Secure an Azure Machine
            Learning training environment with virtual networks", 2024-04-08).
        endpoint_count: private endpoints, each of four addresses at most.
        firewall: whether there is an Azure Firewall.

    Raises NetworkTooSmall, which names the smallest range that fits, and ValueError for an impossible range.
    """
    shares = [
        Share(NODES, node_count, halvings=1),
        Share(ENDPOINTS, endpoint_count * ADDRESSES_PER_ENDPOINT, halvings=2),
    ]
    if firewall:
        needed = AZURE_LIMITS.usable(FIREWALL_PREFIX)
        shares.append(Share(FIREWALL, needed, halvings=2, prefix=FIREWALL_PREFIX))
    return lay_out(cidr, shares, AZURE_LIMITS, "share")
