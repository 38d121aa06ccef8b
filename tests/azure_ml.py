"""A network, an account, a vault and a workspace of these: what tests of Machine Learning share."""

from __future__ import annotations

import uuid
from typing import Any

from arming import ACCOUNT, GROUP, HOME, LOCATION, NETWORK, VAULT, Arm, account, network, subnet, vault

from modelyard.planning.azure.roles import role_definition_id
from modelyard_sandbox.azure.manager.role_definitions import ROLES

ML = f"{GROUP}/providers/Microsoft.MachineLearningServices"
WORKSPACE = f"{ML}/workspaces/ml-dev"
COMPUTE = f"{WORKSPACE}/computes/gpu"
DATASTORE = f"{WORKSPACE}/datastores/datasets"
JOB = f"{WORKSPACE}/jobs/one"
ENVIRONMENT = f"{WORKSPACE}/environments/train/versions/1"
IMAGE = "mcr.example.com/train@sha256:" + "0" * 64
NODES, ENDPOINTS = f"{NETWORK}/subnets/nodes", f"{NETWORK}/subnets/endpoints"
IDENTITIES = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
IDENTITY = f"{IDENTITIES}/worker"
SYSTEM = {"type": "SystemAssigned"}
USER = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
SUBSCRIPTION = HOME.rpartition("/")[2]
H100 = "Standard_ND96isr_H100_v5"


def workspace(identity: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    """A workspace's document."""
    made_of = {"keyVault": VAULT, "storageAccount": ACCOUNT}
    return {
        "location": LOCATION,
        "identity": identity or SYSTEM,
        "properties": {**made_of, **properties},
    }


def compute(most: int = 2, least: int = 0, **cluster: Any) -> dict[str, Any]:
    """A cluster's document."""
    scale = {"maxNodeCount": most, "minNodeCount": least}
    given = {"vmSize": "Standard_D4ds_v5", "subnet": {"id": NODES}, "scaleSettings": scale}
    properties = {"computeType": "AmlCompute", "properties": {**given, **cluster}}
    return {"location": LOCATION, "properties": properties}


def datastore(**properties: Any) -> dict[str, Any]:
    """A datastore's document."""
    given = {
        "datastoreType": "AzureBlob",
        "accountName": "account1",
        "containerName": "datasets",
        "credentials": {"credentialsType": "None"},
    }
    return {"properties": {**given, **properties}}


def endpoint(arm: Arm, target: str = WORKSPACE, group: str = "amlworkspace") -> None:
    """Give a resource a private endpoint."""
    connection = {"name": "it", "properties": {"privateLinkServiceId": target, "groupIds": [group]}}
    arm.put(
        f"{GROUP}/providers/Microsoft.Network/privateEndpoints/{group}",
        {
            "location": LOCATION,
            "properties": {"subnet": {"id": ENDPOINTS}, "privateLinkServiceConnections": [connection]},
        },
    )


def identity(arm: Arm, id_: str = IDENTITY) -> str:
    """Make a user-assigned identity; its principal's id."""
    return arm.put(id_, {"location": LOCATION})["properties"]["principalId"]


def grant(arm: Arm, principal_id: str, role: str, scope: str) -> str:
    """Give a principal a role; the assignment's id."""
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{principal_id}{role}{scope}")
    id_ = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
    definition = role_definition_id(SUBSCRIPTION, "Reader").rpartition("/")[0] + f"/{ROLES[role]}"
    properties = {
        "principalId": principal_id,
        "principalType": "ServicePrincipal",
        "roleDefinitionId": definition,
    }
    arm.put(id_, {"properties": properties})
    return id_


def furnish(arm: Arm) -> None:
    """What a workspace is made of, and a network with a subnet for its nodes and one for endpoints."""
    parts = (("nodes", "10.0.0.0/24"), ("endpoints", "10.0.1.0/24"))
    arm.put(NETWORK, network(subnets=[{"name": name, **subnet(prefix)} for name, prefix in parts]))
    arm.put(ACCOUNT, account())
    arm.put(VAULT, vault(enablePurgeProtection=True))


def command(**properties: Any) -> dict[str, Any]:
    """A command job's document; what is None is left out."""
    given = {
        "jobType": "Command",
        "computeId": COMPUTE,
        "environmentId": ENVIRONMENT,
        "command": "true",
        **properties,
    }
    return {"properties": {name: value for name, value in given.items() if value is not None}}


def sweep(space: Any = None, **properties: Any) -> dict[str, Any]:
    """A sweep's document."""
    given = {
        "jobType": "Sweep",
        "computeId": COMPUTE,
        "objective": {"goal": "Minimize", "primaryMetric": "loss"},
        "samplingAlgorithm": {"samplingAlgorithmType": "Grid"},
        "searchSpace": space or {"lr": ["choice", [[1, 2]]]},
        "trial": {"command": "train ${{search_space.lr}}", "environmentId": ENVIRONMENT},
        **properties,
    }
    return {"properties": {name: value for name, value in given.items() if value is not None}}
