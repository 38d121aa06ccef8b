"""A training cluster on AWS Batch."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.aws.cluster_roles import ClusterRoles, ClusterRolesArgs
from modelyard.aws.pool import Pool, queue_name
from modelyard.aws.pool_args import PoolArgs, PoolWiring
from modelyard.aws.pool_problems import pool_problems
from modelyard.aws.registry import registry
from modelyard.aws.release_wait import release_wait
from modelyard.catalog.instances import instance_type
from modelyard.errors import InputError, Problem
from modelyard.planning.arns import Place
from modelyard.planning.generations import GENERATION_PATTERN
from modelyard.planning.names import job_log_group, node_log_group
from modelyard.planning.policies.buckets import LOCK_MODES
from modelyard.planning.policies.roles import ClusterNames, PromotionLock
from modelyard.planning.secret_problems import key_problems, secret_problems
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
    promotion_lock_days: NotRequired[int]
    """Days that promoted checkpoints (under keep/) are locked at most. Unset: nobody may lock any."""
    promotion_lock_mode: NotRequired[str]
    """Mode of that lock: governance or compliance. Unset: governance."""
    secrets: NotRequired[list[pulumi.Input[str]]]
    """Secrets of Secrets Manager and parameters of Systems Manager that jobs may be given, by ARN, of this
    account and region. A secret's may end in -?????? for whatever six characters stand there. Unset: none."""
    secret_key_arns: NotRequired[list[pulumi.Input[str]]]
    """Keys that these are encrypted with, but for those that AWS manages. Unset: none."""
    end_bad_nodes: NotRequired[bool]
    """Whether who submits jobs may end a node, so that its job starts anew on another. Unset: no."""
    previous_generations: NotRequired[dict[str, str]]
    """What `pool_generations` was after the last `up`, where one is known: the compute environment that a
    change replaces then stays for one `up`, disabled, and what runs there goes on. Unset, it goes at once."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """ARN of the policy that bounds every role."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything."""


class GpuCluster(pulumi.ComponentResource):
    """Pools of machines behind job queues, which scale from zero, and what jobs need to run on them.

    For each pool a launch template (IMDSv2 only, encrypted root volume, EFA interfaces where the type has
    them), a managed compute environment that waits for running jobs when it is updated, and a queue that
    cancels jobs that can never start; where a pool has a fallback, its queue goes on to those machines. For
    all of them roles with what each needs and no more, log groups, a registry, and policies for who submits
    jobs, which a job that supervises others has by a role of its own. Capacity is never bought: reservations
    and capacity blocks exist before, and are named.
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

    node_log_group_name: pulumi.Output[str]
    """Log group of the nodes themselves."""

    environment_arns: pulumi.Output[dict[str, str]]
    """ARN of each pool's compute environment, by pool."""

    pool_generations: pulumi.Output[dict[str, str]]
    """Which compute environment each pool has, by pool: to be kept, and given to the next `up`."""

    submitter_policy_arns: pulumi.Output[list[str]]
    """Policies to attach to whoever submits jobs."""

    supervisor_role_arn: pulumi.Output[str | None]
    """Role of a job that submits others and sees them through; none without a pool that has no accelerators.
    It has the policies above, and nothing else."""

    def __init__(self, name: str, args: GpuClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, GpuClusterArgs)
        problems = [
            *pool_problems(name, args["pools"], args["subnet_ids"]),
            *_own_problems(name, args),
            *_secret_problems(name, args),
        ]
        if problems:
            raise InputError(problems)
        super().__init__(token(AWS, "GpuCluster"), name, {}, opts)
        self._name, self._args, self._tags = name, args, args.get("tags", {})
        names = _names(args)
        repository = registry(
            f"{name}-images",
            names.repository,
            args["region"],
            args["registry_key_arn"],
            self._tags,
            self._child(),
        )
        logs = self._log_group("jobs", names.log_group)
        node_logs = self._log_group("nodes", names.node_log_group)
        self.roles = roles = self._roles(names)
        self._made = pools = self._pools(roles)
        self.queue_arns = together({pool: made.queue_arn for pool, made in pools.items()})
        self.environment_arns = together({pool: made.environment_arn for pool, made in pools.items()})
        self.pool_generations = together({pool: made.generation for pool, made in pools.items()})
        self.job_role_arn = roles.job_role_arn
        self.execution_role_arn = roles.execution_role_arn
        self.repository_url = repository.repository_url
        self.log_group_name = logs.name
        self.node_log_group_name = node_logs.name
        self.submitter_policy_arns = roles.submitter_policy_arns
        self.supervisor_role_arn = roles.supervisor_role_arn
        self.register_outputs(
            {
                "queueArns": self.queue_arns,
                "environmentArns": self.environment_arns,
                "poolGenerations": self.pool_generations,
                "jobRoleArn": self.job_role_arn,
                "executionRoleArn": self.execution_role_arn,
                "repositoryUrl": self.repository_url,
                "logGroupName": self.log_group_name,
                "nodeLogGroupName": self.node_log_group_name,
                "submitterPolicyArns": self.submitter_policy_arns,
                "supervisorRoleArn": self.supervisor_role_arn,
            }
        )

    def queue_arn(self, pool: str) -> pulumi.Output[str]:
        """ARN of one pool's job queue. Raises KeyError for a pool that there isn't."""
        return self._made[pool].queue_arn

    def environment_arn(self, pool: str) -> pulumi.Output[str]:
        """ARN of one pool's compute environment. Raises KeyError for a pool that there isn't."""
        return self._made[pool].environment_arn

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _log_group(self, purpose: str, group: str) -> aws.cloudwatch.LogGroup:
        args = self._args
        return aws.cloudwatch.LogGroup(
            f"{self._name}-{purpose}",
            name=group,
            retention_in_days=args.get("log_retention_days", 365),
            kms_key_id=args["logs_key_arn"],
            region=args["region"],
            tags=self._tags,
            opts=self._child(),
        )

    def _roles(self, names: ClusterNames) -> ClusterRoles:
        args = self._args
        roles: ClusterRolesArgs = {
            "names": names,
            "datasets_bucket": args["datasets_bucket"],
            "checkpoints_bucket": args["checkpoints_bucket"],
            "read_key_arns": [args["datasets_key_arn"]] if "datasets_key_arn" in args else [],
            "write_key_arns": [args["checkpoints_key_arn"]],
            "promotion": _promotion(args),
            "secrets": args.get("secrets", []),
            "secret_key_arns": args.get("secret_key_arns", []),
            "end_bad_nodes": args.get("end_bad_nodes", False),
            "tags": self._tags,
        }
        if "permissions_boundary" in args:
            roles["permissions_boundary"] = args["permissions_boundary"]
        return ClusterRoles(f"{self._name}-roles", roles, opts=self._child())

    def _pools(self, roles: ClusterRoles) -> dict[str, Pool]:
        args = self._args
        wiring: PoolWiring = {
            "environment": args["environment"],
            "region": args["region"],
            "subnet_ids": args["subnet_ids"],
            "security_group_id": args["security_group_id"],
            "volume_key_arn": args["volume_key_arn"],
            "instance_profile_arn": roles.instance_profile_arn,
            "tags": self._tags,
            "deletion_hooks": release_wait(self._name),
        }
        previous = args.get("previous_generations", {})
        pools = {
            pool["name"]: Pool(
                f"{self._name}-{pool['name']}", pool, wiring, previous.get(pool["name"]), opts=self._child()
            )
            for pool in args["pools"]
        }
        for pool in args["pools"]:
            pools[pool["name"]].open_queue([pools[other] for other in pool.get("fallback", [])])
        return pools


