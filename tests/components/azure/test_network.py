"""The network of Azure, alone in a program of somebody else."""

import pulumi
import pytest
from network_graphs import DOMAINS, FIREWALL, LOGS, NAT, every, made, one, spelled, waits_for
from previewing import TAGS, preview

from modelyard.azure.network import Network
from modelyard.planning.azure.egress import rule_collections
from modelyard.planning.azure.network_rules import endpoint_rules, node_rules


@pytest.mark.parametrize("args", [NAT, FIREWALL])
def test_all_is_in_the_group_under_the_component_with_its_tags_and_the_environments_name(args):
    graph = made(args, allowed_domains=DOMAINS) if args is FIREWALL else made(args)
    components = {node.urn for node in graph.resources if node.type.startswith("modelyard-azure:")}
    resources = [node for node in graph.resources if node.custom and node.type != "pulumi:pulumi:Stack"]
    assert len(resources) == {"nat": 21, "firewall": 25}[args["egress"]]
    for node in resources:
        assert node.parent in components
        assert node.name.startswith("net")
        assert node.properties["resourceGroupName"] == "training"
        assert not node.protect
    untagged = {node.type.rpartition(":")[2] for node in resources if node.properties.get("tags") != TAGS}
    assert (
        untagged
        == {
            "nat": {"Subnet"},
            "firewall": {"Subnet", "FirewallPolicyRuleCollectionGroup"},
        }[args["egress"]]
    )


def test_the_network_has_the_range_and_never_its_subnets_inside():
    network = one(made(NAT), "network:VirtualNetwork")
    assert network.properties == {
        "virtualNetworkName": "dev-10-8-0-0-20",
        "resourceGroupName": "training",
        "location": "swedencentral",
        "addressSpace": {"addressPrefixes": ["10.8.0.0/20"]},
        "enableDdosProtection": False,
        "enableVmProtection": False,
        "tags": TAGS,
    }
    named = one(made(NAT, virtual_network_name="training-net"), "network:VirtualNetwork")
    assert named.properties["virtualNetworkName"] == "training-net"


def test_a_protected_network_is_protected_and_nothing_else():
    graph = made(NAT, protect=True)
    assert [node.type for node in graph.resources if node.protect] == ["azure-native:network:VirtualNetwork"]


def test_each_subnet_has_its_share_its_guard_and_no_default_way_out():
    graph = made(NAT)
    nodes, endpoints = (
        one(graph, "network:Subnet", "net-nodes"),
        one(graph, "network:Subnet", "net-endpoints"),
    )
    assert (nodes.properties["subnetName"], nodes.properties["addressPrefix"]) == ("nodes", "10.8.0.0/21")
    assert (endpoints.properties["subnetName"], endpoints.properties["addressPrefix"]) == (
        "endpoints",
        "10.8.8.0/22",
    )
    for subnet in (nodes, endpoints):
        assert subnet.properties["defaultOutboundAccess"] is False
        group = one(graph, "network:NetworkSecurityGroup", subnet.name)
        assert subnet.property_dependencies["networkSecurityGroup"] == (group.urn,)
        assert subnet.property_dependencies["virtualNetworkName"] == (
            one(graph, "network:VirtualNetwork").urn,
        )
        assert "delegations" not in subnet.properties
    # A security group doesn't judge private endpoints unless their subnet says so.
    assert endpoints.properties["privateEndpointNetworkPolicies"] == "NetworkSecurityGroupEnabled"
    assert nodes.properties["privateEndpointNetworkPolicies"] == "Disabled"


def test_endpoints_have_no_way_out_at_all():
    for args in (NAT, FIREWALL):
        endpoints = one(made(args), "network:Subnet", "net-endpoints").properties
        assert "natGateway" not in endpoints
        assert "routeTable" not in endpoints


