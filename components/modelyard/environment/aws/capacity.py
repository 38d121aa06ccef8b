"""How a pool's machines are bought. A choice that the user makes by name: it is never inferred."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.environment.base import Instant, Spec

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


class OpenReservation(Spec):
    """An open on-demand capacity reservation that exists already: EC2 runs matching machines in it, this
    pool's and anybody else's of the account, and further ones beside it at the list price.
    """

    mode: Literal["open_reservation"]
    """Kind of capacity."""

    reservation_id: ReservationId
    """Id of the capacity reservation that is counted on. `modelyard doctor` looks whether it is open, matches
    the pool and holds its nodes."""


class Reservation(Spec):
    """A targeted on-demand capacity reservation that exists already, by its id or by the group that it is in:
    the pool's machines run in it and nowhere else.
    """

    mode: Literal["reservation"]
    """Kind of capacity."""

    reservation_id: ReservationId | None = None
    """Id of the capacity reservation. Either this or `resource_group_arn`."""

    resource_group_arn: (
        Annotated[
            str,
            Field(
                pattern=r"^arn:aws[a-z-]*:resource-groups:[a-z0-9-]+:[0-9]{12}:group/[A-Za-z0-9._-]{1,300}$",
                json_schema_extra={
                    "allowed": "the ARN of a resource group of capacity reservations, as "
                    "arn:aws:resource-groups:eu-central-1:123456789012:group/training",
                },
            ),
        ]
        | None
    ) = None
    """ARN of a resource group of capacity reservations, of one type in one zone. Either this or
    `reservation_id`."""


class CapacityBlock(Spec):
    """A capacity block for machine learning: bought beforehand, for a fixed window, paid as a whole."""

    mode: Literal["capacity_block"]
    """Kind of capacity."""

    reservation_id: ReservationId
    """Id of the capacity reservation that the block came with."""

    node_count: int = Field(ge=1, le=1_000)
    """Nodes that the block holds. It is the pool's max_nodes as well."""

    starts_at: Instant
    """When the block starts, in UTC, as it was bought."""

    ends_at: Instant
    """When the block ends, in UTC, as it was bought. EC2 takes its machines back 30 minutes before (those of
    UltraServers 60), and jobs are asked to checkpoint and leave before that."""


Capacity = Annotated[
    OnDemand | Spot | OpenReservation | Reservation | CapacityBlock, Field(discriminator="mode")
]
