"""What a backup vault protects: the blobs of storage accounts (REST reference: Backup Instances, 2025-01-01;
"Support matrix for Azure Blobs backup", 2025-07-11; "Troubleshoot Azure Blob backup", 2024-09-16;
hashicorp/terraform-provider-azurerm#19633; the words on immutable vaults as in Azure/azure-powershell#24298;
as of 2026-11).

Refused are what Azure finds when it configures the protection: it says so in the work that goes on after its
answer, here it is the answer. No backup is ever made; an instance of an immutable vault counts as having one
from the day after it was made.
"""

from __future__ import annotations

from datetime import timedelta

from typing_extensions import override

from modelyard_sandbox.azure.manager.access import holds
from modelyard_sandbox.azure.manager.backup_guards import DELETE_INSTANCE, is_guarded
from modelyard_sandbox.azure.manager.backup_kinds import (
    BACKUP_INSTANCE,
    BACKUP_POLICY,
    BACKUP_VAULT,
    BackupKind,
    invalid,
    vault_of,
)
from modelyard_sandbox.azure.manager.backup_policies import BLOBS, is_vaulted
from modelyard_sandbox.azure.manager.backup_shapes import INSTANCE
from modelyard_sandbox.azure.manager.backup_vaults import DELETED, denied_by_guard, is_immutable, keep_deleted
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict
from modelyard_sandbox.azure.manager.identities import has_identity, principal_id, standing_identity
from modelyard_sandbox.azure.manager.ids import ResourceId, is_resource_id, resource_id
from modelyard_sandbox.azure.manager.kinds import ANSWERED, Write
from modelyard_sandbox.azure.manager.locations import normal
from modelyard_sandbox.azure.manager.object_replication_state import (
    ACCOUNT,
    SOURCE,
    policies_at,
    policy_of_container,
)
from modelyard_sandbox.azure.manager.shapes import mapping, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

ROLE = "Storage Account Backup Contributor"
ENOUGH = (ROLE, "Owner")
MOST_CONTAINERS = 100
MOST_POLICIES = 2
FIRST_BACKUP = timedelta(days=1)
SOURCE_PATH = "properties.dataSourceInfo.resourceID"
CONTAINERS_PATH = "properties.policyInfo.policyParameters"


class BackupInstance(BackupKind):
    """The blobs of an account under a policy."""

    type = BACKUP_INSTANCE
    parent_type = BACKUP_VAULT
    located = False
    patched = False
    asynchronous = frozenset({"PUT", "DELETE"})
    listed_in = frozenset[str]()
    shape = record(
        "BackupInstanceResource",
        {"properties": INSTANCE, "tags": mapping(text())},
        required=("properties",),
        read_only=ANSWERED,
    )

    @override
    def settle(self, write: Write) -> Body:
        asked, store = write.properties, write.store
        vault = vault_of(store, write.id)
        policy = _policy(write, vault)
        account = _account(store, asked["dataSourceInfo"])
        if write.old is not None:
            _check_same_source(asked, write.old.properties)
        _check_account(account, vault, asked["dataSourceInfo"])
        _check_alone(write, account)
        _check_role(store, vault, account, asked.get("identityDetails", {}))
        if is_vaulted(policy):
            _check_features(store, account)
            _check_containers(store, account, asked["policyInfo"])
            if write.old is None:
                _check_room(store, account)
        vault.body[DELETED].pop(write.id.name.lower(), None)
        properties = {name: part for name, part in asked.items() if name != "resourceGuardOperationRequests"}
        requests = asked.get("resourceGuardOperationRequests", [])
        return {**write.asked, "properties": {**properties, "resourceGuardOperationRequests": requests}}

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        vault = vault_of(store, resource.id)
        requests = resource.properties["resourceGuardOperationRequests"]
        if is_guarded(store, vault, DELETE_INSTANCE, requests):
            raise denied_by_guard("the deletion of a backup instance")
        if is_immutable(vault) and store.now() >= resource.created + FIRST_BACKUP:
            raise bad_request(
                "UserErrorOperationNotAllowedOnImmutableVault",
                "The Vault and Backup Item is in Immutable state where destructive operations are not "
                "supported. The Vault and Backup Item is immutable, hence operation is denied. Refer to the "
                "documentation to learn more: https://aka.ms/AB-ImmutableVaults-States",
            )

    @override
    def removed(self, store: Store, resource: Resource) -> None:
        keep_deleted(store, resource, vault_of(store, resource.id))

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties = {
            **resource.properties,
            "currentProtectionState": "ProtectionConfigured",
            "protectionStatus": {"status": "ProtectionConfigured"},
            "provisioningState": "Succeeded",
        }
        if not properties["resourceGuardOperationRequests"]:
            del properties["resourceGuardOperationRequests"]
        return {**super().answer(store, resource), "properties": properties}


