"""What a change on Azure does to jobs that run or wait: clusters of Azure Machine Learning, and what they
stand on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modelyard_policies.azure.types import ML_COMPUTE, ML_WORKSPACE
from modelyard_policies.graph import Graph, Node
from modelyard_preview.changes.effects import Effect, Touched
from modelyard_preview.changes.same import same

UNDER_NODES = ("azure-native:network:VirtualNetwork", "azure-native:network:Subnet", ML_WORKSPACE)
"""Types that clusters stand on, the largest first: these go only once the nodes have."""

AT_ONCE = {
    "azure-native:authorization:RoleAssignment": "what its jobs and nodes may do changes at once",
    "azure-native:network:NetworkSecurityGroup": "what may reach what in the network changes at once",
    "azure-native:network:FirewallPolicyRuleCollectionGroup": "what nodes may reach changes at once",
}
"""Types whose change or deletion running jobs notice at once."""

GOES = ("replace", "delete")
ENDS = "nodes stand on it: they have to go first, and their jobs end with them"


def effects_on_azure_jobs(before: Graph, after: Graph, touched: Touched) -> Iterator[Effect]:
    """What jobs notice, pool by pool, and then what concerns all of them.

    Where a network or a workspace goes, its clusters go with it: that is said once a region.
    """
    lost: dict[str | None, Node] = {}
    for token in reversed(UNDER_NODES):
        for node in before.of_type(token):
            if _kind(node, touched) in GOES:
                lost[node.region] = node
    for node in lost.values():
        yield Effect(node.urn, _subject(node), "ends", ENDS)
    for old in before.of_type(ML_COMPUTE):
        if old.region not in lost:
            yield from _cluster(old, after, touched)
    for urn, (kind, _) in touched.items():
        node = before.by_urn.get(urn)
        if node is not None and kind != "create" and node.type in AT_ONCE and node.region not in lost:
            yield Effect(urn, _subject(node), "at_once", AT_ONCE[node.type])


def _cluster(old: Node, after: Graph, touched: Touched) -> Iterator[Effect]:
    subject = f"pool {old.name}" + (f" in {old.region}" if old.region else "")
    kind = _kind(old, touched)
    if kind == "delete":
        yield Effect(old.urn, subject, "ends", "its cluster goes: what runs in it ends")
    elif kind == "replace":
        message = "another cluster takes its place: what runs in the old one ends"
        yield Effect(old.urn, subject, "ends", message)
    elif kind == "update" and not same(_unscaled(old), _unscaled(after.by_urn[old.urn])):
        message = "Azure changes a cluster's size alone: another takes its place, and what runs in it ends"
        yield Effect(old.urn, subject, "ends", message)


def _unscaled(node: Node) -> Any:
    """A cluster without how many nodes it may have, which is all that can change in place."""
    settings = node.properties.get("properties")
    inner = settings.get("properties") if isinstance(settings, dict) else None
    if not isinstance(settings, dict) or not isinstance(inner, dict):
        return node.properties
    kept = {key: value for key, value in inner.items() if key != "scaleSettings"}
    return {**node.properties, "properties": {**settings, "properties": kept}}


def _kind(node: Node, touched: Touched) -> str:
    return touched.get(node.urn, ("", ()))[0]


def _subject(node: Node) -> str:
    return f"{node.type.rpartition(':')[2]} {node.name}"