@pytest.mark.parametrize("args", [NAT, FIREWALL])
def test_subnets_are_made_one_after_another(args):
    graph = made(args)
    subnets = every(graph, "network:Subnet")
    waits = {node.urn: waits_for(graph, node) & {other.urn for other in subnets} for node in subnets}
    # In a chain the first waits for none, the second for one, the third for both.
    assert sorted(map(len, waits.values())) == list(range(len(subnets)))


@pytest.mark.parametrize(
    ("args", "change", "internet"),
    [
        (NAT, {}, True),
        (FIREWALL, {}, False),
        (FIREWALL, {"allowed_domains": []}, False),
        (FIREWALL, {"allowed_domains": DOMAINS}, True),
    ],
)
@pytest.mark.parametrize("impact", [False, True])
def test_nodes_get_as_far_as_their_way_out_lets_them(args, change, internet, impact):
    group = one(
        made(args, **change, high_business_impact=impact), "network:NetworkSecurityGroup", "net-nodes"
    )
    wanted = node_rules("swedencentral", "10.8.0.0/20", impact, internet)
    assert group.properties["securityRules"] == spelled(wanted)
    assert group.properties["networkSecurityGroupName"] == "dev-nodes"


def test_endpoints_are_guarded_and_named_peers_reach_them():
    group = one(made(NAT), "network:NetworkSecurityGroup", "net-endpoints").properties
    assert group["securityRules"] == spelled(endpoint_rules("10.8.0.0/20", []))
    assert group["networkSecurityGroupName"] == "dev-endpoints"
    peers = ["10.64.0.0/24", "192.168.1.0/24"]
    group = one(made(NAT, peer_cidrs=peers), "network:NetworkSecurityGroup", "net-endpoints").properties
    assert group["securityRules"][0]["sourceAddressPrefixes"] == ["10.8.0.0/20", *peers]


def test_a_nat_gateway_and_its_address_stand_in_the_same_zone():
    for zones, end, placed in ((None, "", None), (["2"], "-z2", ["2"]), (["1", "2", "3"], "-z1", ["1"])):
        graph = made(NAT, **({} if zones is None else {"zones": zones}))
        gateway = one(graph, "network:NatGateway", "net-nat")
        address = one(graph, "network:PublicIPAddress", "net-nat")
        assert gateway.properties["natGatewayName"] == f"dev-10-8-0-0-20-nat{end}"
        assert address.properties["publicIpAddressName"] == f"dev-10-8-0-0-20-nat{end}"
        assert gateway.properties.get("zones") == address.properties.get("zones") == placed
        assert gateway.properties["sku"] == {"name": "Standard"}
        assert address.properties["sku"] == {"name": "Standard", "tier": "Regional"}
        assert address.properties["publicIPAllocationMethod"] == "Static"
        assert gateway.property_dependencies["publicIpAddresses"] == (address.urn,)
        nodes = one(graph, "network:Subnet", "net-nodes")
        assert nodes.property_dependencies["natGateway"] == (gateway.urn,)
        assert not every(graph, "network:RouteTable")


def test_each_zone_is_made_once_and_linked_to_the_network_alone():
    graph = made(NAT)
    zones = {node.properties["privateZoneName"]: node for node in every(graph, "privatedns:PrivateZone")}
    assert list(zones) == [
        "privatelink.api.azureml.ms",
        "privatelink.azurecr.io",
        "privatelink.blob.core.windows.net",
        "privatelink.dfs.core.windows.net",
        "privatelink.file.core.windows.net",
        "privatelink.notebooks.azure.net",
        "privatelink.vaultcore.azure.net",
    ]
    links = every(graph, "privatedns:VirtualNetworkLink")
    assert len(links) == len(zones)
    for link in links:
        assert link.property_dependencies["privateZoneName"] == (zones[link.name.removeprefix("net-")].urn,)
        assert link.property_dependencies["virtualNetwork"] == (one(graph, "network:VirtualNetwork").urn,)
        assert link.properties["registrationEnabled"] is False
        assert link.properties["virtualNetworkLinkName"] == "dev"
        assert link.properties["location"] == "global"


