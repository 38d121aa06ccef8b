"""Backup vaults with what lies in them."""

from __future__ import annotations

from typing import Any

from arming import ACCOUNT, GROUP, LOCATION, SUBSCRIPTION, Maker

IN_GROUP = {"resourceGroupName": "rg"}
PLACED = {**IN_GROUP, "location": LOCATION}
IN_VAULT = {**IN_GROUP, "vaultName": "backups"}
VAULT = f"{GROUP}/providers/Microsoft.DataProtection/backupVaults/backups"
GUARD = f"{GROUP}/providers/Microsoft.DataProtection/resourceGuards/guard"
POLICY = f"{VAULT}/backupPolicies/daily"
BLOBS = "Microsoft.Storage/storageAccounts/blobServices"
CONTRIBUTOR = "e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1"
STORE = {"dataStoreType": "VaultStore", "objectType": "DataStoreInfoBase"}
SETTINGS = {"storageSettings": [{"datastoreType": "VaultStore", "type": "GeoRedundant"}]}


def rules(interval: str = "P1D", duration: str = "P90D") -> list[dict[str, Any]]:
    """The rules of a policy for blobs in a vault."""
    return [
        {
            "objectType": "AzureBackupRule",
            "name": "BackupDaily",
            "dataStore": STORE,
            "backupParameters": {"objectType": "AzureBackupParams", "backupType": "Discrete"},
            "trigger": {
                "objectType": "ScheduleBasedTriggerContext",
                "schedule": {
                    "repeatingTimeIntervals": [f"R/2026-01-01T02:00:00+00:00/{interval}"],
                    "timeZone": "UTC",
                },
                "taggingCriteria": [
                    {"isDefault": True, "taggingPriority": 99, "tagInfo": {"tagName": "Default"}}
                ],
            },
        },
        {
            "objectType": "AzureRetentionRule",
            "name": "Default",
            "isDefault": True,
            "lifecycles": [
                {
                    "deleteAfter": {"objectType": "AbsoluteDeleteOption", "duration": duration},
                    "sourceDataStore": STORE,
                }
            ],
        },
    ]


def policy(*given: dict[str, Any]) -> dict[str, Any]:
    """The properties of a policy."""
    return {
        "objectType": "BackupPolicy",
        "datasourceTypes": [BLOBS],
        "policyRules": list(given) or rules(),
    }


def instance(*containers: str, account: str = ACCOUNT, policy_id: str = POLICY) -> dict[str, Any]:
    """The properties of an instance."""
    name = account.rpartition("/")[2]
    parameters = {"objectType": "BlobBackupDatasourceParameters", "containersList": list(containers)}
    return {
        "objectType": "BackupInstance",
        "friendlyName": name,
        "dataSourceInfo": {
            "objectType": "Datasource",
            "resourceID": account,
            "resourceUri": account,
            "resourceName": name,
            "resourceType": "Microsoft.Storage/storageAccounts",
            "datasourceType": BLOBS,
            "resourceLocation": LOCATION,
        },
        "policyInfo": {
            "policyId": policy_id,
            "policyParameters": {"backupDatasourceParametersList": [parameters]},
        },
    }


COPIED = {"allowCrossTenantReplication": True}
"""What an account allows whose containers are copied to the vault's store."""
KEPT = {"changeFeed": {"enabled": True}, "isVersioningEnabled": True}
"""What its blobs have."""

LIVES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "dataprotection:BackupInstance": (
        {**IN_VAULT, "backupInstanceName": "account1", "properties": instance("data")},
        {"properties": instance("data", "more")},
        f"{VAULT}/backupInstances/account1",
    ),
    "dataprotection:BackupPolicy": (
        {**IN_VAULT, "backupPolicyName": "weekly", "properties": policy(*rules("P1W"))},
        # Azure takes no change to a policy.
        {},
        f"{VAULT}/backupPolicies/weekly",
    ),
    "dataprotection:BackupVault": (
        {
            **PLACED,
            "vaultName": "backups2",
            "identity": {"type": "SystemAssigned"},
            "properties": {
                **SETTINGS,
                "featureSettings": {"crossRegionRestoreSettings": {"state": "Enabled"}},
                "securitySettings": {
                    "immutabilitySettings": {"state": "Unlocked"},
                    "softDeleteSettings": {"state": "On", "retentionDurationInDays": 30},
                },
            },
        },
        {
            "properties": {
                **SETTINGS,
                "featureSettings": {"crossRegionRestoreSettings": {"state": "Enabled"}},
                "securitySettings": {
                    "immutabilitySettings": {"state": "Locked"},
                    "softDeleteSettings": {"state": "AlwaysOn", "retentionDurationInDays": 30},
                },
            }
        },
        f"{VAULT}2",
    ),
    "dataprotection:DppResourceGuardProxy": (
        {
            **IN_VAULT,
            "resourceGuardProxyName": "DppResourceGuardProxy",
            "properties": {"resourceGuardResourceId": GUARD},
        },
        {"properties": {"resourceGuardResourceId": GUARD, "description": "by the security team"}},
        f"{VAULT}/backupResourceGuardProxies/DppResourceGuardProxy",
    ),
    "dataprotection:ResourceGuard": (
        {
            **PLACED,
            "resourceGuardsName": "guard2",
            "properties": {"vaultCriticalOperationExclusionList": []},
        },
        {"tags": {"owner": "security"}},
        f"{GUARD}2",
    ),
}


def furnish(make: Maker) -> None:
    """A group with an account of two containers, a guard, and a vault that may back the account up."""
    make.group()
    inside = {**IN_GROUP, "accountName": "account1"}
    make(
        "storage:StorageAccount",
        **inside,
        **COPIED,
        location=LOCATION,
        kind="StorageV2",
        sku={"name": "Standard_LRS"},
    )
    make("storage:BlobServiceProperties", **inside, blobServicesName="default", **KEPT)
    for name in ("data", "more"):
        make("storage:BlobContainer", **inside, containerName=name)
    make("dataprotection:ResourceGuard", **PLACED, resourceGuardsName="guard")
    soft = {"securitySettings": {"softDeleteSettings": {"state": "Off", "retentionDurationInDays": 14}}}
    _, vault = make(
        "dataprotection:BackupVault",
        **PLACED,
        vaultName="backups",
        identity={"type": "SystemAssigned"},
        properties={**SETTINGS, **soft},
    )
    make("dataprotection:BackupPolicy", **IN_VAULT, backupPolicyName="daily", properties=policy())
    make(
        "authorization:RoleAssignment",
        scope=ACCOUNT,
        roleAssignmentName="b2d1a9f4-6c52-5e0e-8d1f-1c3b5a7f9e20",
        roleDefinitionId=(
            f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR}"
        ),
        principalId=vault["identity"]["principalId"],
        principalType="ServicePrincipal",
    )
