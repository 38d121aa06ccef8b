"""The roles of a cluster, and the policies for who submits to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.planning.arns import Place
from modelyard.planning.policies import roles as policies
from modelyard.planning.policies import submitters
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
    secrets: Sequence[pulumi.Input[str]]
    """Secrets and parameters that jobs may be given, by ARN."""
    secret_key_arns: Sequence[pulumi.Input[str]]
    """Keys that these are encrypted with."""
    end_bad_nodes: bool
    """Whether who submits jobs may end nodes."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """ARN of the policy that bounds every role."""


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """A policy that roles can be given."""

    arn: str
    """Its ARN, which follows from its name: whoever reviews an attachment sees of which policy it is."""
    made: aws.iam.Policy


class ClusterRoles(pulumi.ComponentResource):
    """Roles for nodes, for starting jobs, for the jobs themselves and for the job that supervises others.
    Part of GpuCluster.

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

    submitter_policies: dict[str, ManagedPolicy]
    """The same, each by what it is about."""

    supervisor_role_arn: pulumi.Output[str | None]
    """ARN of the role of a job that submits others; none without one."""

    supervisor_role: aws.iam.Role | None
    """That role. It has these policies, and nothing else."""

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
        if args["secrets"]:
            self._inline(f"{name}-execution-secrets", execution, _secrets_policy(args))
        submitting = self._submitters(f"{name}-submitter", f"{prefix}-submitter", args, keys)
        self.supervisor_role = None
        if names.supervisor_role is not None:
            does = "Submits jobs and sees them through"
            self.supervisor_role = self._role(f"{name}-supervisor", names.supervisor_role, does, tasks_trust)
            attach(f"{name}-supervisor", self.supervisor_role, submitting, self)
        self.instance_profile_arn = profile.arn
        self.job_role_arn = job.arn
        self.execution_role_arn = execution.arn
        self.supervisor_role_arn = pulumi.Output.from_input(
            self.supervisor_role.arn if self.supervisor_role is not None else None
        )
        self.submitter_policies = submitting
        self.submitter_policy_arns = pulumi.Output.all(*(policy.made.arn for policy in submitting.values()))
        self.register_outputs(
            {
                "instanceProfileArn": self.instance_profile_arn,
                "jobRoleArn": self.job_role_arn,
                "executionRoleArn": self.execution_role_arn,
                "submitterPolicyArns": self.submitter_policy_arns,
                "supervisorRoleArn": self.supervisor_role_arn,
            }
        )

    def _submitters(
        self, child: str, policy_name: str, args: ClusterRolesArgs, keys: pulumi.Output[str]
    ) -> dict[str, ManagedPolicy]:
        """The policies of who submits jobs: three, as one would be longer than IAM takes."""
        names, promotion = args["names"], args["promotion"]
        bucket, ending = pulumi.Output.from_input(args["checkpoints_bucket"]), args["end_bad_nodes"]
        acting = bucket.apply(
            lambda bucket: submitters.submitter_policy(names, bucket, promotion, end_bad_nodes=ending)
        )
        viewing = bucket.apply(lambda bucket: submitters.viewer_policy(names, bucket))
        return {
            "submitter": self._managed(names.place, child, policy_name, acting),
            "viewer": self._managed(names.place, f"{child}-viewer", f"{policy_name}-viewer", viewing),
            "keys": self._managed(names.place, f"{child}-keys", f"{policy_name}-keys", keys),
        }

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

    def _managed(
        self, place: Place, child: str, policy_name: str, policy: pulumi.Input[str]
    ) -> ManagedPolicy:
        made = aws.iam.Policy(
            child,
            name=policy_name,
            description="For who submits training jobs",
            policy=policy,
            tags=self._tags,
            opts=self._child(),
        )
        return ManagedPolicy(place.iam(f"policy/{policy_name}"), made)


def attach(
    name: str, role: aws.iam.Role, managed: Mapping[str, ManagedPolicy], parent: pulumi.Resource
) -> None:
    """Attach policies to a role; `name` is the first part of the attachments' names."""
    for part, policy in managed.items():
        aws.iam.RolePolicyAttachment(
            f"{name}-{part}",
            role=role.name,
            policy_arn=policy.arn,
            opts=pulumi.ResourceOptions(parent=parent, depends_on=[policy.made]),
        )


def _keys_policy(
    names: ClusterNames, read: Sequence[pulumi.Input[str]], write: Sequence[pulumi.Input[str]]
) -> pulumi.Output[str]:
    def build(arns: list[str]) -> str:
        return policies.store_keys_policy(names.place, arns[: len(read)], arns[len(read) :])

    return pulumi.Output.all(*read, *write).apply(build)


def _secrets_policy(args: ClusterRolesArgs) -> pulumi.Output[str]:
    place, count = args["names"].place, len(args["secrets"])
    return pulumi.Output.all(*args["secrets"], *args["secret_key_arns"]).apply(
        lambda arns: policies.secrets_policy(place, arns[:count], arns[count:])
    )
