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

from modelyard_policies.accelerated import COMPUTE, READS, of_size
from modelyard_policies.aws.compute import is_disabled
from modelyard_policies.aws.instance_types import machines_of
from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    COMPUTE_ENVIRONMENT,
    NODE_GROUP,
    STACK,
)
from modelyard_policies.azure import compute as azure
from modelyard_policies.azure.types import AUTOSCALE_SETTING, VIRTUAL_MACHINE_SCALE_SET
from modelyard_policies.graph import canonical
from modelyard_policies.options import Options, number, option
from modelyard_policies.reading import Block, Failure, GraphView, Resource, total
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
    reads=(*READS, AUTOSCALE_SETTING),
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


@RULE.applies
def starts_machines(stack: Resource, graph: GraphView) -> bool:
    """Whether the stack may start any."""
    return bool(graph.of_type(*COMPUTE))


@RULE.check
def all_together_stay_within(stack: Resource, graph: GraphView) -> Iterator[Failure]:
    """Above the cap it doesn't matter what else there is that isn't known."""
    cap = graph.options(AcceleratorCap).accelerators
    found = total(graph.of_type(*COMPUTE), lambda compute: _most(compute, graph, cap), cap)
    if found > cap:
        yield stack.failure("", f"may run {found:g} accelerators at once, {cap:g} are allowed")


def _most(compute: Resource, graph: GraphView, cap: float) -> float:
    if canonical(compute.type) in azure.COMPUTE:
        return total(azure.pools(compute), lambda pool: _most_of_pool(compute, pool, graph), cap)
    if is_disabled(compute):
        return 0.0
    machines = machines_of(compute, graph)
    if not machines:
        return 0.0
    if compute.type == COMPUTE_ENVIRONMENT:
        vcpus = _limit(compute.block("computeResources"), "maxVcpus")
        return max(vcpus // machine.vcpus * machine.accelerators for machine in machines)
    return _most_instances(compute) * max(machine.accelerators for machine in machines)


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


def _most_of_pool(compute: Resource, pool: azure.Pool, graph: GraphView) -> float:
    each = max((of_size(block, key) for block, key in pool.sizes), default=0.0)
    if not each:
        return 0.0
    most = pool.number(pool.most)
    if canonical(compute.type) == VIRTUAL_MACHINE_SCALE_SET:
        most = max([most, *(_limit(bounds, "maximum") for bounds in azure.autoscaled(compute, graph))])
    return most * each
