"""Container registries are reached by an identity of Entra and by the private network alone.

The admin user and anonymous pulls are off unless they are set, public network access is on unless it is set
(Azure REST API, Container Registry, Registries, 2026-11). It can be off, or kept to some addresses, in tier
Premium only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modelyard_policies.azure.public_access import openings
from modelyard_policies.azure.types import CONTAINER_REGISTRY
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="container-registry-closed",
    code="CT7",
    title="Container registries have no admin user, no anonymous pull and no open network",
    severity=Severity.HIGH,
    resources=(CONTAINER_REGISTRY,),
    why="The admin user is one password for everyone, and who can push an image runs it on every node.",
    mend=(
        'Leave adminUserEnabled and anonymousPullEnabled out, and set publicNetworkAccess to "Disabled", in '
        'tier Premium and with a private endpoint; or networkRuleSet.defaultAction to "Deny", and name in '
        "ipRules who may come in."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_137", "CKV_AZURE_138", "CKV_AZURE_139"],
        "azure_policy": [
            "dc921057-6b28-4fbe-9b83-f7bec05db6c2",
            "0fdf0491-d080-4575-b627-ad0e843cba0f",
            "9f2dea28-e834-476c-99c5-3507b4728395",
            "d0793b48-0edc-4296-a390-4c75d1bdfd71",
        ],
        "mcsb": ["IM-1", "NS-2"],
    },
    snippet="""\
azure.containerregistry.Registry(
    "training",
    registry_name="acmetraining",
    resource_group_name=group.name,
    sku={"name": "Premium"},
    admin_user_enabled=False,
    anonymous_pull_enabled=False,
    public_network_access="Disabled",
)
""",
)

SHARED: Final = ("adminUserEnabled", "anonymousPullEnabled")
"""Ways in without an identity of one's own."""


@RULE.check
def nobody_comes_in_unnamed(registry: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the two ways in, then the network."""
    checks = (
        lambda: each(SHARED, lambda key: _is_off(registry, key)),
        lambda: _network(registry),
    )
    yield from each(checks, lambda check: check())


@RULE.remedy
def switch_off(registry: Resource, graph: GraphView) -> Mapping[str, Any]:
    """Nothing where the network is open: closing it takes another tier and a private endpoint."""
    if any(_network(registry)):
        return {}
    return {key: False for key in SHARED if registry.is_true(key)}


def _is_off(registry: Resource, key: str) -> Iterator[Failure]:
    if registry.is_true(key):
        yield registry.failure(key, "is true")


def _network(registry: Resource) -> Iterator[Failure]:
    yield from openings(registry, "networkRuleSet", "iPAddressOrRange")
