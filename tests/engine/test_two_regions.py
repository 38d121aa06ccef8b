"""Keys, buckets, copies and file systems for two regions under the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rehearsing import ACCOUNT, REGION, Rehearsal, rehearse_toy

from modelyard_sandbox.aws.registry import handler_of

if TYPE_CHECKING:
    from conftest import Engine

RECOVERY_REGION = "eu-west-1"
PROGRAM = f"""
from modelyard.aws.elastic_file_system import ElasticFileSystem
from modelyard.aws.encryption import Encryption
from modelyard.aws.lustre import LustreFileSystem
from modelyard.aws.registry_replication import RegistryReplication
from modelyard.aws.replica_keys import ReplicaKeys
from modelyard.aws.replication import Replication
from modelyard.aws.storage import Storage

HERE = {{"account_id": "{ACCOUNT}", "region": "{REGION}"}}
THERE = {{"account_id": "{ACCOUNT}", "region": "{RECOVERY_REGION}"}}
PURPOSES = ["datasets", "checkpoints", "files"]

keys = Encryption("keys", {{**HERE, "purposes": PURPOSES, "multi_region": True}})
arns = {{purpose: keys.key_arn(purpose) for purpose in PURPOSES}}
replicas = ReplicaKeys("replicas", {{**THERE, "primary_key_arns": arns}})


def storage(name, place, holder):
    lock = {{"object_lock": True, "lock_mode": "governance", "lock_days": 30}}
    buckets = {{
        "datasets": {{"key_arn": holder.key_arn("datasets"), "backed_up": True}},
        "checkpoints": {{"key_arn": holder.key_arn("checkpoints"), **lock}},
    }}
    return Storage(name, {{**place, "environment": "toy", "buckets": buckets}})


here, there = storage("here", HERE, keys), storage("there", THERE, replicas)
Replication(
    "copies",
    {{
        "environment": "toy",
        "region": HERE["region"],
        "destination_region": THERE["region"],
        "buckets": {{
            purpose: {{
                "source_bucket": here.bucket_name(purpose),
                "source_key_arn": keys.key_arn(purpose),
                "destination_bucket": there.bucket_name(purpose),
                "destination_key_arn": replicas.key_arn(purpose),
                "object_lock": purpose == "checkpoints",
            }}
            for purpose in ("datasets", "checkpoints")
        }},
    }},
    opts=pulumi.ResourceOptions(depends_on=[here, there]),
)
rule = {{"repository_prefix": "toy/", "destination_region": THERE["region"]}}
RegistryReplication("images", {{**HERE, "rules": [rule]}})

vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/24", availability_zone_id="euc1-az1")
nodes = aws.ec2.SecurityGroup("nodes", vpc_id=vpc.id, description="nodes")
common = {{
    **HERE,
    "environment": "toy",
    "vpc_id": vpc.id,
    "client_security_group_id": nodes.id,
    "key_arn": keys.key_arn("files"),
    "tags": {{"team": "training"}},
}}
LustreFileSystem(
    "fast",
    {{
        **common,
        "subnet_id": subnet.id,
        "size_gib": 1200,
        "throughput_mbps_per_tib": 125,
        "dataset_bucket": here.bucket_name("datasets"),
        "dataset_key_arn": keys.key_arn("datasets"),
    }},
)
home = ElasticFileSystem(
    "home", {{**common, "subnet_ids": {{"euc1-az1": subnet.id}}, "infrequent_access_after_days": 30}}
)
pulumi.export("home", home.dns_name)
"""


@pytest.fixture
def toy(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_toy(engine, tmp_path, PROGRAM) as rehearsal:
        yield rehearsal


def keys_to_be_deleted(toy: Rehearsal, region: str) -> set[str]:
    """State of every key of the account's own in a region."""
    kms = toy.client("kms", region=region)
    ids = [key["KeyId"] for key in kms.list_keys()["Keys"]]
    described = [kms.describe_key(KeyId=id_)["KeyMetadata"] for id_ in ids]
    return {key["KeyState"] for key in described if key["KeyManager"] == "CUSTOMER"}


@pytest.mark.slow
def test_two_regions_come_up_stay_as_they_are_and_go_with_keys_last(toy: Rehearsal) -> None:
    toy.up()
    toy.up("--expect-no-changes")
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    assert toy.outputs()["home"].endswith(f".efs.{REGION}.amazonaws.com")
    s3, there = toy.client("s3"), toy.client("s3", region=RECOVERY_REGION)
    s3.put_object(Bucket=f"toy-checkpoints-{ACCOUNT}-{REGION}", Key="keep/best", Body=b"weights")
    copies = f"toy-checkpoints-{ACCOUNT}-{RECOVERY_REGION}"
    copy = there.get_object(Bucket=copies, Key="keep/best")
    assert (copy["Body"].read(), copy["ReplicationStatus"]) == (b"weights", "REPLICA")

    toy.must("destroy", "--yes", "--skip-preview")
    assert toy.listed() == set()
    recovery = toy.sandbox.cloud(RECOVERY_REGION, ACCOUNT)
    kinds = ("aws:s3/bucket:Bucket", "aws:kms/replicaKey:ReplicaKey", "aws:kms/alias:Alias")
    assert [id_ for kind in kinds for id_ in handler_of(kind).list_ids(recovery) or ()] == []
    # Keys wait for their window's end; a primary waits for its replicas before that.
    assert keys_to_be_deleted(toy, RECOVERY_REGION) == {"PendingDeletion"}
    assert keys_to_be_deleted(toy, REGION) == {"PendingReplicaDeletion"}