def _policy(write: Write, vault: Resource) -> Resource:
    named: str = write.properties["policyInfo"]["policyId"]
    place = resource_id(named) if is_resource_id(named) else None
    found = write.store.get(place) if place and place.kind == BACKUP_POLICY.lower() else None
    if found is None or found.id.parent is None or found.id.parent.key != vault.id.key:
        raise bad_request(
            "UserErrorBackupPolicyNotFound",
            f"The backup policy '{named}' was not found in the vault '{vault.id.name}'.",
            "properties.policyInfo.policyId",
        )
    return found


def _account(store: Store, source: Body) -> Resource:
    named: str = source["resourceID"]
    place = resource_id(named) if is_resource_id(named) else None
    found = store.get(place) if place and place.kind == ACCOUNT.lower() else None
    if source.get("datasourceType") != BLOBS:
        raise invalid(f"datasourceType must be {BLOBS}.", "properties.dataSourceInfo.datasourceType")
    if found is None:
        raise bad_request(
            "UserErrorAzureResourceNotFoundByPlugin",
            f"Unable to find the specified Azure resource. Here: '{named}'.",
            SOURCE_PATH,
        )
    return found


def _check_same_source(asked: Body, old: Body) -> None:
    before, now = old["dataSourceInfo"]["resourceID"], asked["dataSourceInfo"]["resourceID"]
    if before.lower() != now.lower():
        raise bad_request(
            "UserErrorDatasourceCannotBeChanged",
            f"The backup instance protects '{before}', and can't protect something else.",
            SOURCE_PATH,
        )


def _check_account(account: Resource, vault: Resource, source: Body) -> None:
    place = normal(source.get("resourceLocation", account.location))
    if place != account.location or vault.location != account.location:
        raise bad_request(
            "UserErrorDatasourceAndBackupVaultLocationMismatch",
            "Operation failed because the datasource location is different from the Backup Vault location. "
            f"Here: '{account.id.name}' is in '{account.location}', and so must the vault and "
            "resourceLocation be.",
            "properties.dataSourceInfo.resourceLocation",
        )
    premium = account.body["sku"]["name"].startswith("Premium")
    features = ("isHnsEnabled", "isNfsV3Enabled", "isSftpEnabled")
    if account.body["kind"] != "StorageV2" or premium or any(map(account.properties.get, features)):
        raise bad_request(
            "UserErrorUnsupportedStorageAccountType",
            f"The storage account type isn't supported for backup. Here: '{account.id.name}' must be of kind "
            "StorageV2 and not premium, without a hierarchical namespace, NFS and SFTP.",
            SOURCE_PATH,
        )


def _check_alone(write: Write, account: Resource) -> None:
    for other in write.store.of_type(BACKUP_INSTANCE):
        named: str = other.properties["dataSourceInfo"]["resourceID"]
        if named.lower() == account.id.key and other.id.key != write.id.key:
            raise conflict(
                "UserErrorDatasourceAlreadyProtected",
                f"The storage account '{account.id.name}' is already protected by the vault "
                f"'{vault_of(write.store, other.id).id.name}'.",
                SOURCE_PATH,
            )


