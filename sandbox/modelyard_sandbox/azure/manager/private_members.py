"""The addresses of a private endpoint, which follow what it leads to: a registry that comes to a further
region, or a scope to a further workspace, gets it further addresses.
"""

from __future__ import annotations

from modelyard_sandbox.azure.manager.errors import ArmError
from modelyard_sandbox.azure.manager.ids import resource_id
from modelyard_sandbox.azure.manager.network_occupancy import free_addresses
from modelyard_sandbox.azure.manager.network_references import reference
from modelyard_sandbox.azure.manager.private_connections import only_connection, target_of
from modelyard_sandbox.azure.manager.private_links import Member, members_of
from modelyard_sandbox.azure.manager.store import Body, Resource, Store


def addressed(member: Member, address: str, configuration: str) -> Body:
    """An address as an endpoint keeps it."""
    names = [{"fqdn": name.fqdn, "zone": name.zone, "record": name.record} for name in member.names]
    return {"member": member.name, "configuration": configuration, "address": address, "names": names}


def addresses_of(store: Store, endpoint: Resource) -> list[Body]:
    """The addresses of an endpoint as they are now: one for each member of what it leads to.

    An endpoint whose target is gone keeps those that it has, and one whose subnet is full gets no more.
    """
    kept: list[Body] = endpoint.properties["addresses"]
    target = store.get(target_of(endpoint))
    if target is None:
        return kept
    group = only_connection(endpoint)["properties"]["groupIds"][0].lower()
    held = {item["member"]: item for item in kept}
    current: list[Body] = []
    for member in members_of(store, target, group):
        item = held.get(member.name) or _further(store, endpoint, member, len(kept))
        if item is not None:
            current.append(item)
    endpoint.properties["addresses"] = current
    return current


def _further(store: Store, endpoint: Resource, member: Member, number: int) -> Body | None:
    subnet = store.get(resource_id(reference(endpoint.properties, "subnet")))
    assert subnet is not None  # noqa: S101  (it can't be deleted with an endpoint in it)
    try:
        address = free_addresses(store, subnet, 1, set())[0]
    except ArmError:
        return None
    taken = addressed(member, address, f"privateEndpointIpConfig.{member.name}.{number}")
    endpoint.properties["addresses"] = [*endpoint.properties["addresses"], taken]
    return taken
