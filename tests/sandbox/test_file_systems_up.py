"""File systems and copies of images, brought up in the sandbox."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from modelyard.aws.elastic_file_system import ElasticFileSystem
from modelyard.aws.encryption import Encryption
from modelyard.aws.lustre import LustreFileSystem
from modelyard.aws.network import Network
from modelyard.aws.registry import registry
from modelyard.aws.registry_replication import RegistryReplication
from modelyard.aws.storage import Storage
from modelyard.errors import InputError

REGION, RECOVERY_REGION = "eu-central-1", "eu-west-1"
ZONES = ["euc1-az1", "euc1-az2"]
MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json"})


def with_file_systems(account_id: str) -> None:
    """A program with a network and file systems of every kind in it."""
    place: dict[str, Any] = {"environment": "toy", "account_id": account_id, "region": REGION}
    keys = Encryption(
        "keys", {"account_id": account_id, "region": REGION, "purposes": ["logs", "files", "datasets"]}
    )
    network = Network(
        "net",
        {
            **place,
            "cidr": "10.0.0.0/20",
            "zone_ids": ZONES,
            "egress": "nat",
            "logs_key_arn": keys.key_arn("logs"),
        },
    )
    storage = Storage("store", {**place, "buckets": {"datasets": {"key_arn": keys.key_arn("datasets")}}})
    common: dict[str, Any] = {
        **place,
        "vpc_id": network.vpc_id,
        "client_security_group_id": network.fabric_security_group_id,
        "key_arn": keys.key_arn("files"),
    }
    lustre = {**common, "subnet_id": network.subnet_id(ZONES[0]), "throughput_mbps_per_tib": 250}
    LustreFileSystem("fast", {**lustre, "size_gib": 1200, "backed_up": True, "final_backup": False})
    LustreFileSystem(
        "linked",
        {
            **lustre,
            "size_gib": 2400,
            "dataset_bucket": storage.bucket_name("datasets"),
            "dataset_prefix": "imagenet/",
            "dataset_key_arn": keys.key_arn("datasets"),
        },
    )
    ElasticFileSystem(
        "home",
        {
            **common,
            "subnet_ids": {zone: network.subnet_id(zone) for zone in ZONES},
            "infrequent_access_after_days": 30,
            "backed_up": True,
        },
    )


def test_file_systems_come_up_as_they_were_asked_for_and_go(toy: Any) -> None:
    up = toy.up(lambda: with_file_systems(toy.account_id))
    again = toy.up(lambda: with_file_systems(toy.account_id))
    assert (again.unchanged, again.created, again.updated, again.replaced) == (up.created, 0, 0, 0)
    fsx, kms, efs = toy.client("fsx"), toy.client("kms"), toy.client("efs")
    systems = {
        next(tag["Value"] for tag in it["Tags"] if tag["Key"] == "Name"): it
        for it in fsx.describe_file_systems()["FileSystems"]
    }
    assert {name: it["StorageCapacity"] for name, it in systems.items()} == {"fast": 1200, "linked": 2400}
    assert {"Key": "modelyard:backup", "Value": "toy"} in systems["fast"]["Tags"]
    (link,) = fsx.describe_data_repository_associations()["Associations"]
    bucket = f"toy-datasets-{toy.account_id}-{REGION}"
    assert (link["FileSystemPath"], link["DataRepositoryPath"]) == ("/datasets", f"s3://{bucket}/imagenet/")
    key_id = kms.describe_key(KeyId="alias/keys-datasets")["KeyMetadata"]["KeyId"]
    (grant,) = kms.list_grants(KeyId=key_id)["Grants"]
    assert grant["GranteePrincipal"].endswith(f"AWSServiceRoleForFSxS3Access_{link['FileSystemId']}")
    (elastic,) = efs.describe_file_systems()["FileSystems"]
    assert (elastic["NumberOfMountTargets"], elastic["Encrypted"]) == (2, True)
    policy = json.loads(efs.describe_file_system_policy(FileSystemId=elastic["FileSystemId"])["Policy"])
    assert [statement["Sid"] for statement in policy["Statement"]] == ["ClientsWithIam", "TlsOnly"]
    down = toy.down()
    assert (down.remaining, down.others) == ((), ())
    assert fsx.describe_backups()["Backups"] == []


def copied_images(account_id: str) -> None:
    """A program with a repository in two regions, and copies from the one to the other."""
    for region in (REGION, RECOVERY_REGION):
        keys = Encryption(
            f"keys-{region}", {"account_id": account_id, "region": region, "purposes": ["registry"]}
        )
        registry(
            f"images-{region}", "toy/training", region, keys.key_arn("registry"), {}, pulumi.ResourceOptions()
        )
    RegistryReplication(
        "copies",
        {
            "account_id": account_id,
            "region": REGION,
            "rules": [{"repository_prefix": "toy/", "destination_region": RECOVERY_REGION}],
        },
    )


def test_an_image_that_is_pushed_lies_in_both_regions(toy: Any) -> None:
    toy.up(lambda: copied_images(toy.account_id))
    here, there = toy.client("ecr"), toy.sandbox.client("ecr", RECOVERY_REGION, toy.account_id)
    here.create_repository(repositoryName="other/training")
    for name in ("toy/training", "other/training"):
        here.put_image(repositoryName=name, imageTag="v1", imageManifest=MANIFEST)
    assert [it["repositoryName"] for it in there.describe_repositories()["repositories"]] == ["toy/training"]
    (copy,) = there.describe_images(repositoryName="toy/training")["imageDetails"]
    assert copy["imageTags"] == ["v1"]
    # The repository that stood there kept its own settings.
    (repository,) = there.describe_repositories()["repositories"]
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert RECOVERY_REGION in repository["encryptionConfiguration"]["kmsKey"]
    here.delete_repository(repositoryName="other/training", force=True)
    down = toy.down()
    assert (down.remaining, down.others) == ((), ())
    assert here.describe_registry()["replicationConfiguration"]["rules"] == []


def test_an_image_comes_to_a_new_repository_where_there_is_none(sandbox: Any, account_id: str) -> None:
    here, there = (sandbox.client("ecr", region, account_id) for region in (REGION, RECOVERY_REGION))
    rule = {"destinations": [{"region": RECOVERY_REGION, "registryId": account_id}]}
    here.put_replication_configuration(replicationConfiguration={"rules": [rule]})
    here.create_repository(repositoryName="training")
    here.put_image(repositoryName="training", imageTag="v1", imageManifest=MANIFEST)
    (made,) = there.describe_repositories()["repositories"]
    assert (made["repositoryName"], made["imageTagMutability"]) == ("training", "MUTABLE")


def test_a_size_is_refused_before_anything_is_made(toy: Any) -> None:
    def program() -> None:
        args: dict[str, Any] = dict.fromkeys(
            ("vpc_id", "subnet_id", "client_security_group_id", "key_arn"), "x"
        )
        place = {"environment": "toy", "account_id": toy.account_id, "region": REGION}
        LustreFileSystem("fast", {**place, **args, "size_gib": 1300, "throughput_mbps_per_tib": 125})  # pyright: ignore[reportArgumentType]

    with pytest.raises(InputError, match=r"fast\.size_gib"):
        toy.up(program)
