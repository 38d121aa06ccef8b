"""A capacity reservation ends by itself.

Without an end it runs, and is paid at the on-demand price, until somebody cancels it (Amazon EC2 User Guide,
"Create a Capacity Reservation", 2026-11). Capacity blocks end by what they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.types import CAPACITY_RESERVATION
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="capacity-reservation-end",
    code="CE6",
    title="Capacity reservations have an end",
    severity=Severity.MEDIUM,
    resources=(CAPACITY_RESERVATION,),
    why="A reservation is paid by the hour whether anything runs in it or not.",
    mend='Set endDateType to "limited" and endDate to when the training is done.',
    maps_to={},
    snippet="""\
aws.ec2.CapacityReservation(
    "training",
    instance_type="p5.48xlarge",
    instance_platform="Linux/UNIX",
    availability_zone="eu-west-1a",
    instance_count=2,
    end_date_type="limited",
    end_date="2030-01-31T18:00:00Z",
)
""",
)


@RULE.check
def it_ends(reservation: Resource, graph: GraphView) -> Iterator[Failure]:
    """Without a type of end there is none."""
    if reservation.text("endDateType", "unlimited") != "limited":
        yield reservation.failure("endDateType", f"is {reservation.shown('endDateType')}: it never ends")
    elif not reservation.has("endDate"):
        yield reservation.failure("endDate", "is unset")
