"""EC2 capacity reservations: create, describe, modify, cancel, usage, groups.

A reservation is for immediate use: one with a start date (future-dated) is refused, as the sandbox has none.
Sources: EC2 API reference, the operations of these names and error codes; EC2 user guide, capacity
reservations; 2026-11.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.responses import EC2Response
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, EC2_RESOURCE_TO_PREFIX, random_id

from modelyard_sandbox.moto_extensions.ec2.capacity import (
    ENDED,
    arn_of,
    available_count,
    described,
    find,
    reservations_of,
    state_of,
    used_count,
)
from modelyard_sandbox.moto_extensions.ec2.checks import (
    instance_type_of,
    moment,
    one_of,
    placement_group_of,
    platform_of,
    refuse,
    required,
    whole_number,
    zone_of,
)
from modelyard_sandbox.moto_extensions.ec2.listing import listed
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.store import store_of

PREFIX = "cr"
INSTANCES_MAX = 1000
FILTERS = {
    "instance-type": "InstanceType",
    "owner-id": "OwnerId",
    "instance-platform": "InstancePlatform",
    "availability-zone": "AvailabilityZone",
    "tenancy": "Tenancy",
    "outpost-arn": "OutpostArn",
    "state": "State",
    "start-date": "StartDate",
    "end-date": "EndDate",
    "end-date-type": "EndDateType",
    "instance-match-criteria": "InstanceMatchCriteria",
    "placement-group-arn": "PlacementGroupArn",
}
FUTURE_ONLY = ("StartDate", "CommitmentDuration", "DeliveryPreference")


def install() -> None:
    """Add the operations to moto's EC2."""
    EC2_RESOURCE_TO_PREFIX["capacity-reservation"] = PREFIX
    EC2_PREFIX_TO_RESOURCE[PREFIX] = "capacity-reservation"
    add_operations(
        EC2Response,
        create_capacity_reservation,
        describe_capacity_reservations,
        modify_capacity_reservation,
        cancel_capacity_reservation,
        get_capacity_reservation_usage,
        get_groups_for_capacity_reservation,
    )


def create_capacity_reservation(self: Any) -> ActionResult:
    """CreateCapacityReservation, for immediate use."""
    settings = _settings(self)
    tags = self._parse_tag_specification("capacity-reservation").get("capacity-reservation", {})
    token = self._get_param("ClientToken")
    tokens = store_of(self.ec2_backend, "capacity_reservation_tokens")
    if token in tokens:
        id_, first = tokens[token]
        if first != settings:
            refuse(
                "IdempotentParameterMismatch",
                f"The client token {token} was used before with other parameters.",
            )
        return ActionResult({"CapacityReservation": described(self, find(self.ec2_backend, id_))})
    self.error_on_dryrun()
    id_ = random_id(PREFIX, size=17)
    now = utcnow()
    reservations_of(self.ec2_backend)[id_] = {
        "CapacityReservationId": id_,
        "OwnerId": self.current_account,
        "CapacityReservationArn": arn_of(self, id_),
        **settings,
        "State": "active",
        "StartDate": now,
        "CreateDate": now,
        "ReservationType": "default",
    }
    if token:
        tokens[token] = (id_, settings)
    if tags:
        self.ec2_backend.create_tags([id_], tags)
    return ActionResult({"CapacityReservation": described(self, find(self.ec2_backend, id_))})


def describe_capacity_reservations(self: Any) -> ActionResult:
    """DescribeCapacityReservations, by ids and by the documented filters."""
    ids = self._get_param("CapacityReservationIds") or []
    chosen = (
        [find(self.ec2_backend, id_) for id_ in ids]
        if ids
        else list(reservations_of(self.ec2_backend).values())
    )
    descriptions = [described(self, reservation) for reservation in chosen]
    return ActionResult(listed(self, descriptions, "CapacityReservations", FILTERS))


def modify_capacity_reservation(self: Any) -> ActionResult:
    """ModifyCapacityReservation: count, end and match criteria of an active reservation."""
    reservation = _changeable(self, "modified")
    count = self._get_param("InstanceCount")
    criteria = self._get_param("InstanceMatchCriteria")
    changes: dict[str, Any] = {}
    if count is not None:
        changes["TotalInstanceCount"] = _new_count(self, reservation, count)
    if criteria is not None:
        changes["InstanceMatchCriteria"] = one_of("InstanceMatchCriteria", criteria, ("open", "targeted"))
        if criteria != reservation["InstanceMatchCriteria"] and used_count(self.ec2_backend, reservation):
            refuse(
                "InvalidCapacityReservationState",
                "The match criteria can only be modified while no instance uses the reservation.",
            )
    if self._get_param("EndDateType") or self._get_param("EndDate"):
        changes |= _end(self)
        if changes["EndDateType"] == "unlimited":
            reservation.pop("EndDate", None)
    self.error_on_dryrun()
    reservation.update(changes)
    return ActionResult({"Return": True})


