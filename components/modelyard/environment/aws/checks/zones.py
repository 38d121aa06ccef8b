"""Availability zones of the networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.catalog.regions import region, region_names
from modelyard.environment.aws.sites import Site, sites
from modelyard.errors import Problem
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment


def zones_are_the_regions_own(environment: AwsEnvironment) -> Iterator[Problem]:
    """Every zone that is named belongs to its network's region."""
    for site in _known(environment):
        own = region(site.region).zone_ids
        for place, zone_id in enumerate(site.network.zone_ids or ()):
            if zone_id not in own:
                yield Problem(
                    field=f"{site.network_field}.zone_ids[{place}]",
                    given=given_text(zone_id),
                    message=f"{site.region} has no zone {zone_id}",
                    allowed=", ".join(own),
                    mend=f"name a zone of the {'recovery' if site.recovery else 'primary'} region",
                )


def zones_are_named_once(environment: AwsEnvironment) -> Iterator[Problem]:
    """No zone is named twice."""
    for site in sites(environment):
        zone_ids = site.network.zone_ids or []
        for place, zone_id in enumerate(zone_ids):
            if zone_id in zone_ids[:place]:
                yield Problem(
                    field=f"{site.network_field}.zone_ids[{place}]",
                    given=given_text(zone_id),
                    message=f"zone {zone_id} is named already: a zone has one subnet",
                    allowed="each zone once",
                    mend="remove one of the two",
                )


def region_has_as_many_zones(environment: AwsEnvironment) -> Iterator[Problem]:
    """A region has as many zones as are asked for."""
    for site in _known(environment):
        network, own = site.network, region(site.region).zone_ids
        if network.zone_ids is None and network.zone_count > len(own):
            yield Problem(
                field=f"{site.network_field}.zone_count",
                given=str(network.zone_count),
                message=f"{site.region} has {len(own)} zones: {', '.join(own)}",
                allowed=f"a whole number from 1 to {len(own)}",
                mend=f"set zone_count: {len(own)}",
            )


def zones_are_chosen_one_way(environment: AwsEnvironment) -> Iterator[Problem]:
    """A number of zones beside their names says the same."""
    for site in sites(environment):
        network = site.network
        if network.zone_ids is None or "zone_count" not in network.model_fields_set:
            continue
        if network.zone_count != len(network.zone_ids):
            yield Problem(
                field=f"{site.network_field}.zone_count",
                given=str(network.zone_count),
                message=f"zone_ids names {len(network.zone_ids)} zones, "
                "and they stand in place of zone_count",
                allowed=f"{len(network.zone_ids)}, or nothing",
                mend="remove zone_count, or name as many zones",
            )


def _known(environment: AwsEnvironment) -> Iterator[Site]:
    """The regions that the catalog knows."""
    return (site for site in sites(environment) if site.region in region_names())
