"""Private endpoints (REST reference, 2024-05-01; "What is a private endpoint?";
"Manage network policies for private endpoints"; as of 2026-11).

An endpoint takes an address for each member of what it leads to, from its subnet, and keeps them. What it
leads to, where and through which interface can't be changed.

`MissingParameterOnPrivateLinkServiceConnection`, `OnlyOneGroupIdPermitted` and
`PrivateEndpointCannotBeUpdatedInDisconnectedState` are Azure's words; the codes for an endpoint without a
connection, an unknown group and a change aren't documented.
"""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.ids import resource_id
from modelyard_sandbox.azure.manager.kinds import ANSWERED, Write, envelope
from modelyard_sandbox.azure.manager.network import NetworkKind
from modelyard_sandbox.azure.manager.network_occupancy import check_address, free_addresses, interface_id
from modelyard_sandbox.azure.manager.network_references import (
    ENDPOINT,
    INTERFACE,
    SUBNET,
    guid,
    reference,
    referenced,
    same,
    tagged,
)
from modelyard_sandbox.azure.manager.private_connections import (
    AUTOMATIC,
    DISCONNECTED,
    MANUAL,
    connect,
    connection_id,
    only_connection,
    state_of,
    target_of,
)
from modelyard_sandbox.azure.manager.private_links import REGISTRY, Member, groups_of, members_of
from modelyard_sandbox.azure.manager.private_members import addressed, addresses_of
from modelyard_sandbox.azure.manager.private_records import ZONE_GROUP
from modelyard_sandbox.azure.manager.shapes import REFERENCE, many, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

KEPT = ("addresses", "customNetworkInterfaceName", "interfaceName", "ipConfigurations", "subnet")
"""What an endpoint has from its making."""
HIDDEN = ("addresses", "interfaceName", "subnet", AUTOMATIC, MANUAL)

CONNECTION = record(
    "PrivateLinkServiceConnection",
    {
        "name": text(),
        "properties": record(
            "PrivateLinkServiceConnectionProperties",
            {"groupIds": many(text()), "privateLinkServiceId": text(), "requestMessage": text()},
            required=("privateLinkServiceId",),
            read_only=("privateLinkServiceConnectionState", "provisioningState"),
        ),
    },
    required=("name", "properties"),
    read_only=ANSWERED,
)
IP_CONFIGURATION = record(
    "PrivateEndpointIPConfiguration",
    {
        "name": text(),
        "properties": record(
            "PrivateEndpointIPConfigurationProperties",
            {"groupId": text(), "memberName": text(), "privateIPAddress": text()},
            required=("groupId", "memberName", "privateIPAddress"),
        ),
    },
    required=("name", "properties"),
    read_only=ANSWERED,
)


