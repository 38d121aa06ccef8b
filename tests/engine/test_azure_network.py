"""The network of Azure against the sandbox: brought up, changed, and taken down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from arming import SUBSCRIPTION, standing
from rehearsing import Rehearsal, rehearse_toy

from modelyard_sandbox.azure.client import AzureCloud

if TYPE_CHECKING:
    from conftest import Engine

PLUGIN = Path(__file__).parents[2] / "components" / "plugins" / "azure"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/training"
NETWORKS = f"{GROUP}/providers/Microsoft.Network"
API_VERSION = "2024-05-01"
pytestmark = pytest.mark.slow
NAME, OTHER_NAME = "dev-10-8-0-0-20", "dev-10-16-0-0-20"

PROGRAM = """
import pulumi
from pulumi_azure_native import resources, storage

from modelyard.azure.flow_logs import FlowLogs
from modelyard.azure.log_workspace import LogWorkspace
from modelyard.azure.network import Network
from modelyard.azure.private_endpoint import PrivateEndpoint

group = resources.ResourceGroup("group", resource_group_name="training", location="swedencentral")
common = {{"resource_group_name": group.name, "location": group.location, "tags": {{"owner": "me"}}}}
account = storage.StorageAccount(
    "logs", account_name="traininglogs01", kind="StorageV2", sku={{"name": "Standard_ZRS"}}, **common
)
logs = LogWorkspace("log", {{**common, "workspace_name": "dev-logs"}})
network = Network("net", {{**common, **{args}, "log_workspace_id": logs.workspace_id}})
PrivateEndpoint("logs-blob", {{
    **common,
    "endpoint_name": "dev-logs-blob",
    "subnet_id": network.subnet_id("endpoints"),
    "target_id": account.id,
    "group_id": "blob",
    "zone_ids": network.zone_ids(),
}})
FlowLogs("flows", {{
    "location": group.location,
    "flow_log_name": "dev",
    "virtual_network_id": network.virtual_network_id,
    "storage_account_id": account.id,
    "log_workspace_id": logs.workspace_id,
    "log_workspace_customer_id": logs.customer_id,
    "tags": {{"owner": "me"}},
}})
pulumi.export("subnets", network.subnet_ids)
pulumi.export("zones", network.dns_zone_ids)
pulumi.export("firewall", network.firewall_private_ip)
"""
ARGS = {
    "environment": "dev",
    "cidr": "10.8.0.0/20",
    "egress": "nat",
    "node_count": 100,
    "endpoint_count": 10,
    "zones": ["1", "2", "3"],
}


@pytest.fixture
def toy(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_toy(engine, tmp_path, "") as rehearsal:
        rehearsal.variables["ARM_SUBSCRIPTION_ID"] = SUBSCRIPTION
        yield rehearsal


def write(toy: Rehearsal, **change: Any) -> None:
    args = {**ARGS, **change}
    (toy.project / "__main__.py").write_text(PROGRAM.format(args=args))


def cloud(toy: Rehearsal) -> AzureCloud:
    """The subscription as anybody but Pulumi sees it."""
    return AzureCloud(toy.sandbox.must_run().azure_endpoint, SUBSCRIPTION)


def subnet(toy: Rehearsal, name: str, network: str = NAME) -> dict[str, Any]:
    return cloud(toy).get(f"{NETWORKS}/virtualNetworks/{network}/subnets/{name}", API_VERSION)["properties"]


def standing_network(toy: Rehearsal) -> list[Any]:
    """What Azure has of the network and its guards."""
    places = ("virtualNetworks", "networkSecurityGroups", "routeTables", "firewallPolicies")
    found = [cloud(toy).get(f"{NETWORKS}/{place}", API_VERSION) for place in places]
    policies = [policy["id"] for policy in found[-1]["value"]]
    return found + [cloud(toy).get(f"{policy}/ruleCollectionGroups", API_VERSION) for policy in policies]


def stays(toy: Rehearsal) -> None:
    toy.up("--expect-no-changes")
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    toy.up("--expect-no-changes")


def test_a_network_with_a_nat_gateway_comes_up_stays_as_it_is_and_goes(toy: Rehearsal) -> None:
    write(toy)
    toy.must("preview")
    toy.up()
    outputs = toy.outputs()
    assert outputs["subnets"] == {
        name: f"{NETWORKS}/virtualNetworks/{NAME}/subnets/{name}" for name in ("nodes", "endpoints")
    }
    assert outputs.get("firewall") is None
    nodes, endpoints = subnet(toy, "nodes"), subnet(toy, "endpoints")
    assert nodes["natGateway"]["id"] == f"{NETWORKS}/natGateways/{NAME}-nat-z1"
    assert "natGateway" not in endpoints
    assert (nodes["defaultOutboundAccess"], endpoints["defaultOutboundAccess"]) == (False, False)
    assert nodes["networkSecurityGroup"]["id"] == f"{NETWORKS}/networkSecurityGroups/dev-nodes"
    stays(toy)
    # Another zone: the new gateway is there before the old one goes, with nobody in between it and the nodes.
    write(toy, zones=["2", "3"])
    said = toy.up()
    assert subnet(toy, "nodes")["natGateway"]["id"] == f"{NETWORKS}/natGateways/{NAME}-nat-z2"
    # The nodes' subnet; the gateway, its address, and where that sends its logs.
    assert "~ 1 updated" in said
    assert "+-3 replaced" in said
    toy.must("destroy", "--yes", "--skip-preview")
    assert standing(cloud(toy)) == []


def test_a_firewall_comes_up_takes_changes_and_gives_way_to_a_nat_gateway(toy: Rehearsal) -> None:
    write(toy, egress="firewall", allowed_domains=["huggingface.co"])
    toy.must("preview")
    toy.up()
    address = toy.outputs()["firewall"]
    assert address.startswith("10.8.12.")
    table = cloud(toy).get(f"{NETWORKS}/routeTables/dev-nodes", API_VERSION)["properties"]
    (route,) = table["routes"]
    assert route["properties"]["nextHopIpAddress"] == address
    assert subnet(toy, "nodes")["routeTable"]["id"] == f"{NETWORKS}/routeTables/dev-nodes"
    assert "networkSecurityGroup" not in subnet(toy, "AzureFirewallSubnet")
    stays(toy)

    write(toy, egress="firewall", firewall_tier="Premium", zones=["1"], allowed_domains=["*.huggingface.co"])
    toy.up()
    firewall = cloud(toy).get(f"{NETWORKS}/azureFirewalls/dev-firewall", API_VERSION)
    assert (firewall["properties"]["sku"]["tier"], firewall["zones"]) == ("Premium", ["1"])
    policies = cloud(toy).get(f"{NETWORKS}/firewallPolicies", API_VERSION)["value"]
    assert [policy["name"] for policy in policies] == ["dev-firewall-premium"]
    rules = f"{policies[0]['id']}/ruleCollectionGroups/egress"
    _, hosts = cloud(toy).get(rules, API_VERSION)["properties"]["ruleCollections"]
    assert hosts["rules"][0]["targetFqdns"] == ["*.huggingface.co"]

    write(toy)
    toy.up()
    assert "routeTable" not in subnet(toy, "nodes")
    toy.up("--expect-no-changes")
    toy.must("destroy", "--yes", "--skip-preview")
    assert standing(cloud(toy)) == []


@pytest.mark.parametrize("egress", ["nat", "firewall"])
def test_another_range_replaces_the_network_which_a_protected_one_refuses(
    toy: Rehearsal, egress: str
) -> None:
    write(toy, egress=egress)
    toy.up()
    write(toy, egress=egress, cidr="10.16.0.0/20")
    toy.up()
    assert subnet(toy, "endpoints", OTHER_NAME)["addressPrefix"] == "10.16.8.0/22"
    networks = cloud(toy).get(f"{NETWORKS}/virtualNetworks", API_VERSION)["value"]
    assert [network["name"] for network in networks] == [OTHER_NAME]
    assert egress == "nat" or toy.outputs()["firewall"].startswith("10.16.12.")
    toy.up("--expect-no-changes")
    write(toy, egress=egress, cidr="10.16.0.0/20", protect=True)
    toy.up()
    write(toy, egress=egress, protect=True)
    before = standing_network(toy)
    said = toy.fails("up", "--yes", "--skip-preview")
    assert "marked for protection" in said
    assert standing_network(toy) == before, "what is refused is refused before anything is changed"


def test_an_endpoint_that_leads_elsewhere_is_another_and_its_records_follow(toy: Rehearsal) -> None:
    write(toy)
    toy.up()
    endpoint = f"{NETWORKS}/privateEndpoints/dev-logs-blob"
    zone = f"{NETWORKS}/privateDnsZones/privatelink.blob.core.windows.net/A"
    (record,) = cloud(toy).get(zone, "2024-06-01")["value"]
    assert record["name"] == "traininglogs01"
    program = (toy.project / "__main__.py").read_text()
    other = 'storage.StorageAccount(\n    "other", account_name="trainingother01", kind="StorageV2", '
    (toy.project / "__main__.py").write_text(
        program.replace("network = Network(", f'other = {other}sku={{"name": "Standard_ZRS"}}, **common)\n'
                        "network = Network(").replace('"target_id": account.id', '"target_id": other.id')
    )  # fmt: skip
    said = toy.up()
    assert "+-2 replaced" in said
    (connection,) = cloud(toy).get(endpoint, API_VERSION)["properties"]["privateLinkServiceConnections"]
    assert connection["properties"]["privateLinkServiceId"].endswith("/storageAccounts/trainingother01")
    (record,) = cloud(toy).get(zone, "2024-06-01")["value"]
    assert record["name"] == "trainingother01"
    toy.up("--expect-no-changes")


LOCAL = """
import pulumi
from modelyard.azure.network import Network

