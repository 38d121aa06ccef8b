"""How long all rules take on 5,000 resources, in process and by Pulumi's analyzer protocol.

Run it with `python benchmarks/policies.py`. Targets: under 1 s in process; AnalyzeStack under 1.5 s.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from modelyard_policies.analyzer.decode import UNKNOWNS
from modelyard_policies.aws import types
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_policies.registry import all_rules

RESOURCES = 5_000
ROUNDS = 3
PACK = Path(__file__).parents[1] / "policies"
TAGS = {"environment": "bench", "owner": "ml", "cost-center": "42", "data-classification": "internal"}
CLASSIFIED = {**TAGS, "data-classification": "restricted"}


HOME, AWAY = "eu-west-1", "eu-central-1"


def _node(
    token: str, name: str, properties: dict[str, Any], *, region: str = HOME, **sources: Node | list[Node]
) -> Node:
    """A resource; `sources` are what each property's value came from."""
    urns = {
        key: tuple(source.urn for source in (found if isinstance(found, list) else [found]))
        for key, found in sources.items()
    }
    return Node(
        urn=f"urn:pulumi:bench::modelyard::{token}::{name}",
        type=token,
        name=name,
        properties=properties,
        dependencies=tuple(urn for found in urns.values() for urn in found),
        property_dependencies=urns,
        protect=True,
        region=region,
    )


def _unit(n: int) -> Iterator[Node]:
    """A VPC, a key, a bucket and a pool with all that belongs to them, as in a preview: 14 resources. With
    what protects them and what they cost: 33.
    """
    policy = json.dumps({"Statement": [*SERVING, {"Effect": "Allow", "Principal": ROOT, "Action": "kms:*"}]})
    properties = {"enableKeyRotation": True, "multiRegion": True, "policy": policy, "tags": TAGS}
    key = _node(types.KMS_KEY, f"key-{n}", properties)
    bucket = _node(types.BUCKET, f"data-{n}", {"tags": TAGS})
    vpc = _node(types.VPC, f"net-{n}", {"cidrBlock": "10.0.0.0/16", "tags": TAGS})
    group = _node(types.SECURITY_GROUP, f"fabric-{n}", {"vpcId": UNKNOWN, "tags": TAGS}, vpcId=vpc)
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
    # A tenth is at fault, so that findings are written too.
    status = "Suspended" if n % 10 == 0 else "Enabled"
    yield from (key, bucket, vpc, group)
    yield _node(
        types.BUCKET_ENCRYPTION,
        f"e-{n}",
        {"bucket": UNKNOWN, "rules": [encryption]},
        bucket=bucket,
        rules=key,
    )
    yield _node(
        types.BUCKET_PUBLIC_ACCESS_BLOCK,
        f"b-{n}",
        {"bucket": UNKNOWN, **dict.fromkeys(flags, True)},
        bucket=bucket,
    )
    yield _node(
        types.BUCKET_VERSIONING,
        f"v-{n}",
        {"bucket": UNKNOWN, "versioningConfiguration": {"status": status}},
        bucket=bucket,
    )
    yield _node(
        types.BUCKET_POLICY,
        f"p-{n}",
        {"bucket": UNKNOWN, "policy": json.dumps({"Statement": [statement]})},
        bucket=bucket,
    )
    yield _node(types.DEFAULT_SECURITY_GROUP, f"d-{n}", {"vpcId": UNKNOWN, "tags": TAGS}, vpcId=vpc)
    yield _node(types.FLOW_LOG, f"l-{n}", {"vpcId": UNKNOWN, "trafficType": "ALL", "tags": TAGS}, vpcId=vpc)
    for token in (types.SECURITY_GROUP_INGRESS_RULE, types.SECURITY_GROUP_EGRESS_RULE):
        yield _node(token, f"r-{n}", itself, securityGroupId=group, referencedSecurityGroupId=group)
    launching = _node(
        types.LAUNCH_TEMPLATE, f"t-{n}", template, blockDeviceMappings=key, networkInterfaces=group
    )
    subnet = _node(types.SUBNET, f"s-{n}", {"vpcId": UNKNOWN, "tags": TAGS}, vpcId=vpc)
    yield from (launching, subnet)
    yield from _running(n, vpc, subnet, launching)
    yield from _protected(n, key, bucket)


