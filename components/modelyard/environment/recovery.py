"""The region to come back in, and how much of training may be lost."""

from typing import Annotated

from pydantic import Field

from modelyard.environment.base import Spec, ZoneId
from modelyard.environment.compute import Pool
from modelyard.environment.network import Cidr


class RecoveryNetwork(Spec):
    """The network in the recovery region. It reaches the cloud's services as the primary one does."""

    cidr: Cidr
    """IPv4 range of the network: private, /16 to /28, apart from the primary network's."""

    zone_count: int = Field(default=2, ge=1, le=4)
    """Number of availability zones with subnets."""

    zone_ids: Annotated[list[ZoneId], Field(min_length=1, max_length=4)] | None = None
    """Ids of the zones, one to four, in place of the region's first `zone_count`."""


class Recovery(Spec):
    """What stands ready in `regions.recovery`: network, keys, stores with copies of all that is written, and
    the cluster at zero nodes.
    """

    network: RecoveryNetwork
    """Its network."""

    compute: Annotated[list[Pool], Field(min_length=1, max_length=20)] | None = None
    """Its pools, with min_nodes 0. Unset: those of the primary region, without min_nodes; reserved capacity
    lies in one region, so with a reservation or a block in the primary one, the pools here have to be
    named."""

    replicate_registry: bool = True
    """Whether images are copied there as they are pushed. A registry has one configuration for all that is
    copied out of it, so of an account's environments in one region one alone can have it."""


class Training(Spec):
    """How much of training may be lost, and how soon it goes on. What AWS publishes no commitment for is
    unknown, unless it is assumed here.
    """

    checkpoint_every_minutes: int = Field(ge=1, le=10_080)
    """Minutes between checkpoints, as jobs are written."""

    checkpoint_upload_minutes: int = Field(ge=1, le=1_440)
    """Minutes that the upload of a checkpoint takes at most."""

    rpo_minutes: int | None = Field(default=None, ge=1, le=100_000)
    """Most minutes of training that may be lost (recovery point objective). Unset, there is no target."""

    rto_minutes: int | None = Field(default=None, ge=1, le=100_000)
    """Most minutes until training goes on (recovery time objective). Unset, there is no target."""

    assumed_capacity_minutes: int | None = Field(default=None, ge=1, le=100_000)
    """Minutes until machines are there that training can go on on."""

    assumed_start_minutes: int | None = Field(default=None, ge=1, le=1_440)
    """Minutes from a machine's launch to the first step: boot, image, loading the checkpoint."""