def _check_role(store: Store, vault: Resource, account: Resource, by: Body) -> None:
    named: str = by.get("userAssignedIdentityArmUrl", "")
    if named and not by.get("useSystemAssignedIdentity"):
        identity = standing_identity(store, named) if has_identity(vault, named) else None
    else:
        own = "SystemAssigned" in vault.body.get("identity", {}).get("type", "")
        identity = vault if own else None
    if identity is None:
        raise bad_request(
            "UserErrorVaultIdentityNotEnabled",
            f"The vault '{vault.id.name}' needs an identity, to which '{ROLE}' is assigned.",
            "properties.identityDetails",
        )
    if not holds(store, principal_id(identity), ENOUGH, account.id):
        raise ArmError(
            403,
            "UserErrorMissingRequiredPermissions",
            f"Appropriate permissions to perform the operation are missing. Here: '{ROLE}' on "
            f"'{account.id.name}' for the identity of the vault '{vault.id.name}'.",
            SOURCE_PATH,
        )


def _check_features(store: Store, account: Resource) -> None:
    """Vaulted backup copies by object replication, to an account of Microsoft's, as a trusted service."""
    if not account.properties.get("allowCrossTenantReplication"):
        raise bad_request(
            "UserErrorCrossTenantOrsPolicyDisabled",
            "Cross tenant object replication policy disabled. Here: allowCrossTenantReplication of "
            f"'{account.id.name}'.",
            SOURCE_PATH,
        )
    place = f"{account.id.text}/blobServices/default"
    service = store.get(ResourceId(place, f"{ACCOUNT}/blobServices", "default", account.id))
    assert service is not None  # noqa: S101  (it comes with the account)
    rules: Body = account.properties["networkAcls"]
    closed = rules["defaultAction"] == "Deny" or account.properties.get("publicNetworkAccess") == "Disabled"
    needed = {
        "isVersioningEnabled": service.properties.get("isVersioningEnabled"),
        "changeFeed": service.properties.get("changeFeed", {}).get("enabled"),
        "networkAcls.bypass of AzureServices": not closed or "AzureServices" in rules["bypass"],
    }
    lacking = [name for name, is_on in needed.items() if not is_on]
    if lacking:
        raise bad_request(
            "UserErrorRequiredStorageFeaturesDisabled",
            "The operation failed due to required storage feature(s) being disabled on the storage account. "
            f"Here: {', '.join(lacking)} of '{account.id.name}'.",
            SOURCE_PATH,
        )


def _check_containers(store: Store, account: Resource, policy: Body) -> None:
    parameters: list[Body] = policy.get("policyParameters", {}).get("backupDatasourceParametersList", [])
    names = [name for part in parameters for name in part.get("containersList", [])]
    if not names:
        raise bad_request(
            "UserErrorNoContainersSelectedForOperation",
            "No containers selected for operation. Here: vaulted backup needs containersList.",
            CONTAINERS_PATH,
        )
    if len(names) > MOST_CONTAINERS:
        raise invalid(f"a vault takes {MOST_CONTAINERS} containers of an account at most.", CONTAINERS_PATH)
    if any(part["objectType"] != "BlobBackupDatasourceParameters" for part in parameters):
        raise invalid("containersList is of BlobBackupDatasourceParameters.", CONTAINERS_PATH)
    containers = f"{account.id.text}/blobServices/default/containers"
    for name in names:
        place = ResourceId(f"{containers}/{name}", f"{ACCOUNT}/blobServices/containers", name)
        if store.get(place) is None:
            raise bad_request(
                "UserErrorIncorrectContainersSelectedForOperation",
                "Incorrect containers selected for operation. Here: the storage account "
                f"'{account.id.name}' has no container '{name}'.",
                CONTAINERS_PATH,
            )
        if policy_of_container(store, account.id, name) is not None:
            raise conflict(
                "UserErrorSelectedContainerPartOfAnotherORPolicy",
                "The selected container is present in another Object replication policy. A given container "
                f"can be part of only one OR policy at a time. Here: '{name}'.",
                CONTAINERS_PATH,
            )


def _check_room(store: Store, account: Resource) -> None:
    """Vaulted backup copies by an object replication policy of its own."""
    if len(list(policies_at(store, account.id, SOURCE))) >= MOST_POLICIES:
        raise conflict(
            "UserErrorMaxOrsPolicyExistOnStorageAccount",
            "Maximum object replication policy exists on the source storage account. Here: "
            f"'{account.id.name}' is the source of {MOST_POLICIES}, which leaves none for the backup.",
            SOURCE_PATH,
        )
