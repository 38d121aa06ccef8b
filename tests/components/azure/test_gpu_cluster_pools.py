"""The pools of a cluster on Azure, and the datastores of its jobs."""

import pulumi
import pytest
from azure_clusters import (
    CLUSTER,
    CPU,
    H100,
    SUBSCRIPTION,
    ZONE_IDS,
    cluster,
    compute,
    every,
    one,
    replaced_by,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from previewing import TAGS, preview

from modelyard.azure.gpu_cluster import GpuCluster
from modelyard.catalog.azure.sizes import offered_regions, size_names
from modelyard.planning.azure.clusters import COMPUTE_NAME, POOL_NAME, compute_name

DATASTORES = {"datasets": {"account_name": "devdata01", "container": "datasets"}}
SIZES = [name for name in size_names() if CLUSTER["location"] in (offered_regions(name) or ())]


@pytest.fixture(scope="module")
def alone():
    return cluster()


def test_a_cluster_is_in_the_subnet_without_addresses_or_logins_and_scales_from_zero(alone):
    node = compute(alone, "h100")
    assert node.properties["computeName"] == compute_name("h100", "Standard_ND96isr_H100_v5")
    assert node.properties["location"] == "westeurope"
    assert node.properties["tags"] == {**TAGS, "pool": "h100"}
    assert node.properties["properties"] == {
        "computeType": "AmlCompute",
        "computeLocation": "westeurope",
        "disableLocalAuth": True,
        "properties": {
            "vmSize": "Standard_ND96isr_H100_v5",
            "vmPriority": "Dedicated",
            "osType": "Linux",
            "subnet": {"id": CLUSTER["node_subnet_id"]},
            "enableNodePublicIp": False,
            "remoteLoginPortPublicAccess": "Disabled",
            "scaleSettings": {"minNodeCount": 0, "maxNodeCount": 4, "nodeIdleTimeBeforeScaleDown": "PT15M"},
        },
    }
    jobs = one(alone, "managedidentity:UserAssignedIdentity", "gpu-jobs").urn
    assert node.property_dependencies["identity"] == (jobs,)


def test_pools_share_one_identity_of_jobs_and_images_are_built_as_another():
    graph = cluster(
        pools=[H100, CPU], image_build={"size": "Standard_F8s_v2", "max_nodes": 3, "idle_minutes": 90}
    )
    names = {node.urn: node.name for node in graph.resources}
    acting = {
        node.name: [names[urn] for urn in node.property_dependencies["identity"]]
        for node in every(graph, "machinelearningservices:Compute")
    }
    assert acting == {
        "gpu-h100": ["gpu-jobs"],
        "gpu-cpu": ["gpu-jobs"],
        "gpu-image-build": ["gpu-image-build"],
    }
    build = compute(graph, "image-build").properties["properties"]["properties"]
    assert build["vmSize"] == "Standard_F8s_v2"
    assert build["scaleSettings"] == {
        "minNodeCount": 0,
        "maxNodeCount": 3,
        "nodeIdleTimeBeforeScaleDown": "PT1H30M",
    }
    workspace = one(graph, "machinelearningservices:Workspace", "gpu-workspace").properties
    assert workspace["imageBuildCompute"] == compute(graph, "image-build").properties["computeName"]


def test_what_azure_does_not_change_in_a_cluster_replaces_it_and_how_far_it_scales_does_not():
    paths, first = replaced_by()["machinelearningservices:Compute", "gpu-h100"]
    assert {
        "identity",
        "tags",
        "properties.properties.vmSize",
        "properties.properties.vmPriority",
        "properties.properties.subnet",
    } <= paths
    assert not [path for path in paths if "scaleSettings" in path]
    assert first is True


def test_another_size_or_priority_or_generation_is_another_compute():
    names = {
        compute(cluster(pools=[{**H100, **change}]), "h100").properties["computeName"]
        for change in (
            {},
            {"size": "Standard_ND96asr_v4"},
            {"size": "Standard_ND96asr_v4", "low_priority": True},
            {"generation": 2},
        )
    }
    assert len(names) == 4
    scaled = cluster(pools=[{**H100, "max_nodes": 90, "min_nodes": 1, "idle_minutes": 5}])
    assert compute(scaled, "h100").properties["computeName"] in names


def test_low_priority_nodes_are_spare_capacity():
    node = compute(cluster(pools=[{**H100, "size": "Standard_ND96asr_v4", "low_priority": True}]), "h100")
    assert node.properties["properties"]["properties"]["vmPriority"] == "LowPriority"


def test_datastores_hold_no_keys_and_a_change_replaces_them():
    graph = cluster(datastores=DATASTORES)
    node = one(graph, "machinelearningservices:Datastore", "gpu-datasets")
    assert node.properties["name"] == "datasets"
    assert node.properties["skipValidation"] is True
    assert node.properties["properties"] == {
        "datastoreType": "AzureBlob",
        "accountName": "devdata01",
        "containerName": "datasets",
        "endpoint": "core.windows.net",
        "protocol": "https",
        "credentials": {"credentialsType": "None"},
        "serviceDataAccessAuthIdentity": "None",
        "resourceGroup": "training",
        "subscriptionId": SUBSCRIPTION,
    }
    paths, first = replaced_by(datastores=DATASTORES)["machinelearningservices:Datastore", "gpu-datasets"]
    assert {"properties.accountName", "properties.containerName"} <= paths
    assert first is True


def test_what_becomes_known_later_passes_through():
    later = (
        "location",
        "tenant_id",
        "resource_group_name",
        "dns_zone_ids",
        "node_subnet_id",
        "registry_key_uri",
    )

    def program():
        outputs = {name: pulumi.Output.from_input(CLUSTER[name]) for name in later}
        pool = {
            **H100,
            "max_nodes": pulumi.Output.from_input(4),
            "idle_minutes": pulumi.Output.from_input(60),
        }
        GpuCluster("gpu", {**CLUSTER, **outputs, "pools": [pool]})

    graph = preview(program)
    settings_ = compute(graph, "h100").properties["properties"]["properties"]
    assert settings_["subnet"] == {"id": CLUSTER["node_subnet_id"]}
    assert settings_["scaleSettings"]["maxNodeCount"] == 4
    assert settings_["scaleSettings"]["nodeIdleTimeBeforeScaleDown"] == "PT1H"
    zones = {
        config["privateDnsZoneId"]
        for node in every(graph, "network:PrivateDnsZoneGroup")
        for config in node.properties["privateDnsZoneConfigs"]
    }
    assert zones == set(ZONE_IDS.values())


def test_a_pools_compute_is_named_to_those_who_ask_for_it():
    asked = {}

    def program():
        made = GpuCluster("gpu", CLUSTER)
        made.compute_name("h100").apply(lambda name: asked.update(h100=name))
        with pytest.raises(KeyError):
            made.compute_name("a100")

    graph = preview(program)
    assert compute(graph, "h100").properties["computeName"] == compute_name("h100", H100["size"])


@settings(max_examples=8)
@given(
    st.dictionaries(
        st.from_regex(POOL_NAME, fullmatch=True).filter(lambda name: name != "image-build"),
        st.tuples(st.sampled_from(SIZES), st.integers(1, 100)),
        min_size=1,
        max_size=4,
    )
)
def test_pools_of_any_name_and_size_have_computes_that_azure_takes(pools):
    graph = cluster(
        pools=[{"name": name, "size": size, "max_nodes": nodes} for name, (size, nodes) in pools.items()]
    )
    names = [node.properties["computeName"] for node in every(graph, "machinelearningservices:Compute")]
    assert len(names) == len(set(names)) == len(pools) + 1
    assert all(COMPUTE_NAME.fullmatch(name) for name in names)
