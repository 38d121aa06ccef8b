"""A compute environment that has to be replaced while its queue lives, under the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rehearsing import ACCOUNT, REGION, Rehearsal, rehearse_dev, rehearse_toy

from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.aws.waiting import wait_until
from modelyard_sandbox.moto_extensions.batch.lag import LAG_VARIABLE

if TYPE_CHECKING:
    from conftest import Engine

RELATED = "Cannot delete, found existing JobQueue relationship"


@pytest.fixture
def dev(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rehearsal]:
    # Long enough for the first try to come too early on a busy machine as well.
    monkeypatch.setenv(LAG_VARIABLE, "8")
    with rehearse_dev(engine, tmp_path) as rehearsal:
        yield rehearsal


@pytest.mark.slow
def test_a_forced_replacement_of_a_compute_environment_goes_through_its_queue(dev: Rehearsal) -> None:
    _write(dev, "instance_type: c7i.4xlarge", "instance_type: p4d.24xlarge")
    dev.up()
    before, queue = _environment(dev), _queue(dev)
    assert "placementGroup" in before["computeResources"]
    assert _order(queue) == [before["computeEnvironmentArn"]]

    _write(dev, "max_nodes_per_job: 2", "max_nodes_per_job: 1")
    said = dev.up()
    assert "retrying delete due to on-error hook request (1/100)" in said
    held = before["computeEnvironmentName"]
    assert f"dev-cluster-cpu: its job queue has not let go of the compute environment {held} yet" in said
    after, same_queue = _environment(dev), _queue(dev)
    assert after["computeEnvironmentArn"] != before["computeEnvironmentArn"]
    assert "placementGroup" not in after["computeResources"]
    assert same_queue["jobQueueArn"] == queue["jobQueueArn"]
    assert _order(same_queue) == [after["computeEnvironmentArn"]]
    assert dev.client("ec2").describe_placement_groups()["PlacementGroups"] == []
    assert not [item for item in dev.state().values() if item.get("delete")]
    dev.up("--expect-no-changes")

    # Without the program there is no hook to ask: what the cloud says is what is told.
    batch = dev.client("batch")
    order = [{"order": 1, "computeEnvironment": after["computeEnvironmentArn"]}]
    batch.create_job_queue(jobQueueName="by-hand", priority=1, computeEnvironmentOrder=order)
    said = dev.fails("destroy", "--yes", "--skip-preview")
    assert f"batch:DeleteComputeEnvironment answered ClientException: {RELATED}" in said
    assert "hook" not in said
    cloud = dev.sandbox.cloud(REGION, ACCOUNT)
    handler_of("aws:batch/jobQueue:JobQueue").delete(cloud, cloud.arn("batch", "job-queue/by-hand"), {})
    dev.must("destroy", "--yes", "--skip-preview")
    assert dev.listed() == set()


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


def _write(dev: Rehearsal, old: str, new: str) -> None:
    stack = dev.project / "stacks" / "Pulumi.dev.yaml"
    text = stack.read_text()
    assert text.count(old) == 1
    stack.write_text(text.replace(old, new))


def _environment(dev: Rehearsal) -> dict[str, Any]:
    """The one compute environment of the pool `cpu`."""
    found = dev.client("batch").describe_compute_environments()["computeEnvironments"]
    (environment,) = [item for item in found if "cpu" in item["computeEnvironmentName"]]
    return environment


def _queue(dev: Rehearsal) -> dict[str, Any]:
    return dev.client("batch").describe_job_queues(jobQueues=["dev-cpu"])["jobQueues"][0]


def _order(queue: dict[str, Any]) -> list[str]:
    return [item["computeEnvironment"] for item in queue["computeEnvironmentOrder"]]
