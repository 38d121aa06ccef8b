"""A private endpoint with its records, alone in a program of somebody else."""

import pulumi
import pytest
from previewing import TAGS, preview

from modelyard.azure.private_endpoint import PrivateEndpoint
from modelyard.errors import InputError
from modelyard.planning.azure.network import ZONES

NETWORK = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network"
ACCOUNT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/datasets1"


def zone_ids(*groups):
    return {zone: f"{NETWORK}/privateDnsZones/{zone}" for group in groups for zone in ZONES[group]}


ARGS = {
    "resource_group_name": "training",
    "location": "swedencentral",
    "endpoint_name": "dev-datasets-blob",
    "subnet_id": f"{NETWORK}/virtualNetworks/dev/subnets/endpoints",
    "target_id": ACCOUNT,
    "group_id": "blob",
    "zone_ids": zone_ids("blob"),
    "tags": TAGS,
}


def resources(args):
    graph = preview(lambda: PrivateEndpoint("blob", args) and None)
    (component,) = [node for node in graph.resources if node.type == "modelyard-azure:index:PrivateEndpoint"]
    (endpoint,) = [node for node in graph.resources if node.type == "azure-native:network:PrivateEndpoint"]
    (group,) = [node for node in graph.resources if node.type == "azure-native:network:PrivateDnsZoneGroup"]
    assert endpoint.parent == group.parent == component.urn
    assert endpoint.name == group.name == "blob"
    return endpoint, group


def problems(**change):
    with pytest.raises(InputError) as caught:
        preview(lambda: PrivateEndpoint("blob", {**ARGS, **change}) and None)
    return caught.value.problems


def test_it_leads_from_the_subnet_to_one_part_of_the_resource():
    endpoint, _ = resources(ARGS)
    assert endpoint.properties == {
        "privateEndpointName": "dev-datasets-blob",
        "resourceGroupName": "training",
        "location": "swedencentral",
        "subnet": {"id": ARGS["subnet_id"]},
        "customNetworkInterfaceName": "dev-datasets-blob-nic",
        "privateLinkServiceConnections": [
            {"name": "blob", "privateLinkServiceId": ACCOUNT, "groupIds": ["blob"]}
        ],
        "tags": TAGS,
    }


def test_its_names_are_in_the_zone_of_its_kind_and_no_other_zone_is_touched():
    endpoint, group = resources({**ARGS, "zone_ids": zone_ids("vault", "blob", "amlworkspace")})
    # The endpoint's name is asked of the endpoint, so that the records come after it.
    assert {**group.properties, "privateEndpointName": "unknown"} == {
        "privateDnsZoneGroupName": "default",
        "privateEndpointName": "unknown",
        "resourceGroupName": "training",
        "privateDnsZoneConfigs": [
            {
                "name": "privatelink-blob-core-windows-net",
                "privateDnsZoneId": f"{NETWORK}/privateDnsZones/privatelink.blob.core.windows.net",
            }
        ],
    }
    assert group.property_dependencies["privateEndpointName"] == (endpoint.urn,)


def test_a_workspace_has_names_in_two_zones_of_one_group():
    _, group = resources({**ARGS, "group_id": "amlworkspace", "zone_ids": zone_ids("amlworkspace")})
    assert [config["name"] for config in group.properties["privateDnsZoneConfigs"]] == [
        "privatelink-api-azureml-ms",
        "privatelink-notebooks-azure-net",
    ]


def test_whoever_waits_for_the_endpoint_waits_for_its_records():
    def program():
        endpoint = PrivateEndpoint("blob", ARGS)
        PrivateEndpoint("after", {**ARGS, "endpoint_name": "after", "target_id": endpoint.endpoint_id})

    graph = preview(program)
    (group,) = [
        node for node in graph.resources if node.type.endswith("PrivateDnsZoneGroup") and node.name == "blob"
    ]
    (after,) = [
        node
        for node in graph.resources
        if node.type == "azure-native:network:PrivateEndpoint" and node.name == "after"
    ]
    assert group.urn in after.dependencies


