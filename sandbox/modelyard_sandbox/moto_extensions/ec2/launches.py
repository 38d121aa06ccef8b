"""EC2 instances in capacity reservations and placement groups, which moto leaves out.

An instance takes a place in the reservation that it targets, or in an open one that matches it; it is in the
placement group that it names. This holds however it is started: by RunInstances, by Auto Scaling, or by
Batch. A target that is a resource group is taken without a look. Sources: EC2 API reference, RunInstances,
CapacityReservationSpecification and error codes; EC2 user guide, launch into a reservation; 2026-11.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models.instances import InstanceBackend
from moto.ec2.responses import EC2Response

from modelyard_sandbox.moto_extensions.ec2.capacity import (
    available_count,
    find,
    reservations_of,
    takes_instances,
)
from modelyard_sandbox.moto_extensions.ec2.checks import one_of, refuse
from modelyard_sandbox.moto_extensions.ec2.templates import check_template
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.store import store_of

PREFERENCES = ("capacity-reservations-only", "open", "none")
EXCEEDED = "The requested reservation does not have sufficient compatible and available capacity."


@dataclass(frozen=True, slots=True)
class Wish:
    """What a launch says about reservations, groups and places; the template's where it is silent."""

    specification: dict[str, Any] = field(default_factory=dict[str, Any])
    placement: dict[str, Any] = field(default_factory=dict[str, Any])
    instance_type: str = ""

    @property
    def target(self) -> dict[str, Any]:
        """The reservation or the group of reservations that is targeted."""
        return self.specification.get("CapacityReservationTarget") or {}

    @property
    def preference(self) -> str:
        """What is wanted where nothing is targeted."""
        return self.specification.get("CapacityReservationPreference") or "open"


_requested: ContextVar[Wish | None] = ContextVar("requested", default=None)
MOTO_RUN, MOTO_START = EC2Response.run_instances, EC2Response.start_instances
MOTO_LAUNCH = InstanceBackend.run_instances


def install() -> None:
    """Put our launches around moto's."""
    add_operations(EC2Response, run_instances, start_instances)
    InstanceBackend.run_instances = _launch  # pyright: ignore[reportAttributeAccessIssue] (a method in its place)


def run_instances(self: Any) -> Any:
    """RunInstances: what the request says of reservations and groups is kept for the launch."""
    wish = Wish(
        self._get_param("CapacityReservationSpecification") or {},
        self._get_param("Placement") or {},
        self._get_param("InstanceType") or "",
    )
    token = _requested.set(wish)
    try:
        return MOTO_RUN(self)
    finally:
        _requested.reset(token)


def start_instances(self: Any) -> Any:
    """StartInstances: a stopped instance needs a place in the reservation that it targets."""
    backend = self.ec2_backend
    for id_ in self._get_param("InstanceIds") or []:
        instance = backend.get_instance(id_)
        target = getattr(instance, "capacity_reservation_id", None)
        if target and instance.state == "stopped" and _targets(instance):
            _check_places(backend, _target(backend, target), 1)
    return MOTO_START(self)


def _launch(self: Any, image_id: str, count: int, *args: Any, **kwargs: Any) -> Any:
    wish = _with_template(self, _requested.get() or Wish(), kwargs)
    group = wish.placement.get("GroupName")
    if group and group not in store_of(self, "placement_groups"):
        refuse("InvalidPlacementGroup.Unknown", f"The Placement Group '{group}' is unknown.")
    reservation = _reservation(self, wish, kwargs, count)
    made: Any = MOTO_LAUNCH(self, image_id, count, *args, **kwargs)
    for instance in made.instances:
        instance.placement.group_name = group or ""
        instance.capacity_reservation_specification = {
            "CapacityReservationPreference": wish.preference,
            **({"CapacityReservationTarget": wish.target} if wish.target else {}),
        }
        if reservation:
            instance.capacity_reservation_id = reservation["CapacityReservationId"]
            instance.capacity_block_id = reservation.get("CapacityBlockId")
    return made


def _with_template(self: Any, wish: Wish, kwargs: dict[str, Any]) -> Wish:
    template = kwargs.get("launch_template")
    if template:
        check_template(self, template)
    data = self._get_template_from_args(template).data if template else {}
    return Wish(
        wish.specification or data.get("CapacityReservationSpecification") or {},
        wish.placement or data.get("Placement") or {},
        wish.instance_type or data.get("InstanceType") or kwargs.get("instance_type") or "",
    )


def _reservation(self: Any, wish: Wish, kwargs: dict[str, Any], count: int) -> dict[str, Any] | None:
    """The reservation that takes the instances; None if none does."""
    if wish.target:
        id_ = wish.target.get("CapacityReservationId")
        if not id_:
            return None
        reservation = _target(self, id_)
        if not _fits(self, reservation, wish, kwargs):
            refuse("ReservationCapacityExceeded", EXCEEDED)
        _check_places(self, reservation, count)
        return reservation
    preference = one_of("CapacityReservationPreference", wish.preference, PREFERENCES)
    if preference == "none":
        return None
    for reservation in reservations_of(self).values():
        is_open = reservation["InstanceMatchCriteria"] == "open"
        if is_open and _fits(self, reservation, wish, kwargs) and available_count(self, reservation) >= count:
            return reservation
    if preference == "capacity-reservations-only":
        refuse("ReservationCapacityExceeded", EXCEEDED)
    return None


def _target(self: Any, id_: str) -> dict[str, Any]:
    reservation = find(self, id_)
    if not takes_instances(reservation, utcnow()):
        refuse("InvalidCapacityReservationState", f"The capacity reservation '{id_}' is not active.")
    return reservation


def _check_places(self: Any, reservation: dict[str, Any], count: int) -> None:
    if available_count(self, reservation) < count:
        refuse("ReservationCapacityExceeded", EXCEEDED)


def _fits(self: Any, reservation: dict[str, Any], wish: Wish, kwargs: dict[str, Any]) -> bool:
    """Whether type, zone, tenancy and placement group are those of the reservation."""
    zone = _zone(self, wish, kwargs)
    group = reservation.get("PlacementGroupArn", "").rpartition("/")[2]
    return (
        reservation["InstanceType"] == wish.instance_type
        and zone in (None, reservation["AvailabilityZone"])
        and reservation["Tenancy"] == (wish.placement.get("Tenancy") or "default")
        and (not group or group == wish.placement.get("GroupName"))
    )


def _zone(self: Any, wish: Wish, kwargs: dict[str, Any]) -> str | None:
    """The zone that the launch names, by its subnet or itself; None where EC2 is left to choose."""
    cards = kwargs.get("nics") or []
    subnet = kwargs.get("subnet_id") or next((card["SubnetId"] for card in cards if "SubnetId" in card), None)
    if subnet:
        return self.get_subnet(subnet).availability_zone
    return wish.placement.get("AvailabilityZone") or kwargs.get("placement")


def _targets(instance: Any) -> bool:
    return bool(instance.capacity_reservation_specification.get("CapacityReservationTarget"))
