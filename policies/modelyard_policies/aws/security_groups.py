"""Security groups, whose rules are written inline or as resources of two kinds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.traffic import Traffic
from modelyard_policies.aws.types import (
    DEFAULT_SECURITY_GROUP,
    SECURITY_GROUP,
    SECURITY_GROUP_EGRESS_RULE,
    SECURITY_GROUP_INGRESS_RULE,
    SECURITY_GROUP_RULE,
)
from modelyard_policies.reading import Resource

INGRESS: Final = "ingress"
EGRESS: Final = "egress"

LET_IN: Final = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP, SECURITY_GROUP_INGRESS_RULE, SECURITY_GROUP_RULE)
"""Types of what may let traffic in."""

_INLINE: Final = ("cidrBlocks", "ipv6CidrBlocks")
_OWN: Final = ("cidrIpv4", "cidrIpv6")


def is_about(resource: Resource, direction: str) -> bool:
    """Whether the resource is, or may hold, rules of a direction: a SecurityGroupRule is of either."""
    return resource.type != SECURITY_GROUP_RULE or resource.text("type") == direction


def traffic(resource: Resource, direction: str) -> Iterator[Traffic]:
    """The rules of a direction: the resource itself if it is one rule, else those inline."""
    if resource.type in (SECURITY_GROUP_INGRESS_RULE, SECURITY_GROUP_EGRESS_RULE):
        yield Traffic(resource, _OWN, "ipProtocol")
    elif resource.type == SECURITY_GROUP_RULE:
        yield Traffic(resource, _INLINE)
    else:
        yield from (Traffic(rule, _INLINE) for rule in resource.list(direction))
