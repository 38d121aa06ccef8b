"""What a change on AWS does to jobs that run or wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelyard_policies.aws.types import COMPUTE_ENVIRONMENT, JOB_QUEUE, LAUNCH_TEMPLATE
from modelyard_policies.graph import Graph, Node
from modelyard_preview.changes.effects import Effect, Severity, Touched
from modelyard_preview.changes.same import same

SCALING = frozenset({"desiredVcpus", "maxVcpus", "minVcpus"})
"""Compute resources that Batch changes without touching machines (AWS Batch User Guide, "Update a compute
environment", 2026-11)."""

HARMLESS = frozenset({"state", "tags", "updatePolicy"})
"""Settings of a compute environment that its machines don't notice."""

AT_ONCE: Mapping[str, str] = {
    "aws:iam/rolePolicy:RolePolicy": "what its jobs and nodes may do changes at once",
    "aws:kms/key:Key": "who may use the key changes at once",
    "aws:s3/bucketPolicy:BucketPolicy": "who may read and write the bucket changes at once",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "what nodes may reach changes at once",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "what reaches nodes changes at once",
}
"""Types whose change or deletion running jobs notice at once."""

UNDER_NODES = ("aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/securityGroup:SecurityGroup")
"""Types that nodes stand on, the largest first: these go only once the nodes have."""


def effects_on_jobs(before: Graph, after: Graph, touched: Touched) -> Iterator[Effect]:
    """What jobs notice, pool by pool, and then what concerns all of them.

    Where a network goes, all that is in it goes with it: that is said once a region.
    """
    lost = {node.region: node for node in reversed(_lost_grounds(before, touched))}
    for node in lost.values():
        message = "nodes stand on it: they have to go first, and their jobs end with them"
        yield Effect(node.urn, _subject(node), "ends", message)
    for old in before.of_type(COMPUTE_ENVIRONMENT):
        if old.region not in lost:
            yield from _environment(old, after, touched)
    for queue in before.of_type(JOB_QUEUE):
        if touched.get(queue.urn, ("",))[0] in ("replace", "delete"):
            message = "the queue goes: jobs that wait in it are lost, and those that run end"
            yield Effect(queue.urn, f"queue {_named(queue)}", "ends", message)
    for urn, (kind, _) in touched.items():
        node = before.by_urn.get(urn)
        if node is not None and kind != "create" and node.type in AT_ONCE and node.region not in lost:
            yield Effect(urn, _subject(node), "at_once", AT_ONCE[node.type])


def _lost_grounds(before: Graph, touched: Touched) -> list[Node]:
    """What nodes stand on and goes, the largest first."""
    return [
        node
        for token in UNDER_NODES
        for node in before.of_type(token)
        if touched.get(node.urn, ("",))[0] in ("replace", "delete")
    ]


def _environment(old: Node, after: Graph, touched: Touched) -> Iterator[Effect]:
    subject = f"pool {_pool(old)}" + (f" in {old.region}" if old.region else "")
    kind, changed = touched.get(old.urn, ("", ()))
    if kind == "delete":
        yield Effect(old.urn, subject, *_gone(old, after))
    elif kind == "replace":
        message = "its compute environment is replaced while its queue uses it: what runs there ends"
        yield Effect(old.urn, subject, "ends", message)
    else:
        new = after.by_urn[old.urn]
        if _new_machines(old, new, changed, touched):
            yield Effect(old.urn, subject, *_renewed(new))


def _gone(old: Node, after: Graph) -> tuple[Severity, str]:
    """A compute environment that the program has no more: another took its place, or the pool is gone."""
    siblings = [node for node in after.of_type(COMPUTE_ENVIRONMENT) if node.parent == old.parent]
    if siblings and old.properties.get("state") != "DISABLED":
        return "none", (
            "another compute environment takes its place: what runs goes on in the old one, which is "
            "disabled, and goes with the `up` after this one"
        )
    if siblings:
        return (
            "ends",
            "the compute environment that an earlier `up` replaced goes: what still runs there ends",
        )
    return "ends", "the pool goes: what runs in it ends"


def _new_machines(old: Node, new: Node, changed: tuple[str, ...], touched: Touched) -> bool:
    """Whether Batch gives the environment new machines: for all but its size and its own settings."""
    for urn in new.property_dependencies.get("computeResources", ()):
        if touched.get(urn, ("",))[0] == "update" and f"::{LAUNCH_TEMPLATE}::" in _last_type(urn):
            return True
    if "computeResources" not in changed:
        return bool(set(changed) - HARMLESS)
    resources = [_mapping(node.properties.get("computeResources")) for node in (old, new)]
    names = resources[0].keys() | resources[1].keys()
    return any(not same(resources[0].get(name), resources[1].get(name)) for name in names - SCALING)


def _renewed(new: Node) -> tuple[Severity, str]:
    """A compute environment that goes on with new machines: what becomes of the jobs on its old ones."""
    policy = _mapping(new.properties.get("updatePolicy"))
    minutes = policy.get("jobExecutionTimeoutMinutes")
    if isinstance(minutes, int | float):
        hours = f"{minutes / 60:g} hours"
        return (
            "waits",
            f"new jobs get new machines; what runs keeps its own for at most {hours}, and is ended then",
        )
    return "ends", "new jobs get new machines; what runs is ended"


def _last_type(urn: str) -> str:
    """The part of a URN with the resource's own type, between colons."""
    *_, types, _name = urn.split("::")
    return f"::{types.rpartition('$')[2]}::"


def _pool(node: Node) -> str:
    tags = _mapping(_mapping(node.properties.get("computeResources")).get("tags"))
    pool = tags.get("pool")
    return pool if isinstance(pool, str) else node.name


def _named(node: Node) -> str:
    name = node.properties.get("name")
    return name if isinstance(name, str) else node.name


def _subject(node: Node) -> str:
    return f"{node.type.rpartition(':')[2]} {node.name}"


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
