"""A stack for the benchmark of policies: resources by the thousand, with work for every rule."""

from __future__ import annotations

import json
from collections.abc import Iterator

from designs import azure, more
from designs.nodes import AWAY, HOME, TAGS, node

from modelyard_policies.aws import types
from modelyard_policies.graph import UNKNOWN, Node

RESOURCES = 5_000
CLASSIFIED = {**TAGS, "data-classification": "restricted"}


def _unit(n: int) -> Iterator[Node]:
    """A VPC, a key, a bucket and a pool with all that belongs to them, as in a preview: 14 resources. With
    what protects them and what they cost: 33.
    """
    policy = json.dumps({"Statement": [*SERVING, {"Effect": "Allow", "Principal": ROOT, "Action": "kms:*"}]})
    properties = {"enableKeyRotation": True, "multiRegion": True, "policy": policy, "tags": TAGS}
    key = node(types.KMS_KEY, f"key-{n}", properties)
    bucket = node(types.BUCKET, f"data-{n}", {"tags": TAGS})
    vpc = node(types.VPC, f"net-{n}", {"cidrBlock": "10.0.0.0/16", "tags": TAGS})
    group = node(types.SECURITY_GROUP, f"fabric-{n}", {"vpcId": UNKNOWN, "tags": TAGS}, vpcId=vpc)
    encryption = {
        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": UNKNOWN},
        "bucketKeyEnabled": True,
    }
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::data-{n}", f"arn:aws:s3:::data-{n}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    template = {
        "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
        "blockDeviceMappings": [
            {"deviceName": "/dev/xvda", "ebs": {"encrypted": "true", "kmsKeyId": UNKNOWN, "volumeSize": 500}}
        ],
        "networkInterfaces": [
            {"networkCardIndex": card, "interfaceType": "efa", "securityGroups": [UNKNOWN]}
            for card in range(8)
        ],
        "tags": TAGS,
        "tagSpecifications": [{"resourceType": kind, "tags": TAGS} for kind in ("instance", "volume")],
    }
    itself = {
        "securityGroupId": UNKNOWN,
        "referencedSecurityGroupId": UNKNOWN,
        "ipProtocol": "-1",
        "tags": TAGS,
    }
    status = "Suspended" if n % 10 == 0 else "Enabled"
    yield from (key, bucket, vpc, group)
    yield node(
        types.BUCKET_ENCRYPTION,
        f"e-{n}",
        {"bucket": UNKNOWN, "rules": [encryption]},
        bucket=bucket,
        rules=key,
    )
    yield node(
        types.BUCKET_PUBLIC_ACCESS_BLOCK,
        f"b-{n}",
        {"bucket": UNKNOWN, **dict.fromkeys(flags, True)},
        bucket=bucket,
    )
    yield node(
        types.BUCKET_VERSIONING,
        f"v-{n}",
        {"bucket": UNKNOWN, "versioningConfiguration": {"status": status}},
        bucket=bucket,
    )
    yield node(
        types.BUCKET_POLICY,
        f"p-{n}",
        {"bucket": UNKNOWN, "policy": json.dumps({"Statement": [statement]})},
        bucket=bucket,
    )
    yield node(types.DEFAULT_SECURITY_GROUP, f"d-{n}", {"vpcId": UNKNOWN, "tags": TAGS}, vpcId=vpc)
    yield node(types.FLOW_LOG, f"l-{n}", {"vpcId": UNKNOWN, "trafficType": "ALL", "tags": TAGS}, vpcId=vpc)
    for token in (types.SECURITY_GROUP_INGRESS_RULE, types.SECURITY_GROUP_EGRESS_RULE):
        yield node(token, f"r-{n}", itself, securityGroupId=group, referencedSecurityGroupId=group)
    launching = node(
        types.LAUNCH_TEMPLATE, f"t-{n}", template, blockDeviceMappings=key, networkInterfaces=group
    )
    subnet = node(types.SUBNET, f"s-{n}", {"vpcId": UNKNOWN, "tags": TAGS}, vpcId=vpc)
    yield from (launching, subnet)
    yield from _running(n, vpc, subnet, launching)
    yield from _protected(n, key, bucket)


SLR = "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
ROOT = {"AWS": "arn:aws:iam::111122223333:root"}
SERVING = [{"Effect": "Allow", "Principal": {"AWS": SLR}, "Action": ["kms:*"], "Resource": "*"}]


