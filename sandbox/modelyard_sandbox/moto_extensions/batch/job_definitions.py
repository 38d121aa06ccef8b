"""Job definitions: each revision by itself, of one container or of the containers of several nodes.

Sources: AWS Batch API reference, the operations of these names, NodeProperties; AWS Batch user guide,
"Service quotas" (24 KiB); 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.batch.models import JobDefinition

from modelyard_sandbox.moto_extensions.batch.answers import (
    PAGE_MAX,
    check_name,
    check_tags,
    executing,
    keep,
    kept,
    one_of,
    page,
    refused,
    require,
    within,
)
from modelyard_sandbox.moto_extensions.batch.containers import (
    check_container,
    check_retries,
    check_timeout,
    given_requirements,
)
from modelyard_sandbox.moto_extensions.batch.node_ranges import ranges_of

SIZE_MAX = 24 * 1024
PRIORITY_MAX = 9999
PLATFORMS = ("EC2", "FARGATE")
KINDS = ("containerProperties", "nodeProperties", "eksProperties", "ecsProperties")

new_definition: Any = JobDefinition
"""(moto's base of models hides from type checkers what its classes make)"""


def registerjobdefinition(self: Any) -> str:
    """RegisterJobDefinition: nothing is taken over from the revision before."""
    backend = self.batch_backend
    name = check_name("jobDefinitionName", self._get_param("jobDefinitionName"))
    require(len(self.body) <= SIZE_MAX, f"a job definition can have {SIZE_MAX} bytes at most")
    kind, platforms = self._get_param("type"), self._get_param("platformCapabilities") or ["EC2"]
    one_of("type", kind, ("container", "multinode"))
    for platform in platforms:
        one_of("platformCapabilities", platform, PLATFORMS)
    tags = self._get_param("tags") or {}
    check_tags(self, tags)
    check_retries(self._get_param("retryStrategy"))
    check_timeout(self._get_param("timeout"))
    priority = self._get_param("schedulingPriority")
    if priority is not None:
        within("schedulingPriority", priority, 0, PRIORITY_MAX)
    given = {member: self._get_param(member) for member in KINDS}
    _check_kind(kind, given, fargate="FARGATE" in platforms)
    latest = backend.get_job_definition_by_name(name)
    definition = new_definition(
        name,
        self._get_param("parameters"),
        kind,
        given["containerProperties"],
        given["nodeProperties"],
        given["eksProperties"],
        tags,
        self._get_param("retryStrategy"),
        self._get_param("timeout"),
        backend,
        platforms,
        self._get_param("propagateTags"),
        revision=latest.revision if latest else 0,
    )
    backend._job_definitions[definition.arn] = definition  # noqa: SLF001 (moto has no public way)
    keep(self, definition.arn, schedulingPriority=priority)
    answer = {"jobDefinitionName": name, "jobDefinitionArn": definition.arn}
    return json.dumps({**answer, "revision": definition.revision})


def deregisterjobdefinition(self: Any) -> str:
    """DeregisterJobDefinition: the revision stays, INACTIVE."""
    name = self._get_param("jobDefinition")
    definition = self.batch_backend.get_job_definition(name) if _names_a_revision(name) else None
    if definition is None:
        raise refused(f"{name} is not the arn of a job definition, or its name:revision")
    definition.deregister()
    return json.dumps({})


def describejobdefinitions(self: Any) -> str:
    """DescribeJobDefinitions: by names with revisions, or by name and status."""
    named = self._get_param("jobDefinitions") or []
    require(len(named) <= PAGE_MAX, f"jobDefinitions takes {PAGE_MAX} at most, not {len(named)}")
    others = [name for name in ("jobDefinitionName", "status", "maxResults") if self._get_param(name)]
    require(not named or not others, f"jobDefinitions can't be used with {', '.join(others)}")
    name, status = self._get_param("jobDefinitionName"), self._get_param("status")
    found = [
        item
        for item in self.batch_backend._job_definitions.values()  # noqa: SLF001 (moto has no public list)
        if (not named or item.arn in named or f"{item.name}:{item.revision}" in named)
        and (not name or item.name == name)
        and (not status or item.status == status)
    ]
    return page(self, "jobDefinitions", [_described(self, item) for item in found])


def active_definition(self: Any, name: str) -> Any:
    """The definition that a job names: a revision, or the newest that is active.

    The words are AWS's (AlexsLemonade/refinebio#2887, chanzuckerberg/single-cell-data-portal#1068).
    """
    short = name.rpartition("job-definition/")[2]
    if _names_a_revision(short):
        definition = self.batch_backend.get_job_definition(short)
        if definition is None or definition.status != "ACTIVE":
            raise refused(f"JobDefinition {name} is not in ACTIVE status")
        return definition
    definitions = self.batch_backend._job_definitions.values()  # noqa: SLF001 (moto has no public list)
    active = [item for item in definitions if item.name == short and item.status == "ACTIVE"]
    if not active:
        raise refused(f"JobDefinition name {name} does not exist or is not in ACTIVE status")
    return max(active, key=lambda item: item.revision)


def _names_a_revision(name: str) -> bool:
    return name.rpartition("job-definition/")[2].partition(":")[2].isdigit()


def _described(self: Any, definition: Any) -> dict[str, Any]:
    return {
        **definition.describe(),
        "nodeProperties": definition.node_properties,
        "schedulingPriority": kept(self).get(definition.arn, {}).get("schedulingPriority"),
        "containerOrchestrationType": "EKS" if definition.eks_properties else "ECS",
    }


def _check_kind(kind: str, given: Mapping[str, Any], *, fargate: bool) -> None:
    names = [name for name, value in given.items() if value]
    require(
        "ecsProperties" not in names,
        executing("the sandbox doesn't know ecsProperties: say containerProperties"),
    )
    require(len(names) == 1, executing(f"one of {', '.join(KINDS)} must be given, and no other"))
    if kind == "container":
        require(names != ["nodeProperties"], executing("nodeProperties are for the type multinode"))
        if given["containerProperties"]:
            require(
                "instanceType" not in given["containerProperties"],
                executing("instanceType is for multi-node parallel jobs only"),
            )
            check_container(given["containerProperties"], fargate=fargate)
        return
    require(names == ["nodeProperties"], executing("a definition of the type multinode needs nodeProperties"))
    require(not fargate, executing("multi-node parallel jobs aren't supported on Fargate"))
    _check_nodes(given["nodeProperties"])


def _check_nodes(properties: Mapping[str, Any]) -> None:
    ranges = ranges_of(properties)
    described: list[Mapping[str, Any]] = properties["nodeRangeProperties"]
    containers: list[Mapping[str, Any]] = [item.get("container") or {} for item in described]
    for index, (own, container) in enumerate(zip(ranges, containers, strict=True)):
        require(container, executing(f"the node range {own.text} has no container"))
        outer = [
            other for place, other in enumerate(containers) if place != index and ranges[place].encloses(own)
        ]
        inherited = set[str]().union(*map(given_requirements, outer))
        # For each node at least once, in whichever range that holds it.
        complete = not {"memory", "vcpus"} <= given_requirements(container) | inherited
        check_container(container, complete=complete)
    types = {container["instanceType"] for container in containers if container.get("instanceType")}
    require(len(types) <= 1, executing("all node ranges must have the same instanceType"))
