"""What an account has once, in the sandbox: what AWS refuses, what a refresh finds, what deletion leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from previewing import ROOT
from sandbox.account_cases import lets_in
from sandbox.conftest import Maker, Toy

from modelyard.account import AwsAccount, load_stack
from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.environments import down, up
from modelyard_sandbox.errors import CloudError
from modelyard_sandbox.sandbox import Sandbox

PROGRAM = ROOT / "stacks" / "__main__.py"
TRAIL = "aws:cloudtrail/trail:Trail"
RECORDER = "aws:cfg/recorder:Recorder"
CHANNEL = "aws:cfg/deliveryChannel:DeliveryChannel"
DETECTOR = "aws:guardduty/detector:Detector"
FEATURE = "aws:guardduty/detectorFeature:DetectorFeature"
ANALYZER = "aws:accessanalyzer/analyzer:Analyzer"
HUB = "aws:securityhub/account:Account"
STANDARD = "aws:securityhub/standardsSubscription:StandardsSubscription"


def bucket(make: Maker, policy: Callable[[str], str] | None = None) -> str:
    """A bucket, that lets whom its policy says."""
    name = make.id("aws:s3/bucket:Bucket", bucket=f"records-{make.cloud.account_id}")
    if policy:
        make("aws:s3/bucketPolicy:BucketPolicy", bucket=name, policy=policy(name))
    return name


def open_to_services(name: str) -> str:
    return lets_in(f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*")


def only_others(name: str) -> str:
    """A policy for the trails of another account."""
    policy = json.loads(open_to_services(name))
    policy["Statement"][0]["Condition"] = {"StringEquals": {"aws:SourceAccount": "210987654321"}}
    return json.dumps({**policy, "Statement": policy["Statement"][:1]})


def key(make: Maker, policy: str | None = None) -> str:
    _, outputs = make("aws:kms/key:Key", **({"policy": policy} if policy else {}))
    return outputs["arn"]


def role(make: Maker) -> str:
    return make.id("aws:iam/serviceLinkedRole:ServiceLinkedRole", awsServiceName="config.amazonaws.com")


def refusal(make: Maker, type_: str, **inputs: Any) -> str:
    with pytest.raises(CloudError) as refused:
        make(type_, **inputs)
    return str(refused.value)


@pytest.mark.parametrize("policy", [None, only_others])
def test_a_trail_needs_a_bucket_that_lets_it_in(make: Maker, policy: Callable[[str], str] | None) -> None:
    name = bucket(make, policy)
    assert refusal(make, TRAIL, name="all", s3BucketName=name) == (
        "cloudtrail:CreateTrail answered InsufficientS3BucketPolicyException: Incorrect S3 bucket policy is "
        f"detected for bucket: {name}"
    )
    assert list(handler_of(TRAIL).list_ids(make.cloud) or ()) == []


def test_a_trail_needs_a_key_that_it_may_use(make: Maker) -> None:
    name = bucket(make, open_to_services)
    closed = key(make)
    assert refusal(make, TRAIL, name="all", s3BucketName=name, kmsKeyId=closed) == (
        "cloudtrail:CreateTrail answered InsufficientEncryptionPolicyException: Insufficient permissions to "
        f"access S3 bucket or KMS key {closed}."
    )
    gone = closed[:-4] + "0000"
    assert refusal(make, TRAIL, name="all", s3BucketName=name, kmsKeyId=gone) == (
        f"cloudtrail:CreateTrail answered KmsKeyNotFoundException: KMS key {gone} is not found"
    )


def test_a_trail_of_a_name_is_made_once_and_loses_its_policy_with_its_bucket(make: Maker) -> None:
    name = bucket(make, open_to_services)
    id_ = make.id(TRAIL, name="all", s3BucketName=name)
    assert refusal(make, TRAIL, name="all", s3BucketName=name) == (
        "cloudtrail:CreateTrail answered TrailAlreadyExistsException: Trail all already exists for customer: "
        f"{make.cloud.account_id}"
    )
    make.cloud.call("s3", "DeleteBucketPolicy", Bucket=name)
    with pytest.raises(CloudError, match="InsufficientS3BucketPolicyException"):
        make.cloud.call("cloudtrail", "UpdateTrail", Name=id_, EnableLogFileValidation=True)
    with pytest.raises(CloudError, match="TrailNotFoundException"):
        make.cloud.call("cloudtrail", "DeleteTrail", Name="another")


@pytest.mark.parametrize(
    ("selectors", "words"),
    [
        (
            {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "readOnly", "Equals": ["true"]}]}]},
            "Each selector must have the field eventCategory.",
        ),
        (
            {
                "AdvancedEventSelectors": [
                    {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}
                ]
            },
            "A selector of data events must have the field resources.type.",
        ),
        (
            {
                "EventSelectors": [{"ReadWriteType": "All"}],
                "AdvancedEventSelectors": [
                    {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
                ],
            },
            "EventSelectors and AdvancedEventSelectors can't be used together.",
        ),
    ],
)
def test_selectors_that_say_too_little_are_refused(
    make: Maker, selectors: dict[str, Any], words: str
) -> None:
    id_ = make.id(TRAIL, name="all", s3BucketName=bucket(make, open_to_services))
    with pytest.raises(CloudError) as refused:
        make.cloud.call("cloudtrail", "PutEventSelectors", TrailName=id_, **selectors)
    assert str(refused.value) == (
        f"cloudtrail:PutEventSelectors answered InvalidEventSelectorsException: {words}"
    )


def test_a_recorder_works_under_a_role_that_exists(make: Maker) -> None:
    missing = make.cloud.arn("iam", "role/none", region="")
    assert refusal(make, RECORDER, name="all", roleArn=missing) == (
        f"config:PutConfigurationRecorder answered InvalidRoleException: The role '{missing}' doesn't exist, "
        "or AWS Config can't take it on."
    )


def test_config_delivers_to_a_bucket_and_under_a_key_that_let_it_in(make: Maker) -> None:
    make(RECORDER, name="all", roleArn=role(make))
    assert refusal(make, CHANNEL, name="all", s3BucketName="nowhere") == (
        "config:PutDeliveryChannel answered NoSuchBucketException: Cannot find a S3 bucket with name 'nowhere'."
    )
    name = bucket(make)
    assert refusal(make, CHANNEL, name="all", s3BucketName=name).startswith(
        "config:PutDeliveryChannel answered InsufficientDeliveryPolicyException: Insufficient delivery policy "
        f"to s3 bucket: {name}, unable to write to bucket"
    )
    make("aws:s3/bucketPolicy:BucketPolicy", bucket=name, policy=open_to_services(name))
    closed = key(make)
    assert refusal(make, CHANNEL, name="all", s3BucketName=name, s3KmsKeyArn=closed) == (
        "config:PutDeliveryChannel answered InsufficientDeliveryPolicyException: Insufficient delivery policy "
        f"to s3 bucket: {name}, unable to use the kms key '{closed}'."
    )
    elsewhere = make.cloud.in_region("eu-west-1").call("kms", "CreateKey")["KeyMetadata"]["Arn"]
    assert refusal(make, CHANNEL, name="all", s3BucketName=name, s3KmsKeyArn=elsewhere) == (
        f"config:PutDeliveryChannel answered InvalidS3KmsKeyArnException: The KMS key '{elsewhere}' doesn't "
        f"exist in the region of the bucket {name}."
    )


def test_a_region_has_one_detector(make: Maker) -> None:
    id_ = make.id(DETECTOR, enable=True)
    assert refusal(make, DETECTOR, enable=True) == (
        "guardduty:CreateDetector answered BadRequestException: The request is rejected because a detector "
        "already exists for the current account."
    )
    handler = handler_of(DETECTOR)
    handler.delete(make.cloud, id_, {})
    assert handler.read(make.cloud, id_, {}) is None
    with pytest.raises(CloudError, match="the input detectorId is not owned by the current account"):
        make.cloud.call("guardduty", "DeleteDetector", DetectorId=id_)


def test_a_new_detector_looks_at_all_but_what_runs(make: Maker) -> None:
    id_ = make.id(DETECTOR, enable=True)
    features = make.cloud.call("guardduty", "GetDetector", DetectorId=id_)["Features"]
    off = {item["Name"] for item in features if item["Status"] == "DISABLED"}
    assert off == {"RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING"}
    make(FEATURE, detectorId=id_, name="S3_DATA_EVENTS", status="DISABLED")
    features = make.cloud.call("guardduty", "GetDetector", DetectorId=id_)["Features"]
    assert {item["Name"] for item in features if item["Status"] == "DISABLED"} == off | {"S3_DATA_EVENTS"}


def test_runtime_monitoring_is_of_one_kind_and_its_agents_are_its_own(make: Maker) -> None:
    id_ = make.id(DETECTOR, enable=True)
    extra = [{"name": "EC2_AGENT_MANAGEMENT", "status": "ENABLED"}]
    assert refusal(
        make,
        FEATURE,
        detectorId=id_,
        name="S3_DATA_EVENTS",
        status="ENABLED",
        additionalConfigurations=extra,
    ) == (
        "guardduty:UpdateDetector answered BadRequestException: The request is rejected because "
        "S3_DATA_EVENTS has no additional configuration EC2_AGENT_MANAGEMENT."
    )
    both = [{"Name": name, "Status": "ENABLED"} for name in ("RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING")]
    with pytest.raises(CloudError, match="can't both be enabled"):
        make.cloud.call("guardduty", "UpdateDetector", DetectorId=id_, Features=both)


def test_security_hub_is_enabled_once_and_before_its_standards(make: Maker) -> None:
    arn = "arn:aws:securityhub:eu-central-1::standards/nist-800-53/v/5.0.0"
    assert refusal(make, STANDARD, standardsArn=arn) == (
        f"securityhub:BatchEnableStandards answered InvalidAccessException: Account {make.cloud.account_id} "
        "is not subscribed to AWS Security Hub"
    )
    make(HUB)
    assert refusal(make, HUB) == (
        "securityhub:EnableSecurityHub answered ResourceConflictException: Account is already subscribed to "
        "Security Hub"
    )
    names = [
        item["StandardsArn"].rpartition("standards/")[2]
        for item in make.cloud.call("securityhub", "GetEnabledStandards")["StandardsSubscriptions"]
    ]
    assert names == [
        "aws-foundational-security-best-practices/v/1.0.0",
        "cis-aws-foundations-benchmark/v/1.2.0",
    ]
    assert "There is no standard nist" in refusal(make, STANDARD, standardsArn="nist")
    with pytest.raises(CloudError, match="Account is not subscribed to the standard"):
        make.cloud.call("securityhub", "BatchDisableStandards", StandardsSubscriptionArns=[arn])


def test_an_account_has_one_analyzer_of_outside_access_in_a_region(make: Maker) -> None:
    make(ANALYZER, analyzerName="outside")
    assert refusal(make, ANALYZER, analyzerName="outside") == (
        "accessanalyzer:CreateAnalyzer answered ConflictException: Analyzer outside already exists."
    )
    assert refusal(make, ANALYZER, analyzerName="another") == (
        "accessanalyzer:CreateAnalyzer answered ServiceQuotaExceededException: You have reached the quota of "
        "analyzers of the type ACCOUNT."
    )
    age = {"unusedAccess": {"unusedAccessAge": 90}}
    make(ANALYZER, analyzerName="unused", type="ACCOUNT_UNUSED_ACCESS", configuration=age)
    with pytest.raises(CloudError, match="takes no configuration"):
        make.cloud.call("accessanalyzer", "UpdateAnalyzer", analyzerName="outside", configuration=age)
    with pytest.raises(CloudError, match="Analyzer nobody could not be found"):
        make.cloud.call("accessanalyzer", "GetAnalyzer", analyzerName="nobody")
    with pytest.raises(CloudError, match=r"Invalid nextToken\."):
        make.cloud.call("accessanalyzer", "ListAnalyzers", nextToken="none")


@pytest.mark.parametrize(
    ("operation", "request_", "words"),
    [
        (
            "ModifyInstanceMetadataDefaults",
            {"HttpTokens": "maybe"},
            "InvalidParameterValue: Value (maybe) for parameter HttpTokens is invalid.",
        ),
        (
            "ModifyInstanceMetadataDefaults",
            {"HttpPutResponseHopLimit": 0},
            (
                "InvalidParameterValue: Value (0) for parameter HttpPutResponseHopLimit is invalid: from 1 to "
                "64, or -1."
            ),
        ),
        (
            "EnableSnapshotBlockPublicAccess",
            {"State": "unblocked"},
            "InvalidParameterValue: Value (unblocked) for parameter State is invalid.",
        ),
        (
            "ModifyVpcBlockPublicAccessOptions",
            {"InternetGatewayBlockMode": "all"},
            "InvalidParameterValue: Value (all) for parameter InternetGatewayBlockMode is invalid.",
        ),
        (
            "ModifyEbsDefaultKmsKeyId",
            {"KmsKeyId": "alias/none"},
            "InvalidKmsKeyId: The KMS key 'alias/none' does not exist, is disabled or isn't a customer's.",
        ),
    ],
)
def test_ec2s_defaults_take_what_ec2_documents(
    cloud: Cloud, operation: str, request_: dict[str, Any], words: str
) -> None:
    with pytest.raises(CloudError) as refused:
        cloud.call("ec2", operation, **request_)
    assert str(refused.value) == f"ec2:{operation} answered {words}"


def test_costs_are_told_apart_by_twenty_tags_a_call_and_by_pages_that_there_are(cloud: Cloud) -> None:
    asked = [{"TagKey": f"tag{number}", "Status": "Active"} for number in range(21)]
    with pytest.raises(CloudError, match="LimitExceededException: A call takes 20 tags at most"):
        cloud.call("ce", "UpdateCostAllocationTagsStatus", CostAllocationTagsStatus=asked)
    cloud.call("ce", "UpdateCostAllocationTagsStatus", CostAllocationTagsStatus=asked[:3])
    first = cloud.call("ce", "ListCostAllocationTags", MaxResults=2)
    rest = cloud.call("ce", "ListCostAllocationTags", NextToken=first["NextToken"])["CostAllocationTags"]
    assert [tag["TagKey"] for tag in first["CostAllocationTags"] + rest] == ["tag0", "tag1", "tag2"]
    with pytest.raises(CloudError, match="The pagination token is invalid"):
        cloud.call("ce", "ListCostAllocationTags", NextToken="none")


def test_the_default_key_of_another_is_not_reset_with_ones_own(make: Maker) -> None:
    type_ = "aws:ebs/defaultKmsKey:DefaultKmsKey"
    mine, theirs = key(make), key(make)
    id_ = make.id(type_, keyArn=mine)
    make.cloud.call("ec2", "ModifyEbsDefaultKmsKeyId", KmsKeyId=theirs)
    assert handler_of(type_).read(make.cloud, id_, {"keyArn": mine}) is None
    handler_of(type_).delete(make.cloud, id_, {"keyArn": mine})
    assert make.cloud.call("ec2", "GetEbsDefaultKmsKeyId")["KmsKeyId"] == theirs


def test_inspector_has_no_members_here(make: Maker) -> None:
    type_ = "aws:inspector2/enabler:Enabler"
    assert refusal(make, type_, accountIds=["210987654321"], resourceTypes=["EC2"]) == (
        f"inspector2:Enable answered AccessDeniedException: Account {make.cloud.account_id} is not the "
        "administrator of account 210987654321."
    )


def refreshed(make: Maker, type_: str, id_: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """What a refresh would find of a resource."""
    handler = handler_of(type_)
    outputs = handler.read(make.cloud, id_, inputs)
    assert outputs is not None
    return handler.meaning.aligned(handler.observe(make.cloud, id_, inputs, outputs), inputs)


def test_a_refresh_finds_what_somebody_has_changed(make: Maker) -> None:
    volumes = "aws:ebs/encryptionByDefault:EncryptionByDefault"
    asked: dict[str, Any] = {"enabled": True}
    id_ = make.id(volumes, **asked)
    assert refreshed(make, volumes, id_, asked) == asked
    make.cloud.call("ec2", "DisableEbsEncryptionByDefault")
    assert refreshed(make, volumes, id_, asked) == {"enabled": False}

    trail = {"name": "all", "s3BucketName": bucket(make, open_to_services), "isMultiRegionTrail": True}
    id_ = make.id(TRAIL, **trail)
    assert refreshed(make, TRAIL, id_, trail) == trail
    make.cloud.call("cloudtrail", "StopLogging", Name=id_)
    assert refreshed(make, TRAIL, id_, trail) == {**trail, "enableLogging": False}

    detector = make.id(DETECTOR, enable=True)
    feature = {"detectorId": detector, "name": "S3_DATA_EVENTS", "status": "ENABLED"}
    id_ = make.id(FEATURE, **feature)
    assert refreshed(make, FEATURE, id_, feature) == feature
    off = [{"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}]
    make.cloud.call("guardduty", "UpdateDetector", DetectorId=detector, Features=off)
    assert refreshed(make, FEATURE, id_, feature) == {**feature, "status": "DISABLED"}


def test_a_program_reads_what_exists_in_another_region_and_leaves_it(toy: Toy, sandbox: Sandbox) -> None:
    elsewhere = sandbox.client("guardduty", "eu-west-1", toy.account_id)
    detector = elsewhere.create_detector(Enable=True)["DetectorId"]

    def program() -> None:
        found = aws.guardduty.Detector.get("theirs", detector, region="eu-west-1")
        pulumi.export("arn", found.arn)

    result = toy.up(program)
    assert result.outputs["arn"] == (f"arn:aws:guardduty:eu-west-1:{toy.account_id}:detector/{detector}")
    toy.down()
    assert elsewhere.list_detectors()["DetectorIds"] == [detector]

    def mistaken() -> None:
        aws.guardduty.Detector.get("theirs", detector)

    with pytest.raises(Exception, match=f"the sandbox has none with the id {detector}"):
        toy.up(mistaken)


def test_the_shipped_account_comes_up_stays_as_it_is_and_goes(sandbox: Sandbox, account_id: str) -> None:
    shipped = load_stack("account", root=ROOT)
    assert isinstance(shipped, AwsAccount)
    account = shipped.model_copy(update={"account_id": account_id})
    first = up(account, sandbox, program=PROGRAM)
    assert first.created > 70
    assert set(first.outputs["settings"]) == {
        "trail_arn",
        "trail_bucket",
        "config_bucket",
        *(f"detector_id_{region}" for region in account.every_region),
        *(f"volumes_key_arn_{region}" for region in account.every_region),
    }
    second = up(account, sandbox, program=PROGRAM)
    assert (second.created, second.updated, second.replaced, second.deleted) == (0, 0, 0, 0)
    done = down(account, sandbox)
    assert (done.deleted, done.remaining, done.others) == (first.created, (), ())
