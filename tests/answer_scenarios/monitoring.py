"""What watches an environment: the front of a queue."""

from __future__ import annotations

from documented_refusals.case import Account


def run(account: Account) -> None:
    """The operation of Batch that the watcher asks, with a job that waits for ever behind Spot machines."""
    batch = account.client("batch")
    environment = batch.create_compute_environment(
        computeEnvironmentName="spot",
        type="MANAGED",
        computeResources={
            "type": "SPOT",
            "allocationStrategy": "SPOT_PRICE_CAPACITY_OPTIMIZED",
            "minvCpus": 0,
            "maxvCpus": 64,
            "instanceTypes": ["c7i.4xlarge"],
            "instanceRole": account.instance_profile(),
            "subnets": [account.subnet()],
            "securityGroupIds": [account.security_group()],
        },
    )["computeEnvironmentArn"]
    batch.create_job_queue(
        jobQueueName="gpu",
        priority=1,
        state="ENABLED",
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": environment}],
    )
    requirements = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "1024"}]
    container = {"image": "train:1", "resourceRequirements": requirements}
    batch.register_job_definition(
        jobDefinitionName="train",
        type="multinode",
        nodeProperties={
            "numNodes": 2,
            "mainNode": 0,
            "nodeRangeProperties": [{"targetNodes": "0:", "container": container}],
        },
    )
    batch.get_job_queue_snapshot(jobQueue="gpu")
    batch.submit_job(jobName="a", jobQueue="gpu", jobDefinition="train")
    batch.get_job_queue_snapshot(jobQueue="gpu")
