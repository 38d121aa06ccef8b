"""Compute environments that have to be replaced while their queues live, under the real engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from batching import container
from rehearsing import ACCOUNT, REGION, Begin, Rehearsal, rehearse_toy

from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.aws.waiting import wait_until
from modelyard_sandbox.moto_extensions.batch.lag import LAG_VARIABLE

if TYPE_CHECKING:
    from conftest import Engine

RELATED = "Cannot delete, found existing JobQueue relationship"
P4D = {"instance_type": "p4d.24xlarge", "max_nodes": 4, "capacity_mode": "on_demand"}
CPU = {"instance_type": "c7i.4xlarge", "max_nodes": 4, "capacity_mode": "on_demand"}
BLOCK = {"instance_type": "p5.48xlarge", "max_nodes": 2, "capacity_mode": "capacity_block"}

CLUSTER = """
from modelyard.aws.generations import OUTPUT, previous_generations
from modelyard.aws.gpu_cluster import GpuCluster

REGION = "eu-central-1"
key = aws.kms.Key("key", description="everything")
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/24")
group = aws.ec2.SecurityGroup("group", vpc_id=vpc.id, description="nodes")
cluster = GpuCluster("c", {{
    "environment": "toy",
    "account_id": "123456789012",
    "region": REGION,
    "pools": {pools!r},
    "subnet_ids": {{"euc1-az1": subnet.id}},
    "security_group_id": group.id,
    "volume_key_arn": key.arn,
    "logs_key_arn": key.arn,
    "registry_key_arn": key.arn,
    "datasets_bucket": "datasets",
    "checkpoints_bucket": "checkpoints",
    "checkpoints_key_arn": key.arn,
    "previous_generations": previous_generations().get(REGION, {{}}),
    "tags": {{"environment": "toy"}},
}})
pulumi.export(OUTPUT, pulumi.Output.all(**{{REGION: cluster.pool_generations}}))
"""


def pools(**named: dict[str, Any]) -> str:
    """The program of a cluster with these pools."""
    return CLUSTER.format(
        pools=[{"name": name, "zone_ids": ["euc1-az1"], **pool} for name, pool in named.items()]
    )


@pytest.fixture
def slow_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queues let go of compute environments late: a deletion that doesn't wait comes too early."""
    monkeypatch.setenv(LAG_VARIABLE, "6")


@pytest.mark.slow
def test_a_replaced_compute_environment_stays_disabled_for_one_up(begin: Begin, slow_release: None) -> None:
    toy = begin(pools(gpu={**P4D, "max_nodes_per_job": 1, "min_nodes": 1}))
    toy.up()
    (before,), queue = environments(toy), the_queue(toy, "gpu")
    job = submit(toy, "toy-gpu")

    toy.write(pools(gpu={**P4D, "max_nodes_per_job": 2, "min_nodes": 1}))
    previewed = toy.must("preview")
    assert "- aws:batch:ComputeEnvironment" not in previewed
    toy.up()
    old, new = environments(toy, first=before["computeEnvironmentArn"])
    assert (old["state"], new["state"]) == ("DISABLED", "ENABLED")
    # What runs there keeps its machines, and none is kept for who doesn't come any more.
    kept = {**before["computeResources"], "minvCpus": 0}
    assert without_desired(old["computeResources"]) == without_desired(kept)
    assert "placementGroup" not in old["computeResources"]
    assert new["computeResources"]["placementGroup"] in new["computeEnvironmentName"]
    turned = the_queue(toy, "gpu")
    assert turned["jobQueueArn"] == queue["jobQueueArn"]
    assert order(turned) == [new["computeEnvironmentArn"]]
    assert job in jobs(toy, "toy-gpu")

    toy.up()
    assert arns(toy) == [new["computeEnvironmentArn"]]
    assert job in jobs(toy, "toy-gpu")
    toy.up("--expect-no-changes")

    # Back: now it is the placement group that has to outlive its compute environment.
    toy.write(pools(gpu={**P4D, "max_nodes_per_job": 1, "min_nodes": 1}))
    toy.up()
    (group,) = placement_groups(toy)
    assert group == new["computeResources"]["placementGroup"]
    assert len(arns(toy)) == 2
    # (the program is there to ask: its hook waits for the queue, which has only just let go of the old one)
    toy.client("batch").deregister_job_definition(jobDefinition="train:1")
    toy.client("logs").delete_log_group(logGroupName="/aws/batch/job")  # Batch made it for what the job wrote
    toy.must("destroy", "--yes", "--skip-preview", "--run-program")
    assert toy.listed() == set()


