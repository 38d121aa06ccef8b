"""What the recovery region costs: its pools once they are used, its copies always; and whose line is whose."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from previewing import dev_fields, preview_environment

from modelyard.catalog.fact import Fact
from modelyard.environment import parse_environment
from modelyard_policies.graph import Graph
from modelyard_preview.cost import estimate
from modelyard_preview.cost.estimate import estimate_cost
from modelyard_preview.cost.model import Cost, LineItem

HOURS = 730
CPU_NODES = 4
NODE = {"name": "cpu", "instance_type": "c7i.4xlarge", "max_nodes": CPU_NODES, "root_volume_gib": 100}


def fields() -> dict[str, Any]:
    data = deepcopy(dev_fields())
    data["regions"] = {"primary": "eu-central-1", "recovery": "eu-west-1"}
    data["recovery"] = {"network": {"cidr": "10.99.0.0/20"}}
    data["compute"] = [{**NODE, "min_nodes": 1, "capacity": {"mode": "on_demand"}}]
    data["storage"]["datasets"] = {"kind": "s3", "expected_size_gib": 1_000}
    data["storage"]["checkpoints"] = {"kind": "s3", "expected_size_gib": 500}
    data["backup"] = None
    return data


@pytest.fixture(autouse=True)
def round_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dollar for everything in the primary region, two in the other."""

    def price(_: str, region: str) -> Fact[float]:
        return Fact(1.0 if region == "eu-central-1" else 2.0, "USD/hour", "a test", "2026-11-01")

    for name in ("service_price", "on_demand_usd_per_hour", "spot_usd_per_hour"):
        monkeypatch.setattr(estimate, name, price)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return preview_environment(fields())


@pytest.fixture
def cost(graph: Graph) -> Cost:
    return estimate_cost(graph, parse_environment(fields()))


def line(cost: Cost, what: str) -> LineItem:
    [found] = [item for item in cost.items if item.what == what]
    return found


def test_a_pool_of_the_recovery_region_costs_what_it_would_if_it_was_used(cost: Cost) -> None:
    there = line(cost, "pool cpu: c7i.4xlarge, on demand, in eu-west-1")
    assert (there.usd.idle, there.usd.expected, there.usd.maximum) == (0, 0, CPU_NODES * HOURS * 2)
    here = line(cost, "pool cpu: c7i.4xlarge, on demand")
    assert (here.usd.idle, here.usd.maximum) == (HOURS, CPU_NODES * HOURS)


def test_a_line_names_the_compute_environment_of_its_own_region(cost: Cost) -> None:
    [here] = line(cost, "pool cpu: c7i.4xlarge, on demand").urns
    [there] = line(cost, "pool cpu: c7i.4xlarge, on demand, in eu-west-1").urns
    assert "recovery" not in here.rpartition("::")[2]
    assert "recovery" in there.rpartition("::")[2]


def test_copies_in_the_recovery_region_are_kept_and_paid_for(cost: Cost) -> None:
    datasets = line(cost, "store datasets: S3 Standard, in eu-west-1")
    assert datasets.usd.idle == 1_000 * 2
    assert [urn.rpartition("::")[2] for urn in datasets.urns] == ["dev-recovery-storage-datasets"]
    assert line(cost, "store checkpoints: S3 Standard, in eu-west-1").usd.idle == 500 * 2
    [others] = [entry for entry in cost.unpriced if entry.what == "other buckets' content"]
    assert all("logs" in urn for urn in others.urns)


def test_a_store_of_somebody_else_has_no_copy(graph: Graph) -> None:
    data = fields()
    data["storage"]["datasets"] = {"kind": "existing_s3", "bucket": "theirs"}
    cost = estimate_cost(graph, parse_environment(data))
    assert not [item.what for item in cost.items if "store datasets" in item.what]


def test_no_two_lines_are_called_the_same(cost: Cost) -> None:
    names = [item.what for item in cost.items]
    assert len(names) == len(set(names))
    assert {"KMS keys", "KMS keys, in eu-west-1"} <= set(names)
