"""Which subnets may reach a service's resource: they must be there, and have the service's endpoint.

Virtual network service endpoints, and the errors that storage accounts and key vaults answer (2026-11).
"""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId, is_resource_id, resource_id
from modelyard_sandbox.azure.manager.store import Body, Store

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""RFC 1918."""


def is_public_range(value: str) -> bool:
    """Whether it is an IPv4 address, or a range of them, that the internet has."""
    try:
        meant = ip_network(value)
    except ValueError:
        return False
    return isinstance(meant, IPv4Network) and not any(meant.overlaps(private) for private in PRIVATE)


def check_network_rules(store: Store, id_: ResourceId, rules: Body, service: str, code: str) -> None:
    """Refuse a rule for a subnet that isn't there, or has no endpoint of the service.

    Args:
        store: where the subnets must be.
        id_: the resource that the rules are of.
        rules: its `networkAcls`.
        service: whose endpoint a subnet needs: `Microsoft.Storage`.
        code: the error's code; empty for the network service's own.
    """
    for rule in rules.get("virtualNetworkRules", []):
        found = store.get(resource_id(rule["id"])) if is_resource_id(rule["id"]) else None
        if found is None:
            raise bad_request(
                code or "SubnetNotFound",
                f"Validation of network acls failure: SubnetNotFound:Subnet {rule['id']} of {id_.text} was "
                "not found.",
                "properties.networkAcls.virtualNetworkRules",
            )
        endpoints = {
            item["service"].partition(".Global")[0] for item in found.properties.get("serviceEndpoints", [])
        }
        if service not in endpoints and not rule.get("ignoreMissingVnetServiceEndpoint"):
            network = found.id.parent.text if found.id.parent else ""
            raise bad_request(
                code or "SubnetsHaveNoServiceEndpointsConfigured",
                f"Validation of network acls failure: SubnetsHaveNoServiceEndpointsConfigured:Subnets "
                f"{found.id.name} of virtual network {network} do not have ServiceEndpoints for {service} "
                f"resources configured. Add {service} to subnet's ServiceEndpoints collection before trying "
                f"to ACL {service} resources to these subnets..",
                "properties.networkAcls.virtualNetworkRules",
            )