@pytest.mark.slow
def test_a_capacity_block_follows_another_while_its_jobs_go_on(begin: Begin, slow_release: None) -> None:
    toy = begin(pools(block={**BLOCK, "reservation_id": reservation(1)}))
    toy.up()
    (before,) = arns(toy)
    toy.write(pools(block={**BLOCK, "reservation_id": reservation(1), "max_nodes": 1}))
    toy.up()
    assert arns(toy) == [before]  # numbers of nodes change in place

    toy.write(pools(block={**BLOCK, "reservation_id": reservation(2)}))
    toy.up()
    old, new = environments(toy, first=before)
    assert (old["state"], new["state"]) == ("DISABLED", "ENABLED")
    versions = [item["computeResources"]["launchTemplate"]["version"] for item in (old, new)]
    assert targets(toy, old, versions) == [reservation(1), reservation(2)]
    assert order(the_queue(toy, "block")) == [new["computeEnvironmentArn"]]
    toy.up()
    assert arns(toy) == [new["computeEnvironmentArn"]]
    toy.up("--expect-no-changes")
    toy.must("destroy", "--yes", "--skip-preview")
    assert toy.listed() == set()


@pytest.mark.slow
def test_an_up_that_fails_before_the_queue_turns_forgets_nothing(begin: Begin, slow_release: None) -> None:
    toy = begin(pools(gpu={**P4D, "max_nodes_per_job": 1}))
    toy.up()
    (before,) = environments(toy)
    toy.write(
        pools(gpu={**P4D, "max_nodes_per_job": 2}).replace(
            '"subnet_ids": {"euc1-az1": subnet.id}', '"subnet_ids": {"euc1-az1": "subnet-00000000"}'
        )
    )
    said = toy.fails("up", "--yes", "--skip-preview")
    assert "subnet-00000000" in said
    (still,) = environments(toy)
    assert still["state"] == "ENABLED"
    assert order(the_queue(toy, "gpu")) == [before["computeEnvironmentArn"]]

    toy.write(pools(gpu={**P4D, "max_nodes_per_job": 2}))
    toy.up()
    old, new = environments(toy, first=before["computeEnvironmentArn"])
    assert (old["state"], new["state"]) == ("DISABLED", "ENABLED")
    toy.must("destroy", "--yes", "--skip-preview", "--run-program")
    assert toy.listed() == set()


@pytest.mark.slow
def test_a_removed_pool_that_others_fell_back_to_is_waited_for(begin: Begin, slow_release: None) -> None:
    toy = begin(pools(first={**CPU, "fallback": ["second"]}, second={**CPU, "fallback": ["first"]}))
    toy.up()
    first, second = the_queue(toy, "first"), the_queue(toy, "second")
    assert order(first) == order(second)[::-1]
    assert len(order(first)) == 2

    toy.write(pools(first=CPU))
    said = toy.up()
    assert "retrying delete due to on-error hook request" in said
    assert "its job queue has not let go of the compute environment" in said
    assert order(the_queue(toy, "first")) == arns(toy) == order(first)[:1]
    assert not [item for item in toy.state().values() if item.get("delete")]
    toy.up("--expect-no-changes")

    # Without the program there is no hook to ask: what the cloud says is what is told.
    batch = toy.client("batch")
    by_hand = [{"order": 1, "computeEnvironment": arns(toy)[0]}]
    batch.create_job_queue(jobQueueName="by-hand", priority=1, computeEnvironmentOrder=by_hand)
    said = toy.fails("destroy", "--yes", "--skip-preview")
    assert f"batch:DeleteComputeEnvironment answered ClientException: {RELATED}" in said
    assert "hook" not in said
    cloud = toy.sandbox.cloud(REGION, ACCOUNT)
    handler_of("aws:batch/jobQueue:JobQueue").delete(cloud, cloud.arn("batch", "job-queue/by-hand"), {})
    toy.must("destroy", "--yes", "--skip-preview")
    assert toy.listed() == set()


@pytest.mark.slow
def test_what_working_hours_have_changed_stays_as_it_is(begin: Begin) -> None:
    shared = {**CPU, "externally_scaled": True}
    toy = begin(pools(open=shared, plain=CPU))
    toy.up()
    batch = toy.client("batch")
    for pool in ("open", "plain"):
        (arn,) = order(the_queue(toy, pool))
        batch.update_job_queue(jobQueue=f"toy-{pool}", state="DISABLED")
        batch.update_compute_environment(computeEnvironment=arn, computeResources={"minvCpus": 16})
    wait_until(lambda: the_queue(toy, "plain")["status"] == "VALID", "the queues are closed")
    toy.must("refresh", "--yes", "--skip-preview")
    toy.up()
    states = {pool: the_queue(toy, pool)["state"] for pool in ("open", "plain")}
    assert states == {"open": "DISABLED", "plain": "ENABLED"}
    kept = {pool: environment_of(toy, pool)["computeResources"]["minvCpus"] for pool in ("open", "plain")}
    assert kept == {"open": 16, "plain": 0}


