"""Every handler against the server: create, update in place, read, delete, and nothing left in the listing."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sandbox.account_cases import ACCOUNT_CASES, STAYING_ACCOUNT_CASES
from sandbox.capacity_cases import CAPACITY_CASES
from sandbox.monitoring_cases import MONITORING_CASES
from sandbox.recovery_cases import RECOVERY_CASES
from sandbox.two_region_cases import TWO_REGION_CASES

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.registry import TYPES, handler_of
from modelyard_sandbox.errors import CloudError, PartialError, UnsupportedError
from modelyard_sandbox.sandbox import Sandbox

TAGS = {"tags": {"Owner": "a"}, "tagsAll": {"Owner": "a", "Default": "x"}}
NEW_TAGS = {"tags": {"Owner": "b"}, "tagsAll": {"Owner": "b"}}
USER_DATA = base64.b64encode(
    b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=="\n\n'
    b"--==\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n--==--\n"
).decode()
"""Batch takes user data in parts only."""

READ_OBJECTS = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)
LIST_BUCKETS = READ_OBJECTS.replace("GetObject", "ListBucket")
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


@dataclass
class Case:
    """Inputs of a type; `{name}` in a string is the output of what was made before under that name."""

    type: str
    inputs: dict[str, Any]
    update: dict[str, Any] = field(default_factory=dict[str, Any])
    """Inputs that change in place."""
    needs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ("arn",)
    """Computed outputs that programs read."""


# The name of each case stands for its id, and `name.output` for an output of it.
CASES: dict[str, Case] = {
    "key": Case(
        "aws:kms/key:Key",
        {
            "description": "first",
            "enableKeyRotation": True,
            "rotationPeriodInDays": 180,
            "deletionWindowInDays": 7,
            "multiRegion": True,
            **TAGS,
        },
        {"description": "second", "enableKeyRotation": False, "rotationPeriodInDays": None, **NEW_TAGS},
        outputs=("arn", "keyId"),
    ),
    "alias": Case(
        "aws:kms/alias:Alias",
        {"name": "alias/one", "targetKeyId": "{key}"},
        {"targetKeyId": "{other_key}"},
        ("key", "other_key"),
        ("arn", "targetKeyArn", "name"),
    ),
    "other_key": Case("aws:kms/key:Key", {"description": "other"}),
    "vpc": Case(
        "aws:ec2/vpc:Vpc",
        {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True, "enableDnsSupport": True, **TAGS},
        {"enableDnsHostnames": False, **NEW_TAGS},
        outputs=("arn", "defaultSecurityGroupId", "mainRouteTableId", "ownerId"),
    ),
    "subnet": Case(
        "aws:ec2/subnet:Subnet",
        {
            "vpcId": "{vpc}",
            "cidrBlock": "10.0.0.0/20",
            "availabilityZoneId": "euc1-az2",
            "mapPublicIpOnLaunch": False,
            **TAGS,
        },
        {"mapPublicIpOnLaunch": True, **NEW_TAGS},
        ("vpc",),
        ("arn", "availabilityZone"),
    ),
    "table": Case("aws:ec2/routeTable:RouteTable", {"vpcId": "{vpc}", **TAGS}, NEW_TAGS, ("vpc",)),
    "gateway": Case(
        "aws:ec2/internetGateway:InternetGateway",
        {"vpcId": "{vpc}", **TAGS},
        {"vpcId": None, **NEW_TAGS},
        ("vpc",),
    ),
    "address": Case(
        "aws:ec2/eip:Eip", {"domain": "vpc", **TAGS}, NEW_TAGS, outputs=("allocationId", "publicIp")
    ),
    "nat": Case(
        "aws:ec2/natGateway:NatGateway",
        {"allocationId": "{address}", "subnetId": "{subnet}", "connectivityType": "public", **TAGS},
        NEW_TAGS,
        ("address", "subnet", "gateway"),
        ("publicIp",),
    ),
    "route": Case(
        "aws:ec2/route:Route",
        {"routeTableId": "{table}", "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "{nat}"},
        {"natGatewayId": None, "gatewayId": "{gateway}"},
        ("table", "nat", "gateway"),
        ("state",),
    ),
    "association": Case(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        {"routeTableId": "{table}", "subnetId": "{subnet}"},
        needs=("table", "subnet"),
        outputs=(),
    ),
    "gateway_endpoint": Case(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": "{vpc}",
            "serviceName": "com.amazonaws.eu-central-1.s3",
            "vpcEndpointType": "Gateway",
            "routeTableIds": ["{table}"],
            "policy": READ_OBJECTS,
            **TAGS,
        },
        {"policy": LIST_BUCKETS, **NEW_TAGS},
        ("vpc", "table"),
        ("arn", "prefixListId", "state"),
    ),
    "interface_endpoint": Case(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": "{vpc}",
            "serviceName": "com.amazonaws.eu-central-1.ecr.api",
            "vpcEndpointType": "Interface",
            "subnetIds": ["{subnet}"],
            "securityGroupIds": ["{group}"],
            "privateDnsEnabled": True,
            **TAGS,
        },
        {"securityGroupIds": ["{group}", "{other_group}"]},
        ("vpc", "subnet", "group", "other_group"),
        ("arn", "dnsEntries", "networkInterfaceIds"),
    ),
    "default_group": Case(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", {"vpcId": "{vpc}", **TAGS}, NEW_TAGS, ("vpc",)
    ),
    "group": Case(
        "aws:ec2/securityGroup:SecurityGroup",
        {"name": "one", "description": "d", "vpcId": "{vpc}", **TAGS},
        NEW_TAGS,
        ("vpc",),
        ("arn", "name"),
    ),
    "other_group": Case(
        "aws:ec2/securityGroup:SecurityGroup", {"namePrefix": "two-", "vpcId": "{vpc}"}, {}, ("vpc",)
    ),
    "ingress": Case(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {
            "securityGroupId": "{group}",
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "cidrIpv4": "10.0.0.0/16",
            "description": "d",
            **TAGS,
        },
        {"cidrIpv4": "10.0.0.0/20", "description": "e"},
        ("group",),
        ("arn", "securityGroupRuleId"),
    ),
    "egress": Case(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        {"securityGroupId": "{group}", "ipProtocol": "-1", "referencedSecurityGroupId": "{group}", **TAGS},
        NEW_TAGS,
        ("group",),
        ("arn", "securityGroupRuleId"),
    ),
    "egress_to_list": Case(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        {
            "securityGroupId": "{group}",
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "prefixListId": "{gateway_endpoint.prefixListId}",
        },
        {},
        ("group", "gateway_endpoint"),
        ("arn", "securityGroupRuleId"),
    ),
    "flow_log": Case(
        "aws:ec2/flowLog:FlowLog",
        {
            "vpcId": "{vpc}",
            "trafficType": "ALL",
            "logDestination": "{log_group.arn}",
            "logDestinationType": "cloud-watch-logs",
            "iamRoleArn": "{role.arn}",
            "maxAggregationInterval": 60,
            **TAGS,
        },
        NEW_TAGS,
        ("vpc", "log_group", "role"),
    ),
    "placement": Case(
        "aws:ec2/placementGroup:PlacementGroup",
        {"name": "near", "strategy": "cluster", **TAGS},
        NEW_TAGS,
        outputs=("arn", "placementGroupId", "name"),
    ),
    "template": Case(
        "aws:ec2/launchTemplate:LaunchTemplate",
        {
            "name": "nodes",
            "updateDefaultVersion": True,
            "imageId": "ami-12345678",
            "userData": USER_DATA,
            "metadataOptions": {
                "httpEndpoint": "enabled",
                "httpTokens": "required",
                "httpPutResponseHopLimit": 2,
            },
            "blockDeviceMappings": [
                {
                    "deviceName": "/dev/xvda",
                    "ebs": {
                        "encrypted": "true",
                        "kmsKeyId": "{key.arn}",
                        "volumeSize": 200,
                        "volumeType": "gp3",
                        "deleteOnTermination": "true",
                    },
                }
            ],
            "networkInterfaces": [
                {
                    "deviceIndex": 0,
                    "networkCardIndex": 0,
                    "interfaceType": "efa",
                    "securityGroups": ["{group}"],
                    "associatePublicIpAddress": "false",
                }
            ],
            "tagSpecifications": [{"resourceType": "instance", "tags": {"Owner": "a"}}],
            "monitoring": {"enabled": True},
            "placement": {"groupName": "near"},
            "capacityReservationSpecification": {
                "capacityReservationTarget": {"capacityReservationId": "cr-12345678"}
            },
            "instanceMarketOptions": {"marketType": "capacity-block"},
            **TAGS,
        },
        {"imageId": "ami-87654321"},
        ("key", "group"),
        ("arn", "latestVersion", "defaultVersion", "name"),
    ),
    "role": Case(
        "aws:iam/role:Role",
        {"name": "nodes", "assumeRolePolicy": TRUST, "description": "d", "maxSessionDuration": 3600, **TAGS},
        {"description": "e", "assumeRolePolicy": TRUST.replace("ec2", "ecs-tasks"), **NEW_TAGS},
        outputs=("arn", "name", "uniqueId"),
    ),
    "role_policy": Case(
        "aws:iam/rolePolicy:RolePolicy",
        {"name": "read", "role": "{role}", "policy": READ_OBJECTS},
        {"policy": LIST_BUCKETS},
        ("role",),
        ("name",),
    ),
    "policy": Case(
        "aws:iam/policy:Policy",
        {"name": "read", "description": "d", "policy": READ_OBJECTS, **TAGS},
        {"policy": LIST_BUCKETS, **NEW_TAGS},
        outputs=("arn", "name", "policyId"),
    ),
    "attachment": Case(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {"role": "{role}", "policyArn": "{policy}"},
        {},
        ("role", "policy"),
        (),
    ),
    "aws_policy": Case(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {
            "role": "{role}",
            "policyArn": "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
        },
        {},
        ("role",),
        (),
    ),
    "profile": Case(
        "aws:iam/instanceProfile:InstanceProfile",
        {"name": "nodes", "role": "{role}", **TAGS},
        NEW_TAGS,
        ("role",),
        ("arn", "name"),
    ),
    "log_group": Case(
        "aws:cloudwatch/logGroup:LogGroup",
        {"name": "/modelyard/jobs", "retentionInDays": 30, "kmsKeyId": "{key.arn}", **TAGS},
        {"retentionInDays": 90, "kmsKeyId": "{other_key.arn}", **NEW_TAGS},
        ("key", "other_key"),
        ("arn", "name"),
    ),
    "bucket": Case(
        "aws:s3/bucket:Bucket",
        {"bucket": "bucket-{account}", **TAGS},
        NEW_TAGS,
        outputs=("arn", "bucket", "bucketDomainName"),
    ),
    "prefixed_bucket": Case("aws:s3/bucket:Bucket", {"bucketPrefix": "any-{account}-"}),
    "log_bucket": Case("aws:s3/bucket:Bucket", {"bucket": "logs-{account}"}),
    "versioning": Case(
        "aws:s3/bucketVersioning:BucketVersioning",
        {"bucket": "{bucket}", "versioningConfiguration": {"status": "Enabled"}},
        {"versioningConfiguration": {"status": "Suspended"}},
        ("bucket",),
        ("bucket",),
    ),
    "encryption": Case(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        {
            "bucket": "{bucket}",
            "rules": [
                {
                    "applyServerSideEncryptionByDefault": {
                        "sseAlgorithm": "aws:kms",
                        "kmsMasterKeyId": "{key.arn}",
                    },
                    "bucketKeyEnabled": True,
                }
            ],
        },
        {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
        ("bucket", "key"),
        ("bucket",),
    ),
    "public_access": Case(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        {
            "bucket": "{bucket}",
            "blockPublicAcls": True,
            "blockPublicPolicy": True,
            "ignorePublicAcls": True,
            "restrictPublicBuckets": True,
        },
        {"blockPublicAcls": False},
        ("bucket",),
        ("bucket",),
    ),
    "ownership": Case(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        {"bucket": "{bucket}", "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        ("bucket",),
        ("bucket",),
    ),
    "log_bucket_policy": Case(
        "aws:s3/bucketPolicy:BucketPolicy",
        {
            "bucket": "{log_bucket}",
            "policy": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "s3:*",
                            "Resource": ["arn:aws:s3:::logs-{account}/*"],
                            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        },
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "logging.s3.amazonaws.com"},
                            "Action": ["s3:PutObject"],
                            "Resource": ["arn:aws:s3:::logs-{account}/*"],
                        },
                    ],
                }
            ),
        },
        {},
        ("log_bucket",),
        ("bucket",),
    ),
    "logging": Case(
        "aws:s3/bucketLogging:BucketLogging",
        {"bucket": "{bucket}", "targetBucket": "{log_bucket}", "targetPrefix": "a/"},
        {"targetPrefix": "b/"},
        ("bucket", "log_bucket", "log_bucket_policy"),
        ("bucket",),
    ),
    "lifecycle": Case(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        {
            "bucket": "{bucket}",
            "rules": [
                {
                    "id": "old",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "noncurrentVersionExpiration": {"noncurrentDays": 14},
                    "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
                }
            ],
        },
        {
            "rules": [
                {"id": "all", "status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": 365}}
            ]
        },
        ("bucket",),
        ("bucket",),
    ),
    "object": Case(
        "aws:s3/bucketObjectv2:BucketObjectv2",
        {
            "bucket": "{bucket}",
            "key": "a/b.json",
            "content": "{}",
            "contentType": "application/json",
            "kmsKeyId": "{key.arn}",
            **TAGS,
        },
        {"content": "[]"},
        ("bucket", "key"),
        ("arn", "etag"),
    ),
    "pool": Case(
        "aws:batch/computeEnvironment:ComputeEnvironment",
        {
            "name": "cpu",
            "type": "MANAGED",
            "state": "ENABLED",
            "computeResources": {
                "type": "EC2",
                "allocationStrategy": "BEST_FIT_PROGRESSIVE",
                "minVcpus": 0,
                "maxVcpus": 64,
                "instanceTypes": ["c7i.4xlarge"],
                "instanceRole": "{profile.arn}",
                "subnets": ["{subnet}"],
                "securityGroupIds": ["{group}"],
                "launchTemplate": {"launchTemplateId": "{template}", "version": "$Latest"},
                "ec2Configurations": [{"imageType": "ECS_AL2023"}],
                "placementGroup": "{placement}",
                "tags": {"Owner": "a"},
            },
            "updatePolicy": {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 600},
            **TAGS,
        },
        {"updatePolicy": {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 900}, **NEW_TAGS},
        ("profile", "subnet", "group", "template", "placement"),
        ("arn", "name", "ecsClusterArn", "status"),
    ),
    "queue": Case(
        "aws:batch/jobQueue:JobQueue",
        {
            "name": "cpu",
            "priority": 1,
            "state": "ENABLED",
            "computeEnvironmentOrders": [{"order": 1, "computeEnvironment": "{pool.arn}"}],
            "jobStateTimeLimitActions": [
                {"action": "CANCEL", "maxTimeSeconds": 3600, "reason": "stuck", "state": "RUNNABLE"}
            ],
            **TAGS,
        },
        {"priority": 2, "jobStateTimeLimitActions": None, **NEW_TAGS},
        ("pool",),
        ("arn", "name"),
    ),
    "job_definition": Case(
        "aws:batch/jobDefinition:JobDefinition",
        {
            "name": "train",
            "type": "multinode",
            "nodeProperties": json.dumps(
                {
                    "numNodes": 2,
                    "mainNode": 0,
                    "nodeRangeProperties": [
                        {
                            "targetNodes": "0:",
                            "container": {
                                "image": "train:1",
                                "resourceRequirements": [
                                    {"type": "VCPU", "value": "4"},
                                    {"type": "MEMORY", "value": "1024"},
                                ],
                            },
                        }
                    ],
                }
            ),
            "retryStrategy": {"attempts": 2, "evaluateOnExits": [{"action": "EXIT", "onExitCode": "1"}]},
            "timeout": {"attemptDurationSeconds": 60},
            **TAGS,
        },
        {"retryStrategy": {"attempts": 3}, **NEW_TAGS},
        outputs=("arn", "arnPrefix", "revision"),
    ),
    "scheduling_policy": Case(
        "aws:batch/schedulingPolicy:SchedulingPolicy",
        {
            "name": "fair",
            "fairSharePolicy": {
                "computeReservation": 1,
                "shareDistributions": [{"shareIdentifier": "a", "weightFactor": 0.5}],
            },
            **TAGS,
        },
        {"fairSharePolicy": {"shareDecaySeconds": 60}, **NEW_TAGS},
    ),
    "repository": Case(
        "aws:ecr/repository:Repository",
        {
            "name": "jobs",
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": True},
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": "{key.arn}"}],
            "forceDelete": False,
            **TAGS,
        },
        {"imageTagMutability": "MUTABLE", "imageScanningConfiguration": {"scanOnPush": False}, **NEW_TAGS},
        ("key",),
        ("arn", "repositoryUrl", "registryId"),
    ),
    "image_lifecycle": Case(
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        {
            "repository": "{repository}",
            "policy": json.dumps(
                {
                    "rules": [
                        {
                            "rulePriority": 1,
                            "selection": {
                                "tagStatus": "untagged",
                                "countType": "sinceImagePushed",
                                "countUnit": "days",
                                "countNumber": 14,
                            },
                            "action": {"type": "expire"},
                        }
                    ]
                }
            ),
        },
        {},
        ("repository",),
        ("registryId",),
    ),
    "vault": Case(
        "aws:backup/vault:Vault",
        {"name": "vault", "kmsKeyArn": "{key.arn}", **TAGS},
        NEW_TAGS,
        ("key",),
        ("arn", "name"),
    ),
    "plan": Case(
        "aws:backup/plan:Plan",
        {
            "name": "daily",
            "rules": [
                {
                    "ruleName": "daily",
                    "targetVaultName": "{vault}",
                    "schedule": "cron(0 5 * * ? *)",
                    "startWindow": 60,
                    "completionWindow": 180,
                    "lifecycle": {"deleteAfter": 35},
                    "recoveryPointTags": {"Owner": "a"},
                }
            ],
            **TAGS,
        },
        {"rules": [{"ruleName": "weekly", "targetVaultName": "{vault}", "schedule": "cron(0 5 ? * 1 *)"}]},
        ("vault",),
        ("arn", "version"),
    ),
    "selection": Case(
        "aws:backup/selection:Selection",
        {
            "name": "tagged",
            "planId": "{plan}",
            "iamRoleArn": "{role.arn}",
            "selectionTags": [{"type": "STRINGEQUALS", "key": "Backup", "value": "yes"}],
            "conditions": [{"stringEquals": [{"key": "aws:ResourceTag/Owner", "value": "a"}]}],
        },
        {},
        ("plan", "role"),
        (),
    ),
    "budget": Case(
        "aws:budgets/budget:Budget",
        {
            "name": "month",
            "budgetType": "COST",
            "timeUnit": "MONTHLY",
            "limitAmount": "2000",
            "limitUnit": "USD",
            "costFilters": [{"name": "TagKeyValue", "values": ["user:Owner$a"]}],
            "notifications": [
                {
                    "comparisonOperator": "GREATER_THAN",
                    "notificationType": "ACTUAL",
                    "threshold": 80,
                    "thresholdType": "PERCENTAGE",
                    "subscriberEmailAddresses": ["a@example.com"],
                }
            ],
            **TAGS,
        },
        {
            "limitAmount": "3000",
            "notifications": [
                {
                    "comparisonOperator": "GREATER_THAN",
                    "notificationType": "FORECASTED",
                    "threshold": 100,
                    "thresholdType": "PERCENTAGE",
                    "subscriberSnsTopicArns": ["arn:aws:sns:eu-central-1:123456789012:topic"],
                }
            ],
            **NEW_TAGS,
        },
        outputs=("arn",),
    ),
}

CASES.update({name: Case(**case) for name, case in CAPACITY_CASES.items()})
CASES |= {name: Case(**case) for name, case in RECOVERY_CASES.items()}
CASES |= {name: Case(**case) for name, case in MONITORING_CASES.items()}
CASES |= {name: Case(**case) for name, case in TWO_REGION_CASES.items()}
CASES |= {name: Case(**case) for name, case in ACCOUNT_CASES.items()}

# Versioning is suspended, never taken off; the default group stays with its VPC, and a block until its end.
OUTLIVES_ITS_DELETION = {"versioning", "default_group", "block", "region_settings", *STAYING_ACCOUNT_CASES}


class World:
    """Makes a case with all that it needs, and takes all of it away again."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.made: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {}
        self.asked: dict[Any, Any] = {}

    def resolve(self, value: Any) -> Any:
        """The value with references replaced, without what is None."""
        if isinstance(value, dict):
            return {key: self.resolve(item) for key, item in value.items() if item is not None}
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if callable(value):
            # What the cloud is asked for, once.
            if value not in self.asked:
                self.asked[value] = value(self.cloud)
            return self.asked[value]
        if isinstance(value, str) and value.startswith("{") and value.endswith("}") and len(value) > 2:
            name, _, output = value[1:-1].partition(".")
            if name in self.made:
                id_, outputs, _ = self.made[name]
                return outputs[output] if output else id_
        return value.replace("{account}", self.cloud.account_id) if isinstance(value, str) else value

    def make(self, name: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Id, outputs and inputs of a case, made if it isn't yet."""
        if name not in self.made:
            case = CASES[name]
            for need in case.needs:
                self.make(need)
            inputs = self.resolve(case.inputs)
            id_, outputs = handler_of(case.type).create(self.cloud, inputs)
            self.made[name] = (id_, outputs, inputs)
        return self.made[name]

    def delete_all(self) -> None:
        """Delete everything, last made first."""
        for name in reversed(self.made):
            id_, _, inputs = self.made[name]
            handler = handler_of(CASES[name].type)
            if handler.read(self.cloud, id_, inputs) is not None:
                handler.clear(self.cloud, id_, inputs)
                handler.delete(self.cloud, id_, inputs)


@pytest.fixture(scope="module")
def shared_cloud(sandbox: Sandbox) -> Cloud:
    """One account for all: making clients for another takes longer than the tests do."""
    return sandbox.cloud("eu-central-1", "777788889999")


@pytest.fixture
def world(shared_cloud: Cloud) -> Iterator[World]:
    made = World(shared_cloud)
    yield made
    made.delete_all()


def listed(cloud: Cloud) -> dict[str, list[str]]:
    """Everything in the account, by type."""
    found = {made.type: list(handler_of(made.type).list_ids(cloud) or ()) for made in TYPES}
    return {type_: ids for type_, ids in found.items() if ids}


@pytest.mark.parametrize("name", CASES)
def test_a_resource_is_made_changed_in_place_and_deleted(name: str, world: World) -> None:
    case, handler, cloud = CASES[name], handler_of(CASES[name].type), world.cloud
    id_, outputs, inputs = world.make(name)
    assert [output for output in case.outputs if not outputs.get(output)] == []
    assert {key: outputs[key] for key in inputs if key not in ("policy", "namePrefix")} == {
        key: value for key, value in inputs.items() if key not in ("policy", "namePrefix")
    }
    if handler.list_ids(cloud) is not None:
        assert id_ in list(handler.list_ids(cloud) or ())

    for need in {part for part in CASES if f"{{{part}" in json.dumps(case.update)} - world.made.keys():
        world.make(need)
    new = world.resolve({**case.inputs, **case.update})
    assert handler.replaces(inputs, new) == frozenset()
    handler.update(cloud, id_, inputs, new)
    assert handler.read(cloud, id_, new) is not None

    handler.delete(cloud, id_, new)
    if name not in OUTLIVES_ITS_DELETION:
        assert handler.read(cloud, id_, new) is None
        handler.delete(cloud, id_, new)
    if handler.list_ids(cloud) is not None:
        assert id_ not in list(handler.list_ids(cloud) or ())


def test_every_type_has_a_case() -> None:
    assert {case.type for case in CASES.values()} == {made.type for made in TYPES}


def test_all_types_together_are_deleted_to_nothing(world: World) -> None:
    for name in CASES:
        world.make(name)
    assert listed(world.cloud).keys() == {
        made.type for made in TYPES if handler_of(made.type).list_ids(world.cloud) is not None
    }
    world.delete_all()
    assert listed(world.cloud) == {}


@pytest.mark.parametrize("made", TYPES, ids=lambda made: made.type)
def test_an_unknown_input_is_refused_by_name(made: Any, shared_cloud: Cloud) -> None:
    handler = handler_of(made.type)
    with pytest.raises(UnsupportedError) as refused:
        handler.create(shared_cloud, {"misspelt": 1})
    known = ", ".join(sorted(handler.known_inputs))
    assert f"{made.type} does not know the input misspelt\n  it knows: {known}\n" in str(refused.value)


def test_an_unknown_input_inside_an_object_is_refused_by_its_path(world: World) -> None:
    inputs = {"name": "a", "metadataOptions": {"httpTokens": "required", "misspelt": 1}}
    with pytest.raises(UnsupportedError, match=r"launchTemplateData\.metadataOptions\.misspelt has no place"):
        handler_of("aws:ec2/launchTemplate:LaunchTemplate").create(world.cloud, inputs)
    assert listed(world.cloud) == {}


def test_an_unknown_type_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedError, match="the sandbox has no aws:fsx/fileCache:FileCache"):
        handler_of("aws:fsx/fileCache:FileCache")


