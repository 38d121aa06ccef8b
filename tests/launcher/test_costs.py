"""What a job may cost, and when that is more than it allows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from launcher.planning import BLOCK, CPU, NOW, SPOT, outlook, refusal

from modelyard_launcher.costs import Cost
from modelyard_launcher.spec import GRACE_SECONDS
from modelyard_node.limits import limit_reached
from modelyard_node.spec import Limits

GRID = {"grid": {"LR": [0.1, 0.01], "SEED": [1, 2, 3, 4, 5]}}


def cost(directory: Path, job: dict[str, Any], *pools: dict[str, Any]) -> tuple[Cost, float]:
    """The cost of a job, and the price of a node and hour."""
    made = outlook(directory, job, *pools)
    price = made.choice.node_price
    assert price is not None
    return made.cost, price.value


def test_the_most_is_every_start_up_to_its_timeout(tmp_path: Path) -> None:
    made, price = cost(tmp_path, {"num_nodes": 2, "timeout": "30m", "retry": {"attempts": 3}})
    assert made.hourly_usd == pytest.approx(2 * price)
    # Three attempts, and three starts more when hosts fail.
    assert made.starts == 6
    assert made.most_usd == made.timeouts_usd == pytest.approx(2 * price * 0.5 * 6)
    assert made.budget_usd is None
    assert not made.budget_comes_first


def test_without_host_failures_only_attempts_count(tmp_path: Path) -> None:
    made, price = cost(tmp_path, {"timeout": "1h", "retry": {"attempts": 2, "on_events": []}})
    assert made.most_usd == pytest.approx(2 * price)


def test_without_a_timeout_there_is_no_most(tmp_path: Path) -> None:
    made, _ = cost(tmp_path, {})
    assert (made.most_usd, made.timeouts_usd) == (None, None)


@pytest.mark.parametrize(
    ("timeout", "budget", "most", "first"),
    [
        (None, 50, 50, True),
        ("10h", 5, 5, True),
        ("10h", 1_000, None, False),
    ],
)
def test_a_total_budget_bounds_the_cost_where_it_is_less(
    tmp_path: Path, timeout: str | None, budget: float, most: float | None, first: bool
) -> None:
    made, _ = cost(tmp_path, {"timeout": timeout, "max_total_cost": budget})
    assert made.budget_usd == budget
    assert made.budget_comes_first is first
    assert made.most_usd == (made.timeouts_usd if most is None else most)


@pytest.mark.parametrize(
    ("job", "pool", "at_a_time"),
    [
        ({"sweep": GRID}, CPU, 10),
        ({"sweep": {**GRID, "parallel": 3}}, CPU, 3),
        ({"sweep": GRID}, {**CPU, "max_nodes": 4}, 4),
        ({"sweep": {**GRID, "parallel": 8}}, {**CPU, "max_nodes": 4}, 4),
        ({"sweep": GRID, "num_nodes": 2}, {**CPU, "max_nodes": 5}, 2),
        ({"sweep": GRID, "num_nodes": 4}, {**CPU, "max_nodes": 4}, 1),
        ({}, CPU, 1),
    ],
)
def test_a_sweep_runs_as_many_variants_at_a_time_as_it_allows_and_the_pool_has_room_for(
    tmp_path: Path, job: dict[str, Any], pool: dict[str, Any], at_a_time: int
) -> None:
    made, price = cost(tmp_path, {**job, "timeout": "1h"}, pool)
    nodes = job.get("num_nodes", 1)
    assert made.at_a_time == at_a_time
    assert made.hourly_usd == pytest.approx(nodes * price)
    assert made.peak_hourly_usd == pytest.approx(nodes * price * at_a_time)
    variants = 10 if "sweep" in job else 1
    assert made.most_usd == pytest.approx(nodes * price * 4 * variants)


def test_what_has_no_price_costs_nobody_knows_what(tmp_path: Path) -> None:
    made = outlook(tmp_path, {"timeout": "1h", "resources": {"accelerators": "H100:8"}}, BLOCK).cost
    assert (made.hourly_usd, made.peak_hourly_usd, made.most_usd) == (None, None, None)
    assert made.as_dict(["p5.48xlarge"])["unpriced"] == ["p5.48xlarge"]


def test_an_hour_above_the_limit_is_refused_with_one_that_would_do(tmp_path: Path) -> None:
    problem = refusal(tmp_path, {"num_nodes": 4, "max_hourly_cost": 1.5})
    assert (problem.field, problem.given) == ("max_hourly_cost", "1.5")
    assert problem.message == "4 x c7i.4xlarge on pool cpu cost $3.26 an hour"
    offered = float(problem.allowed.partition(" ")[0])
    assert outlook(tmp_path, {"num_nodes": 4, "max_hourly_cost": offered}).cost.hourly_usd
    refused = refusal(tmp_path, {"num_nodes": 4, "max_hourly_cost": round(offered - 0.01, 2)})
    assert refused.mend == "take fewer nodes or a cheaper pool, or raise the limit"


def test_one_node_above_the_limit_costs(tmp_path: Path) -> None:
    problem = refusal(tmp_path, {"max_hourly_cost": 0.1})
    assert problem.message == "1 x c7i.4xlarge on pool cpu costs $0.81 an hour"


def test_the_limit_of_an_hour_holds_for_all_variants_that_run_at_a_time(tmp_path: Path) -> None:
    problem = refusal(tmp_path, {"sweep": GRID, "max_hourly_cost": 5})
    assert problem.message == "10 x c7i.4xlarge on pool cpu (10 variants at a time) cost $8.15 an hour"
    assert problem.mend == "run fewer variants at a time (sweep.parallel), or raise the limit"
    made, _ = cost(tmp_path, {"sweep": {**GRID, "parallel": 6}, "max_hourly_cost": 5})
    assert made.at_a_time == 6


def test_a_budget_that_pays_for_less_than_saving_and_a_minute_is_refused(tmp_path: Path) -> None:
    problem = refusal(tmp_path, {"max_total_cost": 0.03})
    assert (problem.field, problem.given) == ("max_total_cost", "0.03")
    assert problem.message == "at $0.81 an hour it pays for 133 seconds, and 100 seconds are kept for saving"
    assert problem.allowed == "0.04 or more, for all attempts"
    assert outlook(tmp_path, {"max_total_cost": 0.04}).cost.most_usd == 0.04


def test_a_budget_that_is_allowed_lets_nodes_begin(tmp_path: Path) -> None:
    made, price = cost(tmp_path, {"max_total_cost": 0.04})
    limits = Limits(None, made.budget_usd, None, price, 0)
    assert limit_reached(limits, [], 0, NOW, GRACE_SECONDS) is None


def test_a_budget_is_refused_if_each_variants_share_is_too_small(tmp_path: Path) -> None:
    problem = refusal(tmp_path, {"sweep": GRID, "max_total_cost": 0.3})
    assert problem.message == (
        "at $0.81 an hour it pays for 133 seconds for each of 10 variants, and 100 seconds are kept for saving"
    )
    offered = float(problem.allowed.partition(" ")[0])
    assert outlook(tmp_path, {"sweep": GRID, "max_total_cost": offered}).cost.budget_usd == offered


@pytest.mark.parametrize("field", ["max_hourly_cost", "max_total_cost"])
def test_a_limit_that_cannot_be_held_is_refused(tmp_path: Path, field: str) -> None:
    problem = refusal(tmp_path, {"resources": {"accelerators": "H100:8"}, field: 500}, BLOCK)
    assert problem.field == field
    assert problem.message == (
        "p5.48xlarge (capacity_block) has no price in the catalog, so the limit can't be held"
    )
    assert "a timeout and a deadline" in problem.mend


def test_spot_is_priced_at_the_lowest_price_seen(tmp_path: Path) -> None:
    spot, _ = cost(tmp_path, {"resources": {"use_spot": True}}, SPOT)
    on_demand, _ = cost(tmp_path, {}, CPU)
    assert spot.hourly_usd is not None
    assert on_demand.hourly_usd is not None
    assert 0 < spot.hourly_usd < on_demand.hourly_usd
