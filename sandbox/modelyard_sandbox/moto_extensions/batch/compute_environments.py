"""Compute environments: created with their resources checked, updated in place where AWS can, deleted when no
queue holds them.

Sources: AWS Batch API reference, the operations of these names, and UpdatePolicy; AWS Batch user guide,
"Service quotas"; 2026-11.
"""

from __future__ import annotations

import json
import math
from typing import Any
from uuid import uuid4

from moto.batch.models import ComputeEnvironment
from moto.batch.responses import BatchResponse
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.iam.exceptions import NotFoundException

from modelyard.catalog.instances import instance_type, instance_type_names
from modelyard_sandbox.moto_extensions.batch import compute_resources, lag
from modelyard_sandbox.moto_extensions.batch.answers import (
    check_name,
    check_tags,
    chosen,
    executing,
    keep,
    kept,
    one_of,
    page,
    refused,
    require,
    within,
)

SERVICE = "batch.amazonaws.com"
SERVICE_LINKED_ROLE = "AWSServiceRoleForBatch"
DEFAULT_UPDATE_POLICY = {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 30}
TIMEOUT_MINUTES_MAX = 7200
ENVIRONMENTS_MAX = 50
STATES = ("ENABLED", "DISABLED")
HEALTHY = "ComputeEnvironment Healthy"
MACHINE_VCPUS = 16
"""The size of the machines that stand for what Batch chooses by itself."""

new_environment: Any = ComputeEnvironment
"""(moto's base of models hides from type checkers what its classes make)"""
_moto_describe = BatchResponse.describecomputeenvironments


def createcomputeenvironment(self: Any) -> str:
    """CreateComputeEnvironment."""
    lag.settle(self)
    backend = self.batch_backend
    name = check_name("computeEnvironmentName", self._get_param("computeEnvironmentName"))
    kind, state = self._get_param("type"), self._get_param("state") or "ENABLED"
    one_of("type", kind, ("MANAGED", "UNMANAGED"))
    one_of("state", state, STATES)
    tags = self._get_param("tags") or {}
    check_tags(self, tags)
    require(backend.get_compute_environment_by_name(name) is None, "Object already exists")
    standing = len(backend._compute_environments)  # noqa: SLF001 (moto has no public list)
    require(standing < ENVIRONMENTS_MAX, f"the quota of {ENVIRONMENTS_MAX} compute environments is reached")
    resources = _resources_of(self, kind)
    environment = new_environment(
        name,
        kind,
        state,
        resources,
        _service_role(self, kind),
        account_id=backend.account_id,
        region_name=backend.region_name,
    )
    cluster = backend.ecs_backend.create_cluster(f"{name}_Batch_{uuid4()}")
    environment.set_ecs(cluster.arn, cluster.name)
    _start_machines(backend, environment)
    backend._compute_environments[environment.arn] = environment  # noqa: SLF001 (moto has no public way)
    backend.tag_resource(environment.arn, tags)
    keep(
        self,
        environment.arn,
        uuid=str(uuid4()),
        updatePolicy=DEFAULT_UPDATE_POLICY,
        unmanagedvCpus=self._get_param("unmanagedvCpus"),
    )
    return json.dumps({"computeEnvironmentArn": environment.arn, "computeEnvironmentName": name})


def describecomputeenvironments(self: Any) -> str:
    """DescribeComputeEnvironments."""
    lag.settle(self)
    chosen(self, "computeEnvironments")
    described = json.loads(_moto_describe(self))["computeEnvironments"]
    for item in described:
        record = kept(self).get(item["computeEnvironmentArn"], {})
        managed = item["type"] == "MANAGED"
        item.update(
            status=lag.status_of(self, item["computeEnvironmentArn"]),
            statusReason=HEALTHY,
            containerOrchestrationType="ECS",
            uuid=record.get("uuid"),
            updatePolicy=record.get("updatePolicy") if managed else None,
            unmanagedvCpus=record.get("unmanagedvCpus"),
        )
    return page(self, "computeEnvironments", described)


