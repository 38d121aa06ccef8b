"""Recovery and energy: facts of the graph, the environment and the catalog."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from previewing import ROOT, dev_fields
from rich.console import Console

from modelyard.environment import parse_environment
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard.planning.recovery import Chain, Loss, Objective, Verdict
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_preview.aws.recovery import describe_recovery
from modelyard_preview.environment import Preview, preview_environment
from modelyard_preview.recovery import Recovery
from modelyard_preview.report.recovery import recovery as report

Changed = Callable[..., AwsEnvironment]
NAME = "dev-{}-123456789012-{}"
HERE, THERE = "eu-central-1", "eu-west-1"
TAGGED = {"modelyard:backup": "dev"}
CONDITIONS = [{"stringEquals": [{"key": "aws:ResourceTag/modelyard:backup", "value": "dev"}]}]
TYPES = ["arn:aws:elasticfilesystem:*:*:file-system/*", "arn:aws:fsx:*:*:file-system/*", "arn:aws:s3:::*"]
RULE = {"schedule": "cron(0 5 * * ? *)", "startWindow": 60, "completionWindow": 180}
WITHIN, REGION = Loss.WITHIN_REGION, Loss.REGION
RPO, RTO = Objective.RPO, Objective.RTO


def resource(token: str, name: str, region: str | None = None, /, **properties: Any) -> Node:
    urn = f"urn:pulumi:dev::shop::{token}::{name}"
    return Node(urn=urn, type=token, name=name, properties=properties, region=region)


def bucket(purpose: str, region: str = HERE, **properties: Any) -> Node:
    return resource(
        "aws:s3/bucket:Bucket",
        f"{purpose}-{region}",
        region,
        bucket=NAME.format(purpose, region),
        **properties,
    )


def buckets(**versioning: Any) -> list[Node]:
    """Buckets for the stores, each with the versioning given."""
    nodes: list[Node] = []
    for purpose, status in versioning.items():
        nodes.append(bucket(purpose))
        if status is not None:
            token = "aws:s3/bucketVersioning:BucketVersioning"
            configuration = {"status": status}
            name = NAME.format(purpose, HERE)
            nodes.append(resource(token, purpose, bucket=name, versioningConfiguration=configuration))
    return nodes


def replication(purpose: str, **rule: Any) -> list[Node]:
    """A bucket's replication to the recovery region, and the bucket that it goes to."""
    destination = {
        "bucket": f"arn:aws:s3:::{NAME.format(purpose, THERE)}",
        "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
        **rule.pop("destination", {}),
    }
    rules = [{"status": "Enabled", "filter": {"prefix": ""}, "destination": destination, **rule}]
    token = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
    return [
        bucket(purpose, THERE),
        resource(token, purpose, bucket=NAME.format(purpose, HERE), rules=rules),
    ]


def plan(**rule: Any) -> list[Node]:
    """A backup plan and its selection by tag."""
    made = resource("aws:backup/plan:Plan", "plan", HERE, name="plan", rules=[{**RULE, **rule}])
    chosen = resource(
        "aws:backup/selection:Selection",
        "tagged",
        HERE,
        planId="plan",
        conditions=CONDITIONS,
        resources=TYPES,
    )
    return [made, chosen]


@pytest.fixture
def two_regions() -> AwsEnvironment:
    """The environment dev with a recovery region, training and objectives."""
    return parse_environment(
        {
            **dev_fields(),
            "regions": {"primary": HERE, "recovery": THERE},
            "recovery": {"network": {"cidr": "10.33.0.0/20"}},
            "backup": {
                "rpo_hours": 34,
                "rto_hours": 10,
                "every_hours": 24,
                "assumed_copy_hours": 6,
                "assumed_restore_hours": 8,
            },
            "training": {
                "checkpoint_every_minutes": 30,
                "checkpoint_upload_minutes": 10,
                "rpo_minutes": 60,
                "rto_minutes": 90,
                "assumed_capacity_minutes": 60,
                "assumed_start_minutes": 20,
            },
        }
    )


def chain(facts: Recovery, subject: str, objective: Objective, loss: Loss) -> Chain:
    (found,) = [
        item
        for item in facts.chains
        if (item.subject, item.objective, item.loss) == (subject, objective, loss)
    ]
    return found


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