def test_what_becomes_known_later_passes_through():
    later = {"resource_group_name": "training", "location": "norwayeast", "target_id": ACCOUNT}

    def program():
        outputs = {name: pulumi.Output.from_input(value) for name, value in later.items()}
        zones = {zone: pulumi.Output.from_input(id_) for zone, id_ in zone_ids("blob").items()}
        PrivateEndpoint("blob", {**ARGS, **outputs, "zone_ids": zones})

    (endpoint,) = [
        node for node in preview(program).resources if node.type == "azure-native:network:PrivateEndpoint"
    ]
    assert endpoint.properties["location"] == "norwayeast"


@pytest.mark.parametrize("name", ["", "-dev", "dev-", "dev.", "d v", "d" * 77, "dev\n", "déjà"])
def test_a_name_that_azure_refuses_is_refused(name):
    (problem,) = problems(endpoint_name=name)
    assert (problem.field, problem.given) == ("blob.endpoint_name", repr(name))
    assert (
        problem.message == "Azure refuses an endpoint of this name, or the network interface called after it"
    )
    assert problem.allowed == (
        "1 to 76 letters, digits, periods, hyphens and underscores, the first a letter or digit, the last no "
        "period or hyphen"
    )
    assert problem.mend == "write another name, as dev-datasets-blob"


@pytest.mark.parametrize("name", ["d", "dev_", "d" * 76, "Dev.1-blob"])
def test_a_name_that_azure_takes_is_taken(name):
    endpoint, _ = resources({**ARGS, "endpoint_name": name})
    assert endpoint.properties["privateEndpointName"] == name


def test_a_part_that_no_endpoint_is_made_for_is_refused_once():
    (problem,) = problems(group_id="blobs", zone_ids={})
    assert (problem.field, problem.given) == ("blob.group_id", "'blobs'")
    assert problem.message == "no part of a resource that endpoints are made for here is called so"
    assert problem.allowed == ("amlworkspace, azuremonitor, blob, dfs, file, queue, registry, table, vault")
    assert problem.mend == "name the part of the resource that nodes use"


def test_each_zone_that_is_missing_is_named():
    one, two = problems(group_id="amlworkspace")
    assert one.field == two.field == "blob.zone_ids"
    assert one.given == "privatelink.blob.core.windows.net"
    assert one.message == (
        "an endpoint for amlworkspace has its names in privatelink.api.azureml.ms, whose id is missing"
    )
    assert one.allowed == "the ids of privatelink.api.azureml.ms, privatelink.notebooks.azure.net"
    assert two.mend == "give the id of the network's private DNS zone privatelink.notebooks.azure.net"
    (problem,) = problems(zone_ids={})
    assert problem.given == "none"


def test_an_unknown_argument_is_refused():
    (problem,) = problems(zones={})
    assert problem.message == "PrivateEndpointArgs has no such argument"


def later(*groups):
    """What a network knows of its zones once they are there, all as one output."""
    return pulumi.Output.from_input(zone_ids(*groups))


def records_of(graph):
    return [node.properties for node in graph.resources if node.type.endswith(":PrivateDnsZoneGroup")]


def test_zones_may_be_one_output_as_a_network_has_them():
    whole = preview(lambda: PrivateEndpoint("blob", {**ARGS, "zone_ids": later("blob", "vault")}) and None)
    assert records_of(whole) == records_of(preview(lambda: PrivateEndpoint("blob", ARGS) and None))


def test_a_zone_that_an_output_turns_out_not_to_have_is_named():
    with pytest.raises(InputError) as caught:
        preview(lambda: PrivateEndpoint("blob", {**ARGS, "zone_ids": later("vault")}) and None)
    (problem,) = caught.value.problems
    assert problem.field == "blob.zone_ids"
    assert problem.given == "privatelink.vaultcore.azure.net"
    assert problem.message == (
        "an endpoint for blob has its names in privatelink.blob.core.windows.net, whose id is missing"
    )
