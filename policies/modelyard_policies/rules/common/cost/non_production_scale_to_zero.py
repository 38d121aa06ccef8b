"""What isn't production keeps no machine up by night.

Judged is what says by its tag `stage` that it is for development, tests or staging. It has no minimum; or a
schedule sets it (EventBridge Scheduler, or Auto Scaling's own with a minimum or a wanted size of 0); or its
tag `idle-shutdown-minutes` says that something lets idle nodes go. A compute environment that is disabled
starts nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.compute import is_disabled
from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    AUTO_SCALING_SCHEDULE,
    COMPUTE_ENVIRONMENT,
    NODE_GROUP,
    SCHEDULE,
)
from modelyard_policies.declared import NOT_PRODUCTION, STAGE, tag
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, any_of, some
from modelyard_policies.rule import Rule, Severity

IDLE = "idle-shutdown-minutes"

RULE = Rule(
    id="non-production-scale-to-zero",
    code="CE4",
    title="What isn't production scales to zero",
    severity=Severity.LOW,
    resources=(COMPUTE_ENVIRONMENT, AUTO_SCALING_GROUP, NODE_GROUP),
    reads=(SCHEDULE, AUTO_SCALING_SCHEDULE),
    why="Working hours are a quarter of the week: what is kept up besides is paid and emitted for nothing.",
    mend=(
        "Set the minimum (minVcpus, minSize, scalingConfig.minSize) to 0, or add a schedule that does by "
        "night."
    ),
    maps_to={},
)

MINIMA = {
    COMPUTE_ENVIRONMENT: ("computeResources", "minVcpus", "vCPUs"),
    AUTO_SCALING_GROUP: ("", "minSize", "machines"),
    NODE_GROUP: ("scalingConfig", "minSize", "machines"),
}
"""Where the minimum stands, and what it counts."""


@RULE.applies
def is_not_production(compute: Resource, graph: GraphView) -> bool:
    """Whether it says so."""
    return all_of(lambda: _stage(compute, graph) in NOT_PRODUCTION, lambda: not is_disabled(compute))


@RULE.check
def nothing_is_kept_up(compute: Resource, graph: GraphView) -> Iterator[Failure]:
    """A minimum is fine if something takes it away."""
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


def _stage(compute: Resource, graph: GraphView) -> str:
    if compute.type == AUTO_SCALING_GROUP:
        # A group takes its tags as a list.
        for item in compute.list("tags"):
            if item.text("key") == STAGE:
                return item.text("value").strip().lower()
        return ""
    return tag(compute, graph, STAGE)


def _ends_at_zero(schedule: Block) -> bool:
    return any_of(
        lambda: schedule.number("minSize") == 0,
        lambda: schedule.number("desiredCapacity") == 0,
    )
