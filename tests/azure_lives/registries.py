"""Container registries."""

from __future__ import annotations

from typing import Any

from arming import GROUP, LOCATION, Maker

from azure_lives.storage import IDENTITY, usable_key

IN_GROUP = {"resourceGroupName": "rg"}
PLACED = {**IN_GROUP, "location": LOCATION}
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/images"
LIVES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "containerregistry:Registry": (
        {
            **PLACED,
            "registryName": "images2",
            "sku": {"name": "Premium"},
            "adminUserEnabled": False,
            "dataEndpointEnabled": True,
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}},
            "networkRuleSet": {
                "defaultAction": "Deny",
                "ipRules": [{"iPAddressOrRange": "8.8.8.0/24", "action": "Allow"}],
            },
            "policies": {"retentionPolicy": {"days": 30, "status": "enabled"}},
            "publicNetworkAccess": "Disabled",
            "zoneRedundancy": "Enabled",
        },
        {"policies": {"retentionPolicy": {"days": 60, "status": "enabled"}}},
        f"{REGISTRY}2",
    ),
    "containerregistry:Replication": (
        {**IN_GROUP, "registryName": "images", "replicationName": "northeurope", "location": "northeurope"},
        {"regionEndpointEnabled": False},
        f"{REGISTRY}/replications/northeurope",
    ),
}


def furnish(make: Maker) -> None:
    """A group with a premium registry, and an identity that may use a key."""
    make.group()
    usable_key(make)
    make("containerregistry:Registry", **PLACED, registryName="images", sku={"name": "Premium"})
