"""How volumes, snapshots, instances, networks and buckets of the account start out."""

import pulumi
import pulumi_aws as aws

from modelyard.account.settings import (
    CreatedInstanceMetadata,
    CreatedNetworkBlock,
    CreatedVolumeEncryption,
)
from modelyard.aws.account.frame import Frame
from modelyard.aws.account.keys import make_key
from modelyard.planning.policies.keys import key_policy

INTERNET_GATEWAY_BLOCKS = {"ingress": "block-ingress", "all": "block-bidirectional"}
"""The modes of VPC Block Public Access (Amazon VPC User Guide, "Block public access to VPCs and subnets",
2026-11)."""


def set_s3_public_access(frame: Frame) -> None:
    """No bucket of the account is public, whatever its own settings say."""
    name, account_id = frame.named("public-access"), frame.account.account_id
    if frame.account.s3_public_access.mode == "adopt":
        aws.s3.AccountPublicAccessBlock.get(name, account_id, opts=frame.child())
    if frame.account.s3_public_access.mode == "create":
        aws.s3.AccountPublicAccessBlock(
            name,
            account_id=account_id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=frame.child(),
        )


def set_volume_encryption(frame: Frame) -> dict[str, pulumi.Output[str]]:
    """New volumes are encrypted, in each region; the ARNs of the keys, if they are the account's own."""
    encryption = frame.account.ebs_encryption
    if not isinstance(encryption, CreatedVolumeEncryption):
        return {}
    keys: dict[str, pulumi.Output[str]] = {}
    for region in frame.account.every_region:
        named: list[pulumi.Resource] = []
        if encryption.key == "customer":
            policy = key_policy("volumes", frame.place(region), spot=encryption.spot)
            key = make_key(frame, "volumes", region, policy)
            keys[f"volumes_key_arn_{region}"] = key.arn
            named.append(
                aws.ebs.DefaultKmsKey(
                    frame.named("volumes", region), key_arn=key.arn, region=region, opts=frame.child()
                )
            )
        aws.ebs.EncryptionByDefault(
            frame.named("volumes", region),
            enabled=True,
            region=region,
            # With the key set first, no volume is made under another in between.
            opts=frame.child(*named),
        )
    return keys


def set_snapshot_public_access(frame: Frame) -> None:
    """No snapshot is public, in each region: neither a new one nor one that was shared before."""
    if frame.account.snapshot_public_access.mode != "create":
        return
    for region in frame.account.every_region:
        aws.ebs.SnapshotBlockPublicAccess(
            frame.named("snapshots", region),
            state="block-all-sharing",
            region=region,
            opts=frame.child(),
        )


def set_instance_metadata(frame: Frame) -> None:
    """New instances want session tokens, in each region."""
    metadata = frame.account.instance_metadata
    if not isinstance(metadata, CreatedInstanceMetadata):
        return
    for region in frame.account.every_region:
        aws.ec2.InstanceMetadataDefaults(
            frame.named("instance-metadata", region),
            http_tokens="required",
            http_put_response_hop_limit=metadata.hop_limit,
            region=region,
            opts=frame.child(),
        )


def set_vpc_public_access(frame: Frame) -> None:
    """No VPC is reached from the internet, in each region."""
    block = frame.account.vpc_public_access
    for region in frame.account.every_region:
        name = frame.named("vpc-public-access", region)
        if block.mode == "adopt":
            aws.ec2.VpcBlockPublicAccessOptions.get(name, region, region=region, opts=frame.child())
        if isinstance(block, CreatedNetworkBlock):
            aws.ec2.VpcBlockPublicAccessOptions(
                name,
                internet_gateway_block_mode=INTERNET_GATEWAY_BLOCKS[block.block],
                region=region,
                opts=frame.child(),
            )
