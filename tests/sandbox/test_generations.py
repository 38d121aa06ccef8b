"""A pool that has to be replaced, in the sandbox without the engine: one `up` later the old one goes."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from modelyard.aws.generations import OUTPUT, previous_generations
from modelyard.aws.gpu_cluster import GpuCluster

REGION = "eu-central-1"


class Cluster:
    """One pool on machines with EFA."""

    def __init__(self, account_id: str, **pool: Any) -> None:
        self.account_id, self.pool = account_id, pool

    def __call__(self) -> None:
        key = aws.kms.Key("key", description="everything")
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/24")
        group = aws.ec2.SecurityGroup("group", vpc_id=vpc.id, description="nodes")
        pool = {
            "name": "gpu",
            "instance_type": "p4d.24xlarge",
            "max_nodes": 4,
            "min_nodes": 1,
            "capacity_mode": "on_demand",
            "zone_ids": ["euc1-az1"],
            **self.pool,
        }
        cluster = GpuCluster(
            "c",
            {
                "environment": "toy",
                "account_id": self.account_id,
                "region": REGION,
                "pools": [pool],  # pyright: ignore[reportArgumentType] (keys by name)
                "subnet_ids": {"euc1-az1": subnet.id},
                "security_group_id": group.id,
                "volume_key_arn": key.arn,
                "logs_key_arn": key.arn,
                "registry_key_arn": key.arn,
                "datasets_bucket": "datasets",
                "checkpoints_bucket": "checkpoints",
                "checkpoints_key_arn": key.arn,
                "previous_generations": previous_generations().get(REGION, {}),
            },
        )
        pulumi.export(OUTPUT, pulumi.Output.all(**{REGION: cluster.pool_generations}))


def test_the_old_environment_stays_for_one_up_without_machines_of_its_own(toy: Any) -> None:
    toy.up(Cluster(toy.account_id))
    (before,) = environments(toy)
    toy.up(Cluster(toy.account_id, max_nodes_per_job=2, root_volume_gib=300))
    old, new = sorted(environments(toy), key=lambda item: item["computeEnvironmentArn"] != arn(before))
    assert (old["state"], new["state"]) == ("DISABLED", "ENABLED")
    kept = {**before["computeResources"], "minvCpus": 0}
    # Its launch template has another version now, and it keeps its own.
    assert without_desired(old["computeResources"]) == without_desired(kept)
    assert old["tags"] == before["tags"]
    assert order(toy) == [arn(new)]

    third = toy.up(Cluster(toy.account_id, max_nodes_per_job=2, root_volume_gib=300))
    assert (third.created, third.updated, third.replaced, third.deleted) == (0, 0, 0, 1)
    assert [arn(item) for item in environments(toy)] == [arn(new)]
    fourth = toy.up(Cluster(toy.account_id, max_nodes_per_job=2, root_volume_gib=300))
    assert (fourth.created, fourth.updated, fourth.replaced, fourth.deleted) == (0, 0, 0, 0)
    assert toy.down().remaining == ()


def test_what_is_scaled_from_outside_is_left_as_it_is(toy: Any) -> None:
    toy.up(Cluster(toy.account_id, externally_scaled=True))
    toy.up(Cluster(toy.account_id, externally_scaled=True, min_nodes=2, root_volume_gib=300))
    (environment,) = environments(toy)
    assert environment["computeResources"]["minvCpus"] == 96
    assert environment["computeResources"]["launchTemplate"]["version"] == "2"
    assert toy.down().remaining == ()


def environments(toy: Any) -> list[dict[str, Any]]:
    """All compute environments of the test's account."""
    batch = toy.sandbox.client("batch", REGION, toy.account_id)
    return batch.describe_compute_environments()["computeEnvironments"]


def order(toy: Any) -> list[str]:
    """The compute environments of the one queue."""
    (queue,) = toy.sandbox.client("batch", REGION, toy.account_id).describe_job_queues()["jobQueues"]
    return [item["computeEnvironment"] for item in queue["computeEnvironmentOrder"]]


def arn(environment: dict[str, Any]) -> str:
    """A compute environment's ARN."""
    return environment["computeEnvironmentArn"]


def without_desired(resources: dict[str, Any]) -> dict[str, Any]:
    """Compute resources without the number of vCPUs that Batch sets by itself."""
    return {name: value for name, value in resources.items() if name != "desiredvCpus"}
