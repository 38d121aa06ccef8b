"""What an environment on Azure can come back from: read from its graph, which weakened says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from modelyard.environment.azure.spec import AzureEnvironment
from modelyard.planning.recovery import Chain, Loss, Objective, Verdict
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_preview.azure.recovery import describe_recovery
from modelyard_preview.environment import Preview
from modelyard_preview.recovery import Recovery, StoreRecovery

With = Callable[..., AzureEnvironment]
AZURE = "azure-native:"
RPO, RTO = Objective.RPO, Objective.RTO
WITHIN, REGION = Loss.WITHIN_REGION, Loss.REGION


def without(graph: Graph, *kinds: str, named: str = "") -> Graph:
    """The graph without the resources of some types whose names end so."""
    tokens = {f"{AZURE}{kind}" for kind in kinds}
    return _graph(node for node in graph.resources if not (node.type in tokens and node.name.endswith(named)))


def changed(graph: Graph, kind: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Graph:
    """The graph with other properties of the resources of a type."""
    return _graph(
        replace(node, properties={**node.properties, **change(node.properties)})
        if node.type == f"{AZURE}{kind}"
        else node
        for node in graph.resources
    )


def _graph(nodes: Iterable[Node]) -> Graph:
    return Graph(list(nodes), environment="azure-prod", cloud="azure")


def described(preview: Preview, graph: Graph) -> Recovery:
    assert isinstance(preview.environment, AzureEnvironment)
    return describe_recovery(graph, preview.environment)


def store(recovery: Recovery, name: str) -> StoreRecovery:
    (found,) = [each for each in recovery.stores if each.name == name]
    return found


def chain(recovery: Recovery, subject: str, objective: Objective, loss: Loss) -> Chain:
    (found,) = [
        each
        for each in recovery.chains
        if (each.subject, each.objective, each.loss) == (subject, objective, loss)
    ]
    return found


def test_the_data_center_holds_what_its_environment_asks_for(prod: Preview):
    targeted = [each for each in prod.recovery.chains if each.target_minutes is not None]
    assert {(each.subject, each.objective, each.loss) for each in targeted} == {
        (subject, objective, loss)
        for subject in ("backup", "training")
        for objective in (RPO, RTO)
        for loss in (WITHIN, REGION)
    }
    assert {each.verdict for each in targeted} == {Verdict.MET}


def test_stores_are_versioned_copied_backed_up_and_locked_as_the_graph_says(prod: Preview):
    datasets, checkpoints = store(prod.recovery, "datasets"), store(prod.recovery, "checkpoints")
    assert (datasets.versioned, checkpoints.versioned) == (True, True)
    assert datasets.copied is None
    assert checkpoints.copied is not None
    assert checkpoints.copied.region == prod.environment.regions.recovery
    assert (datasets.backed_up, checkpoints.backed_up) == (True, False)
    assert (datasets.object_lock, checkpoints.object_lock) == (False, True)


@pytest.mark.parametrize(("value", "seen"), [(False, False), (UNKNOWN, None)])
def test_versions_that_are_not_kept_or_not_known_are_not_promised(prod: Preview, value: object, seen: object):
    graph = changed(prod.graph, "storage:BlobServiceProperties", lambda _: {"isVersioningEnabled": value})
    assert store(described(prod, graph), "checkpoints").versioned is seen


def test_an_account_without_its_blob_settings_keeps_no_versions(prod: Preview):
    graph = without(prod.graph, "storage:BlobServiceProperties")
    assert store(described(prod, graph), "datasets").versioned is False


@pytest.mark.parametrize(("value", "seen"), [({"enabled": False}, False), (UNKNOWN, None)])
def test_a_container_that_cannot_lock_locks_nothing(prod: Preview, value: object, seen: object):
    graph = changed(prod.graph, "storage:BlobContainer", lambda _: {"immutableStorageWithVersioning": value})
    assert store(described(prod, graph), "checkpoints").object_lock is seen


def test_without_a_replication_checkpoints_are_lost_with_the_region(prod: Preview):
    recovery = described(prod, without(prod.graph, "storage:ObjectReplicationPolicy"))
    assert store(recovery, "checkpoints").copied is None
    lost = chain(recovery, "training", RPO, REGION)
    assert lost.verdict is Verdict.MISSED
    assert any("checkpoints isn't copied to" in term.source for term in lost.terms)
    assert chain(recovery, "training", RPO, WITHIN).verdict is Verdict.MET


def test_without_a_backup_instance_nothing_is_backed_up(prod: Preview):
    recovery = described(prod, without(prod.graph, "dataprotection:BackupInstance"))
    assert store(recovery, "datasets").backed_up is False
    assert recovery.backup is None
    for loss in (WITHIN, REGION):
        assert chain(recovery, "backup", RPO, loss).verdict is Verdict.MISSED


def test_the_schedule_of_the_policy_counts_and_not_what_was_asked_for(prod: Preview):
    def weekly(properties: dict[str, Any]) -> dict[str, Any]:
        text = str(properties["properties"])
        assert "/P1D" in text
        rules = [
            {**rule, "trigger": _every_week(rule["trigger"])} if "trigger" in rule else rule
            for rule in properties["properties"]["policyRules"]
        ]
        return {"properties": {**properties["properties"], "policyRules": rules}}

    recovery = described(prod, changed(prod.graph, "dataprotection:BackupPolicy", weekly))
    slow = chain(recovery, "backup", RPO, WITHIN)
    assert slow.minutes == (168 + 6) * 60
    assert slow.verdict is Verdict.MISSED
    assert chain(prod.recovery, "backup", RPO, WITHIN).minutes == (24 + 6) * 60


def _every_week(trigger: dict[str, Any]) -> dict[str, Any]:
    intervals = [each.replace("/P1D", "/P1W") for each in trigger["schedule"]["repeatingTimeIntervals"]]
    return {**trigger, "schedule": {**trigger["schedule"], "repeatingTimeIntervals": intervals}}


def test_a_vault_that_stays_in_its_region_goes_with_it(prod: Preview):
    def locally(properties: dict[str, Any]) -> dict[str, Any]:
        stored = [{"datastoreType": "VaultStore", "type": "LocallyRedundant"}]
        return {"properties": {**properties["properties"], "storageSettings": stored}}

    recovery = described(prod, changed(prod.graph, "dataprotection:BackupVault", locally))
    assert chain(recovery, "backup", RPO, WITHIN).verdict is Verdict.MET
    gone = chain(recovery, "backup", RPO, REGION)
    assert gone.verdict is Verdict.MISSED
    assert any(term.source == "no vault is geo-redundant" for term in gone.terms)


@pytest.mark.parametrize(
    ("state", "lock"),
    [("Locked", "compliance"), ("Unlocked", "governance"), ("Disabled", "none"), (UNKNOWN, None)],
)
def test_a_vaults_lock_is_read_from_it(prod: Preview, state: object, lock: str | None):
    def set_to(properties: dict[str, Any]) -> dict[str, Any]:
        security = {"immutabilitySettings": {"state": state}}
        return {"properties": {**properties["properties"], "securitySettings": security}}

    (vault,) = described(prod, changed(prod.graph, "dataprotection:BackupVault", set_to)).vaults
    assert vault.lock == lock
    assert vault.region == prod.environment.regions.primary


def test_training_needs_a_cluster_to_go_on_in(prod: Preview):
    graph = _graph(
        node
        for node in prod.graph.resources
        if not (node.type.endswith(":Compute") and "-recovery-" in node.urn)
    )
    recovery = described(prod, graph)
    assert chain(recovery, "training", RTO, REGION).verdict is Verdict.MISSED
    assert chain(recovery, "training", RTO, WITHIN).verdict is Verdict.MET


def test_what_nobody_assumed_is_unknown_and_names_the_field_to_state_it_in(
    prod: Preview, environment_with: With
):
    def change(fields: dict[str, Any]) -> None:
        for name in ("assumed_backup_hours", "assumed_copy_hours", "assumed_restore_hours"):
            fields["backup"].pop(name)
        fields["recovery"].pop("assumed_replication_minutes")

    recovery = describe_recovery(prod.graph, environment_with("azure-prod", change))
    assert chain(recovery, "backup", RPO, REGION).verdict is Verdict.UNKNOWN
    fields = {term.field for each in recovery.chains for term in each.terms if term.minutes is None}
    assert fields == {
        "backup.assumed_backup_hours",
        "backup.assumed_copy_hours",
        "backup.assumed_restore_hours",
        "recovery.assumed_replication_minutes",
    }


def test_a_store_that_the_graph_lacks_has_no_urn(prod: Preview):
    recovery = described(prod, without(prod.graph, "storage:StorageAccount", named="datasets"))
    datasets = store(recovery, "datasets")
    assert (datasets.urn, datasets.versioned, datasets.backed_up) == (None, None, False)


def test_a_store_of_somebody_else_is_not_promised(dev: Preview, environment_with: With):
    account = (
        "/subscriptions/0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9/resourceGroups/g/providers/"
        "Microsoft.Storage/storageAccounts/corpus"
    )

    def change(fields: dict[str, Any]) -> None:
        fields["storage"]["datasets"] = {"kind": "existing_blob", "account_id": account, "container": "abc"}
        fields.pop("backup")

    recovery = describe_recovery(dev.graph, environment_with("azure-dev", change))
    assert [each.name for each in recovery.stores] == ["checkpoints"]
