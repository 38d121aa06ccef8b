"""No role of one's own is as good as Owner of a whole subscription.

Such a role allows everything, or may assign roles, and with that give itself the rest. What a role allows on
resource groups only is fine. CIS and checkov look for `*` alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.azure.scopes import is_whole
from modelyard_policies.azure.types import ROLE_DEFINITION
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, each, matches, some
from modelyard_policies.rule import Rule, Severity

ASSIGNING: Final = "microsoft.authorization/roleassignments/write"

RULE = Rule(
    id="no-custom-owner-role",
    code="IA8",
    title="No custom role allows everything, or assigns roles, on a whole subscription",
    severity=Severity.HIGH,
    resources=(ROLE_DEFINITION,),
    why="Whoever reviews who is Owner doesn't see such a role: it has another name.",
    mend=(
        "List the actions that are needed, or name resource groups as assignableScopes. Who has to assign "
        "roles can be Role Based Access Control Administrator under a condition."
    ),
    snippet="""\
subscription = "/subscriptions/11111111-1111-1111-1111-111111111111"
azure.authorization.RoleDefinition(
    "scale-nodes",
    role_name="Scale nodes",
    scope=subscription,
    assignable_scopes=[subscription],
    permissions=[
        {
            "actions": [
                "Microsoft.Compute/virtualMachineScaleSets/read",
                "Microsoft.Compute/virtualMachineScaleSets/write",
            ]
        }
    ],
)
""",
    maps_to={
        "checkov": ["CKV_AZURE_39"],
        "cis_azure": ["2.23"],
        "azure_policy": ["a451c1ef-c6ca-483d-87ed-f49761e3ffb5"],
        "mcsb": ["PA-7"],
    },
)


@RULE.applies
def is_for_a_subscription(role: Resource, graph: GraphView) -> bool:  # noqa: ARG001
    """Whether it can be assigned on a whole subscription; without scopes of its own, where it is defined."""
    return some(role.strings("assignableScopes" if role.has("assignableScopes") else "scope"), is_whole)


@RULE.check
def it_owns_nothing(role: Resource, graph: GraphView) -> Iterator[Failure]:  # noqa: ARG001
    """Judge each of its permissions: what one of them leaves out another may allow."""
    yield from each(role.list("permissions"), _is_narrow)


def _is_narrow(permission: Block) -> Iterator[Failure]:
    if some(permission.strings("actions"), lambda action: action.strip() == "*"):
        yield permission.failure("actions", "allows every action on a whole subscription")
    elif all_of(
        lambda: some(permission.strings("actions"), _covers_assigning),
        lambda: not some(permission.strings("notActions"), _covers_assigning),
    ):
        yield permission.failure("actions", "may assign roles on a whole subscription")


def _covers_assigning(pattern: str) -> bool:
    return matches(pattern.strip().lower(), ASSIGNING)
