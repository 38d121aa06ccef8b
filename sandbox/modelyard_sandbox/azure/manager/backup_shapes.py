"""The form of backup vaults and of what lies in them (REST reference of the data protection resource
provider, 2025-01-01; as of 2026-11).

Where Azure tells objects apart by `objectType`, the members of all of them are taken here, and what a kind of
object needs is checked by what reads it.
"""

from __future__ import annotations

from modelyard_sandbox.azure.manager.shapes import flag, many, mapping, number, record, text

STORES = ("VaultStore", "OperationalStore", "ArchiveStore")
SWITCH = text("Enabled", "Disabled")
VAULT = record(
    "BackupVault",
    {
        "featureSettings": record(
            "FeatureSettings",
            {
                "crossRegionRestoreSettings": record("CrossRegionRestoreSettings", {"state": SWITCH}),
                "crossSubscriptionRestoreSettings": record(
                    "CrossSubscriptionRestoreSettings",
                    {"state": text("Disabled", "PermanentlyDisabled", "Enabled")},
                ),
            },
        ),
        "monitoringSettings": record(
            "MonitoringSettings",
            {
                "azureMonitorAlertSettings": record(
                    "AzureMonitorAlertSettings", {"alertsForAllJobFailures": SWITCH}
                )
            },
        ),
        "replicatedRegions": many(text()),
        "resourceGuardOperationRequests": many(text()),
        "securitySettings": record(
            "SecuritySettings",
            {
                "encryptionSettings": record(
                    "EncryptionSettings",
                    {
                        "infrastructureEncryption": SWITCH,
                        "kekIdentity": record(
                            "CmkKekIdentity",
                            {"identityId": text(), "identityType": text("SystemAssigned", "UserAssigned")},
                        ),
                        "keyVaultProperties": record("CmkKeyVaultProperties", {"keyUri": text()}),
                        "state": text("Enabled", "Disabled", "Inconsistent"),
                    },
                ),
                "immutabilitySettings": record(
                    "ImmutabilitySettings", {"state": text("Disabled", "Unlocked", "Locked")}
                ),
                "softDeleteSettings": record(
                    "SoftDeleteSettings",
                    {"retentionDurationInDays": number(14, 180), "state": text("Off", "On", "AlwaysOn")},
                ),
            },
        ),
        "storageSettings": many(
            record(
                "StorageSetting",
                {
                    "datastoreType": text(*STORES),
                    "type": text("LocallyRedundant", "ZoneRedundant", "GeoRedundant"),
                },
                required=("datastoreType", "type"),
            )
        ),
    },
    required=("storageSettings",),
    read_only=(
        "bcdrSecurityLevel",
        "isVaultProtectedByResourceGuard",
        "provisioningState",
        "resourceMoveDetails",
        "resourceMoveState",
        "secureScore",
    ),
)
DATA_STORE = record(
    "DataStoreInfoBase",
    {"dataStoreType": text(*STORES), "objectType": text()},
    required=("dataStoreType", "objectType"),
)
SCHEDULE = record(
    "BackupSchedule",
    {"repeatingTimeIntervals": many(text()), "timeZone": text()},
    ("repeatingTimeIntervals",),
)
TAGGING = record(
    "TaggingCriteria",
    {
        "criteria": many(
            record(
                "BackupCriteria",
                {
                    "absoluteCriteria": many(text()),
                    "daysOfMonth": many(record("Day", {"date": number(), "isLast": flag()})),
                    "daysOfTheWeek": many(text()),
                    "monthsOfYear": many(text()),
                    "objectType": text(),
                    "scheduleTimes": many(text()),
                    "weeksOfTheMonth": many(text()),
                },
                ("objectType",),
            )
        ),
        "isDefault": flag(),
        "tagInfo": record("RetentionTag", {"tagName": text()}, ("tagName",), ("eTag", "id")),
        "taggingPriority": number(),
    },
    ("isDefault", "tagInfo", "taggingPriority"),
)
LIFECYCLE = record(
    "SourceLifeCycle",
    {
        "deleteAfter": record(
            "DeleteOption", {"duration": text(), "objectType": text()}, ("duration", "objectType")
        ),
        "sourceDataStore": DATA_STORE,
        "targetDataStoreCopySettings": many(
            record(
                "TargetCopySetting",
                {
                    "copyAfter": record("CopyOption", {"duration": text(), "objectType": text()}),
                    "dataStore": DATA_STORE,
                },
            )
        ),
    },
    ("deleteAfter", "sourceDataStore"),
)
POLICY = record(
    "BackupPolicy",
    {
        "datasourceTypes": many(text()),
        "objectType": text("BackupPolicy"),
        "policyRules": many(
            record(
                "BasePolicyRule",
                {
                    "backupParameters": record(
                        "BackupParameters", {"backupType": text(), "objectType": text()}
                    ),
                    "dataStore": DATA_STORE,
                    "isDefault": flag(),
                    "lifecycles": many(LIFECYCLE),
                    "name": text(),
                    "objectType": text("AzureBackupRule", "AzureRetentionRule"),
                    "trigger": record(
                        "TriggerContext",
                        {"objectType": text(), "schedule": SCHEDULE, "taggingCriteria": many(TAGGING)},
                    ),
                },
                ("name", "objectType"),
            )
        ),
    },
    ("datasourceTypes", "objectType", "policyRules"),
)
SOURCE_MEMBERS = {
    "datasourceType": text(),
    "objectType": text(),
    "resourceID": text(),
    "resourceLocation": text(),
    "resourceName": text(),
    "resourceProperties": record("BaseResourceProperties", {"objectType": text()}),
    "resourceType": text(),
    "resourceUri": text(),
}
INSTANCE = record(
    "BackupInstance",
    {
        "dataSourceInfo": record("Datasource", SOURCE_MEMBERS, ("resourceID",)),
        "dataSourceSetInfo": record("DatasourceSet", SOURCE_MEMBERS, ("resourceID",)),
        "datasourceAuthCredentials": mapping(text()),
        "friendlyName": text(),
        "identityDetails": record(
            "IdentityDetails", {"useSystemAssignedIdentity": flag(), "userAssignedIdentityArmUrl": text()}
        ),
        "objectType": text("BackupInstance"),
        "policyInfo": record(
            "PolicyInfo",
            {
                "policyId": text(),
                "policyParameters": record(
                    "PolicyParameters",
                    {
                        "backupDatasourceParametersList": many(
                            record(
                                "BackupDatasourceParameters",
                                {"containersList": many(text()), "objectType": text()},
                                ("objectType",),
                            )
                        ),
                        "dataStoreParametersList": many(
                            record(
                                "DataStoreParameters",
                                {
                                    "dataStoreType": text(*STORES),
                                    "objectType": text(),
                                    "resourceGroupId": text(),
                                },
                            )
                        ),
                    },
                ),
            },
            ("policyId",),
            ("policyVersion",),
        ),
        "resourceGuardOperationRequests": many(text()),
        "validationType": text("ShallowValidation", "DeepValidation"),
    },
    required=("dataSourceInfo", "objectType", "policyInfo"),
    read_only=(
        "currentProtectionState",
        "protectionErrorDetails",
        "protectionStatus",
        "provisioningState",
    ),
)
