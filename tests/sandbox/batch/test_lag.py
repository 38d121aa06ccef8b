"""AWS Batch in the sandbox takes its time, and a queue lets go of an environment a while after its update."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import pulumi_aws as aws
import pytest
from batching import REGION, Account, order, refused
from botocore.exceptions import ClientError

from modelyard_sandbox import clouds
from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.aws.waiting import wait_until
from modelyard_sandbox.environments import Run, UpResult, bring_up, take_down
from modelyard_sandbox.errors import CloudError, SandboxError
from modelyard_sandbox.moto_extensions.batch.lag import LAG_VARIABLE
from modelyard_sandbox.sandbox import Sandbox

COMPUTE = "aws:batch/computeEnvironment:ComputeEnvironment"


QUEUE = "aws:batch/jobQueue:JobQueue"


RELATED = "Cannot delete, found existing JobQueue relationship"


def _sandbox_with_lag(directory: Path, seconds: int) -> Iterator[Sandbox]:
    made = Sandbox(directory)
    with pytest.MonkeyPatch.context() as outer:
        outer.setenv(LAG_VARIABLE, str(seconds))
        made.start(lifeline=True)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def slow_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox in which a queue holds an environment for 2 seconds, and updates take a tenth of one."""
    yield from _sandbox_with_lag(tmp_path_factory.mktemp("slow"), 2)


@pytest.fixture
def slow(slow_sandbox: Sandbox, account_id: str) -> Account:
    return Account(slow_sandbox, account_id)


@pytest.fixture
def slower(tmp_path: Path, account_id: str) -> Iterator[Account]:
    """In a sandbox in which updates take a second: enough to see it."""
    for sandbox in _sandbox_with_lag(tmp_path, 20):
        yield Account(sandbox, account_id)


def test_updates_and_deletions_take_their_time_and_allow_no_others_meanwhile(slower: Account) -> None:
    batch, environment = slower.batch, slower.environment()
    queue = slower.queue(environment)
    batch.update_compute_environment(computeEnvironment=environment, state="DISABLED")
    assert slower.status(environment) == "UPDATING"
    being = "resource is being modified"
    refused(being, batch.update_compute_environment, computeEnvironment=environment, state="ENABLED")
    refused(being, batch.delete_compute_environment, computeEnvironment=environment)
    refused("is not VALID", slower.queue, environment)
    batch.update_job_queue(jobQueue=queue, state="DISABLED")
    refused(being, batch.update_job_queue, jobQueue=queue, state="ENABLED")
    for arn in (environment, queue):
        wait_until(lambda arn=arn: slower.status(arn) == "VALID", "it is updated")
    batch.delete_job_queue(jobQueue=queue)
    assert slower.status(queue) == "DELETING"
    refused(being, batch.update_job_queue, jobQueue=queue, priority=2)
    refused(RELATED, batch.delete_compute_environment, computeEnvironment=environment)
    wait_until(lambda: slower.status(queue) is None, "the queue is gone")
    batch.delete_compute_environment(computeEnvironment=environment)
    assert slower.status(environment) == "DELETING"
    wait_until(lambda: slower.status(environment) is None, "the environment is gone")


def test_a_queue_lets_go_of_a_compute_environment_a_while_after_its_update(slow: Account) -> None:
    batch, old, new = slow.batch, slow.environment(), slow.environment()
    queue = slow.queue(old)
    batch.update_compute_environment(computeEnvironment=old, state="DISABLED")
    wait_until(lambda: slow.status(old) == "VALID", "the environment is disabled")
    batch.update_job_queue(jobQueue=queue, computeEnvironmentOrder=order(new))
    wait_until(lambda: slow.status(queue) == "VALID", "the queue is updated")
    found = batch.describe_job_queues()["jobQueues"][0]
    assert found["computeEnvironmentOrder"] == order(new)
    refused(RELATED, batch.delete_compute_environment, computeEnvironment=old)

    said: set[str] = set()

    def gone() -> bool:
        try:
            batch.delete_compute_environment(computeEnvironment=old)
        except ClientError as error:
            said.add(error.response["Error"]["Message"])
            return False
        return True

    wait_until(gone, "the queue has let go")
    assert said <= {RELATED}


