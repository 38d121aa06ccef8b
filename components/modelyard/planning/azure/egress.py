"""Where nodes may go from a network on Azure: what Machine Learning needs, and hosts allowed by name.

The nodes have no public address, and subnets give none by default, so each way out is one that was chosen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

SOURCE = (
    'Microsoft, "Configure inbound and outbound network traffic" (Azure Machine Learning), 2026-03-19, and '
    '"Secure an Azure Machine Learning training environment with virtual networks", 2024-04-08'
)
"""Where the destinations below are from."""

Protocol = Literal["Tcp", "Udp", "*"]
"""What is spoken, as security groups spell it; `*` is anything."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A service that a compute cluster without public addresses has to reach."""

    tag: str
    """Azure's service tag, which stands for the service's addresses."""
    ports: tuple[str, ...]
    why: str
    protocol: Protocol = "Tcp"
    regional: bool = False
    """Whether the tag is followed by the region, so that other regions' addresses aren't reached."""

    @property
    def name(self) -> str:
        """What a rule for it is called."""
        end = "-udp" if self.protocol == "Udp" else ""
        return f"to-{self.tag.replace('.', '-')}{end}"

    def tag_in(self, region: str) -> str:
        """The tag as a rule for this region has it."""
        return f"{self.tag}.{region}" if self.regional else self.tag


DESTINATIONS = (
    Destination("AzureActiveDirectory", ("80", "443"), "Tokens of managed identities"),
    Destination("AzureMachineLearning", ("443",), "The service, which gives out jobs and takes their state"),
    Destination("AzureMachineLearning", ("5831",), "Management of nodes", "Udp"),
    Destination("BatchNodeManagement", ("443",), "Azure Batch, which clusters stand on", "*", regional=True),
    Destination("AzureResourceManager", ("443",), "Resources that the service makes"),
    Destination("Storage", ("443",), "The storage of Azure Batch", regional=True),
    Destination("MicrosoftContainerRegistry", ("443",), "Microsoft's images, the service's own among them"),
    Destination("AzureFrontDoor.FirstParty", ("443",), "Layers of Microsoft's images"),
    Destination("AzureMonitor", ("443",), "Logs and metrics of jobs and nodes"),
)
"""What every cluster has to reach, from SOURCE. Left out: ports 8787 and 18881 of the service, which are for
RStudio and notebooks on compute instances; AzureFrontDoor.FrontEnd, the studio's pages; port 445 of storage,
which is for accounts behind the firewall, while these have their endpoint in the network."""

KEY_VAULT = Destination(
    "AzureKeyVault", ("443",), "The vault of Azure Batch, for scratch disks", regional=True
)
"""What clusters of a workspace for data of high business impact have to reach as well, from SOURCE. The page
calls the tag Keyvault; security groups and firewalls know it by its name in the list of service tags
(Microsoft, "Virtual network service tags", 2026-11)."""

DOMAIN = re.compile(
    r"(?=.{1,253}\Z)(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?",
    re.IGNORECASE,
)
"""A host's name of two labels or more (RFC 1123), or with `*.` before it all hosts below it."""

COLLECTION_GROUP_PRIORITY = 200
NETWORK_PRIORITY = 200
APPLICATION_PRIORITY = 300
"""Lower comes first: 100 to 65,000 (azure-native 3.29, network.FirewallPolicyRuleCollectionGroup)."""


def destinations(high_business_impact: bool) -> tuple[Destination, ...]:
    """What nodes have to reach."""
    return (*DESTINATIONS, KEY_VAULT) if high_business_impact else DESTINATIONS


def is_domain(text: str) -> bool:
    """Whether hosts can be allowed by this name: huggingface.co, or *.huggingface.co for all below it."""
    return DOMAIN.fullmatch(text) is not None


def domain_within(text: str) -> str | None:
    """The host's name in an address, as of https://huggingface.co:443/simple; None where there is none."""
    host = text.strip().partition("://")[2] or text.strip()
    host = re.split(r"[/?#]", host, maxsplit=1)[0].rpartition("@")[2].partition(":")[0].rstrip(".")
    return host if is_domain(host) else None


def rule_collections(
    region: str, node_range: str, allowed_domains: list[str], high_business_impact: bool
) -> list[dict[str, Any]]:
    """What Azure Firewall lets nodes reach; it refuses everything else.

    Keys are spelled as Azure does: Pulumi's SDK does that by itself, but not where one of several types may
    stand.

    Args:
        region: name of the region, as swedencentral.
        node_range: range of the nodes' subnet: nobody else gets out.
        allowed_domains: hosts that may be reached by HTTPS, beside what Machine Learning needs.
        high_business_impact: whether the workspace is for such data.
    """
    services = _collection(
        "machine-learning",
        NETWORK_PRIORITY,
        [
            {
                "ruleType": "NetworkRule",
                "name": each.name,
                "description": each.why,
                "ipProtocols": ["Any" if each.protocol == "*" else each.protocol.upper()],
                "sourceAddresses": [node_range],
                "destinationAddresses": [each.tag_in(region)],
                "destinationPorts": list(each.ports),
            }
            for each in destinations(high_business_impact)
        ],
    )
    if not allowed_domains:
        return [services]
    hosts = {
        "ruleType": "ApplicationRule",
        "name": "allowed-domains",
        "sourceAddresses": [node_range],
        "targetFqdns": sorted(domain.lower() for domain in allowed_domains),
        "protocols": [{"protocolType": "Https", "port": 443}],
    }
    # A collection holds rules of one kind; those of networks are always asked before those of applications.
    return [services, _collection("allowed-domains", APPLICATION_PRIORITY, [hosts])]


def _collection(name: str, priority: int, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
        "name": name,
        "priority": priority,
        "action": {"type": "Allow"},
        "rules": rules,
    }
