"""Programs brought up, changed, interrupted and taken down."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from trust import TRUST

from modelyard.errors import SurroundingsError
from modelyard_sandbox.aws import s3
from modelyard_sandbox.aws.ec2_network import Vpc
from modelyard_sandbox.aws.s3 import Bucket
from modelyard_sandbox.environments import standing
from modelyard_sandbox.errors import ImpossibleError, RealizationError, UnsupportedError
from modelyard_sandbox.sandbox import Sandbox


class Network:
    """A toy: a key, a network, a group that refers to itself, a bucket with an object, a log group."""

    def __init__(self, account_id: str, **changes: Any) -> None:
        self.account_id = account_id
        self.changes = changes

    def __call__(self) -> None:
        given = self.changes
        tags = {"Environment": given.get("tag", "toy")}
        key = aws.kms.Key(
            "key", description=given.get("description", "toy"), enable_key_rotation=True, tags=tags
        )
        vpc = aws.ec2.Vpc("vpc", cidr_block=given.get("cidr", "10.0.0.0/16"), tags=tags)
        aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block=given.get("subnet", "10.0.0.0/20"), tags=tags)
        group = aws.ec2.SecurityGroup("group", vpc_id=vpc.id, description="toy", tags=tags)
        aws.vpc.SecurityGroupIngressRule(
            "self", security_group_id=group.id, ip_protocol="-1", referenced_security_group_id=group.id
        )
        bucket = aws.s3.Bucket("bucket", bucket=f"toy-{self.account_id}", tags=tags)
        aws.s3.BucketVersioning(
            "bucket", bucket=bucket.bucket, versioning_configuration={"status": "Enabled"}
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            "bucket",
            bucket=bucket.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": key.arn,
                    }
                }
            ],
        )
        aws.cloudwatch.LogGroup("logs", name_prefix="/toy/", retention_in_days=30)
        if not given.get("without_object"):
            aws.s3.BucketObjectv2("object", bucket=bucket.bucket, key="a", content=given.get("content", "1"))
        pulumi.export("bucket", bucket.bucket)
        pulumi.export("key_arn", key.arn)


COUNT = 10


def test_a_second_up_changes_nothing_and_down_leaves_nothing(toy: Any) -> None:
    first = toy.up(Network(toy.account_id))
    assert (first.created, first.unchanged, first.deleted) == (COUNT, 0, 0)
    assert first.outputs["bucket"] == f"toy-{toy.account_id}"
    assert first.outputs["key_arn"].startswith(f"arn:aws:kms:eu-central-1:{toy.account_id}:key/")
    assert standing(toy.sandbox)[toy.name] == COUNT

    second = toy.up(Network(toy.account_id))
    assert (second.created, second.updated, second.replaced, second.unchanged, second.deleted) == (
        0,
        0,
        0,
        COUNT,
        0,
    )

    # What people put in by hand doesn't keep a bucket from going.
    toy.client("s3").put_object(Bucket=f"toy-{toy.account_id}", Key="by-hand", Body=b"2")
    down = toy.down()
    assert (down.deleted, down.remaining, down.others) == (COUNT, (), ())
    assert toy.client("s3").list_buckets()["Buckets"] == []
    assert not toy.state_path.exists()
    assert toy.down().deleted == 0


def test_what_was_taken_down_can_be_brought_up_again(toy: Any) -> None:
    toy.up(Network(toy.account_id))
    toy.down()
    assert toy.up(Network(toy.account_id)).created == COUNT
    assert toy.down().remaining == ()


def test_an_object_that_says_nothing_of_encryption_has_the_buckets_key(toy: Any) -> None:
    outputs = toy.up(Network(toy.account_id)).outputs
    client = toy.client("s3")
    client.put_object(Bucket=outputs["bucket"], Key="checkpoint", Body=b"1")
    head = client.head_object(Bucket=outputs["bucket"], Key="checkpoint")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", outputs["key_arn"])
    upload = client.create_multipart_upload(Bucket=outputs["bucket"], Key="large")["UploadId"]
    part = client.upload_part(Bucket=outputs["bucket"], Key="large", UploadId=upload, PartNumber=1, Body=b"1")
    client.complete_multipart_upload(
        Bucket=outputs["bucket"],
        Key="large",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    assert client.head_object(Bucket=outputs["bucket"], Key="large")["SSEKMSKeyId"] == outputs["key_arn"]
    toy.down()


def test_changes_that_can_be_made_in_place_are(toy: Any) -> None:
    toy.up(Network(toy.account_id))
    result = toy.up(Network(toy.account_id, description="new", tag="new", content="2"))
    # Five resources have the tag: key, network, subnet, group, bucket; the object has new content.
    assert (result.created, result.updated, result.replaced, result.unchanged) == (0, 6, 0, COUNT - 6)
    keys = toy.client("kms").list_keys()["Keys"]
    assert toy.client("kms").describe_key(KeyId=keys[0]["KeyId"])["KeyMetadata"]["Description"] == "new"
    body = toy.client("s3").get_object(Bucket=f"toy-{toy.account_id}", Key="a")["Body"].read()
    assert body == b"2"
    toy.down()


def test_a_replacement_replaces_what_depends_on_it(toy: Any) -> None:
    toy.up(Network(toy.account_id))
    before = _vpcs(toy)
    result = toy.up(Network(toy.account_id, cidr="10.1.0.0/16", subnet="10.1.0.0/20"))
    # The subnet, the group and its rule lie in the network.
    assert (result.created, result.replaced, result.unchanged) == (0, 4, COUNT - 4)
    after = _vpcs(toy)
    assert (len(before), len(after), before & after) == (1, 1, set[str]())
    assert toy.down().remaining == ()


def test_a_replacement_of_the_same_name_goes_first(toy: Any) -> None:
    def program(strategy: str) -> Any:
        return lambda: aws.ec2.PlacementGroup("near", name="near", strategy=strategy)

    toy.up(program("cluster"))
    assert toy.up(program("spread")).replaced == 1
    groups = toy.client("ec2").describe_placement_groups()["PlacementGroups"]
    assert [(group["GroupName"], group["Strategy"]) for group in groups] == [("near", "spread")]
    assert toy.down().remaining == ()


def test_what_the_program_no_longer_asks_for_is_deleted(toy: Any) -> None:
    toy.up(Network(toy.account_id))
    result = toy.up(Network(toy.account_id, without_object=True))
    assert (result.deleted, result.unchanged) == (1, COUNT - 1)
    assert toy.client("s3").list_objects_v2(Bucket=f"toy-{toy.account_id}")["KeyCount"] == 0
    toy.down()


def test_names_left_out_are_made_up_and_kept(toy: Any) -> None:
    def program() -> None:
        role = aws.iam.Role("nodes", assume_role_policy=TRUST)
        pulumi.export("name", role.name)

    first = toy.up(program).outputs["name"]
    assert first.startswith("nodes-")
    again = toy.up(program)
    assert (again.outputs["name"], again.unchanged) == (first, 1)
    toy.down()


def test_default_tags_of_a_provider_are_set(toy: Any) -> None:
    def program() -> None:
        provider = aws.Provider(
            "aws",
            region="eu-central-1",
            allowed_account_ids=[toy.account_id],
            default_tags={"tags": {"Owner": "platform", "Name": "default"}},
        )
        aws.ec2.Vpc(
            "vpc",
            cidr_block="10.0.0.0/16",
            tags={"Name": "own"},
            opts=pulumi.ResourceOptions(provider=provider),
        )

    toy.up(program)
    vpcs = toy.client("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]
    assert {tag["Key"]: tag["Value"] for tag in vpcs[0]["Tags"]} == {"Owner": "platform", "Name": "own"}
    toy.down()


def test_a_provider_of_another_account_is_refused_before_anything_is_created(toy: Any) -> None:
    def program() -> None:
        provider = aws.Provider("aws", region="eu-central-1", allowed_account_ids=["999999999999"])
        aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=pulumi.ResourceOptions(provider=provider))

    with pytest.raises(ImpossibleError) as refused:
        toy.up(program)
    assert str(refused.value) == (
        f"the provider allows the accounts 999999999999 only, and the credentials are of {toy.account_id}\n"
        "  nothing was created\n"
        "  mend: the environment's account_id and the provider's allowed accounts must agree; "
        'under `pulumi`, eval "$(modelyard sandbox env ENV)" sets credentials of the account of ENV'
    )
    assert _vpcs(toy) == set()


def test_all_that_the_sandbox_does_not_know_is_said_before_anything_is_created(toy: Any) -> None:
    def program() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", ipv4_netmask_length=16)
        aws.ec2.NetworkAcl("acl", vpc_id=vpc.id)

    with pytest.raises(UnsupportedError) as refused:
        toy.up(program)
    text = str(refused.value)
    assert "aws:ec2/vpc:Vpc 'vpc'" in text
    assert "does not know the input ipv4NetmaskLength" in text
    assert "the sandbox has no aws:ec2/networkAcl:NetworkAcl" in text
    assert text.endswith("nothing was created")
    assert _vpcs(toy) == set()


def test_a_refusal_says_what_stands_and_up_again_continues(toy: Any) -> None:
    def program(cidr: str) -> Any:
        def run() -> None:
            vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
            subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block=cidr)
            table = aws.ec2.RouteTable(
                "table", vpc_id=vpc.id, opts=pulumi.ResourceOptions(depends_on=[subnet])
            )
            aws.ec2.RouteTableAssociation("table", subnet_id=subnet.id, route_table_id=table.id)

        return run

    with pytest.raises(RealizationError) as refused:
        toy.up(program("192.168.0.0/20"))
    first, reason, *rest = str(refused.value).splitlines()
    assert first.startswith("aws:ec2/subnet:Subnet 'subnet' (")
    assert first.endswith(") could not be brought up")
    assert reason.startswith("  ec2:CreateSubnet answered InvalidSubnet.Range: ")
    missing = "aws:ec2/routeTableAssociation:RouteTableAssociation 'table'"
    assert rest == [
        "  done: 1 created",
        f"  not begun: aws:ec2/routeTable:RouteTable 'table', {missing}",
        "  mend: mend the cause; `up` again continues from here, and `down` takes away what stands",
    ]
    result = toy.up(program("10.0.0.0/20"))
    assert (result.created, result.unchanged) == (3, 1)
    assert toy.down().remaining == ()


def test_what_could_not_be_finished_is_finished_by_the_next_up(toy: Any) -> None:
    def program(days: int) -> Any:
        return lambda: aws.kms.Key("key", enable_key_rotation=True, rotation_period_in_days=days)

    with pytest.raises(RealizationError, match="was made, but not finished: kms:EnableKeyRotation answered"):
        toy.up(program(1))
    result = toy.up(program(90))
    assert (result.created, result.updated) == (0, 1)
    keys = toy.client("kms").list_keys()["Keys"]
    assert len(keys) == 1
    assert toy.client("kms").get_key_rotation_status(KeyId=keys[0]["KeyId"])["RotationPeriodInDays"] == 90
    toy.down()


def test_a_creation_cut_off_midway_is_cleared_away_and_done_again(
    toy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Bucket.create

    def cut_off(self: Bucket, cloud: Any, inputs: Any, token: str) -> Any:
        made(self, cloud, inputs, token)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "create", cut_off)
        with pytest.raises(KeyboardInterrupt):
            toy.up(Network(toy.account_id))
    assert [bucket["Name"] for bucket in toy.client("s3").list_buckets()["Buckets"]] == [
        f"toy-{toy.account_id}"
    ]
    result = toy.up(Network(toy.account_id))
    note = f"the creation of aws:s3/bucket:Bucket 'bucket' was interrupted: removed toy-{toy.account_id}"
    assert result.notes == (note,)
    assert result.created + result.unchanged == COUNT
    assert toy.down().remaining == ()


def test_a_killed_up_can_be_taken_down(toy: Any, tmp_path: Path) -> None:
    program = tmp_path / "__main__.py"
    program.write_text(
        "import os, signal\n"
        "import pulumi_aws as aws\n"
        "vpc = aws.ec2.Vpc('vpc', cidr_block='10.0.0.0/16')\n"
        "subnet = aws.ec2.Subnet('subnet', vpc_id=vpc.id, cidr_block='10.0.0.0/20')\n"
        "subnet.arn.apply(lambda arn: os.kill(os.getpid(), signal.SIGKILL))\n"
    )
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from modelyard_sandbox.clouds import Account\n"
        "from modelyard_sandbox.environments import Run, bring_up\n"
        "from modelyard_sandbox.sandbox import Sandbox\n"
        "directory, program, name, account = sys.argv[1:]\n"
        "path = Path(program)\n"
        "run = Run(path, 'toy', name, {}, path.parent, Account('aws', account, 'eu-central-1'))\n"
        "bring_up(run, Sandbox(Path(directory)))\n"
    )
    arguments = [str(toy.sandbox.directory), str(program), toy.name, toy.account_id]
    killed = subprocess.run([sys.executable, "-c", script, *arguments], check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    assert len(_vpcs(toy)) == 1
    down = toy.down()
    assert (down.deleted, down.remaining, down.others) == (2, (), ())


def test_a_protected_resource_is_not_replaced_or_deleted_by_up_but_by_down(toy: Any) -> None:
    def program(cidr: str) -> Any:
        return lambda: aws.ec2.Vpc("vpc", cidr_block=cidr, opts=pulumi.ResourceOptions(protect=True))

    toy.up(program("10.0.0.0/16"))
    with pytest.raises(RealizationError, match="it is protected, and cidrBlock can't be changed without"):
        toy.up(program("10.1.0.0/16"))
    with pytest.raises(ImpossibleError, match="aws:ec2/vpc:Vpc 'vpc' is protected, so it can't be deleted"):
        toy.up(lambda: None)
    down = toy.down()
    assert (down.deleted, down.remaining) == (1, ())
    assert down.notes == ("protected, but this is a sandbox: deleted aws:ec2/vpc:Vpc 'vpc'",)


def test_down_says_what_it_could_not_delete(toy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    toy.up(lambda: aws.s3.Bucket("bucket", bucket=f"toy-{toy.account_id}"))
    toy.client("s3").put_object(Bucket=f"toy-{toy.account_id}", Key="a", Body=b"1")
    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "clear", lambda *_: None)
        down = toy.down()
    label = f"aws:s3/bucket:Bucket 'bucket' (toy-{toy.account_id})"
    assert len(down.remaining) == 1
    assert down.remaining[0].startswith(f"{label}: s3:DeleteBucket answered BucketNotEmpty: ")
    assert toy.down().remaining == ()


def test_down_notices_what_is_still_listed(toy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    toy.up(lambda: aws.s3.Bucket("bucket", bucket=f"toy-{toy.account_id}"))
    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "delete", lambda *_: None)
        down = toy.down()
    label = f"aws:s3/bucket:Bucket 'bucket' (toy-{toy.account_id})"
    assert down.remaining == (f"{label}: it is still listed after its deletion",)


def test_down_tells_the_environments_own_from_what_was_made_by_hand(toy: Any) -> None:
    toy.up(lambda: aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16"))
    toy.client("iam").create_role(RoleName="by-hand", AssumeRolePolicyDocument=TRUST)
    down = toy.down()
    assert (down.deleted, down.remaining) == (1, ())
    assert down.others == ("aws:iam/role:Role by-hand (us-east-1)",)


def test_down_takes_the_definitions_of_its_jobs_along_and_nobody_elses(toy: Any) -> None:
    toy.up(lambda: aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16"))
    kept = [
        register(toy, f"{toy.name}-digits", {"environment": toy.name}),
        register(toy, f"{toy.name}-digits-0123456789ab", {"environment": "another"}),
        register(toy, f"{toy.name}-untagged-0123456789ab", {}),
        register(toy, "other-digits-0123456789ab", {"environment": toy.name}),
    ]
    register(toy, f"{toy.name}-digits-cnn-aafe527aec6a", {"environment": toy.name})
    register(toy, f"{toy.name}-sweep-0123456789ab", {"environment": toy.name})
    down = toy.down()
    assert down.notes == ("removed the 2 job definitions of what was submitted to it",)
    type_ = "aws:batch/jobDefinition:JobDefinition"
    assert down.others == tuple(sorted(f"{type_} {arn} (eu-central-1)" for arn in kept))
    assert toy.down().notes == ()


def register(toy: Any, name: str, tags: dict[str, str]) -> str:
    """Register a definition at Batch; its arn."""
    container = {
        "image": "a:1",
        "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}],
    }
    return toy.client("batch").register_job_definition(
        jobDefinitionName=name, type="container", containerProperties=container, tags=tags
    )["jobDefinitionArn"]


def test_down_empties_a_bucket_of_more_versions_than_a_page_lists(
    toy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "DELETED_AT_ONCE", 2)
    client, name = toy.client("s3"), f"toy-{toy.account_id}"
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for key in ("a", "b", "b", "c", "c"):
        client.put_object(Bucket=name, Key=key, Body=b"")
    assert client.list_object_versions(Bucket=name, MaxKeys=2)["IsTruncated"]
    Bucket().clear(toy.sandbox.cloud("eu-central-1", toy.account_id), name, {})
    client.delete_bucket(Bucket=name)


def test_no_access_log_is_written_for_the_requests_that_a_bucket_takes(toy: Any) -> None:
    client, name = toy.client("s3"), f"toy-{toy.account_id}"
    logs = f"logs-{toy.account_id}"
    for bucket in (name, logs):
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{logs}/*",
    }
    client.put_bucket_policy(
        Bucket=logs, Policy=json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    )
    client.put_bucket_logging(
        Bucket=name, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": logs, "TargetPrefix": ""}}
    )
    client.put_object(Bucket=name, Key="a", Body=b"1")
    assert client.list_objects_v2(Bucket=logs)["KeyCount"] == 0


def test_a_state_of_a_server_that_has_ended_is_discarded(tmp_path: Path, account_id: str, toy: Any) -> None:
    toy.sandbox = Sandbox(tmp_path / "own")
    toy.sandbox.start(lifeline=True)
    program = _one_bucket(account_id)
    try:
        toy.up(program)
        toy.sandbox.stop()
        toy.sandbox.start(lifeline=True)
        result = toy.up(program)
        assert result.created == 1
        gone = "the sandbox that held 1 resources has ended, and they with it: starting from nothing"
        assert result.notes == (gone,)
    finally:
        toy.sandbox.stop()


def test_two_processes_do_not_work_on_one_sandbox_at_once(toy: Any) -> None:
    with (
        toy.sandbox.at_work("bringing up another"),
        pytest.raises(SurroundingsError, match="another process is at work: bringing up toy"),
    ):
        toy.up(lambda: None)


def test_a_state_is_readable_by_its_owner_only(toy: Any) -> None:
    toy.up(_one_bucket(toy.account_id))
    assert toy.state_path.stat().st_mode & 0o777 == 0o600
    toy.down()


def test_data_sources_know_the_sandbox(toy: Any) -> None:
    def program() -> None:
        pulumi.export("account", aws.get_caller_identity().account_id)
        pulumi.export("region", aws.get_region().region)
        pulumi.export("zones", aws.get_availability_zones(state="available").names)

    outputs = toy.up(program).outputs
    assert outputs["account"] == toy.account_id
    assert outputs["region"] == "eu-central-1"
    assert outputs["zones"] == ["eu-central-1a", "eu-central-1b", "eu-central-1c"]


def _one_bucket(account_id: str) -> Any:
    return lambda: aws.s3.Bucket("bucket", bucket=f"toy-{account_id}")


def _vpcs(toy: Any) -> set[str]:
    answer = toy.client("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])
    return {vpc["VpcId"] for vpc in answer["Vpcs"]}


@pytest.mark.parametrize("step", ["make", "finish"])
def test_what_was_made_by_hand_outlives_an_interrupted_creation(
    toy: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def cut_off(*_: Any) -> Any:
        raise KeyboardInterrupt

    toy.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")
    by_hand = _vpcs(toy)
    with monkeypatch.context() as patch:
        patch.setattr(Vpc, step, cut_off)
        with pytest.raises(KeyboardInterrupt):
            toy.up(lambda: aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16"))
    assert len(_vpcs(toy) - by_hand) == (0 if step == "make" else 1)
    result = toy.up(lambda: aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16"))
    (note,) = result.notes
    assert note.startswith("the creation of aws:ec2/vpc:Vpc 'vpc' was interrupted: removed vpc-")
    assert result.created == 1
    assert by_hand < _vpcs(toy)
    assert len(_vpcs(toy)) == 2
    toy.down()
    assert _vpcs(toy) == by_hand


def test_an_interrupted_creation_that_would_be_refused_had_made_nothing(
    toy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: Any) -> Any:
        raise KeyboardInterrupt

    def program() -> None:
        aws.s3.Bucket("bucket", bucket=f"toy-{toy.account_id}")

    toy.client("s3").create_bucket(
        Bucket=f"toy-{toy.account_id}", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "make", cut_off)
        with pytest.raises(KeyboardInterrupt):
            toy.up(program)
    with pytest.raises(RealizationError, match="BucketAlreadyOwnedByYou"):
        toy.up(program)
    assert [bucket["Name"] for bucket in toy.client("s3").list_buckets()["Buckets"]] == [
        f"toy-{toy.account_id}"
    ]
