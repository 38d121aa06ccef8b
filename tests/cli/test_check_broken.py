"""Each rule, broken in a copy of the shipped program: `modelyard check` names that rule and only its kin."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from previewing import ROOT

from modelyard_cli.main import run

SABOTAGE = '''
"""A copy of the shipped program whose resources of one type are changed as they are registered."""

import json

import pulumi
import pulumi_aws as aws
from pulumi import ResourceTransformationArgs, ResourceTransformationResult


def weaken(args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
    if args.type_ != {type!r}:
        return None
    return ResourceTransformationResult({change}, args.opts)


pulumi.runtime.register_stack_transformation(weaken)
'''
EXTRA = """
aws.ec2.CapacityReservation(
    "extra", instance_type="p5.48xlarge", instance_platform="Linux/UNIX", instance_count=1,
    availability_zone="eu-central-1a", region="eu-central-1",
    tags={"environment": "dev", "owner": "ml", "cost-center": "1", "data-classification": "internal"},
)
"""
"""What the shipped program has none of."""

IAM = "aws:iam/role:Role"
KEY = "aws:kms/key:Key"
PLAN = "aws:backup/plan:Plan"
COMPUTE = "aws:batch/computeEnvironment:ComputeEnvironment"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"

# The rule of the endpoints' group; the fabric's own rule stays.
WORLD = """args.props if args.name.endswith("itself") else {
    "security_group_id": args.props["security_group_id"], "tags": args.props["tags"],
    "cidr_ipv4": "0.0.0.0/0", "ip_protocol": "tcp", "from_port": 20, "to_port": 30,
}"""

OPEN_KEY = "{**args.props, 'policy': json.dumps({'Statement': {'Effect': 'Allow', 'Action': 'kms:*', %s}})}"
RULES = "{**args.props, 'rules': [{**rule, %s} for rule in args.props['rules']]}"
RESOURCES = "{**args.props, 'compute_resources': {**args.props['compute_resources'], %s}}"

# Each rule: the type that is changed, and its changed properties; the stack, where it isn't dev.
BROKEN = {
    "bucket-public-access-block": (
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "{**args.props, 'block_public_policy': False}",
    ),
    "bucket-customer-key-encryption": (
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "{**args.props, 'rules': [{'apply_server_side_encryption_by_default': {'sse_algorithm': 'AES256'}}]}",
    ),
    "bucket-versioning": (
        "aws:s3/bucketVersioning:BucketVersioning",
        "{**args.props, 'versioning_configuration': {'status': 'Suspended'}}",
    ),
    "bucket-tls-only": (
        "aws:s3/bucketPolicy:BucketPolicy",
        (
            "{**args.props, 'policy': pulumi.Output.from_input(args.props['policy']).apply("
            "lambda policy: policy.replace('aws:SecureTransport', 'aws:ViaAWSService'))}"
        ),
    ),
    "security-group-no-world-admin": ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", WORLD),
    "vpc-default-security-group-closed": (
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "{**args.props, 'egress': [{'protocol': '-1', 'from_port': 0, 'to_port': 0, 'cidr_blocks': ['0.0.0.0/0']}]}",
    ),
    "vpc-flow-logs": ("aws:ec2/flowLog:FlowLog", "{**args.props, 'traffic_type': 'REJECT'}"),
    "key-rotation": ("aws:kms/key:Key", "{**args.props, 'enable_key_rotation': False}"),
    "instance-metadata-v2": (TEMPLATE, "{**args.props, 'metadata_options': {'http_tokens': 'optional'}}"),
    "launch-template-encrypted-volumes": (
        TEMPLATE,
        "{**args.props, 'block_device_mappings': [{'device_name': '/dev/xvda', 'ebs': {'encrypted': 'false'}}]}",
    ),
    # An EFA pool whose nodes reach each other by HTTPS only.
    "launch-template-efa-security-group": (
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "{**args.props, 'ip_protocol': 'tcp', 'from_port': 443, 'to_port': 443}",
    ),
    "backup-vault-customer-key": (
        "aws:backup/vault:Vault",
        "{key: value for key, value in args.props.items() if key != 'kms_key_arn'}",
    ),
    "backup-vault-lock": (
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        "{**args.props, 'changeable_for_days': None}",
        "prod",
    ),
    "backup-cross-region-copy": (PLAN, RULES % "'copy_actions': None", "prod"),
    "backup-schedule-and-retention": (PLAN, RULES % "'schedule': 'cron(0 5 ? * 1 *)'"),
    "classified-data-backup": (
        "aws:efs/fileSystem:FileSystem",
        "{**args.props, 'tags': {**args.props['tags'], 'modelyard:backup': 'no'}}",
        "prod",
    ),
    "bucket-replication": (
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        RULES % "'status': 'Disabled'",
        "prod",
    ),
    "stack-budget": ("aws:budgets/budget:Budget", "{**args.props, 'notifications': []}"),
    "accelerator-cap": (COMPUTE, RESOURCES % "'max_vcpus': 1_000_000"),
    "non-production-scale-to-zero": (COMPUTE, RESOURCES % "'min_vcpus': 4"),
    "efa-placement": (COMPUTE, RESOURCES % "'placement_group': None"),
    "s3-gateway-endpoint": (
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "{**args.props, **({'route_table_ids': []} if 'route_table_ids' in args.props else {})}",
    ),
    "key-policy-no-wildcard": (KEY, OPEN_KEY % "'Principal': '*'"),
    "key-deletion-guard": (KEY, "{**args.props, 'deletion_window_in_days': 7}", "prod"),
    "no-decrypt-on-all-keys": (
        "aws:iam/rolePolicy:RolePolicy",
        OPEN_KEY % "'Resource': '*'",
    ),
    "recovery-key": (
        "aws:kms/replicaKey:ReplicaKey",
        "{**args.props, 'primary_key_arn': 'arn:aws:kms:us-east-1:345678901234:key/mrk-1'}",
        "prod",
    ),
    "volume-key-auto-scaling": (KEY, OPEN_KEY % "'Principal': {'AWS': 'arn:aws:iam::123456789012:root'}"),
    # Nothing of the shipped program is of this type.
    "capacity-reservation-end": (None, EXTRA),
    "required-tags": (IAM, "{**args.props, 'tags': {'owner': 'nobody'}}"),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    stack = tmp_path / "stacks" / "Pulumi.dev.yaml"
    # With a type that has EFA every rule applies that is for environments like this.
    stack.write_text(stack.read_text().replace("c7i.4xlarge", "c5n.18xlarge"))
    return tmp_path


def check(project: Path, capsys: pytest.CaptureFixture[str], stack: str = "dev") -> tuple[int, dict]:
    code = run(["check", str(project / "stacks" / f"Pulumi.{stack}.yaml"), "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("stack", "passed"), [("dev", 21), ("staging", 24), ("prod", 26)])
def test_the_copy_passes_before_it_is_broken(stack, passed, project, capsys):
    code, answer = check(project, capsys, stack)
    # What a role may do with keys isn't known before there are keys.
    assert {finding["rule"] for finding in answer["findings"]} == {"no-decrypt-on-all-keys"}
    assert {finding["verdict"] for finding in answer["findings"]} == {"unknown"}
    assert (code, answer["ok"]) == (0, True)
    assert answer["rules"] | {"passed": passed, "failed": 0, "unknown": 1, "errors": 0} == answer["rules"]


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_copy_fails_by_that_rule_and_only_its_kin(rule, project, capsys):
    kind, change, *stack = BROKEN[rule]
    program = project / "stacks" / "__main__.py"
    # format() would trip over the braces of the change.
    header = SABOTAGE.replace("{type!r}", repr(kind)).replace("{change}", change if kind else "{}")
    program.write_text(header + program.read_text() + ("" if kind else change))
    code, answer = check(project, capsys, *stack)
    failed = [finding for finding in answer["findings"] if finding["verdict"] == "fail"]
    assert code == 1
    assert {finding["rule"] for finding in failed} == {rule}
    assert {finding["verdict"] for finding in answer["findings"]} <= {"fail", "unknown"}
    for finding in failed:
        assert finding["urn"].startswith(f"urn:pulumi:{stack[0] if stack else 'dev'}::modelyard::")
        assert finding["remediation"]
        # The stack itself is made by nobody's line.
        assert finding["source"] or finding["urn"].endswith("::modelyard-dev")


def test_every_rule_is_broken_here(capsys):
    from modelyard_policies.registry import all_rules

    assert {rule.id for rule in all_rules()} == set(BROKEN)
