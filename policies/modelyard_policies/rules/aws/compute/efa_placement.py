"""Nodes with EFA stand together: in a cluster placement group, in one availability zone.

Read is the compute environment's placement group: Batch doesn't take the launch template's (AWS Batch API
Reference, ComputeResource, 2026-11). An Auto Scaling group takes its own or the template's.

Not applicable where the launch template uses a capacity reservation or block: the group would have to be the
reservation's own, or EC2 finds no capacity (terraform-aws-eks#3730), and a block's machines stand together
anyway. Nor where the tag `max-nodes-per-job` says 1: there EFA isn't used between nodes; nor where a compute
environment is disabled.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.compute import is_disabled, is_reserved, launch_template, uses_efa
from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    COMPUTE_ENVIRONMENT,
    LAUNCH_TEMPLATE,
    PLACEMENT_GROUP,
    SUBNET,
)
from modelyard_policies.declared import tag
from modelyard_policies.errors import Unread
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, each
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="efa-placement",
    code="CO7",
    title="Nodes with EFA are in a cluster placement group and in one availability zone",
    severity=Severity.MEDIUM,
    resources=(COMPUTE_ENVIRONMENT, AUTO_SCALING_GROUP),
    reads=(LAUNCH_TEMPLATE, PLACEMENT_GROUP, SUBNET),
    why=(
        "EFA's traffic doesn't leave a zone, and nodes that stand apart reduce gradients at a fraction of "
        "the rate that they are paid for."
    ),
    mend=(
        "Set computeResources.placementGroup to a PlacementGroup with strategy cluster, and take subnets of "
        'one zone; of a pool whose jobs have one node say so with the tag max-nodes-per-job "1".'
    ),
    maps_to={},
    snippet="""\
together = aws.ec2.PlacementGroup("training", strategy="cluster")
template = aws.ec2.LaunchTemplate(
    "training",
    network_interfaces=[{"device_index": 0, "interface_type": "efa", "security_groups": [security_group.id]}],
)
aws.batch.ComputeEnvironment(
    "training",
    type="MANAGED",
    service_role=role.arn,
    compute_resources={
        "type": "EC2",
        "instance_types": ["p5.48xlarge"],
        "instance_role": "arn:aws:iam::111122223333:instance-profile/nodes",
        "min_vcpus": 0,
        "max_vcpus": 384,
        "subnets": [subnet.id],
        "security_group_ids": [security_group.id],
        "placement_group": together.name,
        "launch_template": {"launch_template_id": template.id, "version": template.latest_version},
    },
)
""",
)

NODES = "max-nodes-per-job"


@RULE.applies
def has_efa_of_its_own(compute: Resource, graph: GraphView) -> bool:
    """Whether its nodes have EFA, to each other, on demand or spot."""
    if is_disabled(compute):
        return False
    template = launch_template(compute, graph)
    return template is not None and all_of(
        lambda: uses_efa(template),
        lambda: not is_reserved(template),
        lambda: tag(compute, graph, NODES) != "1",
    )


@RULE.check
def nodes_stand_together(compute: Resource, graph: GraphView) -> Iterator[Failure]:
    """Both are needed."""
    yield from each((_are_in_a_group, _are_in_one_zone), lambda check: check(compute, graph))


def _are_in_a_group(compute: Resource, graph: GraphView) -> Iterator[Failure]:
    holder, key = _group(compute, graph)
    group = graph.target(holder, key, PLACEMENT_GROUP)
    if group is None:
        yield holder.failure(key, "no placement group keeps its nodes together")
    elif group.text("strategy") != "cluster":
        yield group.failure("strategy", f"is {group.shown('strategy')}, not cluster")


def _group(compute: Resource, graph: GraphView) -> tuple[Block, str]:
    """Where the placement group is named."""
    if compute.type == COMPUTE_ENVIRONMENT:
        return compute.block("computeResources"), "placementGroup"
    template = launch_template(compute, graph)
    if template is None or compute.has("placementGroup"):
        return compute, "placementGroup"
    return template.block("placement"), "groupName"


def _are_in_one_zone(compute: Resource, graph: GraphView) -> Iterator[Failure]:
    batch = compute.type == COMPUTE_ENVIRONMENT
    holder, key = (compute.block("computeResources"), "subnets") if batch else (compute, "vpcZoneIdentifiers")
    value = holder.raw(key)
    if isinstance(value, list) and len(value) <= 1:
        return
    zones = {_zone(subnet) for subnet in graph.candidates(holder, key, SUBNET)}
    if len(zones) > 1:
        yield holder.failure(key, f"is in {len(zones)} availability zones")
    elif not zones and value is not None:
        raise Unread(compute.urn, holder.path_of(key), "the zones of these subnets aren't known")


def _zone(subnet: Resource) -> str:
    for key in ("availabilityZoneId", "availabilityZone"):
        if subnet.has(key):
            return subnet.text(key)
    raise Unread(subnet.urn, "availabilityZone", "is chosen by AWS")
