"""Where AWS Batch places jobs in the sandbox: types, vCPUs, order, fallbacks, and what never starts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from batching import Account
from patience import GONE_SECONDS

from modelyard_sandbox.moto_extensions.batch.running.capacity import Need, Offer, need_of, offers_of

Eventually = Callable[..., Any]
NO_TYPE = (
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than "
    "that can be met by the CE(s) attached to the job queue."
)
TOO_FEW_VCPUS = (
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the "
    "CPU requirement of the job."
)
UNKNOWN = "UNDETERMINED - Batch job is blocked, root cause is undetermined."


def amounts(vcpus: int = 1, memory: int = 1024, gpus: int = 0) -> dict[str, Any]:
    """What a container asks for."""
    asked = {"VCPU": vcpus, "MEMORY": memory, **({"GPU": gpus} if gpus else {})}
    return {"resourceRequirements": [{"type": type_, "value": str(value)} for type_, value in asked.items()]}


def test_a_type_offers_its_vcpus_gpus_and_what_the_agent_leaves_of_its_memory() -> None:
    assert offers_of(["c7i.4xlarge"]) == (Offer("c7i.4xlarge", 16, 31_457, 0),)
    assert offers_of(["p5.48xlarge"]) == (Offer("p5.48xlarge", 192, 2_013_265, 8),)
    assert [offer.type_name for offer in offers_of(["g5"])][:2] == ["g5.xlarge", "g5.2xlarge"]
    assert {offer.type_name.partition(".")[0] for offer in offers_of(["optimal"])} <= {
        "c4",
        "m4",
        "r4",
        "c5",
        "m5",
        "r5",
    }
    assert offers_of(["p5"], only="p5.48xlarge") == offers_of(["p5.48xlarge"])
    assert offers_of(["trn1.32xlarge"])[0].gpus == 0, "GPU can't be asked for on Trainium"


def test_a_container_asks_in_the_one_way_or_the_other() -> None:
    assert need_of({"vcpus": 2, "memory": 512}) == Need(2, 512, 0)
    assert need_of({"vcpus": 2, "memory": 512, **amounts(4, 1024, 1)}) == Need(4, 1024, 1)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (amounts(vcpus=17), NO_TYPE),
        (amounts(memory=31_458), NO_TYPE),
        (amounts(gpus=1), NO_TYPE),
    ],
)
def test_what_fits_on_no_type_stays_runnable_and_says_so(
    yard: Any, asked: dict[str, Any], reason: str
) -> None:
    id_ = yard.submit("true", **asked)
    assert yard.account.when(id_, "RUNNABLE")["status"] == "RUNNABLE"
    assert said(yard.account, id_) == reason
    listed = yard.account.batch.list_jobs(jobQueue=yard.queue, jobStatus="RUNNABLE")["jobSummaryList"]
    assert [item["statusReason"] for item in listed] == [reason]


def test_all_of_a_machine_that_the_agent_leaves_can_be_asked_for(yard: Any) -> None:
    assert yard.run("true", **amounts(vcpus=16, memory=31_457))["status"] == "SUCCEEDED"


def test_what_needs_more_vcpus_than_there_may_ever_be_says_so(yard: Any) -> None:
    assert said(yard.account, yard.gang("true", 5)) == TOO_FEW_VCPUS, (
        "five nodes are five machines of 16 vCPUs"
    )


def test_a_job_of_more_nodes_than_this_machine_bears_says_so(yard: Any) -> None:
    large = yard.account.resources(instanceTypes=["c7i.large"], maxvCpus=10_000)
    yard.queue = yard.account.queue(yard.account.environment(computeResources=large))
    id_ = yard.gang("true", 49)
    assert said(yard.account, id_) == (
        "UNDETERMINED - Batch job is blocked: the sandbox runs 48 nodes of one job at most, 8 times "
        "MODELYARD_SANDBOX_BATCH_PROCESSES=6."
    )
    yard.account.batch.terminate_job(jobId=id_, reason="enough")


def said(account: Account, id_: str) -> str:
    """Why a job is stuck, once that is known."""
    return account.when(id_, "RUNNABLE") and _reason(account, id_)


def _reason(account: Account, id_: str) -> str:
    while "statusReason" not in (job := account.job(id_)):
        assert job["status"] == "RUNNABLE"
    return job["statusReason"]


def test_jobs_beyond_the_most_vcpus_wait_in_their_order(yard: Any, eventually: Eventually) -> None:
    first = [yard.submit("sleep 60", **amounts(vcpus=16)) for _ in range(4)]
    for id_ in first:
        yard.account.when(id_, "RUNNING")
    second = [yard.submit("sleep 60", **amounts(vcpus=vcpus)) for vcpus in (16, 1)]
    waiting = [yard.account.when(id_, "RUNNABLE") for id_ in second]
    assert all("statusReason" not in job for job in waiting), "they wait for their turn, and aren't stuck"
    front = yard.account.batch.get_job_queue_snapshot(jobQueue=yard.queue)["frontOfQueue"]["jobs"]
    assert [item["jobArn"].rpartition("/")[2] for item in front] == second
    yard.account.batch.terminate_job(jobId=first[2], reason="enough")
    yard.account.when(second[0], "RUNNING")
    assert yard.account.job(second[1])["status"] == "RUNNABLE", "first come, first served"
    for id_ in [*first, *second]:
        yard.account.batch.terminate_job(jobId=id_, reason="enough")
    eventually(lambda: not yard.processes(), GONE_SECONDS)


def test_a_stuck_job_at_the_head_keeps_those_behind_from_starting_until_it_goes(yard: Any) -> None:
    stuck = yard.submit("true", **amounts(gpus=8))
    behind = yard.submit("true")
    assert said(yard.account, stuck) == NO_TYPE
    assert yard.account.job(behind)["status"] == "RUNNABLE"
    assert "statusReason" not in yard.account.job(behind)
    yard.account.batch.cancel_job(jobId=stuck, reason="wrong pool")
    assert yard.account.ended(behind)["status"] == "SUCCEEDED"


def test_a_queue_falls_back_in_its_order_and_no_disabled_environment_gets_anything(yard: Any) -> None:
    account = yard.account
    small = account.environment(computeResources=account.resources(maxvCpus=16))
    large = account.environment(computeResources=account.resources(instanceTypes=["c7i.8xlarge"]))
    yard.queue = account.queue(small, large)
    tell = "echo $AWS_BATCH_CE_NAME"
    names = [arn.rpartition("/")[2] for arn in (small, large)]

    def where(**asked: Any) -> str:
        job = yard.run(tell, **asked)
        return account.lines(job["jobId"])[0]

    assert (where(), where(**amounts(vcpus=32))) == (names[0], names[1])
    account.batch.update_compute_environment(computeEnvironment=small, state="DISABLED")
    assert where() == names[1]
    account.batch.update_compute_environment(computeEnvironment=large, state="DISABLED")
    waiting = yard.submit(tell)
    assert said(account, waiting) == UNKNOWN
    account.batch.update_compute_environment(computeEnvironment=small, state="ENABLED")
    assert account.ended(waiting)["status"] == "SUCCEEDED"


def test_a_multi_node_job_passes_over_spot_machines_and_never_starts_on_them_alone(yard: Any) -> None:
    account = yard.account
    spot = account.environment(
        computeResources=account.resources(type="SPOT", allocationStrategy="SPOT_CAPACITY_OPTIMIZED")
    )
    yard.queue = account.queue(spot)
    stuck = yard.gang("true", 2)
    assert said(account, stuck) == UNKNOWN
    account.batch.terminate_job(jobId=stuck, reason="enough")
    on_demand = account.environment()
    yard.queue = account.queue(spot, on_demand)
    id_ = yard.gang("echo $AWS_BATCH_CE_NAME; sleep 0.2", 2)
    assert account.ended(id_)["status"] == "SUCCEEDED"
    assert account.lines(f"{id_}#0") == [on_demand.rpartition("/")[2]]


def test_fargate_takes_what_fits_below_its_vcpus(yard: Any) -> None:
    account = yard.account
    yard.queue = account.queue(account.environment(computeResources=account.fargate()))
    role = f"arn:aws:iam::{account.account_id}:role/execution"
    quarter = {
        "resourceRequirements": [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}],
        "executionRoleArn": role,
    }
    definition = account.definition(
        containerProperties=yard.container("echo $AWS_EXECUTION_ENV", **quarter),
        platformCapabilities=["FARGATE"],
    )
    id_ = account.submit(definition, yard.queue)
    assert account.ended(id_)["status"] == "SUCCEEDED"
    assert account.lines(id_) == ["AWS_ECS_FARGATE"]


def test_machines_are_instances_of_ec2_and_of_the_cluster_while_something_is_on_them(
    fresh: Any, eventually: Eventually
) -> None:
    account = fresh.account
    ec2, ecs = account.client("ec2"), account.client("ecs")
    ids = [fresh.submit("sleep 60"), fresh.gang("sleep 60", 2)]
    for id_ in (ids[0], f"{ids[1]}#0", f"{ids[1]}#1"):
        account.when(id_, "RUNNING")
    arns = [account.job(id_)["container"]["containerInstanceArn"] for id_ in (ids[0], f"{ids[1]}#1")]
    cluster = arns[0].split("/")[1]
    described = ecs.describe_container_instances(cluster=cluster, containerInstances=arns)
    instances = [item["ec2InstanceId"] for item in described["containerInstances"]]

    def states() -> dict[str, str]:
        found = ec2.describe_instances()["Reservations"]
        return {item["InstanceId"]: item["State"]["Name"] for one in found for item in one["Instances"]}

    assert sorted(states().values()) == ["running"] * 3
    # A node whose instance somebody ends is lost; the job goes on, as its main node does.
    ec2.terminate_instances(InstanceIds=[instances[1]])
    node = account.ended(f"{ids[1]}#1")
    assert (node["status"], node["statusReason"]) == (
        "FAILED",
        f"Host EC2 (instance {instances[1]}) terminated.",
    )
    assert "exitCode" not in node["container"]
    assert account.job(ids[1])["status"] == "RUNNING"
    for id_ in ids:
        account.batch.terminate_job(jobId=id_, reason="enough")
        account.ended(id_)
    eventually(lambda: set(states().values()) == {"terminated"})


def test_a_reservation_that_is_full_leaves_jobs_waiting_for_capacity(yard: Any) -> None:
    account = yard.account
    ec2 = account.client("ec2")
    zone = ec2.describe_subnets(SubnetIds=[account.subnet])["Subnets"][0]["AvailabilityZone"]
    reserved = ec2.create_capacity_reservation(
        InstanceType="c7i.4xlarge", InstancePlatform="Linux/UNIX", AvailabilityZone=zone, InstanceCount=1
    )["CapacityReservation"]["CapacityReservationId"]
    data = {
        "CapacityReservationSpecification": {"CapacityReservationTarget": {"CapacityReservationId": reserved}}
    }
    template = ec2.create_launch_template(LaunchTemplateName="reserved", LaunchTemplateData=data)
    launch = {"launchTemplateId": template["LaunchTemplate"]["LaunchTemplateId"], "version": "$Latest"}
    yard.queue = account.queue(account.environment(computeResources=account.resources(launchTemplate=launch)))
    first, second = (yard.submit("sleep 60", **amounts(vcpus=16)) for _ in range(2))
    account.when(first, "RUNNING")
    assert said(account, second) == (
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for instance "
        "type [c7i.4xlarge]"
    )
    account.batch.terminate_job(jobId=first, reason="enough")
    account.when(second, "RUNNING")
    account.batch.terminate_job(jobId=second, reason="enough")
    account.ended(second)


def test_a_time_limit_of_the_queue_cancels_what_is_stuck_for_its_reason(far: Any) -> None:
    account = far.account
    limits = [
        {"state": "RUNNABLE", "action": "CANCEL", "maxTimeSeconds": seconds, "reason": reason}
        for seconds, reason in (
            (600, "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"),
            (1200, "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
        )
    ]
    far.queue = account.queue(account.environment(), jobStateTimeLimitActions=limits)
    stuck, behind = far.gang("true", 2, **amounts(gpus=8)), far.submit("true")
    assert said(account, stuck) == NO_TYPE
    account.sandbox.clock(timedelta(seconds=700))
    assert account.job(stuck)["status"] == "RUNNABLE", "the first limit is for another reason"
    account.sandbox.clock(timedelta(seconds=600))
    job = account.ended(stuck)
    assert (job["status"], job["statusReason"]) == (
        "FAILED",
        "Canceled by JobStateTimeLimit action due to reason: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
    )
    assert account.job(f"{stuck}#1")["status"] == "FAILED"
    assert account.ended(behind)["status"] == "SUCCEEDED"
