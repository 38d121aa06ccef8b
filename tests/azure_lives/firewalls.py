"""Firewalls, their policies and rules."""

from __future__ import annotations

from typing import Any

from arming import GROUP, LOCATION, NETWORK, Maker

IN_GROUP = {"resourceGroupName": "rg"}
PLACED = {**IN_GROUP, "location": LOCATION}
PROVIDER = f"{GROUP}/providers/Microsoft.Network"
NETWORK_RULE = {
    "ruleType": "NetworkRule",
    "name": "learning",
    "ipProtocols": ["TCP"],
    "sourceAddresses": ["10.0.1.0/24"],
    "destinationAddresses": ["AzureMachineLearning"],
    "destinationPorts": ["443", "8787", "18881"],
}
APPLICATION_RULE = {
    "ruleType": "ApplicationRule",
    "name": "hosts",
    "sourceAddresses": ["10.0.1.0/24"],
    "targetFqdns": ["*.example.org"],
    "protocols": [{"protocolType": "Https", "port": 443}],
}
COLLECTION = {
    "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
    "name": "azure",
    "priority": 200,
    "action": {"type": "Allow"},
    "rules": [NETWORK_RULE],
}
LIVES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "network:AzureFirewall": (
        {
            **PLACED,
            "azureFirewallName": "wall",
            "sku": {"name": "AZFW_VNet", "tier": "Standard"},
            "threatIntelMode": "Deny",
            "firewallPolicy": {"id": f"{PROVIDER}/firewallPolicies/standing"},
            "zones": ["1", "2", "3"],
            "ipConfigurations": [
                {
                    "name": "ip",
                    "subnet": {"id": f"{NETWORK}/subnets/AzureFirewallSubnet"},
                    "publicIPAddress": {"id": f"{PROVIDER}/publicIPAddresses/standing"},
                }
            ],
        },
        {"tags": {"owner": "me"}},
        f"{PROVIDER}/azureFirewalls/wall",
    ),
    "network:FirewallPolicy": (
        {
            **PLACED,
            "firewallPolicyName": "policy",
            "sku": {"tier": "Standard"},
            "dnsSettings": {"enableProxy": True},
            "threatIntelMode": "Deny",
        },
        {"threatIntelWhitelist": {"fqdns": ["example.org"], "ipAddresses": ["198.51.100.1"]}},
        f"{PROVIDER}/firewallPolicies/policy",
    ),
    "network:FirewallPolicyRuleCollectionGroup": (
        {
            **IN_GROUP,
            "firewallPolicyName": "standing",
            "ruleCollectionGroupName": "out",
            "priority": 200,
            "ruleCollections": [COLLECTION, {**COLLECTION, "name": "hosts", "rules": [APPLICATION_RULE]}],
        },
        {"priority": 300},
        f"{PROVIDER}/firewallPolicies/standing/ruleCollectionGroups/out",
    ),
}


def furnish(make: Maker) -> None:
    """A network with a firewall's subnet, a public address and a policy."""
    make.group()
    inside = [{"name": "AzureFirewallSubnet", "addressPrefix": "10.0.4.0/26"}]
    space = {"addressPrefixes": ["10.0.0.0/16"]}
    make("network:VirtualNetwork", **PLACED, virtualNetworkName="net", addressSpace=space, subnets=inside)
    standard = {"sku": {"name": "Standard"}, "publicIPAllocationMethod": "Static"}
    make("network:PublicIPAddress", **PLACED, publicIpAddressName="standing", **standard)
    make("network:FirewallPolicy", **PLACED, firewallPolicyName="standing")