def test_a_refusal_is_worded_as_the_cloud_words_it(make: Any) -> None:
    make("aws:s3/bucket:Bucket", bucket=f"taken-{make.cloud.account_id}")
    with pytest.raises(CloudError) as refused:
        make("aws:s3/bucket:Bucket", bucket=f"taken-{make.cloud.account_id}")
    assert str(refused.value).startswith("s3:CreateBucket answered BucketAlreadyOwnedByYou: ")


def test_a_creation_that_fails_midway_says_what_was_made(make: Any) -> None:
    with pytest.raises(PartialError) as refused:
        make("aws:kms/key:Key", enableKeyRotation=True, rotationPeriodInDays=1)
    assert refused.value.id in list(handler_of("aws:kms/key:Key").list_ids(make.cloud) or ())
    assert "was made, but not finished: kms:EnableKeyRotation answered" in str(refused.value)


def test_what_handlers_say_is_what_the_cloud_holds(world: World) -> None:
    for name in (
        "template",
        "encryption",
        "lifecycle",
        "queue",
        "pool",
        "group",
        "default_group",
        "plan",
        "budget",
    ):
        world.make(name)
    client = world.cloud.client
    version = client("ec2").describe_launch_template_versions(LaunchTemplateId=world.made["template"][0])
    data = version["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    assert data["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    assert data["NetworkInterfaces"][0]["InterfaceType"] == "efa"
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    group = client("ec2").describe_security_groups(GroupIds=[world.made["group"][0]])["SecurityGroups"][0]
    assert (group["IpPermissions"], group["IpPermissionsEgress"]) == ([], [])
    closed = client("ec2").describe_security_groups(GroupIds=[world.made["default_group"][0]])[
        "SecurityGroups"
    ][0]
    assert (closed["IpPermissions"], closed["IpPermissionsEgress"]) == ([], [])
    pool = client("batch").describe_compute_environments()["computeEnvironments"][0]
    assert pool["updatePolicy"]["jobExecutionTimeoutMinutes"] == 600
    assert pool["serviceRole"].endswith("AWSServiceRoleForBatch")
    assert pool["computeResources"]["ec2Configuration"] == [{"imageType": "ECS_AL2023"}]
    queue = client("batch").describe_job_queues()["jobQueues"][0]
    assert queue["jobStateTimeLimitActions"][0]["maxTimeSeconds"] == 3600
    plan = client("backup").get_backup_plan(BackupPlanId=world.made["plan"][0])["BackupPlan"]
    assert plan["Rules"][0]["Lifecycle"] == {"DeleteAfterDays": 35}
    budget = client("budgets").describe_budget(AccountId=world.cloud.account_id, BudgetName="month")["Budget"]
    assert budget["BudgetLimit"]["Amount"] == "2000"
    rules = client("s3").get_bucket_lifecycle_configuration(Bucket=world.made["bucket"][0])["Rules"]
    assert rules[0]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_a_change_of_a_template_makes_a_default_version(world: World) -> None:
    id_, _, inputs = world.make("template")
    handler = handler_of("aws:ec2/launchTemplate:LaunchTemplate")
    outputs = handler.update(world.cloud, id_, inputs, {**inputs, "imageId": "ami-87654321"})
    assert (outputs["latestVersion"], outputs["defaultVersion"]) == (2, 2)


def test_compute_resources_change_in_place_only_under_strategies_that_allow_it(world: World) -> None:
    id_, _, inputs = world.make("pool")
    handler = handler_of("aws:batch/computeEnvironment:ComputeEnvironment")

    def with_resources(**changes: Any) -> dict[str, Any]:
        return {**inputs, "computeResources": {**inputs["computeResources"], **changes}}

    wider = with_resources(maxVcpus=128, instanceTypes=["c7i.8xlarge"])
    assert handler.replaces(inputs, wider) == frozenset()
    handler.update(world.cloud, id_, inputs, wider)
    found = world.cloud.client("batch").describe_compute_environments()["computeEnvironments"][0]
    assert found["computeResources"]["maxvCpus"] == 128
    assert found["computeResources"]["instanceTypes"] == ["c7i.8xlarge"]
    check_that_settings_that_are_left_out_go(world, id_, wider)
    best_fit = with_resources(allocationStrategy="BEST_FIT")
    assert (
        handler.replaces(best_fit, with_resources(allocationStrategy="BEST_FIT", maxVcpus=1)) == frozenset()
    )
    other = with_resources(allocationStrategy="BEST_FIT", instanceTypes=["c7i.8xlarge"])
    assert handler.replaces(best_fit, other) == {"computeResources"}


def check_that_settings_that_are_left_out_go(world: World, id_: str, inputs: dict[str, Any]) -> None:
    """From spot machines with settings of their own to what Batch chooses: a pool's change of capacity."""
    handler = handler_of("aws:batch/computeEnvironment:ComputeEnvironment")
    plain = {**inputs["computeResources"], "type": "EC2", "allocationStrategy": "BEST_FIT_PROGRESSIVE"}
    dropped = ("bidPercentage", "ec2KeyPair", "imageId", "tags", "minVcpus", "desiredVcpus")
    plain = {name: value for name, value in plain.items() if name not in dropped}
    own = {"bidPercentage": 70, "ec2KeyPair": "own", "imageId": "ami-1", "tags": {"a": "b"}, "minVcpus": 0}
    spot = {**plain, **own, "type": "SPOT", "allocationStrategy": "SPOT_PRICE_CAPACITY_OPTIMIZED"}
    for before, after in ((inputs["computeResources"], spot), (spot, plain)):
        old, new = ({**inputs, "computeResources": resources} for resources in (before, after))
        assert handler.replaces(old, new) == frozenset()
        handler.update(world.cloud, id_, old, new)
    found = world.cloud.client("batch").describe_compute_environments()["computeEnvironments"][0]
    resources = found["computeResources"]
    assert (resources["type"], resources["minvCpus"], resources["tags"]) == ("EC2", 0, {})
    assert not {"bidPercentage", "ec2KeyPair", "imageId"} & resources.keys()
    handler.update(world.cloud, id_, {**inputs, "computeResources": plain}, inputs)
