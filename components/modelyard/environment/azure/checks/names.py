"""Names that Azure refuses, or would take for one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.environment.azure.compute import Spot
from modelyard.environment.azure.sites import Site, sites
from modelyard.errors import Problem
from modelyard.planning.azure.clusters import IMAGE_BUILD, compute_name
from modelyard.planning.azure.names import reserved_word
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment


def name_is_no_trademark(environment: AzureEnvironment) -> Iterator[Problem]:
    """The names of accounts, vaults and registries, which begin with the environment's, hold no word that
    Azure reserves.
    """
    word = reserved_word(environment.name)
    if word is not None:
        yield Problem(
            field="name",
            given=given_text(environment.name),
            message=f'Azure reserves "{word}": it would refuse the storage accounts and the registry, which '
            "are named after the environment",
            allowed="a name without microsoft and windows, and with no login at its beginning",
            mend="choose another name",
        )


def clusters_have_names_of_their_own(environment: AzureEnvironment) -> Iterator[Problem]:
    """No two clusters of a region have one name at Azure, which holds the beginning of a pool's and four
    characters that stand for the rest.
    """
    builder = environment.workspace.image_build_instance_type
    for site in sites(environment):
        if site.pools_are_inherited:
            continue
        taken = {compute_name(IMAGE_BUILD, builder): (IMAGE_BUILD, "the cluster that builds images")}
        for place, (name, pool_name) in enumerate(_computes(site)):
            other, what = taken.setdefault(name, (pool_name, f"{site.pools_field}[{place}]"))
            if other != pool_name:
                yield Problem(
                    field=site.pool_field(place, "name"),
                    given=given_text(pool_name),
                    message=f'its cluster would be called {name} at Azure, as that of "{other}" is ({what})',
                    allowed="a name that differs from every other within its first 11 characters",
                    mend="give one of the two another name",
                )


def _computes(site: Site) -> Iterator[tuple[str, str]]:
    """What Azure calls the cluster of each pool of a region, and the pool's name."""
    for pool in site.pools:
        low_priority = isinstance(pool.capacity, Spot)
        yield compute_name(pool.name, pool.instance_type, low_priority=low_priority), pool.name
