"""Instance types: known, and offered where the pool is to run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.catalog.instances import instance_type, instance_type_names, offered_zone_ids
from modelyard.catalog.regions import jurisdictions, region, region_names
from modelyard.catalog.unknown import UnknownInstanceType
from modelyard.environment.aws import needs
from modelyard.environment.aws.sites import Site, named_pools, sites
from modelyard.errors import Problem
from modelyard.validation.values import given_text, listed

if TYPE_CHECKING:
    from modelyard.environment.aws.compute import Pool
    from modelyard.environment.aws.spec import AwsEnvironment


def types_are_known(environment: AwsEnvironment) -> Iterator[Problem]:
    """The catalog knows every pool's type."""
    for field, pool in named_pools(environment):
        try:
            instance_type(pool.instance_type)
        except UnknownInstanceType as error:
            near = listed(error.nearest) if error.nearest else ""
            yield Problem(
                field=f"{field}.instance_type",
                given=given_text(pool.instance_type),
                message=f'the catalog knows no instance type "{pool.instance_type}"',
                allowed="a type that the catalog knows" + (f", as {near}" if near else ""),
                mend=f"did you mean {near}?" if near else "choose a type of the catalog, as g5.xlarge",
            )


def types_are_offered(environment: AwsEnvironment) -> Iterator[Problem]:
    """A region, and one of the environment's zones in it, offers the type of every pool there."""
    for site, place, pool in _known_pools(environment):
        field = site.pool_field(place, "instance_type")
        offered = offered_zone_ids(pool.instance_type, site.region)
        if not offered:
            elsewhere = ", ".join(_regions_with(environment, pool)) or "none within the residency"
            yield Problem(
                field=field,
                given=given_text(pool.instance_type),
                message=f"{site.region} doesn't offer {pool.instance_type}",
                allowed=f"a type that {site.region} offers; this one is offered in: {elsewhere}",
                mend=_other_region(site),
            )
        elif pool.zone_id is None and not needs.pool_zones(site, pool):
            yield Problem(
                field=field,
                given=given_text(pool.instance_type),
                message=f"none of the environment's zones ({', '.join(needs.zone_ids(site))}) "
                f"offers {pool.instance_type}",
                allowed=f"a type that they offer; {site.region} offers this one in: {', '.join(offered)}",
                mend=f"name zones that offer it, as {site.network_field}.zone_ids: [{', '.join(offered)}]",
            )


def pinned_zones_serve_the_pool(environment: AwsEnvironment) -> Iterator[Problem]:
    """A zone that a pool is pinned to is one of the environment's and offers its type."""
    for site, place, pool in _known_pools(environment):
        offered = offered_zone_ids(pool.instance_type, site.region)
        zone_ids = needs.zone_ids(site)
        if pool.zone_id is None or not offered:
            continue
        fitting = ", ".join(zone for zone in zone_ids if zone in offered)
        allowed = fitting or f"{', '.join(offered)}, if {site.network_field}.zone_ids names them"
        field = site.pool_field(place, "zone_id")
        if pool.zone_id not in zone_ids:
            message = f"the environment has no subnet in {pool.zone_id}, only in {listed(zone_ids, 'and')}"
            yield Problem(field, given_text(pool.zone_id), message, allowed, _name_zone(site, pool))
        elif pool.zone_id not in offered:
            message = f"{pool.zone_id} doesn't offer {pool.instance_type}"
            mend = "choose one of these, or remove zone_id" if fitting else "name one of these in both places"
            yield Problem(field, given_text(pool.zone_id), message, allowed, mend)


def _name_zone(site: Site, pool: Pool) -> str:
    own = region(site.region).zone_ids
    if pool.zone_id in own:
        return f"choose one of these, or name {pool.zone_id} in {site.network_field}.zone_ids"
    return f"choose one of these: {site.region} has no zone {pool.zone_id}"


def _other_region(site: Site) -> str:
    if not site.recovery:
        return "choose another type, or another primary region"
    if site.pools_are_inherited:
        return "name the pools of the recovery region in recovery.compute, or choose another recovery region"
    return "choose another type, or another recovery region"


def _known_pools(environment: AwsEnvironment) -> Iterator[tuple[Site, int, Pool]]:
    """The pools whose type and region the catalog knows."""
    for site in sites(environment):
        if site.region in region_names():
            for place, pool in enumerate(site.pools):
                if pool.instance_type in instance_type_names():
                    yield site, place, pool


def _regions_with(environment: AwsEnvironment, pool: Pool) -> list[str]:
    """The regions within the residency that offer a pool's type."""
    residency = environment.residency
    return [
        name
        for name in region_names()
        if (residency not in jurisdictions() or region(name).jurisdiction == residency)
        and offered_zone_ids(pool.instance_type, name)
    ]
