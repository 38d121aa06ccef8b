"""Customer-managed keys by purpose."""

from collections.abc import Collection, Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.errors import InputError, Problem
from modelyard.planning.arns import Place
from modelyard.planning.policies.keys import PURPOSES, key_policy
from modelyard.wiring.arguments import check_args
from modelyard.wiring.outputs import together
from modelyard.wiring.tokens import AWS, token


class EncryptionArgs(TypedDict):
    """Arguments of Encryption."""

    account_id: str
    """Account that the keys belong to."""
    region: str
    """Region that the keys are in."""
    purposes: NotRequired[list[str]]
    """What keys are wanted for: datasets, checkpoints, volumes, logs, registry, backup, files (file systems),
    alerts (SNS topics). Unset: all."""
    rotation_days: NotRequired[pulumi.Input[int]]
    """Days between automatic rotations, 90 to 2,560. Unset: 365."""
    deletion_window_days: NotRequired[pulumi.Input[int]]
    """Days between asking for a key's deletion and its end, 7 to 30. Unset: 30."""
    spot: NotRequired[bool]
    """Whether EC2 Spot launches instances under the volume key. Its service-linked role must exist."""
    multi_region: NotRequired[bool]
    """Whether other regions can have replicas (see ReplicaKeys). It can't change later: that would replace
    the keys, and what they encrypt would be lost with them. Unset: no."""
    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete or replace the keys. Unset: no."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of every key."""


class Encryption(pulumi.ComponentResource):
    """Customer-managed keys, one for each purpose, with an alias each.

    Rotation is on; no policy names a wildcard principal; services use a key for this account only. The key
    for volumes lets Auto Scaling's service-linked role use it and create grants for AWS resources, without
    which the instances of Batch end at once and its jobs stay RUNNABLE. KMS refuses that key while the role
    doesn't exist: in an account that never had an Auto Scaling group, make it first (`aws iam
    create-service-linked-role --aws-service-name autoscaling.amazonaws.com`; for spot, `spot.amazonaws.com`).

    Keys outlive what they encrypt. Whatever takes a key's ARN depends on it, so `pulumi destroy` deletes it
    after that (a bucket of Storage too, whose content is encrypted though the bucket itself takes no key). A
    deletion only begins the window of `deletion_window_days`, in which `aws kms cancel-key-deletion` brings
    the key back. A key with replicas goes after all of them.
    """

    key_arns: pulumi.Output[dict[str, str]]
    """ARN of the key for each purpose."""

    def __init__(self, name: str, args: EncryptionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, EncryptionArgs)
        purposes = args.get("purposes", list(PURPOSES))
        check_purposes(name, purposes)
        super().__init__(token(AWS, "Encryption"), name, {}, opts)
        self._keys = {purpose: self._key(name, purpose, args) for purpose in purposes}
        self.key_arns = together({purpose: key.arn for purpose, key in self._keys.items()})
        self.register_outputs({"keyArns": self.key_arns})

    def key_arn(self, purpose: str) -> pulumi.Output[str]:
        """ARN of the key for one purpose. Raises KeyError for a purpose that no key was made for."""
        return self._keys[purpose].arn

    def _key(self, name: str, purpose: str, args: EncryptionArgs) -> aws.kms.Key:
        place = Place(args["account_id"], args["region"])
        key = aws.kms.Key(
            f"{name}-{purpose}",
            description=f"{name}: {purpose}",
            policy=key_policy(purpose, place, spot=args.get("spot", False)),
            enable_key_rotation=True,
            rotation_period_in_days=args.get("rotation_days", 365),
            deletion_window_in_days=args.get("deletion_window_days", 30),
            multi_region=args.get("multi_region", False),
            region=args["region"],
            tags=args.get("tags", {}),
            opts=pulumi.ResourceOptions(parent=self, protect=args.get("protect")),
        )
        name_key(f"{name}-{purpose}", key, args["region"], pulumi.ResourceOptions(parent=self))
        return key


def name_key(
    name: str, key: aws.kms.Key | aws.kms.ReplicaKey, region: str, opts: pulumi.ResourceOptions
) -> None:
    """Give a key an alias, by which people find it."""
    aws.kms.Alias(name, name=f"alias/{name}", target_key_id=key.key_id, region=region, opts=opts)


def check_purposes(name: str, purposes: Collection[str], field: str = "purposes") -> None:
    """Raise InputError for a purpose that no key policy is written for, or for none at all."""
    unknown = [purpose for purpose in purposes if purpose not in PURPOSES]
    if unknown or not purposes:
        raise InputError(
            [
                Problem(
                    field=f"{name}.{field}",
                    given=", ".join(unknown) or "none",
                    message="a key is made for a purpose that its policy is written for",
                    allowed=", ".join(PURPOSES),
                    mend="name one or more of these",
                )
            ]
        )
