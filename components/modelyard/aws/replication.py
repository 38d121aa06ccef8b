"""Copies of buckets in another region."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.errors import InputError, Problem
from modelyard.planning.arns import bucket_arn
from modelyard.planning.names import replication_role
from modelyard.planning.policies.document import plain_trust
from modelyard.planning.policies.replication import Copied, replication_keys_policy, replication_policy
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AWS, token

REPLICATION_MINUTES = 15
"""What S3 Replication Time Control commits to for nearly all objects, and the only time that it takes
(Amazon S3 User Guide, "Meeting compliance requirements with S3 Replication Time Control", 2026-11)."""

RULE_ID = "all"
"""Id of each bucket's one rule: a dimension of its metrics."""


class ReplicatedBucketArgs(TypedDict):
    """A bucket that is copied."""

    source_bucket: pulumi.Input[str]
    """Bucket whose objects are copied. It has to be versioned."""
    source_key_arn: pulumi.Input[str]
    """Key that its objects are encrypted with."""
    destination_bucket: pulumi.Input[str]
    """Bucket of the other region that the copies go to. It has to be versioned, and to have object lock if
    the source has."""
    destination_key_arn: pulumi.Input[str]
    """Key of the other region that copies are encrypted with."""
    object_lock: NotRequired[bool]
    """Whether both have object lock, so that locks are copied. Unset: no."""


class ReplicationArgs(TypedDict):
    """Arguments of Replication."""

    environment: str
    """Name of the environment; part of the role's name."""
    region: str
    """Region that is copied from."""
    destination_region: str
    """Region that is copied to."""
    buckets: Mapping[str, ReplicatedBucketArgs]
    """The buckets that are copied, by purpose."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """ARN of the policy that bounds its roles. Unset: none."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of the role."""


class Replication(pulumi.ComponentResource):
    """Copies of all that is written to buckets, in buckets of another region.

    Time control: S3 commits to copy within 15 minutes, measures it, and says by an event what took longer.
    Objects keep version ids, tags and locks; delete markers are copied, deletions of versions never are.
    What is there before the configuration isn't copied: for that S3 has batch replication, which is started
    once by hand (`aws s3control create-job` with the operation S3ReplicateObject and a generated manifest).

    Both sides must be versioned first: with buckets of Storage, make this depend on both (`depends_on`).
    """

    role_arn: pulumi.Output[str]
    """Role that S3 takes on."""

    def __init__(self, name: str, args: ReplicationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, ReplicationArgs)
        if problems := _problems(name, args):
            raise InputError(problems)
        super().__init__(token(AWS, "Replication"), name, {}, opts)
        self._name, self._args = name, args
        role, permissions = self._role()
        for purpose, bucket in args["buckets"].items():
            self._copy(purpose, bucket, role, permissions)
        self.role_arn = role.arn
        self.register_outputs({"roleArn": self.role_arn})

    def _role(self) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        """The role, and what has to be there before it can do anything."""
        name, args = self._name, self._args
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            name,
            name=replication_role(args["environment"], args["region"]),
            description=f"Copies objects to {args['destination_region']}",
            assume_role_policy=plain_trust("s3.amazonaws.com"),
            permissions_boundary=args.get("permissions_boundary"),
            tags=args.get("tags", {}),
            opts=child,
        )
        buckets = aws.iam.RolePolicy(
            name, name=name, role=role.name, policy=self._bucket_policy(), opts=child
        )
        keys = aws.iam.RolePolicy(
            f"{name}-keys", name=f"{name}-keys", role=role.name, policy=self._keys_policy(), opts=child
        )
        return role, [buckets, keys]

    def _copy(
        self,
        purpose: str,
        bucket: ReplicatedBucketArgs,
        role: aws.iam.Role,
        permissions: Sequence[pulumi.Resource],
    ) -> None:
        aws.s3.BucketReplicationConfig(
            f"{self._name}-{purpose}",
            bucket=bucket["source_bucket"],
            role=role.arn,
            rules=[
                {
                    "id": RULE_ID,
                    "priority": 1,
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "delete_marker_replication": {"status": "Enabled"},
                    "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
                    "destination": {
                        "bucket": pulumi.Output.from_input(bucket["destination_bucket"]).apply(bucket_arn),
                        "encryption_configuration": {"replica_kms_key_id": bucket["destination_key_arn"]},
                        "replication_time": {
                            "status": "Enabled",
                            "time": {"minutes": REPLICATION_MINUTES},
                        },
                        "metrics": {
                            "status": "Enabled",
                            "event_threshold": {"minutes": REPLICATION_MINUTES},
                        },
                    },
                }
            ],
            region=self._args["region"],
            # Copies begin with the configuration, and what the role may not do yet fails for good.
            opts=pulumi.ResourceOptions(parent=self, depends_on=permissions),
        )

    def _bucket_policy(self) -> pulumi.Output[str]:
        return self._copies().apply(replication_policy)

    def _keys_policy(self) -> pulumi.Output[str]:
        args = self._args
        buckets = args["buckets"].values()

        def build(known: dict[str, Any]) -> str:
            return replication_keys_policy(
                args["region"],
                args["destination_region"],
                known["copies"],
                known["source_keys"],
                known["destination_keys"],
            )

        return pulumi.Output.all(
            copies=self._copies(),
            source_keys=[bucket["source_key_arn"] for bucket in buckets],
            destination_keys=[bucket["destination_key_arn"] for bucket in buckets],
        ).apply(build)

    def _copies(self) -> pulumi.Output[list[Copied]]:
        buckets = list(self._args["buckets"].values())
        names = [
            pulumi.Output.all(bucket["source_bucket"], bucket["destination_bucket"]) for bucket in buckets
        ]
        return pulumi.Output.all(*names).apply(
            lambda known: [
                Copied(source, destination, bucket.get("object_lock", False))
                for (source, destination), bucket in zip(known, buckets, strict=True)
            ]
        )


def _problems(name: str, args: ReplicationArgs) -> list[Problem]:
    problems: list[Problem] = []
    if args["region"] == args["destination_region"]:
        message = "copies in the same region are lost with it"
        allowed, mend = f"a region other than {args['region']}", "name the region to come back in"
        field = f"{name}.destination_region"
        problems.append(Problem(field, args["destination_region"], message, allowed, mend))
    if not args["buckets"]:
        message = "there is nothing to copy"
        mend = "name a bucket, or leave the component out"
        problems.append(Problem(f"{name}.buckets", "none", message, "one bucket or more", mend))
    return problems
