"""Security group rules as they were given: the descriptions of those for groups and prefix lists, which moto
drops, and the new peer of a rule that is modified.

Source: EC2 API reference, AuthorizeSecurityGroupIngress (UserIdGroupPair, PrefixListId) and
ModifySecurityGroupRules (SecurityGroupRuleRequest), 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses import EC2Response

PEERS = (("UserIdGroupPairs", "GroupId"), ("PrefixListIds", "PrefixListId"))


def install() -> None:
    """Put what moto lacks behind its operations."""
    for operation in ("authorize_security_group_ingress", "authorize_security_group_egress"):
        _after(operation, _describe_new)
    _after("modify_security_group_rules", _change_peers)
    SecurityGroupRule.description = property(_description)  # type: ignore[assignment,method-assign]


def _after(operation: str, then: Any) -> None:
    original = getattr(EC2Response, operation)

    def followed(self: Any) -> Any:
        answer = original(self)
        then(self, answer)
        return answer

    followed.__name__ = operation
    setattr(EC2Response, operation, followed)


def _description(rule: Any) -> str | None:
    return rule.ip_range.get("Description") or rule.__dict__.get("modelyard_description")


def _describe_new(self: Any, answer: Any) -> None:
    texts = dict(_described_peers(self._get_param("IpPermissions", [])))
    for rule in answer.result["SecurityGroupRules"]:
        peer = rule.source_group.get("GroupId") or rule.prefix_list_id
        if peer in texts:
            # Apart from the peer itself, by which rules are compared: to revoke one takes no description.
            rule.modelyard_description = texts[peer]


def _described_peers(permissions: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for permission in permissions:
        for member, key in PEERS:
            for peer in permission.get(member, []):
                if peer.get("Description") and peer.get(key):
                    yield peer[key], peer["Description"]


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
