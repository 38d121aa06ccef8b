"""EC2 security groups and their rules: names, ports and protocols that moto takes without a look.

Source: EC2 API reference, CreateSecurityGroup, AuthorizeSecurityGroupIngress, IpPermission and error codes
(InvalidGroup.Reserved, InvalidVpcID.NotFound), 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from moto.ec2.responses import EC2Response

from modelyard_sandbox.moto_extensions.ec2.checks import refuse
from modelyard_sandbox.moto_extensions.operations import before

TEXT = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")
PORTS_MAX = 65535
PROTOCOLS = ("tcp", "udp", "icmp", "icmpv6", "-1", "all")
WITH_PORTS = ("tcp", "udp", "6", "17")
PROTOCOL_NUMBERS = range(256)


def install() -> None:
    """Put the checks before moto's operations."""
    before(EC2Response, "create_security_group", _create)
    before(EC2Response, "authorize_security_group_ingress", _rules)
    before(EC2Response, "authorize_security_group_egress", _rules)
    before(EC2Response, "modify_security_group_rules", _changed_rules)


def _create(self: Any) -> None:
    name, description = self._get_param("GroupName") or "", self._get_param("Description") or ""
    vpc_id = self._get_param("VpcId")
    if name.lower() == "default":
        refuse("InvalidGroup.Reserved", f"The security group name '{name}' is reserved")
    if not TEXT.fullmatch(name) or name.startswith("sg-"):
        form = " Group names may not be in the format sg-*." if name.startswith("sg-") else ""
        refuse("InvalidParameterValue", f"Value ({name}) for parameter GroupName is invalid.{form}")
    if description and not TEXT.fullmatch(description):
        refuse("InvalidParameterValue", f"Value ({description}) for parameter GroupDescription is invalid.")
    if vpc_id and vpc_id not in self.ec2_backend.vpcs:
        refuse("InvalidVpcID.NotFound", f"The vpc ID '{vpc_id}' does not exist")


def _rules(self: Any) -> None:
    permissions = self._get_param("IpPermissions")
    if permissions is None and self._get_param("IpProtocol"):
        permissions = [{name: self._get_param(name) for name in ("IpProtocol", "FromPort", "ToPort")}]
    for permission in permissions or []:
        check_rule(permission)


def _changed_rules(self: Any) -> None:
    for change in self._get_param("SecurityGroupRules") or []:
        rule = change.get("SecurityGroupRule") or {}
        if rule.get("IpProtocol"):
            check_rule(rule)


def check_rule(rule: Mapping[str, Any]) -> None:
    """Refuse a protocol that isn't one, and ports that are missing, out of range or in the wrong order."""
    protocol = str(rule.get("IpProtocol", "")).lower()
    if protocol not in PROTOCOLS and not (protocol.isdecimal() and int(protocol) in PROTOCOL_NUMBERS):
        refuse("InvalidParameterValue", f"Invalid value '{protocol}' for IP protocol. Unknown protocol.")
    if protocol not in WITH_PORTS:
        return
    low, high = rule.get("FromPort"), rule.get("ToPort")
    if low is None or high is None:
        refuse(
            "InvalidParameterValue",
            "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
        )
    if not 0 <= int(low) <= int(high) <= PORTS_MAX:
        refuse("InvalidParameterValue", f"Invalid {protocol.upper()} port range ({low}-{high})")
