"""Compute clusters of a workspace (REST reference of Compute, 2025-12-01; "Secure an Azure Machine Learning
training environment with virtual networks", 2024-04-08; "Manage and increase quotas", 2026-01-27; 2026-11).

Nodes come for jobs and go when they have been idle (`azure.ml_running.nodes`); before the first job a cluster
shows the least number of nodes, all idle. Whether the subnet has an address for each node, and whether the
region has free machines, shows in Azure when nodes are to come; here it isn't looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.identities import IDENTITY_SHAPE, check_identity, shown_identity
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import Naming, Write, envelope, filled, merged
from modelyard_sandbox.azure.manager.locations import REGIONS, normal
from modelyard_sandbox.azure.manager.ml import networks, quotas, sizes
from modelyard_sandbox.azure.manager.ml.common import COMPUTE, WORKSPACE, MachineLearningKind, fixed
from modelyard_sandbox.azure.manager.ml.compute_shapes import DEFAULTS, PROPERTIES, SCALE
from modelyard_sandbox.azure.manager.ml.workspace_shapes import SKU
from modelyard_sandbox.azure.manager.shapes import mapping, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp

NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{0,14}[a-zA-Z0-9]")
IDLE_TIME = re.compile(r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")
NODE_STATES = ("idle", "leaving", "preempted", "preparing", "running", "unusable")
SYSTEM_AND_USER = ("SystemAssigned,UserAssigned", "SystemAssigned, UserAssigned")


class Compute(MachineLearningKind):
    """A compute cluster of a workspace."""

    type = COMPUTE
    naming = Naming(
        NAME,
        "compute",
        "it has 2 to 16 letters, digits and hyphens, begins with a letter and ends with a letter or digit",
        "InvalidComputeName",
    )
    parent_type = WORKSPACE
    located = False
    listed_in = frozenset[str]()
    shape = envelope(
        "ComputeResource",
        PROPERTIES,
        ("properties",),
        identity=IDENTITY_SHAPE,
        location=text(),
        sku=SKU,
        tags=mapping(text()),
    )
    asynchronous = frozenset({"PUT", "PATCH", "DELETE"})

    @override
    def settle(self, write: Write) -> Body:
        workspace = workspace_of(write.store, write.id)
        location = normal(write.asked.get("location", workspace.location))
        if location not in REGIONS:
            raise self.no_such_location(location)
        body = filled({**write.asked, "location": location}, {"properties": DEFAULTS})
        place = normal(body["properties"].setdefault("computeLocation", location))
        body["properties"]["computeLocation"] = place
        cluster: Body = body["properties"]["properties"]
        _check_scale(cluster["scaleSettings"])
        if write.old is not None:
            _check_same(write.old.body, body)
        sizes.check(cluster, place)
        networks.check(write.store, workspace, place, cluster)
        check_identity(write)
        if write.asked.get("identity", {}).get("type") in SYSTEM_AND_USER:
            raise bad_request(
                "BadRequest",
                "A compute cluster has one system assigned identity or several user assigned ones, not both.",
                "identity.type",
            )
        if write.old is None:
            _check_room(write, place)
        return body

    @override
    def fault_in_work(self, write: Write, body: Body) -> ArmError | None:
        return quotas.short_of(write.store, write.id, body)

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        least: int = resource.properties["properties"]["scaleSettings"]["minNodeCount"]
        nodes = {**dict.fromkeys(NODE_STATES, 0), **store.nodes.get(resource.id.key, {"idle": least})}
        cluster: Body = {
            **resource.properties["properties"],
            "allocationState": "Resizing" if nodes["preparing"] else "Steady",
            "allocationStateTransitionTime": timestamp(resource.changed),
            "currentNodeCount": sum(nodes.values()) - nodes["preparing"],
            "errors": [],
            "nodeStateCounts": {f"{state}NodeCount": count for state, count in nodes.items()},
            "targetNodeCount": sum(nodes.values()),
        }
        credentials: Body | None = cluster.get("userAccountCredentials")
        if credentials:
            cluster["userAccountCredentials"] = {
                name: value for name, value in credentials.items() if name != "adminUserPassword"
            }
        properties = {
            **resource.properties,
            "createdOn": timestamp(resource.created),
            "isAttachedCompute": False,
            "modifiedOn": timestamp(resource.changed),
            "properties": cluster,
            "provisioningErrors": [],
            "provisioningState": "Succeeded",
        }
        return {
            **super().answer(store, resource),
            **shown_identity(store, resource),
            "properties": properties,
        }

    @override
    def patched_from(self, store: Store, resource: Resource) -> Body:
        credentials = resource.properties["properties"].get("userAccountCredentials")
        unseen: Body = {"userAccountCredentials": credentials} if credentials else {}
        return merged(self.answer(store, resource), {"properties": {"properties": unseen}})


def workspace_of(store: Store, id_: ResourceId) -> Resource:
    """The workspace that something lies in."""
    assert id_.parent is not None  # noqa: S101  (its parent was checked)
    workspace = store.get(id_.parent)
    assert workspace is not None, id_.text  # noqa: S101
    return workspace


def _check_scale(scale: Body) -> None:
    if scale["minNodeCount"] > scale["maxNodeCount"]:
        raise bad_request(
            "InvalidPropertyValue",
            f"The specified value {scale['minNodeCount']} for property {SCALE}.minNodeCount is more than "
            f"maxNodeCount, {scale['maxNodeCount']}.",
            f"{SCALE}.minNodeCount",
        )
    idle: str = scale["nodeIdleTimeBeforeScaleDown"]
    if not IDLE_TIME.fullmatch(idle):
        raise bad_request(
            "InvalidPropertyValue",
            f"The specified value {idle} for property {SCALE}.nodeIdleTimeBeforeScaleDown is not a duration "
            "as PT120S.",
            f"{SCALE}.nodeIdleTimeBeforeScaleDown",
        )


def _check_same(old: Body, new: Body) -> None:
    """Refuse to change anything but how a cluster scales."""
    for path in sorted(_differences(old, new, "")):
        if not path.startswith(f"{SCALE}."):
            raise fixed(f"The property {path} of a compute cluster", path)


def _differences(old: Any, new: Any, path: str) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in old.keys() | new.keys():
            inner = f"{path}.{name}" if path else str(name)
            yield from _differences(old.get(name), new.get(name), inner)
    elif isinstance(old, str) and isinstance(new, str):
        # Ids, sizes and the like are the same in any case.
        if old.lower() != new.lower():
            yield path
    elif (old or None) != (new or None):
        yield path


def _check_room(write: Write, location: str) -> None:
    from modelyard.catalog.azure import limit

    most, mine = limit("computes_per_region").default, write.id.subscription
    standing = sum(
        compute.properties["computeLocation"] == location for compute in write.store.within(mine, COMPUTE)
    )
    if standing >= most:
        raise bad_request(
            "BadRequest", f"The subscription has {most} computes in {location} already, the most it can have."
        )
