"""Machines of nodes that a preflight found bad, ended in the sandbox's EC2, and nothing else with them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from batch_cluster import Cluster
from patience import eventually
from preflight_nodes import SITECUSTOMIZE

from modelyard.errors import SurroundingsError
from modelyard_launcher.records import BadNode, RunRecord
from modelyard_launcher.supervise.begin import supervisor_of
from modelyard_launcher.supervise.loop import Clock

STANDING = 3
"""Machines of 16 virtual CPUs that a pool with a minimum of 48 keeps up."""

OTHER = "see what it is; a node that is bad can be ended in the EC2 console"


@pytest.fixture
def ending(cluster: Cluster) -> Cluster:
    """The environment, as one whose nodes may be ended by who submits jobs."""
    target = cluster.target.model_copy(update={"end_bad_nodes": True})
    resolved = dataclasses.replace(cluster.resolved, target=target)
    return dataclasses.replace(cluster, resolved=resolved, events=[])


@pytest.fixture
def ec2(cluster: Cluster) -> Any:
    return cluster.sandbox.client("ec2", cluster.target.region, cluster.target.account_id)


@pytest.fixture
def dying(tmp_path: Path) -> dict[str, str]:
    """Variables by which the second node's processes die in the first attempt."""
    text = SITECUSTOMIZE.replace(
        'os.environ.get("NODE_RANK") in RANKS',
        'os.environ.get("MODELYARD_ATTEMPT") == "1" and os.environ.get("NODE_RANK") in RANKS',
    )
    assert "MODELYARD_ATTEMPT" in text
    (tmp_path / "sitecustomize.py").write_text(text)
    return {"PYTHONPATH": str(tmp_path), "TRY_HOW": "dies", "TRY_RANKS": "1"}


def state(ec2: Any, instance_id: str) -> str:
    (reservation,) = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
    return reservation["Instances"][0]["State"]["Name"]


@pytest.fixture
def standing(ending: Cluster, ec2: Any) -> Iterator[Cluster]:
    """The same, with a pool whose machines stay when nothing is on them: three of them."""
    batch = ending.batch
    pool = next(each for each in ending.target.pools if each.name == "cpu")
    (queue,) = batch.describe_job_queues(jobQueues=[pool.queue_arn])["jobQueues"]
    like = queue["computeEnvironmentOrder"][0]["computeEnvironment"]
    (found,) = batch.describe_compute_environments(computeEnvironments=[like])["computeEnvironments"]
    before = all_instances(ec2)
    made = batch.create_compute_environment(
        computeEnvironmentName="standing",
        type="MANAGED",
        computeResources={**found["computeResources"], "minvCpus": 48, "desiredvCpus": 48},
    )
    order = [{"order": 1, "computeEnvironment": made["computeEnvironmentArn"]}]
    arn = batch.create_job_queue(
        jobQueueName="standing", priority=1, state="ENABLED", computeEnvironmentOrder=order
    )["jobQueueArn"]
    target = ending.target.model_copy(
        update={"pools": [pool.model_copy(update={"queue_arn": arn}), *ending.target.pools[1:]]}
    )
    # Batch tags what it starts; the sandbox doesn't tag what stands from the start.
    tags = [{"Key": "environment", "Value": "dev"}, {"Key": "pool", "Value": "cpu"}]
    eventually(lambda: len(all_instances(ec2) - before) >= STANDING)
    ec2.create_tags(Resources=sorted(all_instances(ec2) - before), Tags=tags)
    yield dataclasses.replace(ending, resolved=dataclasses.replace(ending.resolved, target=target))
    batch.update_job_queue(jobQueue="standing", state="DISABLED")
    batch.delete_job_queue(jobQueue="standing")
    batch.update_compute_environment(computeEnvironment="standing", state="DISABLED")
    batch.delete_compute_environment(computeEnvironment="standing")


def all_instances(ec2: Any) -> set[str]:
    found = ec2.describe_instances()["Reservations"]
    return {instance["InstanceId"] for each in found for instance in each["Instances"]}


def machines(ecs: Any, cluster: str) -> dict[str, str]:
    """The instances of a cluster, by the ARN of their container instances."""
    arns = ecs.list_container_instances(cluster=cluster)["containerInstanceArns"]
    found = ecs.describe_container_instances(cluster=cluster, containerInstances=arns)["containerInstances"]
    return {each["containerInstanceArn"]: each["ec2InstanceId"] for each in found}


def machine_of(cluster: Cluster, job_id: str) -> str:
    """The instance that a job's last attempt ran on, by Batch and ECS."""
    job = cluster.batch.describe_jobs(jobs=[job_id])["jobs"][0]
    container = job["attempts"][-1]["container"] if job["attempts"] else job["container"]
    arn = container["containerInstanceArn"]
    ecs = cluster.sandbox.client("ecs", cluster.target.region, cluster.target.account_id)
    return machines(ecs, arn.split("/")[1])[arn]


def supervised(cluster: Cluster, record: RunRecord) -> RunRecord:
    supervisor = supervisor_of(cluster.place, record.run_id, cluster.events.append, poll_seconds=0.1)
    real = supervisor.clock.pause
    # Not half a minute between a submission that came no step further and the next.
    later = [0.0]

    def pause(seconds: float) -> None:
        later[0] += 60
        real(min(seconds, 0.1))

    moment = supervisor.clock.moment
    supervisor.clock = Clock(moment=lambda: moment() + timedelta(seconds=later[0]), pause=pause)
    return supervisor.run()


