"""Workspaces of Machine Learning, with what is in them."""

from __future__ import annotations

from typing import Any

from arming import ACCOUNT, GROUP, LOCATION, NETWORK, TENANT, VAULT, Maker

IN_GROUP = {"resourceGroupName": "rg"}
PLACED = {**IN_GROUP, "location": LOCATION}
WORKSPACES = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces"
IN_WORKSPACE = {**IN_GROUP, "workspaceName": "standing"}
WORKSPACE: dict[str, Any] = {
    **PLACED,
    "identity": {"type": "SystemAssigned"},
    "keyVault": VAULT,
    "storageAccount": ACCOUNT,
}
SCALE = {"minNodeCount": 0, "maxNodeCount": 2, "nodeIdleTimeBeforeScaleDown": "PT300S"}
CLUSTER = {
    "vmSize": "Standard_D4ds_v5",
    "vmPriority": "Dedicated",
    "osType": "Linux",
    "remoteLoginPortPublicAccess": "Disabled",
    "subnet": {"id": f"{NETWORK}/subnets/nodes"},
    "scaleSettings": SCALE,
}


def compute(**cluster: Any) -> dict[str, Any]:
    """The properties of a cluster."""
    return {"computeType": "AmlCompute", "disableLocalAuth": True, "properties": {**CLUSTER, **cluster}}


LIVES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "machinelearningservices:Compute": (
        {
            **IN_WORKSPACE,
            "computeName": "cpu",
            "location": LOCATION,
            "identity": {"type": "SystemAssigned"},
            "properties": compute(),
            "tags": {"pool": "cpu"},
        },
        {"properties": compute(scaleSettings={**SCALE, "maxNodeCount": 4})},
        f"{WORKSPACES}/standing/computes/cpu",
    ),
    "machinelearningservices:Datastore": (
        {
            **IN_WORKSPACE,
            "name": "datasets",
            "properties": {
                "datastoreType": "AzureBlob",
                "accountName": "account1",
                "containerName": "datasets",
                "endpoint": "core.windows.net",
                "protocol": "https",
                "credentials": {"credentialsType": "None"},
                "serviceDataAccessAuthIdentity": "None",
            },
        },
        {
            "properties": {
                "datastoreType": "AzureBlob",
                "accountName": "account1",
                "containerName": "datasets",
                "credentials": {"credentialsType": "None"},
                "description": "what we train on",
            }
        },
        f"{WORKSPACES}/standing/datastores/datasets",
    ),
    "machinelearningservices:Workspace": (
        {
            **WORKSPACE,
            "workspaceName": "ml-dev",
            "kind": "Default",
            "sku": {"name": "Basic", "tier": "Basic"},
            "publicNetworkAccess": "Disabled",
            "imageBuildCompute": "build",
            "systemDatastoresAuthMode": "Identity",
            "managedNetwork": {"isolationMode": "Disabled"},
            "hbiWorkspace": True,
        },
        {"description": "for training", "publicNetworkAccess": "Enabled", "tags": {"owner": "me"}},
        f"{WORKSPACES}/ml-dev",
    ),
}


def furnish(make: Maker) -> None:
    """A group with a network, an account and a vault, and a workspace of these."""
    make.group()
    inside = {"name": "nodes", "addressPrefix": "10.0.0.0/24"}
    space = {"addressPrefixes": ["10.0.0.0/16"]}
    make("network:VirtualNetwork", **PLACED, virtualNetworkName="net", addressSpace=space, subnets=[inside])
    sku = {"name": "Standard_LRS"}
    make("storage:StorageAccount", **PLACED, accountName="account1", kind="StorageV2", sku=sku)
    make("storage:BlobContainer", **IN_GROUP, accountName="account1", containerName="datasets")
    standard = {"family": "A", "name": "standard"}
    properties = {"sku": standard, "tenantId": TENANT, "enableRbacAuthorization": True}
    make("keyvault:Vault", **PLACED, vaultName="vault1", properties=properties)
    make("machinelearningservices:Workspace", **WORKSPACE, workspaceName="standing")
