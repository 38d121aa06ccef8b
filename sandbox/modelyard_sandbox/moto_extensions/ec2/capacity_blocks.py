"""EC2 Capacity Blocks for ML: offerings, purchase, and what became of what was bought.

An offering is made up from what is asked for: it starts at the next 11:30 UTC, in each zone that the catalog
lists for the type, and costs the type's on-demand price. UltraServers aren't offered. Sources: EC2 API
reference, the operations of these names; EC2 user guide, Capacity Blocks for ML; 2026-11.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, time, timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.responses import EC2Response
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, EC2_RESOURCE_TO_PREFIX, random_id

from modelyard.catalog import instance_type, instance_type_names, on_demand_usd_per_hour
from modelyard_sandbox.moto_extensions.ec2.capacity import (
    arn_of,
    available_count,
    described,
    find,
    reservations_of,
    state_of,
)
from modelyard_sandbox.moto_extensions.ec2.checks import (
    instance_type_of,
    moment,
    platform_of,
    refuse,
    required,
    whole_number,
    zones_offering,
)
from modelyard_sandbox.moto_extensions.ec2.listing import listed, tags_of
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.store import store_of

PREFIX = "cb"
COUNTS = (1, 2, 4, 8, 16, 32, 64)
HOURS_A_DAY = 24
DAYS = (*range(1, 15), *range(21, 183, 7))
STARTS_AT = time(11, 30)
AHEAD_MAX = timedelta(weeks=8)
BLOCK_FILTERS = {
    "capacity-block-id": "CapacityBlockId",
    "ultraserver-type": "UltraserverType",
    "availability-zone": "AvailabilityZone",
    "start-date": "StartDate",
    "end-date": "EndDate",
    "create-date": "CreateDate",
    "state": "State",
}


def install() -> None:
    """Add the operations to moto's EC2."""
    EC2_RESOURCE_TO_PREFIX["capacity-block"] = PREFIX
    EC2_PREFIX_TO_RESOURCE[PREFIX] = "capacity-block"
    add_operations(
        EC2Response,
        describe_capacity_block_offerings,
        purchase_capacity_block,
        describe_capacity_blocks,
        describe_capacity_block_status,
    )


def describe_capacity_block_offerings(self: Any) -> ActionResult:
    """DescribeCapacityBlockOfferings: one offering a zone for each type asked for."""
    hours = _duration(required(self, "CapacityDurationHours"))
    if self._get_param("UltraserverType") or self._get_param("UltraserverCount"):
        refuse("UnsupportedOperation", "The sandbox offers no UltraServers.")
    types = [_block_type(name) for name in _types(self)]
    count = self._get_param("InstanceCount")
    if count is None:
        refuse("MissingParameter", "The request must contain the parameter InstanceCount")
    if int(count) not in COUNTS:
        refuse("InvalidParameterValue", f"Value ({count}) for parameter InstanceCount is invalid: {COUNTS}.")
    window = _window(self, hours)
    offerings = [
        _offering(self, type_, zone, int(count), *window)
        for type_ in types
        for zone in self.ec2_backend.describe_availability_zones()
        if window and zone.zone_id in zones_offering(type_, self.region)
    ]
    return ActionResult(listed(self, offerings, "CapacityBlockOfferings", {}))


def purchase_capacity_block(self: Any) -> ActionResult:
    """PurchaseCapacityBlock: paid for at once, and scheduled from then on."""
    offering_id = required(self, "CapacityBlockOfferingId")
    platform = platform_of(self)
    offering = store_of(self.ec2_backend, "capacity_block_offerings").get(offering_id)
    if offering is None or offering["EndDate"] <= utcnow():
        refuse("InvalidParameterValue", f"The Capacity Block offering '{offering_id}' does not exist.")
    tags = self._parse_tag_specification().get("capacity-reservation", {})
    self.error_on_dryrun()
    del store_of(self.ec2_backend, "capacity_block_offerings")[offering_id]
    block_id, id_ = random_id(PREFIX, size=17), random_id("cr", size=17)
    zone = next(
        zone
        for zone in self.ec2_backend.describe_availability_zones()
        if zone.name == offering["AvailabilityZone"]
    )
    common = {
        "AvailabilityZone": zone.name,
        "AvailabilityZoneId": zone.zone_id,
        "StartDate": offering["StartDate"],
        "EndDate": offering["EndDate"],
        "CreateDate": utcnow(),
        "CapacityBlockId": block_id,
    }
    reservations_of(self.ec2_backend)[id_] = {
        "CapacityReservationId": id_,
        "OwnerId": self.current_account,
        "CapacityReservationArn": arn_of(self, id_),
        **common,
        "InstanceType": offering["InstanceType"],
        "InstancePlatform": platform,
        "Tenancy": "default",
        "TotalInstanceCount": offering["InstanceCount"],
        "EbsOptimized": True,
        "EphemeralStorage": False,
        "EndDateType": "limited",
        "InstanceMatchCriteria": "targeted",
        "ReservationType": "capacity-block",
        "State": "scheduled",
    }
    _blocks(self)[block_id] = {**common, "CapacityReservationIds": [id_]}
    if tags:
        self.ec2_backend.create_tags([id_], tags)
    return ActionResult(
        {
            "CapacityReservation": {
                **described(self, find(self.ec2_backend, id_)),
                "State": "payment-pending",
            },
            "CapacityBlocks": [{**_block(self, block_id), "State": "payment-pending"}],
        }
    )


