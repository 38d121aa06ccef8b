"""Security group rules as they were given: the descriptions of those for groups and prefix lists, which moto
drops, and the new peer of a rule that is modified.

Source: EC2 API reference, AuthorizeSecurityGroupIngress (UserIdGroupPair, PrefixListId) and
ModifySecurityGroupRules (SecurityGroupRuleRequest), 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses import EC2Response

from modelyard_sandbox.moto_extensions.operations import after


def install() -> None:
    """Put what moto lacks behind its operations."""
    for operation in ("authorize_security_group_ingress", "authorize_security_group_egress"):
        after(EC2Response, operation, _describe_new)
    after(EC2Response, "modify_security_group_rules", _change_peers)
    SecurityGroupRule.description = property(_description)  # type: ignore[assignment,method-assign] (in the place of moto's)
    original = SecurityGroupRule.__eq__
    SecurityGroupRule.__eq__ = lambda rule, other: original(_bare(rule), _bare(other))  # type: ignore[assignment,method-assign] (in the place of moto's)


def _description(rule: Any) -> str | None:
    peers = (rule.ip_range, rule.source_group, {"Description": rule.__dict__.get("modelyard_description")})
    return next((peer["Description"] for peer in peers if peer.get("Description")), None)


def _bare(rule: Any) -> Any:
    """A rule as rules are compared: two with the same peer are the same, whatever their descriptions."""
    peer = {name: value for name, value in rule.source_group.items() if name != "Description"}
    return SimpleNamespace(**{**vars(rule), "source_group": peer})


def _describe_new(self: Any, answer: Any) -> None:
    texts = dict(_described_lists(self._get_param("IpPermissions", [])))
    for rule in answer.result["SecurityGroupRules"]:
        if rule.prefix_list_id in texts:
            rule.modelyard_description = texts[rule.prefix_list_id]


def _described_lists(permissions: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for permission in permissions:
        for peer in permission.get("PrefixListIds", []):
            if peer.get("Description"):
                yield peer["PrefixListId"], peer["Description"]


def _change_peers(self: Any, _answer: Any) -> None:
    group = self.ec2_backend.get_security_group_from_id(self._get_param("GroupId"))
    for change in self._get_param("SecurityGroupRules", []):
        rule, wanted = group.get_rule(change["SecurityGroupRuleId"]), change["SecurityGroupRule"]
        if wanted.get("CidrIpv6"):
            rule.ip_range["CidrIpv6"] = wanted["CidrIpv6"]
        if wanted.get("PrefixListId"):
            rule.prefix_list_id = wanted["PrefixListId"]
        if wanted.get("ReferencedGroupId"):
            rule.source_group = {**rule.source_group, "GroupId": wanted["ReferencedGroupId"]}
