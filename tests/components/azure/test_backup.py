"""Backups of blobs on Azure."""

import pulumi
import pytest
from azure_stores import GROUP, PLACE, SUBSCRIPTION, all_of, azure
from previewing import TAGS, preview

from modelyard.azure.backup import Backup
from modelyard.errors import InputError
from modelyard.planning.azure.roles import ROLE_IDS
from modelyard_policies.graph import UNKNOWN

ACCOUNT_ID = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/trainingdata01"
INSTANCE = {"account_id": ACCOUNT_ID, "containers": ["datasets"]}
ARGS = {
    **PLACE,
    "subscription_id": SUBSCRIPTION,
    "vault_name": "training-backup",
    "every_hours": 24,
    "retention_days": 90,
    "instances": {"datasets": INSTANCE},
    "tags": TAGS,
}
GUARD = {"resource_guard_name": "training-guard", "resource_guard_group_name": "guards"}


def made(**change):
    return preview(lambda: Backup("backup", {**ARGS, **change}) and None)


def vault(**change):
    return azure(made(**change), "dataprotection:BackupVault").properties


def problems(**change):
    with pytest.raises(InputError) as caught:
        made(**change)
    return caught.value.problems


def test_a_vault_keeps_backups_in_two_regions_and_what_is_deleted_for_two_weeks():
    assert vault() == {
        "vaultName": "training-backup",
        "resourceGroupName": "training",
        "location": "westeurope",
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "storageSettings": [{"datastoreType": "VaultStore", "type": "GeoRedundant"}],
            "securitySettings": {
                "immutabilitySettings": {"state": "Unlocked"},
                "softDeleteSettings": {"state": "On", "retentionDurationInDays": 14},
            },
            "monitoringSettings": {"azureMonitorAlertSettings": {"alertsForAllJobFailures": "Enabled"}},
        },
        "tags": TAGS,
    }


def test_how_backups_are_kept_is_a_choice():
    kept = vault(
        redundancy="LocallyRedundant", immutability="Disabled", soft_delete="AlwaysOn", soft_delete_days=30
    )["properties"]
    assert kept["storageSettings"][0]["type"] == "LocallyRedundant"
    assert kept["securitySettings"]["immutabilitySettings"] == {"state": "Disabled"}
    assert kept["securitySettings"]["softDeleteSettings"] == {
        "state": "AlwaysOn",
        "retentionDurationInDays": 30,
    }
    off = vault(soft_delete="Off")["properties"]["securitySettings"]
    assert off["softDeleteSettings"] == {"state": "Off"}
    assert "featureSettings" not in vault(cross_region_restore=False)["properties"]
    crossing = vault(cross_region_restore=True)["properties"]["featureSettings"]
    assert crossing == {"crossRegionRestoreSettings": {"state": "Enabled"}}


def test_backups_are_encrypted_with_the_key_that_is_given():
    found = vault(key_uri="https://kv/keys/backup", key_identity_id="identity")
    assert found["identity"] == {
        "type": "SystemAssigned,UserAssigned",
        "userAssignedIdentities": ["identity"],
    }
    assert found["properties"]["securitySettings"]["encryptionSettings"] == {
        "state": "Enabled",
        "infrastructureEncryption": "Enabled",
        "kekIdentity": {"identityType": "UserAssigned", "identityId": "identity"},
        "keyVaultProperties": {"keyUri": "https://kv/keys/backup"},
    }


def test_a_policy_says_when_and_how_long_and_is_called_so():
    policy = azure(made(every_hours=168, retention_days=365), "dataprotection:BackupPolicy").properties
    assert policy["backupPolicyName"] == "blobs-every-168h-kept-365d"
    assert policy["properties"]["datasourceTypes"] == ["Microsoft.Storage/storageAccounts/blobServices"]
    taking, keeping = policy["properties"]["policyRules"]
    assert taking["trigger"]["schedule"] == {
        "repeatingTimeIntervals": ["R/2026-01-04T05:00:00+00:00/P1W"],
        "timeZone": "UTC",
    }
    assert taking["backupParameters"] == {"objectType": "AzureBackupParams", "backupType": "Discrete"}
    assert keeping["lifecycles"][0]["deleteAfter"]["duration"] == "P365D"