def _running(n: int, vpc: Node, subnet: Node, template: Node) -> Iterator[Node]:
    """What starts machines, and how they reach S3: 8 resources."""
    table = node(types.ROUTE_TABLE, f"rt-{n}", {"vpcId": UNKNOWN, "tags": TAGS}, vpcId=vpc)
    group = node(types.PLACEMENT_GROUP, f"pg-{n}", {"strategy": "cluster", "tags": TAGS})
    resources = {
        "type": "EC2",
        "instanceTypes": ["p5.48xlarge"],
        "maxVcpus": 192,
        "placementGroup": UNKNOWN,
        "launchTemplate": {"launchTemplateId": UNKNOWN},
        "subnets": [UNKNOWN],
    }
    yield from (table, group)
    yield node(
        types.ROUTE_TABLE_ASSOCIATION,
        f"ra-{n}",
        {"subnetId": UNKNOWN, "routeTableId": UNKNOWN},
        subnetId=subnet,
        routeTableId=table,
    )
    yield node(
        types.VPC_ENDPOINT,
        f"ep-{n}",
        {"serviceName": f"com.amazonaws.{HOME}.s3", "routeTableIds": [UNKNOWN], "tags": TAGS},
        routeTableIds=table,
    )
    yield node(
        types.COMPUTE_ENVIRONMENT,
        f"ce-{n}",
        {"computeResources": resources, "tags": {**TAGS, "stage": "staging"}},
        computeResources=[group, template, subnet],
    )
    yield node(
        types.CAPACITY_RESERVATION, f"cr-{n}", {"endDateType": "limited", "endDate": "z", "tags": TAGS}
    )
    for number in range(2):
        statement = {"Effect": "Allow", "Action": ["kms:Decrypt", "s3:GetObject"], "Resource": ["arn:a"]}
        yield node(types.ROLE_POLICY, f"rp-{n}-{number}", {"policy": json.dumps({"Statement": statement})})


def _protected(n: int, key: Node, bucket: Node) -> Iterator[Node]:
    """Copies in another region, and backups: 11 resources."""
    replica = node(types.KMS_REPLICA_KEY, f"k-{n}", {"tags": TAGS}, region=AWAY, primaryKeyArn=key)
    copy = node(types.BUCKET, f"copy-{n}", {"tags": TAGS}, region=AWAY)
    rule = {
        "status": "Enabled",
        "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
        "destination": {"bucket": UNKNOWN, "encryptionConfiguration": {"replicaKmsKeyId": UNKNOWN}},
    }
    yield from (replica, copy)
    yield node(
        types.BUCKET_VERSIONING,
        f"cv-{n}",
        {"bucket": UNKNOWN, "versioningConfiguration": {"status": "Enabled"}},
        bucket=copy,
    )
    yield node(
        types.BUCKET_REPLICATION,
        f"rep-{n}",
        {"bucket": UNKNOWN, "rules": [rule]},
        bucket=bucket,
        rules=[copy, replica],
    )
    vaults = [
        node(types.BACKUP_VAULT, f"va-{n}", {"kmsKeyArn": UNKNOWN, "tags": CLASSIFIED}, kmsKeyArn=key),
        node(
            types.BACKUP_VAULT,
            f"vb-{n}",
            {"kmsKeyArn": UNKNOWN, "tags": TAGS},
            region=AWAY,
            kmsKeyArn=replica,
        ),
    ]
    yield from vaults
    for place, vault in zip((HOME, AWAY), vaults, strict=True):
        lock = {"minRetentionDays": 7, "maxRetentionDays": 70, "changeableForDays": 3}
        yield node(
            types.BACKUP_VAULT_LOCK,
            f"vl-{vault.name}",
            {"backupVaultName": UNKNOWN, **lock},
            region=place,
            backupVaultName=vault,
        )
    action = {"destinationVaultArn": UNKNOWN}
    plan = {"targetVaultName": UNKNOWN, "copyActions": [action], "schedule": "cron(0 0/12 * * ? *)"}
    yield node(types.BACKUP_PLAN, f"bp-{n}", {"rules": [plan], "tags": TAGS}, rules=vaults)
    condition = {"stringEquals": [{"key": "aws:ResourceTag/save", "value": str(n)}]}
    yield node(types.BACKUP_SELECTION, f"bs-{n}", {"resources": ["*"], "conditions": [condition]})
    yield node(types.EFS_FILE_SYSTEM, f"fs-{n}", {"tags": {**CLASSIFIED, "save": str(n)}})


def design(size: int = RESOURCES, *, of_azure: bool = True) -> list[Node]:
    """The resources, of AWS and, unless `of_azure` is false, of Azure. A tenth of the buckets and storage
    accounts is at fault, so that findings are written too.
    """
    notification = {"threshold": 80, "subscriberEmailAddresses": ["ml@example.com"]}
    budget = {"budgetType": "COST", "limitAmount": "5000", "notifications": [notification], "tags": TAGS}
    nodes = [node(types.STACK, "modelyard-bench", {}), node(types.BUDGET, "budget", budget)]
    while len(nodes) < size:
        n = len(nodes)
        for part in (_unit(n), more.unit(n), azure.unit(n) if of_azure else ()):
            nodes.extend(part)
    return nodes[:size]
