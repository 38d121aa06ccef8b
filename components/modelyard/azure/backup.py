"""Backups of blobs: a vault, when it takes them, what it takes, and what keeps them."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict, cast

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.backup_problems import SOFT_DELETE_DAYS, backup_problems
from modelyard.azure.component import AzureComponent
from modelyard.azure.diagnostics import diagnose
from modelyard.azure.identities import assign_role
from modelyard.errors import InputError
from modelyard.planning.azure.backups import BLOBS, policy_name, policy_rules
from modelyard.wiring.arguments import check_args
from modelyard.wiring.outputs import together
from modelyard.wiring.tokens import AZURE, token

PROXY_NAME = "DppResourceGuardProxy"
"""What ties a vault to its guard: Azure takes one, of this name."""

LOCK_NAME = "backups-stay"


class BackedUpAccountArgs(TypedDict):
    """An account of which containers are backed up."""

    account_id: pulumi.Input[str]
    """Resource id of the account, in the vault's region. It has to be `backed_up` in Storage, or to keep
    versions and a change feed, to allow cross-tenant replication and to let trusted services in."""
    containers: list[str]
    """Its containers that are backed up, 1 to 100; others aren't, nor those that come later."""


class BackupArgs(TypedDict):
    """Arguments of Backup."""

    resource_group_name: pulumi.Input[str]
    """Resource group that the vault is made in."""
    location: pulumi.Input[str]
    """Region of the vault and of what is backed up."""
    subscription_id: str
    """Subscription that roles are named in."""
    vault_name: str
    """Name of the vault: 2 to 50 letters, digits and hyphens, beginning with a letter."""
    every_hours: int
    """Hours between backups, 24 to 168. Azure knows a day and a week: what is less than a week is a day."""
    retention_days: int
    """Days that a backup is kept, to 3650."""
    instances: Mapping[str, BackedUpAccountArgs]
    """What is backed up, by what it is called in the vault."""
    restore_accounts: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Resource ids of accounts that backups may be restored to, by a name for each: other accounts than those
    that are backed up, here or in the paired region, and `backed_up` in Storage as well. Unset: none."""
    redundancy: NotRequired[str]
    """Where backups are kept: LocallyRedundant, ZoneRedundant or GeoRedundant. It can't change later. Unset:
    GeoRedundant, with copies in the paired region."""
    cross_region_restore: NotRequired[bool]
    """Whether backups can be restored in the paired region while this one is lost. It can't be taken back.
    Unset: no."""
    immutability: NotRequired[str]
    """Whether backups can be deleted before their time: Disabled, Unlocked (not until it is disabled) or
    Locked, which is for good. Unset: Unlocked."""
    soft_delete: NotRequired[str]
    """Whether what is deleted is kept for some days: Off, On or AlwaysOn, which is for good. Unset: On."""
    soft_delete_days: NotRequired[int]
    """Days of that, 14 to 180. Unset: 14."""
    resource_guard_name: NotRequired[str]
    """Name of a resource guard that is made, so that it takes a second person to weaken the vault. Unset:
    none."""
    resource_guard_group_name: NotRequired[pulumi.Input[str]]
    """Resource group of that guard: one that other people own. Needed with `resource_guard_name`."""
    resource_guard_id: NotRequired[pulumi.Input[str]]
    """Resource id of a guard that other people have made. Unset: none."""
    delete_lock: NotRequired[bool]
    """Whether a lock keeps the vault and all in it from being deleted. Unset: no."""
    key_uri: NotRequired[pulumi.Input[str]]
    """Address of the key that backups are encrypted with, without a version. It can neither be added later
    nor be taken back. Its key vault should be open to the network, see above. Unset: a key of Azure's."""
    key_identity_id: NotRequired[pulumi.Input[str]]
    """Resource id of the identity that uses the key. Needed with `key_uri`."""
    log_workspace_id: NotRequired[pulumi.Input[str]]
    """Log Analytics workspace that is told of every backup. Unset: none."""
    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete the vault, what is backed up and the lock. Unset: no."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of the vault and of a guard that is made."""