network = Network("net", {args})
pulumi.export("nodes", network.subnet_ids["nodes"])
"""
REMOTE = """
import pulumi

class Network(pulumi.ComponentResource):
    def __init__(self, name, args):
        super().__init__("modelyard-azure:index:Network", name, {{**args, "subnetIds": None}}, remote=True)

network = Network("net", {args})
pulumi.export("nodes", network.subnetIds["nodes"])
"""


def test_a_program_and_the_plugin_make_the_same_network(engine: Engine, toy: Rehearsal) -> None:
    if not (engine.command.parents[1] / "language_host").is_dir():
        pytest.skip("this machine's engine comes with Pulumi's own language host")
    args = {
        **ARGS,
        "egress": "firewall",
        "resource_group_name": "training",
        "location": "Sweden Central",
        "allowed_domains": ["huggingface.co"],
        "high_business_impact": True,
        "peer_cidrs": ["10.64.0.0/24"],
        "endpoint_groups": ["blob", "vault"],
        "tags": {"owner": "me"},
    }
    (toy.project / "__main__.py").write_text(LOCAL.format(args=args))
    local = foreseen(toy)
    plugins = {"providers": [{"name": "modelyard-azure", "path": str(PLUGIN)}]}
    settings = {"name": "toy", "runtime": "python", "plugins": plugins}
    (toy.project / "Pulumi.yaml").write_text(json.dumps(settings))
    spelled = {camel(key): value for key, value in args.items()}
    (toy.project / "__main__.py").write_text(REMOTE.format(args=spelled))
    remote = foreseen(toy)
    assert remote == local
    assert len(local) == 17


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def foreseen(toy: Rehearsal) -> dict[str, Any]:
    """What a preview would make, by its URN, with its inputs and what it waits for."""
    steps = json.loads(toy.must("preview", "--json"))["steps"]
    return {
        step["urn"]: (step["newState"].get("inputs"), sorted(step["newState"].get("dependencies", ())))
        for step in steps
        if "pulumi:" not in step["urn"].split("::")[2]
    }
