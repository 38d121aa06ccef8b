"""An account with what AWS Batch refers to, and requests that Batch takes: what tests of Batch share."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError
from patience import PATIENCE_SECONDS

from modelyard_sandbox.sandbox import Sandbox

REGION = "eu-central-1"


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

    def when(self, id_: str, *statuses: str) -> dict[str, Any]:
        """The job, once it has one of the statuses."""
        until = time.monotonic() + PATIENCE_SECONDS
        while (job := self.job(id_))["status"] not in statuses:
            assert time.monotonic() < until, (job["status"], job.get("statusReason"))
            time.sleep(0.02)
        return job

    def ended(self, id_: str) -> dict[str, Any]:
        """The job, once it is over."""
        return self.when(id_, "SUCCEEDED", "FAILED")

    def lines(self, id_: str, group: str = "/aws/batch/job") -> list[str]:
        """What the last attempt of a job, or of a node, has written so far."""
        stream = self.job(id_)["container"]["logStreamName"]
        events = self.client("logs").get_log_events(
            logGroupName=group, logStreamName=stream, startFromHead=True
        )
        return [event["message"] for event in events["events"]]

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
    return {"image": "train:1", "command": ["true"], "resourceRequirements": requirements, **changes}


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
