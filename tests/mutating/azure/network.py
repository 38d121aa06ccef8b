"""Networks, and who may come in."""

from __future__ import annotations

from modelyard_policies.azure.types import (
    FLOW_LOG,
    NETWORK_INTERFACE,
    NETWORK_SECURITY_GROUP,
    SECURITY_RULE,
    SUBNET,
    VIRTUAL_NETWORK,
)
from modelyard_policies.graph import UNKNOWN
from mutating import add
from mutating.azure.common import ACCOUNT_ID, NETWORK_ID, id_of, made

NETWORKS = (
    made(
        NETWORK_SECURITY_GROUP,
        "nodes",
        {
            "networkSecurityGroupName": "nodes",
            "securityRules": [
                {
                    "name": "no-rdp",
                    "priority": 100,
                    "access": "Deny",
                    "direction": "Inbound",
                    "protocol": "*",
                    "sourcePortRange": "*",
                    "sourceAddressPrefix": "*",
                    "destinationAddressPrefix": "*",
                    "destinationPortRange": "3389",
                },
                {
                    "name": "web",
                    "priority": 200,
                    "access": "Allow",
                    "direction": "Inbound",
                    "protocol": "Tcp",
                    "sourcePortRange": "*",
                    "sourceAddressPrefix": "Internet",
                    "destinationAddressPrefix": "*",
                    "destinationPortRange": "443",
                },
            ],
        },
    ),
    add(
        SECURITY_RULE,
        "ssh",
        {
            "resourceGroupName": "ml",
            "networkSecurityGroupName": "nodes",
            "securityRuleName": "ssh",
            "priority": 300,
            "access": "Allow",
            "direction": "Inbound",
            "protocol": "Tcp",
            "sourcePortRange": "*",
            "sourceAddressPrefixes": ["10.0.0.0/8"],
            "destinationAddressPrefix": "*",
            "destinationPortRanges": ["22"],
        },
    ),
    made(
        VIRTUAL_NETWORK,
        "ml",
        {
            "virtualNetworkName": "ml",
            "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]},
            "subnets": [
                {
                    "name": "servers",
                    "addressPrefix": "10.1.1.0/24",
                    "defaultOutboundAccess": False,
                    "networkSecurityGroup": {"id": UNKNOWN},
                }
            ],
        },
        ("subnets", "NetworkSecurityGroup nodes"),
    ),
    add(
        SUBNET,
        "nodes",
        {
            "resourceGroupName": "ml",
            "virtualNetworkName": "ml",
            "subnetName": "nodes",
            "addressPrefix": "10.1.2.0/24",
            "defaultOutboundAccess": False,
            "networkSecurityGroup": {"id": id_of("Microsoft.Network/networkSecurityGroups", "nodes")},
        },
    ),
    made(
        FLOW_LOG,
        "ml",
        {
            "flowLogName": "ml",
            "networkWatcherName": "watcher",
            "targetResourceId": NETWORK_ID,
            "storageId": ACCOUNT_ID,
            "enabled": True,
            "retentionPolicy": {"enabled": True, "days": 90},
        },
    ),
    made(
        NETWORK_INTERFACE,
        "login",
        {
            "networkInterfaceName": "login",
            "enableIPForwarding": False,
            "ipConfigurations": [{"name": "main", "subnet": {"id": f"{NETWORK_ID}/subnets/nodes"}}],
        },
    ),
)
