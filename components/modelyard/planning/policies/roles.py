"""What the roles of a cluster may do, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modelyard.planning.arns import Place, bucket_arn
from modelyard.planning.metrics import NAMESPACE
from modelyard.planning.names import KEEP_PREFIX
from modelyard.planning.policies.document import Statement, document, statement


@dataclass(frozen=True, slots=True)
class ClusterNames:
    """The names that a cluster's policies speak of."""

    place: Place
    environment: str
    repository: str
    log_group: str
    queues: tuple[str, ...]
    job_role: str
    execution_role: str
    node_log_group: str
    """Log group of the nodes themselves: of their agents, not of the jobs on them."""


@dataclass(frozen=True, slots=True)
class PromotionLock:
    """The lock of checkpoints that are promoted, which are written under keep/."""

    mode: str
    """`governance` or `compliance`."""
    days: int


def instance_policy(names: ClusterNames) -> str:
    """What a node's agents do: join a cluster of Batch, report, pull images, write logs, publish metrics.

    The actions of the managed policy AmazonEC2ContainerServiceforEC2Role (v10, 2026-02-12) but for making
    clusters, which Batch does itself, bounded to Batch's clusters: their names begin with AWSBatch, as the
    policy of its own role (BatchServiceRolePolicy, v8) has it. It matters, since jobs can reach these
    credentials: single-node jobs have the host's network (AWS Batch User Guide, "Networking modes", 2026-11).
    """
    place = names.place
    cluster, node, task = (
        place.arn("ecs", f"{kind}/AWSBatch*") for kind in ("cluster", "container-instance", "task")
    )
    return document(
        [
            statement("AgentSession", ["ecs:DiscoverPollEndpoint", "ec2:DescribeTags"]),
            statement(
                "AgentOfItsCluster",
                [
                    "ecs:DeregisterContainerInstance",
                    "ecs:Poll",
                    "ecs:RegisterContainerInstance",
                    "ecs:StartTelemetrySession",
                    # Interfaces of multi-node jobs are reported by the first of these.
                    "ecs:SubmitAttachmentStateChanges",
                    "ecs:SubmitContainerStateChange",
                    "ecs:SubmitTaskStateChange",
                    "ecs:UpdateContainerInstancesState",
                ],
                [cluster, node],
            ),
            statement(
                "TagItselfWhenJoining",
                ["ecs:TagResource"],
                [node],
                conditions={"StringEquals": {"ecs:CreateAction": "RegisterContainerInstance"}},
            ),
            statement("ReadTags", ["ecs:ListTagsForResource"], [node, task]),
            *_pull_and_log(names),
            statement(
                "WriteOwnLogs",
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                [place.arn("logs", f"log-group:{names.node_log_group}:*")],
            ),
            # It takes no resource; the namespace bounds it (Service Authorization Reference, "Amazon
            # CloudWatch", 2026-11).
            statement(
                "PublishMetrics",
                ["cloudwatch:PutMetricData"],
                conditions={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
            ),
        ]
    )


def execution_policy(names: ClusterNames) -> str:
    """What starting a job takes: pull its image, write its log."""
    return document(_pull_and_log(names))


def job_policy(datasets_bucket: str, checkpoints_bucket: str, promotion: PromotionLock | None = None) -> str:
    """What a training program does: read datasets, read and write checkpoints, lock those that it promotes.
    It deletes nothing.
    """
    datasets, checkpoints = bucket_arn(datasets_bucket), bucket_arn(checkpoints_bucket)
    return document(
        [
            statement("ListStores", ["s3:ListBucket", "s3:GetBucketLocation"], [datasets, checkpoints]),
            statement("ReadDatasets", ["s3:GetObject"], [f"{datasets}/*"]),
            statement(
                "ReadAndWriteCheckpoints",
                ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
                [f"{checkpoints}/*"],
            ),
            *([_lock_promoted(checkpoints, promotion)] if promotion else []),
        ]
    )


def store_keys_policy(place: Place, read_key_arns: Sequence[str], write_key_arns: Sequence[str]) -> str:
    """Use of the stores' keys, through S3 only."""
    through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{place.region}.amazonaws.com"}}
    statements: list[Statement] = []
    if read_key_arns:
        statements.append(statement("ReadUnderKeys", ["kms:Decrypt"], read_key_arns, conditions=through_s3))
    if write_key_arns:
        statements.append(
            statement(
                "WriteUnderKeys",
                ["kms:Decrypt", "kms:GenerateDataKey"],
                write_key_arns,
                conditions=through_s3,
            )
        )
    return document(statements)


def submitter_policy(
    names: ClusterNames, checkpoints_bucket: str, promotion: PromotionLock | None = None
) -> str:
    """What who submits jobs may do: to the environment's queues, under its roles, with its images; and
    promote checkpoints, where they are locked when that is done.

    A free RegisterJobDefinition with PassRole would be root on the nodes: both are bounded, the image and the
    privileges for each container of a multi-node job. Batch has no condition for host mounts. Jobs are ended
    by their tag, which whoever submits them sets (Service Authorization Reference, "AWS Batch", 2026-11).
    """
    place = names.place
    definitions = place.arn("batch", f"job-definition/{names.environment}-*")
    checkpoints = bucket_arn(checkpoints_bucket)
    repository = place.arn("ecr", f"repository/{names.repository}")
    images = f"{place.account_id}.dkr.ecr.{place.region}.amazonaws.com/{names.repository}"
    return document(
        [
            statement(
                "Submit",
                ["batch:SubmitJob"],
                [
                    definitions,
                    # The job that comes of it is a resource of its own (same reference).
                    place.arn("batch", "job/*"),
                    *(place.arn("batch", f"job-queue/{queue}") for queue in names.queues),
                ],
            ),
            statement(
                "DefineJobsFromOurImages",
                ["batch:RegisterJobDefinition"],
                [definitions],
                conditions={"StringLike": {"batch:Image": [f"{images}:*", f"{images}@sha256:*"]}},
            ),
            statement(
                "NeverPrivileged",
                ["batch:RegisterJobDefinition"],
                effect="Deny",
                conditions={"Bool": {"batch:Privileged": "true"}},
            ),
            statement("RetireJobDefinitions", ["batch:DeregisterJobDefinition"], [definitions]),
            statement(
                "TagWhatIsSubmitted", ["batch:TagResource"], [definitions, place.arn("batch", "job/*")]
            ),
            statement(
                "PassJobRolesOnly",
                ["iam:PassRole"],
                [place.iam(f"role/{names.job_role}"), place.iam(f"role/{names.execution_role}")],
                conditions={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            ),
            statement(
                "EndOwnJobs",
                ["batch:CancelJob", "batch:TerminateJob"],
                [place.arn("batch", "job/*")],
                conditions={"StringEquals": {"aws:ResourceTag/environment": names.environment}},
            ),
            # These take no resource (same reference).
            statement(
                "SeeJobs",
                [
                    "batch:DescribeComputeEnvironments",
                    "batch:DescribeJobDefinitions",
                    "batch:DescribeJobQueues",
                    "batch:DescribeJobs",
                    "batch:ListJobs",
                    "ecr:GetAuthorizationToken",
                ],
            ),
            statement(
                "PushAndPullImages",
                [
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:CompleteLayerUpload",
                    "ecr:DescribeImages",
                    "ecr:GetDownloadUrlForLayer",
                    "ecr:InitiateLayerUpload",
                    "ecr:PutImage",
                    "ecr:UploadLayerPart",
                ],
                [repository],
            ),
            statement("ReadRuns", ["s3:ListBucket"], [checkpoints]),
            statement("ReadTargetAndRuns", ["s3:GetObject"], [f"{checkpoints}/*"]),
            statement("RecordRuns", ["s3:PutObject"], [f"{checkpoints}/runs/*"]),
            *(_promote(checkpoints, promotion) if promotion else []),
            statement(
                "ReadLogs",
                ["logs:FilterLogEvents", "logs:GetLogEvents"],
                [place.arn("logs", f"log-group:{names.log_group}:*")],
            ),
        ]
    )


def flow_log_policy(place: Place, log_group: str) -> str:
    """What delivering flow logs takes (Amazon VPC User Guide, "Publish flow logs to CloudWatch Logs",
    2026-11), but for making log groups: one that came back after its deletion would have no key.
    """
    arn = place.arn("logs", f"log-group:{log_group}")
    return document(
        [
            statement(
                "DeliverFlowLogs",
                ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                [arn, f"{arn}:*"],
            ),
            statement("FindLogGroup", ["logs:DescribeLogGroups"]),
        ]
    )


def _promote(checkpoints: str, promotion: PromotionLock) -> list[Statement]:
    """Copying checkpoints to where they are kept, and locking them there."""
    write = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    return [
        statement("PromoteCheckpoints", write, [f"{checkpoints}/{KEEP_PREFIX}*"]),
        _lock_promoted(checkpoints, promotion),
    ]


def _lock_promoted(checkpoints: str, promotion: PromotionLock) -> Statement:
    """Locking what is written under keep/: in the environment's mode and no longer than its days, so that
    nobody locks anything for ever (Amazon S3 User Guide, "Managing Object Lock", 2026-11).
    """
    return statement(
        "LockPromotedCheckpoints",
        ["s3:PutObjectRetention"],
        [f"{checkpoints}/{KEEP_PREFIX}*"],
        conditions={
            "StringEquals": {"s3:object-lock-mode": promotion.mode.upper()},
            "NumericLessThanEquals": {"s3:object-lock-remaining-retention-days": str(promotion.days)},
        },
    )


def _pull_and_log(names: ClusterNames) -> list[Statement]:
    place = names.place
    return [
        statement("SignInToRegistry", ["ecr:GetAuthorizationToken"]),
        statement(
            "PullImages",
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [place.arn("ecr", f"repository/{names.repository}")],
        ),
        statement(
            "WriteLogs",
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [place.arn("logs", f"log-group:{names.log_group}:*")],
        ),
    ]