def test_replication_is_read_from_the_graph(two_regions: AwsEnvironment) -> None:
    nodes = buckets(datasets="Enabled", checkpoints="Enabled")
    facts = describe_recovery(Graph(nodes), two_regions)
    assert facts.replication == "none"
    assert chain(facts, "training", RPO, REGION).verdict is Verdict.MISSED
    nodes += replication("datasets")
    facts = describe_recovery(Graph(nodes), two_regions)
    assert (facts.replication, chain(facts, "datasets", RPO, REGION).minutes) == ("some", 15)
    nodes += [
        *replication("checkpoints"),
        resource("aws:batch/jobQueue:JobQueue", "there", THERE),
    ]
    facts = describe_recovery(Graph(nodes), two_regions)
    assert facts.replication == "all"
    assert chain(facts, "training", RPO, REGION).minutes == 55
    assert chain(facts, "training", RTO, REGION).minutes == 80
    store = facts.as_json()["stores"][0]
    assert (store["replicatedTo"], store["timeControl"]) == (THERE, True)


@pytest.mark.parametrize(
    ("rule", "basis", "source"),
    [
        (
            {"destination": {"replicationTime": {"status": "Disabled"}}},
            "unknown",
            "S3 publishes no commitment for replication without time control (2026-11)",
        ),
        (
            {"destination": {"replicationTime": UNKNOWN}},
            "unknown",
            "whether replication has time control isn't known before the deployment",
        ),
        ({"status": "Disabled"}, "absent", "not all of checkpoints is copied to eu-west-1"),
        ({"filter": {"prefix": "keep/"}}, "absent", "not all of checkpoints is copied to eu-west-1"),
        (
            {"destination": {"bucket": "arn:aws:s3:::dev-checkpoints-123456789012-eu-central-1"}},
            "absent",
            "not all of checkpoints is copied to eu-west-1",
        ),
    ],
    ids=["without time control", "unknown", "switched off", "of a part", "to the same region"],
)
def test_a_replication_that_is_less_promises_less(
    two_regions: AwsEnvironment, rule: dict[str, Any], basis: str, source: str
) -> None:
    nodes = [*buckets(checkpoints="Enabled"), *replication("checkpoints", **rule)]
    facts = describe_recovery(Graph(nodes), two_regions)
    term = chain(facts, "training", RPO, REGION).terms[-1]
    assert (term.minutes, term.basis.value, term.source) == (None, basis, source)


def test_backups_promise_their_worst_case(environment: AwsEnvironment) -> None:
    assert environment.backup is not None
    nodes = [bucket("datasets", tags=TAGGED), bucket("checkpoints", tags={"environment": "dev"}), *plan()]
    for rpo_hours, met in ((28, True), (27, False)):
        backup = environment.backup.model_copy(update={"rpo_hours": rpo_hours})
        facts = describe_recovery(Graph(nodes), environment.model_copy(update={"backup": backup}))
        document = facts.as_json()
        # A day, the start window of one hour and the completion window of three.
        assert document["backup"] == {
            "everyHours": 24,
            "retentionDays": 35,
            "worstRpoMinutes": 1_680,
            "rpoMinutes": rpo_hours * 60,
            "met": met,
        }
        assert [store.backed_up for store in facts.stores] == [True, False]


def test_the_schedule_of_the_plan_counts_and_not_what_was_asked_for(environment: AwsEnvironment) -> None:
    graph = Graph(plan(schedule="cron(0 5 ? * 1 *)", startWindow=120.0))
    found = chain(describe_recovery(graph, environment), "backup", RPO, WITHIN)
    # A week of 10,080 minutes, 120 to start and 180 to complete, for 30 hours that are wanted.
    assert (found.minutes, found.verdict) == (10_380, Verdict.MISSED)
    unread = Graph(plan(schedule="cron(0 5 L * ? *)"))
    facts = describe_recovery(unread, environment)
    assert chain(facts, "backup", RPO, WITHIN).verdict is Verdict.UNKNOWN
    assert facts.as_json()["backup"]["worstRpoMinutes"] == {"unknown": True}
    assert facts.as_json()["backup"]["met"] == {"unknown": True}


def test_the_best_of_several_rules_counts(environment: AwsEnvironment) -> None:
    made, chosen = plan()
    made.properties["rules"] = [
        {**RULE, "schedule": "cron(0 5 ? * 1 *)"},
        {**RULE, "schedule": "cron(0 0/6 * * ? *)"},
        {**RULE, "schedule": UNKNOWN},
    ]
    found = chain(describe_recovery(Graph([made, chosen]), environment), "backup", RPO, WITHIN)
    assert found.minutes == 6 * 60 + 60 + 180


