"""Rules of every family, broken in a copy of the shipped program: `modelyard check` runs it and names that rule.

That each rule finds its faults, there and nowhere else, is for tests/policies/test_mutants.py.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from previewing import ROOT

from modelyard_cli.main import run
from modelyard_policies.engine import evaluate
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Verdict
from modelyard_preview.subjects.environment import from_environment

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
COMPUTE = "aws:batch/computeEnvironment:ComputeEnvironment"

# The rule of the endpoints' group; the fabric's own rule stays.
WORLD = """args.props if args.name.endswith("itself") else {
    "security_group_id": args.props["security_group_id"], "tags": args.props["tags"],
    "cidr_ipv4": "0.0.0.0/0", "ip_protocol": "tcp", "from_port": 22, "to_port": 22,
}"""

DECRYPTS = (
    "{**args.props, 'policy': json.dumps({'Statement': "
    "{'Effect': 'Allow', 'Action': 'kms:Decrypt', 'Resource': '*'}})}"
)

# Each rule: the type that is changed, and its changed properties; the stack, where it isn't dev.
BROKEN = {
    "bucket-public-access-block": (
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "{**args.props, 'block_public_policy': False}",
    ),
    # A text that is known only when the program has run to its end.
    "bucket-tls-only": (
        "aws:s3/bucketPolicy:BucketPolicy",
        (
            "{**args.props, 'policy': pulumi.Output.from_input(args.props['policy']).apply("
            "lambda policy: policy.replace('aws:SecureTransport', 'aws:ViaAWSService'))}"
        ),
    ),
    "security-group-no-world-admin": ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", WORLD),
    "key-rotation": ("aws:kms/key:Key", "{**args.props, 'enable_key_rotation': False}"),
    "no-decrypt-on-all-keys": ("aws:iam/rolePolicy:RolePolicy", DECRYPTS),
    "instance-metadata-v2": (
        "aws:ec2/launchTemplate:LaunchTemplate",
        ("{**args.props, 'metadata_options': {**args.props['metadata_options'], 'http_tokens': 'optional'}}"),
    ),
    "backup-vault-lock": (
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        "{**args.props, 'changeable_for_days': None}",
        "prod",
    ),
    "trail-integrity": (
        "aws:cloudtrail/trail:Trail",
        "{**args.props, 'enable_log_file_validation': False}",
        "account",
    ),
    "stack-budget": ("aws:budgets/budget:Budget", "{**args.props, 'notifications': []}"),
    "non-production-scale-to-zero": (
        COMPUTE,
        "{**args.props, 'compute_resources': {**args.props['compute_resources'], 'min_vcpus': 4}}",
    ),
    # Nothing of the shipped program is of this type.
    "capacity-reservation-end": (None, EXTRA),
    "required-tags": (IAM, "{**args.props, 'tags': {'owner': 'nobody'}}"),
    "repository-guarded": (
        "aws:ecr/repository:Repository",
        "{**args.props, 'image_tag_mutability': 'MUTABLE'}",
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    return tmp_path


def check(project: Path, capsys: pytest.CaptureFixture[str], stack: str = "dev") -> tuple[int, dict]:
    code = run(["check", str(project / "stacks" / f"Pulumi.{stack}.yaml"), "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("stack", ["dev", "staging", "prod", "account"])
def test_the_copy_passes_before_it_is_broken(stack, project, capsys):
    code, answer = check(project, capsys, stack)
    # What a role may do isn't known where it names what doesn't exist yet.
    of_roles = {"no-decrypt-on-all-keys", "no-privilege-escalation", "policy-no-full-access"}
    assert {finding["rule"] for finding in answer["findings"]} == (set() if stack == "account" else of_roles)
    assert {finding["verdict"] for finding in answer["findings"]} <= {"unknown"}
    assert (code, answer["ok"]) == (0, True)
    graph = from_environment(project / "stacks" / f"Pulumi.{stack}.yaml").graph
    verdicts = Counter(evaluate(graph, all_rules()).rules.values())
    assert (verdicts[Verdict.FAIL], verdicts[Verdict.ERROR]) == (0, 0)
    assert answer["rules"] == {
        "passed": verdicts[Verdict.PASS],
        "failed": 0,
        "unknown": verdicts[Verdict.UNKNOWN],
        "notApplicable": verdicts[Verdict.NOT_APPLICABLE],
        "errors": 0,
    }
    assert sum(answer["rules"].values()) == len(all_rules())


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_copy_fails_by_that_rule_alone(rule, project, capsys):
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
