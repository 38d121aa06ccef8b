"""A workspace on Azure Machine Learning and its registry, alone in a program of somebody else."""

import subprocess
import sys

import pulumi
import pytest
from azure_clusters import (
    ACCOUNT,
    CLUSTER,
    CPU,
    GROUP,
    KEY,
    LOGS,
    TENANT,
    ZONE_IDS,
    cluster,
    every,
    one,
    replaced_by,
)
from previewing import TAGS, preview

from modelyard.azure.gpu_cluster import GpuCluster
from modelyard.planning.azure.clusters import compute_name


@pytest.fixture(scope="module")
def alone():
    return cluster()


def test_everything_is_the_components_own_and_called_after_it(alone):
    (component,) = [node for node in alone.resources if node.type == "modelyard-azure:index:GpuCluster"]
    parents = {node.urn: node for node in alone.resources}
    for node in alone.resources:
        if node.type.startswith("azure-native:"):
            assert node.name.startswith("gpu-")
            assert parents[node.parent] is component or parents[node.parent].parent == component.urn


def test_everything_that_takes_tags_has_them(alone):
    tagged = {node.type for node in alone.resources if "tags" in node.properties}
    assert tagged == {
        f"azure-native:{kind}"
        for kind in (
            "applicationinsights:Component",
            "containerregistry:Registry",
            "keyvault:Vault",
            "machinelearningservices:Compute",
            "machinelearningservices:Workspace",
            "managedidentity:UserAssignedIdentity",
            "network:PrivateEndpoint",
        )
    }
    for node in alone.resources:
        if node.type in tagged:
            assert node.properties["tags"].items() >= TAGS.items(), node.urn


def test_the_workspace_is_private_and_acts_as_an_identity_of_its_own(alone):
    workspace = one(alone, "machinelearningservices:Workspace", "gpu-workspace")
    properties = workspace.properties
    assert properties["workspaceName"] == "dev-a1"
    assert properties["publicNetworkAccess"] == "Disabled"
    assert properties["systemDatastoresAuthMode"] == "Identity"
    assert properties["managedNetwork"] == {"isolationMode": "Disabled"}
    assert (properties["hbiWorkspace"], properties["v1LegacyMode"]) == (False, False)
    assert properties["storageAccount"] == ACCOUNT
    assert "encryption" not in properties
    assert properties["imageBuildCompute"] == compute_name("image-build", "Standard_D4ds_v5")
    needed = workspace.property_dependencies
    assert needed["keyVault"] == (one(alone, "keyvault:Vault", "gpu-workspace-vault").urn,)
    assert needed["containerRegistry"] == (one(alone, "containerregistry:Registry", "gpu-registry").urn,)
    assert needed["applicationInsights"] == (one(alone, "applicationinsights:Component", "gpu-insights").urn,)
    own = one(alone, "managedidentity:UserAssignedIdentity", "gpu-workspace").urn
    assert needed["identity"] == needed["primaryUserAssignedIdentity"] == (own,)


def test_the_vault_of_its_secrets_is_closed_and_what_it_loses_comes_back(alone):
    (vault,) = every(alone, "keyvault:Vault")
    assert vault.properties["vaultName"] == "ml-dev-01"
    assert vault.properties["properties"] == {
        "tenantId": TENANT,
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
        "enableSoftDelete": True,
        "softDeleteRetentionInDays": 90,
        "enablePurgeProtection": True,
        "publicNetworkAccess": "Disabled",
        "networkAcls": {"bypass": "AzureServices", "defaultAction": "Deny"},
    }


def test_application_insights_lies_in_log_analytics_and_is_closed_unless_said_otherwise(alone):
    insights = one(alone, "applicationinsights:Component", "gpu-insights").properties
    assert insights["workspaceResourceId"] == LOGS
    assert insights["disableLocalAuth"] is True
    assert insights["publicNetworkAccessForIngestion"] == "Disabled"
    assert insights["publicNetworkAccessForQuery"] == "Disabled"
    opened = one(
        cluster(insights_public_network=True), "applicationinsights:Component", "gpu-insights"
    ).properties
    assert opened["publicNetworkAccessForIngestion"] == "Enabled"
    assert opened["publicNetworkAccessForQuery"] == "Disabled"


def test_the_registry_is_premium_closed_and_under_the_customers_key(alone):
    properties = one(alone, "containerregistry:Registry", "gpu-registry").properties
    assert properties["registryName"] == "devimages01"
    assert properties["sku"] == {"name": "Premium"}
    assert (properties["adminUserEnabled"], properties["anonymousPullEnabled"]) == (False, False)
    assert properties["publicNetworkAccess"] == "Disabled"
    assert properties["networkRuleSet"] == {"defaultAction": "Deny"}
    assert properties["networkRuleBypassOptions"] == "AzureServices", "an import comes this way"
    assert properties["zoneRedundancy"] == "Disabled"
    identity = CLUSTER["registry_identity_id"]
    assert properties["identity"] == {"type": "UserAssigned", "userAssignedIdentities": {identity: {}}}
    assert properties["encryption"] == {
        "status": "enabled",
        "keyVaultProperties": {
            "identity": CLUSTER["registry_identity_client_id"],
            "keyIdentifier": "https://kv-dev-01.vault.azure.net/keys/registry",
        },
    }
    assert properties["policies"] == {
        "retentionPolicy": {"days": 30, "status": "enabled"},
        "exportPolicy": {"status": "disabled"},
    }
    assert every(alone, "containerregistry:Replication") == []