def cancel_capacity_reservation(self: Any) -> ActionResult:
    """CancelCapacityReservation: instances that run in it go on running."""
    reservation = _changeable(self, "cancelled")
    self.error_on_dryrun()
    reservation["State"] = "cancelled"
    return ActionResult({"Return": True})


def get_capacity_reservation_usage(self: Any) -> ActionResult:
    """GetCapacityReservationUsage: of the owner, as reservations aren't shared here."""
    reservation = find(self.ec2_backend, required(self, "CapacityReservationId"))
    used = used_count(self.ec2_backend, reservation)
    usages = [{"AccountId": self.current_account, "UsedInstanceCount": used}] if used else []
    return ActionResult(
        {
            "CapacityReservationId": reservation["CapacityReservationId"],
            "InstanceType": reservation["InstanceType"],
            "TotalInstanceCount": reservation["TotalInstanceCount"],
            "AvailableInstanceCount": available_count(self.ec2_backend, reservation),
            "State": state_of(reservation, utcnow()),
            "InstanceUsages": usages,
        }
    )


def get_groups_for_capacity_reservation(self: Any) -> ActionResult:
    """GetGroupsForCapacityReservation: the resource groups that hold it."""
    from modelyard_sandbox.moto_extensions.resourcegroups import groups_of

    found = find(self.ec2_backend, required(self, "CapacityReservationId"))
    groups = groups_of(self.current_account, self.region, found["CapacityReservationArn"])
    owned = [{"GroupArn": arn, "OwnerId": self.current_account} for arn in groups]
    return ActionResult({"CapacityReservationGroups": owned})


def _settings(self: Any) -> dict[str, Any]:
    """What was asked for, checked."""
    for name in FUTURE_ONLY:
        if self._get_param(name) is not None:
            refuse("UnsupportedOperation", f"The sandbox has no future-dated reservations: leave out {name}.")
    type_ = instance_type_of(required(self, "InstanceType"))
    platform = platform_of(self)
    count = whole_number("InstanceCount", required(self, "InstanceCount"), 1, INSTANCES_MAX)
    tenancy = one_of("Tenancy", self._get_param("Tenancy") or "default", ("default", "dedicated"))
    criteria = self._get_param("InstanceMatchCriteria") or "open"
    group = placement_group_of(self, self._get_param("PlacementGroupArn"))
    outpost = self._get_param("OutpostArn")
    return {
        "InstanceType": type_,
        "InstancePlatform": platform,
        **zone_of(self, type_),
        "Tenancy": tenancy,
        "TotalInstanceCount": count,
        "EbsOptimized": bool(self._get_param("EbsOptimized")),
        "EphemeralStorage": bool(self._get_param("EphemeralStorage")),
        "InstanceMatchCriteria": one_of("InstanceMatchCriteria", criteria, ("open", "targeted")),
        **_end(self),
        **({"PlacementGroupArn": group} if group else {}),
        **({"OutpostArn": outpost} if outpost else {}),
    }


def _end(self: Any) -> dict[str, Any]:
    date: datetime | None = moment(self._get_param("EndDate"))
    kind = self._get_param("EndDateType") or ("limited" if date else "unlimited")
    one_of("EndDateType", kind, ("unlimited", "limited"))
    if kind == "unlimited":
        if date:
            refuse("InvalidParameterCombination", "EndDate can't be given if EndDateType is unlimited.")
        return {"EndDateType": kind}
    if date is None:
        refuse("MissingParameter", "EndDate must be given if EndDateType is limited.")
    elif date <= utcnow():
        refuse("InvalidParameterValue", f"EndDate {date.isoformat()} must be in the future.")
    return {"EndDateType": kind, "EndDate": date}


def _new_count(self: Any, reservation: dict[str, Any], asked: Any) -> int:
    count = whole_number("InstanceCount", asked, 1)
    if abs(count - reservation["TotalInstanceCount"]) > INSTANCES_MAX:
        refuse("InvalidParameterValue", f"InstanceCount can't change by more than {INSTANCES_MAX} at once.")
    used = used_count(self.ec2_backend, reservation)
    if count < used:
        refuse("InvalidParameterValue", f"InstanceCount {count} is less than the {used} instances in use.")
    return count


def _changeable(self: Any, what: str) -> dict[str, Any]:
    reservation = find(self.ec2_backend, required(self, "CapacityReservationId"))
    id_ = reservation["CapacityReservationId"]
    if reservation["ReservationType"] == "capacity-block":
        refuse("OperationNotPermitted", f"The Capacity Block {id_} can't be {what}.")
    state = state_of(reservation, utcnow())
    if state in ENDED:
        refuse(
            "InvalidCapacityReservationState",
            f"The Capacity Reservation {id_} can't be {what} in the state {state}.",
        )
    return reservation
