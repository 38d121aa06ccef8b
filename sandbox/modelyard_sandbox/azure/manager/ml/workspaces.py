"""Workspaces of Azure Machine Learning (REST reference of Workspaces, 2025-12-01; "Secure workspace
resources", "Identity-based service authentication", "Recover workspace data while soft deleted"; 2026-11).

A workspace is made of others' resources, which must stand. Deleted, it can be recovered for 14 days, and its
name in its group stays taken: see `workspace_deletion`. What a customer's key brings: `customer_keys`.
"""

from __future__ import annotations

import re
import uuid

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.identities import IDENTITY_SHAPE, check_identity, shown_identity
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import Naming, Write, envelope, filled
from modelyard_sandbox.azure.manager.ml import customer_keys
from modelyard_sandbox.azure.manager.ml.common import WORKSPACE, MachineLearningKind, names_identity, referred
from modelyard_sandbox.azure.manager.ml.default_datastores import write_defaults
from modelyard_sandbox.azure.manager.ml.workspace_changes import check_changes
from modelyard_sandbox.azure.manager.ml.workspace_deletion import deleted, forget, keep, recovered
from modelyard_sandbox.azure.manager.ml.workspace_roles import missing_role
from modelyard_sandbox.azure.manager.ml.workspace_shapes import DEFAULTS, PROPERTIES, SKU
from modelyard_sandbox.azure.manager.shapes import text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.subscriptions import TENANT_ID

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}")
MADE_OF = {
    "storageAccount": "Microsoft.Storage/storageAccounts",
    "keyVault": "Microsoft.KeyVault/vaults",
    "applicationInsights": "Microsoft.Insights/components",
    "containerRegistry": "Microsoft.ContainerRegistry/registries",
}
"""What a workspace stands on, by property."""
SUBNET = "Microsoft.Network/virtualNetworks/subnets"
SERVERLESS_SUBNET = "serverlessComputeSettings.serverlessComputeCustomSubnet"
NEEDED = ("storageAccount", "keyVault")
MOST_IN_A_GROUP = "workspaces_per_resource_group"
LONGEST_LABEL = 63
"""Characters of one part of a DNS name."""

_WORKSPACES = uuid.UUID("5b1f3a52-36a0-57a5-9f57-0f0b5a2d7c11")
"""Namespace of workspaces' own ids; made up once."""


class Workspace(MachineLearningKind):
    """A workspace."""

    type = WORKSPACE
    naming = Naming(
        NAME,
        "workspace",
        "it has 3 to 33 letters, digits, hyphens and underscores, and begins with a letter or a digit",
        "InvalidWorkspaceName",
    )
    shape = envelope(
        "Workspace",
        PROPERTIES,
        ("location", "properties"),
        identity=IDENTITY_SHAPE,
        kind=text("Default", "FeatureStore", "Hub", "Project"),
        sku=SKU,
    )
    asynchronous = frozenset({"PUT", "PATCH", "DELETE"})

    @override
    def settle(self, write: Write) -> Body:
        asked = dict(write.properties)
        recover = str(asked.pop("allowRecoverSoftDeletedWorkspace", False)).lower() == "true"
        gone = deleted(write.store, write.id) if write.old is None else None
        if gone is not None:
            return recovered(write, gone, asked_to=recover)
        if write.old is not None:
            kept = {name: value for name, value in write.old.properties.items() if name not in asked}
            asked = filled(asked, kept)
        body = filled(
            {**write.asked, "properties": filled(asked, DEFAULTS)},
            {
                "kind": "Default",
                "sku": {"name": "Basic", "tier": "Basic"},
                "properties": {"friendlyName": write.id.name},
            },
        )
        body["sku"].setdefault("tier", body["sku"]["name"])
        _check_identity(write, body)
        _check_parts(write, body["properties"])
        customer_keys.check(write, body)
        if write.old is not None:
            check_changes(write, body)
        else:
            _check_room(write)
            own = uuid.uuid5(_WORKSPACES, f"{write.id.key}\n{write.store.now().isoformat()}")
            body["properties"]["workspaceId"] = str(own)
        return body

    @override
    def fault_in_work(self, write: Write, body: Body) -> ArmError | None:
        return missing_role(write.store, body)

    @override
    def written(self, store: Store, resource: Resource) -> None:
        if resource.is_new:
            write_defaults(store, resource)
            customer_keys.make_group(store, resource)

    @override
    def leaving(self, store: Store, resource: Resource) -> None:
        keep(store, resource)

    @override
    def removed(self, store: Store, resource: Resource) -> None:
        store.deleted_workspaces[resource.id.key] = (resource, store.now())

    @override
    def purge(self, store: Store, id_: ResourceId) -> None:
        forget(store, id_)

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        # Here and not above: that module knows the types that can be connected to.
        from modelyard_sandbox.azure.manager.private_connections import connections_of

        location = resource.location
        connected = connections_of(store, resource)
        properties: Body = {
            **resource.properties,
            "discoveryUrl": f"https://{location}.api.azureml.ms/discovery",
            "mlFlowTrackingUri": f"azureml://{location}.api.azureml.ms/mlflow/v1.0{resource.id.text}",
            "notebookInfo": _notebooks(resource),
            "privateEndpointConnections": connected,
            "privateLinkCount": len(connected),
            "provisioningState": "Succeeded",
            "serviceProvisionedResourceGroup": customer_keys.group_name(resource) or "",
            "storageHnsEnabled": False,
            "tenantId": TENANT_ID,
        }
        return {
            **super().answer(store, resource),
            **shown_identity(store, resource),
            "properties": properties,
        }