def describe_capacity_blocks(self: Any) -> ActionResult:
    """DescribeCapacityBlocks, by ids and filters."""
    blocks = [_block(self, id_) for id_ in _asked_blocks(self)]
    return ActionResult(listed(self, blocks, "CapacityBlocks", BLOCK_FILTERS))


def describe_capacity_block_status(self: Any) -> ActionResult:
    """DescribeCapacityBlockStatus: all capacity is sound here."""
    statuses: list[dict[str, Any]] = []
    for block_id in _asked_blocks(self):
        reservation = find(self.ec2_backend, _blocks(self)[block_id]["CapacityReservationIds"][0])
        capacity = {
            "TotalCapacity": reservation["TotalInstanceCount"],
            "TotalAvailableCapacity": available_count(self.ec2_backend, reservation),
            "TotalUnavailableCapacity": 0,
        }
        within = {"CapacityReservationId": reservation["CapacityReservationId"], **capacity}
        statuses.append(
            {
                "CapacityBlockId": block_id,
                "InterconnectStatus": "ok",
                **capacity,
                "CapacityReservationStatuses": [within],
            }
        )
    filters = {"interconnect-status": "InterconnectStatus"}
    return ActionResult(listed(self, statuses, "CapacityBlockStatuses", filters))


def next_start(earliest: datetime) -> datetime:
    """The first time at or after this one at which a block can start."""
    start = datetime.combine(earliest, STARTS_AT)
    return start if start >= earliest else start + timedelta(days=1)


def _types(self: Any) -> list[str]:
    one = self._get_param("InstanceType")
    several = [item["InstanceType"] for item in self._get_param("InstanceTypePreferences") or []]
    if not one and not several:
        refuse("MissingParameter", "The request must contain the parameter InstanceType")
    if one and several:
        refuse(
            "InvalidParameterCombination",
            "InstanceType and InstanceTypePreferences can't be given together.",
        )
    return several or [one]


def _block_type(name: str) -> str:
    instance_type_of(name)
    if name not in instance_type_names() or "capacity-block" not in instance_type(name).usage_classes:
        refuse("InvalidParameterValue", f"The instance type {name} is not offered in Capacity Blocks.")
    return name


def _duration(hours: Any) -> int:
    number = whole_number("CapacityDurationHours", hours, HOURS_A_DAY)
    if number % HOURS_A_DAY or number // HOURS_A_DAY not in DAYS:
        refuse(
            "InvalidParameterValue",
            f"Value ({number}) for parameter CapacityDurationHours is invalid: it takes days up to 14, then "
            "multiples of 7 days up to 182.",
        )
    return number


def _window(self: Any, hours: int) -> tuple[datetime, datetime] | tuple[()]:
    """Start and end of what is offered; nothing if the range asked for holds no such block."""
    now = utcnow()
    earliest, latest = moment(self._get_param("StartDateRange")), moment(self._get_param("EndDateRange"))
    if earliest and latest and latest <= earliest:
        refuse("InvalidParameterValue", "EndDateRange must be later than StartDateRange.")
    start = next_start(max(now, earliest or now))
    end = start + timedelta(hours=hours)
    if start > now + AHEAD_MAX or (latest and end > latest):
        return ()
    return start, end


def _offering(self: Any, type_: str, zone: Any, count: int, start: datetime, end: datetime) -> dict[str, Any]:
    hours = int((end - start) / timedelta(hours=1))
    price = on_demand_usd_per_hour(type_, self.region)
    named = f"{type_} {zone.name} {count} {start} {end} {len(_blocks(self))}"
    id_ = f"cbo-{hashlib.sha256(named.encode()).hexdigest()[:17]}"
    offering = {
        "CapacityBlockOfferingId": id_,
        "InstanceType": type_,
        "AvailabilityZone": zone.name,
        "InstanceCount": count,
        "StartDate": start,
        "EndDate": end,
        "CapacityBlockDurationHours": hours,
        "CapacityBlockDurationMinutes": hours * 60,
        "Tenancy": "default",
        # A type without a price in the catalog has no fee, rather than a wrong one.
        **({"UpfrontFee": f"{price.value * hours * count:.4f}", "CurrencyCode": "USD"} if price else {}),
    }
    store_of(self.ec2_backend, "capacity_block_offerings")[id_] = offering
    return offering


def _blocks(self: Any) -> dict[str, dict[str, Any]]:
    return store_of(self.ec2_backend, "capacity_blocks")


def _asked_blocks(self: Any) -> list[str]:
    ids = self._get_param("CapacityBlockIds") or list(_blocks(self))
    for id_ in ids:
        if id_ not in _blocks(self):
            refuse("InvalidParameterValue", f"The Capacity Block '{id_}' does not exist.")
    return ids


def _block(self: Any, block_id: str) -> dict[str, Any]:
    block = _blocks(self)[block_id]
    reservation = find(self.ec2_backend, block["CapacityReservationIds"][0])
    return {
        **block,
        "State": state_of(reservation, utcnow()),
        "Tags": tags_of(self.ec2_backend, block_id),
    }
