"""The regions that an environment on Azure is built in."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from modelyard.environment import sites as shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.environment.azure.compute import Pool
    from modelyard.environment.azure.network import Network
    from modelyard.environment.azure.recovery import RecoveryNetwork
    from modelyard.environment.azure.spec import AzureEnvironment

    Site: TypeAlias = shared.Site[Pool, Network | RecoveryNetwork]
else:
    Site = shared.Site


def primary_site(environment: AzureEnvironment) -> Site:
    """The primary region."""
    return shared.primary_site(environment)


def recovery_site(environment: AzureEnvironment) -> Site | None:
    """The recovery region; None if there is none, or if what stands there isn't said."""
    return shared.recovery_site(environment)


def sites(environment: AzureEnvironment) -> tuple[Site, ...]:
    """Every region of the environment, the primary first."""
    return shared.sites(environment)


def named_pools(environment: AzureEnvironment) -> Iterator[tuple[str, Pool]]:
    """Every pool that the environment names, with its field: what holds for a pool by itself is told once."""
    return shared.named_pools(environment)
