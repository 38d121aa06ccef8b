"""What a backup vault protects, by which policy."""

from __future__ import annotations

from typing import Any

import pytest
from arming import ACCOUNT, GROUP, Arm, account
from azure_lives.backups import CONTRIBUTOR, COPIED, KEPT, POLICY, instance, policy, rules
from backing_up import BACKUPS, INSTANCE, VAULT, VAULT_DOCUMENT, copied, prepare, protection
from keyed import IDENTITY, assign, identity


@pytest.fixture
def ready(group: Arm) -> Arm:
    """A vault with a policy that may back an account up."""
    return prepare(group)


def of(name: str, **parts: Any) -> dict[str, Any]:
    """The document of an instance that protects another account."""
    properties = instance("data", account=ACCOUNT.replace("account1", name))
    properties["dataSourceInfo"] |= parts
    return {"properties": properties}


def test_an_account_is_protected(ready: Arm) -> None:
    made = ready.put(INSTANCE, protection())
    assert made["properties"] == {
        **instance("data"),
        "currentProtectionState": "ProtectionConfigured",
        "protectionStatus": {"status": "ProtectionConfigured"},
        "provisioningState": "Succeeded",
    }
    assert ready.put(INSTANCE, made) == made, "an answer can be sent back"


def test_the_vaults_identity_must_hold_the_role_before(group: Arm) -> None:
    copied(group, ACCOUNT)
    made = group.put(VAULT, VAULT_DOCUMENT)
    group.put(POLICY, {"properties": policy()})
    assert group.refused("PUT", INSTANCE, protection()) == (
        403,
        "UserErrorMissingRequiredPermissions",
        (
            "Appropriate permissions to perform the operation are missing. Here: 'Storage Account Backup "
            "Contributor' on 'account1' for the identity of the vault 'backups'."
        ),
    )
    assign(group, GROUP, CONTRIBUTOR, made["identity"]["principalId"])
    group.put(INSTANCE, protection())


def test_a_vault_without_an_identity_protects_nothing(ready: Arm) -> None:
    ready.put(VAULT, {**VAULT_DOCUMENT, "identity": {"type": "None"}})
    assert ready.refused("PUT", INSTANCE, protection()) == (
        400,
        "UserErrorVaultIdentityNotEnabled",
        ("The vault 'backups' needs an identity, to which 'Storage Account Backup Contributor' is assigned."),
    )


