"""Storage accounts for data and for logs."""

from typing import Any, cast

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.component import AzureComponent
from modelyard.azure.diagnostics import diagnose
from modelyard.azure.private_endpoint import PrivateEndpoint, PrivateEndpointArgs
from modelyard.azure.storage_access import give_data_roles
from modelyard.azure.storage_args import AccountArgs, StorageArgs
from modelyard.azure.storage_problems import groups_of, storage_problems
from modelyard.azure.storage_values import (
    DEFAULT_REDUNDANCY,
    DEFAULT_RETENTION_DAYS,
    REDUNDANCIES,
    TRUSTED_SERVICES,
)
from modelyard.azure.zone_problems import ZoneIds
from modelyard.errors import InputError
from modelyard.planning.azure.lifecycle import lifecycle_rules
from modelyard.wiring.arguments import check_args
from modelyard.wiring.outputs import once, together
from modelyard.wiring.tokens import AZURE, token


class Storage(AzureComponent):
    """Storage accounts by purpose, with their containers.

    An account is closed to the internet and has no keys: who reads or writes has an identity with a role, and
    a signature that an identity gives on lasts a day. Everything in it, queues and tables too, is encrypted
    under the customer's key and below that by a key of Azure's. What is overwritten stays as a version, and
    what is deleted, containers too, can be brought back; versions that aren't current go by the lifecycle as
    many days after they were written, and what it deletes can be brought back for those days once more.

    Where it is asked for, a single blob can be made immutable by whoever promotes it (Storage Blob Data
    Owner); the container itself keeps nothing longer. Such a container can't be deleted while it holds a
    blob, and the account not before it.

    Another name is another account: it is made first, and then the old one goes with all that it holds.
    Another region is refused under the same name, since that is taken until then. Some moves of `redundancy`
    (between one building and three zones) Azure refuses, or asks a migration for. A container goes with all
    its blobs when it is left out of the list: `protect` keeps it.

    Azure takes one change of an account at a time, so an account's parts are made one after another, and its
    outputs are there when all of it is. The accounts have a flat namespace: with a hierarchical one Azure
    keeps no versions, replicates nothing and takes no backups.

    A container can be in one replication only, and a vault's backup is one as well (Microsoft, "Troubleshoot
    Azure Blob backup", 2024-09-16): it is either copied by Replication or taken by Backup. With `backed_up`
    the account allows replication to another tenant, since the vault's own store lies in Microsoft's.
    """

    account_ids: pulumi.Output[dict[str, str]]
    """Resource id of the account for each purpose."""

    account_names: pulumi.Output[dict[str, str]]
    """Name of the account for each purpose."""

    blob_endpoints: pulumi.Output[dict[str, str]]
    """Address of the account's blobs for each purpose, as https://NAME.blob.core.windows.net/."""

    container_ids: pulumi.Output[dict[str, str]]
    """Resource id of each container, by PURPOSE/CONTAINER."""

    def __init__(self, name: str, args: StorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, StorageArgs)
        if problems := list(storage_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AZURE, "Storage"), name, {}, opts)
        self._name, self._args = name, args
        self._containers: dict[str, pulumi.Output[str]] = {}
        accounts = {purpose: self._account(purpose, account) for purpose, account in args["accounts"].items()}
        self._ids = {purpose: self._furnish(purpose, account) for purpose, account in accounts.items()}
        self._names = {purpose: accounts[purpose].name for purpose in accounts}
        self.account_ids = together(self._ids)
        self.account_names = together(self._names)
        self.blob_endpoints = together(
            {
                purpose: account.primary_endpoints.apply(lambda endpoints: endpoints.blob)
                for purpose, account in accounts.items()
            }
        )
        self.container_ids = together(self._containers)
        self.register_outputs(
            {
                "accountIds": self.account_ids,
                "accountNames": self.account_names,
                "blobEndpoints": self.blob_endpoints,
                "containerIds": self.container_ids,
            }
        )

    def account_id(self, purpose: str) -> pulumi.Output[str]:
        """Resource id of the account for one purpose, once all of it is there. Raises KeyError for a purpose
        that has none.
        """
        return self._ids[purpose]

    def account_name(self, purpose: str) -> pulumi.Output[str]:
        """Name of the account for one purpose. Raises KeyError for a purpose that has none."""
        return self._names[purpose]

    def container_id(self, purpose: str, container: str) -> pulumi.Output[str]:
        """Resource id of a container. Raises KeyError for one that isn't there."""
        return self._containers[f"{purpose}/{container}"]

    def _account(self, purpose: str, account: AccountArgs) -> azure_native.storage.StorageAccount:
        args = self._args
        trusted = account.get("trusted_services", ["AzureServices"])
        return azure_native.storage.StorageAccount(
            f"{self._name}-{purpose}",
            account_name=account["account_name"],
            resource_group_name=args["resource_group_name"],
            location=args["location"],
            kind="StorageV2",
            sku={"name": REDUNDANCIES[account.get("redundancy", DEFAULT_REDUNDANCY)]},
            access_tier=azure_native.storage.AccessTier.HOT,
            allow_blob_public_access=False,
            allow_shared_key_access=False,
            default_to_o_auth_authentication=True,
            allow_cross_tenant_replication=account.get("backed_up", False),
            allowed_copy_scope="AAD",
            enable_https_traffic_only=True,
            minimum_tls_version="TLS1_2",
            public_network_access="Disabled",
            network_rule_set={
                "default_action": azure_native.storage.DefaultAction.DENY,
                "bypass": ", ".join(each for each in TRUSTED_SERVICES if each in trusted) or "None",
            },
            is_local_user_enabled=False,
            is_sftp_enabled=False,
            is_hns_enabled=False,
            sas_policy={"sas_expiration_period": "1.00:00:00", "expiration_action": "Block"},
            identity={"type": "UserAssigned", "user_assigned_identities": [account["identity_id"]]},
            encryption={
                "key_source": "Microsoft.Keyvault",
                "key_vault_properties": {
                    "key_vault_uri": account["key_vault_uri"],
                    "key_name": account["key_name"],
                },
                "encryption_identity": {"encryption_user_assigned_identity": account["identity_id"]},
                "require_infrastructure_encryption": True,
                # Queues and tables are under the customer's key only if they were from the beginning.
                "services": {
                    "blob": {"enabled": True, "key_type": "Account"},
                    "file": {"enabled": True, "key_type": "Account"},
                    "queue": {"enabled": True, "key_type": "Account"},
                    "table": {"enabled": True, "key_type": "Account"},
                },
            },
            tags={**args.get("tags", {}), **account.get("tags", {})} or None,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.get("protect"),
                # What replaces it is there before anything is lost; under the same name nothing is.
                delete_before_replace=False,
            ),
        )

    def _furnish(self, purpose: str, azure: azure_native.storage.StorageAccount) -> pulumi.Output[str]:
        """Make what an account holds, one thing after another; its id, once that is done."""
        account = self._args["accounts"][purpose]
        last: pulumi.Resource = self._blob_service(purpose, account, azure)
        for container in account["containers"]:
            last = self._container(purpose, container, azure, last)
        last = self._lifecycle(purpose, account, azure, last) or last
        id_ = once(azure.id, last.urn)
        subnet, zones = self._args.get("endpoint_subnet_id"), self._args.get("dns_zone_ids")
        if subnet is not None and zones is not None:
            for group in groups_of(account):
                id_ = self._endpoint(f"{self._name}-{purpose}-{group}", account, group, subnet, zones, id_)
        if "log_workspace_id" in self._args:
            diagnose(
                f"{self._name}-{purpose}",
                azure.id.apply(lambda id_: f"{id_}/blobServices/default"),
                self._args["log_workspace_id"],
                parent=self,
            )
        if "subscription_id" in self._args:
            give_data_roles(
                f"{self._name}-{purpose}",
                account,
                account_id=azure.id,
                subscription_id=self._args["subscription_id"],
                parent=self,
            )
        return id_

    def _part(self, *after: pulumi.Resource, **more: Any) -> pulumi.ResourceOptions:
        """Options of what lies in an account."""
        return pulumi.ResourceOptions(
            parent=self, depends_on=list(after) or None, delete_before_replace=False, **more
        )

    def _blob_service(
        self, purpose: str, account: AccountArgs, azure: azure_native.storage.StorageAccount
    ) -> azure_native.storage.BlobServiceProperties:
        days = account.get("deleted_retention_days", DEFAULT_RETENTION_DAYS)
        versioned = account.get("versioned", True)
        feed = account.get("change_feed", versioned)
        return azure_native.storage.BlobServiceProperties(
            f"{self._name}-{purpose}",
            blob_services_name="default",
            account_name=azure.name,
            resource_group_name=self._args["resource_group_name"],
            is_versioning_enabled=versioned,
            change_feed={"enabled": True, "retention_in_days": days} if feed else {"enabled": False},
            delete_retention_policy={"enabled": True, "days": days},
            container_delete_retention_policy={"enabled": True, "days": days},
            # It can't be deleted but only be set back, which Azure refuses while anything goes by it.
            opts=self._part(deleted_with=azure),
        )

    def _container(
        self,
        purpose: str,
        container: str,
        azure: azure_native.storage.StorageAccount,
        after: pulumi.Resource,
    ) -> azure_native.storage.BlobContainer:
        immutable = container in self._args["accounts"][purpose].get("immutable_containers", [])
        made = azure_native.storage.BlobContainer(
            f"{self._name}-{purpose}-{container}",
            container_name=container,
            account_name=azure.name,
            resource_group_name=self._args["resource_group_name"],
            public_access=azure_native.storage.PublicAccess.NONE,
            immutable_storage_with_versioning={"enabled": True} if immutable else None,
            opts=self._part(after, deleted_with=azure, protect=self._args.get("protect")),
        )
        self._containers[f"{purpose}/{container}"] = made.id
        return made

    def _lifecycle(
        self,
        purpose: str,
        account: AccountArgs,
        azure: azure_native.storage.StorageAccount,
        after: pulumi.Resource,
    ) -> azure_native.storage.ManagementPolicy | None:
        """Rules on age. An account that keeps all has none, and Azure takes no policy without."""
        cool, expire = account.get("cool_after_days"), account.get("expire_after_days")
        versioned = account.get("versioned", True)
        if not versioned and cool is None and expire is None:
            return None
        versions = account.get("deleted_retention_days", DEFAULT_RETENTION_DAYS) if versioned else None
        prefixes = account.get("expire_prefixes", [])
        return azure_native.storage.ManagementPolicy(
            f"{self._name}-{purpose}",
            management_policy_name="default",
            account_name=azure.name,
            resource_group_name=self._args["resource_group_name"],
            policy={
                "rules": pulumi.Output.all(versions, cool, expire).apply(
                    lambda days: cast(
                        "list[azure_native.storage.ManagementPolicyRuleArgsDict]",
                        lifecycle_rules(days[0], days[1], days[2], prefixes),
                    )
                )
            },
            # Not `deleted_with` the account: where that is protected, Pulumi would only forget the policy.
            opts=self._part(after),
        )

    def _endpoint(
        self,
        name: str,
        account: AccountArgs,
        group: str,
        subnet_id: pulumi.Input[str],
        zone_ids: ZoneIds,
        account_id: pulumi.Output[str],
    ) -> pulumi.Output[str]:
        """A private endpoint for one part of an account; the account's id, once that is there."""
        given: PrivateEndpointArgs = {
            "resource_group_name": self._args["resource_group_name"],
            "location": self._args["location"],
            "endpoint_name": f"{account['account_name']}-{group}",
            "subnet_id": subnet_id,
            "target_id": account_id,
            "group_id": group,
            "zone_ids": zone_ids,
        }
        if "tags" in self._args:
            given["tags"] = self._args["tags"]
        return once(account_id, PrivateEndpoint(name, given, pulumi.ResourceOptions(parent=self)).endpoint_id)