SLR = "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
ROOT = {"AWS": "arn:aws:iam::111122223333:root"}
SERVING = [{"Effect": "Allow", "Principal": {"AWS": SLR}, "Action": ["kms:*"], "Resource": "*"}]


def _running(n: int, vpc: Node, subnet: Node, template: Node) -> Iterator[Node]:
    """What starts machines, and how they reach S3: 8 resources."""
    table = _node(types.ROUTE_TABLE, f"rt-{n}", {"vpcId": UNKNOWN, "tags": TAGS}, vpcId=vpc)
    group = _node(types.PLACEMENT_GROUP, f"pg-{n}", {"strategy": "cluster", "tags": TAGS})
    resources = {
        "type": "EC2",
        "instanceTypes": ["p5.48xlarge"],
        "maxVcpus": 192,
        "placementGroup": UNKNOWN,
        "launchTemplate": {"launchTemplateId": UNKNOWN},
        "subnets": [UNKNOWN],
    }
    yield from (table, group)
    yield _node(
        types.ROUTE_TABLE_ASSOCIATION,
        f"ra-{n}",
        {"subnetId": UNKNOWN, "routeTableId": UNKNOWN},
        subnetId=subnet,
        routeTableId=table,
    )
    yield _node(
        types.VPC_ENDPOINT,
        f"ep-{n}",
        {"serviceName": f"com.amazonaws.{HOME}.s3", "routeTableIds": [UNKNOWN], "tags": TAGS},
        routeTableIds=table,
    )
    yield _node(
        types.COMPUTE_ENVIRONMENT,
        f"ce-{n}",
        {"computeResources": resources, "tags": {**TAGS, "stage": "staging"}},
        computeResources=[group, template, subnet],
    )
    yield _node(
        types.CAPACITY_RESERVATION, f"cr-{n}", {"endDateType": "limited", "endDate": "z", "tags": TAGS}
    )
    for number in range(2):
        statement = {"Effect": "Allow", "Action": ["kms:Decrypt", "s3:GetObject"], "Resource": ["arn:a"]}
        yield _node(types.ROLE_POLICY, f"rp-{n}-{number}", {"policy": json.dumps({"Statement": statement})})