def _promotion(args: GpuClusterArgs) -> PromotionLock | None:
    days = args.get("promotion_lock_days")
    return None if days is None else PromotionLock(args.get("promotion_lock_mode", LOCK_MODES[0]), days)


def _own_problems(name: str, args: GpuClusterArgs) -> Iterator[Problem]:
    mode, days = args.get("promotion_lock_mode", LOCK_MODES[0]), args.get("promotion_lock_days", 1)
    if mode not in LOCK_MODES:
        yield Problem(
            field=f"{name}.promotion_lock_mode",
            given=repr(mode),
            message="S3 locks objects in one of two modes",
            allowed=", ".join(LOCK_MODES),
            mend="name one of these",
        )
    if days < 1:
        yield Problem(
            field=f"{name}.promotion_lock_days",
            given=str(days),
            message="a lock lasts a day at least",
            allowed="1 or more",
            mend="write 1 or more, or leave it out: then nobody may lock any",
        )
    for pool, generation in args.get("previous_generations", {}).items():
        if not re.fullmatch(GENERATION_PATTERN, generation):
            yield Problem(
                field=f"{name}.previous_generations.{pool}",
                given=repr(generation),
                message="no compute environment is called after this",
                allowed="what pool_generations was after the last `up`, as 0123abcd or pg-0123abcd",
                mend="give that output back as it was, or leave it out",
            )


def _secret_problems(name: str, args: GpuClusterArgs) -> Iterator[Problem]:
    place = Place(args["account_id"], args["region"])
    for argument, problems in (("secrets", secret_problems), ("secret_key_arns", key_problems)):
        # What is an output is what a resource of the same program turns out to be.
        plain = {at: arn for at, arn in enumerate(args.get(argument, [])) if isinstance(arn, str)}
        yield from problems(f"{name}.{argument}", plain, place.account_id, [place.region])
    if args.get("secret_key_arns") and not args.get("secrets"):
        yield Problem(
            field=f"{name}.secret_key_arns",
            given=str(len(args.get("secret_key_arns", []))),
            message="there are keys, and nothing that is encrypted with them",
            allowed="nothing, without secrets",
            mend="name the secrets as well, or leave this out",
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
        node_log_group=node_log_group(environment),
        # Elsewhere it would hold a machine whose accelerators it doesn't use.
        supervisor_role=f"{environment}-{region}-supervisor" if _has_cpu_pool(args["pools"]) else None,
    )


def _has_cpu_pool(pools: Sequence[PoolArgs]) -> bool:
    return any(instance_type(pool["instance_type"]).kind == "cpu" for pool in pools)
