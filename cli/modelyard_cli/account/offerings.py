"""Whether the zones that a pool runs in offer its type of machine today."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from modelyard.environment.aws.needs import pool_zones
from modelyard_cli.account.survey import Subject, Survey

if TYPE_CHECKING:
    from modelyard_cli.findings import Finding


def check(survey: Survey) -> Iterator[Finding]:
    """Look at each pool's zones. Raises what botocore raises."""
    ec2 = survey.client("ec2")

    @cache
    def offered(type_: str) -> tuple[str, ...]:
        return zones_offering(ec2, type_)

    for place, pool in enumerate(survey.site.pools):
        site = survey.site
        field = site.pool_field(place, "zone_id") if pool.zone_id else site.pool_field(place, "instance_type")
        subject = Subject("offerings", f"zones of pool {pool.name} in {survey.region}", "its nodes", field)
        zones = offered(pool.instance_type)
        wanted = pool_zones(site, pool)
        without = [zone for zone in wanted if zone not in zones]
        if not without:
            yield subject.found(f"{pool.instance_type} is offered in {', '.join(wanted)}")
            continue
        elsewhere = [zone for zone in zones if zone not in wanted]
        yield subject.missing(
            f"{pool.instance_type} isn't offered in {', '.join(without)}",
            f"use a zone that does ({', '.join(elsewhere)}): {site.network_field}.zone_ids and the pool's "
            "zone_id"
            if elsewhere
            else "choose another instance_type, or another region",
            # In the zones that are left, a pool that has several still runs.
            required=len(without) == len(wanted),
        )


def zones_offering(ec2: Any, type_: str) -> tuple[str, ...]:
    """The ids of a region's zones that offer a type."""
    pages = ec2.get_paginator("describe_instance_type_offerings").paginate(
        LocationType="availability-zone-id", Filters=[{"Name": "instance-type", "Values": [type_]}]
    )
    return tuple(sorted(offer["Location"] for page in pages for offer in page["InstanceTypeOfferings"]))
