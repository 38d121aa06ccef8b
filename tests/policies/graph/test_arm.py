import pytest

from modelyard_policies.graph import UNKNOWN, Graph, Node, canonical, region_of
from modelyard_policies.graph.arm import key_of, key_of_resource

ACCOUNT = "azure-native:storage:StorageAccount"
CONTAINER = "azure-native:storage:BlobContainer"
SUBNET = "azure-native:network:Subnet"
GROUP = "azure-native:network:NetworkSecurityGroup"
START = "/subscriptions/0000/resourceGroups/Main"


def node(token, name, properties, **fields):
    return Node(urn=f"urn::{token}::{name}", type=token, name=name, properties=properties, **fields)


@pytest.mark.parametrize(
    "token",
    [
        "azure-native:storage:StorageAccount",
        "azure-native:storage/v20230101:StorageAccount",
        "azure-native:storage/v20210801preview:StorageAccount",
        "azure-native_storage_v20240101:storage:StorageAccount",
    ],
)
def test_a_version_of_the_api_makes_no_other_type(token):
    assert canonical(token) == ACCOUNT
    assert Graph([node(token, "a", {})]).of_type(ACCOUNT)


@pytest.mark.parametrize(
    ("token", "today"),
    [
        ("azure-native:insights:DiagnosticSetting", "azure-native:monitor:DiagnosticSetting"),
        ("azure-native:insights/v20221001:AutoscaleSetting", "azure-native:monitor:AutoscaleSetting"),
        ("azure-native:network/v20190201:InterfaceEndpoint", "azure-native:network:PrivateEndpoint"),
        ("azure-native:insights/v20230101:ActionGroup", "azure-native:monitor:ActionGroup"),
        ("azure-native:insights:Component", "azure-native:insights:Component"),
    ],
)
def test_a_type_by_its_former_name_is_the_type_that_it_is_today(token, today):
    assert canonical(token) == today


@pytest.mark.parametrize(
    ("resource_id", "key"),
    [
        (
            f"{START}/providers/Microsoft.Storage/storageAccounts/Data",
            "microsoft.storage/storageaccounts/data",
        ),
        (f"{START}/", "microsoft.resources/resourcegroups/main"),
        (START.lower(), "microsoft.resources/resourcegroups/main"),
        (
            f"{START}/providers/Microsoft.Network/virtualNetworks/v/subnets/s",
            "microsoft.network/virtualnetworks/v/subnets/s",
        ),
        (
            f"{START[1:]}/providers/Microsoft.KeyVault/vaults/v".upper(),
            "microsoft.keyvault/vaults/v",
        ),
        (f"{START[1:]}", "microsoft.resources/resourcegroups/main"),
        ("/subscriptions/0000", None),
        ("data", None),
    ],
)
def test_the_key_of_an_id(resource_id, key):
    assert key_of(resource_id) == key


def test_the_key_of_a_resource_needs_all_its_names():
    assert key_of_resource(SUBNET, {"virtualNetworkName": "V", "subnetName": "s"}) == (
        "microsoft.network/virtualnetworks/v/subnets/s"
    )
    assert key_of_resource(SUBNET, {"virtualNetworkName": UNKNOWN, "subnetName": "s"}) is None
    assert key_of_resource("azure-native:insights:Component", {"resourceName": "x"}) is None


def test_a_resource_is_found_by_its_name_and_by_its_id_in_any_case():
    account = node(ACCOUNT, "a", {"accountName": "data"})
    by_name = node(CONTAINER, "c", {"accountName": "data", "containerName": "x"})
    other = node(CONTAINER, "d", {"accountName": "other", "containerName": "x"})
    graph = Graph([account, by_name, other])
    assert graph.linked(account, CONTAINER, "accountName") == [by_name]
    group = node(GROUP, "g", {"networkSecurityGroupName": "nodes"})
    wanted = f"{START}/providers/microsoft.network/NetworkSecurityGroups/NODES"
    subnet = node(SUBNET, "s", {"networkSecurityGroup": {"id": wanted}})
    graph = Graph([group, subnet])
    assert graph.linked(group, SUBNET, "networkSecurityGroup") == [subnet]
    assert graph.targets(subnet, "networkSecurityGroup", wanted, GROUP).certain == [group]


def test_a_deployed_resource_is_found_by_its_id():
    group = node(
        GROUP, "g", {}, outputs={"id": f"{START}/providers/Microsoft.Network/networkSecurityGroups/n1"}
    )
    subnet = node(
        SUBNET,
        "s",
        {"networkSecurityGroup": {"id": group.outputs["id"].upper()}},
    )
    assert Graph([group, subnet]).linked(group, SUBNET, "networkSecurityGroup") == [subnet]


@pytest.mark.parametrize(
    ("token", "settings", "region"),
    [
        ("aws:s3/bucket:Bucket", ({"region": "eu-west-1"}, {"region": "us-east-1"}), "eu-west-1"),
        ("aws:s3/bucket:Bucket", ({}, {"region": "us-east-1"}), "us-east-1"),
        ("aws:s3/bucket:Bucket", ({"region": UNKNOWN}, {"region": "us-east-1"}), None),
        (ACCOUNT, ({"location": "West Europe"}, {}), "westeurope"),
        (ACCOUNT, ({"region": "eu-west-1"}, {"location": "northeurope"}), "northeurope"),
        (ACCOUNT, ({}, {}), None),
    ],
)
def test_the_region_is_what_is_said_first(token, settings, region):
    assert region_of(token, *settings) == region
