"""What Azure offers a subscription: regions, and sizes of machines in them (REST reference: Subscriptions,
List Locations, 2022-12-01; Virtual Machine Sizes, List, of Azure Machine Learning, 2025-12-01; Resource Skus,
List, of compute, 2021-07-01; as of 2026-11).

Regions and sizes are those of modelyard's catalog; nothing is withheld from a subscription, unless a test
says so in `Store.withheld`.
"""

from __future__ import annotations

from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import Action
from modelyard_sandbox.azure.manager.locations import REGIONS, normal, pair_of
from modelyard_sandbox.azure.manager.store import Body, Store

MIB_IN_GIB = 1_024


def list_locations(store: Store, owner: ResourceId, body: Body) -> tuple[int, Body]:
    """The regions of a subscription (Subscriptions: List Locations)."""
    from modelyard.catalog.azure import region

    del body
    found: list[Body] = []
    for name in REGIONS:
        if _withheld(store, owner, name, ""):
            continue
        shown, pair = region(name).display_name, pair_of(name)
        metadata: Body = {"regionType": "Physical", "regionCategory": "Recommended"}
        if pair:
            metadata["pairedRegion"] = [{"name": pair, "id": f"{owner.text}/locations/{pair}"}]
        found.append(
            {
                "id": f"{owner.text}/locations/{name}",
                "name": name,
                "type": "Region",
                "displayName": shown,
                "regionalDisplayName": shown,
                "metadata": metadata,
            }
        )
    return 200, {"value": found}


def list_cluster_sizes(store: Store, owner: ResourceId, body: Body) -> tuple[int, Body]:
    """The sizes that clusters of a region can have (Virtual Machine Sizes: List)."""
    from modelyard.catalog.azure import size

    del body, store
    return 200, {
        "value": [
            {
                "name": name,
                "family": size(name).family,
                "vCPUs": size(name).vcpus,
                "gpus": size(name).accelerator_count,
                "memoryGB": size(name).memory_mib / MIB_IN_GIB,
                "lowPriorityCapable": size(name).low_priority is not False,
                "premiumIO": bool(size(name).premium_disks),
                "supportedComputeTypes": ["AmlCompute"],
            }
            for name in _sizes_in(normal(owner.name))
        ]
    }


def list_skus(store: Store, owner: ResourceId, body: Body) -> tuple[int, Body]:
    """The sizes of machines, one entry for each region (Resource Skus: List); `$filter` isn't read."""
    from modelyard.catalog.azure import region_names, size

    del body
    return 200, {
        "value": [
            {
                "resourceType": "virtualMachines",
                "name": name,
                "family": size(name).family,
                "locations": [region],
                "restrictions": _restrictions(region) if _withheld(store, owner, region, name) else [],
            }
            for region in region_names()
            for name in _sizes_in(region)
        ]
    }


def _sizes_in(region: str) -> list[str]:
    from modelyard.catalog.azure import offered_regions, size_names

    return [name for name in size_names() if region in (offered_regions(name) or (region,))]


def _withheld(store: Store, owner: ResourceId, region: str, size: str) -> bool:
    return (owner.subscription.name.lower(), region, size) in store.withheld


def _restrictions(region: str) -> list[Body]:
    return [
        {
            "type": "Location",
            "values": [region],
            "restrictionInfo": {"locations": [region]},
            "reasonCode": "NotAvailableForSubscription",
        }
    ]


ACTIONS: dict[tuple[str, str], Action] = {
    ("GET", "locations"): list_locations,
    ("GET", "microsoft.compute/skus"): list_skus,
    ("GET", "microsoft.machinelearningservices/locations/vmsizes"): list_cluster_sizes,
}
"""What is asked about it."""
