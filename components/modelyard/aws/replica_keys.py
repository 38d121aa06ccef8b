"""Replicas of keys in another region."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.aws.encryption import check_purposes, name_key
from modelyard.errors import InputError, Problem
from modelyard.planning.arns import Place
from modelyard.planning.policies.keys import key_policy
from modelyard.wiring.arguments import check_args
from modelyard.wiring.outputs import together
from modelyard.wiring.tokens import AWS, token


class ReplicaKeysArgs(TypedDict):
    """Arguments of ReplicaKeys."""

    account_id: str
    """Account that the keys belong to."""
    region: str
    """Region that the replicas are in."""
    primary_key_arns: Mapping[str, pulumi.Input[str]]
    """ARN of the multi-Region key of another region for each purpose, as Encryption gives them with
    `multi_region`."""
    deletion_window_days: NotRequired[pulumi.Input[int]]
    """Days between asking for a replica's deletion and its end, 7 to 30. Unset: 30."""
    spot: NotRequired[bool]
    """Whether EC2 Spot launches instances under the volume key. Its service-linked role must exist."""
    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete or replace the replicas. Unset: no."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of every replica."""


class ReplicaKeys(pulumi.ComponentResource):
    """A replica in another region of each multi-Region key, with an alias each.

    A replica has its primary's key material and rotation, and a policy of its own: for the same purpose, with
    the principals of its region. Networks, buckets and clusters there take these keys as they would take
    those of Encryption. A primary can't go before its replicas.
    """

    key_arns: pulumi.Output[dict[str, str]]
    """ARN of the replica for each purpose."""

    def __init__(self, name: str, args: ReplicaKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, ReplicaKeysArgs)
        primaries = args["primary_key_arns"]
        check_purposes(name, primaries, "primary_key_arns")
        _check_primaries(name, args)
        super().__init__(token(AWS, "ReplicaKeys"), name, {}, opts)
        self._keys = {purpose: self._replica(name, purpose, args) for purpose in primaries}
        self.key_arns = together({purpose: key.arn for purpose, key in self._keys.items()})
        self.register_outputs({"keyArns": self.key_arns})

    def key_arn(self, purpose: str) -> pulumi.Output[str]:
        """ARN of the replica for one purpose. Raises KeyError for a purpose that no replica was made for."""
        return self._keys[purpose].arn

    def _replica(self, name: str, purpose: str, args: ReplicaKeysArgs) -> aws.kms.ReplicaKey:
        place = Place(args["account_id"], args["region"])
        key = aws.kms.ReplicaKey(
            f"{name}-{purpose}",
            description=f"{name}: {purpose}",
            primary_key_arn=args["primary_key_arns"][purpose],
            policy=key_policy(purpose, place, spot=args.get("spot", False)),
            deletion_window_in_days=args.get("deletion_window_days", 30),
            region=args["region"],
            tags=args.get("tags", {}),
            opts=pulumi.ResourceOptions(parent=self, protect=args.get("protect")),
        )
        name_key(f"{name}-{purpose}", key, args["region"], pulumi.ResourceOptions(parent=self))
        return key


def _check_primaries(name: str, args: ReplicaKeysArgs) -> None:
    """Refuse keys that can't have a replica here, as far as their ARNs are known."""
    problems: list[Problem] = []
    for purpose, arn in args["primary_key_arns"].items():
        if not isinstance(arn, str):
            continue
        field, parts = f"{name}.primary_key_arns.{purpose}", arn.split(":")
        if len(parts) != 6 or not parts[5].startswith("key/mrk-"):
            message = "only a multi-Region key can have replicas"
            allowed = "the ARN of a key whose id begins with mrk-"
            problems.append(Problem(field, arn, message, allowed, "make the key with multi_region: true"))
        elif parts[3] == args["region"]:
            message = f"the primary key is in {args['region']} itself"
            problems.append(
                Problem(field, arn, message, "a key of another region", "make the replica in another region")
            )
    if problems:
        raise InputError(problems)
