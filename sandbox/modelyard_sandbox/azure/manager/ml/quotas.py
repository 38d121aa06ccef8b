"""vCPUs that a subscription's clusters may have in a region, by family ("Manage and increase quotas",
2026-01-27; REST reference: Usages, List; Azure Quota Service, Quota, 2023-02-01; as of 2026-11).

A subscription of the sandbox has been granted `GRANTED` of each family, where a new one of Azure's has none
of most: another limit is set as Azure Quota Service is asked for it, and counts at once. As in Azure, the
work on a dedicated cluster fails when it couldn't have its first node, or its least number of nodes; on one
of low priority it doesn't. Words: ansible-collections/azure#2209, Azure/mlops-v2#81.
"""

from __future__ import annotations

import re
from typing import Any

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, not_found
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.locations import normal
from modelyard_sandbox.azure.manager.ml.common import COMPUTE, NAMESPACE
from modelyard_sandbox.azure.manager.ml.sizes import name_of
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

GRANTED = 100_000
"""The vCPUs of each family, where nothing else was set."""
LOW_PRIORITY = "TotalLowPriorityCores"
"""The one quota of all nodes of low priority."""
NO_LIMIT = -1
"""What Azure says of nodes of low priority in each family: they count against the one for all alone."""


def short_of(store: Store, id_: ResourceId, body: Body) -> ArmError | None:
    """The error for a cluster that the quota has no room for; None if it has."""
    from modelyard.catalog.azure import size

    cluster: Body = body["properties"]["properties"]
    name = name_of(cluster["vmSize"])
    if name is None or cluster["vmPriority"] == "LowPriority":
        return None
    facts, region = size(name), body["properties"]["computeLocation"]
    nodes = max(1, cluster["scaleSettings"]["minNodeCount"])
    limit = _limit(store, id_.subscription, region, facts.family)
    used = _used(store, id_.subscription, region, facts.family, id_)
    if used + nodes * facts.vcpus <= limit:
        return None
    family = re.sub(r"(?i)^standard ?(.*?) ?family$", r"Standard \1 family", facts.family)
    return bad_request(
        "ClusterMinNodesExceedCoreQuota",
        f"The specified subscription has a {family} vCPU quota of {limit} and cannot accomodate for at least "
        f"{nodes} requested managed compute nodes which maps to {nodes * facts.vcpus} vCPUs.",
        "properties.properties.vmSize",
    )


def list_usages(store: Store, owner: ResourceId, body: Body) -> tuple[int, Body]:
    """What a subscription has in a region of each quota (Usages: List).

    Each family is there twice, under one name: its dedicated nodes, and those of low priority, which have no
    limit of the family's. The type tells them apart.
    """
    from modelyard.catalog.azure import vcpu_quotas

    del body
    region = _region(owner)

    def usage(family: str, kind: str, used: int, limit: int) -> Body:
        return {
            "id": f"{owner.text}/usages/{family}",
            "type": f"{NAMESPACE}/{kind}/usages",
            "name": {"value": family, "localizedValue": f"{family} Cluster vCPUs"},
            "unit": "Count",
            "currentValue": used,
            "limit": limit,
        }

    def counted(family: str, kind: str) -> Body:
        used = _used(store, owner.subscription, region, family, None)
        return usage(family, kind, used, _limit(store, owner.subscription, region, family))

    families = [quota.family for quota in vcpu_quotas() if quota.family != LOW_PRIORITY]
    return 200, {
        "value": [
            counted(LOW_PRIORITY, "totalLowPriorityCores"),
            *(counted(family, "vmFamily/dedicatedCores") for family in families),
            *(usage(family, "vmFamily/lowPriorityCores", 0, NO_LIMIT) for family in families),
        ]
    }


def show(store: Store, id_: ResourceId, body: Body) -> tuple[int, Body]:
    """One quota (Azure Quota Service: Quota, Get)."""
    del body
    return 200, _shown(store, id_)


def write(store: Store, id_: ResourceId, body: Body) -> tuple[int, Body]:
    """Set one quota (Azure Quota Service: Quota, Create Or Update)."""
    value: Any = body
    for name in ("properties", "limit", "value"):
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise bad_request(
            "BadRequest",
            "properties.limit.value must be a whole number of vCPUs, 0 or more.",
            "properties.limit.value",
        )
    place = _place(id_)
    store.quotas[place.subscription.name.lower(), _region(place), _family(id_).lower()] = value
    return 200, _shown(store, id_)


def _shown(store: Store, id_: ResourceId) -> Body:
    place, family = _place(id_), _family(id_)
    return {
        "id": id_.text,
        "name": family,
        "type": id_.type,
        "properties": {
            "isQuotaApplicable": True,
            "limit": {
                "limitObjectType": "LimitValue",
                "value": _limit(store, place.subscription, _region(place), family),
            },
            "name": {"value": family, "localizedValue": family},
            "unit": "Count",
        },
    }


def _place(id_: ResourceId) -> ResourceId:
    place = id_.parent
    if place is None or place.kind != f"{NAMESPACE}/locations".lower():
        raise not_found("NotFound", f"The sandbox has quotas of {NAMESPACE}/locations only.")
    return place


def _family(id_: ResourceId) -> str:
    from modelyard.catalog.azure import vcpu_quotas

    for quota in vcpu_quotas():
        if quota.family.lower() == id_.name.lower():
            return quota.family
    names = ", ".join(quota.family for quota in vcpu_quotas())
    raise not_found("ResourceNotFound", f"There is no quota {id_.name}; there are {names}.")


def _region(place: ResourceId) -> str:
    return normal(place.name)


def _limit(store: Store, subscription: ResourceId, region: str, family: str) -> int:
    return store.quotas.get((subscription.name.lower(), region, family.lower()), GRANTED)


def _used(
    store: Store, subscription: ResourceId, region: str, family: str, without: ResourceId | None
) -> int:
    """The vCPUs of the nodes that clusters always have."""
    return sum(
        _held(compute, family)
        for compute in store.within(subscription, COMPUTE)
        if compute.properties["computeLocation"] == region
        and (without is None or compute.id.key != without.key)
    )


def _held(compute: Resource, family: str) -> int:
    from modelyard.catalog.azure import size

    cluster: Body = compute.properties["properties"]
    name = name_of(cluster["vmSize"])
    if name is None:
        return 0
    counted = LOW_PRIORITY if cluster["vmPriority"] == "LowPriority" else size(name).family
    nodes: int = cluster["scaleSettings"]["minNodeCount"]
    return nodes * size(name).vcpus if counted == family else 0
