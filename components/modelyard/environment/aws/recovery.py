"""The region to come back in."""

from typing import Annotated

from pydantic import Field

from modelyard.environment.aws.compute import Pool
from modelyard.environment.aws.network import Cidr
from modelyard.environment.base import Spec, ZoneId


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
