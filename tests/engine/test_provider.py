"""The sandbox's provider under the real engine, on programs of a few resources."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from rehearsing import ACCOUNT, Begin, rehearse_toy
from trust import TRUST

if TYPE_CHECKING:
    from conftest import Engine

OTHER_ACCOUNT = "999999999999"


def test_a_bucket_name_that_another_account_has_stops_the_update_and_the_next_one_goes_on(
    begin: Begin,
) -> None:
    toy = begin("""
key = aws.kms.Key("key", description="of the data")
for name in ("first", "second", "third"):
    aws.s3.Bucket(name, bucket=f"toy-{name}", opts=pulumi.ResourceOptions(depends_on=[key]))
""")
    theirs = toy.client("s3", OTHER_ACCOUNT)
    place = {"LocationConstraint": "eu-central-1"}
    theirs.create_bucket(Bucket="toy-third", CreateBucketConfiguration=place)
    said = toy.fails("up", "--yes", "--skip-preview")
    assert "BucketAlreadyExists" in said
    assert "aws:s3:Bucket (third)" in said
    theirs.delete_bucket(Bucket="toy-third")
    toy.up()
    assert {bucket["Name"] for bucket in toy.client("s3").list_buckets()["Buckets"]} == {
        "toy-first",
        "toy-second",
        "toy-third",
    }
    assert len([id_ for type_, id_ in toy.listed() if type_ == "aws:kms/key:Key"]) == 1


def test_a_resource_that_was_made_but_not_finished_is_finished_by_the_next_update(begin: Begin) -> None:
    toy = begin('aws.iam.InstanceProfile("nodes", name="nodes", role="node")')
    said = toy.fails("up", "--yes", "--skip-preview")
    assert "nodes was made, but not finished" in said
    assert "NoSuchEntity" in said
    iam = toy.client("iam")
    (profile,) = iam.list_instance_profiles()["InstanceProfiles"]
    assert toy.state()["iam/instanceProfile:InstanceProfile nodes"]["initErrors"]

    iam.create_role(RoleName="node", AssumeRolePolicyDocument=TRUST)
    # After a refresh the engine knows nothing of the failure any more.
    toy.must("refresh", "--yes", "--skip-preview")
    assert "~ 1 updated" in toy.up()
    (finished,) = iam.list_instance_profiles()["InstanceProfiles"]
    assert [role["RoleName"] for role in finished["Roles"]] == ["node"]
    assert finished["InstanceProfileId"] == profile["InstanceProfileId"]
    toy.up("--expect-no-changes")


def test_names_are_made_up_and_kept_regions_and_secrets_are_held_and_data_sources_answer(
    begin: Begin,
) -> None:
    toy = begin("""
here = aws.get_caller_identity()
elsewhere = aws.Provider("elsewhere", region="eu-west-1", default_tags={"tags": {"team": "ml"}})
there = pulumi.ResourceOptions(provider=elsewhere)
aws.s3.Bucket("Data")
group = aws.cloudwatch.LogGroup("logs", tags={"owner": "me"}, opts=there)
key = aws.kms.Key("key", region="eu-north-1", description=pulumi.Output.secret("hush"))
pulumi.export("account", here.account_id)
pulumi.export("there", aws.get_region_output(opts=pulumi.InvokeOptions(provider=elsewhere)).region)
pulumi.export("group", group.arn)
pulumi.export("tags", group.tags_all)
pulumi.export("key", key.arn)
""")
    toy.up()
    toy.up("--expect-no-changes")
    outputs = toy.outputs()
    assert outputs["account"] == ACCOUNT
    assert outputs["there"] == "eu-west-1"
    assert re.fullmatch(rf"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:logs-[0-9a-f]{{7}}", outputs["group"])
    assert outputs["tags"] == {"owner": "me", "team": "ml"}
    assert outputs["key"].startswith(f"arn:aws:kms:eu-north-1:{ACCOUNT}:key/")
    state = toy.state()
    assert re.fullmatch(r"data-[0-9a-f]{7}", state["s3/bucket:Bucket Data"]["id"])
    hidden = state["kms/key:Key key"]
    for kept in (hidden["inputs"], hidden["outputs"]):
        assert "ciphertext" in kept["description"]
    keys = toy.client("kms", region="eu-north-1")
    assert keys.describe_key(KeyId=hidden["id"])["KeyMetadata"]["Description"] == "hush"


def test_what_forces_a_replacement_replaces_and_a_fixed_name_is_freed_first(begin: Begin) -> None:
    trust = f"TRUST = {TRUST!r}\n"
    program = 'aws.iam.Role("{0}", name="node", path="{1}", assume_role_policy=TRUST)\n'
    free = 'aws.ec2.Vpc("net", cidr_block="{0}")\n'
    toy = begin(trust + program.format("role", "/") + free.format("10.0.0.0/16"))
    toy.up()
    toy.write(trust + program.format("role", "/nodes/") + free.format("10.1.0.0/16"))
    assert "2 replaced" in toy.up()
    assert toy.client("iam").get_role(RoleName="node")["Role"]["Path"] == "/nodes/"
    vpcs = [vpc for vpc in toy.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]
    assert [vpc["CidrBlock"] for vpc in vpcs] == ["10.1.0.0/16"]


def test_a_resource_that_stands_is_imported_by_its_id(begin: Begin) -> None:
    toy = begin("""
aws.s3.Bucket("data", bucket="found", tags={"owner": "me"}, opts=pulumi.ResourceOptions(import_="found"))
""")
    s3 = toy.client("s3")
    s3.create_bucket(Bucket="found", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_bucket_tagging(Bucket="found", Tagging={"TagSet": [{"Key": "owner", "Value": "me"}]})
    assert "1 imported" in toy.up()
    assert toy.state()["s3/bucket:Bucket data"]["outputs"]["arn"] == "arn:aws:s3:::found"


def test_what_the_sandbox_does_not_know_is_refused_by_name_in_a_preview(begin: Begin) -> None:
    toy = begin('aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", ipv4_netmask_length=20)')
    said = toy.fails("preview")
    assert "the sandbox's aws:ec2/vpc:Vpc does not know ipv4NetmaskLength" in said
    assert "it knows cidrBlock, enableDnsHostnames" in said
    assert "Traceback" not in said


def test_a_server_that_has_gone_is_named_with_what_to_do(begin: Begin) -> None:
    toy = begin('aws.kms.Key("key")')
    toy.sandbox.stop()
    said = toy.fails("up", "--yes", "--skip-preview")
    assert f"no sandbox runs in {toy.sandbox.directory}" in said
    assert "mend: start one" in said


def test_two_sandboxes_side_by_side_do_not_meet(engine: Engine, tmp_path: Path) -> None:
    program = 'aws.s3.Bucket("data", bucket="the-same")\n'
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(rehearse_toy(engine, tmp_path / name, program)) for name in ("one", "other")
        )
        one.up()
        assert other.client("s3").list_buckets()["Buckets"] == []
        other.up()
        one.must("destroy", "--yes", "--skip-preview")
        assert one.client("s3").list_buckets()["Buckets"] == []
        assert [bucket["Name"] for bucket in other.client("s3").list_buckets()["Buckets"]] == ["the-same"]
        assert one.variables["PULUMI_HOME"] != other.variables["PULUMI_HOME"]
