"""Private DNS zones, and their links to virtual networks (REST reference of Private DNS, 2024-06-01; "What is
a virtual network link?"; naming rules for Azure resources; as of 2026-11).

Zones and links lie in no region: their location is `global`. The records of a zone are `private_records`.
The codes for a link's network and for registration aren't documented.
"""

from __future__ import annotations

import base64
import re

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict
from modelyard_sandbox.azure.manager.kinds import Kind, Write, envelope
from modelyard_sandbox.azure.manager.locations import normal
from modelyard_sandbox.azure.manager.network_references import (
    NETWORK,
    guid,
    reference,
    referenced,
    same,
    tagged,
)
from modelyard_sandbox.azure.manager.private_records import ZONE, records_of
from modelyard_sandbox.azure.manager.shapes import REFERENCE, flag, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

LINK = f"{ZONE}/virtualNetworkLinks"
GLOBAL = "global"
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
FEWEST_LABELS, MOST_LABELS = 2, 34
LINK_NAME = re.compile(r"[A-Za-z0-9_]([\w.-]{0,78}[A-Za-z0-9_])?", re.ASCII)
MOST_RECORD_SETS, MOST_LINKS, MOST_REGISTERED = 25000, 1000, 100
PRIVATE_LINK = "privatelink."


class PrivateDnsKind(Kind):
    """What zones and links have in common: api-versions and their location."""

    api_versions = ("2018-09-01", "2020-01-01", "2020-06-01", "2024-06-01")

    @override
    def settle_location(self, write: Write) -> None:
        if normal(write.asked["location"]) != GLOBAL:
            raise self.no_such_location(write.asked["location"])
        write.asked["location"] = GLOBAL

    @override
    def no_such_location(self, location: str) -> ArmError:
        return bad_request(
            "LocationNotAvailableForResourceType",
            f"The provided location '{location}' is not available for resource type '{self.type}'. "
            f"List of available regions for the resource type is '{GLOBAL}'.",
        )


class PrivateZone(PrivateDnsKind):
    """A private DNS zone."""

    type = ZONE
    shape = envelope(
        "PrivateZone",
        record(
            "PrivateZoneProperties",
            {},
            read_only=(
                "internalId",
                "maxNumberOfRecordSets",
                "maxNumberOfVirtualNetworkLinks",
                "maxNumberOfVirtualNetworkLinksWithRegistration",
                "numberOfRecordSets",
                "numberOfVirtualNetworkLinks",
                "numberOfVirtualNetworkLinksWithRegistration",
                "provisioningState",
            ),
        ),
    )

    @override
    def check_name(self, name: str) -> None:
        labels = name.split(".")
        if not FEWEST_LABELS <= len(labels) <= MOST_LABELS or not all(map(LABEL.fullmatch, labels)):
            raise bad_request(
                "InvalidResourceName",
                f"The zone name '{name}' is invalid. A zone name has {FEWEST_LABELS} to {MOST_LABELS} "
                "labels, parted by '.', each of 1 to 63 letters, digits, '_' and '-', and none with '-' at "
                "an end.",
            )

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        links = [
            f"{ZONE}/{resource.id.name}/virtualNetworkLinks/{link.id.name}"
            for link in _links(store, resource)
        ]
        if links:
            raise conflict(
                "CannotDeleteResource",
                "Cannot delete resource while nested resources exist. Some existing nested resource IDs "
                f"include: '{', '.join(links)}'. Please delete all nested resources before deleting this "
                "resource.",
            )

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        links = _links(store, resource)
        identity = f"Immutable;zoneIdentity;{guid(resource.id.text)};0"
        return {
            **super().answer(store, resource),
            "etag": resource.tag,
            "properties": {
                "internalId": base64.b64encode(identity.encode()).decode(),
                "maxNumberOfRecordSets": MOST_RECORD_SETS,
                "maxNumberOfVirtualNetworkLinks": MOST_LINKS,
                "maxNumberOfVirtualNetworkLinksWithRegistration": MOST_REGISTERED,
                # The one that every zone has is its SOA.
                "numberOfRecordSets": 1 + len(records_of(store, resource.id)),
                "numberOfVirtualNetworkLinks": len(links),
                "numberOfVirtualNetworkLinksWithRegistration": sum(map(_registers, links)),
                "provisioningState": "Succeeded",
            },
        }


