"""What isn't production keeps no machine up by night.

Judged is what says by its tag `stage` that it is for development, tests or staging. It has no minimum; or a
schedule sets it (EventBridge Scheduler, or Auto Scaling's own with a minimum or a wanted size of 0; on Azure
the shutdown schedule of a machine, an autoscale profile with a minimum of 0, a compute instance's own
schedule or idle time); or its tag `idle-shutdown-minutes` says that something lets idle nodes go. A compute
environment that is disabled starts nothing. A system pool of AKS can't be without machines.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.compute import is_disabled
from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    AUTO_SCALING_SCHEDULE,
    COMPUTE_ENVIRONMENT,
    NODE_GROUP,
    SCHEDULE,
)
from modelyard_policies.azure.compute import COMPUTE, Pool, autoscaled, pools
from modelyard_policies.azure.types import (
    AUTOSCALE_SETTING,
    ML_COMPUTE,
    SHUTDOWN_SCHEDULE,
    VIRTUAL_MACHINE,
    VIRTUAL_MACHINE_SCALE_SET,
)
from modelyard_policies.declared import is_production, tag
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, any_of, each, some
from modelyard_policies.rule import Rule, Severity

IDLE: Final = "idle-shutdown-minutes"

RULE = Rule(
    id="non-production-scale-to-zero",
    code="CE4",
    title="What isn't production scales to zero",
    severity=Severity.LOW,
    resources=(COMPUTE_ENVIRONMENT, AUTO_SCALING_GROUP, NODE_GROUP, *COMPUTE),
    reads=(SCHEDULE, AUTO_SCALING_SCHEDULE, AUTOSCALE_SETTING, SHUTDOWN_SCHEDULE),
    why="Working hours are a quarter of the week: what is kept up besides is paid and emitted for nothing.",
    mend=(
        "Set the minimum (minVcpus, minSize, scalingConfig.minSize; on Azure minCount with "
        "enableAutoScaling, minNodeCount) to 0, or add a schedule that does by night, for a machine on Azure "
        "a GlobalSchedule of ComputeVmShutdownTask."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_150"],
        "azure_policy": ["679ddf89-ab8f-48a5-9029-e76054077449"],
    },
    snippet="""\
aws.autoscaling.Group(
    "nodes",
    launch_template={"name": "nodes"},
    min_size=0,
    max_size=4,
    vpc_zone_identifiers=[subnet.id],
    tags=[{"key": "stage", "value": "development", "propagate_at_launch": True}],
)
azure.containerservice.AgentPool(
    "nodes",
    resource_group_name=group.name,
    resource_name_="training",
    agent_pool_name="gpu",
    mode="User",
    vm_size="Standard_NC24ads_A100_v4",
    enable_auto_scaling=True,
    min_count=0,
    max_count=4,
    tags={"stage": "development"},
)
""",
)

MINIMA: Final = {
    COMPUTE_ENVIRONMENT: ("computeResources", "minVcpus", "vCPUs"),
    AUTO_SCALING_GROUP: ("", "minSize", "machines"),
    NODE_GROUP: ("scalingConfig", "minSize", "machines"),
}
"""Where the minimum stands, and what it counts."""


@RULE.applies
def is_not_production(compute: Resource, graph: GraphView) -> bool:
    """Whether it says so."""
    return all_of(lambda: not is_production(compute, graph), lambda: not is_disabled(compute))


@RULE.check
def nothing_is_kept_up(compute: Resource, graph: GraphView) -> Iterator[Failure]:
    """A minimum is fine if something takes it away."""
    if compute.type in MINIMA:
        yield from _kept_by_aws(compute, graph)
    elif not any_of(lambda: bool(tag(compute, graph, IDLE)), lambda: _is_shut_down(compute, graph)):
        yield from each(pools(compute), lambda pool: _kept_by_pool(compute, pool, graph))


def _kept_by_aws(compute: Resource, graph: GraphView) -> Iterator[Failure]:
    place, key, unit = MINIMA[compute.type]
    block = compute.block(place) if place else compute

    def is_taken_away() -> bool:
        return any_of(
            lambda: bool(tag(compute, graph, IDLE)),
            lambda: bool(graph.linked(compute, SCHEDULE, "target")),
            lambda: some(graph.linked(compute, AUTO_SCALING_SCHEDULE, "autoscalingGroupName"), _ends_at_zero),
        )

    if not any_of(lambda: (block.number(key) or 0) <= 0, is_taken_away):
        yield block.failure(key, f"keeps {block.shown(key)} {unit} up day and night")


def _ends_at_zero(schedule: Block) -> bool:
    return any_of(
        lambda: schedule.number("minSize") == 0,
        lambda: schedule.number("desiredCapacity") == 0,
    )


def _is_shut_down(compute: Resource, graph: GraphView) -> bool:
    """Whether a schedule of its own stops a machine or a compute instance, or idleness does."""
    kind = canonical(compute.type)
    if kind == VIRTUAL_MACHINE:
        return some(graph.linked(compute, SHUTDOWN_SCHEDULE, "targetResourceId"), _shuts_down)
    if kind != ML_COMPUTE:
        return False
    instance = compute.block("properties").block("properties")
    return any_of(
        lambda: bool(instance.text("idleTimeBeforeShutdown")),
        lambda: some(instance.block("schedules").list("computeStartStop"), _stops),
    )


def _shuts_down(schedule: Resource) -> bool:
    """It is disabled unless it says otherwise (Azure REST API, Global Schedules, 2026-11)."""
    return all_of(
        lambda: schedule.text("status").lower() == "enabled",
        lambda: schedule.text("taskType").lower() == "computevmshutdowntask",
    )


def _stops(schedule: Block) -> bool:
    return all_of(
        lambda: schedule.text("action").lower() == "stop",
        lambda: schedule.text("status", "Enabled").lower() == "enabled",
    )


def _kept_by_pool(compute: Resource, pool: Pool, graph: GraphView) -> Iterator[Failure]:
    if pool.block.text("mode").lower() == "system":
        return
    least = pool.number(pool.least)
    if least and canonical(compute.type) == VIRTUAL_MACHINE_SCALE_SET:
        bounds = [profile.number("minimum") or 0 for profile in autoscaled(compute, graph)]
        least = min(bounds, default=least)
    if least:
        what = "a machine" if not pool.least or least == 1 else f"{least:g} machines"
        yield pool.counts.failure(pool.least, f"keeps {what} up day and night")
