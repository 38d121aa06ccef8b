"""AWS Batch in the sandbox: environments, queues and policies have their limits, from AWS's documentation."""

from __future__ import annotations

import json
from typing import Any

import pytest
from batching import MANY, Account, order, refused

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


def test_no_resource_has_more_than_fifty_tags(account: Account) -> None:
    arn = account.environment(tags={f"a{number}": "x" for number in range(40)})
    more = {f"b{number}": "x" for number in range(11)}
    refused("50 tags at most", account.batch.tag_resource, resourceArn=arn, tags=more)
    more.popitem()
    account.batch.tag_resource(resourceArn=arn, tags=more)
    assert len(account.batch.list_tags_for_resource(resourceArn=arn)["tags"]) == 50
    account.batch.untag_resource(resourceArn=arn, tagKeys=list(more))
    assert len(account.batch.list_tags_for_resource(resourceArn=arn)["tags"]) == 40
