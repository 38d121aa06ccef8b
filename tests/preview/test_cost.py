"""Costs, worked out by hand against round prices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from modelyard.catalog.fact import Fact
from modelyard.catalog.prices import PRICE_UNITS
from modelyard.environment.aws.compute import Pool
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_preview.cost import estimate
from modelyard_preview.cost.estimate import estimate_cost
from modelyard_preview.cost.free import FREE_TYPES
from modelyard_preview.cost.model import Amounts, Cost
from modelyard_preview.cost.pricers import PRICED_ELSEWHERE, PRICERS

Changed = Callable[..., AwsEnvironment]
PRICES = {
    "ebs_gp3_gb_month": 0.1,
    "s3_standard_gb_month": 0.02,
    "backup_s3_gb_month": 0.05,
    "kms_key_month": 1.0,
    "interface_endpoint_hour": 0.01,
    "nat_gateway_hour": 0.05,
    "public_ipv4_hour": 0.005,
}
"""US dollars; everything else is unpriced."""


def _fact(value: float | None, unit: str) -> Fact[float] | None:
    return None if value is None else Fact(value, unit, "a test", "2026-11-01")


@pytest.fixture(autouse=True)
def round_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dollar an hour on demand, ten cents on spot, in eu-central-1 only."""

    def service(item: str, region: str) -> Fact[float] | None:
        return _fact(PRICES.get(item) if region == "eu-central-1" else None, PRICE_UNITS[item])

    monkeypatch.setattr(estimate, "service_price", service)
    monkeypatch.setattr(estimate, "on_demand_usd_per_hour", lambda *_: _fact(1.0, "USD/hour"))
    monkeypatch.setattr(estimate, "spot_usd_per_hour", lambda *_: _fact(0.1, "USD/hour"))


def pool(name: str = "cpu", **fields: Any) -> Pool:
    given: dict[str, Any] = {
        "name": name,
        "instance_type": "c7i.4xlarge",
        "max_nodes": 4,
        "capacity": {"mode": "on_demand"},
        "root_volume_gib": 200,
        "expected_utilization_percent": 30,
    }
    return Pool.model_validate({**given, **fields})


@pytest.fixture
def plain(environment: AwsEnvironment) -> Changed:
    """An environment without backup and budget, with empty stores and the pools given."""

    def make(*pools: Pool, **fields: Any) -> AwsEnvironment:
        stores = {
            purpose: store.model_copy(update={"expected_size_gib": 0})
            for purpose, store in environment.storage
            if purpose in ("datasets", "checkpoints")
        }
        update = {
            "storage": environment.storage.model_copy(update=stores),
            "backup": None,
            "budget": None,
            "compute": list(pools),
        }
        return environment.model_copy(update={**update, **fields})

    return make


def resource(token: str, name: str = "it", **properties: Any) -> Node:
    return Node(urn=f"urn:pulumi:dev::shop::{token}::{name}", type=token, name=name, properties=properties)


def usd(cost: Cost) -> dict[str, tuple[float, float, float]]:
    """The lines that aren't zero in all three cases."""
    lines = {
        line.what: (round(line.usd.idle, 6), round(line.usd.expected, 6), round(line.usd.maximum, 6))
        for line in cost.items
    }
    return {what: amounts for what, amounts in lines.items() if any(amounts)}


def test_a_pool_costs_its_machines_and_their_volumes(plain: Changed) -> None:
    cost = estimate_cost(Graph([]), plain(pool()))
    # 30% of 4 nodes is 1.2; 730 hours a month; 200 GiB at ten cents.
    assert usd(cost) == {
        "pool cpu: c7i.4xlarge, on demand": (0.0, 876.0, 2920.0),
        "pool cpu: root volumes, gp3": (0.0, 24.0, 80.0),
    }
    assert cost.usd == Amounts(0.0, 900.0, 3000.0)


def test_nodes_that_stay_up_cost_when_idle_and_are_the_least_expected(plain: Changed) -> None:
    cost = estimate_cost(Graph([]), plain(pool(min_nodes=2)))
    assert usd(cost)["pool cpu: c7i.4xlarge, on demand"] == (1460.0, 1460.0, 2920.0)


