"""The pack's rules on a network of Azure: as it is, and weakened."""

from dataclasses import replace

import pytest
from previewing import TAGS, preview

from modelyard.azure.flow_logs import FlowLogs
from modelyard.azure.network import Network
from modelyard.azure.private_endpoint import PrivateEndpoint
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import Graph
from modelyard_policies.registry import all_rules

ACCOUNT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/logs1"
NETWORK = {
    "environment": "dev",
    "resource_group_name": "training",
    "location": "swedencentral",
    "cidr": "10.8.0.0/20",
    "node_count": 100,
    "endpoint_count": 10,
    "zones": ["1", "2", "3"],
    "tags": TAGS,
}


def whole(egress="nat", days=90, **change):
    def program():
        network = Network("net", {**NETWORK, "egress": egress, **change})
        common = {key: NETWORK[key] for key in ("resource_group_name", "location", "tags")}
        PrivateEndpoint(
            "logs-blob",
            {
                **common,
                "endpoint_name": "dev-logs-blob",
                "subnet_id": network.subnet_id("endpoints"),
                "target_id": ACCOUNT,
                "group_id": "blob",
                "zone_ids": network.zone_ids(),
            },
        )
        FlowLogs(
            "flows",
            {
                "location": "swedencentral",
                "flow_log_name": "dev",
                "virtual_network_id": network.virtual_network_id,
                "storage_account_id": ACCOUNT,
                "retention_days": days,
                "tags": TAGS,
            },
        )

    return preview(program)


def codes(graph):
    """Codes of the rules that fail or can't tell."""
    return {finding.code for finding in evaluate(graph, all_rules()).findings}


def weakened(graph, kind, name, **properties):
    """The same graph with properties of one resource changed; None takes one away."""
    nodes = []
    for node in graph.resources:
        if (node.type, node.name) == (f"azure-native:{kind}", name):
            changed = {**node.properties, **properties}
            node = replace(node, properties={key: it for key, it in changed.items() if it is not None})
        nodes.append(node)
    assert nodes != list(graph.resources)
    return Graph(tuple(nodes))


@pytest.fixture(scope="module")
def nat():
    return whole()


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"egress": "firewall"},
        {"egress": "firewall", "allowed_domains": ["huggingface.co"], "high_business_impact": True},
        {"peer_cidrs": ["10.64.0.0/24"]},
        {"days": 0},
    ],
)
def test_every_rule_passes_and_those_for_networks_are_asked(change):
    report = evaluate(whole(**change), all_rules())
    assert report.findings == ()
    asked = {rule.code for rule in all_rules() if str(report.rules[rule.id]).endswith("pass")}
    assert {"NW12", "NW13", "NW14", "NW15", "TG1"} <= asked


SSH = {
    "name": "ssh",
    "priority": 90,
    "direction": "Inbound",
    "access": "Allow",
    "protocol": "Tcp",
    "sourceAddressPrefix": "Internet",
    "sourcePortRange": "*",
    "destinationAddressPrefix": "*",
    "destinationPortRange": "22",
}
FIRST = {**SSH, "priority": 99, "destinationPortRange": "*", "protocol": "*", "sourceAddressPrefix": "*"}


@pytest.mark.parametrize(
    ("kind", "name", "change", "code"),
    [
        ("network:NetworkSecurityGroup", "net-nodes", {"securityRules": [SSH]}, "NW12"),
        ("network:NetworkSecurityGroup", "net-endpoints", {"securityRules": [FIRST]}, "NW12"),
        ("network:Subnet", "net-nodes", {"networkSecurityGroup": None}, "NW13"),
        ("network:Subnet", "net-endpoints", {"networkSecurityGroup": None}, "NW13"),
        ("network:Subnet", "net-endpoints", {"defaultOutboundAccess": True}, "NW14"),
        ("network:Subnet", "net-endpoints", {"defaultOutboundAccess": None}, "NW14"),
        ("network:FlowLog", "flows", {"enabled": False}, "NW15"),
        ("network:FlowLog", "flows", {"retentionPolicy": {"days": 30, "enabled": True}}, "NW15"),
        ("network:FlowLog", "flows", {"targetResourceId": "/elsewhere"}, "NW15"),
        ("network:VirtualNetwork", "net", {"tags": None}, "TG1"),
        ("network:NatGateway", "net-nat", {"tags": None}, "TG1"),
        ("network:PrivateEndpoint", "logs-blob", {"tags": None}, "TG1"),
    ],
)
def test_each_weaker_variant_fails_by_its_rule_alone(nat, kind, name, change, code):
    if change.get("targetResourceId"):
        nodes = [
            replace(node, property_dependencies={}, dependencies=()) if node.name == "flows" else node
            for node in nat.resources
        ]
        nat = Graph(tuple(nodes))
    assert codes(weakened(nat, kind, name, **change)) == {code}


def test_logs_that_are_kept_too_short_fail():
    assert codes(whole(days=89)) == {"NW15"}


def test_a_machine_with_a_public_address_fails_in_the_network(nat):
    interface = replace(
        next(node for node in nat.resources if node.type.endswith("NatGateway")),
        urn="urn:pulumi:dev::modelyard::azure-native:network:NetworkInterface::card",
        type="azure-native:network:NetworkInterface",
        name="card",
        properties={
            "ipConfigurations": [{"name": "a", "publicIPAddress": {"id": "/address"}}],
            "tags": TAGS,
        },
        property_dependencies={},
        dependencies=(),
    )
    assert codes(Graph((*nat.resources, interface))) == {"NW16"}
