"""Storage accounts on Azure, alone in a program of somebody else."""

import itertools

import pulumi
import pytest
from azure_stores import (
    ACCOUNT,
    ENDPOINTS,
    GROUP,
    IDENTITY,
    SUBSCRIPTION,
    all_of,
    azure,
    storage_args,
    zone_ids,
)
from previewing import TAGS, preview

from modelyard.azure.storage import Storage
from modelyard.planning.azure.roles import ROLE_IDS
from modelyard_policies.graph import UNKNOWN

WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"


def made(**change):
    return preview(lambda: Storage("store", storage_args(**change)) and None)


def service(**change):
    return azure(made(**change), "storage:BlobServiceProperties").properties


def rules(**change):
    policy = azure(made(**change), "storage:ManagementPolicy").properties["policy"]
    return {rule["name"]: rule["definition"] for rule in policy["rules"]}


def test_an_account_is_closed_without_keys_and_encrypted_twice():
    graph = made()
    (component,) = [node for node in graph.resources if node.type == "modelyard-azure:index:Storage"]
    account = azure(graph, "storage:StorageAccount")
    assert (account.name, account.parent) == ("store-datasets", component.urn)
    assert account.properties == {
        "accountName": "trainingdata01",
        "resourceGroupName": "training",
        "location": "westeurope",
        "kind": "StorageV2",
        "sku": {"name": "Standard_ZRS"},
        "accessTier": "Hot",
        "allowBlobPublicAccess": False,
        "allowSharedKeyAccess": False,
        "defaultToOAuthAuthentication": True,
        "allowCrossTenantReplication": False,
        "allowedCopyScope": "AAD",
        "enableHttpsTrafficOnly": True,
        "minimumTlsVersion": "TLS1_2",
        "publicNetworkAccess": "Disabled",
        "networkRuleSet": {"defaultAction": "Deny", "bypass": "AzureServices"},
        "isLocalUserEnabled": False,
        "isSftpEnabled": False,
        "isHnsEnabled": False,
        "sasPolicy": {"sasExpirationPeriod": "1.00:00:00", "expirationAction": "Block"},
        "identity": {"type": "UserAssigned", "userAssignedIdentities": [IDENTITY]},
        "encryption": {
            "keySource": "Microsoft.Keyvault",
            "keyVaultProperties": {
                "keyVaultUri": "https://kv-training-01.vault.azure.net/",
                "keyName": "datasets",
            },
            "encryptionIdentity": {"encryptionUserAssignedIdentity": IDENTITY},
            "requireInfrastructureEncryption": True,
            "services": {
                part: {"enabled": True, "keyType": "Account"} for part in ("blob", "file", "queue", "table")
            },
        },
        "tags": TAGS,
    }


@pytest.mark.parametrize(
    ("redundancy", "sku"), [("lrs", "LRS"), ("zrs", "ZRS"), ("grs", "GRS"), ("gzrs", "GZRS")]
)
def test_where_copies_are_kept_is_a_choice(redundancy, sku):
    account = azure(made(redundancy=redundancy), "storage:StorageAccount")
    assert account.properties["sku"] == {"name": f"Standard_{sku}"}


def test_what_is_overwritten_or_deleted_comes_back_for_thirty_days_unless_said_otherwise():
    kept = {"enabled": True, "days": 30}
    assert service() == {
        "accountName": UNKNOWN,
        "blobServicesName": "default",
        "resourceGroupName": "training",
        "isVersioningEnabled": True,
        "changeFeed": {"enabled": True, "retentionInDays": 30},
        "deleteRetentionPolicy": kept,
        "containerDeleteRetentionPolicy": kept,
    }
    assert service(deleted_retention_days=90)["deleteRetentionPolicy"] == {"enabled": True, "days": 90}
    unversioned = service(versioned=False)
    assert (unversioned["isVersioningEnabled"], unversioned["changeFeed"]) == (False, {"enabled": False})
    assert service(versioned=False, change_feed=True)["changeFeed"]["enabled"] is True
    assert service(change_feed=False)["isVersioningEnabled"] is True


def test_old_versions_go_and_nothing_else_does_by_itself():
    gone = {"delete": {"daysAfterCreationGreaterThan": 30}}
    assert rules() == {
        "old-versions": {
            "filters": {"blobTypes": ["blockBlob", "appendBlob"]},
            "actions": {"version": gone, "snapshot": gone},
        }
    }


