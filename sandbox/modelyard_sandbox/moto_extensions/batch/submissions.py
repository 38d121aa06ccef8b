"""What SubmitJob takes. Sources: AWS Batch API reference, SubmitJob, ArrayProperties, NodeOverrides and
ContainerOverrides; AWS Batch user guide, "Service quotas"; 2026-11.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from modelyard_sandbox.moto_extensions.batch import lag
from modelyard_sandbox.moto_extensions.batch.answers import (
    check_name,
    check_tags,
    kept,
    refused,
    require,
    within,
)
from modelyard_sandbox.moto_extensions.batch.compute_resources import FARGATE_TYPES
from modelyard_sandbox.moto_extensions.batch.containers import (
    check_environment,
    check_requirements,
    check_retries,
    check_timeout,
)
from modelyard_sandbox.moto_extensions.batch.job_definitions import PRIORITY_MAX, active_definition
from modelyard_sandbox.moto_extensions.batch.node_ranges import (
    NodeRange,
    check_node_count,
    check_targets,
    ranges_of,
)
from modelyard_sandbox.moto_extensions.batch.scheduling_policies import check_share

SIZE_MAX = 30 * 1024
ARRAY_MIN = 2
ARRAY_MAX = 10_000
DEPENDENCIES_MAX = 20


@dataclass(frozen=True, eq=False)
class Submission:
    """A job as it was asked for, and found right."""

    name: str
    queue: Any
    definition: Any
    size: int
    """How many children an array job has; 0 for any other."""
    container_overrides: dict[str, Any]
    node_properties: dict[str, Any] | None
    """Those of the definition with the overrides in them; None for a job of one node."""
    depends_on: list[dict[str, str]]
    parameters: dict[str, str]
    timeout: dict[str, int] | None
    retry_strategy: dict[str, Any] | None
    share: str | None
    priority: int | None
    propagate_tags: bool | None

    @cached_property
    def ranges(self) -> list[NodeRange]:
        """The ranges of its nodes; none for a job of one node."""
        return ranges_of(self.node_properties) if self.node_properties else []

    @cached_property
    def _containers(self) -> dict[tuple[int, ...], dict[str, Any]]:
        return {}

    def container(self, node: int | None) -> dict[str, Any]:
        """The properties of its container, or of one of its nodes': a range inside another overrides it."""
        holding = [index for index, item in enumerate(self.ranges) if node is not None and item.holds(node)]
        key = tuple(sorted(holding, key=lambda index: -self.ranges[index].size))
        if key not in self._containers:
            self._containers[key] = self._made(key)
        return self._containers[key]

    def _made(self, ranges: tuple[int, ...]) -> dict[str, Any]:
        if self.node_properties is None:
            return overridden(self.definition.container_properties or {}, self.container_overrides)
        described = self.node_properties["nodeRangeProperties"]
        made: dict[str, Any] = {}
        for index in ranges:
            made |= described[index].get("container") or {}
        return made


def checked(self: Any) -> Submission:
    """The job that a request asks for; refused if Batch would."""
    require(len(self.body) <= SIZE_MAX, f"a job can have {SIZE_MAX} bytes at most")
    name = check_name("jobName", self._get_param("jobName"))
    queue = _open_queue(self)
    definition = active_definition(self, self._get_param("jobDefinition"))
    require(
        definition.eks_properties is None,
        f"JobDefinition {definition.arn} is for EKS, and the compute environments of {queue.arn} are ECS's",
    )
    check_tags(self, self._get_param("tags"))
    check_retries(self._get_param("retryStrategy"))
    check_timeout(self._get_param("timeout"))
    _check_share(self, queue)
    size = (self._get_param("arrayProperties") or {}).get("size", 0)
    if size:
        within("arrayProperties.size", size, ARRAY_MIN, ARRAY_MAX)
    dependencies = self._get_param("dependsOn") or []
    _check_dependencies(self, dependencies, size)
    overrides = self._get_param("containerOverrides") or {}
    nodes = _node_properties(self, queue, definition)
    require(not (nodes and size), "arrayProperties can't be set for a multi-node parallel job")
    require(not (nodes and overrides), "containerOverrides can't be set for a multi-node parallel job")
    check_overrides(overrides, fargate="FARGATE" in (definition.platform_capabilities or []))
    return Submission(
        name,
        queue,
        definition,
        size,
        overrides,
        nodes,
        dependencies,
        parameters={**(definition.parameters or {}), **(self._get_param("parameters") or {})},
        timeout=self._get_param("timeout") or definition.timeout,
        retry_strategy=self._get_param("retryStrategy") or definition.retry_strategy,
        share=self._get_param("shareIdentifier"),
        priority=self._get_param("schedulingPriorityOverride")
        or kept(self).get(definition.arn, {}).get("schedulingPriority"),
        propagate_tags=self._get_param("propagateTags"),
    )