@pytest.mark.slow
def test_a_supervised_run_ends_the_machine_of_a_bad_node_and_goes_on(
    standing: Cluster, ec2: Any, dying: dict[str, str]
) -> None:
    record = standing.submit(
        "bad",
        "echo trained",
        num_nodes=3,
        distribution="jax",
        envs=dying,
        preflight={"end_bad_nodes": True},
    )
    ended = standing.see_through(record)
    assert (ended.state, ended.submissions[-1].kind) == ("failed", "preflight")
    # Batch didn't start it again by itself.
    assert len(ended.attempts) == 1
    assert ended.reason is not None
    assert ended.reason.startswith("preflight: all_reduce of rank 1 (")
    (bad,) = ended.attempts[0].bad_nodes
    assert (bad.rank, bad.checks, bad.ended) == (1, ["all_reduce"], None)
    job_id = ended.submissions[0].job_id
    machine = machine_of(standing, f"{job_id}#1")
    others = [machine_of(standing, f"{job_id}#{rank}") for rank in (0, 2)]

    last = supervised(standing, ended)
    assert last.state == "succeeded"
    assert [each.kind for each in last.submissions] == ["preflight", "succeeded"]
    assert state(ec2, machine) in ("shutting-down", "terminated")
    assert all(state(ec2, other) == "running" for other in others)
    noted = last.attempts[0].bad_nodes[0]
    assert (noted.instance_id, noted.ended is not None) == (machine, True)
    assert any(
        each == f"the machine of rank 1 ({noted.host}, {machine}) is ended, with whatever runs on it: "
        "it failed the preflight (all_reduce)"
        for each in standing.events
    )
    assert any("and was ended" in each and "is submitted again" in each for each in standing.events)


def test_where_the_environment_does_not_allow_it_the_run_is_over(
    cluster: Cluster, dying: dict[str, str]
) -> None:
    record = cluster.submit(
        "stays",
        "echo trained",
        num_nodes=3,
        distribution="jax",
        envs=dying,
        preflight={"end_bad_nodes": True},
        retry={"on_events": []},
    )
    ended = cluster.see_through(record)
    last = supervised(cluster, ended)
    assert (last.state, len(last.submissions)) == ("failed", 1)
    host = ended.attempts[0].bad_nodes[0].host
    assert cluster.events[-1] == (
        f"run {record.run_id} isn't taken up again: rank 1 ({host}) failed the preflight, and stays: "
        "environment dev lets nobody who submits jobs end its nodes (jobs.end_bad_nodes)"
    )


def test_no_machine_is_ended_that_is_not_the_environments(ending: Cluster, ec2: Any) -> None:
    record = ending.run("any")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    for tags in ({}, {"environment": "prod", "pool": "cpu"}, {"environment": "dev"}):
        made = ec2.run_instances(
            ImageId=image,
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet,
            TagSpecifications=[
                {
                    "ResourceType": "instance",
                    "Tags": [{"Key": name, "Value": value} for name, value in {"a": "b", **tags}.items()],
                }
            ],
        )
        instance_id = made["Instances"][0]["InstanceId"]
        with pytest.raises(SurroundingsError) as error:
            ending.backend().end_nodes(record, [BadNode(rank=0, host="h", instance_id=instance_id)])
        assert error.value.message == (
            f"instance {instance_id} of rank 0 isn't ended: it doesn't carry the tags of a node of "
            "environment dev"
        )
        assert error.value.mend == OTHER
        assert state(ec2, instance_id) == "running"


def test_a_machine_that_is_gone_already_counts_as_ended(ending: Cluster) -> None:
    record = ending.run("gone")
    nodes = [BadNode(rank=0, host="h", instance_id="i-0123456789abcdef0")]
    assert ending.backend().end_nodes(record, nodes) == nodes


def test_a_machine_whose_node_does_not_know_it_is_found_by_batch_and_ended_once(
    ending: Cluster, ec2: Any
) -> None:
    record = ending.submit("long", "sleep 60", retry={"on_events": []})
    job_id = record.submissions[0].job_id
    eventually(lambda: ending.batch.describe_jobs(jobs=[job_id])["jobs"][0]["status"] == "RUNNING")
    machine = machine_of(ending, str(job_id))
    (first,) = ending.backend().end_nodes(record, [BadNode(rank=0, host="h")])
    assert first.instance_id == machine
    assert state(ec2, machine) in ("shutting-down", "terminated")
    # It takes with it what runs there.
    assert ending.see_through(record).submissions[-1].kind == "host"
    assert ending.backend().end_nodes(record, [first]) == [first]


def test_a_machine_that_has_left_the_cluster_counts_as_ended(ending: Cluster) -> None:
    record = ending.run("left")
    nodes = [BadNode(rank=0, host="h")]
    assert ending.backend().end_nodes(record, nodes) == nodes


def test_a_machine_that_nobody_knows_is_not_guessed(ending: Cluster) -> None:
    record = ending.run("unknown")
    last = record.submissions[-1].model_copy(update={"job_id": "00000000-0000-4000-8000-000000000000"})
    lost = record.model_copy(update={"submissions": [last]})
    with pytest.raises(SurroundingsError) as error:
        ending.backend().end_nodes(lost, [BadNode(rank=0, host="ip-10-0-0-7")])
    assert error.value.message == "it isn't known which instance rank 0 (ip-10-0-0-7) ran on"
    assert error.value.mend == "find it by its address in the EC2 console, and end it there"
