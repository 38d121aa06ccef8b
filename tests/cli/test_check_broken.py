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

import pulumi
from pulumi import ResourceTransformationArgs, ResourceTransformationResult


def weaken(args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
    if args.type_ != {type!r}:
        return None
    return ResourceTransformationResult({change}, args.opts)


pulumi.runtime.register_stack_transformation(weaken)
'''
IAM = "aws:iam/role:Role"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"

# The rule of the endpoints' group; the fabric's own rule stays.
WORLD = """args.props if args.name.endswith("itself") else {
    "security_group_id": args.props["security_group_id"], "tags": args.props["tags"],
    "cidr_ipv4": "0.0.0.0/0", "ip_protocol": "tcp", "from_port": 20, "to_port": 30,
}"""

# Each rule: the type that is changed, and its changed properties.
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
    "required-tags": (IAM, "{**args.props, 'tags': {'owner': 'nobody'}}"),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    stack = tmp_path / "stacks" / "Pulumi.dev.yaml"
    # With a type that has EFA every rule applies.
    stack.write_text(stack.read_text().replace("c7i.4xlarge", "c5n.18xlarge"))
    return tmp_path


def check(project: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict]:
    code = run(["check", str(project / "stacks" / "Pulumi.dev.yaml"), "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_copy_passes_before_it_is_broken(project, capsys):
    code, answer = check(project, capsys)
    assert (code, answer["ok"], answer["findings"]) == (0, True, [])
    assert answer["rules"] | {"passed": 12} == answer["rules"]


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_copy_fails_by_that_rule_and_only_its_kin(rule, project, capsys):
    kind, change = BROKEN[rule]
    program = project / "stacks" / "__main__.py"
    # format() would trip over the braces of the change.
    header = SABOTAGE.replace("{type!r}", repr(kind)).replace("{change}", change)
    program.write_text(header + program.read_text())
    code, answer = check(project, capsys)
    failed = [finding for finding in answer["findings"] if finding["verdict"] == "fail"]
    assert code == 1
    assert {finding["rule"] for finding in failed} == {rule}
    assert {finding["verdict"] for finding in answer["findings"]} <= {"fail", "unknown"}
    for finding in failed:
        assert finding["urn"].startswith("urn:pulumi:dev::modelyard::")
        assert finding["remediation"]
        assert finding["source"]


def test_every_rule_is_broken_here(capsys):
    from modelyard_policies.registry import all_rules

    assert {rule.id for rule in all_rules()} == set(BROKEN)