def test_spot_machines_are_priced_as_spot(plain: Changed) -> None:
    cost = estimate_cost(Graph([]), plain(pool(capacity={"mode": "spot"}, expected_utilization_percent=50)))
    assert usd(cost)["pool cpu: c7i.4xlarge, spot"] == (0.0, 146.0, 292.0)


def test_a_reservation_costs_the_same_whether_it_is_used_or_not(plain: Changed) -> None:
    reserved = pool(capacity={"mode": "reservation", "reservation_id": "cr-0123456789abcdef0"})
    cost = estimate_cost(Graph([]), plain(reserved))
    what = "pool cpu: c7i.4xlarge, reservation of 4 nodes, used or not"
    assert usd(cost)[what] == (2920.0, 2920.0, 2920.0)


def test_a_capacity_block_is_listed_and_not_priced(plain: Changed) -> None:
    bought = {
        "mode": "capacity_block",
        "reservation_id": "cr-0123456789abcdef0",
        "node_count": 4,
        "starts_at": "2026-12-01T11:30:00Z",
        "ends_at": "2026-12-15T11:30:00Z",
    }
    block = pool(capacity=bought)
    cost = estimate_cost(Graph([]), plain(block))
    entry = cost.unpriced[0]
    assert entry.what == "pool cpu: c7i.4xlarge, capacity block"
    assert "paid as a whole" in entry.reason
    assert list(usd(cost)) == ["pool cpu: root volumes, gp3"]


def test_a_machine_without_a_price_is_listed_never_zero(
    plain: Changed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimate, "on_demand_usd_per_hour", lambda *_: None)
    cost = estimate_cost(Graph([]), plain(pool()))
    assert cost.unpriced[0].what == "pool cpu: c7i.4xlarge, on demand"
    assert cost.unpriced[0].reason == "the catalog has no price for it in eu-central-1"
    assert "pool cpu: c7i.4xlarge, on demand" not in [line.what for line in cost.items]


def test_a_pool_names_the_compute_environment_that_serves_it(plain: Changed) -> None:
    compute = "aws:batch/computeEnvironment:ComputeEnvironment"
    graph = Graph(
        [resource(compute, name, computeResources={"tags": {"pool": name}}) for name in ("cpu", "gpu")]
        + [resource(compute, "later", computeResources=UNKNOWN)]
    )
    cost = estimate_cost(graph, plain(pool("gpu")))
    assert cost.items[0].urns == (f"urn:pulumi:dev::shop::{compute}::gpu",)


def test_stores_cost_their_expected_size_whatever_runs(environment: AwsEnvironment, plain: Changed) -> None:
    sizes = {
        purpose: store.model_copy(update={"expected_size_gib": size})
        for (purpose, store), size in zip(environment.storage, (500, 200), strict=False)
    }
    storage = environment.storage.model_copy(update=sizes)
    plan = resource("aws:backup/plan:Plan")
    bucket = resource("aws:s3/bucket:Bucket", "d", bucket="dev-datasets-123456789012-eu-central-1")
    cost = estimate_cost(Graph([plan, bucket]), plain(storage=storage, backup=environment.backup))
    assert usd(cost) == {
        "store datasets: S3 Standard": (10.0, 10.0, 10.0),
        "store checkpoints: S3 Standard": (4.0, 4.0, 4.0),
        "backup of datasets: one full copy": (25.0, 25.0, 25.0),
    }
    assert cost.items[0].urns == (bucket.urn,)
    assert {entry.what for entry in cost.unpriced} == {
        "old versions in stores",
        "requests to stores",
        "changes kept in backups",
    }


def test_a_bucket_of_unknown_size_is_listed(plain: Changed) -> None:
    cost = estimate_cost(Graph([resource("aws:s3/bucket:Bucket", "logs")]), plain())
    (entry,) = [entry for entry in cost.unpriced if entry.what == "other buckets' content"]
    assert entry.urns == ("urn:pulumi:dev::shop::aws:s3/bucket:Bucket::logs",)


