"""Machines, clusters, containers and workspaces."""

from __future__ import annotations

from typing import Any

from modelyard_policies.azure.types import (
    AGENT_POOL,
    CONTAINER_GROUP,
    CONTAINER_REGISTRY,
    DISK,
    DISK_ENCRYPTION_SET,
    MANAGED_CLUSTER,
    ML_COMPUTE,
    ML_WORKSPACE,
    SNAPSHOT,
    VIRTUAL_MACHINE,
    VIRTUAL_MACHINE_SCALE_SET,
)
from modelyard_policies.graph import UNKNOWN
from mutating import add
from mutating.azure.common import DISKS_ID, NETWORK_ID, TAGS, id_of, made

SECURITY: dict[str, Any] = {
    "encryptionAtHost": True,
    "securityType": "TrustedLaunch",
    "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True},
}
LINUX = {"adminUsername": "ml", "linuxConfiguration": {"disablePasswordAuthentication": True}}
OS_DISK = {
    "createOption": "FromImage",
    "osType": "Linux",
    "managedDisk": {"diskEncryptionSet": {"id": DISKS_ID}},
}

MACHINES = (
    made(DISK_ENCRYPTION_SET, "disks", {"diskEncryptionSetName": "ml-disks"}),
    made(
        DISK,
        "scratch",
        {
            "diskName": "scratch",
            "publicNetworkAccess": "Disabled",
            "networkAccessPolicy": "DenyAll",
            "encryption": {"type": "EncryptionAtRestWithCustomerKey", "diskEncryptionSetId": DISKS_ID},
        },
    ),
    made(
        SNAPSHOT,
        "scratch",
        {
            "snapshotName": "scratch",
            "networkAccessPolicy": "DenyAll",
            "creationData": {"createOption": "Copy"},
        },
    ),
    made(
        VIRTUAL_MACHINE,
        "login",
        {
            "vmName": "login",
            "hardwareProfile": {"vmSize": "Standard_D4s_v5"},
            "osProfile": {**LINUX, "customData": "IyEvYmluL3NoCg=="},
            "storageProfile": {"osDisk": OS_DISK},
            "securityProfile": SECURITY,
            "networkProfile": {
                "networkInterfaces": [{"id": id_of("Microsoft.Network/networkInterfaces", "login")}]
            },
        },
    ),
    made(
        VIRTUAL_MACHINE_SCALE_SET,
        "h100",
        {
            "vmScaleSetName": "h100",
            "tags": {**TAGS, "ai-system": "gpt"},
            "sku": {"name": "Standard_ND96isr_H100_v5", "capacity": 4},
            "singlePlacementGroup": True,
            "orchestrationMode": "Uniform",
            "virtualMachineProfile": {
                "osProfile": LINUX,
                "storageProfile": {"osDisk": OS_DISK},
                "securityProfile": SECURITY,
                "networkProfile": {
                    "networkInterfaceConfigurations": [
                        {
                            "name": "main",
                            "enableAcceleratedNetworking": True,
                            "ipConfigurations": [
                                {"name": "main", "subnet": {"id": f"{NETWORK_ID}/subnets/nodes"}}
                            ],
                        }
                    ]
                },
            },
        },
    ),
)

SERVICES = (
    made(
        MANAGED_CLUSTER,
        "serving",
        {
            "resourceName": "serving",
            "apiServerAccessProfile": {"enablePrivateCluster": True},
            "disableLocalAccounts": True,
            "diskEncryptionSetID": DISKS_ID,
            "agentPoolProfiles": [
                {
                    "name": "system",
                    "mode": "System",
                    "vmSize": "Standard_D4s_v5",
                    "count": 1,
                    "enableEncryptionAtHost": True,
                }
            ],
        },
    ),
    add(
        AGENT_POOL,
        "gpu",
        {
            "resourceGroupName": "ml",
            "resourceName": "serving",
            "agentPoolName": "gpu",
            "mode": "User",
            "vmSize": "Standard_NC24ads_A100_v4",
            "enableAutoScaling": True,
            "minCount": 0,
            "maxCount": 4,
            "enableEncryptionAtHost": True,
            "tags": {**TAGS, "pool": "gpu"},
        },
    ),
    made(
        CONTAINER_REGISTRY,
        "images",
        {
            "registryName": "mlimages",
            "encryption": {"status": "enabled", "keyVaultProperties": {"keyIdentifier": UNKNOWN}},
            "sku": {"name": "Premium"},
            "adminUserEnabled": False,
            "publicNetworkAccess": "Disabled",
        },
    ),
    made(
        CONTAINER_GROUP,
        "metrics",
        {
            "containerGroupName": "metrics",
            "osType": "Linux",
            "containers": [
                {
                    "name": "metrics",
                    "image": f"mlimages.azurecr.io/metrics@sha256:{'0' * 64}",
                    "environmentVariables": [{"name": "LOG_LEVEL", "value": "info"}],
                    "securityContext": {"privileged": False},
                }
            ],
        },
    ),
    made(
        ML_WORKSPACE,
        "training",
        {
            "workspaceName": "training",
            "publicNetworkAccess": "Disabled",
            "managedNetwork": {"isolationMode": "AllowOnlyApprovedOutbound"},
        },
    ),
    made(
        ML_COMPUTE,
        "a100",
        {
            "workspaceName": "training",
            "computeName": "a100",
            "tags": {**TAGS, "pool": "a100"},
            "properties": {
                "computeType": "AmlCompute",
                "disableLocalAuth": True,
                "properties": {
                    "vmSize": "Standard_ND96amsr_A100_v4",
                    "enableNodePublicIp": False,
                    "remoteLoginPortPublicAccess": "Disabled",
                    "scaleSettings": {"minNodeCount": 0, "maxNodeCount": 4},
                },
            },
        },
    ),
)
