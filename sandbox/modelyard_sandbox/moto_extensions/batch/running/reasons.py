"""What AWS says about jobs, in its own words where they are public.

Sources, 2026-11: AWS Batch user guide, "Jobs stuck in a RUNNABLE status" (the reasons with a colon in
capital letters, and what a job cancelled for one says); Amazon ECS developer guide, "Stopped tasks error
messages", "CannotPullContainer task errors", "Troubleshooting ResourceInitializationError errors" and
"Fetching secret data" there; outputs of DescribeJobs and ECS in public issues and repositories (snakesee,
redun, nextflow, metaflow, aws/containers-roadmap#2231) for the others. Docker's own words follow "Error
response from daemon".
"""

from __future__ import annotations

ESSENTIAL_EXITED = "Essential container in task exited"
"""Whatever the container's exit code was."""
FAILED_TO_START = "Task failed to start"
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
TIMED_OUT = "Job attempt duration exceeded timeout"
DEPENDENT_FAILED = "Dependent Job failed"
ARRAY_CHILD_FAILED = "Array Child Job failed"

MAX_RESOURCE = (
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the "
    "CPU requirement of the job."
)
JOB_RESOURCE = (
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher "
    "than that can be met by the CE(s) attached to the job queue."
)
UNDETERMINED = "UNDETERMINED - Batch job is blocked, root cause is undetermined."

DAEMON = "Error response from daemon: "
RUNTIME = (
    f"CannotStartContainerError: {DAEMON}failed to create task for container: failed to create shim task: "
    "OCI runtime create failed: runc create failed: unable to start container process: "
)
NO_COMMAND = f"CannotCreateContainerError: {DAEMON}No command specified"
NO_LOG_GROUP = (
    f"CannotStartContainerError: {DAEMON}failed to initialize logging driver: failed to create Cloudwatch "
    "log stream: ResourceNotFoundException: The specified log group does not exist."
)


def host_terminated(instance_id: str) -> str:
    """The machine is gone; of Fargate's nothing is known but that the task was interrupted."""
    if not instance_id:
        return "Your Spot Task was interrupted."
    return f"Host EC2 (instance {instance_id}) terminated."


def no_capacity(type_name: str) -> str:
    """EC2 has no machine of that type to give."""
    return (
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for "
        f"instance type [{type_name}]"
    )


def too_many_nodes(most: int, setting: str) -> str:
    """The sandbox's machine isn't up to so large a job: the one reason that AWS doesn't have."""
    return (
        f"UNDETERMINED - Batch job is blocked: the sandbox runs {most} nodes of one job at most, 8 times "
        f"{setting}."
    )


def cancelled_when_stuck(reason: str) -> str:
    """A time limit of the queue has cancelled it."""
    return f"Canceled by JobStateTimeLimit action due to reason: {reason}"


def image_missing(image: str) -> str:
    """The image can't be pulled."""
    repository = image.partition("@")[0].rpartition(":")[0] or image
    return (
        f"CannotPullContainerError: {DAEMON}pull access denied for {repository}, repository does not exist "
        "or may require 'docker login'"
    )


def not_executable(program: str, *, exists: bool) -> str:
    """The command's first word is no program."""
    if exists:
        return f'{RUNTIME}exec: "{program}": permission denied: unknown'
    if "/" in program:
        return f'{RUNTIME}exec: "{program}": stat {program}: no such file or directory: unknown'
    return f'{RUNTIME}exec: "{program}": executable file not found in $PATH: unknown'


def secret_missing(arn: str, region: str) -> str:
    """A secret of Secrets Manager that isn't there."""
    return (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
        f"failed: unable to retrieve secret from asm: Fetching secret data from AWS Secrets Manager in "
        f"region {region}: secret {arn}: ResourceNotFoundException: Secrets Manager can't find the specified "
        "secret."
    )


def secret_key_missing(arn: str, key: str) -> str:
    """A secret that is there, without the JSON key that is asked for."""
    return (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
        f"failed: unable to retrieve secret from asm: retrieved secret from Secrets Manager did not contain "
        f"json key {key}: secret {arn}"
    )


def parameter_missing(name: str, region: str) -> str:
    """A parameter of Systems Manager that isn't there."""
    return (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
        f"failed: unable to retrieve secrets from ssm: Fetching secret data from SSM Parameter Store in "
        f"{region}: invalid parameters: {name}"
    )
