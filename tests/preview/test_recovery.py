"""Recovery and energy: facts of the graph, the environment and the catalog."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from modelyard.environment.spec import AwsEnvironment
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_preview.energy import Energy, describe_energy
from modelyard_preview.recovery import describe_recovery

Changed = Callable[..., AwsEnvironment]
NAME = "dev-{}-123456789012-eu-central-1"


def resource(token: str, name: str, **properties: Any) -> Node:
    return Node(urn=f"urn:pulumi:dev::shop::{token}::{name}", type=token, name=name, properties=properties)


def buckets(**versioning: Any) -> list[Node]:
    """Buckets for the stores, each with the versioning given."""
    nodes: list[Node] = []
    for purpose, status in versioning.items():
        name = NAME.format(purpose)
        nodes.append(resource("aws:s3/bucket:Bucket", purpose, bucket=name))
        if status is not None:
            token = "aws:s3/bucketVersioning:BucketVersioning"
            configuration = {"status": status}
            nodes.append(resource(token, purpose, bucket=name, versioningConfiguration=configuration))
    return nodes


def test_versioning_is_read_from_the_graph(environment: AwsEnvironment) -> None:
    graph = Graph(buckets(datasets="Enabled", checkpoints=None))
    stores = describe_recovery(graph, environment).stores
    assert [(store.name, store.versioned) for store in stores] == [("datasets", True), ("checkpoints", False)]


def test_versioning_that_is_not_known_yet_is_unknown(environment: AwsEnvironment) -> None:
    graph = Graph(buckets(datasets=UNKNOWN, checkpoints="Suspended"))
    document = describe_recovery(graph, environment).as_json()
    assert [store["versioned"] for store in document["stores"]] == [{"unknown": True}, False]


def test_a_store_that_the_graph_lacks_has_no_urn(environment: AwsEnvironment) -> None:
    store = describe_recovery(Graph([]), environment).stores[0]
    assert (store.urn, store.versioned, store.replicated, store.backed_up) == (None, None, False, False)


def test_replication_is_read_from_the_graph(environment: AwsEnvironment) -> None:
    token = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
    nodes = buckets(datasets="Enabled", checkpoints="Enabled")
    recovery = describe_recovery(Graph(nodes), environment)
    assert recovery.replication == "none"
    nodes.append(resource(token, "datasets", bucket=NAME.format("datasets")))
    assert describe_recovery(Graph(nodes), environment).replication == "some"
    nodes.append(resource(token, "checkpoints", bucket=NAME.format("checkpoints")))
    assert describe_recovery(Graph(nodes), environment).replication == "all"


def test_backups_promise_their_worst_case(environment: AwsEnvironment) -> None:
    assert environment.backup is not None
    arn = f"arn:aws:s3:::{NAME.format('datasets')}"
    graph = Graph(
        [
            *buckets(datasets="Enabled", checkpoints="Enabled"),
            resource("aws:backup/plan:Plan", "plan"),
            resource("aws:backup/selection:Selection", "datasets", resources=[arn]),
        ]
    )
    schedule = {"every_hours": 24, "start_window_minutes": 60, "completion_window_minutes": 180}
    for rpo_hours, met in ((28, True), (27, False)):
        backup = environment.backup.model_copy(update={**schedule, "rpo_hours": rpo_hours})
        recovery = describe_recovery(graph, environment.model_copy(update={"backup": backup}))
        assert recovery.backup is not None
        # A day, the start window of one hour and the completion window of three.
        assert recovery.backup.worst_rpo_minutes == 1_680
        assert recovery.backup.met is met
        assert [store.backed_up for store in recovery.stores] == [True, False]


def test_without_a_plan_in_the_graph_there_are_no_backups(environment: AwsEnvironment) -> None:
    recovery = describe_recovery(Graph(buckets(datasets="Enabled")), environment)
    assert recovery.backup is None
    assert recovery.as_json()["backup"] is None


def test_carbon_keeps_every_source_and_their_spread(environment: AwsEnvironment) -> None:
    energy = describe_energy(environment)
    document = energy.as_json()
    values = [source["gramsCo2ePerKwh"] for source in document["carbonSources"]]
    assert len(values) >= 2
    assert document["gramsCo2ePerKwh"] == {"lowest": min(values), "highest": max(values)}
    assert all(source["source"] and source["asOf"] for source in document["carbonSources"])
    assert document["power"] == {"unknown": True}


def test_carbon_without_a_source_is_unknown() -> None:
    assert Energy("moon-1", "Moon", ()).as_json()["gramsCo2ePerKwh"] == {"unknown": True}
