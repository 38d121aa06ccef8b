"""What an account has once, or once in each region, and whether the account's stack has it.

What a stack leaves to somebody else can't be seen in it: our own component says so, and of anything else,
such as what an organization sets for its accounts, a suppression has to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.types import ACCOUNT_PUBLIC_ACCESS_BLOCK, CLOUD_TRAIL, STACK
from modelyard_policies.declared import ACCOUNT_COMPONENT, is_account_stack
from modelyard_policies.errors import Unread
from modelyard_policies.graph.types import AWS
from modelyard_policies.reading import Failure, GraphView, Resource

ADOPTED: Final = "adopted"
"""Input of our component: types of what somebody else has set already."""

_ONCE: Final = (ACCOUNT_PUBLIC_ACCESS_BLOCK, CLOUD_TRAIL)
"""What holds in every region at once."""

_GLOBAL: Final = frozenset(
    {
        *("account", "bcmdata", "billing", "budgets", "cloudfront", "costexplorer", "costoptimizationhub"),
        *("cur", "globalaccelerator", "iam", "networkmanager", "notifications", "organizations", "route53"),
        *("route53domains", "route53recoverycontrol", "route53recoveryreadiness", "shield", "waf"),
    },
)
"""Modules whose resources are in no region: those of pulumi-aws 7 that take none."""


def is_the_accounts(resource: Resource, graph: GraphView) -> bool:
    """A rule's `applies`: a setting is judged wherever it stands, a stack only if it is the account's."""
    return resource.type != STACK or is_account_stack(graph, AWS)


def missing(stack: Resource, graph: GraphView, token: str, what: str) -> Iterator[Failure]:
    """The failure of an account's stack that has no setting of a type, which `what` says, or one for each
    region that it uses without. Raises Unread if somebody else has set it.
    """
    settings = graph.of_type(token)
    regions = [] if token in _ONCE else _lacking(settings, graph)
    if not settings or regions:
        raise_if_adopted(graph, token)
    if not settings:
        yield stack.failure("", what)
        return
    for region in regions:
        yield stack.failure("", f"{what} in {region}")


def raise_if_adopted(graph: GraphView, token: str) -> None:
    """Raise Unread if our component says that somebody else has set what is of a type."""
    for account in graph.of_type(ACCOUNT_COMPONENT):
        if token in account.strings(ADOPTED):
            raise Unread(account.urn, ADOPTED, "somebody else has set it, and it isn't seen here")


def _lacking(settings: list[Resource], graph: GraphView) -> list[str]:
    """The regions that the stack uses and none of the settings is in."""
    found = {setting.node.region for setting in settings}
    lacking = sorted(graph.once(_regions_in_use) - found)
    unplaced = next((setting for setting in settings if setting.node.region is None), None)
    if lacking and unplaced:
        raise Unread(unplaced.urn, "region", "may be one that lacks it, which isn't known yet")
    return lacking


def _regions_in_use(graph: GraphView) -> frozenset[str]:
    """Those in which anything of the stack's is, as far as they are known."""
    return frozenset(
        resource.node.region
        for resource in graph.resources()
        if resource.node.region and _is_regional(resource)
    )


def _is_regional(resource: Resource) -> bool:
    cloud, _, rest = resource.type.partition(":")
    return cloud == AWS and resource.type not in _ONCE and rest.partition("/")[0] not in _GLOBAL