class PrivateEndpoint(NetworkKind):
    """A private endpoint."""

    type = ENDPOINT
    asynchronous = frozenset({"PUT", "PATCH", "DELETE"})
    shape = envelope(
        "PrivateEndpoint",
        record(
            "PrivateEndpointProperties",
            {
                "customNetworkInterfaceName": text(),
                "ipConfigurations": many(IP_CONFIGURATION),
                AUTOMATIC: many(CONNECTION),
                MANUAL: many(CONNECTION),
                "subnet": REFERENCE,
            },
            required=("subnet",),
            read_only=("customDnsConfigs", "networkInterfaces", "provisioningState"),
        ),
        required=("location", "properties"),
    )

    @override
    def settle(self, write: Write) -> Body:
        connection = _connection(write)
        wanted = connection["properties"]
        subnet = reference(write.properties, "subnet")
        kept: Body
        if write.old is not None:
            _check_same(write, write.old, wanted, subnet)
            kept = {name: part for name, part in write.old.properties.items() if name in KEPT}
        else:
            location = write.asked["location"]
            found = referenced(write.store, subnet, write.id, SUBNET, location, "properties.subnet")
            target = referenced(write.store, wanted["privateLinkServiceId"], write.id)
            members = members_of(write.store, target, _group(write, target, connection))
            name = (
                write.properties.get("customNetworkInterfaceName")
                or f"{write.id.name}.nic.{guid(write.id.text)}"
            )
            _check_interface(write, name)
            kept = {
                "addresses": _addresses(write, found, members, wanted["groupIds"][0], name),
                "interfaceName": name,
                "subnet": {"id": found.id.text},
            }
        return {**write.asked, "properties": {**write.properties, **kept}}

    @override
    def written(self, store: Store, resource: Resource) -> None:
        interface = resource_id(interface_id(resource))
        body = {"location": resource.location, "properties": {"privateEndpoint": {"id": resource.id.text}}}
        if store.get(interface) is not None:
            return
        store.write(interface, body)
        connection = only_connection(resource)
        group: str = connection["properties"]["groupIds"][0]
        connect(
            store, target_of(resource), resource.id, group, approved=bool(resource.properties.get(AUTOMATIC))
        )

    @override
    def removed(self, store: Store, resource: Resource) -> None:
        store.drop(resource_id(interface_id(resource)))
        store.drop(connection_id(target_of(resource), resource.id))

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties = {name: part for name, part in resource.properties.items() if name not in HIDDEN}
        state = state_of(store, target_of(resource), resource.id)
        connections = {
            name: [_shown(resource, name, item, state) for item in resource.properties.get(name, [])]
            for name in (AUTOMATIC, MANUAL)
        }
        named = any(store.within(resource.id, ZONE_GROUP))
        return {
            **super().answer(store, resource),
            "etag": tagged(resource),
            "properties": {
                "customNetworkInterfaceName": "",
                "ipConfigurations": [],
                **properties,
                **connections,
                # Azure leaves this to the zone group, where there is one.
                "customDnsConfigs": [] if named else _names(store, resource),
                "networkInterfaces": [{"id": interface_id(resource)}],
                "provisioningState": "Succeeded",
                "subnet": resource.properties["subnet"],
            },
        }


def _connection(write: Write) -> Body:
    connections = [*write.properties.get(AUTOMATIC, []), *write.properties.get(MANUAL, [])]
    if len(connections) != 1:
        raise bad_request(
            "InvalidPrivateEndpointConnectionCount",
            f"Private endpoint {write.id.text} has {len(connections)} private link service connections. It "
            f"must have one, in {AUTOMATIC} or in {MANUAL}.",
        )
    return connections[0]


def _check_same(write: Write, old: Resource, wanted: Body, subnet: str) -> None:
    """Refuse to make another endpoint of one."""
    before = only_connection(old)["properties"]
    parts = {
        "subnet": same(reference(old.properties, "subnet"), subnet),
        "privateLinkServiceId": same(before["privateLinkServiceId"], wanted["privateLinkServiceId"]),
        "groupIds": list(map(str.lower, before["groupIds"]))
        == list(map(str.lower, wanted.get("groupIds", []))),
        AUTOMATIC: bool(write.properties.get(AUTOMATIC)) == bool(old.properties.get(AUTOMATIC)),
        **{
            name: (write.properties.get(name) or None) in (None, old.properties.get(name))
            for name in ("customNetworkInterfaceName", "ipConfigurations")
        },
    }
    for name, is_same in parts.items():
        if not is_same:
            raise bad_request(
                "PrivateEndpointCannotBeUpdated",
                f"Property {name} of private endpoint {old.id.text} cannot be changed once the private "
                "endpoint is created.",
                f"properties.{name}" if name in write.properties else None,
            )
    if state_of(write.store, target_of(old), old.id)["status"] == DISCONNECTED:
        raise bad_request(
            "PrivateEndpointCannotBeUpdatedInDisconnectedState",
            f"Private endpoint {old.id.text} cannot be updated in disconnected state.",
        )