class Backup(AzureComponent):
    """A backup vault, and copies of containers that it takes once a day or a week.

    Backups are vaulted: they lie in Microsoft's own store, apart from the account, and outlive it. (The other
    kind, operational, keeps them in the account, and changes settings that Storage has made.) The vault's
    identity gets `Storage Account Backup Contributor` on each account; where Azure doesn't heed the role yet
    it answers UserErrorMissingRequiredPermissions, and another `up` goes on. Changes of an account are made
    one after another: give ids that wait for all else, as Storage's do.

    A restore goes to another account, where the vault needs the same role, and makes the containers there
    itself: one of the same name is deleted first (Microsoft, "Troubleshoot Azure Blob backup", 2024-09-16).

    A container can be in one replication only, and a vault's backup is one as well (Microsoft, "Troubleshoot
    Azure Blob backup", 2024-09-16): what Replication copies can't be backed up. It also counts as one of the
    two that an account can be the source of, and stays on the account when its backups are stopped: `az
    storage account or-policy delete` removes it.

    Azure changes no policy: another schedule or retention is another policy, to which what is backed up
    moves. It doesn't change redundancy either, nor take back Locked, AlwaysOn, cross-region restore or a key:
    for that there is another vault, under another name. A vault with backups can't be deleted: before that
    immutability is Disabled and soft delete Off, or the backups' time has run out. A new vault is made
    Unlocked first, and Locked by another `up`, once what it takes and keeps is right.

    With `key_uri` the vault is made with a key of yours, which Azure takes from the start by an identity like
    `key_identity_id` only. Microsoft doesn't support that where the key vault is closed to the network, as
    Encryption's is (Azure Backup, "Encrypt backup data in a Backup vault by using customer-managed keys",
    2024-11-11): try it before you count on it.

    With `delete_lock` nothing in the vault can be deleted, nor be taken out of backup, until the lock is
    gone; policies that are no longer used stay behind, which costs nothing. With a guard whoever weakens the
    vault, or takes the guard away, needs a role on the guard from those who own it.
    """

    vault_id: pulumi.Output[str]
    """Resource id of the vault."""

    vault_name: pulumi.Output[str]
    """Name of the vault."""

    policy_id: pulumi.Output[str]
    """Resource id of the policy that says when backups are taken and how long they are kept."""

    instance_ids: pulumi.Output[dict[str, str]]
    """Resource ids of what is backed up."""

    def __init__(self, name: str, args: BackupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, BackupArgs)
        if problems := list(backup_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AZURE, "Backup"), name, {}, opts)
        self._name, self._args = name, args
        vault = self._vault()
        policy = self._policy(vault)
        instances = {
            instance: self._instance(instance, account, vault, policy)
            for instance, account in args["instances"].items()
        }
        for target, account_id in args.get("restore_accounts", {}).items():
            # No instance is called so: names of instances have no periods.
            self._role(f"{target}.restore", account_id, vault)
        if "log_workspace_id" in args:
            diagnose(name, vault.id, args["log_workspace_id"], parent=self)
        # What keeps others from weakening the vault comes last, and goes first.
        guarded = self._guard(vault, list(instances.values()))
        if args.get("delete_lock"):
            self._lock(vault, [policy, *instances.values(), *guarded])
        self.vault_id, self.vault_name, self.policy_id = vault.id, vault.name, policy.id
        self.instance_ids = together({instance: made.id for instance, made in instances.items()})
        self.register_outputs(
            {
                "vaultId": self.vault_id,
                "vaultName": self.vault_name,
                "policyId": self.policy_id,
                "instanceIds": self.instance_ids,
            }
        )

    def _vault(self) -> azure_native.dataprotection.BackupVault:
        args = self._args
        properties: azure_native.dataprotection.BackupVaultArgsDict = {
            "storage_settings": [
                {"datastore_type": "VaultStore", "type": args.get("redundancy", "GeoRedundant")}
            ],
            "security_settings": {
                "immutability_settings": {"state": args.get("immutability", "Unlocked")},
                "soft_delete_settings": self._soft_delete(),
            },
            "monitoring_settings": {
                "azure_monitor_alert_settings": {"alerts_for_all_job_failures": "Enabled"}
            },
        }
        if args.get("cross_region_restore"):
            properties["feature_settings"] = {"cross_region_restore_settings": {"state": "Enabled"}}
        identity: azure_native.dataprotection.DppIdentityDetailsArgsDict = {"type": "SystemAssigned"}
        key, user = args.get("key_uri"), args.get("key_identity_id")
        if key is not None and user is not None:
            identity = {"type": "SystemAssigned,UserAssigned", "user_assigned_identities": [user]}
            security = cast("dict[str, Any]", properties["security_settings"])
            security["encryption_settings"] = {
                "state": "Enabled",
                "infrastructure_encryption": "Enabled",
                "kek_identity": {"identity_type": "UserAssigned", "identity_id": user},
                "key_vault_properties": {"key_uri": key},
            }
        return azure_native.dataprotection.BackupVault(
            self._name,
            vault_name=args["vault_name"],
            resource_group_name=args["resource_group_name"],
            location=args["location"],
            identity=identity,
            properties=properties,
            tags=args.get("tags"),
            opts=pulumi.ResourceOptions(parent=self, protect=args.get("protect")),
        )

    def _soft_delete(self) -> azure_native.dataprotection.SoftDeleteSettingsArgsDict:
        state = self._args.get("soft_delete", "On")
        if state == "Off":
            return {"state": state}
        days = self._args.get("soft_delete_days", SOFT_DELETE_DAYS[0])
        return {"state": state, "retention_duration_in_days": days}

    def _policy(
        self, vault: azure_native.dataprotection.BackupVault
    ) -> azure_native.dataprotection.BackupPolicy:
        args = self._args
        called = policy_name(args["every_hours"], args["retention_days"])
        return azure_native.dataprotection.BackupPolicy(
            self._name,
            backup_policy_name=called,
            vault_name=vault.name,
            resource_group_name=args["resource_group_name"],
            properties={
                "object_type": "BackupPolicy",
                "datasource_types": [BLOBS],
                "policy_rules": cast("Any", policy_rules(args["every_hours"], args["retention_days"])),
            },
            opts=pulumi.ResourceOptions(
                parent=self,
                # The new one is there first: what is backed up is moved to it before the old one goes.
                delete_before_replace=False,
                retain_on_delete=args.get("delete_lock"),
            ),
        )

    def _role(
        self, what: str, account_id: pulumi.Input[str], vault: azure_native.dataprotection.BackupVault
    ) -> azure_native.authorization.RoleAssignment:
        """Let the vault copy from an account and to it."""
        subscription_id = self._args["subscription_id"]
        return assign_role(
            f"{self._name}-{what}",
            "Storage Account Backup Contributor",
            scope=account_id,
            principal_id=vault.identity.apply(_principal_id),
            subscription_id=subscription_id,
            called=(subscription_id, "backup vault", self._args["vault_name"], what),
            parent=self,
        )

    def _instance(
        self,
        instance: str,
        account: BackedUpAccountArgs,
        vault: azure_native.dataprotection.BackupVault,
        policy: azure_native.dataprotection.BackupPolicy,
    ) -> azure_native.dataprotection.BackupInstance:
        args, account_id = self._args, pulumi.Output.from_input(account["account_id"])
        role = self._role(instance, account_id, vault)
        return azure_native.dataprotection.BackupInstance(
            f"{self._name}-{instance}",
            backup_instance_name=instance,
            vault_name=vault.name,
            resource_group_name=args["resource_group_name"],
            tags=args.get("tags"),
            properties={
                "object_type": "BackupInstance",
                "friendly_name": instance,
                "data_source_info": {
                    "object_type": "Datasource",
                    "datasource_type": BLOBS,
                    "resource_id": account_id,
                    "resource_uri": account_id,
                    "resource_name": account_id.apply(lambda id_: id_.rpartition("/")[2]),
                    "resource_type": "Microsoft.Storage/storageAccounts",
                    "resource_location": args["location"],
                },
                "policy_info": {
                    "policy_id": policy.id,
                    "policy_parameters": {
                        "backup_datasource_parameters_list": [
                            {
                                "object_type": "BlobBackupDatasourceParameters",
                                "containers_list": account["containers"],
                            }
                        ]
                    },
                },
            },
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.get("protect"),
                depends_on=[role],
                # Azure leads no instance to another account.
                replace_on_changes=["properties.dataSourceInfo"],
                delete_before_replace=True,
            ),
        )

    def _guard(
        self, vault: azure_native.dataprotection.BackupVault, after: list[pulumi.Resource]
    ) -> list[pulumi.Resource]:
        args = self._args
        guard_id = args.get("resource_guard_id")
        name, group = args.get("resource_guard_name"), args.get("resource_guard_group_name")
        if name is not None and group is not None:
            guard_id = azure_native.dataprotection.ResourceGuard(
                self._name,
                resource_guards_name=name,
                resource_group_name=group,
                location=args["location"],
                properties={"vault_critical_operation_exclusion_list": []},
                tags=args.get("tags"),
                opts=pulumi.ResourceOptions(parent=self),
            ).id
        if guard_id is None:
            return []
        return [
            azure_native.dataprotection.DppResourceGuardProxy(
                self._name,
                resource_guard_proxy_name=PROXY_NAME,
                vault_name=vault.name,
                resource_group_name=args["resource_group_name"],
                properties={"resource_guard_resource_id": guard_id},
                opts=pulumi.ResourceOptions(parent=self, depends_on=after),
            )
        ]

    def _lock(self, vault: azure_native.dataprotection.BackupVault, after: list[pulumi.Resource]) -> None:
        azure_native.authorization.ManagementLockByScope(
            self._name,
            lock_name=LOCK_NAME,
            scope=vault.id,
            level="CanNotDelete",
            notes="Backups: neither they nor their vault are deleted by mistake.",
            opts=pulumi.ResourceOptions(parent=self, depends_on=after, protect=self._args.get("protect")),
        )


def _principal_id(identity: azure_native.dataprotection.outputs.DppIdentityDetailsResponse | None) -> str:
    return (identity.principal_id if identity else None) or ""