def test_an_identity_of_the_users_may_hold_the_role(ready: Arm) -> None:
    made = identity(ready)
    by = {"useSystemAssignedIdentity": False, "userAssignedIdentityArmUrl": IDENTITY}
    assert ready.refused("PUT", INSTANCE, protection(identityDetails=by))[1] == (
        "UserErrorVaultIdentityNotEnabled"
    )
    both = {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    ready.put(VAULT, {**VAULT_DOCUMENT, "identity": both})
    assert ready.refused("PUT", INSTANCE, protection(identityDetails=by))[1] == (
        "UserErrorMissingRequiredPermissions"
    )
    assign(ready, ACCOUNT, CONTRIBUTOR, made["properties"]["principalId"], name="0fa5d21c")
    ready.put(INSTANCE, protection(identityDetails=by))


def test_the_account_must_stand_and_hold_the_containers(ready: Arm) -> None:
    none = ACCOUNT.replace("account1", "none")
    assert ready.refused("PUT", INSTANCE, of("none")) == (
        400,
        "UserErrorAzureResourceNotFoundByPlugin",
        f"Unable to find the specified Azure resource. Here: '{none}'.",
    )
    assert ready.refused("PUT", INSTANCE, protection("data", "more")) == (
        400,
        "UserErrorIncorrectContainersSelectedForOperation",
        (
            "Incorrect containers selected for operation. Here: the storage account 'account1' has no "
            "container 'more'."
        ),
    )
    empty = protection()
    empty["properties"]["policyInfo"]["policyParameters"]["backupDatasourceParametersList"] = []
    none_chosen = (
        400,
        "UserErrorNoContainersSelectedForOperation",
        "No containers selected for operation. Here: vaulted backup needs containersList.",
    )
    assert ready.refused("PUT", INSTANCE, empty) == none_chosen
    many = protection(*(f"data{number}" for number in range(101)))
    assert ready.refused("PUT", INSTANCE, many)[2] == (
        "Request parameter is invalid. Here: a vault takes 100 containers of an account at most."
    )
    ready.put(INSTANCE, protection())
    assert ready.refused("PUT", INSTANCE, empty) == none_chosen, "nor can the list become empty"


@pytest.mark.parametrize(
    "parts",
    [
        {"properties": {"isHnsEnabled": True}},
        {"kind": "BlockBlobStorage", "sku": {"name": "Premium_LRS"}},
        {"sku": {"name": "Premium_LRS"}},
    ],
)
def test_an_account_that_can_not_be_backed_up_is_refused(ready: Arm, parts: dict[str, Any]) -> None:
    ready.put(ACCOUNT.replace("account1", "account2"), account(**parts))
    assert ready.refused("PUT", INSTANCE, of("account2")) == (
        400,
        "UserErrorUnsupportedStorageAccountType",
        (
            "The storage account type isn't supported for backup. Here: 'account2' must be of kind StorageV2 "
            "and not premium, without a hierarchical namespace, NFS and SFTP."
        ),
    )


def test_the_vault_and_the_account_are_of_one_region(ready: Arm) -> None:
    ready.put(ACCOUNT.replace("account1", "account2"), account(location="northeurope"))
    refused = (
        400,
        "UserErrorDatasourceAndBackupVaultLocationMismatch",
        (
            "Operation failed because the datasource location is different from the Backup Vault location. "
            "Here: 'account2' is in 'northeurope', and so must the vault and resourceLocation be."
        ),
    )
    assert ready.refused("PUT", INSTANCE, of("account2", resourceLocation="northeurope")) == refused
    assert ready.refused("PUT", INSTANCE, of("account2")) == refused
    assert ready.refused("PUT", INSTANCE, of("account1", resourceLocation="North Europe"))[1] == refused[1]


def test_an_account_is_protected_once(ready: Arm) -> None:
    ready.put(INSTANCE, protection())
    refused = (
        409,
        "UserErrorDatasourceAlreadyProtected",
        "The storage account 'account1' is already protected by the vault 'backups'.",
    )
    assert ready.refused("PUT", f"{INSTANCE}-again", protection()) == refused
    second = f"{BACKUPS}/backupVaults/second"
    ready.put(second, VAULT_DOCUMENT)
    ready.put(f"{second}/backupPolicies/daily", {"properties": policy()})
    other = protection()
    other["properties"]["policyInfo"]["policyId"] = f"{second}/backupPolicies/daily"
    assert ready.refused("PUT", f"{second}/backupInstances/account1", other) == refused
    ready.call("DELETE", INSTANCE)
    assign(ready, ACCOUNT, CONTRIBUTOR, ready.get(second)["identity"]["principalId"], name="0fa5d21c")
    ready.put(f"{second}/backupInstances/account1", other)


def test_a_policy_must_be_the_vaults(ready: Arm) -> None:
    none = POLICY.replace("daily", "hourly")
    document = protection()
    document["properties"]["policyInfo"]["policyId"] = none
    assert ready.refused("PUT", INSTANCE, document) == (
        400,
        "UserErrorBackupPolicyNotFound",
        f"The backup policy '{none}' was not found in the vault 'backups'.",
    )
    second = f"{BACKUPS}/backupVaults/second"
    ready.put(second, VAULT_DOCUMENT)
    ready.put(f"{second}/backupPolicies/daily", {"properties": policy()})
    document["properties"]["policyInfo"]["policyId"] = f"{second}/backupPolicies/daily"
    assert ready.refused("PUT", INSTANCE, document)[1] == "UserErrorBackupPolicyNotFound"


def test_an_instance_takes_another_policy_and_protects_nothing_else(ready: Arm) -> None:
    ready.put(INSTANCE, protection())
    ready.put(POLICY.replace("daily", "weekly"), {"properties": policy(*rules("P1W"))})
    document = protection()
    document["properties"]["policyInfo"]["policyId"] = POLICY.replace("daily", "weekly")
    ready.put(INSTANCE, document)
    ready.put(ACCOUNT.replace("account1", "account2"), account())
    assert ready.refused("PUT", INSTANCE, of("account2")) == (
        400,
        "UserErrorDatasourceCannotBeChanged",
        f"The backup instance protects '{ACCOUNT}', and can't protect something else.",
    )


def test_only_blobs_are_protected(ready: Arm) -> None:
    disks = of("account1", datasourceType="Microsoft.Compute/disks")
    assert ready.refused("PUT", INSTANCE, disks)[2] == (
        "Request parameter is invalid. Here: datasourceType must be Microsoft.Storage/storageAccounts/blobServices."
    )
    wrong = protection()
    parameters = wrong["properties"]["policyInfo"]["policyParameters"]["backupDatasourceParametersList"]
    parameters[0]["objectType"] = "KubernetesClusterBackupDatasourceParameters"
    assert ready.refused("PUT", INSTANCE, wrong)[2] == (
        "Request parameter is invalid. Here: containersList is of BlobBackupDatasourceParameters."
    )


def test_a_backup_needs_one_of_the_two_replication_policies_of_a_source(ready: Arm) -> None:
    for name in ("copies1", "copies2"):
        ready.put(f"{ACCOUNT}/blobServices/default/containers/{name}", {})
        copies = ACCOUNT.replace("account1", name)
        copied(ready, copies)
        rule = {"sourceContainer": name, "destinationContainer": "data"}
        names = {"sourceAccount": ACCOUNT, "destinationAccount": copies}
        made = ready.put(
            f"{copies}/objectReplicationPolicies/default", {"properties": {**names, "rules": [rule]}}
        )
        at_source = {"properties": {**names, "rules": made["properties"]["rules"]}}
        ready.put(f"{ACCOUNT}/objectReplicationPolicies/{made['name']}", at_source)
    assert ready.refused("PUT", INSTANCE, protection()) == (
        409,
        "UserErrorMaxOrsPolicyExistOnStorageAccount",
        (
            "Maximum object replication policy exists on the source storage account. Here: 'account1' is the "
            "source of 2, which leaves none for the backup."
        ),
    )
    assert ready.refused("PUT", INSTANCE, protection("data", "copies1")) == (
        409,
        "UserErrorSelectedContainerPartOfAnotherORPolicy",
        (
            "The selected container is present in another Object replication policy. A given container can be "
            "part of only one OR policy at a time. Here: 'copies1'."
        ),
    )


def test_an_account_must_let_the_vaults_store_in_another_tenant_copy_from_it(ready: Arm) -> None:
    ready.put(ACCOUNT, account())
    assert ready.refused("PUT", INSTANCE, protection()) == (
        400,
        "UserErrorCrossTenantOrsPolicyDisabled",
        ("Cross tenant object replication policy disabled. Here: allowCrossTenantReplication of 'account1'."),
    )


@pytest.mark.parametrize(
    ("properties", "kept", "lacking"),
    [
        ({}, {"changeFeed": {"enabled": True}}, "isVersioningEnabled"),
        ({}, {}, "isVersioningEnabled, changeFeed"),
        (
            {"publicNetworkAccess": "Disabled", "networkAcls": {"defaultAction": "Deny", "bypass": "None"}},
            KEPT,
            "networkAcls.bypass of AzureServices",
        ),
    ],
)
def test_a_backup_needs_what_replication_needs_and_a_way_to_the_account(
    ready: Arm, properties: dict[str, Any], kept: dict[str, Any], lacking: str
) -> None:
    ready.put(ACCOUNT, account(properties={**COPIED, **properties}))
    ready.put(f"{ACCOUNT}/blobServices/default", {"properties": kept})
    assert ready.refused("PUT", INSTANCE, protection()) == (
        400,
        "UserErrorRequiredStorageFeaturesDisabled",
        (
            "The operation failed due to required storage feature(s) being disabled on the storage account. "
            f"Here: {lacking} of 'account1'."
        ),
    )


def test_what_is_backed_up_stays_as_replication_needs_it(ready: Arm) -> None:
    ready.put(INSTANCE, protection())
    for kept, name in (
        ({"changeFeed": {"enabled": True}}, "isVersioningEnabled"),
        ({}, "isVersioningEnabled"),
    ):
        assert ready.refused("PUT", f"{ACCOUNT}/blobServices/default", {"properties": kept})[2] == (
            f"The value 'False' is not allowed for property {name} because Object Replication is enabled."
        )
    assert ready.refused("DELETE", f"{ACCOUNT}/blobServices/default/containers/data")[2] == (
        "The storage account account1 container data is protected from deletion due to the object "
        "replication policy of a backup."
    )
    copies = ACCOUNT.replace("account1", "copies")
    copied(ready, copies)
    rule = {"sourceContainer": "data", "destinationContainer": "data"}
    names = {"sourceAccount": ACCOUNT, "destinationAccount": copies, "rules": [rule]}
    made = ready.put(f"{copies}/objectReplicationPolicies/default", {"properties": names})
    at_source = {"properties": {**names, "rules": made["properties"]["rules"]}}
    assert ready.refused("PUT", f"{ACCOUNT}/objectReplicationPolicies/{made['name']}", at_source)[2] == (
        "The value 'data' is not allowed for property sourceContainer: a container can be part of only one "
        "policy."
    )
    ready.call("DELETE", INSTANCE)
    ready.put(f"{ACCOUNT}/objectReplicationPolicies/{made['name']}", at_source)
