"""The capacity reservations of a region, those of capacity blocks included: where they are kept, what state
they are in, and how much of them is in use.

Source: EC2 user guide, capacity reservations and Capacity Blocks for ML, 2026-11.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from moto.core.utils import utcnow

from modelyard_sandbox.moto_extensions.ec2.checks import refuse
from modelyard_sandbox.moto_extensions.ec2.listing import tags_of
from modelyard_sandbox.moto_extensions.store import store_of

ID = re.compile(r"cr-[0-9a-f]{8}([0-9a-f]{9})?")
ENDED = ("cancelled", "expired", "failed")
IN_USE = ("pending", "running", "stopping", "shutting-down")
"""States of instances that take a place; a stopped one gives it back."""
BLOCK_CLEARED_BEFORE_END = timedelta(minutes=30)
"""EC2 ends the instances of a block this long before its end (60 minutes for UltraServers)."""


def reservations_of(backend: Any) -> dict[str, dict[str, Any]]:
    """The reservations of a region by id."""
    return store_of(backend, "capacity_reservations")


def arn_of(self: Any, id_: str) -> str:
    """The arn of a reservation."""
    return f"arn:{self.partition}:ec2:{self.region}:{self.current_account}:capacity-reservation/{id_}"


def find(backend: Any, id_: str) -> dict[str, Any]:
    """A reservation by its id; refused as EC2 does if the id is malformed or unknown."""
    if not ID.fullmatch(id_):
        refuse("InvalidCapacityReservationId.Malformed", f'Invalid id: "{id_}" (expecting "cr-...")')
    found = reservations_of(backend).get(id_)
    if found is None:
        refuse("InvalidCapacityReservationId.NotFound", f"The capacity reservation '{id_}' does not exist.")
    return found


def state_of(reservation: dict[str, Any], now: datetime) -> str:
    """The state at a time.

    What was cancelled stays so; a paid block is scheduled until it starts; what has an end expires at it.
    """
    state: str = reservation["State"]
    if state in ("cancelled", "failed"):
        return state
    if reservation.get("EndDate") and now >= reservation["EndDate"]:
        return "expired"
    return "scheduled" if now < reservation["StartDate"] else "active"


def takes_instances(reservation: dict[str, Any], now: datetime) -> bool:
    """Whether instances can be started in it: a block is cleared before its end."""
    if state_of(reservation, now) != "active":
        return False
    is_block = reservation["ReservationType"] == "capacity-block"
    return not is_block or now < reservation["EndDate"] - BLOCK_CLEARED_BEFORE_END


def used_count(backend: Any, reservation: dict[str, Any]) -> int:
    """How many instances run in it."""
    id_ = reservation["CapacityReservationId"]
    return sum(
        instance.state in IN_USE and getattr(instance, "capacity_reservation_id", None) == id_
        for instance in backend.all_instances()
    )


def available_count(backend: Any, reservation: dict[str, Any]) -> int:
    """How many more instances can be started in it."""
    if not takes_instances(reservation, utcnow()):
        return 0
    return max(0, reservation["TotalInstanceCount"] - used_count(backend, reservation))


def described(self: Any, reservation: dict[str, Any]) -> dict[str, Any]:
    """A reservation as EC2 describes it now."""
    used = used_count(self.ec2_backend, reservation)
    return {
        **reservation,
        "State": state_of(reservation, utcnow()),
        "AvailableInstanceCount": available_count(self.ec2_backend, reservation),
        "CapacityAllocations": [{"AllocationType": "used", "Count": used}] if used else [],
        "Tags": tags_of(self.ec2_backend, reservation["CapacityReservationId"]),
    }