def test_without_a_plan_in_the_graph_nothing_comes_back(environment: AwsEnvironment) -> None:
    facts = describe_recovery(Graph(buckets(datasets="Enabled")), environment)
    assert facts.backup is None
    assert facts.as_json()["backup"] is None
    for objective in (RPO, RTO):
        terms = chain(facts, "backup", objective, WITHIN).terms
        assert (terms[0].basis.value, terms[0].source) == ("absent", "no backup plan selects anything")
    assert chain(facts, "backup", RPO, WITHIN).verdict is Verdict.MISSED
    # A plan that nothing is assigned to backs up nothing.
    alone = describe_recovery(Graph(plan()[:1]), environment)
    assert chain(alone, "backup", RPO, WITHIN).verdict is Verdict.MISSED


def test_a_copy_counts_if_it_goes_to_the_recovery_region(two_regions: AwsEnvironment) -> None:
    def found(actions: Any, *vaults: Node) -> Chain:
        made, chosen = plan(copyActions=actions)
        made.property_dependencies["rules"] = tuple(vault.urn for vault in vaults)
        facts = describe_recovery(Graph([made, chosen, *vaults]), two_regions)
        return chain(facts, "backup", RPO, REGION)

    arn = "arn:aws:backup:{}:123456789012:backup-vault:copies"
    # 24 h + 1 h + 3 h, and 6 h for the copy, assumed.
    assert found([{"destinationVaultArn": arn.format(THERE)}]).minutes == 34 * 60
    elsewhere = found([{"destinationVaultArn": arn.format("eu-west-3")}])
    assert (elsewhere.verdict, elsewhere.terms[-1].source) == (
        Verdict.MISSED,
        "no backup is copied to eu-west-1",
    )
    assert found([]).verdict is Verdict.MISSED
    copies = resource("aws:backup/vault:Vault", "copies", THERE)
    assert found([{"destinationVaultArn": UNKNOWN}], copies).minutes == 34 * 60
    untold = found([{"destinationVaultArn": UNKNOWN}], resource("aws:backup/vault:Vault", "it", HERE))
    assert (untold.verdict, untold.terms[-1].source) == (
        Verdict.UNKNOWN,
        "where backups are copied to isn't known before the deployment",
    )
    assert found(UNKNOWN).verdict is Verdict.UNKNOWN


def test_what_is_not_copied_is_not_restored_either(two_regions: AwsEnvironment) -> None:
    facts = describe_recovery(Graph(plan()), two_regions)
    assert chain(facts, "backup", RTO, WITHIN).minutes == 480
    assert chain(facts, "backup", RTO, REGION).verdict is Verdict.MISSED


def test_training_needs_a_queue_to_go_on_in(two_regions: AwsEnvironment) -> None:
    nodes = [*buckets(checkpoints="Enabled"), *replication("checkpoints")]
    found = chain(describe_recovery(Graph(nodes), two_regions), "training", RTO, REGION)
    assert (found.verdict, found.terms[0].source) == (Verdict.MISSED, "no queue takes jobs in eu-west-1")


@pytest.mark.parametrize(
    ("selection", "tags", "selected"),
    [
        ({"conditions": CONDITIONS, "resources": ["*"]}, TAGGED, True),
        ({"conditions": CONDITIONS, "resources": TYPES}, {"modelyard:backup": "prod"}, False),
        ({"conditions": CONDITIONS, "resources": TYPES}, {}, False),
        ({"conditions": CONDITIONS, "resources": TYPES}, UNKNOWN, None),
        ({"conditions": CONDITIONS, "resources": TYPES}, {"modelyard:backup": UNKNOWN}, None),
        ({"conditions": CONDITIONS, "resources": ["arn:aws:fsx:*:*:file-system/*"]}, TAGGED, False),
        ({"conditions": UNKNOWN, "resources": TYPES}, TAGGED, None),
        ({"conditions": CONDITIONS, "resources": UNKNOWN}, TAGGED, None),
        ({"resources": ["arn:aws:s3:::dev-datasets-123456789012-eu-central-1"]}, {}, True),
        ({"resources": ["arn:aws:s3:::dev-*"]}, {}, True),
        ({"resources": ["arn:aws:s3:::other"]}, TAGGED, False),
        ({"selectionTags": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]}, {"b": "2"}, True),
        ({"selectionTags": [{"key": "a", "value": "1"}]}, {"b": "2"}, False),
        ({"selectionTags": [{"key": "a", "value": UNKNOWN}]}, {"a": "2"}, None),
        ({"selectionTags": [{"key": "a", "value": UNKNOWN}]}, {"b": "2"}, False),
        ({"selectionTags": [{"key": "a", "value": "1"}], "resources": ["arn:aws:fsx:*"]}, {"a": "1"}, True),
        ({"selectionTags": [{"key": "a", "value": "1"}], "resources": ["arn:aws:s3:::dev-*"]}, {}, True),
        ({"notResources": ["arn:aws:s3:::*"], "resources": ["*"]}, {}, False),
        ({"conditions": {"stringLikes": [{"key": "aws:ResourceTag/a", "value": "x*"}]}}, {"a": "xy"}, True),
        (
            {"conditions": {"stringNotEquals": [{"key": "aws:ResourceTag/a", "value": "no"}]}},
            {"a": "no"},
            False,
        ),
        ({"conditions": {"stringNotEquals": [{"key": "aws:ResourceTag/a", "value": "no"}]}}, {}, True),
        (
            {
                "conditions": [
                    *CONDITIONS,
                    {"stringNotLikes": [{"key": "aws:ResourceTag/stage", "value": "temp*"}]},
                ]
            },
            {**TAGGED, "stage": "temporary"},
            False,
        ),
    ],
)
def test_what_a_selection_takes_is_worked_out_from_its_conditions(
    environment: AwsEnvironment, selection: dict[str, Any], tags: Any, selected: bool | None
) -> None:
    made, chosen = plan()
    chosen.properties = {"planId": "plan", **selection}
    facts = describe_recovery(Graph([made, chosen, bucket("datasets", tags=tags)]), environment)
    assert facts.stores[0].backed_up is selected


