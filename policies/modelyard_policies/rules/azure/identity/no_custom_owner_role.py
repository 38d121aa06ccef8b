"""No role of one's own is as good as Owner of a whole subscription.

Such a role allows everything, on resources or on the data in them, or may assign or change roles, and with
that give itself the rest. What a role allows on resource groups only is fine. CIS and checkov look for `*`
alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.azure.scopes import is_whole
from modelyard_policies.azure.types import ROLE_DEFINITION
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, each, matches, some
from modelyard_policies.rule import Rule, Severity

DELEGATING: Final = {
    "microsoft.authorization/roleassignments/write": "may assign roles",
    "microsoft.authorization/roleassignmentschedulerequests/write": "may assign roles for a time",
    "microsoft.authorization/roledefinitions/write": "may change roles, its own among them",
}
"""Actions by which a role gives itself the rest, and what they come to."""

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
def is_for_a_subscription(role: Resource, graph: GraphView) -> bool:
    """Whether it can be assigned on a whole subscription; without scopes of its own, where it is defined."""
    return some(role.strings("assignableScopes" if role.has("assignableScopes") else "scope"), is_whole)


@RULE.check
def it_owns_nothing(role: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each of its permissions: what one of them leaves out another may allow."""
    yield from each(role.list("permissions"), _is_narrow)


def _is_narrow(permission: Block) -> Iterator[Failure]:
    checks = (lambda: _actions(permission), lambda: _data_actions(permission))
    yield from each(checks, lambda check: check())


def _actions(permission: Block) -> Iterator[Failure]:
    if some(permission.strings("actions"), _is_every):
        but = " but those that it leaves out," if permission.raw("notActions") not in (None, []) else ""
        yield permission.failure("actions", f"allows every action{but} on a whole subscription")
        return
    for action, what in DELEGATING.items():
        if all_of(
            lambda action=action: some(permission.strings("actions"), lambda each: _covers(each, action)),
            lambda action=action: (
                not some(permission.strings("notActions"), lambda each: _covers(each, action))
            ),
        ):
            yield permission.failure("actions", f"{what} on a whole subscription")
            return


def _data_actions(permission: Block) -> Iterator[Failure]:
    if some(permission.strings("dataActions"), _is_every):
        yield permission.failure("dataActions", "allows everything with all data of a whole subscription")


def _is_every(pattern: str) -> bool:
    return not pattern.strip().strip("*/")


def _covers(pattern: str, action: str) -> bool:
    return matches(pattern.strip().lower(), action)
