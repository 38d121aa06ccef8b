"""How a pool's machines are bought. A choice that the user makes by name: it is never inferred."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.environment.base import Spec

ReservationId = Annotated[
    str,
    Field(
        pattern=r"^cr-[0-9a-f]{8,17}$",
        examples=["cr-0123456789abcdef0"],
        json_schema_extra={
            "allowed": "the id of a reservation that exists, as cr-0123456789abcdef0",
            "mend": "buy it first (`aws ec2 purchase-capacity-block` or `create-capacity-reservation`): "
            "`up` never buys capacity; then name its id here",
        },
    ),
]


class OnDemand(Spec):
    """Machines at the list price, for as long as a job needs them."""

    mode: Literal["on_demand"]
    """Kind of capacity."""


class Spot(Spec):
    """Spare machines that EC2 may take back with two minutes' notice. Single-node jobs only: Batch runs
    multi-node jobs on on-demand or reserved capacity.
    """

    mode: Literal["spot"]
    """Kind of capacity."""

    max_price_percent: int = Field(default=100, ge=1, le=100)
    """Highest price to pay, in percent of the on-demand price."""


class Reservation(Spec):
    """An on-demand capacity reservation that exists already, by its id."""

    mode: Literal["reservation"]
    """Kind of capacity."""

    reservation_id: ReservationId
    """Id of the capacity reservation."""


class CapacityBlock(Spec):
    """A capacity block for machine learning: bought beforehand, for a fixed window, paid as a whole."""

    mode: Literal["capacity_block"]
    """Kind of capacity."""

    reservation_id: ReservationId
    """Id of the capacity reservation that the block came with."""


Capacity = Annotated[OnDemand | Spot | Reservation | CapacityBlock, Field(discriminator="mode")]