def test_keys_and_endpoints_add_up_in_one_line_each(plain: Changed) -> None:
    graph = Graph(
        [
            resource("aws:kms/key:Key", "one"),
            resource("aws:kms/key:Key", "two"),
            resource("aws:ec2/vpcEndpoint:VpcEndpoint", "s3", vpcEndpointType="Gateway"),
            resource("aws:ec2/vpcEndpoint:VpcEndpoint", "default"),
            resource(
                "aws:ec2/vpcEndpoint:VpcEndpoint",
                "sts",
                vpcEndpointType="Interface",
                subnetIds=[UNKNOWN, UNKNOWN],
            ),
            resource("aws:ec2/vpcEndpoint:VpcEndpoint", "kms", vpcEndpointType="Interface", subnetIds=["a"]),
        ]
    )
    cost = estimate_cost(graph, plain())
    # Two subnets and one, 730 hours, a cent an hour.
    assert usd(cost) == {"KMS keys": (2.0, 2.0, 2.0), "interface endpoints": (21.9, 21.9, 21.9)}
    assert [len(line.urns) for line in cost.items[-2:]] == [2, 2]


def test_an_endpoint_whose_subnets_are_not_known_is_listed(plain: Changed) -> None:
    endpoint = resource("aws:ec2/vpcEndpoint:VpcEndpoint", vpcEndpointType="Interface", subnetIds=UNKNOWN)
    cost = estimate_cost(Graph([endpoint]), plain())
    assert usd(cost) == {}
    assert ("VPC endpoints", (endpoint.urn,)) in [(entry.what, entry.urns) for entry in cost.unpriced]


def test_a_nat_gateway_costs_its_hours_and_its_address(plain: Changed) -> None:
    graph = Graph([resource("aws:ec2/natGateway:NatGateway"), resource("aws:ec2/eip:Eip")])
    cost = estimate_cost(graph, plain())
    assert usd(cost) == {
        "NAT gateways": (36.5, 36.5, 36.5),
        "public IPv4 addresses": (3.65, 3.65, 3.65),
    }


def test_a_resource_is_priced_where_it_is(plain: Changed) -> None:
    key = resource("aws:kms/key:Key")
    key.region = "eu-west-1"
    cost = estimate_cost(Graph([key]), plain())
    assert "KMS keys" in [entry.what for entry in cost.unpriced]


def test_a_type_nobody_knows_is_listed_by_its_token(plain: Changed) -> None:
    cluster = resource("aws:eks/cluster:Cluster")
    cost = estimate_cost(Graph([cluster, resource("aws:iam/role:Role")]), plain())
    unknown = [entry for entry in cost.unpriced if "knows it to be free" in entry.reason]
    assert [(entry.what, entry.urns) for entry in unknown] == [("aws:eks/cluster:Cluster", (cluster.urn,))]


def test_a_type_is_either_free_or_paid_for() -> None:
    assert not FREE_TYPES & PRICERS.keys()
    assert not FREE_TYPES & PRICED_ELSEWHERE
    assert not PRICED_ELSEWHERE & PRICERS.keys()


@pytest.mark.parametrize(
    ("limit", "over"), [(3000, ()), (2999, ("maximum",)), (800, ("expected", "maximum"))]
)
def test_totals_are_held_against_the_budget(
    environment: AwsEnvironment, plain: Changed, limit: int, over: tuple[str, ...]
) -> None:
    assert environment.budget is not None
    budget = environment.budget.model_copy(update={"monthly_usd": limit})
    cost = estimate_cost(Graph([]), plain(pool(), budget=budget))
    assert cost.budget is not None
    assert (cost.budget.monthly_usd, cost.budget.over) == (limit, over)


def test_the_json_carries_sources_and_is_complete_only_without_unpriced(plain: Changed) -> None:
    document = estimate_cost(Graph([]), plain(pool())).as_json()
    line = document["items"][0]
    assert line["price"] == {
        "usd": 1.0,
        "unit": "USD/hour",
        "source": "a test",
        "asOf": "2026-11-01",
        "note": "",
    }
    assert line["quantity"] == {"idle": 0.0, "expected": 876.0, "maximum": 2920.0}
    assert document["usd"] == {"idle": 0.0, "expected": 900.0, "maximum": 3000.0}
    assert document["complete"] is False
    assert document["budget"] is None
    assert Cost((), (), None).as_json()["complete"] is True