def test_two_kinds_of_endpoint_share_a_zone():
    graph = made(NAT, endpoint_groups=["blob", "azuremonitor"])
    names = [node.properties["privateZoneName"] for node in every(graph, "privatedns:PrivateZone")]
    assert names.count("privatelink.blob.core.windows.net") == 1
    assert len(names) == 5
    assert not every(made(NAT, endpoint_groups=[]), "privatedns:PrivateZone")


@pytest.mark.parametrize(
    ("args", "watched"),
    [
        (NAT, ["net", "net-endpoints", "net-nat", "net-nodes"]),
        (FIREWALL, ["net", "net-endpoints", "net-firewall", "net-firewall-address", "net-nodes"]),
    ],
)
def test_what_has_logs_sends_them_where_it_is_told(args, watched):
    settings = every(made(args, log_workspace_id=LOGS), "monitor:DiagnosticSetting")
    assert sorted(setting.name for setting in settings) == watched
    assert all(setting.properties["workspaceId"] == LOGS for setting in settings)
    assert len({setting.property_dependencies["resourceUri"] for setting in settings}) == len(watched)
    assert not every(made(args), "monitor:DiagnosticSetting")


def test_what_becomes_known_later_passes_through():
    later = {"resource_group_name": "training", "location": "Norway East", "log_workspace_id": LOGS}

    def program():
        outputs = {name: pulumi.Output.from_input(value) for name, value in later.items()}
        Network("net", {**FIREWALL, **outputs})

    graph = preview(program)
    rules = one(graph, "network:NetworkSecurityGroup", "net-nodes").properties["securityRules"]
    assert rules == spelled(node_rules("norwayeast", "10.8.0.0/20", False, False))
    collections = one(graph, "network:FirewallPolicyRuleCollectionGroup").properties["ruleCollections"]
    assert collections == rule_collections("norwayeast", "10.8.0.0/21", [], False)


def test_whoever_uses_a_zone_waits_for_its_link_and_nodes_are_by_name():
    def program():
        network = Network("net", NAT)
        zones = network.zone_ids()
        assert list(zones) == sorted(zones)

        class User(pulumi.CustomResource):
            def __init__(self, name, **uses):
                super().__init__("azure-native:storage:Table", name, uses)

        User("records", zone=zones["privatelink.azurecr.io"])
        User("subnet", subnet=network.subnet_id("nodes"))
        User("whole", subnets=network.subnet_ids, zones=network.dns_zone_ids)
        User("name", network=network.virtual_network_name, id=network.virtual_network_id)
        with pytest.raises(KeyError):
            network.subnet_id("public")

    graph = preview(program)
    link = one(graph, "privatedns:VirtualNetworkLink", "net-privatelink.azurecr.io")
    assert link.urn in one(graph, "storage:Table", "records").dependencies
    assert one(graph, "storage:Table", "subnet").property_dependencies["subnet"] == (
        one(graph, "network:Subnet", "net-nodes").urn,
    )
    whole = one(graph, "storage:Table", "whole").dependencies
    assert {node.urn for node in every(graph, "network:Subnet")} <= set(whole)
    assert {node.urn for node in every(graph, "privatedns:VirtualNetworkLink")} <= set(whole)


@pytest.mark.parametrize("args", [NAT, FIREWALL])
def test_what_azure_will_not_change_is_replaced(args):
    seen = {}

    def see(resource):
        opts = resource.opts
        if opts.replace_on_changes:
            seen[resource.type_.rpartition(":")[2]] = (opts.replace_on_changes, opts.delete_before_replace)

    opts = pulumi.ResourceOptions(transforms=[see])
    preview(lambda: Network("net", args, opts) and None)
    firewall = {"AzureFirewall": (["sku", "zones", "location", "ipConfigurations[*].subnet"], True)}
    assert seen == {
        "VirtualNetwork": (["addressSpace"], None),
        "VirtualNetworkLink": (["virtualNetwork"], True),
        **(firewall if args is FIREWALL else {}),
    }
