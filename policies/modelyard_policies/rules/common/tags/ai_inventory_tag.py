"""Machines with accelerators say for which entry of the AI inventory they are there.

ISO/IEC 42001:2023 wants it documented what computing resources AI systems use (Annex A, control A.4.5). A tag
on the machines makes the list from the cloud itself: what runs, for which system, in which region. A cluster
that serves jobs of several systems is an entry by its pool: so the tag `pool` will do as well.

The tag may be on what starts the machines, or on the machines themselves: by their launch template, or the
compute environment's own tags for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.accelerated import COMPUTE, READS, has_accelerators, is_accelerated
from modelyard_policies.aws.compute import launch_template
from modelyard_policies.aws.types import AUTO_SCALING_GROUP
from modelyard_policies.azure import compute as azure
from modelyard_policies.azure.types import MANAGED_CLUSTER
from modelyard_policies.declared import carries, default_tags
from modelyard_policies.graph import canonical
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, any_of, each, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class InventoryTags(Options):
    """Which tags name an entry."""

    rule: ClassVar[str] = "ai-inventory-tag"
    keys: tuple[str, ...] = option(
        words(),
        ("ai-system", "pool"),
        "Tags of which one has to name the AI system, or the pool, that machines with accelerators are for",
    )


RULE = Rule(
    id="ai-inventory-tag",
    code="TG4",
    title="Machines with accelerators name their entry in the AI inventory",
    severity=Severity.LOW,
    resources=COMPUTE,
    reads=READS,
    options=InventoryTags,
    why=(
        "Auditors ask which computing resources an AI system uses (ISO/IEC 42001, A.4.5), and nobody can "
        "tell from a list of instances."
    ),
    mend=(
        "Give the machines the tag ai-system with the system's name in the inventory, or pool with the "
        "pool's where several systems share it: in computeResources.tags, a launch template's "
        "tagSpecifications for instance, or the tags of the group, scale set or agent pool."
    ),
    maps_to={},
    snippet="""\
aws.ec2.LaunchTemplate(
    "nodes",
    name="nodes",
    instance_type="p5.48xlarge",
    tag_specifications=[{"resource_type": "instance", "tags": {"ai-system": "weather-model"}}],
)
aws.autoscaling.Group(
    "nodes",
    launch_template={"name": "nodes"},
    min_size=0,
    max_size=4,
    vpc_zone_identifiers=[subnet.id],
)
""",
)


@RULE.applies
def may_run_accelerators(compute: Resource, graph: GraphView) -> bool:
    """Whether any of its machines may have one."""
    return has_accelerators(compute, graph)


@RULE.check
def machines_name_their_entry(compute: Resource, graph: GraphView) -> Iterator[Failure]:
    """A cluster on Azure is judged pool by pool: each has tags of its own."""
    keys = graph.options(InventoryTags).keys
    if canonical(compute.type) == MANAGED_CLUSTER:
        yield from each(azure.pools(compute), lambda pool: _of_pool(compute, pool, keys))
    elif not any_of(
        lambda: _says(compute.block("tags"), keys),
        lambda: compute.type == AUTO_SCALING_GROUP and _listed(compute, keys),
        lambda: _says(compute.block("computeResources").block("tags"), keys),
        lambda: _by_provider(compute, graph, keys),
        lambda: canonical(compute.type) not in azure.COMPUTE and _by_template(compute, graph, keys),
    ):
        yield compute.failure("tags", f"has none of {', '.join(keys)}")


def _of_pool(cluster: Resource, pool: azure.Pool, keys: tuple[str, ...]) -> Iterator[Failure]:
    if is_accelerated(pool) and not any_of(
        lambda: _says(pool.block.block("tags"), keys), lambda: _says(cluster.block("tags"), keys)
    ):
        yield pool.block.failure("tags", f"has none of {', '.join(keys)}")


def _says(tags: Block, keys: tuple[str, ...]) -> bool:
    return any(carries(tags, key) for key in keys)


def _listed(group: Resource, keys: tuple[str, ...]) -> bool:
    """A group takes its tags as a list."""
    return some(
        group.list("tags"),
        lambda item: all_of(lambda: item.text("key") in keys, lambda: carries(item, "value")),
    )


def _by_provider(compute: Resource, graph: GraphView, keys: tuple[str, ...]) -> bool:
    """A group of EC2 Auto Scaling takes none of its provider's."""
    default = None if compute.type == AUTO_SCALING_GROUP else default_tags(compute, graph)
    return default is not None and _says(default, keys)


def _by_template(compute: Resource, graph: GraphView, keys: tuple[str, ...]) -> bool:
    template = launch_template(compute, graph)
    return template is not None and some(
        template.list("tagSpecifications"),
        lambda item: all_of(
            lambda: item.text("resourceType") == "instance", lambda: _says(item.block("tags"), keys)
        ),
    )
