"""Datastores of a workspace: names for containers that jobs read and write, without any key."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_azure_native as azure_native

FIXED = (
    "properties.accountName",
    "properties.containerName",
    "properties.credentials",
    "properties.datastoreType",
    "properties.endpoint",
    "properties.protocol",
    "properties.resourceGroup",
    "properties.serviceDataAccessAuthIdentity",
    "properties.subscriptionId",
)
"""What Azure doesn't change in a datastore (machinelearningservices 2025-12-01). The provider would try."""


class DatastoreArgs(TypedDict):
    """A container that jobs know by the datastore's name. Whoever makes the account gives jobs their role."""

    account_name: pulumi.Input[str]
    """Storage account."""
    container: pulumi.Input[str]
    """Container of the account."""
    resource_group_name: NotRequired[pulumi.Input[str]]
    """Resource group of the account. Unset: that of the workspace."""
    subscription_id: NotRequired[pulumi.Input[str]]
    """Subscription of the account. Unset: that of the workspace."""


def datastore(
    name: str,
    called: str,
    args: DatastoreArgs,
    workspace: azure_native.machinelearningservices.Workspace,
    place: tuple[str, pulumi.Input[str]],
    parent: pulumi.Resource,
) -> azure_native.machinelearningservices.Datastore:
    """A datastore without credentials: each job reads and writes with its own identity.

    The workspace itself gets no access to the data, so that the studio shows no previews of it. A datastore
    is a name only; when it is replaced for another container, no data is touched.

    Args:
        name: name in the program.
        called: name at Azure.
        args: the container.
        workspace: the workspace that it belongs to.
        place: subscription and resource group of the workspace, and of an account that says nothing else.
        parent: component that it belongs to.
    """
    subscription_id, resource_group_name = place
    return azure_native.machinelearningservices.Datastore(
        name,
        name=called,
        workspace_name=workspace.name,
        resource_group_name=resource_group_name,
        # The service can't look into an account that is closed to it.
        skip_validation=True,
        properties={
            "datastore_type": "AzureBlob",
            "account_name": args["account_name"],
            "container_name": args["container"],
            "endpoint": "core.windows.net",
            "protocol": "https",
            "credentials": {"credentials_type": "None"},
            "service_data_access_auth_identity": "None",
            "resource_group": args.get("resource_group_name", resource_group_name),
            "subscription_id": args.get("subscription_id", subscription_id),
        },
        opts=pulumi.ResourceOptions(
            parent=parent, replace_on_changes=list(FIXED), delete_before_replace=True
        ),
    )
