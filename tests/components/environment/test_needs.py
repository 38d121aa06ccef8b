from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from strategies import environments

from modelyard.environment import parse_environment
from modelyard.environment.needs import interface_endpoint_count, pool_needs, pool_zones, zone_ids
from modelyard.planning.addresses import plan_subnets
from modelyard.planning.endpoints import INTERFACE_SERVICES


@settings(max_examples=50)
@given(environments())
def test_every_pool_has_a_zone_and_one_only_if_its_jobs_have_several_nodes(data: dict[str, Any]) -> None:
    environment = parse_environment(data)
    for pool in environment.compute:
        zones = pool_zones(environment, pool)
        assert zones
        assert set(zones) <= set(zone_ids(environment))
        if pool.max_nodes_per_job > 1 or pool.zone_id is not None:
            assert len(zones) == 1
        if pool.zone_id is not None:
            assert zones == (pool.zone_id,)


@settings(max_examples=50)
@given(environments())
def test_the_network_holds_all_that_is_needed(data: dict[str, Any]) -> None:
    environment = parse_environment(data)
    needs, endpoints = pool_needs(environment), interface_endpoint_count(environment)
    network = environment.network
    plan = plan_subnets(network.cidr, zone_ids(environment), needs, endpoints, network.egress == "nat")
    assert [subnet.zone_id for subnet in plan.private] == [*zone_ids(environment)]
    assert [(need.name, need.max_nodes) for need in needs] == [
        (pool.name, pool.max_nodes) for pool in environment.compute
    ]
    assert endpoints == (len(INTERFACE_SERVICES) if network.egress == "endpoints" else 0)