def connections(store: Store, workspace: ResourceId) -> list[Resource]:
    """The connections of private endpoints to a workspace that are approved."""
    return [
        found
        for found in store.within(workspace, f"{WORKSPACE}/privateEndpointConnections")
        if found.properties["privateLinkServiceConnectionState"]["status"] == "Approved"
    ]


def _notebooks(resource: Resource) -> Body:
    """Where notebooks are, though nobody answers there."""
    location, own = resource.location, resource.properties["workspaceId"]
    ending = f"-{location}-{own}"
    host = f"{f'ml-{resource.id.name.lower()}'[: LONGEST_LABEL - len(ending)]}{ending}"
    return {"fqdn": f"{host}.{location}.notebooks.azure.net", "resourceId": own.replace("-", "")}


def _check_identity(write: Write, body: Body) -> None:
    check_identity(write)
    kind = body.get("identity", {}).get("type", "None")
    if kind == "None":
        raise bad_request(
            "MissingIdentity", "A workspace needs an identity: SystemAssigned or UserAssigned.", "identity"
        )
    primary = body["properties"].get("primaryUserAssignedIdentity")
    path = "properties.primaryUserAssignedIdentity"
    if primary is None and kind == "UserAssigned":
        raise bad_request(
            "BadRequest", "A workspace with user assigned identities only needs a primary one.", path
        )
    if primary is not None and not names_identity(body, primary):
        raise bad_request(
            "BadRequest",
            f"The primary user assigned identity {primary} is not among the workspace's identities.",
            path,
        )


def _check_parts(write: Write, properties: Body) -> None:
    missing = [name for name in NEEDED if not properties.get(name)]
    if missing:
        raise bad_request(
            "BadRequest",
            f"Missing dependent resources in workspace json: {', '.join(missing)}.",
            f"properties.{missing[0]}",
        )
    for name, type_ in MADE_OF.items():
        if properties.get(name):
            part = referred(write.store, properties[name], type_, f"properties.{name}")
            if name == "storageAccount":
                _check_account(part)
    serverless = properties.get("serverlessComputeSettings", {}).get("serverlessComputeCustomSubnet")
    if serverless is not None:
        referred(write.store, serverless, SUBNET, f"properties.{SERVERLESS_SUBNET}")
    vault = referred(write.store, properties["keyVault"], MADE_OF["keyVault"], "properties.keyVault")
    closed = vault.properties.get("publicNetworkAccess", "Enabled").lower() == "disabled"
    if properties.get("enableServiceSideCMKEncryption") and closed:
        raise bad_request(
            "BadRequest",
            "Service side encryption of metadata is not supported with a key vault whose public network "
            "access is disabled.",
            "properties.enableServiceSideCMKEncryption",
        )


def _check_account(account: Resource) -> None:
    premium = account.body["sku"]["name"].startswith("Premium")
    if premium or account.properties.get("isHnsEnabled"):
        raise bad_request(
            "BadRequest",
            f"The storage account {account.id.name} can't be a workspace's: it is premium, or has a "
            "hierarchical namespace.",
            "properties.storageAccount",
        )


def _check_room(write: Write) -> None:
    from modelyard.catalog.azure import limit

    group, most = write.id.group, limit(MOST_IN_A_GROUP).default
    if group is not None and sum(1 for _ in write.store.within(group, WORKSPACE)) >= most:
        raise bad_request("BadRequest", f"The resource group {group.name} has {most} workspaces already.")
