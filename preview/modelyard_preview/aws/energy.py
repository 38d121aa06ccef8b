"""What the accelerators of an environment on AWS draw, and the carbon of that."""

from __future__ import annotations

from modelyard.catalog.energy import accelerator_power, aws_pue
from modelyard.catalog.instances import instance_type, offered_zone_ids
from modelyard.catalog.regions import jurisdictions, region, region_names
from modelyard.environment.aws.compute import Pool
from modelyard.environment.aws.sites import Site, sites
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard_preview.cost.nodes import nodes_at
from modelyard_preview.energy import Carbon, Energy, PoolEnergy, SiteEnergy, alternatives


def describe_energy(environment: AwsEnvironment) -> Energy:
    """What the catalog knows of the power that an environment draws, and of the power in its regions."""
    pue = aws_pue()
    return Energy(
        sites=tuple(_site(environment, site, pue.value) for site in sites(environment)),
        pue=pue,
        alternatives=_alternatives(environment),
    )


def _site(environment: AwsEnvironment, site: Site, pue: float) -> SiteEnergy:
    pools = tuple(_pool(environment, pool, site, pue) for pool in site.pools)
    return SiteEnergy(Carbon.of(region(site.region)), pools, site.recovery)


def _pool(environment: AwsEnvironment, pool: Pool, site: Site, pue: float) -> PoolEnergy:
    instance = instance_type(pool.instance_type)
    return PoolEnergy(
        pool=pool.name,
        accelerator=instance.accelerator,
        accelerators_per_node=instance.accelerator_count,
        power=accelerator_power(instance),
        nodes=nodes_at(environment, site, pool),
        pue=pue,
    )


def _alternatives(environment: AwsEnvironment) -> tuple[Carbon, ...]:
    types = {pool.instance_type for pool in environment.compute}
    return alternatives(
        map(region, region_names()),
        environment.residency,
        jurisdictions(),
        lambda name: all(offered_zone_ids(type_, name) for type_ in types),
    )