class VirtualNetworkLink(PrivateDnsKind):
    """A link of a zone to a virtual network, which then knows the zone's names."""

    type = LINK
    parent_type = ZONE
    listed_in = frozenset[str]()
    shape = envelope(
        "VirtualNetworkLink",
        record(
            "VirtualNetworkLinkProperties",
            {
                "registrationEnabled": flag(),
                "resolutionPolicy": text("Default", "NxDomainRedirect"),
                "virtualNetwork": REFERENCE,
            },
            required=("virtualNetwork",),
            read_only=("provisioningState", "virtualNetworkLinkState"),
        ),
        required=("location", "properties"),
    )

    @override
    def check_name(self, name: str) -> None:
        if not LINK_NAME.fullmatch(name):
            raise bad_request(
                "InvalidResourceName",
                f"The virtual network link name '{name}' is invalid. It has 1 to 80 letters, digits, '.', "
                "'-' and '_', begins with a letter, a digit or '_', and ends so.",
            )

    @override
    def settle(self, write: Write) -> Body:
        zone = write.id.parent
        assert zone is not None  # noqa: S101  (a link's path names its zone)
        network = referenced(
            write.store,
            reference(write.properties, "virtualNetwork"),
            write.id,
            NETWORK,
            path="properties.virtualNetwork",
        )
        if write.old and not same(_network(write.old), network.id.text):
            raise bad_request(
                "BadRequest",
                f"The virtual network of link '{write.id.name}' cannot be changed: make another link.",
            )
        policy = write.properties.get("resolutionPolicy", "Default")
        if policy != "Default" and not zone.name.lower().startswith(PRIVATE_LINK):
            raise bad_request(
                "BadRequest",
                f"The resolution policy '{policy}' is not supported for zone '{zone.name}': it is for "
                "private link zones only.",
                "properties.resolutionPolicy",
            )
        others = [link for link in write.store.of_type(LINK) if link.id.key != write.id.key]
        _check_others(write, zone.name, [link for link in others if same(_network(link), network.id.text)])
        given = {"registrationEnabled": False, "resolutionPolicy": "Default", **write.properties}
        settled = {**given, "virtualNetwork": {"id": network.id.text}}
        return {
            **write.asked,
            "properties": {
                **settled,
                "provisioningState": "Succeeded",
                "virtualNetworkLinkState": "Completed",
            },
        }

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        return {**super().answer(store, resource), "etag": tagged(resource)}


def _check_others(write: Write, zone: str, links: list[Resource]) -> None:
    """Refuse a link beside the others of its network."""
    for link in links:
        other = link.id.parent.name if link.id.parent else ""
        if other.lower() == zone.lower():
            raise bad_request(
                "BadRequest",
                "A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried "
                f"to link virtual network with '{zone}' and '{other}' zones.",
            )
        if write.properties.get("registrationEnabled") and _registers(link):
            raise bad_request(
                "BadRequest",
                f"A virtual network registers its names in one zone only: it does in '{other}', so that the "
                f"link '{write.id.name}' to '{zone}' cannot have registration enabled.",
                "properties.registrationEnabled",
            )


def _links(store: Store, zone: Resource) -> list[Resource]:
    return list(store.within(zone.id, LINK))


def _network(link: Resource) -> str:
    return reference(link.properties, "virtualNetwork")


def _registers(link: Resource) -> bool:
    return bool(link.properties.get("registrationEnabled"))