def test_blobs_cool_and_expire_as_they_are_told():
    ageing = {"cool_after_days": 30, "expire_after_days": 365, "expire_prefixes": ["datasets/tmp/"]}
    found = rules(**ageing)
    assert set(found) == {"old-versions", "cool", "expiry"}
    assert found["expiry"]["filters"]["prefixMatch"] == ["datasets/tmp/"]
    assert found["cool"]["actions"]["baseBlob"] == {"tierToCool": {"daysAfterModificationGreaterThan": 30}}


def test_an_account_that_keeps_everything_has_no_lifecycle():
    assert not all_of(made(versioned=False), "storage:ManagementPolicy")
    assert set(rules(versioned=False, expire_after_days=30)) == {"expiry"}
    assert set(rules(versioned=False, cool_after_days=30)) == {"cool"}


def test_only_the_containers_that_are_named_can_hold_what_is_immutable():
    graph = made(containers=["checkpoints", "scratch"], immutable_containers=["checkpoints"])
    checkpoints = azure(graph, "storage:BlobContainer", "store-datasets-checkpoints").properties
    scratch = azure(graph, "storage:BlobContainer", "store-datasets-scratch").properties
    assert checkpoints["immutableStorageWithVersioning"] == {"enabled": True}
    assert "immutableStorageWithVersioning" not in scratch
    assert checkpoints["publicAccess"] == scratch["publicAccess"] == "None"
    assert not all_of(graph, "storage:BlobContainerImmutabilityPolicy")


def test_the_parts_of_an_account_are_made_one_after_another_and_go_with_it():
    graph = made(
        containers=["one", "two"],
        endpoint_groups=["blob", "file"],
        common={**ENDPOINTS, "dns_zone_ids": zone_ids("blob", "file")},
    )
    chain = [
        azure(graph, "storage:StorageAccount"),
        azure(graph, "storage:BlobServiceProperties"),
        azure(graph, "storage:BlobContainer", "store-datasets-one"),
        azure(graph, "storage:BlobContainer", "store-datasets-two"),
        azure(graph, "storage:ManagementPolicy"),
        azure(graph, "network:PrivateEndpoint", "store-datasets-blob"),
        azure(graph, "network:PrivateEndpoint", "store-datasets-file"),
    ]
    for earlier, later in itertools.pairwise(chain):
        assert earlier.urn in later.dependencies, later.urn


def test_an_endpoint_leads_to_each_part_that_is_asked_for():
    graph = made(
        endpoint_groups=["blob", "file"], common={**ENDPOINTS, "dns_zone_ids": zone_ids("blob", "file")}
    )
    endpoints = {
        endpoint.properties["privateEndpointName"]: endpoint
        for endpoint in all_of(graph, "network:PrivateEndpoint")
    }
    assert set(endpoints) == {"trainingdata01-blob", "trainingdata01-file"}
    for endpoint in endpoints.values():
        (connection,) = endpoint.properties["privateLinkServiceConnections"]
        assert connection["privateLinkServiceId"] is UNKNOWN
        assert endpoint.properties["subnet"] == {"id": ENDPOINTS["endpoint_subnet_id"]}
        assert endpoint.properties["tags"] == TAGS
    assert not all_of(made(), "network:PrivateEndpoint")
    untagged = {**storage_args(common=ENDPOINTS)}
    del untagged["tags"]
    graph = preview(lambda: Storage("store", untagged) and None)
    assert "tags" not in azure(graph, "network:PrivateEndpoint").properties
    assert "tags" not in azure(graph, "storage:StorageAccount").properties


def test_what_azure_itself_may_reach_is_a_choice_and_written_in_its_order():
    def bypass(services):
        account = azure(made(trusted_services=services), "storage:StorageAccount")
        return account.properties["networkRuleSet"]["bypass"]

    assert bypass(["AzureServices", "Metrics", "Logging"]) == "Logging, Metrics, AzureServices"
    assert bypass([]) == "None"


def test_an_account_that_is_backed_up_lets_the_vaults_store_copy_from_it():
    account = azure(made(backed_up=True), "storage:StorageAccount")
    assert account.properties["allowCrossTenantReplication"] is True


