"""Azure's part of the benchmark's stack: storage, network, machines, keys, clusters and backups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from designs.nodes import TAGS, node

from modelyard_policies.azure import types
from modelyard_policies.graph import UNKNOWN, Node

SUBSCRIPTION = "/subscriptions/11111111-2222-3333-4444-555555555555"
HERE = "westeurope"


def _made(token: str, name: str, properties: dict[str, Any], /, **sources: Node | list[Node]) -> Node:
    located = {"resourceGroupName": "main", "location": HERE, "tags": TAGS, **properties}
    return node(token, name, located, region=HERE, **sources)


def unit(n: int) -> Iterator[Node]:
    """About 35 resources that belong together."""
    group = _made(types.NETWORK_SECURITY_GROUP, f"nsg-{n}", {"securityRules": [_rule(i) for i in range(4)]})
    network = _made(
        types.VIRTUAL_NETWORK, f"vnet-{n}", {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
    )
    subnet = _made(
        types.SUBNET,
        f"subnet-{n}",
        {
            "virtualNetworkName": UNKNOWN,
            "networkSecurityGroup": {"id": UNKNOWN},
            "defaultOutboundAccess": False,
        },
        virtualNetworkName=network,
        networkSecurityGroup=group,
    )
    workspace = _made(types.LOG_WORKSPACE, f"logs-{n}", {"retentionInDays": 365})
    yield from (group, network, subnet, workspace)
    yield _made(
        types.FLOW_LOG,
        f"flow-{n}",
        {"targetResourceId": UNKNOWN, "enabled": True, "retentionPolicy": {"enabled": True, "days": 90}},
        targetResourceId=network,
    )
    yield from _stored(n, subnet)
    yield from _kept(n, subnet, workspace)
    yield from _machines(n, subnet)
    yield from _served(n, subnet, workspace)
    yield from _protected(n)


def _rule(position: int) -> dict[str, Any]:
    return {
        "name": f"rule-{position}",
        "priority": 100 + position,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "sourceAddressPrefix": "10.0.0.0/8",
        "destinationPortRange": f"{4_000 + position}",
    }


def _endpoint(n: int, what: str, target: Node, subnet: Node, kind: str) -> Node:
    connection = {"privateLinkServiceId": UNKNOWN, "groupIds": [kind]}
    return _made(
        types.PRIVATE_ENDPOINT,
        f"pe-{what}-{n}",
        {"privateLinkServiceConnections": [connection], "subnet": {"id": UNKNOWN}},
        privateLinkServiceConnections=target,
        subnet=subnet,
    )


def _stored(n: int, subnet: Node) -> Iterator[Node]:
    account = _made(
        types.STORAGE_ACCOUNT,
        f"data-{n}",
        {
            "sku": {"name": "Standard_GZRS"},
            "kind": "StorageV2",
            "allowBlobPublicAccess": False,
            "allowSharedKeyAccess": False,
            "publicNetworkAccess": "Disabled",
            "minimumTlsVersion": "TLS1_2",
            "enableHttpsTrafficOnly": n % 10 != 0,
            "encryption": {
                "keySource": "Microsoft.Keyvault",
                "requireInfrastructureEncryption": True,
                "keyVaultProperties": {"keyName": "data", "keyVaultUri": UNKNOWN},
            },
        },
    )
    yield account
    yield _made(
        types.BLOB_SERVICE_PROPERTIES,
        f"blobs-{n}",
        {
            "accountName": UNKNOWN,
            "isVersioningEnabled": True,
            "deleteRetentionPolicy": {"enabled": True, "days": 30},
            "containerDeleteRetentionPolicy": {"enabled": True, "days": 30},
        },
        accountName=account,
    )
    for name in ("datasets", "checkpoints"):
        container = _made(
            types.BLOB_CONTAINER,
            f"{name}-{n}",
            {"accountName": UNKNOWN, "containerName": name, "publicAccess": "None"},
            accountName=account,
        )
        yield container
    yield _endpoint(n, "blob", account, subnet, "blob")


def _kept(n: int, subnet: Node, workspace: Node) -> Iterator[Node]:
    vault = _made(
        types.KEY_VAULT,
        f"vault-{n}",
        {
            "properties": {
                "enableRbacAuthorization": True,
                "enablePurgeProtection": True,
                "enableSoftDelete": True,
                "publicNetworkAccess": "Disabled",
                "sku": {"family": "A", "name": "premium"},
            }
        },
    )
    yield vault
    yield _endpoint(n, "vault", vault, subnet, "vault")
    yield _made(
        types.KEY_VAULT_KEY,
        f"key-{n}",
        {
            "vaultName": UNKNOWN,
            "properties": {
                "attributes": {"exp": 1_900_000_000},
                "rotationPolicy": {"lifetimeActions": [{"action": {"type": "Rotate"}}]},
            },
        },
        vaultName=vault,
    )
    yield _made(
        types.DIAGNOSTIC_SETTING,
        f"diagnostics-{n}",
        {
            "resourceUri": UNKNOWN,
            "workspaceId": UNKNOWN,
            "logs": [{"categoryGroup": "audit", "enabled": True}],
        },
        resourceUri=vault,
        workspaceId=workspace,
    )


def _machines(n: int, subnet: Node) -> Iterator[Node]:
    keys = _made(types.DISK_ENCRYPTION_SET, f"des-{n}", {"identity": {"type": "SystemAssigned"}})
    yield keys
    yield _made(
        types.DISK,
        f"disk-{n}",
        {
            "encryption": {"diskEncryptionSetId": UNKNOWN},
            "networkAccessPolicy": "DenyAll",
            "publicNetworkAccess": "Disabled",
        },
        encryption=keys,
    )
    card = _made(
        types.NETWORK_INTERFACE,
        f"card-{n}",
        {"ipConfigurations": [{"name": "main", "subnet": {"id": UNKNOWN}}]},
        ipConfigurations=subnet,
    )
    yield card
    security = {
        "encryptionAtHost": True,
        "securityType": "TrustedLaunch",
        "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True},
    }
    linux = {"disablePasswordAuthentication": True}
    disk = {"createOption": "FromImage", "managedDisk": {"diskEncryptionSet": {"id": UNKNOWN}}}
    yield _made(
        types.VIRTUAL_MACHINE,
        f"vm-{n}",
        {
            "hardwareProfile": {"vmSize": "Standard_D4s_v5"},
            "securityProfile": security,
            "osProfile": {"linuxConfiguration": linux},
            "storageProfile": {"osDisk": disk},
            "networkProfile": {"networkInterfaces": [{"id": UNKNOWN}]},
        },
        storageProfile=keys,
        networkProfile=card,
    )
    interface = {
        "name": "main",
        "primary": True,
        "enableAcceleratedNetworking": True,
        "ipConfigurations": [{"name": "main", "subnet": {"id": UNKNOWN}}],
    }
    yield _made(
        types.VIRTUAL_MACHINE_SCALE_SET,
        f"nodes-{n}",
        {
            "sku": {"name": "Standard_ND96isr_H100_v5", "capacity": 2},
            "orchestrationMode": "Uniform",
            "singlePlacementGroup": True,
            "virtualMachineProfile": {
                "securityProfile": security,
                "osProfile": {"linuxConfiguration": linux},
                "storageProfile": {"osDisk": disk},
                "networkProfile": {"networkInterfaceConfigurations": [interface]},
            },
        },
        virtualMachineProfile=[keys, subnet],
    )


def _served(n: int, subnet: Node, workspace: Node) -> Iterator[Node]:
    yield _made(
        types.CONTAINER_REGISTRY,
        f"images-{n}",
        {"sku": {"name": "Premium"}, "adminUserEnabled": False, "publicNetworkAccess": "Disabled"},
    )
    cluster = _made(
        types.MANAGED_CLUSTER,
        f"aks-{n}",
        {
            "apiServerAccessProfile": {"enablePrivateCluster": True},
            "disableLocalAccounts": True,
            "agentPoolProfiles": [
                {"name": "system", "enableEncryptionAtHost": True, "vmSize": "Standard_D4s_v5", "count": 3}
            ],
        },
    )
    yield cluster
    yield _made(
        types.AGENT_POOL,
        f"pool-{n}",
        {
            "resourceName": UNKNOWN,
            "enableEncryptionAtHost": True,
            "vmSize": "Standard_NC24ads_A100_v4",
            "count": 1,
            "maxCount": 2,
            "vnetSubnetID": UNKNOWN,
        },
        resourceName=cluster,
        vnetSubnetID=subnet,
    )
    learning = _made(types.ML_WORKSPACE, f"ml-{n}", {"publicNetworkAccess": "Disabled"})
    yield learning
    compute = {
        "computeType": "AmlCompute",
        "disableLocalAuth": True,
        "properties": {
            "vmSize": "Standard_ND96isr_H100_v5",
            "subnet": {"id": UNKNOWN},
            "enableNodePublicIp": False,
            "remoteLoginPortPublicAccess": "Disabled",
            "scaleSettings": {"minNodeCount": 0, "maxNodeCount": 2},
        },
    }
    yield _made(
        types.ML_COMPUTE,
        f"train-{n}",
        {"workspaceName": UNKNOWN, "properties": compute},
        workspaceName=learning,
        properties=subnet,
    )
    for what, target in (("aks", cluster), ("ml", learning)):
        yield _made(
            types.DIAGNOSTIC_SETTING,
            f"{what}-{n}",
            {
                "resourceUri": UNKNOWN,
                "workspaceId": UNKNOWN,
                "logs": [{"categoryGroup": "allLogs", "enabled": True}],
            },
            resourceUri=target,
            workspaceId=workspace,
        )


def _protected(n: int) -> Iterator[Node]:
    security = {
        "immutabilitySettings": {"state": "Locked"},
        "softDeleteSettings": {"softDeleteState": "AlwaysON", "state": "On", "retentionDurationInDays": 14},
    }
    yield _made(
        types.RECOVERY_SERVICES_VAULT,
        f"rsv-{n}",
        {
            "properties": {
                "securitySettings": security,
                "redundancySettings": {
                    "standardTierStorageRedundancy": "GeoRedundant",
                    "crossRegionRestore": "Enabled",
                },
            }
        },
    )
    yield _made(types.BACKUP_VAULT, f"bv-{n}", {"properties": {"securitySettings": security}})
    yield _made(
        types.ROLE_ASSIGNMENT,
        f"reader-{n}",
        {
            "scope": f"{SUBSCRIPTION}/resourceGroups/main",
            "roleDefinitionId": (
                f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/"
                "acdd72a7-3385-48ef-bd42-f606fba81ae7"
            ),
        },
    )
    yield _made(
        types.FEDERATED_IDENTITY_CREDENTIAL,
        f"github-{n}",
        {
            "issuer": "https://token.actions.githubusercontent.com",
            "subject": "repo:acme/centers:environment:prod",
            "audiences": ["api://AzureADTokenExchange"],
        },
    )