def test_file_systems_are_shown_with_what_protects_them() -> None:
    file_systems = [
        {"kind": "efs", "name": "home"},
        {"kind": "fsx_lustre", "name": "fast", "size_gib": 1_200, "throughput_mbps_per_tib": 125},
        {"kind": "efs", "name": "lost"},
    ]
    fields = dev_fields()
    fields["storage"]["file_systems"] = file_systems
    nodes = [
        resource("aws:efs/fileSystem:FileSystem", "dev-files-home", HERE, tags=TAGGED),
        resource("aws:fsx/lustreFileSystem:LustreFileSystem", "dev-files-fast", HERE, tags={}),
        *plan(),
    ]
    facts = describe_recovery(Graph(nodes), parse_environment(fields))
    shown = [(item.name, item.kind, item.urn is None, item.backed_up) for item in facts.file_systems]
    assert shown == [
        ("home", "efs", False, True),
        ("fast", "fsx_lustre", False, False),
        ("lost", "efs", True, False),
    ]
    assert "lost: EFS, not among the resources" in text(facts)


def test_vaults_are_shown_with_their_locks(environment: AwsEnvironment) -> None:
    lock = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
    bounds = {"minRetentionDays": 7, "maxRetentionDays": 90}
    nodes = [resource("aws:backup/vault:Vault", name, HERE, name=name) for name in ("a", "b", "c", "d")]
    nodes += [
        resource(lock, "a", HERE, backupVaultName="a", **bounds),
        resource(lock, "b", HERE, backupVaultName="b", changeableForDays=3.0, **bounds),
        resource(lock, "d", HERE, backupVaultName="d", changeableForDays=UNKNOWN, minRetentionDays=UNKNOWN),
    ]
    facts = describe_recovery(Graph(nodes), environment)
    assert [(vault.name, vault.lock) for vault in facts.vaults] == [
        ("a", "governance"),
        ("b", "compliance"),
        ("c", "none"),
        ("d", None),
    ]
    assert facts.vaults[0].as_json() == {
        "name": "a",
        "urn": nodes[0].urn,
        "region": HERE,
        "lock": "governance",
        "minRetentionDays": 7,
        "maxRetentionDays": 90,
    }
    shown = text(facts)
    assert "vault b: in eu-central-1, compliance lock, 7 to 90 days" in shown
    assert "vault c: in eu-central-1, not locked" in shown
    assert "vault d: in eu-central-1, locked, how is unknown, ? to ? days" in shown
    assert "no restore is ever tried" in shown


def test_object_lock_is_read_from_the_graph(environment: AwsEnvironment) -> None:
    token = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
    nodes = [
        bucket("datasets", objectLockEnabled=UNKNOWN),
        bucket("checkpoints"),
        resource(token, "checkpoints", bucket=NAME.format("checkpoints", HERE)),
    ]
    facts = describe_recovery(Graph(nodes), environment)
    assert [store.object_lock for store in facts.stores] == [None, True]
    assert "can be locked" in text(facts)


def text(facts: Recovery) -> str:
    """What a reader sees in 80 columns."""
    file = io.StringIO()
    console = Console(file=file, width=80, color_system=None)
    for block in report(facts):
        console.print(block)
    return file.getvalue()