def _group(write: Write, target: Resource, connection: Body) -> str:
    """The one part of the target that the endpoint leads to."""
    groups: list[str] = connection["properties"].get("groupIds", [])
    part = AUTOMATIC if write.properties.get(AUTOMATIC) else MANUAL
    place = f"Private link service connection {write.id.text}/{part}/{connection['name']}"
    if not groups:
        raise bad_request(
            "MissingParameterOnPrivateLinkServiceConnection",
            f"{place} is missing required parameter 'group Id'.",
        )
    if len(groups) > 1:
        raise bad_request(
            "OnlyOneGroupIdPermitted",
            f"{place} has the following group Ids: {', '.join(groups)}. Only one group Id is permitted when "
            f"connecting to a first-party resource ({target.id.text}).",
        )
    known = groups_of(target)
    for group in known:
        if group.lower() == groups[0].lower():
            _check_tier(target)
            return group
    allowed = (
        f"It must be one of: {', '.join(known)}." if known else "The resource takes no private endpoint."
    )
    raise bad_request(
        "InvalidGroupId",
        f"Call to {target.id.type} failed. Error message: Invalid groupId {groups[0]}. {allowed}",
    )


def _check_tier(target: Resource) -> None:
    tier = (target.body.get("sku") or {}).get("name", "")
    if target.id.kind == REGISTRY.lower() and tier != "Premium":
        raise bad_request(
            "UnsupportedSku",
            f"Call to {target.id.type} failed. Error message: The {tier} SKU of registry {target.id.name} "
            "does not support private endpoint connections. Only Premium does.",
        )


def _check_interface(write: Write, name: str) -> None:
    group = write.id.group
    assert group is not None  # noqa: S101  (an endpoint lies in a group)
    if write.store.get(resource_id(f"{group.text}/providers/{INTERFACE}/{name}")):
        raise bad_request(
            "InvalidCustomNetworkInterfaceName",
            f"Network interface {name} of private endpoint {write.id.text} exists already in its "
            "resource group.",
            "properties.customNetworkInterfaceName",
        )


def _addresses(
    write: Write, subnet: Resource, members: tuple[Member, ...], group: str, interface: str
) -> list[Body]:
    """An address for each member: the one asked for, or the first that is free."""
    asked: dict[str, Body] = {}
    for item in write.properties.get("ipConfigurations", []):
        wanted = item["properties"]
        names = [member.name for member in members]
        if wanted["memberName"] not in names or wanted["groupId"].lower() != group.lower():
            raise bad_request(
                "InvalidPrivateEndpointIPConfiguration",
                f"IP configuration {item['name']} of private endpoint {write.id.text} is for member "
                f"{wanted['memberName']} of group {wanted['groupId']}. Group {group} has: "
                f"{', '.join(names)}.",
            )
        check_address(write.store, subnet, wanted["privateIPAddress"], f"{interface}/{item['name']}")
        asked[wanted["memberName"]] = item
    fixed = {item["properties"]["privateIPAddress"] for item in asked.values()}
    free = iter(free_addresses(write.store, subnet, len(members) - len(asked), fixed))
    return [
        addressed(member, asked[member.name]["properties"]["privateIPAddress"], asked[member.name]["name"])
        if member.name in asked
        else addressed(member, next(free), f"privateEndpointIpConfig.{at}")
        for at, member in enumerate(members)
    ]


def _shown(endpoint: Resource, collection: str, connection: Body, state: Body) -> Body:
    return {
        "id": f"{endpoint.id.text}/{collection}/{connection['name']}",
        "name": connection["name"],
        "type": f"{ENDPOINT}/{collection}",
        "etag": tagged(endpoint),
        "properties": {
            **connection["properties"],
            "privateLinkServiceConnectionState": state,
            "provisioningState": "Succeeded",
        },
    }


def _names(store: Store, endpoint: Resource) -> list[Body]:
    return [
        {"fqdn": name["fqdn"], "ipAddresses": [taken["address"]]}
        for taken in addresses_of(store, endpoint)
        for name in taken["names"]
    ]
