"""The roles of a cluster, and the policies for who submits to it."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.planning.policies import roles as policies
from modelyard.planning.policies.document import plain_trust, service_trust
from modelyard.planning.policies.roles import ClusterNames, PromotionLock
from modelyard.wiring.tokens import AWS, token


class ClusterRolesArgs(TypedDict):
    """Arguments of ClusterRoles."""

    names: ClusterNames
    """The names that the policies speak of."""
    datasets_bucket: pulumi.Input[str]
    """Bucket that jobs read."""
    checkpoints_bucket: pulumi.Input[str]
    """Bucket that jobs read and write."""
    read_key_arns: list[pulumi.Input[str]]
    """Keys of the stores that jobs read."""
    write_key_arns: list[pulumi.Input[str]]
    """Keys of the stores that jobs read and write."""
    tags: Mapping[str, pulumi.Input[str]]
    """Tags of everything."""
    promotion: PromotionLock | None
    """Lock of the checkpoints that are promoted, if they are locked."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """ARN of the policy that bounds every role."""


class ClusterRoles(pulumi.ComponentResource):
    """Roles for nodes, for starting jobs and for the jobs themselves. Part of GpuCluster.

    What concerns keys stands in policies of its own: key ids are known only once the keys exist, and all the
    rest can be reviewed before.
    """

    instance_profile_arn: pulumi.Output[str]
    """Instance profile of the nodes."""

    job_role_arn: pulumi.Output[str]
    """Role of the training program."""

    execution_role_arn: pulumi.Output[str]
    """Role that starts jobs."""

    submitter_policy_arns: pulumi.Output[list[str]]
    """Policies for who submits jobs."""

    def __init__(self, name: str, args: ClusterRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token(AWS, "ClusterRoles"), name, {}, opts)
        self._tags, self._boundary = args["tags"], args.get("permissions_boundary")
        names, promotion = args["names"], args["promotion"]
        prefix = f"{names.environment}-{names.place.region}"
        tasks_trust = service_trust("ecs-tasks.amazonaws.com", names.place.account_id)
        keys = _keys_policy(names, args["read_key_arns"], args["write_key_arns"])
        node = self._role(
            f"{name}-node", f"{prefix}-node", "Nodes of the cluster", plain_trust("ec2.amazonaws.com")
        )
        self._inline(f"{name}-node", node, policies.instance_policy(names))
        execution = self._role(f"{name}-execution", names.execution_role, "Starts jobs", tasks_trust)
        self._inline(f"{name}-execution", execution, policies.execution_policy(names))
        job = self._role(f"{name}-job", names.job_role, "Training programs", tasks_trust)
        self._inline(
            f"{name}-job",
            job,
            pulumi.Output.all(args["datasets_bucket"], args["checkpoints_bucket"]).apply(
                lambda buckets: policies.job_policy(buckets[0], buckets[1], promotion)
            ),
        )
        self._inline(f"{name}-job-keys", job, keys)
        profile = aws.iam.InstanceProfile(
            f"{name}-node", name=f"{prefix}-node", role=node.name, tags=self._tags, opts=self._child()
        )
        submitter = pulumi.Output.from_input(args["checkpoints_bucket"]).apply(
            lambda bucket: policies.submitter_policy(names, bucket, promotion)
        )
        submitters = [
            self._managed(f"{name}-submitter", f"{prefix}-submitter", submitter),
            self._managed(f"{name}-submitter-keys", f"{prefix}-submitter-keys", keys),
        ]
        self.instance_profile_arn = profile.arn
        self.job_role_arn = job.arn
        self.execution_role_arn = execution.arn
        self.submitter_policy_arns = pulumi.Output.all(*(policy.arn for policy in submitters))
        self.register_outputs(
            {
                "instanceProfileArn": self.instance_profile_arn,
                "jobRoleArn": self.job_role_arn,
                "executionRoleArn": self.execution_role_arn,
                "submitterPolicyArns": self.submitter_policy_arns,
            }
        )

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _role(self, child: str, role_name: str, description: str, trust: str) -> aws.iam.Role:
        return aws.iam.Role(
            child,
            name=role_name,
            description=description,
            assume_role_policy=trust,
            permissions_boundary=self._boundary,
            tags=self._tags,
            opts=self._child(),
        )

    def _inline(self, child: str, role: aws.iam.Role, policy: pulumi.Input[str]) -> None:
        aws.iam.RolePolicy(child, name=child, role=role.name, policy=policy, opts=self._child())

    def _managed(self, child: str, policy_name: str, policy: pulumi.Input[str]) -> aws.iam.Policy:
        return aws.iam.Policy(
            child,
            name=policy_name,
            description="For who submits training jobs",
            policy=policy,
            tags=self._tags,
            opts=self._child(),
        )


def _keys_policy(
    names: ClusterNames, read: Sequence[pulumi.Input[str]], write: Sequence[pulumi.Input[str]]
) -> pulumi.Output[str]:
    def build(arns: list[str]) -> str:
        return policies.store_keys_policy(names.place, arns[: len(read)], arns[len(read) :])

    return pulumi.Output.all(*read, *write).apply(build)
