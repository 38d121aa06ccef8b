"""EC2: nothing goes that something else still uses, which moto mostly lets go.

Source: EC2 API reference, DeleteVpc, DeleteSubnet, DeleteSecurityGroup, DeleteRouteTable,
DetachInternetGateway, ReleaseAddress, DeleteNatGateway and error codes (DependencyViolation, CannotDelete,
InvalidIPAddress.InUse), 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from modelyard_sandbox.moto_extensions.ec2.checks import refuse
from modelyard_sandbox.moto_extensions.operations import add_operations, before

MOTO_DELETE_NAT = EC2Response.delete_nat_gateway
GONE = ("deleted", "deleting", "terminated")


def install() -> None:
    """Put the checks before moto's operations."""
    before(EC2Response, "delete_vpc", _vpc)
    before(EC2Response, "delete_subnet", _subnet)
    before(EC2Response, "delete_security_group", _security_group)
    before(EC2Response, "delete_route_table", _route_table)
    before(EC2Response, "detach_internet_gateway", _internet_gateway)
    before(EC2Response, "release_address", _address)
    add_operations(EC2Response, delete_nat_gateway)


def delete_nat_gateway(self: Any) -> ActionResult:
    """DeleteNatGateway: its interface goes and its address is free again, which moto forgets."""
    backend, id_ = self.ec2_backend, self._get_param("NatGatewayId")
    gateway = backend.nat_gateways.get(id_)
    if gateway is None or gateway.state in GONE:
        refuse("NatGatewayNotFound", f"The Nat Gateway {id_} was not found")
    answer = MOTO_DELETE_NAT(self)
    for address in backend.addresses:
        if address.eni is not None and address.eni.id == gateway._eni.id:  # noqa: SLF001 (moto has no public name)
            address.eni, address.association_id = None, None
    backend.enis.pop(gateway._eni.id, None)  # noqa: SLF001 (moto has no public name)
    return answer


def _vpc(self: Any) -> None:
    backend, vpc_id = self.ec2_backend, self._get_param("VpcId")
    groups = backend.groups.get(vpc_id, {}).values()
    in_use = (
        any(group.name != "default" for group in groups)
        or any(gateway.vpc and gateway.vpc.id == vpc_id for gateway in backend.internet_gateways.values())
        or any(
            endpoint.vpc_id == vpc_id and endpoint.state not in GONE
            for endpoint in backend.vpc_end_points.values()
        )
        or any(interface.vpc_id == vpc_id for interface in _interfaces(backend))
    )
    if vpc_id in backend.vpcs and in_use:
        refuse("DependencyViolation", f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")


def _subnet(self: Any) -> None:
    subnet_id = self._get_param("SubnetId")
    if any(interface.subnet.id == subnet_id for interface in _interfaces(self.ec2_backend)):
        refuse("DependencyViolation", f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")


def _security_group(self: Any) -> None:
    backend, name = self.ec2_backend, self._get_param("GroupName") or self._get_param("GroupId")
    group = backend.get_security_group_by_name_or_id(name)
    if group is None:
        return
    if group.name == "default":
        refuse("CannotDelete", 'the specified group: "default" name: "default" cannot be deleted by a user')
    if _has_members(backend, group.id) or _is_referenced(backend, group.id):
        refuse("DependencyViolation", f"resource {group.id} has a dependent object")


def _has_members(backend: Any, group_id: str) -> bool:
    interfaces = (group.id for interface in _interfaces(backend) for group in interface.group_set)
    endpoints = (
        id_
        for endpoint in backend.vpc_end_points.values()
        if endpoint.state not in GONE
        for id_ in endpoint.security_group_ids
    )
    return group_id in interfaces or group_id in endpoints


def _is_referenced(backend: Any, group_id: str) -> bool:
    """Whether a rule of another group names it."""
    return any(
        rule.source_group.get("GroupId") == group_id
        for groups in backend.groups.values()
        for other in groups.values()
        if other.id != group_id
        for rule in [*other.ingress_rules, *other.egress_rules]
    )


def _route_table(self: Any) -> None:
    id_ = self._get_param("RouteTableId")
    table = self.ec2_backend.route_tables.get(id_)
    if table is not None and table.main_association_id:
        refuse("DependencyViolation", f"The routeTable '{id_}' has dependencies and cannot be deleted.")


def _internet_gateway(self: Any) -> None:
    backend, vpc_id = self.ec2_backend, self._get_param("VpcId")
    addresses = {address.eni.id for address in backend.addresses if address.eni is not None}
    mapped = (
        interface
        for interface in _interfaces(backend)
        if interface.vpc_id == vpc_id and (interface.public_ip or interface.id in addresses)
    )
    if any(mapped):
        refuse(
            "DependencyViolation",
            f"Network {vpc_id} has some mapped public address(es). "
            "Please unmap those public address(es) before detaching the gateway.",
        )


def _address(self: Any) -> None:
    id_ = self._get_param("AllocationId")
    used = any(
        address.allocation_id == id_ and address.eni is not None and address.eni.id in self.ec2_backend.enis
        for address in self.ec2_backend.addresses
    )
    if id_ and used:
        refuse("InvalidIPAddress.InUse", f"Address {id_} is in use.")


def _interfaces(backend: Any) -> Iterator[Any]:
    """The interfaces that stand: those of terminated instances are gone."""
    for interface in backend.enis.values():
        if interface.instance is None or interface.instance.state not in GONE:
            yield interface
