"""The component `Account`, through the program that is shipped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from previewing import ROOT, every, one

from modelyard.account import AwsAccount, load_stack, parse_account
from modelyard.account.load import config_of
from modelyard.aws.account.account import ADOPTED_TYPES
from modelyard_policies.declared import ACCOUNT_COMPONENT
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import Graph
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Verdict
from modelyard_preview.account import AccountPreview, preview_stack
from modelyard_preview.engine.run import RunResult, run_program

PROGRAM = ROOT / "stacks" / "__main__.py"
REGIONS = ["eu-central-1", "eu-west-1"]
REGIONAL = (
    "ebs/defaultKmsKey:DefaultKmsKey",
    "ebs/encryptionByDefault:EncryptionByDefault",
    "ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
    "ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
    "ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
    "cfg/recorder:Recorder",
    "cfg/deliveryChannel:DeliveryChannel",
    "cfg/recorderStatus:RecorderStatus",
    "guardduty/detector:Detector",
    "securityhub/account:Account",
    "securityhub/standardsSubscription:StandardsSubscription",
    "inspector2/enabler:Enabler",
    "accessanalyzer/analyzer:Analyzer",
)
ONCE = (
    "s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    "cloudtrail/trail:Trail",
    "iam/serviceLinkedRole:ServiceLinkedRole",
)


def fields(**changes: Any) -> dict[str, Any]:
    """The fields of the shipped account, with changes."""
    account = load_stack("account", root=ROOT)
    return {**account.model_dump(mode="json", exclude_unset=True), **changes}


def run(**changes: Any) -> RunResult:
    """What the shipped program makes of an account."""
    account = parse_account(fields(**changes))
    return run_program(PROGRAM, project="modelyard", stack="account", config=config_of(account), root=ROOT)


@pytest.fixture(scope="module")
def shipped() -> Graph:
    return run().graph


def policy_of(graph: Graph, kind: str, name: str) -> dict[str, dict[str, Any]]:
    """The statements of a policy by their names."""
    return {
        item["Sid"]: item for item in json.loads(one(graph, kind, name).properties["policy"])["Statement"]
    }


def test_what_is_regional_is_made_in_every_region_and_all_else_once(shipped: Graph) -> None:
    for kind in REGIONAL:
        assert sorted(node.properties["region"] for node in every(shipped, kind)) == REGIONS, kind
    for kind in ONCE:
        assert len(every(shipped, kind)) == 1, kind
    assert {node.region for node in every(shipped, "s3/bucket:Bucket")} == {"eu-central-1"}


def test_everything_is_protected_and_tagged(shipped: Graph) -> None:
    custom = [node for node in shipped.resources if node.type.startswith("aws:")]
    assert [node.name for node in custom if not node.protect] == []
    tagged = [node for node in custom if "tags" in node.properties]
    assert {node.properties["tags"]["owner"] for node in tagged} == {"ml-platform"}
    unprotected = run(deletion_protection=False).graph
    assert [node.name for node in unprotected.resources if node.protect] == []


def test_the_policies_pass_the_account(shipped: Graph) -> None:
    report = evaluate(shipped, all_rules())
    assert [finding.message for finding in report.findings] == []


def test_the_trail_is_for_all_regions_validated_under_its_own_key_into_its_own_bucket(shipped: Graph) -> None:
    trail = one(shipped, "cloudtrail/trail:Trail").properties
    assert trail["isMultiRegionTrail"] is trail["enableLogFileValidation"] is trail["enableLogging"] is True
    assert trail["includeGlobalServiceEvents"] is True
    management, data = trail["advancedEventSelectors"]
    assert management["fieldSelectors"] == [{"field": "eventCategory", "equals": ["Management"]}]
    assert data["fieldSelectors"][2] == {
        "field": "resources.ARN",
        "startsWiths": [
            "arn:aws:s3:::dev-datasets-123456789012-eu-central-1/",
            "arn:aws:s3:::dev-checkpoints-123456789012-eu-central-1/",
        ],
    }
    key = policy_of(shipped, "kms/key:Key", "account-trail-eu-central-1")
    arn = "arn:aws:cloudtrail:eu-central-1:123456789012:trail/account-trail"
    assert key["CloudTrailEncrypts"]["Condition"]["StringEquals"] == {"aws:SourceArn": arn}
    bucket = policy_of(shipped, "s3/bucketPolicy:BucketPolicy", "account-trail")
    assert bucket["CloudTrailWrites"]["Condition"]["StringEquals"] == {
        "aws:SourceArn": arn,
        "s3:x-amz-acl": "bucket-owner-full-control",
    }
    assert bucket["CloudTrailWrites"]["Resource"] == [
        "arn:aws:s3:::account-trail-123456789012-eu-central-1/AWSLogs/123456789012/*"
    ]


LOCK = "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"


def test_records_of_the_trail_are_locked_from_the_first_on_and_no_others_are(shipped: Graph) -> None:
    lock = one(shipped, LOCK)
    assert (lock.name, lock.properties["bucket"]) == (
        "account-trail",
        one(shipped, "s3/bucket:Bucket", "account-trail").properties["bucket"],
    )
    assert lock.properties["rule"] == {"defaultRetention": {"mode": "GOVERNANCE", "days": 90}}
    assert one(shipped, "s3/bucketVersioning:BucketVersioning", "account-trail").urn in lock.dependencies
    assert lock.urn in one(shipped, "cloudtrail/trail:Trail").dependencies
    # The property would replace a bucket that stands.
    assert {node.properties.get("objectLockEnabled") for node in every(shipped, "s3/bucket:Bucket")} == {None}
    assert "LiftNoLock" in policy_of(shipped, "s3/bucketPolicy:BucketPolicy", "account-trail")
    assert "LiftNoLock" not in policy_of(shipped, "s3/bucketPolicy:BucketPolicy", "account-config")


def test_the_lock_of_the_trail_is_chosen_and_can_be_left_out() -> None:
    trail = {"mode": "create", "data_event_arn_prefixes": []}
    strong = run(trail={**trail, "lock_mode": "compliance", "lock_days": 365}).graph
    assert one(strong, LOCK).properties["rule"] == {"defaultRetention": {"mode": "COMPLIANCE", "days": 365}}
    weak = run(trail={**trail, "lock_mode": "none", "lock_days": 1000}).graph
    assert every(weak, LOCK) == []
    assert "LiftNoLock" not in policy_of(weak, "s3/bucketPolicy:BucketPolicy", "account-trail")
    failed = {finding.code for finding in evaluate(weak, all_rules()).findings}
    assert "ST10" in failed


def test_no_key_of_the_account_names_a_wildcard_and_every_bucket_refuses_plain_http(shipped: Graph) -> None:
    for key in every(shipped, "kms/key:Key"):
        statements = json.loads(key.properties["policy"])["Statement"]
        assert "*" not in [item["Principal"] for item in statements]
        assert all(item["Principal"].get("AWS") != "*" for item in statements)
        assert key.properties["enableKeyRotation"] is True
    for policy in every(shipped, "s3/bucketPolicy:BucketPolicy"):
        statements = json.loads(policy.properties["policy"])["Statement"]
        assert statements[0]["Sid"] == "TlsOnly"


def test_a_trail_without_data_events_records_what_manages_alone() -> None:
    graph = run(trail={"mode": "create", "data_event_arn_prefixes": []}).graph
    (selector,) = one(graph, "cloudtrail/trail:Trail").properties["advancedEventSelectors"]
    assert selector["fieldSelectors"] == [{"field": "eventCategory", "equals": ["Management"]}]


def test_config_records_global_types_at_home_only(shipped: Graph) -> None:
    recorders = {node.properties["region"]: node.properties for node in every(shipped, REGIONAL[5])}
    assert {
        region: recorder["recordingGroup"]["includeGlobalResourceTypes"]
        for region, recorder in recorders.items()
    } == {"eu-central-1": True, "eu-west-1": False}
    adopted = run(config={"mode": "create", "service_role": "adopt", "frequency": "daily"}).graph
    assert every(adopted, "iam/serviceLinkedRole:ServiceLinkedRole") == []
    recorder = every(adopted, REGIONAL[5])[0].properties
    assert recorder["roleArn"] == (
        "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    )
    assert recorder["recordingMode"] == {"recordingFrequency": "DAILY"}


def test_features_of_guardduty_that_are_not_named_are_off_by_name(shipped: Graph) -> None:
    states = {
        node.properties["name"]: node.properties["status"]
        for node in every(shipped, "guardduty/detectorFeature:DetectorFeature")
        if node.properties["region"] == "eu-west-1"
    }
    assert states == {
        "S3_DATA_EVENTS": "ENABLED",
        "RUNTIME_MONITORING": "ENABLED",
        "EBS_MALWARE_PROTECTION": "ENABLED",
        "EKS_AUDIT_LOGS": "ENABLED",
        "LAMBDA_NETWORK_LOGS": "DISABLED",
        "RDS_LOGIN_EVENTS": "DISABLED",
    }
    runtime = one(
        shipped, "guardduty/detectorFeature:DetectorFeature", "account-guardduty-runtime-monitoring-eu-west-1"
    )
    assert {item["name"]: item["status"] for item in runtime.properties["additionalConfigurations"]} == {
        "EC2_AGENT_MANAGEMENT": "ENABLED",
        "ECS_FARGATE_AGENT_MANAGEMENT": "DISABLED",
        "EKS_ADDON_MANAGEMENT": "DISABLED",
    }


def test_volumes_may_be_under_awss_key() -> None:
    graph = run(ebs_encryption={"mode": "create", "key": "aws"}).graph
    assert every(graph, "ebs/defaultKmsKey:DefaultKmsKey") == []
    assert len(every(graph, "ebs/encryptionByDefault:EncryptionByDefault")) == 2


NOTHING = {name: {"mode": "none"} for name in ADOPTED_TYPES}
ADOPTING = {name: {"mode": "adopt"} for name in ADOPTED_TYPES} | {
    "trail": {"mode": "adopt", "arn": "arn:aws:cloudtrail:eu-central-1:210987654321:trail/organisation"},
    "guardduty": {"mode": "adopt", "detectors": dict.fromkeys(REGIONS, "a" * 32)},
    "config": {"mode": "adopt", "recorders": dict.fromkeys(REGIONS, "default")},
    "access_analyzer": {"mode": "adopt", "analyzers": dict.fromkeys(REGIONS, "organisation")},
}
OF_ACCOUNTS = ("ST2", "EN6", "CO10", "NW11", "LM1", "LM2", "LM4", "LM5", "LM6")
"""Rules for what an account has once or in each region."""


def test_an_account_that_leaves_everything_alone_makes_nothing() -> None:
    result = run(**NOTHING)
    assert [node.name for node in result.graph.resources if node.type.startswith("aws:")] == []
    assert result.outputs == {"settings": {}}


def test_each_part_of_an_account_is_made_of_the_type_that_is_said_of_it(shipped: Graph) -> None:
    account = load_stack("account", root=ROOT)
    assert [*ADOPTED_TYPES] == [part for part in type(account).model_fields if _has_mode(account, part)]
    assert {*ADOPTED_TYPES.values()} <= {node.type for node in shipped.resources}


def _has_mode(account: object, part: str) -> bool:
    return hasattr(getattr(account, part), "mode")


def test_what_is_adopted_is_made_nowhere_and_said_by_its_types() -> None:
    result = run(**ADOPTING)
    assert [node.name for node in result.graph.resources if node.type.startswith("aws:")] == []
    assert result.outputs["settings"]["detector_id_eu-west-1"] == "a" * 32
    (component,) = (node for node in result.graph.resources if node.type == ACCOUNT_COMPONENT)
    assert component.properties == {"adopted": [*ADOPTED_TYPES.values()]}


def test_what_nobody_sets_fails_the_policies_and_what_is_adopted_is_not_known() -> None:
    for changes, verdict in ((NOTHING, Verdict.FAIL), (ADOPTING, Verdict.UNKNOWN)):
        findings = evaluate(run(**changes).graph, all_rules(), select=OF_ACCOUNTS).findings
        assert {(finding.code, finding.verdict) for finding in findings} == {
            (code, verdict) for code in OF_ACCOUNTS
        }


def test_the_preview_of_an_account_has_findings_and_cost_and_no_pools() -> None:
    account = load_stack("account", root=ROOT)
    assert isinstance(account, AwsAccount)
    preview = preview_stack(account, program=PROGRAM)
    assert isinstance(preview, AccountPreview)
    document = preview.as_json()
    assert {key: document[key] for key in ("schema", "environment", "account", "cloud")} == {
        "schema": "modelyard.preview/1",
        "environment": None,
        "account": "account",
        "cloud": "aws",
    }
    assert document["energy"] is document["recovery"] is None
    assert document["rules"]["failed"] == document["rules"]["unknown"] == 0
    assert [item["what"] for item in document["cost"]["items"]] == ["KMS keys", "KMS keys, in eu-west-1"]
    assert document["cost"]["usd"]["expected"] == 4.0
    unpriced = {entry["what"] for entry in document["cost"]["unpriced"]}
    assert {
        "configuration items recorded",
        "events and flows that GuardDuty reads",
        "features of GuardDuty",
        "findings in Security Hub",
        "checks of Security Hub",
        "machines and images that Inspector scans",
        "data events in the trail",
        "other buckets' content",
    } <= unpriced
    assert not [what for what in unpriced if what.startswith("aws:")]


def test_a_broken_account_stops_the_program_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: modelyard\nruntime: python\n")
    text = (ROOT / "stacks" / "Pulumi.account.yaml").read_text().replace("block: ingress", "block: egress")
    (tmp_path / "Pulumi.account.yaml").write_text(text)
    line = text[: text.index("block: egress")].count("\n") + 1
    broken = fields(vpc_public_access={"mode": "create", "block": "egress"})
    config = {"modelyard:account": json.dumps(broken)}
    with pytest.raises(Exception, match=r"Pulumi\.account\.yaml") as stopped:
        run_program(PROGRAM, project="modelyard", stack="account", config=config, root=tmp_path)
    assert f"Pulumi.account.yaml:{line}: vpc_public_access.block" in str(stopped.value)
    assert "allowed here: ingress, all" in str(stopped.value)