def _protected(n: int, key: Node, bucket: Node) -> Iterator[Node]:
    """Copies in another region, and backups: 11 resources."""
    replica = _node(types.KMS_REPLICA_KEY, f"k-{n}", {"tags": TAGS}, region=AWAY, primaryKeyArn=key)
    copy = _node(types.BUCKET, f"copy-{n}", {"tags": TAGS}, region=AWAY)
    rule = {
        "status": "Enabled",
        "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
        "destination": {"bucket": UNKNOWN, "encryptionConfiguration": {"replicaKmsKeyId": UNKNOWN}},
    }
    yield from (replica, copy)
    yield _node(
        types.BUCKET_VERSIONING,
        f"cv-{n}",
        {"bucket": UNKNOWN, "versioningConfiguration": {"status": "Enabled"}},
        bucket=copy,
    )
    yield _node(
        types.BUCKET_REPLICATION,
        f"rep-{n}",
        {"bucket": UNKNOWN, "rules": [rule]},
        bucket=bucket,
        rules=[copy, replica],
    )
    vaults = [
        _node(types.BACKUP_VAULT, f"va-{n}", {"kmsKeyArn": UNKNOWN, "tags": CLASSIFIED}, kmsKeyArn=key),
        _node(
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
        yield _node(
            types.BACKUP_VAULT_LOCK,
            f"vl-{vault.name}",
            {"backupVaultName": UNKNOWN, **lock},
            region=place,
            backupVaultName=vault,
        )
    action = {"destinationVaultArn": UNKNOWN}
    plan = {"targetVaultName": UNKNOWN, "copyActions": [action], "schedule": "cron(0 0/12 * * ? *)"}
    yield _node(types.BACKUP_PLAN, f"bp-{n}", {"rules": [plan], "tags": TAGS}, rules=vaults)
    condition = {"stringEquals": [{"key": "aws:ResourceTag/save", "value": str(n)}]}
    yield _node(types.BACKUP_SELECTION, f"bs-{n}", {"resources": ["*"], "conditions": [condition]})
    yield _node(types.EFS_FILE_SYSTEM, f"fs-{n}", {"tags": {**CLASSIFIED, "save": str(n)}})


def design() -> list[Node]:
    notification = {"threshold": 80, "subscriberEmailAddresses": ["ml@example.com"]}
    budget = {"budgetType": "COST", "limitAmount": "5000", "notifications": [notification], "tags": TAGS}
    nodes = [_node(types.STACK, "modelyard-bench", {}), _node(types.BUDGET, "budget", budget)]
    while len(nodes) < RESOURCES:
        nodes.extend(_unit(len(nodes)))
    return nodes[:RESOURCES]


def deployed(nodes: list[Node]) -> list[Node]:
    """The same resources as in a stack that is up: every resource has an id, by which others refer to it."""

    def known(node: Node) -> dict[str, Any]:
        properties = dict(node.properties)
        for key, sources in node.property_dependencies.items():
            # The first unknown came from the first source, and so on; the rest from the last.
            ids = chain((f"id-{urn}" for urn in sources[:-1]), repeat(f"id-{sources[-1]}"))
            properties[key] = _replace(properties.get(key), ids)
        return properties

    return [replace(node, properties=known(node), outputs={"id": f"id-{node.urn}"}) for node in nodes]


def _replace(value: Any, known: Iterator[str]) -> Any:
    if value is UNKNOWN:
        return next(known)
    if isinstance(value, dict):
        return {key: _replace(item, known) for key, item in value.items()}
    if isinstance(value, list):
        return [_replace(item, known) for item in value]
    return value


def _wire(value: Any) -> Any:
    if value is UNKNOWN:
        return sorted(UNKNOWNS)[0]
    if isinstance(value, dict):
        return {key: _wire(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_wire(item) for item in value]
    return value


def requests(nodes: list[Node]) -> tuple[list[pb.AnalyzeRequest], pb.AnalyzeStackRequest]:
    provider = pb.AnalyzerProviderResource(
        urn="urn:aws", type="pulumi:providers:aws", name="default", properties=Struct()
    )
    single: list[pb.AnalyzeRequest] = []
    stack = pb.AnalyzeStackRequest()
    for node in nodes:
        properties = ParseDict(_wire(node.properties), Struct())
        fields: dict[str, Any] = {
            "type": node.type,
            "urn": node.urn,
            "name": node.name,
            "properties": properties,
            "provider": provider,
        }
        single.append(pb.AnalyzeRequest(**fields))
        stack.resources.append(
            pb.AnalyzerResource(
                **fields,
                dependencies=node.dependencies,
                propertyDependencies={
                    key: pb.AnalyzerPropertyDependencies(urns=urns)
                    for key, urns in node.property_dependencies.items()
                },
            )
        )
    return single, stack


def timed(what: str, work: Callable[[], object], rounds: int = ROUNDS) -> None:
    seconds: list[float] = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    sys.stdout.write(f"{what:58} {statistics.median(seconds):7.3f} s\n")


def main() -> None:
    nodes = design()
    rules = all_rules()
    report = evaluate(Graph(nodes), rules)
    sys.stdout.write(
        f"{len(nodes)} resources, {len(rules)} rules, {len(report.verdicts)} verdicts, "
        f"{len(report.findings)} findings, {report.tallies}; median of {ROUNDS}\n"
    )
    timed("graph and evaluation, in process", lambda: evaluate(Graph(nodes), rules))
    up = deployed(nodes)
    assert evaluate(Graph(up), rules).verdicts == report.verdicts
    timed("graph and evaluation of the deployed stack, in process", lambda: evaluate(Graph(up), rules))
    single, stack = requests(nodes)
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(PACK)]
    start = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        sys.stdout.write(f"{'start of the analyzer':58} {time.perf_counter() - start:7.3f} s\n")
        limit = 400 * 1024 * 1024
        options = [("grpc.max_send_message_length", limit), ("grpc.max_receive_message_length", limit)]
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
            analyzer = AnalyzerStub(channel)
            timed(
                f"AnalyzeStack, {stack.ByteSize() / 1e6:.1f} MB, nothing analyzed before",
                lambda: analyzer.AnalyzeStack(stack),
            )
            timed(f"Analyze, {len(single)} calls", lambda: [analyzer.Analyze(item) for item in single], 1)
            timed("AnalyzeStack, after that", lambda: analyzer.AnalyzeStack(stack))
        process.terminate()


if __name__ == "__main__":
    main()
