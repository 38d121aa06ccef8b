"""A training cluster on AWS Batch."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.aws.cluster_roles import ClusterRoles
from modelyard.aws.pool import Pool, PoolArgs, queue_name
from modelyard.aws.pool_problems import pool_problems
from modelyard.aws.registry import registry
from modelyard.errors import InputError
from modelyard.planning.arns import Place
from modelyard.planning.names import job_log_group
from modelyard.planning.policies.roles import ClusterNames
from modelyard.wiring.arguments import check_args
from modelyard.wiring.outputs import together
from modelyard.wiring.tokens import AWS, token


class GpuClusterArgs(TypedDict):
    """Arguments of GpuCluster."""

    environment: str
    """Name of the environment; part of every name."""
    account_id: str
    """Account that the cluster belongs to."""
    region: str
    """Region that the cluster is in."""
    pools: list[PoolArgs]
    """Its pools of machines."""
    subnet_ids: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Private subnet of each zone, by zone id."""
    security_group_id: pulumi.Input[str]
    """Security group that nodes share."""
    volume_key_arn: pulumi.Input[str]
    """Key for root volumes. Its policy must let Auto Scaling use it."""
    logs_key_arn: pulumi.Input[str]
    """Key for the jobs' logs."""
    registry_key_arn: pulumi.Input[str]
    """Key for images."""
    datasets_bucket: pulumi.Input[str]
    """Bucket that jobs read."""
    checkpoints_bucket: pulumi.Input[str]
    """Bucket that jobs read and write."""
    checkpoints_key_arn: pulumi.Input[str]
    """Key of the checkpoint bucket."""
    datasets_key_arn: NotRequired[pulumi.Input[str]]
    """Key of the dataset bucket, if it has one."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """Days that logs are kept. Unset: 365."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything."""


class GpuCluster(pulumi.ComponentResource):
    """Pools of machines behind job queues, which scale from zero, and what jobs need to run on them.

    For each pool a launch template (IMDSv2 only, encrypted root volume, EFA interfaces where the type has
    them), a managed compute environment that waits for running jobs when it is updated, and a queue that
    cancels jobs that can never start. For all of them roles with what each needs and no more, a log group, a
    registry, and policies for who submits jobs.
    """

    queue_arns: pulumi.Output[dict[str, str]]
    """ARN of each pool's job queue, by pool."""

    job_role_arn: pulumi.Output[str]
    """Role of the training program."""

    execution_role_arn: pulumi.Output[str]
    """Role that starts jobs."""

    repository_url: pulumi.Output[str]
    """Registry's repository for training images."""

    log_group_name: pulumi.Output[str]
    """Log group of the jobs."""

    submitter_policy_arns: pulumi.Output[list[str]]
    """Policies to attach to whoever submits jobs."""

    def __init__(self, name: str, args: GpuClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, GpuClusterArgs)
        problems = list(pool_problems(name, args["pools"], args["subnet_ids"]))
        if problems:
            raise InputError(problems)
        super().__init__(token(AWS, "GpuCluster"), name, {}, opts)
        tags = args.get("tags", {})
        child = pulumi.ResourceOptions(parent=self)
        names = _names(args)
        repository = registry(f"{name}-images", names.repository, args["registry_key_arn"], tags, child)
        logs = aws.cloudwatch.LogGroup(
            f"{name}-jobs",
            name=names.log_group,
            retention_in_days=args.get("log_retention_days", 365),
            kms_key_id=args["logs_key_arn"],
            tags=tags,
            opts=child,
        )
        roles = ClusterRoles(
            f"{name}-roles",
            {
                "names": names,
                "datasets_bucket": args["datasets_bucket"],
                "checkpoints_bucket": args["checkpoints_bucket"],
                "read_key_arns": [args["datasets_key_arn"]] if "datasets_key_arn" in args else [],
                "write_key_arns": [args["checkpoints_key_arn"]],
                "tags": tags,
            },
            opts=child,
        )
        pools = {
            pool["name"]: Pool(
                f"{name}-{pool['name']}",
                pool,
                {
                    "environment": args["environment"],
                    "subnet_ids": args["subnet_ids"],
                    "security_group_id": args["security_group_id"],
                    "volume_key_arn": args["volume_key_arn"],
                    "instance_profile_arn": roles.instance_profile_arn,
                    "tags": tags,
                },
                opts=child,
            )
            for pool in args["pools"]
        }
        self.queue_arns = together({pool: made.queue_arn for pool, made in pools.items()})
        self.job_role_arn = roles.job_role_arn
        self.execution_role_arn = roles.execution_role_arn
        self.repository_url = repository.repository_url
        self.log_group_name = logs.name
        self.submitter_policy_arns = roles.submitter_policy_arns
        self.register_outputs(
            {
                "queueArns": self.queue_arns,
                "jobRoleArn": self.job_role_arn,
                "executionRoleArn": self.execution_role_arn,
                "repositoryUrl": self.repository_url,
                "logGroupName": self.log_group_name,
                "submitterPolicyArns": self.submitter_policy_arns,
            }
        )


def _names(args: GpuClusterArgs) -> ClusterNames:
    environment, region = args["environment"], args["region"]
    return ClusterNames(
        place=Place(args["account_id"], region),
        environment=environment,
        repository=f"{environment}/training",
        log_group=job_log_group(environment),
        queues=tuple(queue_name(environment, pool["name"]) for pool in args["pools"]),
        job_role=f"{environment}-{region}-job",
        execution_role=f"{environment}-{region}-execution",
    )