TOY = """
import json

role = aws.iam.Role("nodes", name="nodes", assume_role_policy=json.dumps({{
    "Version": "2012-10-17",
    "Statement": [{{
        "Effect": "Allow", "Principal": {{"Service": "ec2.amazonaws.com"}}, "Action": "sts:AssumeRole"
    }}],
}}))
profile = aws.iam.InstanceProfile("nodes", name="nodes", role=role.name)
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/24")
group = aws.ec2.SecurityGroup("group", vpc_id=vpc.id, description="nodes")
pool = aws.batch.ComputeEnvironment(
    "pool",
    name_prefix="pool-",
    type="MANAGED",
    compute_resources={{
        "type": "EC2",
        "allocation_strategy": "BEST_FIT",
        "min_vcpus": 0,
        "max_vcpus": 16,
        "instance_types": ["{instance_type}"],
        "instance_role": profile.arn,
        "subnets": [subnet.id],
        "security_group_ids": [group.id],
    }},
)
aws.batch.JobQueue(
    "queue",
    name="queue",
    state="ENABLED",
    priority=1,
    compute_environment_orders=[{{"order": 1, "compute_environment": pool.arn}}],
)
"""


def test_without_our_component_it_fails_as_at_aws_and_a_later_up_finishes_it(
    engine: Engine, tmp_path: Path
) -> None:
    with rehearse_toy(engine, tmp_path, TOY.format(instance_type="c7i.large")) as toy:
        toy.up()
        toy.write(TOY.format(instance_type="c7i.xlarge"))
        said = toy.fails("up", "--yes", "--skip-preview")
        assert f"batch:DeleteComputeEnvironment answered ClientException: {RELATED}" in said
        wait_until(lambda: toy.pulumi("up", "--yes", "--skip-preview").returncode == 0, "the old one is gone")
        assert len(toy.client("batch").describe_compute_environments()["computeEnvironments"]) == 1
        toy.must("destroy", "--yes", "--skip-preview")
        assert toy.listed() == set()


def reservation(number: int) -> str:
    """The id of a capacity reservation."""
    return f"cr-{number:017x}"


def environments(toy: Rehearsal, first: str | None = None) -> list[dict[str, Any]]:
    """All compute environments, that of an ARN first."""
    found = toy.client("batch").describe_compute_environments()["computeEnvironments"]
    return sorted(found, key=lambda item: item["computeEnvironmentArn"] != first)


def arns(toy: Rehearsal) -> list[str]:
    """The ARNs of all compute environments."""
    return [item["computeEnvironmentArn"] for item in environments(toy)]


def environment_of(toy: Rehearsal, pool: str) -> dict[str, Any]:
    """The compute environment that a pool's queue has first."""
    first = order(the_queue(toy, pool))[0]
    return next(item for item in environments(toy) if item["computeEnvironmentArn"] == first)


def submit(toy: Rehearsal, queue: str) -> str:
    """The id of a new job."""
    batch = toy.client("batch")
    made = batch.register_job_definition(
        jobDefinitionName="train", type="container", containerProperties=container()
    )
    return batch.submit_job(jobName="train", jobQueue=queue, jobDefinition=made["jobDefinitionArn"])["jobId"]


def jobs(toy: Rehearsal, queue: str) -> list[str]:
    """The ids of a queue's jobs."""
    found = toy.client("batch").list_jobs(jobQueue=queue, filters=[{"name": "JOB_NAME", "values": ["train"]}])
    return [item["jobId"] for item in found["jobSummaryList"]]


def without_desired(resources: dict[str, Any]) -> dict[str, Any]:
    """Compute resources without the number of vCPUs that Batch sets by itself."""
    return {name: value for name, value in resources.items() if name != "desiredvCpus"}


def the_queue(toy: Rehearsal, pool: str) -> dict[str, Any]:
    """A pool's queue."""
    return toy.client("batch").describe_job_queues(jobQueues=[f"toy-{pool}"])["jobQueues"][0]


def order(queue: dict[str, Any]) -> list[str]:
    """The compute environments of a queue, in their order."""
    return [item["computeEnvironment"] for item in queue["computeEnvironmentOrder"]]


def placement_groups(toy: Rehearsal) -> list[str]:
    """The names of all placement groups."""
    return [item["GroupName"] for item in toy.client("ec2").describe_placement_groups()["PlacementGroups"]]


def targets(toy: Rehearsal, environment: dict[str, Any], versions: list[str]) -> list[str]:
    """The reservations that versions of a launch template send machines to."""
    template = environment["computeResources"]["launchTemplate"]["launchTemplateId"]
    found = toy.client("ec2").describe_launch_template_versions(LaunchTemplateId=template, Versions=versions)
    data = {
        str(item["VersionNumber"]): item["LaunchTemplateData"] for item in found["LaunchTemplateVersions"]
    }
    return [
        data[version]["CapacityReservationSpecification"]["CapacityReservationTarget"][
            "CapacityReservationId"
        ]
        for version in versions
    ]
