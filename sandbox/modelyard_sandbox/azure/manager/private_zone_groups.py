"""Zone groups of private endpoints, which keep their records in private DNS zones (REST reference, Private
Dns Zone Groups, 2024-05-01; "Azure private endpoint DNS integration": one group for an endpoint, of up to
five zones; as of 2026-11).

A zone gets the records of the names that belong to it; one that none of the endpoint's names belongs to is
taken, and gets none. The codes for too many groups and zones aren't documented.
"""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.kinds import ANSWERED, Write
from modelyard_sandbox.azure.manager.network import NetworkKind
from modelyard_sandbox.azure.manager.network_references import ENDPOINT, referenced, tagged
from modelyard_sandbox.azure.manager.private_records import TTL_SECONDS, ZONE, ZONE_GROUP, made_by
from modelyard_sandbox.azure.manager.shapes import many, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

MOST_ZONES = 5

CONFIG = record(
    "PrivateDnsZoneConfig",
    {
        "name": text(),
        "properties": record(
            "PrivateDnsZonePropertiesFormat",
            {"privateDnsZoneId": text()},
            required=("privateDnsZoneId",),
            read_only=("recordSets",),
        ),
    },
    required=("name", "properties"),
    read_only=ANSWERED,
)


class PrivateDnsZoneGroup(NetworkKind):
    """A zone group."""

    type = ZONE_GROUP
    parent_type = ENDPOINT
    located = False
    patched = False
    listed_in = frozenset[str]()
    shape = record(
        "PrivateDnsZoneGroup",
        {
            "name": text(),
            "properties": record(
                "PrivateDnsZoneGroupPropertiesFormat",
                {"privateDnsZoneConfigs": many(CONFIG)},
                read_only=("provisioningState",),
            ),
        },
        required=("properties",),
        read_only=ANSWERED,
    )

    @override
    def settle(self, write: Write) -> Body:
        assert write.id.parent is not None  # noqa: S101  (a group's path names its endpoint)
        others = [
            found.id.name
            for found in write.store.within(write.id.parent, ZONE_GROUP)
            if found.id.key != write.id.key
        ]
        if others:
            raise bad_request(
                "PrivateDnsZoneGroupLimitReached",
                f"Private endpoint {write.id.parent.text} has the private DNS zone group {others[0]} "
                "already. It can have one.",
            )
        configs: list[Body] = write.properties.get("privateDnsZoneConfigs", [])
        zones: list[str] = []
        for at, config in enumerate(configs):
            path = f"properties.privateDnsZoneConfigs[{at}].properties.privateDnsZoneId"
            named = config["properties"]["privateDnsZoneId"]
            zones.append(referenced(write.store, named, write.id, ZONE, path=path).id.key)
        names = {config["name"].lower() for config in configs}
        if len(configs) > MOST_ZONES or len(set(zones)) < len(zones) or len(names) < len(configs):
            raise bad_request(
                "InvalidPrivateDnsZoneConfigs",
                f"Private DNS zone group {write.id.text} has {len(configs)} configurations. It can have up "
                f"to {MOST_ZONES}, each of another name and for another zone.",
                "properties.privateDnsZoneConfigs",
            )
        return {"properties": {**write.properties, "privateDnsZoneConfigs": configs}}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        configs = [
            _config(store, resource, config) for config in resource.properties["privateDnsZoneConfigs"]
        ]
        return {
            "id": resource.id.text,
            "name": resource.id.name,
            "etag": tagged(resource),
            "properties": {"privateDnsZoneConfigs": configs, "provisioningState": "Succeeded"},
        }


def _config(store: Store, group: Resource, config: Body) -> Body:
    zone_id: str = config["properties"]["privateDnsZoneId"]
    zone = zone_id.rpartition("/")[2]
    records = [
        {
            "fqdn": f"{made.name}.{zone}",
            "ipAddresses": list(made.addresses),
            "provisioningState": "Succeeded",
            "recordSetName": made.name,
            "recordType": "A",
            "ttl": TTL_SECONDS,
        }
        for made in made_by(store, group, zone)
    ]
    return {
        "id": f"{group.id.text}/privateDnsZoneConfigs/{config['name']}",
        "name": config["name"],
        "etag": tagged(group),
        "properties": {"privateDnsZoneId": zone_id, "recordSets": records},
    }
