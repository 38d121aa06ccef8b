"""What who submits jobs may do: people, pipelines, and the job that supervises others."""

from __future__ import annotations

from modelyard.planning.arns import bucket_arn
from modelyard.planning.names import KEEP_PREFIX, RUNS_PREFIX
from modelyard.planning.policies.document import Statement, document, statement
from modelyard.planning.policies.roles import ClusterNames, PromotionLock, lock_promoted


def submitter_policy(
    names: ClusterNames,
    checkpoints_bucket: str,
    promotion: PromotionLock | None = None,
    *,
    end_bad_nodes: bool = False,
) -> str:
    """What who submits jobs may do, besides what a viewer may: submit to the environment's queues, under its
    roles, with its images; keep the record of runs; promote checkpoints, where they are locked when that is
    done; and end a bad node, where the environment says so.

    A free RegisterJobDefinition with PassRole would be root on the nodes: both are bounded, the image and the
    privileges for each container of a multi-node job. Batch has no condition for host mounts. Jobs are ended
    by their tag, which whoever submits them sets (Service Authorization Reference, "AWS Batch", 2026-11).

    Nothing is deleted. Conditional writes are writes, and take no action of their own (Amazon S3 User Guide,
    "How to prevent object overwrites with conditional writes", 2026-11).
    """
    checkpoints = bucket_arn(checkpoints_bucket)
    write = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    promoting = (
        [
            # Copying them to where they are kept, and locking them there.
            statement("PromoteCheckpoints", write, [f"{checkpoints}/{KEEP_PREFIX}*"]),
            lock_promoted(checkpoints, promotion),
        ]
        if promotion
        else []
    )
    return document(
        [
            *_submit(names),
            *_images(names),
            statement("RecordRuns", write, [f"{checkpoints}/{RUNS_PREFIX}*"]),
            *promoting,
            *([_end_nodes(names)] if end_bad_nodes else []),
        ]
    )


def viewer_policy(names: ClusterNames, checkpoints_bucket: str) -> str:
    """What who looks on may do: see every job of the account and why it waits, its logs, the machine that it
    is on; read the target, the record of runs, and checkpoints.

    The checkpoint store is read whole: a run goes on from what its program wrote, wherever that is.
    """
    place, checkpoints = names.place, bucket_arn(checkpoints_bucket)
    return document(
        [
            # These take no resource (Service Authorization Reference, "AWS Batch" and "Amazon EC2", 2026-11).
            statement(
                "SeeJobs",
                [
                    "batch:DescribeComputeEnvironments",
                    "batch:DescribeJobDefinitions",
                    "batch:DescribeJobQueues",
                    "batch:DescribeJobs",
                    "batch:ListJobs",
                    "ec2:DescribeInstances",
                ],
            ),
            statement("SeeWhatIsFirst", ["batch:GetJobQueueSnapshot"], _queues(names)),
            # Batch's own clusters, whose names begin so.
            statement(
                "SeeWhichMachine",
                ["ecs:DescribeContainerInstances"],
                [place.arn("ecs", "container-instance/AWSBatch*")],
            ),
            statement(
                "ReadLogs",
                ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"],
                [
                    place.arn("logs", f"log-group:{group}:*")
                    for group in (names.log_group, names.node_log_group)
                ],
            ),
            statement("ListRuns", ["s3:ListBucket"], [checkpoints]),
            statement("ReadTargetRunsAndCheckpoints", ["s3:GetObject"], [f"{checkpoints}/*"]),
        ]
    )


def _end_nodes(names: ClusterNames) -> Statement:
    """Nodes carry the environment's tag, and their pool's: no other machine with the first is ended."""
    return statement(
        "EndBadNodes",
        ["ec2:TerminateInstances"],
        [names.place.arn("ec2", "instance/*")],
        conditions={
            "StringEquals": {"aws:ResourceTag/environment": names.environment},
            "Null": {"aws:ResourceTag/pool": "false"},
        },
    )


def _submit(names: ClusterNames) -> list[Statement]:
    place = names.place
    definitions = place.arn("batch", f"job-definition/{names.environment}-*")
    # The job that comes of a submission is a resource of its own (Service Authorization Reference, "AWS
    # Batch", 2026-11).
    jobs = place.arn("batch", "job/*")
    images = f"{place.account_id}.dkr.ecr.{place.region}.amazonaws.com/{names.repository}"
    passed = [names.job_role, names.execution_role, *filter(None, [names.supervisor_role])]
    return [
        statement("Submit", ["batch:SubmitJob"], [definitions, jobs, *_queues(names)]),
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
        statement("TagWhatIsSubmitted", ["batch:TagResource"], [definitions, jobs]),
        statement(
            "PassJobRolesOnly",
            ["iam:PassRole"],
            [place.iam(f"role/{role}") for role in passed],
            conditions={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
        statement(
            "EndOwnJobs",
            ["batch:CancelJob", "batch:TerminateJob"],
            [jobs],
            conditions={"StringEquals": {"aws:ResourceTag/environment": names.environment}},
        ),
    ]


def _images(names: ClusterNames) -> list[Statement]:
    return [
        statement("SignInToRegistry", ["ecr:GetAuthorizationToken"]),
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
            [names.place.arn("ecr", f"repository/{names.repository}")],
        ),
    ]


def _queues(names: ClusterNames) -> list[str]:
    return [names.place.arn("batch", f"job-queue/{queue}") for queue in names.queues]
