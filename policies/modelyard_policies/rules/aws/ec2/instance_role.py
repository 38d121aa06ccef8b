"""Instances have a role, so that nobody puts keys on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.compute import launch_template
from modelyard_policies.aws.types import (
    INSTANCE,
    INSTANCE_PROFILE,
    LAUNCH_TEMPLATE,
    SPOT_INSTANCE_REQUEST,
)
from modelyard_policies.reading import Block, Failure, GraphView, Resource, any_of
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="instance-role",
    code="CO9",
    title="Instances have a role",
    severity=Severity.MEDIUM,
    resources=(INSTANCE, SPOT_INSTANCE_REQUEST),
    reads=(LAUNCH_TEMPLATE, INSTANCE_PROFILE),
    why="Without a role, keys that don't expire end up on the machine, and Session Manager can't reach it.",
    mend="Set iamInstanceProfile to an InstanceProfile whose role allows what the machine does, and no more.",
    maps_to={"checkov": ["CKV2_AWS_41"], "cis_aws": ["1.17"]},
    snippet="""\
profile = aws.iam.InstanceProfile("nodes", role=role.name)
aws.ec2.Instance(
    "node",
    ami="ami-0123456789abcdef0",
    instance_type="m7i.large",
    subnet_id=subnet.id,
    iam_instance_profile=profile.name,
)
""",
)

KEY: Final = "iamInstanceProfile"


@RULE.check
def has_a_profile(machine: Resource, graph: GraphView) -> Iterator[Failure]:
    """Its own, or its launch template's."""
    if not any_of(lambda: _is_set(machine, KEY, graph), lambda: _comes_with_template(machine, graph)):
        yield machine.failure(KEY, "names no instance profile")


def _comes_with_template(machine: Resource, graph: GraphView) -> bool:
    template = launch_template(machine, graph)
    if template is None:
        return False
    profile = template.block(KEY)
    return any_of(lambda: _is_set(profile, "arn", graph), lambda: _is_set(profile, "name", graph))


def _is_set(holder: Block, key: str, graph: GraphView) -> bool:
    return any_of(
        lambda: graph.refers_to_any(holder, key, INSTANCE_PROFILE), lambda: bool(holder.text(key).strip())
    )
