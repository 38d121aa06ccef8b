"""The regions that an environment on AWS is built in."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from modelyard.environment import sites as shared
from modelyard.environment.aws.capacity import CapacityBlock, OpenReservation, Reservation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.environment.aws.compute import Pool
    from modelyard.environment.aws.network import Network
    from modelyard.environment.aws.recovery import RecoveryNetwork
    from modelyard.environment.aws.spec import AwsEnvironment

    Site: TypeAlias = shared.Site[Pool, Network | RecoveryNetwork]
else:
    Site = shared.Site


def primary_site(environment: AwsEnvironment) -> Site:
    """The primary region."""
    return shared.primary_site(environment)


def recovery_site(environment: AwsEnvironment) -> Site | None:
    """The recovery region; None if there is none, or if what stands there isn't said."""
    return shared.recovery_site(environment)


def sites(environment: AwsEnvironment) -> tuple[Site, ...]:
    """Every region of the environment, the primary first."""
    return shared.sites(environment)


def named_pools(environment: AwsEnvironment) -> Iterator[tuple[str, Pool]]:
    """Every pool that the environment names, with its field: what holds for a pool by itself is told once."""
    return shared.named_pools(environment)


def reserved(pool: Pool) -> bool:
    """Whether a pool's machines are reserved: in one region, and in one zone of it."""
    return isinstance(pool.capacity, OpenReservation | Reservation | CapacityBlock)
