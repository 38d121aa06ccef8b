"""What the accelerators of an environment on Azure draw, and the carbon of that."""

from __future__ import annotations

from modelyard.catalog.azure import (
    azure_pue,
    jurisdictions,
    offered_regions,
    region,
    region_names,
    size,
)
from modelyard.catalog.energy import accelerator_power
from modelyard.environment.azure.compute import Pool
from modelyard.environment.azure.sites import Site, sites
from modelyard.environment.azure.spec import AzureEnvironment
from modelyard_preview.azure.cost.nodes import nodes_at
from modelyard_preview.energy import Carbon, Energy, PoolEnergy, SiteEnergy, alternatives


def describe_energy(environment: AzureEnvironment) -> Energy:
    """What the catalog knows of the power that an environment draws, and of the power in its regions.

    Microsoft states its efficiency by part of the world: each region is counted with its own, and the primary
    one's is shown.
    """
    return Energy(
        sites=tuple(_site(site) for site in sites(environment)),
        pue=azure_pue(environment.regions.primary),
        alternatives=_alternatives(environment),
    )


def _site(site: Site) -> SiteEnergy:
    pue = azure_pue(site.region).value
    pools = tuple(_pool(pool, site, pue) for pool in site.pools)
    return SiteEnergy(Carbon.of(region(site.region)), pools, site.recovery)


def _pool(pool: Pool, site: Site, pue: float) -> PoolEnergy:
    machine = size(pool.instance_type)
    return PoolEnergy(
        pool=pool.name,
        accelerator=machine.accelerator,
        accelerators_per_node=machine.accelerator_count,
        power=accelerator_power(machine),
        nodes=nodes_at(site, pool),
        pue=pue,
    )


def _alternatives(environment: AzureEnvironment) -> tuple[Carbon, ...]:
    sizes = {pool.instance_type for pool in environment.compute}
    return alternatives(
        map(region, region_names()),
        environment.residency,
        jurisdictions(),
        lambda name: all(name in (offered_regions(each) or ()) for each in sizes),
    )