def test_requests_are_told_to_the_log_workspace_by_the_blob_service():
    setting = azure(made(common={"log_workspace_id": WORKSPACE}), "monitor:DiagnosticSetting")
    assert setting.properties["workspaceId"] == WORKSPACE
    assert setting.property_dependencies["resourceUri"]


def test_readers_writers_and_owners_get_one_role_each_on_the_account():
    graph = made(
        data_readers={"report": "p1"},
        data_writers={"job": "p2"},
        data_owners={"release": "p3"},
        common={"subscription_id": SUBSCRIPTION},
    )
    account = azure(graph, "storage:StorageAccount")
    found = {}
    for role in all_of(graph, "authorization:RoleAssignment"):
        assert role.property_dependencies["scope"] == (account.urn,)
        found[role.name] = (role.properties["principalId"], role.properties["roleDefinitionId"][-36:])
    assert found == {
        "store-datasets-readers-report": ("p1", ROLE_IDS["Storage Blob Data Reader"]),
        "store-datasets-writers-job": ("p2", ROLE_IDS["Storage Blob Data Contributor"]),
        "store-datasets-owners-release": ("p3", ROLE_IDS["Storage Blob Data Owner"]),
    }


def test_an_accounts_own_tags_come_before_those_of_all():
    own = {"data-classification": "restricted", "purpose": "checkpoints"}
    account = azure(made(tags=own), "storage:StorageAccount")
    assert account.properties["tags"] == {**TAGS, **own}


def test_accounts_and_containers_are_protected_where_it_is_asked_for():
    graph = made(common={"protect": True})
    protected = {node.type.rpartition(":")[2] for node in graph.resources if node.protect}
    assert protected == {"StorageAccount", "BlobContainer"}
    assert not [node for node in made().resources if node.protect]


def test_what_becomes_known_later_passes_through():
    later = {"key_vault_uri": "https://later/", "key_name": "k", "identity_id": "i"}
    days = {"deleted_retention_days": 14, "cool_after_days": 7, "expire_after_days": 9}
    names = {"resource_group_name": "later", "location": "northeurope"}

    def program():
        change = {name: pulumi.Output.from_input(value) for name, value in {**later, **days}.items()}
        common = {name: pulumi.Output.from_input(value) for name, value in names.items()}
        Storage("store", storage_args(common=common, **change))

    graph = preview(program)
    account = azure(graph, "storage:StorageAccount").properties
    assert (account["location"], account["resourceGroupName"]) == ("northeurope", "later")
    assert account["encryption"]["keyVaultProperties"] == {"keyVaultUri": "https://later/", "keyName": "k"}
    assert azure(graph, "storage:BlobServiceProperties").properties["changeFeed"]["retentionInDays"] == 14
    policy = azure(graph, "storage:ManagementPolicy").properties["policy"]
    assert [rule["name"] for rule in policy["rules"]] == ["old-versions", "cool", "expiry"]


class After(pulumi.CustomResource):
    """Something that needs an account."""

    def __init__(self, account_id):
        super().__init__("azure-native:storage:Table", "after", {"accountName": account_id})


def test_outputs_are_by_purpose_and_wait_for_the_whole_account():
    seen = []

    def program():
        store = Storage("store", storage_args(common=ENDPOINTS))
        After(store.account_id("datasets"))
        seen.extend([store.account_name("datasets"), store.container_id("datasets", "datasets")])
        seen.extend([store.account_ids, store.account_names, store.blob_endpoints, store.container_ids])
        with pytest.raises(KeyError):
            store.container_id("datasets", "none")

    graph = preview(program)
    after = azure(graph, "storage:Table")
    for part in ("storage:ManagementPolicy", "network:PrivateDnsZoneGroup"):
        assert azure(graph, part).urn in after.dependencies
    assert len(seen) == 6
    assert all(isinstance(output, pulumi.Output) for output in seen)


def test_several_accounts_stand_side_by_side():
    accounts = {
        "datasets": ACCOUNT,
        "logs": {**ACCOUNT, "account_name": "traininglogs01", "containers": []},
    }
    graph = made(common={"accounts": accounts})
    assert [node.name for node in all_of(graph, "storage:StorageAccount")] == ["store-datasets", "store-logs"]
    assert [node.name for node in all_of(graph, "storage:BlobContainer")] == ["store-datasets-datasets"]