def updatecomputeenvironment(self: Any) -> str:
    """UpdateComputeEnvironment: all of it, or none."""
    lag.settle(self)
    environment = _environment(self)
    lag.must_be_settled(self, environment.arn, "update")
    changes = self._get_param("computeResources") or {}
    state, role, policy = (self._get_param(name) for name in ("state", "serviceRole", "updatePolicy"))
    managed = environment.env_type == "MANAGED"
    require(managed or not changes, "computeResources can't be set for an unmanaged compute environment")
    unmanaged_vcpus = self._get_param("unmanagedvCpus")
    require(
        not managed or unmanaged_vcpus is None,
        "unmanagedvCpus can only be set for an unmanaged compute environment",
    )
    if state is not None:
        one_of("state", state, STATES)
    if role:
        role = _changed_role(self, environment, role)
    if changes:
        compute_resources.check_change(self.batch_backend, environment, changes)
    if policy:
        minutes = policy.get("jobExecutionTimeoutMinutes", 30)
        within("jobExecutionTimeoutMinutes", minutes, 1, TIMEOUT_MINUTES_MAX)
        keep(self, environment.arn, updatePolicy={**DEFAULT_UPDATE_POLICY, **policy})
    if unmanaged_vcpus is not None:
        keep(self, environment.arn, unmanagedvCpus=unmanaged_vcpus)
    environment.state = state or environment.state
    environment.service_role = role or environment.service_role
    if changes:
        environment.compute_resources = compute_resources.updated(environment.compute_resources, changes)
    lag.in_transition(self, environment.arn, "UPDATING")
    return json.dumps({"computeEnvironmentArn": environment.arn, "computeEnvironmentName": environment.name})


def deletecomputeenvironment(self: Any) -> str:
    """DeleteComputeEnvironment: it must be disabled, and no queue may hold it.

    The words about the queue are AWS's (pulumi/pulumi-aws#6233).
    """
    lag.settle(self)
    environment = _environment(self)
    lag.must_be_settled(self, environment.arn, "delete")
    require(
        environment.state == "DISABLED",
        "Cannot delete, the compute environment must be in the state DISABLED",
    )
    require(not lag.is_held(self, environment.arn), "Cannot delete, found existing JobQueue relationship")
    lag.in_transition(self, environment.arn, "DELETING")
    lag.settle(self)
    return json.dumps({})


def _resources_of(self: Any, kind: str) -> dict[str, Any] | None:
    resources = self._get_param("computeResources")
    if kind == "UNMANAGED":
        require(not resources, "computeResources can't be set for an unmanaged compute environment")
        return None
    require(
        self._get_param("unmanagedvCpus") is None,
        "unmanagedvCpus can only be set for an unmanaged compute environment",
    )
    require(resources, "computeResources must be set for a managed compute environment")
    compute_resources.check_new(self.batch_backend, resources)
    return resources


def _service_role(self: Any, kind: str) -> str:
    """The role named, or Batch's service-linked one, which the service makes on the first use."""
    role = self._get_param("serviceRole")
    if role:
        return _existing_role(self, role)
    require(kind == "MANAGED", executing("ServiceRole is required."))
    iam = self.batch_backend.iam_backend
    try:
        return iam.get_role(SERVICE_LINKED_ROLE).arn
    except NotFoundException:
        return iam.create_service_linked_role(SERVICE, "Batch's own", "").arn


def _existing_role(self: Any, role: str) -> str:
    """The arn of a role that is named by its arn or by its name."""
    iam = self.batch_backend.iam_backend
    try:
        found = (
            iam.get_role_by_arn(role) if role.startswith("arn:") else iam.get_role(role.rsplit("/", 1)[-1])
        )
    except NotFoundException as error:
        raise refused(executing(f"the role {role} does not exist")) from error
    return found.arn


def _changed_role(self: Any, environment: Any, role: str) -> str:
    arn = _existing_role(self, role)
    linked = compute_resources.is_service_linked
    require(
        linked(environment.service_role) == linked(arn),
        "the service role can't be changed between the service-linked role and another",
    )
    return arn


def _start_machines(backend: Any, environment: Any) -> None:
    """The machines that stand from the start: as many as the vCPUs that are wanted need."""
    resources: dict[str, Any] = environment.compute_resources or {}
    vcpus = resources.get("desiredvCpus", resources.get("minvCpus", 0))
    if not vcpus or resources["type"] not in compute_resources.EC2_TYPES:
        return
    type_ = resources["instanceTypes"][0]
    count = math.ceil(vcpus / _vcpus_of(type_))
    for index in range(count):
        started = backend.ec2_backend.run_instances(
            image_id="ami-03cf127a",
            count=1,
            user_data=None,
            security_group_names=[],
            instance_type=type_,
            region_name=backend.region_name,
            subnet_id=resources["subnets"][index % len(resources["subnets"])],
            key_name=resources.get("ec2KeyPair", "AWS_OWNED"),
            security_group_ids=resources.get("securityGroupIds", []),
            is_instance_type_default=False,
        )
        environment.add_instance(started.instances[0])


def _vcpus_of(type_: str) -> int:
    if type_ in instance_type_names():
        return instance_type(type_).vcpus
    return INSTANCE_TYPES[type_]["VCpuInfo"]["DefaultVCpus"] if type_ in INSTANCE_TYPES else MACHINE_VCPUS


def _environment(self: Any) -> Any:
    name = self._get_param("computeEnvironment")
    environment = self.batch_backend.get_compute_environment(name)
    if environment is None:
        raise refused(f"{name} does not exist")
    return environment
