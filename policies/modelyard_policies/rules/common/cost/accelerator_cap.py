"""All that a stack may start together stays within a number of accelerators.

Counted is the most that compute environments, Auto Scaling groups, EKS node groups and instances may run at
once, on Azure scale sets, machines, pools of AKS and computes of Azure Machine Learning, in all regions:
fallbacks and what stands ready at zero included, as nothing keeps them from running together. Compute
environments that are disabled aren't, nor are fleets, SageMaker and Karpenter. Batch may run one instance
more than maxVcpus allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.aws.accelerators import Machine, machines_named
from modelyard_policies.aws.compute import COMPUTE, is_disabled, launch_template
from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    COMPUTE_ENVIRONMENT,
    LAUNCH_TEMPLATE,
    NODE_GROUP,
    STACK,
)
from modelyard_policies.azure import compute as azure
from modelyard_policies.azure.accelerators import accelerators_of
from modelyard_policies.azure.types import AUTOSCALE_SETTING, VIRTUAL_MACHINE_SCALE_SET
from modelyard_policies.errors import Unread
from modelyard_policies.graph import canonical
from modelyard_policies.options import Options, number, option
from modelyard_policies.reading import Block, Failure, GraphView, Resource, some, total
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class AcceleratorCap(Options):
    """How many accelerators a stack may run."""

    rule: ClassVar[str] = "accelerator-cap"
    accelerators: float = option(
        number(0), 10_000, "Most GPUs, Trainium and Inferentia chips that a stack may run at once"
    )


RULE = Rule(
    id="accelerator-cap",
    code="CE2",
    title="A stack may not start more accelerators than the cap",
    severity=Severity.MEDIUM,
    resources=(STACK,),
    reads=(*COMPUTE, LAUNCH_TEMPLATE, *azure.COMPUTE, AUTOSCALE_SETTING),
    options=AcceleratorCap,
    why="A digit too many in a maximum and a loop that submits jobs are a bill that no budget stops in time.",
    mend=(
        "Lower maxVcpus, maxSize or scalingConfig.maxSize, on Azure sku.capacity, maxCount or maxNodeCount, "
        "or set the option accelerators to what may run."
    ),
    maps_to={},
    snippet="""\
aws.ec2.LaunchTemplate("nodes", name="nodes", instance_type="p5.48xlarge")
aws.autoscaling.Group(
    "nodes",
    launch_template={"name": "nodes"},
    min_size=0,
    max_size=16,
    vpc_zone_identifiers=[subnet.id],
)
""",
)

ALL = (*COMPUTE, *azure.COMPUTE)


@RULE.applies
def starts_machines(stack: Resource, graph: GraphView) -> bool:  # noqa: ARG001
    """Whether the stack may start any."""
    return bool(graph.of_type(*ALL))


@RULE.check
def all_together_stay_within(stack: Resource, graph: GraphView) -> Iterator[Failure]:
    """Above the cap it doesn't matter what else there is that isn't known."""
    cap = graph.options(AcceleratorCap).accelerators
    found = total(graph.of_type(*ALL), lambda compute: _most(compute, graph, cap), cap)
    if found > cap:
        yield stack.failure("", f"may run {found:g} accelerators at once, {cap:g} are allowed")


def _most(compute: Resource, graph: GraphView, cap: float) -> float:
    if canonical(compute.type) in azure.COMPUTE:
        return total(azure.pools(compute), lambda pool: _most_of_pool(compute, pool, graph), cap)
    if is_disabled(compute):
        return 0.0
    if compute.type == COMPUTE_ENVIRONMENT:
        return _most_of_batch(compute.block("computeResources"))
    machines = _machines(compute, graph)
    if not machines:
        return 0.0
    return _most_instances(compute) * max(machine.accelerators for machine in machines)


def _most_of_batch(resources: Block) -> float:
    if resources.text("type").upper().startswith("FARGATE"):
        return 0.0
    machines = [machine for name in resources.strings("instanceTypes") for machine in _named(resources, name)]
    if not machines:
        return 0.0
    vcpus = _limit(resources, "maxVcpus")
    return max(vcpus // machine.vcpus * machine.accelerators for machine in machines)


def _most_instances(compute: Resource) -> float:
    if compute.type == AUTO_SCALING_GROUP:
        return _limit(compute, "maxSize")
    if compute.type == NODE_GROUP:
        return _limit(compute.block("scalingConfig"), "maxSize")
    return 1.0


def _limit(block: Block, key: str) -> float:
    """A number of machines or of their parts; what isn't one makes none."""
    found = block.number(key)
    return found if found is not None and 0 <= found < float("inf") else 0.0


def _machines(compute: Resource, graph: GraphView) -> list[Machine]:
    overrides = list(compute.block("mixedInstancesPolicy").block("launchTemplate").list("overrides"))
    if some(overrides, lambda override: override.has("instanceRequirements")):
        raise Unread(compute.urn, "mixedInstancesPolicy", "instanceRequirements may be met by any type")
    names = [override.text("instanceType") for override in overrides]
    names += compute.strings("instanceTypes")
    names.append(compute.text("instanceType"))
    if not any(names):
        template = launch_template(compute, graph)
        names = [] if template is None else [template.text("instanceType")]
    return [machine for name in names if name for machine in _named(compute, name)]


def _named(block: Block, name: str) -> tuple[Machine, ...]:
    found = machines_named(name)
    if found is None:
        raise Unread(block.node.urn, block.path, f"how many accelerators {name} has isn't known")
    return found


def _most_of_pool(compute: Resource, pool: azure.Pool, graph: GraphView) -> float:
    each = max((_of_size(block, block.text(key)) for block, key in pool.sizes), default=0.0)
    if not each:
        return 0.0
    most = pool.number(pool.most)
    if canonical(compute.type) == VIRTUAL_MACHINE_SCALE_SET:
        most = max([most, *(_limit(bounds, "maximum") for bounds in azure.autoscaled(compute, graph))])
    return most * each


def _of_size(block: Block, size: str) -> float:
    found = accelerators_of(size)
    if found is None:
        raise Unread(block.node.urn, block.path, f"how many accelerators {size} has isn't known")
    return found
