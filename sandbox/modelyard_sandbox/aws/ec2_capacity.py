"""Capacity reservations, and capacity blocks that were bought.

Source of what replaces and what updates: pulumi-aws 7.51's registry pages and the provider that it bridges,
aws_ec2_capacity_reservation and aws_ec2_capacity_block_reservation; 2026-11.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.ec2 import Ec2Handler
from modelyard_sandbox.aws.handler import Inputs, Outputs, changed
from modelyard_sandbox.aws.waiting import wait_until

ENDED = ("cancelled", "expired")
CHANGEABLE = ("endDate", "endDateType", "instanceCount")


class _Reservation(Ec2Handler):
    """What both kinds have in common."""

    describe, ids, found = "DescribeCapacityReservations", "CapacityReservationIds", "CapacityReservations"
    id_member, resource_type = "CapacityReservationId", "capacity-reservation"

    def wait(self, cloud: Cloud, id_: str, *states: str) -> None:
        """Wait until the reservation is in one of these states."""
        wait_until(
            lambda: (self.one(cloud, id_) or {}).get("State") in states,
            f"the capacity reservation {id_} is {' or '.join(states)}",
        )


class CapacityReservation(_Reservation):
    """Capacity that is kept for the account until it is given back, or until its end."""

    type = "aws:ec2/capacityReservation:CapacityReservation"
    inputs = frozenset(
        {
            "availabilityZone",
            "ebsOptimized",
            "ephemeralStorage",
            "instanceMatchCriteria",
            "instancePlatform",
            "instanceType",
            "outpostArn",
            "placementGroupArn",
            "tenancy",
            *CHANGEABLE,
        }
    )
    required = frozenset({"availabilityZone", "instanceCount", "instancePlatform", "instanceType"})
    replace_on = inputs - set(CHANGEABLE)
    made_with = inputs | {"tags", "tagsAll"}

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        asked = {"endDateType": "unlimited", **inputs}
        request = self.request(cloud, "CreateCapacityReservation", asked, *self.inputs)
        answer = self.call(cloud, "CreateCapacityReservation", **request, **self.tag_specifications(inputs))
        return answer["CapacityReservation"]["CapacityReservationId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *CHANGEABLE):
            asked = {"endDateType": "unlimited", **new}
            request = self.request(cloud, "ModifyCapacityReservation", asked, *CHANGEABLE)
            self.call(cloud, "ModifyCapacityReservation", CapacityReservationId=id_, **request)
        self.wait(cloud, id_, "active")
        self.retag(cloud, id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        reservation = self.one(cloud, id_)
        if reservation is None or self.is_aws_own(cloud, reservation):
            return None
        return {"arn": reservation["CapacityReservationArn"], "ownerId": reservation["OwnerId"]}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        reservation = self.one(cloud, id_)
        if reservation and reservation["State"] not in ENDED:
            self.call(cloud, "CancelCapacityReservation", CapacityReservationId=id_)

    @override
    def is_aws_own(self, cloud: Cloud, item: dict[str, Any]) -> bool:
        # What has ended is described for a while; blocks are a type of their own.
        return item["State"] in ENDED or item["ReservationType"] == "capacity-block"


class CapacityBlockReservation(_Reservation):
    """A capacity block: bought when it is made, and the account's until its end, whatever is deleted."""

    type = "aws:ec2/capacityBlockReservation:CapacityBlockReservation"
    inputs = frozenset({"capacityBlockOfferingId", "instancePlatform"})
    required = inputs
    replace_on = inputs
    stays = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(cloud, "PurchaseCapacityBlock", inputs, *self.inputs)
        answer = self.call(cloud, "PurchaseCapacityBlock", **request, **self.tag_specifications(inputs))
        return answer["CapacityReservation"]["CapacityReservationId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        self.wait(cloud, id_, "active", "scheduled")
        self.retag(cloud, id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        reservation = self.one(cloud, id_)
        if reservation is None or reservation["State"] in ENDED:
            return None
        return {
            "arn": reservation["CapacityReservationArn"],
            "availabilityZone": reservation["AvailabilityZone"],
            "createdDate": _text(reservation["CreateDate"]),
            "ebsOptimized": reservation["EbsOptimized"],
            "endDate": _text(reservation["EndDate"]),
            "endDateType": reservation["EndDateType"],
            "instanceCount": reservation["TotalInstanceCount"],
            "instanceType": reservation["InstanceType"],
            "outpostArn": reservation.get("OutpostArn", ""),
            "placementGroupArn": reservation.get("PlacementGroupArn", ""),
            "reservationType": reservation["ReservationType"],
            "startDate": _text(reservation["StartDate"]),
            "tenancy": reservation["Tenancy"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        """Nothing: a block can't be given back, so pulumi-aws takes it from the state only."""

    @override
    def list_ids(self, cloud: Cloud) -> None:
        """None: deleting one takes nothing away."""


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
