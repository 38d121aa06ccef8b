"""Plain values of a pool that can't be, in a program that uses GpuCluster alone."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from cluster_args import CLUSTER, POOL
from previewing import preview

from modelyard.aws.gpu_cluster import GpuCluster
from modelyard.errors import InputError, Problem


def cluster(**pool: Any) -> None:
    preview(lambda: GpuCluster("c", {**CLUSTER, "pools": [{**POOL, **pool}]}) and None)


def refused(**pool: Any) -> Problem:
    with pytest.raises(InputError) as caught:
        cluster(**pool)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("pool", "message", "allowed"),
    [
        ({"max_nodes": 0}, "0 is too small", "a whole number from 1 to 10,000"),
        ({"max_nodes": 10_001}, "10001 is too large", "a whole number from 1 to 10,000"),
        ({"min_nodes": -1}, "-1 is too small", "a whole number from 0 to 10,000"),
        ({"min_nodes": 5}, "the pool has no more nodes than its max_nodes, 4", "4 at most"),
        ({"max_nodes_per_job": 0}, "0 is too small", "a whole number from 1 to 1,000"),
        ({"max_nodes_per_job": 9}, "the pool has no more nodes than its max_nodes, 4", "4 at most"),
        ({"root_volume_gib": 1}, "1 is too small", "a whole number from 30 to 16,384"),
        ({"idle_shutdown_minutes": 0}, "0 is too small", "a whole number from 1 to 1,440"),
        ({"update_wait_hours": 0}, "the AWS provider takes no such wait for running jobs", "1 to 6"),
        ({"image_id": ""}, "this is no such id", "the id of a machine image, as ami-0123456789abcdef0"),
        (
            {"name": "my pool"},
            "names of AWS are made of it",
            "1 to 40 letters, digits, dashes and underscores, a letter or digit first and last",
        ),
    ],
)
def test_a_value_that_cannot_be_is_refused(pool: dict[str, Any], message: str, allowed: str) -> None:
    problem = refused(**pool)
    assert problem.field == f"c.pools[0].{next(iter(pool))}"
    assert (problem.message, problem.allowed) == (message, allowed)
    assert problem.mend


@pytest.mark.parametrize("name", ["", "-a", "a-", "a" * 41, "ä"])
def test_a_name_that_aws_would_not_take_is_refused(name: str) -> None:
    assert refused(name=name).field == "c.pools[0].name"


def test_a_price_above_the_list_price_is_refused() -> None:
    problem = refused(capacity_mode="spot", max_price_percent=101)
    assert (problem.field, problem.given) == ("c.pools[0].max_price_percent", "101")


def test_the_id_of_something_else_is_no_reservation() -> None:
    problem = refused(capacity_mode="reservation", reservation_id="r-1")
    assert (problem.field, problem.given, problem.message) == (
        "c.pools[0].reservation_id",
        "'r-1'",
        "this is no such id",
    )


def test_a_machine_is_bought_only_in_a_way_that_it_is_sold() -> None:
    problem = refused(capacity_mode="capacity_block", reservation_id="cr-0123456789abcdef0")
    assert (problem.field, problem.given) == ("c.pools[0].capacity_mode", "'capacity_block'")
    assert problem.message == "EC2 doesn't sell c7i.4xlarge that way"
    assert problem.allowed == "on_demand, spot, open_reservation, reservation"
    assert problem.mend == "choose one of these, or another instance_type"


def test_a_zone_without_any_subnet_is_said_to_have_none() -> None:
    with pytest.raises(InputError) as caught:
        preview(lambda: GpuCluster("c", {**CLUSTER, "subnet_ids": {}, "pools": [POOL]}) and None)
    (problem,) = caught.value.problems
    assert problem.allowed == "none: there is no subnet"


def test_values_that_become_known_later_are_taken() -> None:
    def program() -> None:
        later = pulumi.Output.from_input(0)
        GpuCluster("c", {**CLUSTER, "pools": [{**POOL, "max_nodes": later, "root_volume_gib": later}]})

    preview(program)
