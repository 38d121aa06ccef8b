"""Whether the reservations and capacity blocks of the pools are there, and what the pools say they are.

Sources: EC2 API Reference, CapacityReservation (states, `instanceMatchCriteria`, `reservationType`); Amazon
EC2 User Guide, "Capacity Blocks for ML"; 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from modelyard.environment.aws.capacity import CapacityBlock, OpenReservation, Reservation
from modelyard.environment.aws.needs import pool_zones
from modelyard_cli.account.failures import error_code
from modelyard_cli.account.survey import Subject, Survey, command

if TYPE_CHECKING:
    from modelyard.environment.aws.compute import Pool
    from modelyard_cli.findings import Finding

UNKNOWN = frozenset({"InvalidCapacityReservationId.NotFound", "InvalidCapacityReservationId.Malformed"})
COMING = ("scheduled", "pending", "assessing", "delayed", "payment-pending")
"""States of a reservation that isn't there yet, and may still come."""

Fault = tuple[str, str, str]
"""What is otherwise, how, and how to mend it."""


def check(survey: Survey) -> Iterator[Finding]:
    """Look at the reservation of each pool that has one. Raises what botocore raises."""
    for place, pool in enumerate(survey.site.pools):
        capacity = pool.capacity
        field = survey.site.pool_field(place, "capacity")
        if isinstance(capacity, Reservation) and capacity.resource_group_arn is not None:
            yield from _of_group(survey, pool, f"{field}.resource_group_arn", capacity.resource_group_arn)
        elif isinstance(capacity, OpenReservation | Reservation | CapacityBlock):
            reservation_id = capacity.reservation_id or ""
            yield from _by_id(survey, pool, f"{field}.reservation_id", reservation_id)


def _by_id(survey: Survey, pool: Pool, field: str, reservation_id: str) -> Iterator[Finding]:
    kind = "capacity block" if isinstance(pool.capacity, CapacityBlock) else "reservation"
    name = f"{kind} {reservation_id} of pool {pool.name} in {survey.region}"
    subject = Subject("reservations", name, "its nodes", field)
    found = _described(survey.client("ec2"), reservation_id)
    if found is None:
        yield subject.missing(
            f"there is no capacity reservation {reservation_id} in {survey.region} for this account",
            f"correct its id: {command('ec2 describe-capacity-reservations', {}, survey.region)} lists them",
        )
        return
    faults = [*_common_faults(survey, pool, found), *_mode_faults(survey, pool, found)]
    for aspect, fault, mend in faults:
        yield subject.missing(fault, mend, aspect=aspect)
    if not faults:
        yield from _count(subject, pool, [found])


def _of_group(survey: Survey, pool: Pool, field: str, arn: str) -> Iterator[Finding]:
    group = arn.rpartition("/")[2]
    name = f"reservation group {group} of pool {pool.name} in {survey.region}"
    subject = Subject("reservations", name, "its nodes", field)
    ids = _members(survey.client("resource-groups"), arn)
    if ids is None:
        yield subject.missing(
            f"there is no resource group {arn}",
            f"correct its ARN: {command('resource-groups list-groups', {}, survey.region)} lists them",
        )
        return
    members = [found for id_ in ids if (found := _described(survey.client("ec2"), id_)) is not None]
    if not members:
        options = {"group": group, "resource-arns": "ARN-OF-A-RESERVATION"}
        add = command("resource-groups group-resources", options, survey.region)
        yield subject.missing("no capacity reservation is in it", f"put the pool's reservations in: {add}")
        return
    faults = [fault for found in members for fault in _common_faults(survey, pool, found)]
    for aspect, fault, mend in faults:
        yield subject.missing(fault, mend, aspect=aspect)
    if not faults:
        yield from _count(subject, pool, members)


def _described(ec2: Any, reservation_id: str) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    try:
        answer = ec2.describe_capacity_reservations(CapacityReservationIds=[reservation_id])
    except ClientError as error:
        if error_code(error) not in UNKNOWN:
            raise
        return None
    return answer["CapacityReservations"][0] if answer["CapacityReservations"] else None


