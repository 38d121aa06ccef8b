"""Resource Groups: groups that hold resources by name, as those of capacity reservations do. moto's hold
nothing.

Source: AWS Resource Groups API reference, GroupResources, UngroupResources, ListGroupResources; Amazon EC2
User Guide, capacity reservation groups; 2026-11. A reservation has to be there, and no capacity block of
single instances goes into a group. What a group by a query holds isn't looked up here.
"""

from __future__ import annotations

import json
from typing import Any

from moto.ec2.models import ec2_backends
from moto.resourcegroups.exceptions import BadRequestException
from moto.resourcegroups.models import resourcegroups_backends
from moto.resourcegroups.responses import ResourceGroupsResponse
from moto.resourcegroups.urls import url_paths

from modelyard_sandbox.moto_extensions.ec2.capacity import reservations_of
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.pages import BadTokenError, page
from modelyard_sandbox.moto_extensions.store import store_of

POOL = "AWS::EC2::CapacityReservationPool"
TYPE = "AWS::EC2::CapacityReservation"
PATHS = ("group-resources", "ungroup-resources", "list-group-resources")


def install() -> None:
    """Put the operations in the place of moto's, with their paths."""
    add_operations(ResourceGroupsResponse, group_resources, ungroup_resources, list_group_resources)
    for path in PATHS:
        url_paths[f"{{0}}/{path}$"] = ResourceGroupsResponse.dispatch


def groups_of(account_id: str, region: str, reservation_arn: str) -> list[str]:
    """The ARNs of the groups that hold a capacity reservation."""
    members: dict[str, list[str]] = _members(resourcegroups_backends[account_id][region])
    return [group for group, arns in members.items() if reservation_arn in arns]


def group_resources(self: Any) -> str:
    """GroupResources: capacity reservations into a group of them."""
    group, asked = _pool(self), _asked(self)
    held = _members(self.resourcegroups_backend).setdefault(group.arn, [])
    known = _groupable(self)
    taken = [arn for arn in asked if arn in known]
    held += [arn for arn in taken if arn not in held]
    failed = [
        {
            "ResourceArn": arn,
            "ErrorCode": "RESOURCE_NOT_FOUND",
            "ErrorMessage": "There is no such capacity reservation, or a group doesn't take it.",
        }
        for arn in asked
        if arn not in known
    ]
    return json.dumps({"Succeeded": taken, "Failed": failed, "Pending": []})


def ungroup_resources(self: Any) -> str:
    """UngroupResources."""
    group, asked = _pool(self), _asked(self)
    held = _members(self.resourcegroups_backend).setdefault(group.arn, [])
    taken = [arn for arn in asked if arn in held]
    held[:] = [arn for arn in held if arn not in taken]
    failed = [
        {"ResourceArn": arn, "ErrorCode": "RESOURCE_NOT_FOUND", "ErrorMessage": "It is not in the group."}
        for arn in asked
        if arn not in taken
    ]
    return json.dumps({"Succeeded": taken, "Failed": failed, "Pending": []})


def list_group_resources(self: Any) -> str:
    """ListGroupResources, of a group of capacity reservations."""
    group = _pool(self)
    arns = _members(self.resourcegroups_backend).get(group.arn, [])
    try:
        shown, token = page(arns, self._get_param("NextToken"), self._get_param("MaxResults"))
    except BadTokenError as error:
        raise BadRequestException(f"Invalid token: {error}") from None
    identifiers = [{"ResourceArn": arn, "ResourceType": TYPE} for arn in shown]
    return json.dumps(
        {
            "Resources": [{"Identifier": identifier} for identifier in identifiers],
            "ResourceIdentifiers": identifiers,
            "QueryErrors": [],
            **({"NextToken": token} if token else {}),
        }
    )


def _pool(self: Any) -> Any:
    group = self.resourcegroups_backend.get_group(self._get_param("Group") or self._get_param("GroupName"))
    kinds = {item.get("Type") for item in group.configuration or []}
    if POOL not in kinds:
        raise BadRequestException(f"The group {group.name} is not configured to hold resources by name.")
    return group


def _asked(self: Any) -> list[str]:
    return list(self._get_param("ResourceArns") or [])


def _groupable(self: Any) -> set[str]:
    reservations = reservations_of(ec2_backends[self.current_account][self.region]).values()
    return {it["CapacityReservationArn"] for it in reservations if it["ReservationType"] == "default"}


def _members(backend: Any) -> dict[str, list[str]]:
    return store_of(backend, "group_members")
