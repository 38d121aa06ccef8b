"""The datastores and containers that come with a workspace ("Data concepts in Azure Machine Learning";
"Azure Machine Learning datastores"; names as public workspaces show them; 2026-11).
"""

from __future__ import annotations

import uuid

from modelyard_sandbox.azure.manager.blob_containers import BlobContainer
from modelyard_sandbox.azure.manager.ids import ResourceId, resource_id
from modelyard_sandbox.azure.manager.kinds import Write
from modelyard_sandbox.azure.manager.ml.common import DATASTORE
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

WORKING_SHARE = "code-391ff5ac-6576-460f-ba4d-7e03433c68b6"
ARTIFACTS = "azureml"

_STORES = uuid.UUID("3a9c5f2e-8d49-5f1c-a0e0-9d5d0a6e1b47")
"""Namespace of the ids in containers' names; made up once."""


def write_defaults(store: Store, workspace: Resource) -> None:
    """Make the datastores of a workspace that don't stand, and the containers of those for blobs."""
    unique = uuid.uuid5(_STORES, workspace.properties["workspaceId"])
    blobs = f"azureml-blobstore-{unique}"
    kinds: dict[str, Body] = {
        "workspaceblobstore": {"datastoreType": "AzureBlob", "containerName": blobs},
        "workspaceartifactstore": {"datastoreType": "AzureBlob", "containerName": ARTIFACTS},
        "workspacefilestore": {
            "datastoreType": "AzureFile",
            "fileShareName": f"azureml-filestore-{unique}",
        },
        "workspaceworkingdirectory": {"datastoreType": "AzureFile", "fileShareName": WORKING_SHARE},
    }
    account = resource_id(workspace.properties["storageAccount"])
    for name, parts in kinds.items():
        id_ = ResourceId(f"{workspace.id.text}/datastores/{name}", DATASTORE, name, workspace.id)
        if store.get(id_) is None:
            store.write(id_, {"properties": {**_common(workspace, account), **parts}})
    for name in (blobs, ARTIFACTS):
        _make_container(store, account, name)


def _common(workspace: Resource, account: ResourceId) -> Body:
    by_key = workspace.properties.get("systemDatastoresAuthMode") == "AccessKey"
    return {
        "accountName": account.name,
        "credentials": {"credentialsType": "AccountKey" if by_key else "None"},
        "endpoint": "core.windows.net",
        "protocol": "https",
        "resourceGroup": account.group.name if account.group else "",
        "serviceDataAccessAuthIdentity": "None",
        "subscriptionId": account.subscription.name,
    }


def _make_container(store: Store, account: ResourceId, name: str) -> None:
    service = ResourceId(
        f"{account.text}/blobServices/default", f"{account.type}/blobServices", "default", account
    )
    id_ = ResourceId(f"{service.text}/containers/{name}", f"{service.type}/containers", name, service)
    if store.get(id_) is None:
        kind = BlobContainer()
        kind.written(store, store.write(id_, kind.settle(Write(store, id_, {"properties": {}}, None))))
