"""The args of Storage."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi

from modelyard.azure.zone_problems import ZoneIds


class AccountArgs(TypedDict):
    """One storage account."""

    account_name: str
    """Name of the account, unique in all of Azure: 3 to 24 lower-case letters and digits."""
    containers: list[str]
    """Names of its containers, which may be none: a service that writes logs makes its own."""
    key_vault_uri: pulumi.Input[str]
    """Address of the vault with the key that its data is encrypted under."""
    key_name: pulumi.Input[str]
    """Name of that key. Its newest version is used."""
    identity_id: pulumi.Input[str]
    """Resource id of the identity that uses the key. It has to have the role before the account is made."""
    redundancy: NotRequired[str]
    """Where copies are kept: `lrs`, `zrs`, `grs` or `gzrs`. Unset: zrs, in three zones of the region, which
    has to have some."""
    deleted_retention_days: NotRequired[pulumi.Input[int]]
    """Days that what is overwritten or deleted can be brought back, 1 to 365. Unset: 30."""
    versioned: NotRequired[bool]
    """Whether what is overwritten stays as a version. Unset: yes."""
    change_feed: NotRequired[bool]
    """Whether Azure keeps a record of changes, which replication and backups go by. Unset: as `versioned`."""
    cool_after_days: NotRequired[pulumi.Input[int]]
    """Days after which blobs that aren't written again move to the cool tier. Unset: never."""
    expire_after_days: NotRequired[pulumi.Input[int]]
    """Days after which blobs that aren't written again are deleted. Unset: never."""
    expire_prefixes: NotRequired[list[str]]
    """What expires, each as CONTAINER/START. Unset: all does. With `immutable_containers` there have to be
    some, since Azure's lifecycle can't leave out what is promoted."""
    immutable_containers: NotRequired[list[str]]
    """Containers in which single blobs, those that are promoted under `keep/`, can be made immutable; nothing
    is by itself. A container has it from the beginning, and never loses it: Azure refuses it to one that is
    there, which has to be migrated (`az storage container-rm migrate-vlw`). Unset: none."""
    backed_up: NotRequired[bool]
    """Whether Azure Backup may copy its containers to a vault, or a vault's to it. Unset: no."""
    trusted_services: NotRequired[list[str]]
    """What of Azure's own passes the closed network: AzureServices (backup, diagnostics, flow logs), Logging,
    Metrics. Unset: AzureServices."""
    endpoint_groups: NotRequired[list[str]]
    """Parts that get a private endpoint: blob, dfs, file, queue, table. Unset: blob."""
    data_readers: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Principal ids of identities that read its blobs, by a name for each. Needs `subscription_id`."""
    data_writers: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Principal ids of identities that read, write and delete its blobs. Needs `subscription_id`."""
    data_owners: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Principal ids of identities that may also make blobs immutable. Needs `subscription_id`."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of this account, beside those of all and before them."""


class StorageArgs(TypedDict):
    """Arguments of Storage."""

    resource_group_name: pulumi.Input[str]
    """Resource group that the accounts are made in."""
    location: pulumi.Input[str]
    """Region that they are in."""
    accounts: Mapping[str, AccountArgs]
    """The accounts, by purpose, as datasets or logs."""
    subscription_id: NotRequired[str]
    """Subscription that roles are named in. Needed with readers, writers or owners."""
    endpoint_subnet_id: NotRequired[pulumi.Input[str]]
    """Subnet for private endpoints. Unset: there are none, and only trusted services reach the accounts."""
    dns_zone_ids: NotRequired[ZoneIds]
    """Ids of private DNS zones, by name. Needed with `endpoint_subnet_id`, and not without."""
    log_workspace_id: NotRequired[pulumi.Input[str]]
    """Log Analytics workspace that is told of every request to blobs. Unset: none."""
    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete or replace accounts and containers. Unset: no."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of every account, and of their endpoints."""
