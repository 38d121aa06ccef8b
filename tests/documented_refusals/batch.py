"""Batch: what it refuses. It has one code for all of a client's mistakes: ClientException."""

from __future__ import annotations

from typing import Any

from documented_refusals.case import READ_ON, Acceptance, Account, Refusal, Request, repeated

API = f"Batch API Reference, {READ_ON}"
GUIDE = f"Batch User Guide, {READ_ON}"
CODE = "ClientException"
IMAGE = "public.ecr.aws/amazonlinux/amazonlinux:2023"


def resources(account: Account, **changes: Any) -> Request:
    """What a compute environment may start."""
    vpc_id = account.vpc()
    usual = {
        "type": "EC2",
        "allocationStrategy": "BEST_FIT_PROGRESSIVE",
        "minvCpus": 0,
        "maxvCpus": 256,
        "instanceTypes": ["p5.48xlarge"],
        "subnets": [account.subnet(vpc_id=vpc_id)],
        "securityGroupIds": [account.security_group(vpc_id)],
        "instanceRole": account.instance_profile(),
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def environment(account: Account, name: str = "gpus", **changes: Any) -> Request:
    """A compute environment to create."""
    service = account.role(f"service-{name[:40]}".replace(" ", "-"))
    return {
        "computeEnvironmentName": name,
        "type": "MANAGED",
        "serviceRole": service,
        **({} if "computeResources" in changes else {"computeResources": resources(account)}),
        **changes,
    }


def made(account: Account, name: str = "gpus") -> str:
    """ARN of a new unmanaged compute environment, which needs nothing else."""
    service = account.role(f"service-{name}")
    return account.client("batch").create_compute_environment(
        computeEnvironmentName=name, type="UNMANAGED", serviceRole=service
    )["computeEnvironmentArn"]


def managed(account: Account, name: str = "gpus", **changes: Any) -> str:
    """ARN of a new managed compute environment."""
    request = environment(account, name, **changes)
    return account.client("batch").create_compute_environment(**request)["computeEnvironmentArn"]


def queue(*environments: str, **changes: Any) -> Request:
    """A queue to create."""
    order = [{"order": number, "computeEnvironment": arn} for number, arn in enumerate(environments, 1)]
    return {"jobQueueName": "jobs", "priority": 1, "computeEnvironmentOrder": order, **changes}


def queued(account: Account, **changes: Any) -> str:
    """Name of a new queue on a new compute environment."""
    account.client("batch").create_job_queue(**queue(managed(account), **changes))
    return "jobs"


def fargate(account: Account, **changes: Any) -> Request:
    """What a compute environment on Fargate may start."""
    nothing: dict[str, Any] = {"allocationStrategy": None, "minvCpus": None, "instanceTypes": None}
    return resources(account, type="FARGATE", **{**nothing, "instanceRole": None, **changes})


def two_kinds(account: Account) -> Request:
    """A queue on EC2 and on Fargate."""
    first = managed(account)
    away = resources_elsewhere(account)
    second = account.client("batch").create_compute_environment(
        computeEnvironmentName="fargate", type="MANAGED", computeResources=away, serviceRole=account.role("f")
    )
    return queue(first, second["computeEnvironmentArn"])


def two_architectures(account: Account) -> Request:
    """A queue on machines of Intel and of Graviton."""
    usual = resources(account)
    types = {"intel": "c7i.4xlarge", "arm": "c7g.4xlarge"}
    return queue(
        *(
            managed(account, name, computeResources={**usual, "instanceTypes": [type_]})
            for name, type_ in types.items()
        )
    )


def resources_elsewhere(account: Account) -> Request:
    """Fargate's resources in a network of their own."""
    vpc_id = account.vpc("10.8.0.0/16")
    subnet = account.subnet("10.8.0.0/24", vpc_id)
    group = account.security_group(vpc_id, "fargate")
    return {"type": "FARGATE", "maxvCpus": 16, "subnets": [subnet], "securityGroupIds": [group]}


def container(**changes: Any) -> Request:
    """A container."""
    needs = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "1024"}]
    return {"image": IMAGE, "command": ["true"], "resourceRequirements": needs, **changes}


def definition(**changes: Any) -> Request:
    """A definition of a job on one node."""
    usual = {"jobDefinitionName": "train", "type": "container", "containerProperties": container()}
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def gang(nodes: int = 4, main: int = 0, ranges: tuple[str, ...] = ("0:",), **changes: Any) -> Request:
    """A definition of a job on several nodes."""
    properties = [{"targetNodes": targets, "container": container()} for targets in ranges]
    return {
        "jobDefinitionName": "train",
        "type": "multinode",
        "nodeProperties": {"numNodes": nodes, "mainNode": main, "nodeRangeProperties": properties},
        **changes,
    }