def test_an_account_is_backed_up_once_the_vault_may():
    graph = made()
    role = azure(graph, "authorization:RoleAssignment")
    instance = azure(graph, "dataprotection:BackupInstance")
    assert role.properties["scope"] == ACCOUNT_ID
    wanted = ROLE_IDS["Storage Account Backup Contributor"]
    assert role.properties["roleDefinitionId"].endswith(wanted)
    assert role.property_dependencies["principalId"] == (azure(graph, "dataprotection:BackupVault").urn,)
    assert role.urn in instance.dependencies
    assert instance.properties["backupInstanceName"] == "datasets"
    assert instance.properties["properties"] == {
        "objectType": "BackupInstance",
        "friendlyName": "datasets",
        "dataSourceInfo": {
            "objectType": "Datasource",
            "datasourceType": "Microsoft.Storage/storageAccounts/blobServices",
            "resourceID": ACCOUNT_ID,
            "resourceUri": ACCOUNT_ID,
            "resourceName": "trainingdata01",
            "resourceType": "Microsoft.Storage/storageAccounts",
            "resourceLocation": "westeurope",
        },
        "policyInfo": {
            "policyId": UNKNOWN,
            "policyParameters": {
                "backupDatasourceParametersList": [
                    {"objectType": "BlobBackupDatasourceParameters", "containersList": ["datasets"]}
                ]
            },
        },
    }


def test_a_vault_may_restore_to_other_accounts():
    there = ACCOUNT_ID.replace("trainingdata01", "trainingback01")
    graph = made(restore_accounts={"datasets": there})
    roles = {
        role.properties["scope"]: role.properties for role in all_of(graph, "authorization:RoleAssignment")
    }
    assert set(roles) == {ACCOUNT_ID, there}
    assert roles[there]["roleDefinitionId"] == roles[ACCOUNT_ID]["roleDefinitionId"]
    assert roles[there]["roleAssignmentName"] != roles[ACCOUNT_ID]["roleAssignmentName"]


def test_a_guard_of_other_people_and_a_lock_come_last():
    graph = made(**GUARD, delete_lock=True)
    guard = azure(graph, "dataprotection:ResourceGuard")
    assert guard.properties == {
        "resourceGuardsName": "training-guard",
        "resourceGroupName": "guards",
        "location": "westeurope",
        "properties": {"vaultCriticalOperationExclusionList": []},
        "tags": TAGS,
    }
    proxy = azure(graph, "dataprotection:DppResourceGuardProxy")
    assert proxy.properties["resourceGuardProxyName"] == "DppResourceGuardProxy"
    instance = azure(graph, "dataprotection:BackupInstance")
    assert {guard.urn, instance.urn} <= set(proxy.dependencies)
    lock = azure(graph, "authorization:ManagementLockByScope")
    assert (lock.properties["level"], lock.properties["lockName"]) == ("CanNotDelete", "backups-stay")
    assert {proxy.urn, instance.urn, azure(graph, "dataprotection:BackupPolicy").urn} <= set(
        lock.dependencies
    )


def test_a_guard_that_stands_already_is_taken():
    graph = made(resource_guard_id="/guards/theirs")
    assert not all_of(graph, "dataprotection:ResourceGuard")
    proxy = azure(graph, "dataprotection:DppResourceGuardProxy")
    assert proxy.properties["properties"] == {"resourceGuardResourceId": "/guards/theirs"}


def test_without_guard_and_lock_there_is_neither():
    graph = made()
    for kind in ("dataprotection:DppResourceGuardProxy", "authorization:ManagementLockByScope"):
        assert not all_of(graph, kind)


def test_the_vault_and_what_is_in_it_are_protected_where_it_is_asked_for():
    graph = made(protect=True, delete_lock=True)
    protected = {node.type.rpartition(":")[2] for node in graph.resources if node.protect}
    assert protected == {"BackupVault", "BackupInstance", "ManagementLockByScope"}


