"""Assignments of Azure Policy that put virtual machines under backup."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.azure.locations import location_of, short
from modelyard_policies.azure.resource_groups import is_within
from modelyard_policies.azure.types import POLICY_ASSIGNMENT, RESOURCE_GROUP
from modelyard_policies.reading import Block, GraphView, Resource, all_of, any_of, some

READ_BY_ASSIGNMENTS: Final = (POLICY_ASSIGNMENT, RESOURCE_GROUP)
"""What has to be seen to tell whether an assignment takes a machine."""

_TAGGED_TO_NEW: Final = "83644c87-93dd-49fe-bf9f-6aff8fd0834e"
_TAKES_TAGGED: Final = ("345fa903-145c-4fe1-8bcd-93ec2adccde8", _TAGGED_TO_NEW)
_TAKES_UNTAGGED: Final = (
    "09ce66bc-1220-4153-8104-e3f51c936913",
    "98d0b9f8-fd90-49c9-88e2-d3baf3b0dd86",
)
"""Built-in policies "Configure backup on virtual machines", to a vault that is there and to a new one: of
machines with a tag, and of those without one (Azure Policy, "Built-in policies for Azure Backup", 2026). A
vault that is there takes machines of its own region, by the parameter `vaultLocation`; the policy for tagged
machines and new vaults takes all where it names no tag or no value.
"""


def is_put_under_backup(machine: Resource, graph: GraphView) -> bool:
    """Whether a policy that is assigned in the stack configures the machine's backup."""
    return is_within(
        machine, POLICY_ASSIGNMENT, graph, _configures_backup, lambda each: _takes(each, machine, graph)
    )


def _configures_backup(assignment: Resource) -> bool:
    return all_of(
        lambda: _is_of(assignment, (*_TAKES_TAGGED, *_TAKES_UNTAGGED)), lambda: _is_in_force(assignment)
    )


def _takes(assignment: Resource, machine: Resource, graph: GraphView) -> bool:
    return all_of(
        lambda: _is_asked_for(assignment, machine),
        lambda: _is_in_reach(assignment, machine, graph),
    )


def _is_asked_for(assignment: Resource, machine: Resource) -> bool:
    if not _is_of(assignment, _TAKES_TAGGED):
        return not _has_tag(machine, assignment, "exclusion")
    return any_of(
        lambda: _has_tag(machine, assignment, "inclusion"),
        lambda: all_of(
            lambda: _is_of(assignment, (_TAGGED_TO_NEW,)),
            lambda: (
                not (_tag_name(assignment, "inclusion") and some(_tag_values(assignment, "inclusion"), bool))
            ),
        ),
    )


def _is_in_reach(assignment: Resource, machine: Resource, graph: GraphView) -> bool:
    place = _parameter(assignment, "vaultLocation")
    return not place.has("value") or short(place, "value") == location_of(machine, graph)


def _is_of(assignment: Resource, definitions: tuple[str, ...]) -> bool:
    return assignment.text("policyDefinitionId").lower().endswith(definitions)


def _is_in_force(assignment: Resource) -> bool:
    return all_of(
        lambda: assignment.text("enforcementMode", "Default").lower() == "default",
        lambda: (
            _parameter(assignment, "effect").text("value", "DeployIfNotExists").lower() == "deployifnotexists"
        ),
    )


def _has_tag(machine: Resource, assignment: Resource, kind: str) -> bool:
    """Whether the machine has the tag that a parameter names, with one of the values that another lists."""
    name = _tag_name(assignment, kind)
    # Names of tags are the same in either case, values aren't (Azure Resource Manager, "Tags", 2026).
    own = next((key for key in machine.block("tags").keys() if key.lower() == name.lower()), None)  # noqa: SIM118
    return own is not None and some(
        _tag_values(assignment, kind), lambda value: value == machine.block("tags").text(own)
    )


def _tag_name(assignment: Resource, kind: str) -> str:
    return _parameter(assignment, f"{kind}TagName").text("value")


def _tag_values(assignment: Resource, kind: str) -> Iterator[str]:
    return _parameter(assignment, f"{kind}TagValue").strings("value")


def _parameter(assignment: Resource, name: str) -> Block:
    return assignment.block("parameters").block(name)