def job(account: Account, defined: Request | None = None, **changes: Any) -> Request:
    """A job to submit to a new queue."""
    account.client("batch").register_job_definition(**(defined or definition()))
    return {"jobName": "run", "jobQueue": queued(account), "jobDefinition": "train", **changes}


def in_queue(account: Account) -> Request:
    """A compute environment that is disabled, but still a queue's."""
    queued(account)
    account.client("batch").update_compute_environment(computeEnvironment="gpus", state="DISABLED")
    return {"computeEnvironment": "gpus"}


def disabled_queue(account: Account) -> Request:
    """A job for a queue that is disabled."""
    request = job(account)
    account.client("batch").update_job_queue(jobQueue="jobs", state="DISABLED")
    return request


def waits(seconds: int) -> list[dict[str, Any]]:
    """What to do with a job that waits too long."""
    return [{"reason": "stuck", "state": "RUNNABLE", "maxTimeSeconds": seconds, "action": "CANCEL"}]


EVALUATE = [{"onReason": f"Host{number}*", "action": "RETRY"} for number in range(6)]
GANG_GUIDE = f"{API}, NodeProperties and NodeRangeProperty"
OVERRIDES = f"{API}, NodeOverrides, numNodes"

REFUSALS = (
    Refusal(
        "a compute environment's name taken",
        "batch.create_compute_environment",
        CODE,
        f"{API}, CreateComputeEnvironment",
        lambda a: repeated(a, "batch.create_compute_environment", environment(a)),
    ),
    Refusal(
        "a compute environment's name with a space",
        "batch.create_compute_environment",
        CODE,
        f"{API}, CreateComputeEnvironment, computeEnvironmentName",
        lambda a: environment(a, "the gpus"),
    ),
    Refusal(
        "a compute environment's name of 129 characters",
        "batch.create_compute_environment",
        CODE,
        f"{API}, CreateComputeEnvironment, computeEnvironmentName",
        lambda a: environment(a, "g" * 129),
    ),
    Refusal(
        "more wanted vCPUs than the maximum",
        "batch.create_compute_environment",
        CODE,
        f"{API}, ComputeResource, desiredvCpus (between minimum and maximum)",
        lambda a: environment(a, computeResources=resources(a, desiredvCpus=512)),
    ),
    Refusal(
        "a least of vCPUs above the most",
        "batch.create_compute_environment",
        CODE,
        f"{API}, ComputeResource, minvCpus and maxvCpus",
        lambda a: environment(a, computeResources=resources(a, minvCpus=512)),
    ),
    Refusal(
        "spot with best fit and no fleet role",
        "batch.create_compute_environment",
        CODE,
        f"{API}, ComputeResource, spotIamFleetRole",
        lambda a: environment(a, computeResources=resources(a, type="SPOT", allocationStrategy="BEST_FIT")),
    ),
    Refusal(
        "Fargate with instance types",
        "batch.create_compute_environment",
        CODE,
        f"{API}, ComputeResource, instanceTypes (not with Fargate)",
        lambda a: environment(a, computeResources=fargate(a, instanceTypes=["p5.48xlarge"])),
    ),
    Refusal(
        "a vCPU count of unmanaged for a managed environment",
        "batch.create_compute_environment",
        CODE,
        f"{API}, CreateComputeEnvironment, unmanagedvCpus",
        lambda a: environment(a, unmanagedvCpus=8),
    ),
    Refusal(
        "an enabled compute environment, deleted",
        "batch.delete_compute_environment",
        CODE,
        f"{API}, DeleteComputeEnvironment",
        lambda a: {"computeEnvironment": managed(a)},
    ),
    Refusal(
        "a queue's compute environment, deleted",
        "batch.delete_compute_environment",
        CODE,
        f"{API}, DeleteComputeEnvironment",
        in_queue,
    ),
    Refusal(
        "a compute environment that is not there, updated",
        "batch.update_compute_environment",
        CODE,
        f"{API}, UpdateComputeEnvironment",
        lambda _: {"computeEnvironment": "gpus", "state": "DISABLED"},
    ),
    Refusal(
        "a queue's name taken",
        "batch.create_job_queue",
        CODE,
        f"{API}, CreateJobQueue",
        lambda a: repeated(a, "batch.create_job_queue", queue(managed(a))),
    ),
    Refusal(
        "a queue's name of 129 characters",
        "batch.create_job_queue",
        CODE,
        f"{API}, CreateJobQueue, jobQueueName",
        lambda a: queue(managed(a), jobQueueName="q" * 129),
    ),
    Refusal(
        "a queue's name with a period",
        "batch.create_job_queue",
        CODE,
        f"{API}, CreateJobQueue, jobQueueName",
        lambda a: queue(managed(a), jobQueueName="jobs.gpus"),
    ),
    Refusal(
        "a queue on four compute environments",
        "batch.create_job_queue",
        CODE,
        f"{API}, CreateJobQueue, computeEnvironmentOrder (up to three)",
        lambda a: queue(*(made(a, f"gpus-{number}") for number in range(4))),
    ),
    Refusal(
        "a queue on no compute environment",
        "batch.create_job_queue",
        CODE,
        f"{API}, CreateJobQueue, computeEnvironmentOrder",
        lambda _: queue(),
    ),
    Refusal(
        "a queue on a compute environment that is not there",
        "batch.create_job_queue",
        CODE,
        f"{API}, CreateJobQueue, computeEnvironmentOrder",
        lambda _: queue("gpus"),
    ),
    Refusal(
        "a queue on EC2 and Fargate",
        "batch.create_job_queue",
        CODE,
        f"{API}, CreateJobQueue, computeEnvironmentOrder (not mixed)",
        two_kinds,
    ),
    Refusal(
        "a queue on machines of two architectures",
        "batch.create_job_queue",
        CODE,
        f"{API}, ComputeEnvironmentOrder (must share the same architecture)",
        two_architectures,
    ),
    Refusal(
        "a queue with a scheduling policy that is not there",
        "batch.create_job_queue",
        CODE,
        f"{API}, CreateJobQueue, schedulingPolicyArn",
        lambda a: queue(
            managed(a),
            schedulingPolicyArn=(f"arn:aws:batch:{a.region}:{a.account_id}:scheduling-policy/fair"),
        ),
    ),
    Refusal(
        "a queue that gives up after 599 seconds",
        "batch.create_job_queue",
        CODE,
        f"{API}, JobStateTimeLimitAction, maxTimeSeconds (600 to 86400)",
        lambda a: queue(managed(a), jobStateTimeLimitActions=waits(599)),
    ),
    Refusal(
        "an enabled queue, deleted",
        "batch.delete_job_queue",
        CODE,
        f"{API}, DeleteJobQueue",
        lambda a: {"jobQueue": queued(a)},
    ),
    Refusal(
        "a queue that is not there, updated",
        "batch.update_job_queue",
        CODE,
        f"{API}, UpdateJobQueue",
        lambda _: {"jobQueue": "jobs", "priority": 2},
    ),
    Refusal(
        "a job definition's name with a space",
        "batch.register_job_definition",
        CODE,
        f"{API}, RegisterJobDefinition, jobDefinitionName",
        lambda _: definition(jobDefinitionName="the training"),
    ),
    Refusal(
        "a container job without a container",
        "batch.register_job_definition",
        CODE,
        f"{API}, RegisterJobDefinition, type",
        lambda _: definition(containerProperties=None),
    ),
    Refusal(
        "a multi-node job without its nodes",
        "batch.register_job_definition",
        CODE,
        f"{API}, RegisterJobDefinition, type",
        lambda _: definition(type="multinode", containerProperties=None),
    ),
    Refusal(
        "a container with three MiB",
        "batch.register_job_definition",
        CODE,
        f"{API}, ResourceRequirement, value (at least 4 MiB)",
        lambda _: definition(
            containerProperties=container(
                resourceRequirements=[{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "3"}]
            )
        ),
    ),
    Refusal(
        "a job of eleven attempts",
        "batch.register_job_definition",
        CODE,
        f"{API}, RetryStrategy, attempts (1 to 10)",
        lambda _: definition(retryStrategy={"attempts": 11}),
    ),
    Refusal(
        "six conditions of a retry",
        "batch.register_job_definition",
        CODE,
        f"{API}, RetryStrategy, evaluateOnExit (up to 5)",
        lambda _: definition(retryStrategy={"attempts": 2, "evaluateOnExit": EVALUATE}),
    ),
    Refusal(
        "a timeout of 59 seconds",
        "batch.register_job_definition",
        CODE,
        f"{API}, JobTimeout (at least 60)",
        lambda _: definition(timeout={"attemptDurationSeconds": 59}),
    ),
    Refusal(
        "a scheduling priority of ten thousand",
        "batch.register_job_definition",
        CODE,
        f"{API}, RegisterJobDefinition, schedulingPriority (0 to 9999)",
        lambda _: definition(schedulingPriority=10000),
    ),
    Refusal(
        "a main node beyond the last",
        "batch.register_job_definition",
        CODE,
        GANG_GUIDE,
        lambda _: gang(nodes=4, main=4),
    ),
    Refusal(
        "node ranges that leave nodes out",
        "batch.register_job_definition",
        CODE,
        GANG_GUIDE,
        lambda _: gang(nodes=4, ranges=("0:2",)),
    ),
    Refusal(
        "a node range beyond the last node",
        "batch.register_job_definition",
        CODE,
        GANG_GUIDE,
        lambda _: gang(nodes=4, ranges=("0:4",)),
    ),
    Refusal(
        "six node ranges",
        "batch.register_job_definition",
        CODE,
        f"{GUIDE}, Multi-node parallel jobs, node groups (up to five)",
        lambda _: gang(nodes=6, ranges=("0", "1", "2", "3", "4", "5")),
    ),
    Refusal(
        "a job of a definition that is not there",
        "batch.submit_job",
        CODE,
        f"{API}, SubmitJob, jobDefinition",
        lambda a: job(a, jobDefinition="other"),
    ),
    Refusal(
        "a job for a queue that is not there",
        "batch.submit_job",
        CODE,
        f"{API}, SubmitJob, jobQueue",
        lambda a: job(a, jobQueue="other"),
    ),
    Refusal(
        "a job for a disabled queue",
        "batch.submit_job",
        CODE,
        f"{API}, CreateJobQueue, state",
        disabled_queue,
    ),
    Refusal(
        "a job's name that begins with a hyphen",
        "batch.submit_job",
        CODE,
        f"{API}, SubmitJob, jobName",
        lambda a: job(a, jobName="-run"),
    ),
    Refusal(
        "an array of one",
        "batch.submit_job",
        CODE,
        f"{API}, SubmitJob, arrayProperties (2 to 10,000)",
        lambda a: job(a, arrayProperties={"size": 1}),
    ),
    Refusal(
        "an array of ten thousand and one",
        "batch.submit_job",
        CODE,
        f"{API}, SubmitJob, arrayProperties (2 to 10,000)",
        lambda a: job(a, arrayProperties={"size": 10001}),
    ),
    Refusal(
        "a job's timeout of 59 seconds",
        "batch.submit_job",
        CODE,
        f"{API}, SubmitJob, timeout",
        lambda a: job(a, timeout={"attemptDurationSeconds": 59}),
    ),
    Refusal(
        "a job's eleven attempts",
        "batch.submit_job",
        CODE,
        f"{API}, RetryStrategy, attempts",
        lambda a: job(a, retryStrategy={"attempts": 11}),
    ),
    Refusal(
        "other nodes for closed ranges",
        "batch.submit_job",
        CODE,
        f"{OVERRIDES} (a range with an open end)",
        lambda a: job(a, gang(nodes=4, ranges=("0:3",)), nodeOverrides={"numNodes": 8}),
    ),
    Refusal(
        "fewer nodes than a range's start",
        "batch.submit_job",
        CODE,
        f"{OVERRIDES} (the lower boundary)",
        lambda a: job(a, gang(nodes=4, ranges=("0:1", "2:")), nodeOverrides={"numNodes": 2}),
    ),
    Refusal(
        "fewer nodes than the main node",
        "batch.submit_job",
        CODE,
        f"{OVERRIDES} (the main node)",
        lambda a: job(a, gang(nodes=4, main=3), nodeOverrides={"numNodes": 2}),
    ),
)

ACCEPTED = (
    Acceptance("batch.create_compute_environment", environment),
    Acceptance("batch.create_compute_environment", lambda a: environment(a, computeResources=fargate(a))),
    Acceptance("batch.create_job_queue", lambda a: queue(managed(a))),
    Acceptance("batch.create_job_queue", lambda a: queue(managed(a), jobStateTimeLimitActions=waits(600))),
    Acceptance("batch.register_job_definition", lambda _: definition()),
    Acceptance("batch.register_job_definition", lambda _: gang(ranges=("0:1", "2:"))),
    Acceptance("batch.submit_job", job),
    Acceptance("batch.submit_job", lambda a: job(a, gang(nodes=4), nodeOverrides={"numNodes": 8})),
)
