"""Nobody owns a whole subscription by what a stack assigns.

Owner, and the two roles that can make anybody Owner. Those two pass under a condition, which constrains what
they may assign and to whom; an Owner under a condition still has all resources.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.azure.scopes import is_whole
from modelyard_policies.azure.types import ROLE_ASSIGNMENT
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, all_of
from modelyard_policies.rule import Rule, Severity

OWNER: Final = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"

NAMES: Final = {
    OWNER: "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
}
"""Roles by their ids (Microsoft Learn, "Azure built-in roles for Privileged", 2026-11)."""

DELEGATING: Final = frozenset(
    {NAMES[OWNER], "User Access Administrator", "Role Based Access Control Administrator"}
)


@dataclass(frozen=True, slots=True)
class SubscriptionRoles(Options):
    """Which roles nobody may have on a whole subscription."""

    rule: ClassVar[str] = "no-owner-of-subscription"
    roles: tuple[str, ...] = option(
        words(),
        tuple(sorted(DELEGATING)),
        "Roles that nobody may have on a whole subscription: these, Contributor, or the id of any",
    )


RULE = Rule(
    id="no-owner-of-subscription",
    code="IA7",
    title="Nobody is made Owner of a whole subscription",
    severity=Severity.HIGH,
    resources=(ROLE_ASSIGNMENT,),
    options=SubscriptionRoles,
    why=(
        "Who gets hold of an owner's token has every environment in the subscription, and can let others in "
        "for good."
    ),
    mend=(
        "Assign a role for what is needed, on a resource group or a resource; let people become Owner for "
        "hours by Privileged Identity Management."
    ),
    snippet="""\
reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
azure.authorization.RoleAssignment(
    "nodes-read",
    principal_id="22222222-2222-2222-2222-222222222222",
    principal_type="ServicePrincipal",
    role_definition_id=f"/providers/Microsoft.Authorization/roleDefinitions/{reader}",
    scope="/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/main",
)
""",
    maps_to={},
)


@RULE.check
def none_owns_everything(assignment: Resource, graph: GraphView) -> Iterator[Failure]:
    """A role is known by the last part of its id, whichever subscription the id names."""
    refused = graph.options(SubscriptionRoles).roles

    def is_refused() -> bool:
        role = _role(assignment)
        return role in refused or NAMES.get(role) in refused

    if all_of(
        is_refused,
        lambda: is_whole(assignment.text("scope").strip()),
        lambda: not _is_constrained(assignment),
    ):
        role = _role(assignment)
        yield assignment.failure("scope", f"gives {NAMES.get(role, role)} on {assignment.text('scope')}")


def _role(assignment: Resource) -> str:
    return assignment.text("roleDefinitionId").strip().rstrip("/").rpartition("/")[2].lower()


def _is_constrained(assignment: Resource) -> bool:
    role = _role(assignment)
    return role != OWNER and NAMES.get(role) in DELEGATING and bool(assignment.text("condition").strip())