def _members(groups: Any, arn: str) -> list[str] | None:
    """The ids of the reservations in a resource group; None if there is no such group."""
    from botocore.exceptions import ClientError

    try:
        pages = list(groups.get_paginator("list_group_resources").paginate(Group=arn))
    except ClientError as error:
        if error_code(error) != "NotFoundException":
            raise
        return None
    arns = [item["Identifier"]["ResourceArn"] for page in pages for item in page["Resources"]]
    return [arn.rpartition("/")[2] for arn in arns if ":capacity-reservation/" in arn]


def _common_faults(survey: Survey, pool: Pool, found: dict[str, Any]) -> Iterator[Fault]:
    id_, state = found["CapacityReservationId"], found["State"]
    if state != "active" and state not in COMING:
        yield "state", f"{id_} is {state}", "name another reservation, or another mode of capacity"
    if found["InstanceType"] != pool.instance_type:
        mend = f"name a reservation of {pool.instance_type}, or set instance_type: {found['InstanceType']}"
        yield "type", f"{id_} holds {found['InstanceType']}, and the pool is of {pool.instance_type}", mend
    zone, zones = found.get("AvailabilityZoneId", ""), pool_zones(survey.site, pool)
    if zone not in zones:
        where = f"{id_} lies in {zone}, and the pool runs in {', '.join(zones) or 'no zone'}"
        network = survey.site.network_field
        yield "zone", where, f"set the pool's zone_id: {zone}, with {zone} among {network}.zone_ids"


def _mode_faults(survey: Survey, pool: Pool, found: dict[str, Any]) -> Iterator[Fault]:
    capacity, id_ = pool.capacity, found["CapacityReservationId"]
    is_block = found.get("ReservationType") == "capacity-block"
    if isinstance(capacity, CapacityBlock):
        if is_block:
            yield from _window_faults(capacity, found)
        else:
            yield "mode", f"{id_} is no capacity block", "set capacity.mode: reservation or open_reservation"
        return
    if is_block:
        yield "mode", f"{id_} is a capacity block's", "set capacity.mode: capacity_block, with its window"
        return
    wanted = "open" if isinstance(capacity, OpenReservation) else "targeted"
    matching = found["InstanceMatchCriteria"]
    if matching != wanted:
        modify = command(
            "ec2 modify-capacity-reservation",
            {"capacity-reservation-id": id_, "instance-match-criteria": wanted},
            survey.region,
        )
        other = "open_reservation" if matching == "open" else "reservation"
        yield (
            "matching",
            f"{id_} is {matching}, and the pool's mode wants {wanted}",
            (f"set capacity.mode: {other}, or {modify}"),
        )


def _window_faults(capacity: CapacityBlock, found: dict[str, Any]) -> Iterator[Fault]:
    id_, held = found["CapacityReservationId"], found["TotalInstanceCount"]
    for member, field, stated in (
        ("StartDate", "starts_at", capacity.starts_at),
        ("EndDate", "ends_at", capacity.ends_at),
    ):
        actual = _moment(found[member])
        if actual != stated:
            yield (
                field,
                f"{id_} has {field} {actual}, and the environment says {stated}",
                (f'set capacity.{field}: "{actual}"'),
            )
    if held != capacity.node_count:
        fault = f"{id_} holds {held} nodes, and the environment says {capacity.node_count}"
        yield "node_count", fault, f"set capacity.node_count and max_nodes: {held}"


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _count(subject: Subject, pool: Pool, members: Sequence[dict[str, Any]]) -> Iterator[Finding]:
    """Whether as many nodes are held as the pool may have: beyond an open one they cost the list price."""
    held = sum(found["TotalInstanceCount"] for found in members)
    states = ", ".join(sorted({found["State"] for found in members}))
    if held >= pool.max_nodes:
        yield subject.found(f"{states}, {held} x {pool.instance_type} in {members[0]['AvailabilityZoneId']}")
        return
    short = f"it holds {held} of the pool's {pool.max_nodes} nodes"
    if isinstance(pool.capacity, OpenReservation):
        detail = f"{short}: further ones run beside it at the list price, if EC2 has any"
        yield subject.missing(detail, "enlarge it, or lower max_nodes", aspect="count", required=False)
    else:
        detail = f"{short}: jobs on more would wait for ever"
        yield subject.missing(detail, f"enlarge it, or set max_nodes: {held}", aspect="count")
