"""The firewall by which a network of Azure lets its nodes out."""

import pulumi
import pytest
from network_graphs import DOMAINS, FIREWALL, NAT, every, made, one, waits_for
from previewing import preview

from modelyard.azure.network import Network
from modelyard.planning.azure.egress import rule_collections


def test_with_a_firewall_everything_leaves_by_it_and_it_spans_the_zones():
    graph = made(FIREWALL, zones=["1", "2", "3"], allowed_domains=DOMAINS)
    assert not every(graph, "network:NatGateway")
    firewall = one(graph, "network:AzureFirewall", "net-firewall")
    address = one(graph, "network:PublicIPAddress", "net-firewall")
    assert firewall.properties["azureFirewallName"] == "dev-firewall"
    assert firewall.properties["sku"] == {"name": "AZFW_VNet", "tier": "Standard"}
    assert firewall.properties["threatIntelMode"] == "Deny"
    assert firewall.properties["zones"] == address.properties["zones"] == ["1", "2", "3"]
    assert address.properties["publicIpAddressName"] == "dev-firewall-z123"
    subnet = one(graph, "network:Subnet", "net-firewall")
    assert set(firewall.property_dependencies["ipConfigurations"]) == {subnet.urn, address.urn}
    assert subnet.properties["subnetName"] == "AzureFirewallSubnet"
    assert subnet.properties["addressPrefix"] == "10.8.12.0/26"
    # Azure refuses a security group there.
    assert "networkSecurityGroup" not in subnet.properties
    table = one(graph, "network:RouteTable", "net-nodes")
    (route,) = table.properties["routes"]
    assert (route["addressPrefix"], route["nextHopType"]) == ("0.0.0.0/0", "VirtualAppliance")
    assert firewall.urn in table.property_dependencies["routes"]
    assert table.properties["disableBgpRoutePropagation"] is True
    nodes = one(graph, "network:Subnet", "net-nodes")
    assert nodes.property_dependencies["routeTable"] == (table.urn,)


@pytest.mark.parametrize("impact", [False, True])
def test_the_firewall_lets_pass_what_is_named_and_its_rules_come_before_it(impact):
    graph = made(FIREWALL, allowed_domains=DOMAINS, high_business_impact=impact, location="Sweden Central")
    rules = one(graph, "network:FirewallPolicyRuleCollectionGroup")
    policy, firewall = one(graph, "network:FirewallPolicy"), one(graph, "network:AzureFirewall")
    wanted = rule_collections("swedencentral", "10.8.0.0/21", DOMAINS, impact)
    assert rules.properties["ruleCollections"] == wanted
    assert rules.properties["priority"] == 200
    assert rules.property_dependencies["firewallPolicyName"] == (policy.urn,)
    assert firewall.property_dependencies["firewallPolicy"] == (policy.urn,)
    assert rules.urn in firewall.dependencies
    # Nodes come once they can get out.
    assert rules.urn in waits_for(graph, one(graph, "network:Subnet", "net-nodes"))


@pytest.mark.parametrize(
    ("tier", "detection"), [(None, None), ("Standard", None), ("Premium", {"mode": "Deny"})]
)
def test_a_premium_firewall_refuses_intrusions_as_well(tier, detection):
    graph = made(FIREWALL, **({"firewall_tier": tier} if tier else {}))
    policy = one(graph, "network:FirewallPolicy").properties
    tier = tier or "Standard"
    assert (policy["sku"], policy["threatIntelMode"]) == ({"tier": tier}, "Deny")
    assert policy.get("intrusionDetection") == detection
    assert policy["firewallPolicyName"] == f"dev-firewall-{tier.lower()}"
    assert one(graph, "network:AzureFirewall").properties["sku"]["tier"] == tier


def test_the_firewalls_address_is_an_output_and_without_one_there_is_none():
    seen = {}

    def program(args):
        address = Network("net", args).firewall_private_ip
        seen[args["egress"]] = []
        address.apply(seen[args["egress"]].append)
        pulumi.export("address", address)

    preview(lambda: program(NAT))
    preview(lambda: program(FIREWALL))
    assert seen == {"nat": [None], "firewall": []}, "the firewall's address is not known before it is made"
