"""What EC2 checks of a request for capacity, and how it words a refusal.

Instance types and the zones that offer them are the catalog's, and moto's where the catalog has none.
Sources: EC2 API reference, CreateCapacityReservation and error codes, 2026-11.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NoReturn

from moto.core.utils import get_service_model
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES

from modelyard.catalog import instance_type_names, offered_zone_ids
from modelyard_sandbox.moto_extensions.store import store_of


def refuse(code: str, message: str) -> NoReturn:
    """Answer with an error of EC2."""
    raise EC2ClientError(code, message)


def required(self: Any, name: str) -> Any:
    """A parameter that a request must hold."""
    value = self._get_param(name)
    if value in (None, ""):
        refuse("MissingParameter", f"The request must contain the parameter {name}")
    return value


def one_of(name: str, value: Any, allowed: tuple[str, ...]) -> str:
    """A value of an enumeration."""
    if value not in allowed:
        refuse("InvalidParameterValue", f"Value ({value}) for parameter {name} is invalid.")
    return value


def platform_of(self: Any) -> str:
    """The platform asked for, one of the service model's."""
    shape: Any = get_service_model("ec2").shape_for("CapacityReservationInstancePlatform")
    return one_of("InstancePlatform", required(self, "InstancePlatform"), tuple(shape.enum))


def whole_number(name: str, value: Any, least: int, most: int | None = None) -> int:
    """A whole number between two bounds, both included."""
    number = int(value)
    if number < least or (most is not None and number > most):
        bounds = f"from {least} to {most}" if most is not None else f"{least} or more"
        refuse("InvalidParameterValue", f"Value ({number}) for parameter {name} is invalid: {bounds}.")
    return number


def moment(value: Any) -> datetime | None:
    """A time in UTC without a zone, as moto keeps times."""
    if value is None:
        return None
    time = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


def instance_type_of(name: str) -> str:
    """An instance type that EC2 has."""
    if name not in INSTANCE_TYPES and name not in instance_type_names():
        refuse("InvalidParameterValue", f"Invalid value '{name}' for InstanceType.")
    return name


def zones_offering(type_: str, region: str) -> tuple[str, ...]:
    """The ids of a region's zones that offer an instance type."""
    if type_ in instance_type_names():
        return offered_zone_ids(type_, region)
    offerings = INSTANCE_TYPE_OFFERINGS["availability-zone-id"].get(region, [])
    return tuple(sorted(item["Location"] for item in offerings if item["InstanceType"] == type_))


def zone_of(self: Any, type_: str) -> dict[str, str]:
    """The zone asked for, by name and id; it must offer the type."""
    name, id_ = self._get_param("AvailabilityZone"), self._get_param("AvailabilityZoneId")
    if not name and not id_:
        refuse("MissingParameter", "The request must contain the parameter AvailabilityZone")
    zones = self.ec2_backend.describe_availability_zones()
    zone = next((zone for zone in zones if zone.name == name or (not name and zone.zone_id == id_)), None)
    if zone is None:
        refuse("InvalidParameterValue", f"Invalid availability zone: [{name or id_}]")
    if id_ and zone.zone_id != id_:
        refuse(
            "InvalidParameterCombination",
            f"AvailabilityZone {name} and AvailabilityZoneId {id_} are different zones.",
        )
    offering = zones_offering(type_, self.region)
    if zone.zone_id not in offering:
        names = [other.name for other in zones if other.zone_id in offering]
        refuse(
            "Unsupported",
            f"Your requested instance type ({type_}) is not supported in your requested Availability Zone "
            f"({zone.name}). It is offered in: {', '.join(names) or 'no zone of the Region'}.",
        )
    return {"AvailabilityZone": zone.name, "AvailabilityZoneId": zone.zone_id}


def placement_group_of(self: Any, arn: str | None) -> str | None:
    """The arn of a cluster placement group that exists."""
    if not arn:
        return None
    groups = store_of(self.ec2_backend, "placement_groups").values()
    group = next((group for group in groups if group["GroupArn"] == arn), None)
    if group is None:
        refuse("InvalidPlacementGroup.Unknown", f"The Placement Group '{arn}' is unknown.")
    if group["Strategy"] != "cluster":
        refuse(
            "InvalidParameterValue",
            f"A Capacity Reservation takes a cluster placement group, not a {group['Strategy']} one.",
        )
    return arn