def test_a_sum_is_shown_with_its_terms_its_target_and_what_it_rests_on(two_regions: AwsEnvironment) -> None:
    nodes = [
        *buckets(datasets="Enabled", checkpoints="Enabled"),
        *replication("checkpoints"),
        *plan(),
        resource("aws:batch/jobQueue:JobQueue", "there", THERE),
    ]
    shown = text(describe_recovery(Graph(nodes), two_regions))
    rows = [" ".join(line.split()) for line in shown.splitlines()]
    assert max(map(len, shown.splitlines())) <= 80
    assert "a loss in the region: training RPO 40 min 1 h met" in rows
    assert "replication to the recovery region 15 min committed" in rows
    assert "machines 1 h assumed" in rows
    assert "the loss of the region: backup RPO never 34 h missed" in rows
    assert "copy to the recovery region none" in rows
    assert "the loss of the region: datasets RPO never" in rows
    assert "99.9 % of the objects of a month" in " ".join(rows)
    assert "no backup is copied to eu-west-1" in " ".join(rows)
    assert "times count from when somebody asks: noticing a loss is on top" in rows


def test_what_is_unknown_names_the_field_to_state_it_in(environment: AwsEnvironment) -> None:
    shown = " ".join(text(describe_recovery(Graph(plan()), environment)).split())
    assert "a loss in the region: backup RTO unknown" in shown
    assert "AWS Backup publishes no commitment for restores (2026-11); state an assumption in" in shown
    assert "backup.assumed_restore_hours" in shown


@pytest.fixture(scope="module")
def whole() -> Preview:
    """A preview of the shipped program for an environment with everything that recovers."""
    fields = dev_fields()
    fields["storage"]["file_systems"] = [{"kind": "efs", "name": "home"}]
    fields |= {
        "regions": {"primary": HERE, "recovery": THERE},
        "recovery": {"network": {"cidr": "10.33.0.0/20"}},
        "backup": {
            "rpo_hours": 34,
            "every_hours": 24,
            "assumed_copy_hours": 6,
            "lock": {"mode": "compliance", "min_retention_days": 7, "max_retention_days": 90},
            "restore_testing": {"every": "month"},
        },
        "training": {
            "checkpoint_every_minutes": 30,
            "checkpoint_upload_minutes": 10,
            "rpo_minutes": 60,
        },
    }
    return preview_environment(parse_environment(fields), program=ROOT / "stacks" / "__main__.py")


def test_a_data_center_holds_what_its_environment_asks_for(whole: Preview) -> None:
    document = whole.recovery.as_json()
    assert (document["replication"], document["region"]) == ("all", THERE)
    assert [store["backedUp"] for store in document["stores"]] == [True, False]
    assert [system["backedUp"] for system in document["fileSystems"]] == [True]
    assert {(vault["region"], vault["lock"]) for vault in document["vaults"]} == {
        (HERE, "compliance"),
        (THERE, "compliance"),
    }
    assert document["restoreTests"] == ["EFS", "S3"]
    # 24 h + 1 h + 3 h within the region; 6 h more with the copy, of 34 h that are wanted.
    verdicts = {
        (item["subject"], item["objective"], item["loss"]): (item["minutes"], item["verdict"])
        for item in document["chains"]
    }
    unknown = {"unknown": True}
    assert verdicts == {
        ("backup", "rpo", "within_region"): (1_680, "met"),
        ("backup", "rto", "within_region"): (unknown, "no_target"),
        ("backup", "rpo", "region"): (2_040, "met"),
        ("backup", "rto", "region"): (unknown, "no_target"),
        ("training", "rpo", "within_region"): (40, "met"),
        ("training", "rto", "within_region"): (unknown, "no_target"),
        ("training", "rpo", "region"): (55, "met"),
        ("training", "rto", "region"): (unknown, "no_target"),
        ("datasets", "rpo", "region"): (15, "no_target"),
        ("checkpoints", "rpo", "region"): (15, "no_target"),
    }


@pytest.mark.parametrize(
    ("left_out", "chain_of", "verdict"),
    [
        ("aws:backup/selection:Selection", ("backup", RPO, WITHIN), Verdict.MISSED),
        ("aws:s3/bucketReplicationConfig:BucketReplicationConfig", ("training", RPO, REGION), Verdict.MISSED),
        ("aws:backup/vault:Vault", ("backup", RPO, REGION), Verdict.UNKNOWN),
    ],
)
def test_what_a_program_leaves_out_shows(
    whole: Preview, left_out: str, chain_of: tuple[str, Objective, Loss], verdict: Verdict
) -> None:
    graph = Graph([node for node in whole.graph.resources if node.type != left_out])
    assert chain(describe_recovery(graph, whole.environment), *chain_of).verdict is verdict
