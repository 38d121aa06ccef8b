"""The A records of private DNS zones: those that the zone groups of private endpoints make.

REST reference of Private DNS, Record Sets, 2024-06-01. Records are read only here: nobody writes one but a
zone group. Where two endpoints have one name in one zone, the group that was written last has its record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from modelyard_sandbox.azure.manager.errors import no_parent, not_found
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.network_references import ENDPOINT, guid, same
from modelyard_sandbox.azure.manager.private_members import addresses_of
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

ZONE = "Microsoft.Network/privateDnsZones"
ZONE_GROUP = f"{ENDPOINT}/privateDnsZoneGroups"
RECORD = f"{ZONE}/A"
TTL_SECONDS = 10
"""How long a record of an endpoint may be kept."""


@dataclass(frozen=True, slots=True)
class RecordSet:
    """The addresses of one name."""

    name: str
    """Without the zone."""
    addresses: tuple[str, ...]
    endpoint: str
    """The id of the private endpoint that has them."""


def records_of(store: Store, zone: ResourceId) -> list[RecordSet]:
    """The records of a zone, in the order of their names."""
    found: dict[str, RecordSet] = {}
    for group in sorted(store.of_type(ZONE_GROUP), key=lambda group: group.changed):
        for config in group.properties.get("privateDnsZoneConfigs", []):
            if same(config["properties"]["privateDnsZoneId"], zone.text):
                found |= {record.name: record for record in made_by(store, group, zone.name)}
    return [found[name] for name in sorted(found)]


def made_by(store: Store, group: Resource, zone: str) -> list[RecordSet]:
    """The records that a zone group makes in a zone of that name."""
    endpoint = store.get(group.id.parent) if group.id.parent else None
    addresses: dict[str, list[str]] = {}
    for taken in addresses_of(store, endpoint) if endpoint else []:
        for name in taken["names"]:
            if name["zone"] == zone.lower():
                addresses.setdefault(name["record"], []).append(taken["address"])
    owner = endpoint.id.text if endpoint else ""
    return [RecordSet(name, tuple(held), owner) for name, held in addresses.items()]


def list_records(store: Store, zone: ResourceId, body: Body) -> tuple[int, Body]:
    """Answer a GET of a zone's A records."""
    del body
    _check_zone(store, zone)
    return 200, {"value": [_shown(store, zone, record) for record in records_of(store, zone)]}


def show_record(store: Store, id_: ResourceId, body: Body) -> tuple[int, Body]:
    """Answer a GET of one A record."""
    del body
    zone = id_.parent
    assert zone is not None  # noqa: S101  (a record's path names its zone)
    _check_zone(store, zone)
    for record in records_of(store, zone):
        if record.name.lower() == id_.name.lower():
            return 200, _shown(store, zone, record)
    raise not_found(
        "NotFound", f"The record set '{id_.name}' of type 'A' was not found in zone '{zone.name}'."
    )


def _check_zone(store: Store, zone: ResourceId) -> None:
    if store.get(zone) is None:
        raise no_parent("privateDnsZones/A", zone.text, "read")


def _shown(store: Store, zone: ResourceId, record: RecordSet) -> Body:
    standing: Any = store.get(zone)
    name = record.endpoint.rpartition("/")[2]
    return {
        "id": f"{standing.id.text}/A/{record.name}",
        "name": record.name,
        "type": RECORD,
        "etag": guid(zone.text, record.name, *record.addresses),
        "properties": {
            "aRecords": [{"ipv4Address": address} for address in record.addresses],
            "fqdn": f"{record.name}.{standing.id.name}.",
            "isAutoRegistered": False,
            "metadata": {
                "creator": f"created by private endpoint {name} with resource guid {guid(record.endpoint)}"
            },
            "ttl": TTL_SECONDS,
        },
    }
