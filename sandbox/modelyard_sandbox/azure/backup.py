"""Backup vaults, what they protect and how, and the guards of both."""

from __future__ import annotations

from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
from modelyard_sandbox.azure.identity import IDENTITY_FORM
from modelyard_sandbox.azure.translate import Form

PROVIDER_PATH = f"{GROUP_PATH}/providers/Microsoft.DataProtection"
VAULT_PATH = f"{PROVIDER_PATH}/backupVaults/{{vaultName}}"
API_VERSION = "2025-01-01"
REQUESTS = frozenset({"resourceGuardOperationRequests"})
FEATURES = "properties.featureSettings"
SECURITY = "properties.securitySettings"


class BackupVault(ArmHandler):
    """A backup vault.

    It may be Locked from the start, of which Azure's pages say nothing. Nothing is ever backed up or
    restored.
    """

    type = "azure-native:dataprotection:BackupVault"
    path = VAULT_PATH
    api_version = API_VERSION
    form = Form(
        inner={
            "identity": IDENTITY_FORM,
            "properties": Form(
                read_only=frozenset(
                    {
                        "bcdrSecurityLevel",
                        "isVaultProtectedByResourceGuard",
                        "provisioningState",
                        "resourceMoveDetails",
                        "resourceMoveState",
                        "secureScore",
                    }
                ),
                write_only=REQUESTS,
            ),
        }
    )
    body = frozenset({"identity", "location", "properties", "tags"})
    needed = frozenset({"properties"})
    fixed = frozenset({"location"})
    name_input = "vaultName"
    listed_at = "providers/Microsoft.DataProtection/backupVaults"
    chosen = frozenset(
        {
            "location",
            FEATURES,
            f"{FEATURES}.crossSubscriptionRestoreSettings",
            "properties.monitoringSettings",
            SECURITY,
            f"{SECURITY}.immutabilitySettings",
            f"{SECURITY}.softDeleteSettings",
            f"{SECURITY}.softDeleteSettings.retentionDurationInDays",
            f"{SECURITY}.softDeleteSettings.state",
        }
    )
    enriched = frozenset({"identity", "properties"})


class BackupPolicy(ArmHandler):
    """When blobs are backed up, and for how long: of blobs alone, daily or weekly.

    As with azure-native 3.29, a change is a PUT, which Azure refuses: let changes replace it
    (`replace_on_changes`), under another name.
    """

    type = "azure-native:dataprotection:BackupPolicy"
    path = f"{VAULT_PATH}/backupPolicies/{{backupPolicyName}}"
    api_version = API_VERSION
    form = Form()
    body = frozenset({"properties"})
    name_input = "backupPolicyName"


class BackupInstance(ArmHandler):
    """The blobs of an account under a policy. That the account can be reached isn't checked, and no backup is
    made; in an immutable vault, it counts as having one from the day after it was made.
    """

    type = "azure-native:dataprotection:BackupInstance"
    path = f"{VAULT_PATH}/backupInstances/{{backupInstanceName}}"
    api_version = API_VERSION
    form = Form(
        inner={
            "properties": Form(
                inner={"policyInfo": Form(read_only=frozenset({"policyVersion"}))},
                read_only=frozenset(
                    {
                        "currentProtectionState",
                        "protectionErrorDetails",
                        "protectionStatus",
                        "provisioningState",
                    }
                ),
            )
        }
    )
    body = frozenset({"properties", "tags"})
    needed = frozenset({"properties"})
    name_input = "backupInstanceName"
    enriched = frozenset({"properties"})


class ResourceGuard(ArmHandler):
    """Whoever owns it must agree to critical operations on the vaults that it protects."""

    type = "azure-native:dataprotection:ResourceGuard"
    path = f"{PROVIDER_PATH}/resourceGuards/{{resourceGuardsName}}"
    api_version = API_VERSION
    form = Form(
        inner={
            "properties": Form(
                read_only=frozenset(
                    {"allowAutoApprovals", "description", "provisioningState", "resourceGuardOperations"}
                )
            )
        }
    )
    body = frozenset({"location", "properties", "tags"})
    fixed = frozenset({"location"})
    name_input = "resourceGuardsName"
    listed_at = "providers/Microsoft.DataProtection/resourceGuards"
    chosen = frozenset({"location", "properties"})
    enriched = frozenset({"properties"})


class DppResourceGuardProxy(ArmHandler):
    """The protection of a vault by a resource guard. Who asks isn't checked: whoever does may delete it."""

    type = "azure-native:dataprotection:DppResourceGuardProxy"
    path = f"{VAULT_PATH}/backupResourceGuardProxies/{{resourceGuardProxyName}}"
    api_version = API_VERSION
    form = Form()
    body = frozenset({"properties"})
    name_input = "resourceGuardProxyName"
    chosen = frozenset({"properties.lastUpdatedTime"})
    enriched = frozenset({"properties"})
