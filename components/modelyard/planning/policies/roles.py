"""What the roles of a cluster may do, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modelyard.planning.arns import Place, bucket_arn
from modelyard.planning.metrics import NAMESPACE
from modelyard.planning.names import KEEP_PREFIX
from modelyard.planning.policies.document import Statement, document, statement
from modelyard.planning.secrets import in_service


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
    supervisor_role: str | None = None
    """Role of a job that submits and ends jobs itself, if there is one."""


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


def secrets_policy(place: Place, secrets: Sequence[str], key_arns: Sequence[str] = ()) -> str:
    """What giving jobs their secrets takes: reading these secrets and parameters, and no others, and use of
    the keys that they are encrypted with (Amazon ECS Developer Guide, "Amazon ECS task execution IAM role",
    2026-11). All of them are in the cluster's own region. Keys that AWS manages ask for no right.
    """
    reading = {
        "secretsmanager": ("ReadSecrets", "secretsmanager:GetSecretValue"),
        "ssm": ("ReadParameters", "ssm:GetParameters"),
    }
    named = {service: in_service(secrets, service) for service in reading}
    statements = [
        statement(sid, [action], named[service])
        for service, (sid, action) in reading.items()
        if named[service]
    ]
    if key_arns:
        through = [f"{service}.{place.region}.amazonaws.com" for service in reading if named[service]]
        statements.append(
            statement(
                "ReadUnderTheirKeys",
                ["kms:Decrypt"],
                key_arns,
                conditions={"StringEquals": {"kms:ViaService": through}},
            )
        )
    return document(statements)


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
            *([lock_promoted(checkpoints, promotion)] if promotion else []),
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


def lock_promoted(checkpoints: str, promotion: PromotionLock) -> Statement:
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
