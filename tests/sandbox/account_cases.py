"""Cases of what an account has once, for the tests that go through every type."""

from __future__ import annotations

import json
from typing import Any

TAGS = {"tags": {"Owner": "a"}, "tagsAll": {"Owner": "a", "Default": "x"}}
NEW_TAGS = {"tags": {"Owner": "b"}, "tagsAll": {"Owner": "b"}}
RECORDS = "records-of-{account}"
CONTINUOUS, DAILY = ({"recordingFrequency": frequency} for frequency in ("CONTINUOUS", "DAILY"))


def lets_in(*resources: str) -> str:
    """A policy that lets CloudTrail, AWS Config and the account do anything."""
    principals = ({"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]}, {"AWS": "*"})
    statements = [
        {"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": list(resources)}
        for principal in principals
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def standard(name: str) -> str:
    """The ARN of a standard of Security Hub."""
    return f"arn:aws:securityhub:eu-central-1::standards/{name}"


ACCOUNT_CASES: dict[str, dict[str, Any]] = {
    "account_public_access": {
        "type": "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        "inputs": {"blockPublicAcls": True, "blockPublicPolicy": True},
        "update": {"ignorePublicAcls": True, "restrictPublicBuckets": True},
        "outputs": (),
    },
    "volume_key": {
        "type": "aws:ebs/defaultKmsKey:DefaultKmsKey",
        "inputs": {"keyArn": "{key.arn}"},
        "needs": ("key",),
        "outputs": ("keyArn",),
    },
    "volume_encryption": {
        "type": "aws:ebs/encryptionByDefault:EncryptionByDefault",
        "inputs": {"enabled": True},
        "outputs": (),
    },
    "snapshots": {
        "type": "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
        "inputs": {"state": "block-new-sharing"},
        "update": {"state": "block-all-sharing"},
        "outputs": (),
    },
    "metadata": {
        "type": "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
        "inputs": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
        "update": {"httpPutResponseHopLimit": 2, "instanceMetadataTags": "disabled"},
        "outputs": (),
    },
    "vpc_block": {
        "type": "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
        "inputs": {"internetGatewayBlockMode": "block-ingress"},
        "update": {"internetGatewayBlockMode": "block-bidirectional"},
        "outputs": ("awsAccountId", "awsRegion"),
    },
    "cost_tag": {
        "type": "aws:costexplorer/costAllocationTag:CostAllocationTag",
        "inputs": {"tagKey": "environment", "status": "Active"},
        "outputs": ("type",),
    },
    "record_key": {
        "type": "aws:kms/key:Key",
        "inputs": {"policy": lets_in("*")},
    },
    "record_bucket": {"type": "aws:s3/bucket:Bucket", "inputs": {"bucket": RECORDS}},
    "record_policy": {
        "type": "aws:s3/bucketPolicy:BucketPolicy",
        "inputs": {
            "bucket": "{record_bucket}",
            "policy": lets_in(f"arn:aws:s3:::{RECORDS}", f"arn:aws:s3:::{RECORDS}/*"),
        },
        "needs": ("record_bucket",),
        "outputs": (),
    },
    "trail": {
        "type": "aws:cloudtrail/trail:Trail",
        "inputs": {
            "name": "all-regions",
            "s3BucketName": "{record_bucket}",
            "kmsKeyId": "{record_key.arn}",
            "isMultiRegionTrail": True,
            "enableLogFileValidation": True,
            "enableLogging": True,
            "advancedEventSelectors": [
                {
                    "name": "objects",
                    "fieldSelectors": [
                        {"field": "eventCategory", "equals": ["Data"]},
                        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                        {"field": "resources.ARN", "startsWiths": ["arn:aws:s3:::a/"]},
                    ],
                }
            ],
            **TAGS,
        },
        "update": {
            "enableLogging": False,
            "advancedEventSelectors": None,
            "insightSelectors": [{"insightType": "ApiCallRateInsight"}],
            "isMultiRegionTrail": False,
            **NEW_TAGS,
        },
        "needs": ("record_policy", "record_key", "record_bucket"),
        "outputs": ("arn", "homeRegion"),
    },
    "config_role": {
        "type": "aws:iam/serviceLinkedRole:ServiceLinkedRole",
        "inputs": {"awsServiceName": "config.amazonaws.com", **TAGS},
        "update": {"description": "of AWS Config", **NEW_TAGS},
        "outputs": ("arn", "name", "path", "uniqueId", "createDate"),
    },
    "recorder": {
        "type": "aws:cfg/recorder:Recorder",
        "inputs": {
            "name": "all",
            "roleArn": "{config_role.arn}",
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
            "recordingMode": CONTINUOUS,
        },
        "update": {"recordingMode": DAILY},
        "needs": ("config_role",),
        "outputs": ("name",),
    },
    "channel": {
        "type": "aws:cfg/deliveryChannel:DeliveryChannel",
        "inputs": {
            "name": "all",
            "s3BucketName": "{record_bucket}",
            "s3KmsKeyArn": "{record_key.arn}",
            "snapshotDeliveryProperties": {"deliveryFrequency": "TwentyFour_Hours"},
        },
        "update": {"snapshotDeliveryProperties": {"deliveryFrequency": "One_Hour"}},
        "needs": ("record_policy", "record_key", "record_bucket", "recorder"),
        "outputs": ("name",),
    },
    "recording": {
        "type": "aws:cfg/recorderStatus:RecorderStatus",
        "inputs": {"name": "{recorder}", "isEnabled": True},
        "update": {"isEnabled": False},
        "needs": ("recorder", "channel"),
        "outputs": (),
    },
    "detector": {
        "type": "aws:guardduty/detector:Detector",
        "inputs": {"enable": True, **TAGS},
        "update": {"enable": False, "findingPublishingFrequency": "ONE_HOUR", **NEW_TAGS},
        "outputs": ("arn", "accountId"),
    },
    "detector_feature": {
        "type": "aws:guardduty/detectorFeature:DetectorFeature",
        "inputs": {
            "detectorId": "{detector}",
            "name": "RUNTIME_MONITORING",
            "status": "ENABLED",
            "additionalConfigurations": [
                {"name": "EC2_AGENT_MANAGEMENT", "status": "ENABLED"},
                {"name": "ECS_FARGATE_AGENT_MANAGEMENT", "status": "DISABLED"},
                {"name": "EKS_ADDON_MANAGEMENT", "status": "DISABLED"},
            ],
        },
        "update": {"status": "DISABLED", "additionalConfigurations": None},
        "needs": ("detector",),
        "outputs": (),
    },
    "hub": {
        "type": "aws:securityhub/account:Account",
        "inputs": {"enableDefaultStandards": False, "controlFindingGenerator": "SECURITY_CONTROL"},
        "update": {"autoEnableControls": False},
    },
    "standard": {
        "type": "aws:securityhub/standardsSubscription:StandardsSubscription",
        "inputs": {"standardsArn": standard("aws-foundational-security-best-practices/v/1.0.0")},
        "needs": ("hub",),
    },
    "enabler": {
        "type": "aws:inspector2/enabler:Enabler",
        "inputs": {"accountIds": lambda cloud: [cloud.account_id], "resourceTypes": ["EC2", "ECR"]},
        "outputs": (),
    },
    "analyzer": {
        "type": "aws:accessanalyzer/analyzer:Analyzer",
        "inputs": {"analyzerName": "outside", "type": "ACCOUNT", **TAGS},
        "update": NEW_TAGS,
    },
}

STAYING_ACCOUNT_CASES = {
    "cost_tag",
    "detector_feature",
    "recording",
    "snapshots",
    "volume_encryption",
    "vpc_block",
}
"""What is there whether it is on or off: deletion sets it back to AWS's default."""
