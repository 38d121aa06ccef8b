"""Groups with their locks, networks, accounts and vaults."""

from __future__ import annotations

from typing import Any

from arming import GROUP, LOCATION, NETWORK, SECURITY_GROUP, TENANT, VAULT, Maker

IN_GROUP = {"resourceGroupName": "rg"}
PLACED = {**IN_GROUP, "location": LOCATION}
LIVES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "authorization:ManagementLockByScope": (
        {"scope": GROUP, "lockName": "keep", "level": "CanNotDelete"},
        {"notes": "the datasets"},
        f"{GROUP}/providers/Microsoft.Authorization/locks/keep",
    ),
    "keyvault:Key": (
        {
            **IN_GROUP,
            "vaultName": "vault2",
            "keyName": "data",
            "properties": {
                "kty": "RSA-HSM",
                "keySize": 3072,
                "keyOps": ["wrapKey", "unwrapKey"],
                "rotationPolicy": {
                    "lifetimeActions": [
                        {"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": "P365D"}}
                    ]
                },
            },
            "tags": {"owner": "me"},
        },
        # Azure takes no change to a key.
        {},
        f"{VAULT.replace('vault1', 'vault2')}/keys/data",
    ),
    "keyvault:Vault": (
        {
            **PLACED,
            "vaultName": "vault1",
            "properties": {
                "sku": {"family": "A", "name": "standard"},
                "tenantId": TENANT,
                "enableRbacAuthorization": True,
                "createMode": "default",
            },
        },
        {
            "properties": {
                "sku": {"family": "A", "name": "premium"},
                "tenantId": TENANT,
                "enableRbacAuthorization": True,
            }
        },
        VAULT,
    ),
    "network:NetworkSecurityGroup": (
        {
            **PLACED,
            "networkSecurityGroupName": "guard",
            "securityRules": [
                {
                    "name": "ssh",
                    "access": "Allow",
                    "direction": "Inbound",
                    "protocol": "Tcp",
                    "priority": 100,
                    "destinationAddressPrefix": "*",
                    "destinationPortRange": "22",
                    "sourceAddressPrefix": "VirtualNetwork",
                    "sourcePortRange": "*",
                }
            ],
        },
        {"securityRules": []},
        SECURITY_GROUP,
    ),
    "network:Subnet": (
        {**IN_GROUP, "virtualNetworkName": "net", "subnetName": "b", "addressPrefix": "10.0.1.0/24"},
        {"delegations": [{"name": "ml", "serviceName": "Microsoft.MachineLearningServices/workspaces"}]},
        f"{NETWORK}/subnets/b",
    ),
    "network:VirtualNetwork": (
        {
            **PLACED,
            "virtualNetworkName": "second",
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "subnets": [{"name": "a", "addressPrefix": "10.0.0.0/24"}],
        },
        {"tags": {"owner": "me"}},
        NETWORK.replace("/net", "/second"),
    ),
}


def furnish(make: Maker) -> None:
    """A group with a network, an account and a vault."""
    make.group()
    inside = {
        "name": "a",
        "addressPrefix": "10.0.0.0/24",
        "serviceEndpoints": [{"service": "Microsoft.Storage"}],
    }
    space = {"addressPrefixes": ["10.0.0.0/16"]}
    make("network:VirtualNetwork", **PLACED, virtualNetworkName="net", addressSpace=space, subnets=[inside])
    make(
        "storage:StorageAccount",
        **PLACED,
        accountName="account1",
        kind="StorageV2",
        sku={"name": "Standard_LRS"},
    )
    premium = {"family": "A", "name": "premium"}
    properties = {"sku": premium, "tenantId": TENANT, "enableRbacAuthorization": True}
    make("keyvault:Vault", **PLACED, vaultName="vault2", properties=properties)