def test_the_handlers_wait_for_updates_and_deletions_but_hide_no_lag(slow: Account) -> None:
    cloud: Cloud = slow.sandbox.cloud(REGION, slow.account_id)
    handler, queues = handler_of(COMPUTE), handler_of(QUEUE)
    resources = {
        "type": "EC2",
        "allocationStrategy": "BEST_FIT_PROGRESSIVE",
        "minVcpus": 0,
        "maxVcpus": 16,
        "instanceTypes": ["c7i.large"],
        "instanceRole": "nodes",
        "subnets": [slow.subnet],
        "securityGroupIds": [slow.group],
    }
    policy = {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 60}
    inputs = {"type": "MANAGED", "state": "ENABLED", "computeResources": resources, "updatePolicy": policy}
    old, _ = handler.create(cloud, {**inputs, "name": "old"})
    new, outputs = handler.create(cloud, {**inputs, "name": "new"})
    assert outputs["status"] == "VALID"
    asked = {"name": "q", "priority": 1, "state": "ENABLED"}
    before = {**asked, "computeEnvironmentOrders": order(cloud.arn("batch", f"compute-environment/{old}"))}
    after = {**asked, "computeEnvironmentOrders": order(cloud.arn("batch", f"compute-environment/{new}"))}
    queue, _ = queues.create(cloud, before)
    queues.update(cloud, queue, before, after)
    assert slow.status(queue) == "VALID"
    with pytest.raises(CloudError, match=RELATED):
        handler.delete(cloud, old, {**inputs, "name": "old"})
    queues.delete(cloud, queue, after)
    assert slow.status(queue) is None
    handler.delete(cloud, new, {**inputs, "name": "new"})
    assert [
        item["computeEnvironmentName"]
        for item in slow.batch.describe_compute_environments()["computeEnvironments"]
    ] == ["old"]


def test_an_up_in_process_waits_for_a_queue_that_holds_what_it_replaced(
    slow: Account, tmp_path: Path
) -> None:
    def program(instance_type: str) -> None:
        pool = aws.batch.ComputeEnvironment(
            "pool",
            name_prefix="pool-",
            type="MANAGED",
            compute_resources={
                "type": "EC2",
                "allocation_strategy": "BEST_FIT",
                "min_vcpus": 0,
                "max_vcpus": 16,
                "instance_types": [instance_type],
                "instance_role": "nodes",
                "subnets": [slow.subnet],
                "security_group_ids": [slow.group],
            },
        )
        aws.batch.JobQueue(
            "queue",
            name="q",
            state="ENABLED",
            priority=1,
            compute_environment_orders=[{"order": 1, "compute_environment": pool.arn}],
        )

    account = clouds.Account("aws", slow.account_id, REGION)

    def up(instance_type: str) -> UpResult:
        run = Run(lambda: program(instance_type), "toy", "replaced", {}, tmp_path, account)
        return bring_up(run, slow.sandbox)

    up("c7i.large")
    replaced = up("c7i.xlarge")
    assert (replaced.replaced, replaced.updated) == (1, 1)
    (pool,) = slow.batch.describe_compute_environments()["computeEnvironments"]
    assert pool["computeResources"]["instanceTypes"] == ["c7i.xlarge"]
    assert take_down("replaced", account, slow.sandbox).remaining == ()


def test_what_never_comes_is_waited_for_no_longer_than_asked() -> None:
    with pytest.raises(SandboxError, match=r"waited for 0 seconds in vain until it is so"):
        wait_until(lambda: False, "it is so", seconds=0)


def test_a_placement_group_and_a_spot_role_are_replaced_with_their_environment() -> None:
    handler = handler_of(COMPUTE)
    old = {
        "computeResources": {
            "type": "EC2",
            "allocationStrategy": "BEST_FIT_PROGRESSIVE",
            "placementGroup": "a",
        }
    }
    new = copy.deepcopy(old)
    del new["computeResources"]["placementGroup"]
    assert handler.replaces(old, new) == {"computeResources"}
    assert handler.replaces(old, {"computeResources": {**old["computeResources"], "type": "SPOT"}}) == set()
    assert handler.replaces(old, {"computeResources": {**old["computeResources"], "type": "FARGATE_SPOT"}})