def check_overrides(overrides: Mapping[str, Any], *, fargate: bool = False) -> None:
    """Refuse what no container can be given."""
    length = len(json.dumps(overrides))
    require(length <= SIZE_MAX, f"Container Overrides length must be at most {SIZE_MAX}, and is {length}")
    require("" not in (overrides.get("command") or []), "command can't contain an empty string")
    check_environment(overrides)
    check_requirements(overrides, fargate=fargate)


def _open_queue(self: Any) -> Any:
    name = self._get_param("jobQueue")
    queue = self.batch_backend.get_job_queue(name)
    if queue is None:
        raise refused(f"JobQueue {name} not found")
    going = lag.status_of(self, queue.arn) == "DELETING"
    require(queue.state == "ENABLED" and not going, f"JobQueue {name} is not ENABLED")
    return queue


def _check_share(self: Any, queue: Any) -> None:
    share, priority = self._get_param("shareIdentifier"), self._get_param("schedulingPriorityOverride")
    if queue.schedule_policy:
        require(share, "shareIdentifier must be set for a queue with a fair-share scheduling policy")
        check_share(share)
    else:
        require(not share, "shareIdentifier can't be set for a queue without a fair-share scheduling policy")
    if priority is not None:
        within("schedulingPriorityOverride", priority, 0, PRIORITY_MAX)


def _check_dependencies(self: Any, dependencies: list[dict[str, str]], size: int) -> None:
    require(len(dependencies) <= DEPENDENCIES_MAX, f"a job can depend on {DEPENDENCIES_MAX} jobs at most")
    for dependency in dependencies:
        kind, id_ = dependency.get("type"), dependency.get("jobId")
        require(kind in (None, "N_TO_N", "SEQUENTIAL"), f"dependsOn.type {kind} is none")
        require(not kind or size, f"dependsOn.type {kind} is for array jobs only")
        require(id_ or kind == "SEQUENTIAL", "dependsOn needs a jobId")
        known = not id_ or self.batch_backend.get_job_by_id(id_) is not None
        require(known, f"dependsOn names the job {id_}, which does not exist")


def _node_properties(self: Any, queue: Any, definition: Any) -> dict[str, Any] | None:
    overrides = self._get_param("nodeOverrides") or {}
    if definition.type != "multinode":
        require(not overrides, "nodeOverrides can only be set for a multi-node parallel job")
        return None
    kinds = {(environment.compute_resources or {}).get("type") for environment in queue.environments}
    require(not kinds & set(FARGATE_TYPES), "multi-node parallel jobs aren't supported on Fargate")
    properties: dict[str, Any] = copy.deepcopy(definition.node_properties)
    if "numNodes" in overrides:
        check_node_count(properties, overrides["numNodes"])
        properties["numNodes"] = overrides["numNodes"]
    changes: list[dict[str, Any]] = overrides.get("nodePropertyOverrides") or []
    check_targets(properties, [item["targetNodes"] for item in changes])
    for item in changes:
        change = item.get("containerOverrides") or {}
        check_overrides(change)
        for described in properties["nodeRangeProperties"]:
            if described["targetNodes"] == item["targetNodes"]:
                described["container"] = overridden(described["container"], change)
    ranges_of(properties)
    return properties


def overridden(container: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """A container's properties with a job's overrides in them; variables and amounts one by one."""
    merged = {**container, **change}
    for member, key in (("environment", "name"), ("resourceRequirements", "type")):
        items = {item[key]: item for item in container.get(member) or []}
        items |= {item[key]: item for item in change.get(member) or []}
        merged[member] = list(items.values())
    return merged
