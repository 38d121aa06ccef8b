"""Virtual networks and their subnets (REST reference, 2024-05-01; as of 2026-11).

A network written without `subnets` keeps those that it has; a list, even an empty one, replaces them.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from typing_extensions import override

from modelyard_sandbox.azure.manager import subnets
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import ANSWERED, Kind, Write, envelope, filled
from modelyard_sandbox.azure.manager.network_occupancy import check_unoccupied
from modelyard_sandbox.azure.manager.network_references import NETWORK, SUBNET, check_named_apart, referenced
from modelyard_sandbox.azure.manager.network_watching import ensure_watcher, flow_logs_of
from modelyard_sandbox.azure.manager.shapes import (
    REFERENCE,
    ShapeFault,
    flag,
    many,
    number,
    record,
    text,
)
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.subnets import Prefix, check_changes, check_subnets, network_fault

API_VERSIONS = (
    "2023-02-01",
    "2023-04-01",
    "2023-05-01",
    "2023-06-01",
    "2023-09-01",
    "2023-11-01",
    "2024-01-01",
    "2024-03-01",
    "2024-05-01",
    "2024-07-01",
    "2024-10-01",
    "2025-01-01",
)
NAME = re.compile(r"[A-Za-z0-9_]([\w.-]*[A-Za-z0-9_])?", re.ASCII)
NAME_LENGTH = 80


def check_network_name(name: str) -> None:
    """Refuse a name that no resource of the network service can have (naming rules for resources)."""
    if not NAME.fullmatch(name) or len(name) > NAME_LENGTH:
        raise bad_request(
            "InvalidResourceName",
            f"Resource name {name} is invalid. The name can be up to {NAME_LENGTH} characters long. It must "
            "begin with a word character, and it must end with a word character or with '_'. The name may "
            "contain word characters or '.', '-', '_'.",
        )


class NetworkKind(Kind):
    """What the types of the network service have in common: api-versions, names and words."""

    api_versions = API_VERSIONS

    @override
    def check_name(self, name: str) -> None:
        check_network_name(name)

    @override
    def fault(self, id_: ResourceId, fault: ShapeFault) -> ArmError:
        return network_fault(fault)


class VirtualNetwork(NetworkKind):
    """A virtual network."""

    type = NETWORK
    shape = envelope(
        "VirtualNetwork",
        record(
            "VirtualNetworkPropertiesFormat",
            {
                "addressSpace": record(
                    "AddressSpace", {"addressPrefixes": many(text())}, required=("addressPrefixes",)
                ),
                "bgpCommunities": record(
                    "VirtualNetworkBgpCommunities",
                    {"virtualNetworkCommunity": text()},
                    read_only=("regionalCommunity",),
                ),
                "ddosProtectionPlan": REFERENCE,
                "dhcpOptions": record("DhcpOptions", {"dnsServers": many(text())}),
                "enableDdosProtection": flag(),
                "enableVmProtection": flag(),
                "encryption": record(
                    "VirtualNetworkEncryption",
                    {"enabled": flag(), "enforcement": text("DropUnencrypted", "AllowUnencrypted")},
                    required=("enabled",),
                ),
                "flowTimeoutInMinutes": number(4, 30),
                "privateEndpointVNetPolicies": text("Disabled", "Basic"),
                "subnets": many(
                    record(
                        "Subnet",
                        {"name": text(), "properties": subnets.PROPERTIES},
                        required=("name", "properties"),
                        read_only=ANSWERED,
                    )
                ),
            },
            required=("addressSpace",),
            read_only=("resourceGuid", "provisioningState", "virtualNetworkPeerings", "flowLogs"),
        ),
        required=("location", "properties"),
    )

    @override
    def settle(self, write: Write) -> Body:
        defaults = {"enableDdosProtection": False, "privateEndpointVNetPolicies": "Disabled"}
        properties = filled(write.properties, defaults)
        space = _space(properties, write.id)
        wanted = properties.get("subnets")
        standing = {found.id.name: found.properties for found in write.store.within(write.id, SUBNET)}
        if wanted is not None:
            for subnet in wanted:
                check_network_name(subnet["name"])
            check_named_apart(write.id, wanted)
            standing = {subnet["name"]: subnet["properties"] for subnet in wanted}
        location = write.asked["location"]
        check_subnets(write.store, write.id, location, space, standing)
        if wanted is not None:
            check_changes(write.store, write.store.within(write.id, SUBNET), standing)
        if "ddosProtectionPlan" in properties:
            referenced(write.store, properties["ddosProtectionPlan"].get("id", ""), write.id, "", location)
        properties["resourceGuid"] = write.old.properties["resourceGuid"] if write.old else str(uuid.uuid4())
        return {**write.asked, "properties": {"provisioningState": "Succeeded", **properties}}

    @override
    def written(self, store: Store, resource: Resource) -> None:
        ensure_watcher(store, resource)
        wanted: list[Body] | None = resource.properties.pop("subnets", None)
        if wanted is None:
            return
        names = {subnet["name"].lower() for subnet in wanted}
        for found in store.within(resource.id, SUBNET):
            if found.id.name.lower() not in names:
                store.drop(found.id)
        for subnet in wanted:
            id_ = ResourceId(
                f"{resource.id.text}/subnets/{subnet['name']}", SUBNET, subnet["name"], resource.id
            )
            store.write(id_, {"properties": filled(subnet["properties"], subnets.DEFAULTS)})

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        for subnet in store.within(resource.id, SUBNET):
            check_unoccupied(store, subnet.id)

    @override
    def removed(self, store: Store, resource: Resource) -> None:
        # A network's flow logs go with it.
        for log in flow_logs_of(store, resource.id):
            store.drop(log.id)

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        inner = [_subnet(store, found) for found in store.within(resource.id, SUBNET)]
        answer = super().answer(store, resource)
        logs = [{"id": log.id.text} for log in flow_logs_of(store, resource.id)]
        properties = {
            **resource.properties,
            **({"flowLogs": logs} if logs else {}),
            "subnets": inner,
            "virtualNetworkPeerings": [],
        }
        return {**answer, "etag": f'W/"{resource.tag}"', "properties": properties}


class Subnet(NetworkKind):
    """A subnet on its own."""

    type = SUBNET
    parent_type = NETWORK
    located = False
    patched = False
    listed_in = frozenset[str]()
    shape = record(
        "Subnet",
        {"name": text(), "properties": subnets.PROPERTIES},
        required=("properties",),
        read_only=ANSWERED,
    )

    @override
    def settle(self, write: Write) -> Body:
        network = _network(write.store, write.id)
        beside = {
            found.id.name: found.properties
            for found in write.store.within(network.id, SUBNET)
            if found.id.key != write.id.key
        }
        # The one written last, so that it is the one that a collision names.
        wanted = {**beside, write.id.name: write.properties}
        space = _space(network.properties, network.id)
        check_subnets(write.store, network.id, network.location, space, wanted)
        if write.old is not None:
            check_changes(write.store, [write.old], wanted)
        return {"properties": filled(write.properties, subnets.DEFAULTS)}

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        check_unoccupied(store, resource.id)

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        return _subnet(store, resource)


def _network(store: Store, subnet: ResourceId) -> Resource:
    assert subnet.parent is not None  # noqa: S101  (checked when it was written)
    network = store.get(subnet.parent)
    assert network is not None  # noqa: S101  (it goes with its subnets)
    return network


def _subnet(store: Store, resource: Resource) -> Body:
    location = _network(store, resource.id).location
    return {
        "id": resource.id.text,
        "name": resource.id.name,
        "type": SUBNET,
        "etag": f'W/"{resource.tag}"',
        "properties": subnets.shown(store, resource.properties, resource.id, location),
    }


def _space(properties: dict[str, Any], network: ResourceId) -> list[Prefix]:
    space: list[Prefix] = []
    for written in properties["addressSpace"]["addressPrefixes"]:
        own = subnets.prefix(written, network)
        if subnets.overlap(space, own):
            raise bad_request(
                "NetcfgVirtualNetworkAddressSpaceOverlap",
                f"Address prefix {written} of virtual network '{network.name}' overlaps with another of it.",
            )
        space.append(own)
    if not space:
        raise bad_request(
            "NetcfgInvalidVirtualNetwork", f"Virtual network '{network.name}' has no address prefix."
        )
    return space
