"""What backups, their copies and restore tests cost, as far as it is known."""

from __future__ import annotations

from previewing import dev_fields

from modelyard.environment import parse_environment
from modelyard_policies.graph import Graph, Node
from modelyard_preview.cost.estimate import estimate_cost
from modelyard_preview.cost.model import Cost

TWO_REGIONS = {
    "regions": {"primary": "eu-central-1", "recovery": "eu-west-1"},
    "recovery": {"network": {"cidr": "10.33.0.0/20"}},
}


def resource(token: str) -> Node:
    return Node(urn=f"urn:pulumi:dev::shop::{token}::it", type=token, name="it")


GRAPH = Graph(
    [
        resource("aws:backup/plan:Plan"),
        resource("aws:backup/restoreTestingPlan:RestoreTestingPlan"),
        resource("aws:backup/restoreTestingSelection:RestoreTestingSelection"),
    ]
)


def said(cost: Cost) -> set[str]:
    """Everything that has a price, or is said to have none."""
    return {line.what for line in cost.items} | {entry.what for entry in cost.unpriced}


def test_a_copy_is_kept_in_the_recovery_region_as_well() -> None:
    within = said(estimate_cost(GRAPH, parse_environment(dev_fields())))
    assert "backup of datasets: one full copy" in within
    assert not any("copy of the backup" in what for what in within)
    across = said(estimate_cost(GRAPH, parse_environment({**dev_fields(), **TWO_REGIONS})))
    assert any("copy of the backup of datasets" in what for what in across)
    assert "backups on their way to the recovery region" in across


def test_datasets_that_are_not_backed_up_have_no_copy() -> None:
    fields = dev_fields()
    fields["storage"]["datasets"]["backed_up"] = False
    fields["storage"]["file_systems"] = [{"kind": "efs", "name": "home"}]
    found = said(estimate_cost(GRAPH, parse_environment(fields)))
    assert not any("backup of datasets" in what for what in found)
    assert "backups of file systems" in found


def test_restore_tests_are_paid_for_and_their_selections_are_not() -> None:
    cost = estimate_cost(GRAPH, parse_environment(dev_fields()))
    (entry,) = [entry for entry in cost.unpriced if entry.what == "restore tests"]
    assert entry.urns == (GRAPH.resources[1].urn,)
    assert not [entry for entry in cost.unpriced if entry.what.startswith("aws:")]