def test_every_backup_is_told_to_the_log_workspace():
    setting = azure(made(log_workspace_id="/workspaces/logs"), "monitor:DiagnosticSetting")
    assert setting.properties["workspaceId"] == "/workspaces/logs"
    assert not all_of(made(), "monitor:DiagnosticSetting")


def test_what_becomes_known_later_passes_through():
    def program():
        later = pulumi.Output.from_input(ACCOUNT_ID)
        backup = Backup("backup", {**ARGS, "instances": {"datasets": {**INSTANCE, "account_id": later}}})
        for output in (backup.vault_id, backup.vault_name, backup.policy_id, backup.instance_ids):
            assert isinstance(output, pulumi.Output)

    instance = azure(preview(program), "dataprotection:BackupInstance")
    source = instance.properties["properties"]["dataSourceInfo"]
    assert (source["resourceID"], source["resourceName"]) == (ACCOUNT_ID, "trainingdata01")


CHOICES = "it is none of the choices"


@pytest.mark.parametrize(
    ("change", "field", "given", "message", "allowed", "mend"),
    [
        (
            {"vault_name": "1-backup"},
            "vault_name",
            "'1-backup'",
            "Azure refuses a backup vault of this name",
            "2 to 50 letters, digits and hyphens, the first a letter",
            "write another name, as training-dev-backup",
        ),
        (
            {"every_hours": 12},
            "every_hours",
            "12",
            "Azure Backup takes blobs once a day or once a week",
            "24 to 168; what is less than a week is taken for a day",
            "write 24",
        ),
        (
            {"every_hours": 169},
            "every_hours",
            "169",
            "Azure Backup takes blobs once a day or once a week",
            "24 to 168; what is less than a week is taken for a day",
            "write 168",
        ),
        (
            {"every_hours": 168, "retention_days": 6},
            "retention_days",
            "6",
            "a backup would be gone before the next is taken",
            "7 to 3,650",
            "write 7",
        ),
        (
            {"retention_days": 0},
            "retention_days",
            "0",
            "a backup would be gone before the next is taken",
            "1 to 3,650",
            "write 1",
        ),
        (
            {"retention_days": 3_651},
            "retention_days",
            "3651",
            "Azure Backup keeps backups of blobs for ten years at most",
            "1 to 3,650",
            "write 3650",
        ),
        (
            {"immutability": "locked"},
            "immutability",
            "'locked'",
            CHOICES,
            "Disabled, Unlocked, Locked",
            "choose one of these",
        ),
        ({"soft_delete": "no"}, "soft_delete", "'no'", CHOICES, "Off, On, AlwaysOn", "choose one of these"),
        (
            {"redundancy": "grs"},
            "redundancy",
            "'grs'",
            CHOICES,
            "LocallyRedundant, ZoneRedundant, GeoRedundant",
            "choose one of these",
        ),
        (
            {"soft_delete_days": 13},
            "soft_delete_days",
            "13",
            "Azure Backup keeps what is deleted no shorter and no longer",
            "14 to 180",
            "write 14",
        ),
        (
            {"soft_delete_days": 181},
            "soft_delete_days",
            "181",
            "Azure Backup keeps what is deleted no shorter and no longer",
            "14 to 180",
            "write 180",
        ),
        (
            {"soft_delete": "Off", "soft_delete_days": 14},
            "soft_delete_days",
            "14",
            "without soft delete nothing that is deleted is kept",
            "with soft_delete On or AlwaysOn only",
            "leave it out, or turn soft delete on",
        ),
        (
            {"redundancy": "ZoneRedundant", "cross_region_restore": True},
            "cross_region_restore",
            "true",
            "the paired region has nothing to restore from",
            "with redundancy GeoRedundant only",
            "leave it out, or set redundancy to GeoRedundant",
        ),
        (
            {"location": "italynorth", "cross_region_restore": True},
            "redundancy",
            "nothing, which is GeoRedundant",
            "italynorth has no paired region",
            "what the region has",
            "write ZoneRedundant, and leave out cross_region_restore",
        ),
        (
            {"location": "westus", "redundancy": "ZoneRedundant"},
            "redundancy",
            "ZoneRedundant",
            "westus has no availability zones",
            "what the region has",
            "write LocallyRedundant",
        ),
        (
            {"key_uri": "https://kv/keys/backup"},
            "key_identity_id",
            "nothing",
            "key_uri needs it: a key is used by an identity",
            "a value",
            "add 'key_identity_id' to args",
        ),
        (
            {"key_uri": "https://kv/keys/backup/0123", "key_identity_id": "identity"},
            "key_uri",
            "https://kv/keys/backup/0123",
            "with a version the vault stays with it, whatever the key's rotation makes",
            "the key's address without a version, as https://VAULT.vault.azure.net/keys/backup",
            "leave out what comes after the key's name",
        ),
        (
            {"key_identity_id": "identity"},
            "key_uri",
            "nothing",
            "key_identity_id needs it: a key is used by an identity",
            "a value",
            "add 'key_uri' to args",
        ),
        (
            {"resource_guard_name": "guard"},
            "resource_guard_group_name",
            "nothing",
            "a guard lies in a resource group of its own, which other people may own",
            "a value",
            "add 'resource_guard_group_name' to args",
        ),
        (
            {**GUARD, "resource_guard_name": "a"},
            "resource_guard_name",
            "'a'",
            "a resource guard isn't called so",
            "3 to 63 letters, digits and hyphens, the first a letter or digit",
            "write another name, as training-backup-guard",
        ),
        (
            {**GUARD, "resource_guard_id": "/guards/theirs"},
            "resource_guard_id",
            "resource_guard_name, resource_guard_group_name, resource_guard_id",
            "a vault has one guard: one that is made here, or one of somebody else",
            "resource_guard_name and resource_guard_group_name, or resource_guard_id",
            "leave one of the two ways out",
        ),
        (
            {"instances": {}},
            "instances",
            "none",
            "there is nothing to back up",
            "one account or more",
            "name one, or leave the component out",
        ),
        (
            {"instances": {"my data": INSTANCE}},
            "instances.my data",
            "'my data'",
            "names of resources are made of this",
            "1 to 50 letters, digits and hyphens, the first a letter or digit",
            "name it otherwise, as datasets",
        ),
        (
            {"instances": {"datasets": INSTANCE, "more": {**INSTANCE, "containers": ["more"]}}},
            "instances.more.account_id",
            ACCOUNT_ID,
            "Azure Backup takes an account once, and datasets is of it already",
            "another account",
            "name all its containers under datasets",
        ),
        (
            {"restore_accounts": {"back": ACCOUNT_ID.upper()}},
            "restore_accounts.back",
            ACCOUNT_ID.upper(),
            "Azure Backup restores blobs to another account than they came from",
            "an account that isn't backed up here",
            "name the account to come back in, or leave it out",
        ),
        (
            {"restore_accounts": {"a.b": ACCOUNT_ID + "2"}},
            "restore_accounts.a.b",
            "'a.b'",
            "names of resources are made of this",
            "1 to 50 letters, digits and hyphens, the first a letter or digit",
            "name it otherwise, as datasets",
        ),
        (
            {"instances": {"datasets": {**INSTANCE, "containers": []}}},
            "instances.datasets.containers",
            "0 containers",
            "Azure Backup takes no account without containers, and no more of one",
            "1 to 100",
            "name the containers to back up, or leave the account out",
        ),
        (
            {"instances": {"datasets": {**INSTANCE, "containers": [f"c{n:03}" for n in range(101)]}}},
            "instances.datasets.containers",
            "101 containers",
            "Azure Backup takes no account without containers, and no more of one",
            "1 to 100",
            "name fewer",
        ),
        (
            {"instances": {"datasets": {**INSTANCE, "containers": ["Data"]}}},
            "instances.datasets.containers",
            "'Data'",
            "Azure refuses a container of this name",
            "3 to 63 lower-case letters, digits and single hyphens, the first and last no hyphen",
            "write another name, as checkpoints",
        ),
    ],
)
def test_backups_that_cannot_be_are_refused(change, field, given, message, allowed, mend):
    (problem,) = problems(**change)
    assert (problem.field, problem.given) == (f"backup.{field}", given)
    assert (problem.message, problem.allowed, problem.mend) == (message, allowed, mend)
