"""The form of a compute cluster's document (REST reference of Compute, 2025-12-01: AmlCompute; 2026-11)."""

from __future__ import annotations

from modelyard_sandbox.azure.manager.shapes import flag, number, record, text
from modelyard_sandbox.azure.manager.store import Body

CLUSTER = record(
    "AmlComputeProperties",
    {
        "enableNodePublicIp": flag(),
        "isolatedNetwork": flag(),
        "osType": text("Linux", "Windows"),
        "remoteLoginPortPublicAccess": text("Enabled", "Disabled", "NotSpecified"),
        "scaleSettings": record(
            "ScaleSettings",
            {
                "maxNodeCount": number(0),
                "minNodeCount": number(0),
                "nodeIdleTimeBeforeScaleDown": text(),
            },
            required=("maxNodeCount",),
        ),
        "subnet": record("ResourceId", {"id": text()}, required=("id",)),
        "userAccountCredentials": record(
            "UserAccountCredentials",
            {"adminUserName": text(), "adminUserPassword": text(), "adminUserSshPublicKey": text()},
            required=("adminUserName",),
        ),
        "virtualMachineImage": record("VirtualMachineImage", {"id": text()}, required=("id",)),
        "vmPriority": text("Dedicated", "LowPriority"),
        "vmSize": text(),
    },
    required=("scaleSettings", "vmSize"),
    read_only=(
        "allocationState",
        "allocationStateTransitionTime",
        "currentNodeCount",
        "errors",
        "nodeStateCounts",
        "targetNodeCount",
    ),
)
PROPERTIES = record(
    "AmlCompute",
    {
        "computeLocation": text(),
        # The sandbox has clusters only: Azure's other computes are machines of single people, or attached.
        "computeType": text("AmlCompute"),
        "description": text(),
        "disableLocalAuth": flag(),
        "properties": CLUSTER,
        "resourceId": text(),
    },
    required=("computeType", "properties"),
    read_only=("createdOn", "isAttachedCompute", "modifiedOn", "provisioningErrors", "provisioningState"),
)
DEFAULTS: Body = {
    "disableLocalAuth": False,
    "properties": {
        "enableNodePublicIp": True,
        "isolatedNetwork": False,
        "osType": "Linux",
        "remoteLoginPortPublicAccess": "NotSpecified",
        "scaleSettings": {"minNodeCount": 0, "nodeIdleTimeBeforeScaleDown": "PT120S"},
        "vmPriority": "Dedicated",
    },
}
SCALE = "properties.properties.scaleSettings"
"""What alone can be changed of a cluster that stands."""
