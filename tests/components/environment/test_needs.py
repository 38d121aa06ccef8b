from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from strategies import environments

from modelyard.catalog.instances import instance_type
from modelyard.environment import parse_environment
from modelyard.environment.aws.needs import (
    interface_endpoint_count,
    interface_services,
    network_needs,
    pool_needs,
    pool_zones,
    zone_ids,
)
from modelyard.environment.aws.sites import sites
from modelyard.planning.addresses import plan_subnets
from modelyard.planning.endpoints import INTERFACE_SERVICES


@settings(max_examples=50)
@given(environments())
def test_every_pool_has_a_zone_and_one_only_if_its_jobs_have_several_nodes(data: dict[str, Any]) -> None:
    for site in sites(parse_environment(data)):
        for pool in site.pools:
            zones = pool_zones(site, pool)
            assert zones
            assert set(zones) <= set(zone_ids(site))
            if pool.max_nodes_per_job > 1 or pool.zone_id is not None:
                assert len(zones) == 1
            if pool.zone_id is not None:
                assert zones == (pool.zone_id,)


@settings(max_examples=50)
@given(environments())
def test_the_network_holds_all_that_is_needed(data: dict[str, Any]) -> None:
    environment = parse_environment(data)
    for site in sites(environment):
        needs, endpoints = network_needs(environment, site), interface_endpoint_count(environment, site)
        plan = plan_subnets(site.network.cidr, zone_ids(site), needs, endpoints, site.egress == "nat")
        assert [subnet.zone_id for subnet in plan.private] == [*zone_ids(site)]
        assert [(need.name, need.count) for need in pool_needs(site)] == [
            (pool.name, pool.max_nodes) for pool in site.pools
        ]
        assert {need.name for need in needs} >= {
            file_system.name for file_system in environment.storage.file_systems if not site.recovery
        }
        usual = len(INTERFACE_SERVICES) if site.egress == "endpoints" else 0
        assert usual <= endpoints <= (usual and usual + 2)


@settings(max_examples=50)
@given(environments())
def test_endpoints_are_there_for_secrets_and_for_ending_nodes_where_they_are_asked_for(
    data: dict[str, Any],
) -> None:
    environment = parse_environment(data)
    for site in sites(environment):
        services = interface_services(environment, site)
        private = site.egress == "endpoints"
        here = [f"arn:aws:secretsmanager:{site.region}:" in arn for arn in environment.jobs.secrets]
        cpus = any(instance_type(pool.instance_type).kind == "cpu" for pool in site.pools)
        assert ("secretsmanager" in services) == (private and any(here))
        assert ("ec2" in services) == (private and environment.jobs.end_bad_nodes and cpus)
