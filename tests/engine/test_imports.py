"""What stands in the account, imported into a stack that knows nothing of it, by the real engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rehearsing import Rehearsal, rehearse_toy

if TYPE_CHECKING:
    from conftest import Engine

PROGRAM = """
import json

def policy(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})

tags = {"owner": "ml"}
provider = aws.Provider("here", region="eu-central-1", default_tags={"tags": {"team": "gpu"}})
opts = pulumi.ResourceOptions(provider=provider)
key = aws.kms.Key("key", description="data", enable_key_rotation=True, deletion_window_in_days=7, tags=tags, opts=opts)
aws.kms.Alias("alias", name="alias/data", target_key_id=key.key_id, opts=opts)
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, tags=tags, opts=opts)
subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/20", availability_zone_id="euc1-az2", opts=opts)
table = aws.ec2.RouteTable("table", vpc_id=vpc.id, opts=opts)
gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id, opts=opts)
aws.ec2.Route("route", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id, opts=opts)
aws.ec2.RouteTableAssociation("association", route_table_id=table.id, subnet_id=subnet.id, opts=opts)
group = aws.ec2.SecurityGroup("group", description="nodes", vpc_id=vpc.id, revoke_rules_on_delete=True, opts=opts)
aws.vpc.SecurityGroupEgressRule(
    "egress", security_group_id=group.id, ip_protocol="-1", referenced_security_group_id=group.id,
    description="among nodes", opts=opts,
)
role = aws.iam.Role(
    "role", name="nodes", max_session_duration=7200, tags=tags, opts=opts,
    assume_role_policy=policy(Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole"),
)
aws.iam.RolePolicy("inline", name="read", role=role.name, policy=policy(Action=["s3:GetObject"], Resource=["*"]), opts=opts)
aws.iam.RolePolicyAttachment(
    "attachment", role=role.name, policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess", opts=opts
)
bucket = aws.s3.Bucket("data", force_destroy=True, tags=tags, opts=opts)
aws.s3.BucketServerSideEncryptionConfiguration(
    "encryption", bucket=bucket.bucket, opts=opts,
    rules=[{
        "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn},
        "bucket_key_enabled": True,
    }],
)
aws.s3.BucketLifecycleConfiguration(
    "lifecycle", bucket=bucket.bucket, opts=opts,
    rules=[{"id": "old", "status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": 365}}],
)
aws.cloudwatch.LogGroup("jobs", name="/jobs", retention_in_days=30, skip_destroy=False, tags=tags, opts=opts)
aws.ecr.Repository("images", name="images", image_tag_mutability="IMMUTABLE", force_delete=True, opts=opts)
aws.ec2.LaunchTemplate(
    "nodes", name="nodes", image_id="ami-12345678", update_default_version=True, opts=opts,
    metadata_options={"http_endpoint": "enabled", "http_tokens": "required"},
    block_device_mappings=[
        {"device_name": "/dev/xvda", "ebs": {"encrypted": "true", "kms_key_id": key.arn, "volume_size": 200}}
    ],
)
vault = aws.backup.Vault("vault", name="vault", kms_key_arn=key.arn, opts=opts)
plan = aws.backup.Plan(
    "plan", name="daily", tags=tags, opts=opts,
    rules=[{
        "rule_name": "daily", "target_vault_name": vault.name, "schedule": "cron(0 5 * * ? *)",
        "lifecycle": {"delete_after": 35},
    }],
)
aws.backup.Selection(
    "selection", name="tagged", plan_id=plan.id, iam_role_arn=role.arn, opts=opts,
    selection_tags=[{"type": "STRINGEQUALS", "key": "Backup", "value": "yes"}],
)
"""

PROVIDER = "providers:aws here"


@pytest.fixture
def toy(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_toy(engine, tmp_path, PROGRAM) as rehearsal:
        yield rehearsal


def import_id(item: dict[str, Any]) -> str:
    """The id that pulumi-aws documents for the import of a resource of the state."""
    inputs, type_ = item["inputs"], item["type"]
    if type_ == "aws:ec2/route:Route":
        return f"{inputs['routeTableId']}_{inputs['destinationCidrBlock']}"
    if type_ == "aws:ec2/routeTableAssociation:RouteTableAssociation":
        return f"{inputs['subnetId']}/{inputs['routeTableId']}"
    if type_ == "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
        return f"{inputs['role']}/{inputs['policyArn']}"
    return f"{inputs['planId']}|{item['id']}" if type_ == "aws:backup/selection:Selection" else item["id"]


@pytest.mark.slow
def test_all_that_stands_is_imported_by_id_and_then_needs_no_change(toy: Rehearsal) -> None:
    toy.up()
    before = toy.state()
    resources = {name: item for name, item in before.items() if item["type"].startswith("aws:")}
    assert len({item["type"] for item in resources.values()}) == 22
    everything = json.loads(toy.must("stack", "export"))
    everything["deployment"]["resources"] = [
        item for item in everything["deployment"]["resources"] if not item["type"].startswith("aws:")
    ]
    file = toy.project.parent / "state.json"
    file.write_text(json.dumps(everything))
    toy.must("stack", "import", "--file", str(file))
    assert {name for name in toy.state() if name in resources} == set()

    wanted = [
        {
            "type": item["type"],
            "name": item["urn"].rpartition("::")[2],
            "id": import_id(item),
            "provider": "here",
        }
        for item in resources.values()
    ]
    listed = toy.project.parent / "imports.json"
    provider = before[PROVIDER]["urn"]
    listed.write_text(json.dumps({"nameTable": {"here": provider}, "resources": wanted}))
    toy.must(
        "import", "--file", str(listed), "--yes", "--skip-preview", "--generate-code=false", "--protect=false"
    )
    after = toy.state()
    assert {name: after[name]["id"] for name in resources} == {
        name: resources[name]["id"] for name in resources
    }
    toy.up("--expect-no-changes")
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    assert toy.must("destroy", "--yes", "--skip-preview")
    assert toy.listed() == set()


def test_an_imported_resource_is_brought_to_what_the_program_says_otherwise(toy: Rehearsal) -> None:
    logs = toy.client("logs")
    logs.create_log_group(logGroupName="/theirs")
    logs.put_retention_policy(logGroupName="/theirs", retentionInDays=7)
    toy.write(
        'options = pulumi.ResourceOptions(import_="/theirs")\n'
        'aws.cloudwatch.LogGroup("it", name="/theirs", retention_in_days=30, opts=options)\n'
    )
    said = toy.up()
    assert "= 1 imported" in said
    assert "[diff: ~retentionInDays]" in said
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 30
    toy.up("--expect-no-changes")
