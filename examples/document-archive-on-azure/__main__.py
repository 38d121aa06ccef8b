"""An internal document archive on Azure: encrypted, backed up, and reached from a private network alone."""

from typing import TypedDict

import pulumi
from pulumi_azure_native import resources

from modelyard.azure.backup import Backup
from modelyard.azure.encryption import Encryption
from modelyard.azure.flow_logs import FlowLogs
from modelyard.azure.log_workspace import LogWorkspace
from modelyard.azure.network import Network
from modelyard.azure.storage import Storage


class Place(TypedDict):
    """What every component of a service is told."""

    resource_group_name: pulumi.Output[str]
    location: str
    tags: dict[str, str]


class Closed(TypedDict):
    """Where private endpoints stand, and who knows their names."""

    endpoint_subnet_id: pulumi.Output[str]
    dns_zone_ids: dict[str, pulumi.Output[str]]


NAME = "archive"
SUFFIX = pulumi.Config().require("suffix")
SETTLED = pulumi.Config().require_bool("settled")
SUBSCRIPTION = pulumi.Config("azure-native").require("subscriptionId")
LOCATION = pulumi.Config("azure-native").require("location")
TAGS = {
    "environment": NAME,
    "owner": "office-systems",
    "cost-center": "cc-2040",
    "data-classification": "confidential",
}

group = resources.ResourceGroup("archive-group", resource_group_name=NAME, location=LOCATION, tags=TAGS)
place: Place = {"resource_group_name": group.name, "location": LOCATION, "tags": TAGS}

# Who did what, for a year.
logs = LogWorkspace("archive-logs", {**place, "workspace_name": f"{NAME}-logs", "retention_days": 365})

# Subnets for servers and for private endpoints, closed from outside; servers come out by HTTPS.
network = Network(
    "archive-network",
    {
        **place,
        "log_workspace_id": logs.workspace_id,
        "environment": NAME,
        "cidr": "10.90.0.0/24",
        "egress": "nat",
        "node_count": 20,
        "endpoint_count": 3,
        "endpoint_groups": ["blob", "vault"],
    },
)
closed: Closed = {"endpoint_subnet_id": network.subnet_id("endpoints"), "dns_zone_ids": network.zone_ids()}

# A key for each thing that is encrypted, with an identity that may use this key and no other. Pulumi refuses
# to delete them: without its key a document is lost.
PURPOSES = ["datasets", "logs", "backup"]
keys = Encryption(
    "archive-keys",
    {
        **place,
        **closed,
        "log_workspace_id": logs.workspace_id,
        "vault_name": f"kv-{NAME}-{SUFFIX}",
        "tenant_id": pulumi.Config().require("tenantId"),
        "subscription_id": SUBSCRIPTION,
        "purposes": PURPOSES,
        "identities": {purpose: f"{NAME}-{purpose}" for purpose in PURPOSES},
        "protect": True,
    },
)

# An account for the documents, in three zones and another region: what is overwritten or deleted comes back
# for half a year. And one for the records of who spoke with whom in the network.
storage = Storage(
    "archive-storage",
    {
        **place,
        **closed,
        "log_workspace_id": logs.workspace_id,
        "accounts": {
            "documents": {
                "account_name": f"{NAME}docs{SUFFIX}",
                "containers": ["documents"],
                "key_vault_uri": keys.vault_uri,
                "key_name": "datasets",
                "identity_id": keys.identity_ids["datasets"],
                "redundancy": "gzrs",
                "deleted_retention_days": 180,
                "backed_up": True,
            },
            "flows": {
                "account_name": f"{NAME}flows{SUFFIX}",
                "containers": [],
                "key_vault_uri": keys.vault_uri,
                "key_name": "logs",
                "identity_id": keys.identity_ids["logs"],
                "redundancy": "gzrs",
            },
        },
    },
)
FlowLogs(
    "archive-flows",
    {
        "location": LOCATION,
        "flow_log_name": NAME,
        "virtual_network_id": network.virtual_network_id,
        "storage_account_id": storage.account_id("flows"),
        "identity_name": f"{NAME}-flows",
        "identity_group_name": group.name,
        "subscription_id": SUBSCRIPTION,
        "tags": TAGS,
    },
)

# A copy each night in Azure's own store, in two regions, that nobody deletes before its time. Who weakens
# this asks a second person, who owns the guard: in life its group is theirs, in a subscription of their own.
guards = resources.ResourceGroup(
    "archive-guards", resource_group_name=f"{NAME}-guards", location=LOCATION, tags=TAGS
)
backup = Backup(
    "archive-backup",
    {
        **place,
        "log_workspace_id": logs.workspace_id,
        "subscription_id": SUBSCRIPTION,
        "vault_name": f"{NAME}-backup",
        "every_hours": 24,
        "retention_days": 90,
        "instances": {
            "documents": {"account_id": storage.account_id("documents"), "containers": ["documents"]}
        },
        "cross_region_restore": True,
        "key_uri": keys.key_uris["backup"],
        "key_identity_id": keys.identity_ids["backup"],
        "resource_guard_name": f"{NAME}-guard",
        "resource_guard_group_name": guards.name,
        "delete_lock": True,
        "immutability": "Locked" if SETTLED else "Disabled",
        "soft_delete": "AlwaysOn" if SETTLED else "Off",
    },
)

pulumi.export("documents", storage.blob_endpoints["documents"])
pulumi.export("vault", backup.vault_name)
pulumi.export("subnets", network.subnet_ids)
