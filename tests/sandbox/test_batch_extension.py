"""AWS Batch in the sandbox: its limits, written from AWS's documentation, its lag, and jobs of several nodes."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi_aws as aws
import pytest
from botocore.exceptions import ClientError

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.aws.waiting import wait_until
from modelyard_sandbox.environments import Run, UpResult, bring_up, take_down
from modelyard_sandbox.errors import CloudError, SandboxError
from modelyard_sandbox.moto_extensions.batch.lag import LAG_VARIABLE
from modelyard_sandbox.sandbox import Sandbox

REGION = "eu-central-1"
COMPUTE = "aws:batch/computeEnvironment:ComputeEnvironment"
QUEUE = "aws:batch/jobQueue:JobQueue"
RELATED = "Cannot delete, found existing JobQueue relationship"
MANY = {f"tag{number}": "x" for number in range(51)}


@dataclass
class Account:
    """An account with what compute environments refer to."""

    sandbox: Sandbox
    account_id: str
    subnet: str = ""
    group: str = ""
    template: str = ""
    made: int = field(default=0)

    def __post_init__(self) -> None:
        ec2, iam = self.client("ec2"), self.client("iam")
        self.subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        self.group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
        iam.create_instance_profile(InstanceProfileName="nodes")
        data = {"NetworkInterfaces": [{"DeviceIndex": 0, "Groups": [self.group]}]}
        made = ec2.create_launch_template(LaunchTemplateName="nodes", LaunchTemplateData=data)
        self.template = made["LaunchTemplate"]["LaunchTemplateId"]

    def client(self, service: str) -> Any:
        return self.sandbox.client(service, REGION, self.account_id)

    @property
    def batch(self) -> Any:
        return self.client("batch")

    def resources(self, **changes: Any) -> dict[str, Any]:
        """Compute resources that are right, but for the changes; None leaves a member out."""
        all_ = {
            "type": "EC2",
            "allocationStrategy": "BEST_FIT_PROGRESSIVE",
            "minvCpus": 0,
            "maxvCpus": 64,
            "instanceTypes": ["c7i.4xlarge"],
            "instanceRole": "nodes",
            "subnets": [self.subnet],
            "securityGroupIds": [self.group],
            **changes,
        }
        return {name: value for name, value in all_.items() if value is not None}

    def fargate(self, **changes: Any) -> dict[str, Any]:
        base = {"type": "FARGATE", "maxvCpus": 4, "subnets": [self.subnet], "securityGroupIds": [self.group]}
        return {**base, **changes}

    def environment(self, **changes: Any) -> str:
        """Arn of a new compute environment."""
        self.made += 1
        resources = changes.pop("computeResources", None) or self.resources()
        request = {
            "computeEnvironmentName": f"pool-{self.made}",
            "type": "MANAGED",
            "computeResources": resources,
            **changes,
        }
        request = {name: value for name, value in request.items() if value is not None}
        return self.batch.create_compute_environment(**request)["computeEnvironmentArn"]

    def queue(self, *environments: str, **changes: Any) -> str:
        """Arn of a new job queue."""
        self.made += 1
        return self.batch.create_job_queue(
            **{"jobQueueName": f"queue-{self.made}", "priority": 1, "state": "ENABLED", **changes},
            computeEnvironmentOrder=order(*environments),
        )["jobQueueArn"]

    def definition(self, **changes: Any) -> str:
        """Name and revision of a new job definition."""
        self.made += 1
        request: dict[str, Any] = {"type": "container", "containerProperties": container(), **changes}
        request = {name: value for name, value in request.items() if value is not None}
        made = self.batch.register_job_definition(jobDefinitionName=f"job-{self.made}", **request)
        return f"{made['jobDefinitionName']}:{made['revision']}"

    def nodes(self, **changes: Any) -> str:
        """Name and revision of a new multi-node job definition."""
        return self.definition(type="multinode", containerProperties=None, nodeProperties=nodes(**changes))

    def submit(self, definition: str, queue: str, **request: Any) -> str:
        """Id of a new job."""
        return self.batch.submit_job(
            **{"jobName": "train", "jobQueue": queue, "jobDefinition": definition, **request}
        )["jobId"]

    def job(self, id_: str) -> dict[str, Any]:
        return self.batch.describe_jobs(jobs=[id_])["jobs"][0]

    def status(self, arn: str) -> str | None:
        """The status of an environment or a queue; None if it is gone."""
        kind, batch = arn.split(":")[5].partition("/")[0], self.batch
        if kind == "job-queue":
            found = batch.describe_job_queues(jobQueues=[arn])["jobQueues"]
        else:
            found = batch.describe_compute_environments(computeEnvironments=[arn])["computeEnvironments"]
        return found[0]["status"] if found else None


def order(*environments: str) -> list[dict[str, Any]]:
    return [{"order": place, "computeEnvironment": arn} for place, arn in enumerate(environments, 1)]


def container(*amounts: tuple[str, str], **changes: Any) -> dict[str, Any]:
    amounts = amounts or (("VCPU", "1"), ("MEMORY", "1024"))
    requirements = [{"type": type_, "value": value} for type_, value in amounts]
    return {"image": "train:1", "resourceRequirements": requirements, **changes}


def nodes(count: int = 4, main: int = 0, ranges: dict[str, dict[str, Any]] | None = None) -> dict[str, Any]:
    described = [
        {"targetNodes": target, "container": properties}
        for target, properties in (ranges or {"0:": container()}).items()
    ]
    return {"numNodes": count, "mainNode": main, "nodeRangeProperties": described}


def refused(match: str, call: Any, *args: Any, **request: Any) -> None:
    """The call is refused as Batch refuses, with a message that holds `match`."""
    with pytest.raises(ClientError) as error:
        call(*args, **request)
    said = error.value.response["Error"]
    assert said["Code"] == "ClientException"
    assert match in said["Message"]
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.fixture
def account(sandbox: Sandbox, account_id: str) -> Account:
    return Account(sandbox, account_id)


@pytest.fixture(scope="module")
def quiet(sandbox: Sandbox) -> Account:
    """An account for what is refused, and so leaves nothing behind."""
    return Account(sandbox, "210987654321")


@pytest.fixture(scope="module")
def place(sandbox: Sandbox) -> tuple[Account, str, str, str]:
    """An account with a queue, a definition of one container, and one of four nodes in a closed range."""
    made = Account(sandbox, "210987654322")
    queue = made.queue(made.environment())
    return made, queue, made.definition(), made.nodes(ranges={"0:3": container()})


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


RESOURCES: list[tuple[str, dict[str, Any]]] = [
    ("Instance role is required.", {"instanceRole": None}),
    ("the instance profile none does not exist", {"instanceRole": "none"}),
    ("Resource minvCpus is required.", {"minvCpus": None}),
    ("minvCpus must not be negative", {"minvCpus": -1}),
    ("maxvCpus 64 must be at least minvCpus 65", {"minvCpus": 65}),
    ("desiredvCpus must be from 0 to 64, not 65", {"desiredvCpus": 65}),
    ("Resource instanceTypes is required.", {"instanceTypes": None}),
    ("Instance type can only be one of", {"instanceTypes": ["c7i.4xlarge", "z9.huge"]}),
    ("Resource subnets is required.", {"subnets": []}),
    ("The subnet ID 'subnet-1' does not exist", {"subnets": ["subnet-1"]}),
    ("The security group 'sg-1' does not exist", {"securityGroupIds": ["sg-1"]}),
    ("security groups are required", {"securityGroupIds": None}),
    (
        "SPOT_CAPACITY_OPTIMIZED can't be used with type EC2",
        {"allocationStrategy": "SPOT_CAPACITY_OPTIMIZED"},
    ),
    ("bidPercentage can only be set for the type SPOT", {"bidPercentage": 60}),
    ("spotIamFleetRole is required", {"type": "SPOT", "allocationStrategy": "BEST_FIT"}),
    ("spotIamFleetRole is required", {"type": "SPOT", "allocationStrategy": None}),
    (
        "BEST_FIT_PROGRESSIVE_ORDERED can't be used with type SPOT",
        {"type": "SPOT", "allocationStrategy": "BEST_FIT_PROGRESSIVE_ORDERED"},
    ),
    ("ec2Configuration takes 2 at most", {"ec2Configuration": [{"imageType": "ECS_AL2023"}] * 3}),
    ("imageType ECS_AL1 must be one of", {"ec2Configuration": [{"imageType": "ECS_AL1"}]}),
    (
        "Batch provides no images of the type ECS_AL2_NVIDIA any more",
        {"ec2Configuration": [{"imageType": "ECS_AL2_NVIDIA"}]},
    ),
    ("Launch template lt-1 does not exist", {"launchTemplate": {"launchTemplateId": "lt-1"}}),
    ("Launch template none does not exist", {"launchTemplate": {"launchTemplateName": "none"}}),
    ("has no version 2", {"launchTemplate": {"launchTemplateName": "nodes", "version": "2"}}),
    (
        "either launchTemplateId or launchTemplateName, not both",
        {"launchTemplate": {"launchTemplateName": "nodes", "launchTemplateId": "lt-1"}},
    ),
    ("Placement group none does not exist", {"placementGroup": "none"}),
    ("must be one of EC2, SPOT, FARGATE, FARGATE_SPOT", {"type": "GPU"}),
]


@pytest.mark.parametrize(("match", "changes"), RESOURCES)
def test_compute_resources_that_batch_would_refuse_are(
    quiet: Account, match: str, changes: dict[str, Any]
) -> None:
    refused(match, quiet.environment, computeResources=quiet.resources(**changes))
    assert quiet.batch.describe_compute_environments()["computeEnvironments"] == []


@pytest.mark.parametrize(
    ("match", "changes"),
    [
        ("instanceRole can't be set for Fargate", {"instanceRole": "nodes"}),
        ("allocationStrategy can't be set for Fargate", {"allocationStrategy": "BEST_FIT"}),
        ("the number of security groups must be from 1 to 5, not 0", {"securityGroupIds": []}),
        ("maxvCpus must be from 1", {"maxvCpus": 0}),
    ],
)
def test_fargate_takes_no_settings_of_machines(quiet: Account, match: str, changes: dict[str, Any]) -> None:
    refused(match, quiet.environment, computeResources=quiet.fargate(**changes))


def test_compute_environments_that_batch_would_refuse_are(account: Account) -> None:
    refused("is not a name", account.environment, computeEnvironmentName="a.b")
    refused("is not a name", account.environment, computeEnvironmentName="a" * 129)
    refused("type HYBRID must be one of MANAGED, UNMANAGED", account.environment, type="HYBRID")
    refused("state OFF must be one of ENABLED, DISABLED", account.environment, state="OFF")
    refused("50 tags at most", account.environment, tags=MANY)
    refused("the role none does not exist", account.environment, serviceRole="none")
    refused("computeResources can't be set for an unmanaged", account.environment, type="UNMANAGED")
    refused("unmanagedvCpus can only be set for an unmanaged", account.environment, unmanagedvCpus=4)
    bare = {"computeEnvironmentName": "bare", "type": "UNMANAGED"}
    refused("ServiceRole is required.", account.batch.create_compute_environment, **bare)
    bare["type"] = "MANAGED"
    refused("computeResources must be set for a managed", account.batch.create_compute_environment, **bare)
    account.environment(computeEnvironmentName="a" * 128)
    refused("Object already exists", account.environment, computeEnvironmentName="a" * 128)


def test_groups_may_be_the_launch_templates_and_own_images_may_be_of_amazon_linux_2(account: Account) -> None:
    image = {"imageType": "ECS_AL2", "imageIdOverride": "ami-12345678"}
    template = {"launchTemplateId": account.template, "version": "$Latest"}
    resources = account.resources(securityGroupIds=None, launchTemplate=template, ec2Configuration=[image])
    arn = account.environment(computeResources=resources)
    found = account.batch.describe_compute_environments(computeEnvironments=[arn])["computeEnvironments"][0]
    assert found["computeResources"] == resources
    assert found["ecsClusterArn"].split("/")[1].startswith("pool-1_Batch_")


def test_a_region_holds_fifty_compute_environments_and_fifty_queues(account: Account) -> None:
    environments = [account.environment() for _ in range(50)]
    refused("the quota of 50 compute environments is reached", account.environment)
    for _ in range(50):
        account.queue(environments[0])
    refused("the quota of 50 job queues is reached", account.queue, environments[0])
    first = account.batch.describe_compute_environments(maxResults=30)
    rest = account.batch.describe_compute_environments(maxResults=30, nextToken=first["nextToken"])
    assert [len(page["computeEnvironments"]) for page in (first, rest)] == [30, 20]
    assert "nextToken" not in rest
    match = "ComputeEnvironments and MaxResults cannot both be set"
    request = {"computeEnvironments": environments[:1], "maxResults": 1}
    refused(match, account.batch.describe_compute_environments, **request)


def test_machines_stand_for_the_least_vcpus(account: Account) -> None:
    account.environment(computeResources=account.resources(minvCpus=20))
    reservations = account.client("ec2").describe_instances()["Reservations"]
    assert [item["Instances"][0]["InstanceType"] for item in reservations] == ["c7i.4xlarge"] * 2


UPDATES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("BEST_FIT doesn't support", {"allocationStrategy": "BEST_FIT"}, {"instanceTypes": ["c7i.8xlarge"]}),
    ("BEST_FIT doesn't support", {"allocationStrategy": None}, {"instanceTypes": ["c7i.8xlarge"]}),
    ("can't be changed between EC2 and Fargate", {}, {"type": "FARGATE"}),
    ("desiredvCpus can't be lowered", {"desiredvCpus": 32}, {"desiredvCpus": 16}),
    ("maxvCpus 8 must be at least minvCpus 16", {"minvCpus": 16}, {"maxvCpus": 8}),
    ("Launch template lt-1 does not exist", {}, {"launchTemplate": {"launchTemplateId": "lt-1"}}),
    ("no images of the type ECS_AL2", {}, {"ec2Configuration": [{"imageType": "ECS_AL2"}]}),
    (
        "can't be used with type SPOT",
        {},
        {"type": "SPOT", "allocationStrategy": "BEST_FIT_PROGRESSIVE_ORDERED"},
    ),
]


@pytest.mark.parametrize(("match", "before", "changes"), UPDATES)
def test_updates_of_compute_resources_that_batch_would_refuse_change_nothing(
    account: Account, match: str, before: dict[str, Any], changes: dict[str, Any]
) -> None:
    resources = account.resources(**before)
    arn = account.environment(computeResources=resources)
    update = account.batch.update_compute_environment
    refused(match, update, computeEnvironment=arn, computeResources=changes, state="DISABLED")
    found = account.batch.describe_compute_environments()["computeEnvironments"][0]
    assert (found["computeResources"], found["state"]) == (resources, "ENABLED")


def test_updates_need_the_service_linked_role_and_cant_leave_it(account: Account) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "batch.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = account.client("iam").create_role(RoleName="own", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    own = account.environment(serviceRole=role)
    update = account.batch.update_compute_environment
    changes = {"instanceTypes": ["c7i.8xlarge"]}
    match = "need the service-linked role AWSServiceRoleForBatch"
    refused(match, update, computeEnvironment=own, computeResources=changes)
    update(computeEnvironment=own, computeResources={"maxvCpus": 128})
    linked = account.environment()
    match = "can't be changed between the service-linked role and another"
    refused(match, update, computeEnvironment=linked, serviceRole=role)
    update(computeEnvironment=linked, computeResources=changes)
    found = account.batch.describe_compute_environments(computeEnvironments=[linked])["computeEnvironments"]
    assert found[0]["computeResources"]["instanceTypes"] == ["c7i.8xlarge"]


def test_updates_of_environments_out_of_bounds_are_refused(account: Account) -> None:
    update = account.batch.update_compute_environment
    refused("none does not exist", update, computeEnvironment="none", state="DISABLED")
    fargate = account.environment(computeResources=account.fargate())
    match = "instanceTypes can't be updated for Fargate"
    refused(match, update, computeEnvironment=fargate, computeResources={"instanceTypes": ["c7i.large"]})
    update(computeEnvironment=fargate, computeResources={"maxvCpus": 8})
    match = "jobExecutionTimeoutMinutes must be from 1 to 7200, not 7201"
    refused(match, update, computeEnvironment=fargate, updatePolicy={"jobExecutionTimeoutMinutes": 7201})
    refused("unmanagedvCpus can only", update, computeEnvironment=fargate, unmanagedvCpus=1)


def test_queues_that_batch_would_refuse_are(account: Account) -> None:
    environments = [account.environment() for _ in range(4)]
    fargate = account.environment(computeResources=account.fargate())
    limit = {"state": "RUNNABLE", "action": "CANCEL", "reason": "stuck", "maxTimeSeconds": 599}
    refused("the number of compute environments must be from 1 to 3, not 4", account.queue, *environments)
    refused("must be from 1 to 3, not 0", account.queue)
    refused("EC2 and Fargate compute environments can't be mixed", account.queue, environments[0], fargate)
    refused("names a compute environment twice", account.queue, environments[0], environments[0])
    refused("none does not exist", account.queue, "none")
    refused("priority must be from 0 to 1000, not 1001", account.queue, fargate, priority=1001)
    refused("priority must be from 0 to 1000, not -1", account.queue, fargate, priority=-1)
    refused("is not a name", account.queue, fargate, jobQueueName="-a")
    refused("state OFF must be one of", account.queue, fargate, state="OFF")
    refused("50 tags at most", account.queue, fargate, tags=MANY)
    refused("the scheduling policy arn does not exist", account.queue, fargate, schedulingPolicyArn="arn")
    match = "maxTimeSeconds must be from 600 to 86400, not 599"
    refused(match, account.queue, fargate, jobStateTimeLimitActions=[limit])
    arn = account.queue(fargate, jobQueueName="q")
    refused("Object already exists", account.queue, fargate, jobQueueName="q")
    update = account.batch.update_job_queue
    refused("must be from 1 to 3", update, jobQueue="q", computeEnvironmentOrder=order(*environments))
    refused("priority must be from 0 to 1000", update, jobQueue=arn, priority=1001)
    refused("none does not exist", update, jobQueue="none", priority=1)
    policy = account.batch.create_scheduling_policy(name="fair")["arn"]
    refused("a scheduling policy can't be added", update, jobQueue=arn, schedulingPolicyArn=policy)
    found = account.batch.describe_job_queues(jobQueues=["q"])["jobQueues"][0]
    assert (found["status"], found["jobQueueType"]) == ("VALID", "ECS_FARGATE")


def test_scheduling_policies_that_batch_would_refuse_are_and_queues_keep_theirs(account: Account) -> None:
    batch = account.batch
    create = batch.create_scheduling_policy
    refused("is not a name", create, name="a b")
    match = "shareDecaySeconds must be from 0 to 604800"
    refused(match, create, name="a", fairsharePolicy={"shareDecaySeconds": 604_801})
    match = "computeReservation must be from 0 to 99"
    refused(match, create, name="a", fairsharePolicy={"computeReservation": 100})
    share = {"shareIdentifier": "a", "weightFactor": 1000.0}
    match = "weightFactor must be from 0.0001 to 999.9999"
    refused(match, create, name="a", fairsharePolicy={"shareDistribution": [share]})
    arn = create(name="a")["arn"]
    refused("Object already exists", create, name="a")
    refused("none does not exist", batch.update_scheduling_policy, arn="none")
    queue = account.queue(account.environment(), schedulingPolicyArn=arn)
    refused("a job queue uses it", batch.delete_scheduling_policy, arn=arn)
    definition = account.definition()
    refused("shareIdentifier must be set", account.submit, definition, queue)
    refused("must be up to 255 letters", account.submit, definition, queue, shareIdentifier="a-b")
    account.submit(definition, queue, shareIdentifier="team")
    filters = [{"name": "SHARE_IDENTIFIER", "values": ["team"]}]
    found = batch.list_jobs(jobQueue=queue, filters=filters)["jobSummaryList"]
    assert [item["shareIdentifier"] for item in found] == ["team"]


DEFINITIONS: list[tuple[str, dict[str, Any]]] = [
    ("must have an image", {"containerProperties": {**container(), "image": ""}}),
    ("255 characters at most", {"containerProperties": container(image="i" * 256)}),
    ("must have memory", {"containerProperties": container(("VCPU", "1"))}),
    ("must have vcpus", {"containerProperties": container(("MEMORY", "4"))}),
    ("Value 3 for type MEMORY", {"containerProperties": container(("VCPU", "1"), ("MEMORY", "3"))}),
    ("Value 1.0 for type VCPU", {"containerProperties": container(("VCPU", "1.0"), ("MEMORY", "4"))}),
    (
        "Value 0.5 for type GPU",
        {"containerProperties": container(("VCPU", "1"), ("MEMORY", "4"), ("GPU", "0.5"))},
    ),
    ("names a type twice", {"containerProperties": container(("VCPU", "1"), ("VCPU", "2"), ("MEMORY", "4"))}),
    ("jobRoleArn nodes is not the arn", {"containerProperties": container(jobRoleArn="nodes")}),
    (
        "AWS_BATCH_JOB_ID must not start with AWS_BATCH",
        {"containerProperties": container(environment=[{"name": "AWS_BATCH_JOB_ID", "value": "1"}])},
    ),
    ("instanceType is for multi-node", {"containerProperties": container(instanceType="p5.48xlarge")}),
    ("executionRoleArn is required for Fargate", {"platformCapabilities": ["FARGATE"]}),
    ("attempts must be from 1 to 10, not 11", {"retryStrategy": {"attempts": 11}}),
    ("attempts must be from 1 to 10, not 0", {"retryStrategy": {"attempts": 0}}),
    ("evaluateOnExit needs attempts", {"retryStrategy": {"evaluateOnExit": [{"action": "RETRY"}]}}),
    (
        "evaluateOnExit takes 5 conditions at most",
        {"retryStrategy": {"attempts": 2, "evaluateOnExit": [{"action": "RETRY"}] * 6}},
    ),
    (
        "onExitCode x must be a number",
        {"retryStrategy": {"attempts": 2, "evaluateOnExit": [{"action": "EXIT", "onExitCode": "x"}]}},
    ),
    ("attemptDurationSeconds must be at least 60", {"timeout": {"attemptDurationSeconds": 59}}),
    ("schedulingPriority must be from 0 to 9999", {"schedulingPriority": 10_000}),
    ("type array must be one of", {"type": "array"}),
    ("24576 bytes at most", {"parameters": {"text": "x" * 24_576}}),
    ("50 tags at most", {"tags": MANY}),
    ("nodeProperties are for the type multinode", {"containerProperties": None, "nodeProperties": nodes()}),
    ("and no other", {"nodeProperties": nodes()}),
    ("multinode needs nodeProperties", {"type": "multinode"}),
]


@pytest.mark.parametrize(("match", "changes"), DEFINITIONS)
def test_job_definitions_that_batch_would_refuse_are(
    quiet: Account, match: str, changes: dict[str, Any]
) -> None:
    refused(match, quiet.definition, **changes)


NODES: list[tuple[str, dict[str, Any]]] = [
    ("numNodes must be from 1 to 1000, not 1001", nodes(1001)),
    ("mainNode 4 must be less than the number of nodes, 4", nodes(main=4)),
    ("mainNode -1 must be less than", nodes(main=-1)),
    (
        "the number of node ranges must be from 1 to 5, not 6",
        nodes(6, ranges={str(n): container() for n in range(6)}),
    ),
    ("must account for all nodes: [3] is in none", nodes(ranges={"0:2": container()})),
    ("must account for all nodes: [0] is in none", nodes(ranges={"1:": container()})),
    ("lies outside of the 4 nodes", nodes(ranges={"0:4": container()})),
    ("lies outside of the 4 nodes", nodes(ranges={"2:1": container(), "0:": container()})),
    ("overlap, and neither is inside", nodes(ranges={"0:2": container(), "1:3": container()})),
    ("overlap, and neither is inside", nodes(ranges={"0:": container(), ":3": container()})),
    ("'0-3' is not a range of nodes", nodes(ranges={"0-3": container()})),
    ("must have memory", nodes(ranges={"0:": container(("VCPU", "1"))})),
    (
        "must have the same instanceType",
        nodes(
            ranges={
                "0": container(instanceType="p5.48xlarge"),
                "1:": container(instanceType="p4d.24xlarge"),
            }
        ),
    ),
]


@pytest.mark.parametrize(("match", "properties"), NODES)
def test_node_properties_that_batch_would_refuse_are(
    quiet: Account, match: str, properties: dict[str, Any]
) -> None:
    request = {"type": "multinode", "containerProperties": None, "nodeProperties": properties}
    refused(match, quiet.definition, **request)


def test_a_range_inside_another_overrides_it_and_leaves_its_amounts_to_it(account: Account) -> None:
    head = {"image": "head:1"}
    definition = account.nodes(count=3, ranges={":": container(), "0": head})
    job = account.submit(definition, account.queue(account.environment()))
    assert account.job(f"{job}#0")["container"]["image"] == "head:1"
    assert account.job(f"{job}#2")["container"]["image"] == "train:1"


def test_a_revision_stands_by_itself_and_one_that_is_inactive_runs_nothing(account: Account) -> None:
    batch, queue = account.batch, account.queue(account.environment())
    batch.register_job_definition(
        jobDefinitionName="a", type="container", containerProperties=container(), parameters={"x": "1"}
    )
    second = batch.register_job_definition(
        jobDefinitionName="a", type="container", containerProperties=container(), schedulingPriority=3
    )
    assert second["revision"] == 2
    found = batch.describe_job_definitions(jobDefinitions=[second["jobDefinitionArn"]])["jobDefinitions"][0]
    assert (found["parameters"], found["schedulingPriority"]) == ({}, 3)
    batch.deregister_job_definition(jobDefinition="a:2")
    assert account.job(account.submit("a", queue))["jobDefinition"].endswith("job-definition/a:1")
    refused("JobDefinition a:2 is not in ACTIVE status", account.submit, "a:2", queue)
    refused("JobDefinition name b does not exist or is not in ACTIVE status", account.submit, "b", queue)
    refused("is not the arn of a job definition", batch.deregister_job_definition, jobDefinition="a")
    listed = batch.describe_job_definitions(jobDefinitionName="a", status="INACTIVE")["jobDefinitions"]
    assert [item["revision"] for item in listed] == [2]


SUBMISSIONS: list[tuple[str, dict[str, Any]]] = [
    ("is not a name", {"jobName": "_a"}),
    ("is not a name", {"jobName": "a" * 129}),
    ("arrayProperties.size must be from 2 to 10000, not 1", {"arrayProperties": {"size": 1}}),
    ("arrayProperties.size must be from 2 to 10000, not 10001", {"arrayProperties": {"size": 10_001}}),
    ("a job can depend on 20 jobs at most", {"dependsOn": [{"jobId": "a"}] * 21}),
    ("dependsOn needs a jobId", {"dependsOn": [{}]}),
    ("dependsOn.type N_TO_N is for array jobs only", {"dependsOn": [{"jobId": "a", "type": "N_TO_N"}]}),
    ("nodeOverrides can only be set for a multi-node", {"nodeOverrides": {"numNodes": 2}}),
    (
        "AWS_BATCH_X must not start with AWS_BATCH",
        {"containerOverrides": {"environment": [{"name": "AWS_BATCH_X", "value": "1"}]}},
    ),
    (
        "Value x for type GPU",
        {"containerOverrides": {"resourceRequirements": [{"type": "GPU", "value": "x"}]}},
    ),
    ("command can't contain an empty string", {"containerOverrides": {"command": ["a", ""]}}),
    ("30720 bytes at most", {"containerOverrides": {"command": ["x" * 30_720]}}),
    ("shareIdentifier can't be set", {"shareIdentifier": "a"}),
    ("schedulingPriorityOverride must be from 0 to 9999", {"schedulingPriorityOverride": -1}),
    ("attempts must be from 1 to 10", {"retryStrategy": {"attempts": 11}}),
    ("attemptDurationSeconds must be at least 60", {"timeout": {"attemptDurationSeconds": 1}}),
    ("50 tags at most", {"tags": MANY}),
]


@pytest.mark.parametrize(("match", "request_"), SUBMISSIONS)
def test_jobs_that_batch_would_refuse_are(
    place: tuple[Account, str, str, str], match: str, request_: dict[str, Any]
) -> None:
    account, queue, definition, _ = place
    refused(match, account.submit, definition, queue, **request_)
    for status in ("SUBMITTED", "SUCCEEDED"):
        assert account.batch.list_jobs(jobQueue=queue, jobStatus=status)["jobSummaryList"] == []


def test_a_disabled_queue_takes_no_jobs(account: Account) -> None:
    queue, definition = account.queue(account.environment(), state="DISABLED"), account.definition()
    refused("is not ENABLED", account.submit, definition, queue)
    refused("JobQueue none not found", account.submit, definition, "none")


NODE_OVERRIDES: list[tuple[str, dict[str, Any]]] = [
    ("can only be applied if the job definition has at least 1 target node", {"numNodes": 2}),
    (
        "NodeOverride targets should match job definition. Non matching targets - 0:1",
        {"nodePropertyOverrides": [{"targetNodes": "0:1"}]},
    ),
    (
        "must not start with AWS_BATCH",
        {
            "nodePropertyOverrides": [
                {
                    "targetNodes": "0:3",
                    "containerOverrides": {"environment": [{"name": "AWS_BATCH_X", "value": "1"}]},
                }
            ]
        },
    ),
]


@pytest.mark.parametrize(("match", "overrides"), NODE_OVERRIDES)
def test_node_overrides_that_batch_would_refuse_are(
    place: tuple[Account, str, str, str], match: str, overrides: dict[str, Any]
) -> None:
    account, queue, _, definition = place
    refused(match, account.submit, definition, queue, nodeOverrides=overrides)


def test_the_number_of_nodes_stays_above_where_the_open_range_and_the_main_node_are(account: Account) -> None:
    queue = account.queue(account.environment())
    open_ = account.nodes(ranges={"0:1": container(), "2:": container()})
    match = "must be greater than the lower boundary of the open range, 2"
    refused(match, account.submit, open_, queue, nodeOverrides={"numNodes": 2})
    refused("must be from 1 to 1000", account.submit, open_, queue, nodeOverrides={"numNodes": 1001})
    late = account.nodes(main=3)
    refused("mainNode 3 must be less", account.submit, late, queue, nodeOverrides={"numNodes": 3})
    overrides = {"command": ["a"]}
    match = "containerOverrides can't be set for a multi-node"
    refused(match, account.submit, late, queue, containerOverrides=overrides)
    fargate = account.queue(account.environment(computeResources=account.fargate()))
    refused("aren't supported on Fargate", account.submit, late, fargate)


def test_node_overrides_are_kept_and_each_node_is_described(account: Account) -> None:
    environment = [{"name": "LEVEL", "value": "1"}, {"name": "SEED", "value": "1"}]
    definition = account.nodes(count=2, main=1, ranges={"0:": container(environment=environment)})
    change = {
        "command": ["torchrun", "train.py"],
        "environment": [{"name": "SEED", "value": "2"}],
        "resourceRequirements": [{"type": "MEMORY", "value": "2048"}],
    }
    overrides = {
        "numNodes": 3,
        "nodePropertyOverrides": [{"targetNodes": "0:", "containerOverrides": change}],
    }
    queue = account.queue(account.environment())
    id_ = account.submit(definition, queue, nodeOverrides=overrides, tags={"run": "7"})

    job = account.job(id_)
    assert (job["status"], job["tags"], "container" in job) == ("SUCCEEDED", {"run": "7"}, False)
    properties = job["nodeProperties"]
    assert (properties["numNodes"], properties["mainNode"]) == (3, 1)
    changed = properties["nodeRangeProperties"][0]["container"]
    assert changed["command"] == ["torchrun", "train.py"]
    assert changed["environment"] == [{"name": "LEVEL", "value": "1"}, {"name": "SEED", "value": "2"}]
    amounts = {item["type"]: item["value"] for item in changed["resourceRequirements"]}
    assert amounts == {"VCPU": "1", "MEMORY": "2048"}

    node = account.job(f"{id_}#1")
    assert node["nodeDetails"] == {"nodeIndex": 1, "isMainNode": True}
    assert (node["container"]["exitCode"], node["container"]["command"]) == (0, ["torchrun", "train.py"])
    assert "nodeProperties" not in node
    listed = account.batch.list_jobs(multiNodeJobId=id_, jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [(item["jobId"], item["nodeProperties"]) for item in listed] == [
        (f"{id_}#{index}", {"isMainNode": index == 1, "numNodes": 3, "nodeIndex": index})
        for index in range(3)
    ]
    of_queue = account.batch.list_jobs(jobQueue=queue, jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [(item["jobId"], item["nodeProperties"]) for item in of_queue] == [(id_, {"numNodes": 3})]
    kept = account.batch.describe_job_definitions(jobDefinitions=[definition])["jobDefinitions"][0]
    assert kept["nodeProperties"]["numNodes"] == 2
    assert "command" not in kept["nodeProperties"]["nodeRangeProperties"][0]["container"]


def test_several_nodes_never_start_on_spot_machines_and_what_depends_on_them_waits(account: Account) -> None:
    spot = account.resources(type="SPOT", allocationStrategy="SPOT_PRICE_CAPACITY_OPTIMIZED")
    queue = account.queue(account.environment(computeResources=spot))
    id_ = account.submit(account.nodes(), queue)
    after = account.submit(account.definition(), queue, dependsOn=[{"jobId": id_}])
    assert (account.job(id_)["status"], account.job(f"{id_}#0")["status"]) == ("RUNNABLE", "RUNNABLE")
    assert account.job(after)["status"] == "PENDING"
    listed = account.batch.list_jobs(jobQueue=queue)["jobSummaryList"]
    assert listed == [], "only jobs that run are listed, unless a status is asked for"

    end = account.batch.terminate_job
    refused("reason is required", end, jobId=id_, reason="")
    refused("jobId is required", account.batch.cancel_job, jobId="", reason="no")
    refused("1024 characters at most", end, jobId=id_, reason="x" * 1025)
    end(jobId=id_, reason="it can't start")
    job = account.job(id_)
    assert (job["status"], job["statusReason"], job["isTerminated"]) == ("FAILED", "it can't start", True)
    assert account.job(f"{id_}#3")["status"] == "FAILED"
    assert account.job(after)["statusReason"] == "Dependent Job failed"


def test_an_array_is_described_and_listed_with_its_children(account: Account) -> None:
    queue = account.queue(account.environment())
    id_ = account.submit(account.definition(), queue, arrayProperties={"size": 3})
    array = account.job(id_)["arrayProperties"]
    assert (array["size"], array["statusSummary"]["SUCCEEDED"]) == (3, 3)
    assert account.job(f"{id_}:2")["arrayProperties"] == {"index": 2}
    listed = account.batch.list_jobs(arrayJobId=id_, jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [item["arrayProperties"]["index"] for item in listed] == [0, 1, 2]
    refused("one of jobQueue, arrayJobId, multiNodeJobId", account.batch.list_jobs)
    refused("and no other", account.batch.list_jobs, jobQueue=queue, arrayJobId=id_)
    refused("jobStatus DONE must be one of", account.batch.list_jobs, jobQueue=queue, jobStatus="DONE")


def test_a_job_of_one_container_shows_its_overrides_every_time_alike(account: Account) -> None:
    definition = account.definition(
        containerProperties=container(environment=[{"name": "A", "value": "1"}]),
        retryStrategy={"attempts": 3},
        timeout={"attemptDurationSeconds": 600},
    )
    change = {"environment": [{"name": "B", "value": "2"}], "command": ["run"]}
    id_ = account.submit(definition, account.queue(account.environment()), containerOverrides=change)
    first = account.job(id_)
    assert first["container"]["environment"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    assert (first["retryStrategy"]["attempts"], first["timeout"]["attemptDurationSeconds"]) == (3, 600)
    assert first["createdAt"] <= first["startedAt"] <= first["stoppedAt"]
    assert account.job(id_) == first
    found = account.batch.list_jobs(
        jobQueue=first["jobQueue"], filters=[{"name": "JOB_NAME", "values": ["tr*"]}]
    )["jobSummaryList"]
    assert [(item["jobId"], item["container"]) for item in found] == [(id_, {"exitCode": 0})]


def test_no_resource_has_more_than_fifty_tags(account: Account) -> None:
    arn = account.environment(tags={f"a{number}": "x" for number in range(40)})
    more = {f"b{number}": "x" for number in range(11)}
    refused("50 tags at most", account.batch.tag_resource, resourceArn=arn, tags=more)
    more.popitem()
    account.batch.tag_resource(resourceArn=arn, tags=more)
    assert len(account.batch.list_tags_for_resource(resourceArn=arn)["tags"]) == 50
    account.batch.untag_resource(resourceArn=arn, tagKeys=list(more))
    assert len(account.batch.list_tags_for_resource(resourceArn=arn)["tags"]) == 40


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

    wait_until(gone, "the queue has let go", seconds=10)
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

    def up(instance_type: str) -> UpResult:
        run = Run(lambda: program(instance_type), "toy", "replaced", {}, tmp_path, slow.account_id, REGION)
        return bring_up(run, slow.sandbox)

    up("c7i.large")
    replaced = up("c7i.xlarge")
    assert (replaced.replaced, replaced.updated) == (1, 1)
    (pool,) = slow.batch.describe_compute_environments()["computeEnvironments"]
    assert pool["computeResources"]["instanceTypes"] == ["c7i.xlarge"]
    assert take_down("replaced", slow.account_id, REGION, slow.sandbox).remaining == ()


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
