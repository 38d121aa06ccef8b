"""What resources of the network service name of each other, and what Azure says where that can't be.

Codes and words are those that Azure's network service answers (2026-11): `MissingJsonReferenceId`,
`InvalidJsonReferenceWrongType`, `LinkedInvalidPropertyId`, `InvalidResourceReference`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId, is_resource_id, resource_id
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

NETWORK = "Microsoft.Network/virtualNetworks"
SUBNET = f"{NETWORK}/subnets"
SECURITY_GROUP = "Microsoft.Network/networkSecurityGroups"
ROUTE_TABLE = "Microsoft.Network/routeTables"
NAT_GATEWAY = "Microsoft.Network/natGateways"
PUBLIC_ADDRESS = "Microsoft.Network/publicIPAddresses"
ENDPOINT = "Microsoft.Network/privateEndpoints"
INTERFACE = "Microsoft.Network/networkInterfaces"
FIREWALL = "Microsoft.Network/azureFirewalls"
FIREWALL_POLICY = "Microsoft.Network/firewallPolicies"
FIREWALL_RULES = f"{FIREWALL_POLICY}/ruleCollectionGroups"


def referenced(
    store: Store, text: str, owner: ResourceId, type_: str = "", location: str = "", path: str = ""
) -> Resource:
    """The resource that a property names.

    Args:
        store: where it must be.
        text: the id as it is written.
        owner: whose property it is.
        type_: the full type that it must have; empty for any.
        location: the region that it must be in, a subnet in its network's; empty for any.
        path: of the property, to name it.

    Raises:
        ArmError: there is no such resource, or it is another than it must be.
    """
    if not text:
        said = f"Value for reference id is missing. Path {path}."
        raise ArmError(
            400,
            "InvalidRequestFormat",
            "Cannot parse the request.",
            details=[("MissingJsonReferenceId", said)],
        )
    if not is_resource_id(text):
        raise bad_request(
            "LinkedInvalidPropertyId",
            f"Property id '{text}' of resource {owner.text} is invalid. Expect fully qualified resource Id "
            "that start with '/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'.",
        )
    named = resource_id(text)
    if type_ and named.kind != type_.lower():
        said = (
            f"Reference Id {text} is referencing resource of a wrong type. The Id is expected to reference "
            f"resources of type {type_.partition('/')[2]}. Path {path}."
        )
        raise ArmError(
            400,
            "InvalidRequestFormat",
            "Cannot parse the request.",
            details=[("InvalidJsonReferenceWrongType", said)],
        )
    found = store.get(named)
    if found is None or (location and location_of(store, found) != location):
        raise bad_request(
            "InvalidResourceReference",
            f"Resource {text} referenced by resource {owner.text} was not found. Please make sure that the "
            "referenced resource exists, and that both resources are in the same region.",
        )
    return found


def location_of(store: Store, resource: Resource) -> str:
    """Where a resource is: a subnet, where its network is."""
    if resource.id.kind != SUBNET.lower() or resource.id.parent is None:
        return resource.location
    network = store.get(resource.id.parent)
    return network.location if network else ""


def reference(properties: Body, name: str) -> str:
    """The id that a property holds; empty if it holds none."""
    return str((properties.get(name) or {}).get("id", ""))


def same(one: str, other: str) -> bool:
    """Whether two ids are one resource's."""
    return one.lower() == other.lower()


def guid(*parts: str) -> str:
    """A GUID that is always the same for the same parts, and no other's."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(part.lower() for part in parts)))


def tagged(resource: Resource) -> str:
    """A resource's ETag as the network service writes it."""
    return f'W/"{resource.tag}"'


def check_named_apart(owner: ResourceId, parts: Iterable[Body]) -> None:
    """Refuse two parts of a resource with one name, in whatever case."""
    seen: set[str] = set()
    for part in parts:
        name: str = part["name"]
        if name.lower() in seen:
            raise bad_request(
                "DuplicateResourceName",
                f"Resource {owner.text} has two child resources with the same name ({name}).",
            )
        seen.add(name.lower())


def check_zones(asked: Body, old: Resource | None, id_: ResourceId) -> None:
    """Refuse to move a resource between zones."""
    if old is None:
        return
    before, after = old.body.get("zones") or [], asked.get("zones") or []
    if sorted(before) != sorted(after):
        raise bad_request(
            "ResourceAvailabilityZonesCannotBeModified",
            f"Resource {id_.text} has an existing availability zone constraint {', '.join(before) or 'none'} "
            f"and the request has availability zone constraint {', '.join(after) or 'none'}, which do not "
            "match. Zones cannot be added/updated/removed once the resource is created. The resource cannot "
            "be updated from regional to zonal or vice-versa.",
        )
