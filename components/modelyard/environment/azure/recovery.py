"""The region to come back in."""

from typing import Annotated

from pydantic import Field

from modelyard.environment.azure.compute import Pool
from modelyard.environment.azure.network import Cidr
from modelyard.environment.base import Spec


class RecoveryNetwork(Spec):
    """The network in the recovery region. Its way out is the primary one's."""

    cidr: Cidr
    """IPv4 range of the network: private, /16 to /24, apart from the primary network's."""


class Recovery(Spec):
    """What stands ready in `regions.recovery`: network, keys, stores with copies of all that is written, and
    a workspace with its clusters at zero nodes.
    """

    network: RecoveryNetwork
    """Its network."""

    compute: Annotated[list[Pool], Field(min_length=1, max_length=20)] | None = None
    """Its pools, with min_nodes 0. Unset: those of the primary region, without min_nodes."""

    replicate_registry: bool = True
    """Whether the registry has a replica there, so that images are there as they are pushed."""

    assumed_replication_minutes: int | None = Field(default=None, ge=1, le=100_000)
    """Minutes that a copy of an object to the recovery region is assumed to take: Azure publishes no
    commitment for object replication. Unset, what may be lost with the primary region is unknown."""
