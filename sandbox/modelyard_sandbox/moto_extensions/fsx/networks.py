"""The networks of file systems: subnets and security groups that exist and let Lustre through.

Sources: Amazon FSx API reference, CreateFileSystem, InvalidNetworkSettings; FSx for Lustre user guide, file
system access control with Amazon VPC; 2026-11.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

from moto.ec2.exceptions import InvalidSubnetIdError
from moto.ec2.models import ec2_backends

from modelyard_sandbox.moto_extensions.fsx.answers import bad_request, refuse

LUSTRE_PORT = 988
GROUPS_MAX = 50
ALL_PROTOCOLS = "-1"


def ec2_of(self: Any) -> Any:
    """Moto's EC2 of the same account and region."""
    return ec2_backends[self.current_account][self.region]


def subnets_of(self: Any, ids: list[str]) -> list[Any]:
    """The subnets by their ids."""
    found: list[Any] = []
    for id_ in ids:
        try:
            found.append(ec2_of(self).get_subnet(id_))
        except InvalidSubnetIdError:
            refuse("InvalidNetworkSettings", f"The subnet ID '{id_}' does not exist", InvalidSubnetId=id_)
    return found


def groups_of(self: Any, ids: list[str], vpc_id: str) -> list[Any]:
    """The security groups by their ids, all of the VPC; its default group if none is named."""
    if len(ids) > GROUPS_MAX:
        bad_request(f"At most {GROUPS_MAX} security groups can be given.")
    ec2 = ec2_of(self)
    if not ids:
        return [ec2.get_default_security_group(vpc_id)]
    found: list[Any] = []
    for id_ in ids:
        group = ec2.get_security_group_from_id(id_)
        if group is None or group.vpc_id != vpc_id:
            refuse(
                "InvalidNetworkSettings",
                f"The security group '{id_}' does not exist in the VPC {vpc_id}",
                InvalidSecurityGroupId=id_,
            )
        found.append(group)
    return found


def check_lustre_port(groups: list[Any], subnet: Any) -> None:
    """Refuse groups that keep the file system's servers from each other."""
    ways = {
        "inbound": [rule for group in groups for rule in group.ingress_rules],
        "outbound": [rule for group in groups for rule in group.egress_rules],
    }
    for way, rules in ways.items():
        if not any(_lets_lustre_through(rule, groups, subnet) for rule in rules):
            refuse(
                "InvalidNetworkSettings",
                f"The security groups do not permit {way} Lustre LNET network traffic on port {LUSTRE_PORT} "
                "between the servers of the file system",
                InvalidSecurityGroupId=groups[0].id,
            )


def check_efa(groups: list[Any]) -> None:
    """Refuse groups without one that lets all traffic from and to itself, which EFA needs."""
    for group in groups:
        if all(
            any(rule.ip_protocol == ALL_PROTOCOLS and _names(rule, {group.id}) for rule in rules)
            for rules in (group.ingress_rules, group.egress_rules)
        ):
            return
    refuse(
        "InvalidNetworkSettings",
        "EFA needs a security group that allows all traffic from itself and to itself",
        InvalidSecurityGroupId=groups[0].id,
    )


def interfaces_of(self: Any, subnets: Iterable[Any], groups: list[Any], file_system_id: str) -> list[str]:
    """New interfaces for a file system, one a subnet."""
    made: list[str] = []
    for subnet in subnets:
        interface = ec2_of(self).create_network_interface(
            subnet,
            subnet.get_available_subnet_ip(None),
            group_ids=[group.id for group in groups],
            description=f"Created by Amazon FSx for {file_system_id}",
        )
        interface.requester_managed, interface.status = True, "in-use"
        made.append(interface.id)
    return made


def remove_interfaces(self: Any, ids: Iterable[str]) -> None:
    """Take a file system's interfaces away."""
    for id_ in ids:
        ec2_of(self).enis.pop(id_, None)


def _lets_lustre_through(rule: Any, groups: list[Any], subnet: Any) -> bool:
    if rule.ip_protocol not in (ALL_PROTOCOLS, "tcp"):
        return False
    if rule.ip_protocol == "tcp" and not rule.from_port <= LUSTRE_PORT <= rule.to_port:
        return False
    block = rule.ip_range.get("CidrIp")
    if block:
        return ipaddress.ip_network(block, strict=False).overlaps(subnet.cidr)
    return _names(rule, {group.id for group in groups})


def _names(rule: Any, group_ids: set[str]) -> bool:
    return rule.source_group.get("GroupId") in group_ids
