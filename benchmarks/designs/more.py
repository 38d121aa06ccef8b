"""What else a project on AWS has: roles, records, containers, networks and machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from designs.nodes import HOME, TAGS, node

from modelyard_policies.aws import types
from modelyard_policies.graph import UNKNOWN, Node

ACCOUNT = "111122223333"


def unit(n: int) -> Iterator[Node]:
    """About 40 resources that belong together."""
    key = node(
        types.KMS_KEY, f"records-{n}", {"enableKeyRotation": True, "deletionWindowInDays": 30, "tags": TAGS}
    )
    yield key
    yield from _identities(n)
    yield from _records(n, key)
    yield from _containers(n, key)
    yield from _network(n)
    yield from _machines(n, key)


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _identities(n: int) -> Iterator[Node]:
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    for number in range(3):
        role = node(
            types.ROLE,
            f"role-{n}-{number}",
            {
                "assumeRolePolicy": _document(trust),
                "permissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/boundary",
                "tags": TAGS,
            },
        )
        yield role
        statement = {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:ListBucket", "logs:PutLogEvents", "ecr:GetAuthorizationToken"],
            "Resource": [f"arn:aws:s3:::data-{n}", f"arn:aws:s3:::data-{n}/*"],
        }
        yield node(
            types.ROLE_POLICY,
            f"inline-{n}-{number}",
            {"role": UNKNOWN, "policy": _document(statement, statement)},
            role=role,
        )
        yield node(
            types.ROLE_POLICY_ATTACHMENT,
            f"managed-{n}-{number}",
            {"role": UNKNOWN, "policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"},
            role=role,
        )


def _records(n: int, key: Node) -> Iterator[Node]:
    logs = node(types.BUCKET, f"logs-{n}", {"bucket": f"bench-logs-{n}", "tags": TAGS})
    yield logs
    yield node(
        types.BUCKET_OWNERSHIP,
        f"own-{n}",
        {"bucket": UNKNOWN, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        bucket=logs,
    )
    yield node(
        types.BUCKET_LIFECYCLE,
        f"life-{n}",
        {
            "bucket": UNKNOWN,
            "rules": [
                {
                    "id": "all",
                    "status": "Enabled",
                    "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
                }
            ],
        },
        bucket=logs,
    )
    yield node(
        types.BUCKET_LOGGING,
        f"access-{n}",
        {"bucket": UNKNOWN, "targetBucket": f"bench-logs-{n}"},
        bucket=logs,
    )
    for number in range(3):
        yield node(
            types.LOG_GROUP,
            f"group-{n}-{number}",
            {"retentionInDays": 365, "kmsKeyId": UNKNOWN, "tags": TAGS},
            kmsKeyId=key,
        )
    yield node(
        types.CLOUD_TRAIL,
        f"trail-{n}",
        {
            "s3BucketName": UNKNOWN,
            "isMultiRegionTrail": True,
            "enableLogFileValidation": True,
            "kmsKeyId": UNKNOWN,
            "tags": TAGS,
        },
        s3BucketName=logs,
        kmsKeyId=key,
    )


def _containers(n: int, key: Node) -> Iterator[Node]:
    image = f"{ACCOUNT}.dkr.ecr.{HOME}.amazonaws.com/train@sha256:{'ab' * 32}"
    container = {
        "name": "train",
        "image": image,
        "readonlyRootFilesystem": True,
        "environment": [{"name": "STAGE", "value": "bench"}, {"name": "EPOCHS", "value": "3"}],
    }
    yield node(
        types.TASK_DEFINITION,
        f"task-{n}",
        {"family": "serve", "containerDefinitions": json.dumps([container]), "tags": TAGS},
    )
    yield node(
        types.JOB_DEFINITION,
        f"job-{n}",
        {"type": "container", "containerProperties": json.dumps(container), "tags": TAGS},
    )
    repository = node(
        types.REPOSITORY,
        f"images-{n}",
        {
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": True},
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": UNKNOWN}],
            "tags": TAGS,
        },
        encryptionConfigurations=key,
    )
    yield repository
    yield node(
        types.REPOSITORY_LIFECYCLE,
        f"expiry-{n}",
        {"repository": UNKNOWN, "policy": json.dumps({"rules": [{"rulePriority": 1}]})},
        repository=repository,
    )
    yield node(
        types.EKS_CLUSTER,
        f"eks-{n}",
        {
            "vpcConfig": {"endpointPublicAccess": False, "endpointPrivateAccess": True},
            "encryptionConfig": {"provider": {"keyArn": UNKNOWN}, "resources": ["secrets"]},
            "enabledClusterLogTypes": ["api", "audit", "authenticator"],
            "tags": TAGS,
        },
        encryptionConfig=key,
    )


def _network(n: int) -> Iterator[Node]:
    vpc = node(types.VPC, f"edge-{n}", {"cidrBlock": "10.9.0.0/16", "tags": TAGS})
    yield vpc
    rules = [
        {
            "ruleNo": 100 + i,
            "action": "allow",
            "protocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "cidrBlock": "10.0.0.0/8",
        }
        for i in range(4)
    ]
    yield node(
        types.NETWORK_ACL,
        f"acl-{n}",
        {"vpcId": UNKNOWN, "ingress": rules, "egress": rules, "tags": TAGS},
        vpcId=vpc,
    )
    rule = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8", "192.168.0.0/16"]}
    for number in range(3):
        yield node(
            types.SECURITY_GROUP,
            f"edge-{n}-{number}",
            {"vpcId": UNKNOWN, "ingress": [rule] * 4, "egress": [rule] * 2, "tags": TAGS},
            vpcId=vpc,
        )
    allow = {"Effect": "Allow", "Principal": "*", "Action": "ecr:*", "Resource": "*"}
    narrowed = {**allow, "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}}
    for service in ("ec2", "ecr.api", "ecr.dkr", "ssm"):
        yield node(
            types.VPC_ENDPOINT,
            f"{service}-{n}",
            {
                "vpcId": UNKNOWN,
                "serviceName": f"com.amazonaws.{HOME}.{service}",
                "vpcEndpointType": "Interface",
                "policy": _document(narrowed),
                "tags": TAGS,
            },
            vpcId=vpc,
        )


def _machines(n: int, key: Node) -> Iterator[Node]:
    script = "#!/bin/bash\nset -e\n" + "echo ready\n" * 40
    yield node(
        types.INSTANCE,
        f"bastion-{n}",
        {
            "instanceType": "t3.micro",
            "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
            "associatePublicIpAddress": False,
            "iamInstanceProfile": "bastion",
            "userData": script,
            "rootBlockDevice": {"encrypted": True, "kmsKeyId": UNKNOWN},
            "tags": TAGS,
        },
        rootBlockDevice=key,
    )
    for number in range(3):
        yield node(
            types.VOLUME,
            f"volume-{n}-{number}",
            {"encrypted": True, "kmsKeyId": UNKNOWN, "size": 100, "tags": TAGS},
            kmsKeyId=key,
        )
    yield node(
        types.FSX_LUSTRE,
        f"lustre-{n}",
        {
            "deploymentType": "PERSISTENT_2",
            "kmsKeyId": UNKNOWN,
            "automaticBackupRetentionDays": 7,
            "copyTagsToBackups": True,
            "skipFinalBackup": False,
            "tags": TAGS,
        },
        kmsKeyId=key,
    )