def test_the_registry_keeps_its_images_in_further_regions_one_after_another_and_before_its_endpoint():
    graph = cluster(
        replica_locations=["northeurope", "ukwest"], zone_redundant=True, registry_retention_days=7
    )
    first, second = every(graph, "containerregistry:Replication")
    assert [node.properties["location"] for node in (first, second)] == ["northeurope", "ukwest"]
    assert [node.properties["replicationName"] for node in (first, second)] == ["northeurope", "ukwest"]
    assert [node.properties["zoneRedundancy"] for node in (first, second)] == ["Enabled", "Disabled"]
    assert first.urn in second.dependencies
    assert {first.urn, second.urn} <= set(one(graph, "network:PrivateEndpoint", "gpu-registry").dependencies)
    registry = one(graph, "containerregistry:Registry", "gpu-registry").properties
    assert registry["zoneRedundancy"] == "Enabled"
    assert registry["policies"]["retentionPolicy"]["days"] == 7


@pytest.mark.parametrize("location", ["ukwest", "UK West", pulumi.Output.from_input("ukwest")])
def test_a_registry_in_a_region_without_zones_is_in_one_building_though_its_replicas_are_not(location):
    graph = cluster(location=location, replica_locations=["uksouth"], zone_redundant=True, pools=[CPU])
    assert one(graph, "containerregistry:Registry", "gpu-registry").properties["zoneRedundancy"] == "Disabled"
    (replica,) = every(graph, "containerregistry:Replication")
    assert replica.properties["zoneRedundancy"] == "Enabled"


def test_each_private_endpoint_has_its_zones_and_is_called_after_the_environment(alone):
    found = {
        node.properties["privateEndpointName"]: node.properties["privateLinkServiceConnections"][0][
            "groupIds"
        ]
        for node in every(alone, "network:PrivateEndpoint")
    }
    assert found == {
        "dev-registry": ["registry"],
        "dev-workspace": ["amlworkspace"],
        "dev-workspace-vault": ["vault"],
    }
    zones = [
        config["privateDnsZoneId"]
        for node in every(alone, "network:PrivateDnsZoneGroup")
        for config in node.properties["privateDnsZoneConfigs"]
    ]
    assert sorted(zones) == sorted(ZONE_IDS.values())


def test_registry_vault_and_workspace_send_their_logs(alone):
    settings_ = every(alone, "monitor:DiagnosticSetting")
    watched = {node.property_dependencies["resourceUri"][0].rpartition("::")[2] for node in settings_}
    assert watched == {"gpu-registry", "gpu-workspace", "gpu-workspace-vault"}
    assert {node.properties["workspaceId"] for node in settings_} == {LOGS}


def test_a_workspace_and_a_registry_are_never_replaced_for_their_settings():
    seen = replaced_by()
    for kind, name in (
        ("machinelearningservices:Workspace", "gpu-workspace"),
        ("containerregistry:Registry", "gpu-registry"),
        ("keyvault:Vault", "gpu-workspace-vault"),
    ):
        assert seen[kind, name][0] == set()


def test_a_workspace_under_a_customers_key_lets_cosmos_db_use_that_key_first():
    graph = cluster(customer_key=KEY, hbi_workspace=True)
    workspace = one(graph, "machinelearningservices:Workspace", "gpu-workspace")
    assert workspace.properties["encryption"] == {
        "status": "Enabled",
        "identity": {"userAssignedIdentity": KEY["identity_id"]},
        "keyVaultProperties": {
            "keyVaultArmId": KEY["key_vault_id"],
            "keyIdentifier": KEY["key_uri"],
            "identityClientId": KEY["identity_client_id"],
        },
    }
    assert KEY["identity_id"] in workspace.properties["identity"]["userAssignedIdentities"]
    assert workspace.properties["hbiWorkspace"] is True
    role = one(graph, "authorization:RoleAssignment", "gpu-cosmos-db")
    assert role.properties["scope"] == f"{GROUP}/Microsoft.KeyVault/vaults/kv-dev-01/keys/workspace"
    assert role.properties["principalId"] == KEY["cosmos_db_principal_id"]
    assert role.urn in workspace.dependencies


def test_a_cluster_that_is_protected_as_a_whole_leaves_nothing_out():
    opts = pulumi.ResourceOptions(protect=True)
    graph = preview(lambda: GpuCluster("gpu", CLUSTER, opts) and None)
    assert [node.name for node in graph.resources if node.custom and not node.protect] == []


def test_what_holds_data_is_protected_where_asked_and_nothing_else():
    def protected(graph):
        return {node.type for node in graph.resources if node.protect}

    assert protected(cluster()) == set()
    assert protected(cluster(protect=True)) == {
        "azure-native:containerregistry:Registry",
        "azure-native:keyvault:Vault",
        "azure-native:machinelearningservices:Workspace",
    }


def test_the_cluster_of_one_cloud_does_not_import_the_sdk_of_another():
    program = (
        "import sys, modelyard.azure.gpu_cluster\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('pulumi_aws', 'boto3', 'botocore')])\n"
        "print([name for name in sys.modules if name.startswith('modelyard.aws')])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["[]", "[]"]
