"""Every property of a graph made weaker, one at a time: which of these changes do rules find?

Properties are told apart by the resource's type and their path, with any item of a list written as `[]`, such as
`storage:StorageAccount sku.name`; a type alone stands for a resource that is taken out. A property counts as
noticed once a rule fails for one of its weaker values on one resource.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modelyard_policies.engine import evaluate, judge
from modelyard_policies.graph import SECRET, UNKNOWN, Graph, Node, canonical
from modelyard_policies.reading import GraphView
from modelyard_policies.report import Verdict
from modelyard_policies.rule import Rule
from mutating import GONE, Change, named, with_changes

POSITION = re.compile(r"\[\d+\]")

OPPOSITES: Mapping[str, tuple[str, ...]] = {
    "Enabled": ("Disabled",),
    "Disabled": ("Enabled",),
    "enabled": ("disabled",),
    "disabled": ("enabled",),
    "Allow": ("Deny",),
    "Deny": ("Allow",),
    "None": ("AzureServices", "Blob"),
    "Locked": ("Unlocked",),
    "Unlocked": ("Disabled",),
    "AlwaysOn": ("Off",),
    "CanNotDelete": ("NotSpecified",),
    "GeoRedundant": ("LocallyRedundant",),
    "ZoneRedundant": ("LocallyRedundant",),
    "TLS1_2": ("TLS1_0",),
    "Microsoft.Keyvault": ("Microsoft.Storage",),
    "Standard_GRS": ("Standard_LRS",),
    "Standard_GZRS": ("Standard_LRS",),
    "Standard_ZRS": ("Standard_LRS",),
    "Premium": ("Basic",),
    "premium": ("standard",),
    "restricted": ("public",),
    "internal": ("public",),
    "production": ("development",),
    "Inbound": ("Outbound",),
    "Outbound": ("Inbound",),
}
"""For words of Azure, weaker ones, or others where it hangs on the property which is the weaker."""
DESTINATIONS = ("destinationAddresses", "targetFqdns")
"""Where a firewall names what it lets out to."""
ANYWHERE = "southeastasia"
"""A region outside the residency of any shipped environment."""
OWNER = "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


@dataclass(frozen=True, slots=True)
class Judges:
    """The rules that a resource has a part in."""

    alone: list[Rule]
    """They judge such a resource, and see nothing else."""
    among: list[Rule]
    """They judge such a resource by others."""
    beside: list[Rule]
    """They judge others by it."""


def weaker(key: str, value: Any) -> Iterator[Any]:
    """What stands in place of a value: nothing, and what is weaker or at least another thing."""
    yield GONE
    if value is UNKNOWN or value is SECRET:
        return
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        yield from (0, 1, value * 1_000)
    elif isinstance(value, str):
        yield from _other_words(key, value)


def unnoticed(graphs: Iterable[Graph], rules: Iterable[Rule]) -> tuple[set[str], set[str]]:
    """The properties that no rule notices in any of the graphs, and those that one does."""
    known = list(rules)
    seen: set[str] = set()
    noticed: set[str] = set()
    for graph in graphs:
        for node in graph.resources:
            if not node.custom or node.type.startswith("pulumi:"):
                continue
            judges, itself = _judges(known, node), _itself(graph, node)
            for where, changes in _weakenings(node):
                seen.add(where)
                if where not in noticed and any(
                    _fails(graph, itself, node, change, judges) for change in changes
                ):
                    noticed.add(where)
    return seen - noticed, noticed


def _other_words(key: str, value: str) -> Iterator[str]:
    if key in ("location", "computeLocation"):
        yield ANYWHERE
    elif key == "roleDefinitionId":
        yield OWNER
    elif key in DESTINATIONS:
        yield "*"
    elif _is_address(value):
        yield from ("*", "Internet", "0.0.0.0/0")
    else:
        yield from OPPOSITES.get(value, ("another",))


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def _judges(rules: list[Rule], node: Node) -> Judges:
    kind = canonical(node.type)
    beside = [rule for rule in rules if kind in map(canonical, rule.reads)]
    own = [rule for rule in rules if kind in map(canonical, rule.resources) and rule not in beside]
    return Judges([rule for rule in own if not rule.reads], [rule for rule in own if rule.reads], beside)


def _weakenings(node: Node) -> Iterator[tuple[str, Iterator[Change]]]:
    kind, resource = node.type.partition(":")[2], named(node)
    yield kind, iter([Change(resource)])
    for path, value in _leaves(node.properties):
        place = POSITION.sub("[]", path)
        key = place.rpartition(".")[2].partition("[")[0]
        yield f"{kind} {place}", (Change(resource, path, new) for new in weaker(key, value))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{position}]")
    else:
        yield path, value


def _itself(graph: Graph, node: Node) -> Graph:
    """All that a rule may see that judges a resource alone."""
    provider = graph.provider_of(node)
    return Graph([node] if provider is None else [provider, node], graph.environment, graph.cloud)


def _fails(graph: Graph, itself: Graph, node: Node, change: Change, judges: Judges) -> bool:
    """What needs less of the graph is asked first: most changes are noticed by the resource alone."""
    if judges.alone and _own_fails(with_changes(itself, [change]), node, change, judges.alone):
        return True
    if not judges.among and not judges.beside:
        return False
    changed = with_changes(graph, [change])
    if _own_fails(changed, node, change, judges.among):
        return True
    return _is_fail({finding.verdict for finding in evaluate(changed, judges.beside).findings}, change)


def _own_fails(changed: Graph, node: Node, change: Change, rules: list[Rule]) -> bool:
    left = changed.by_urn.get(node.urn)
    if left is None:
        return False
    view = GraphView(changed)
    return _is_fail({judge(rule, view.resource(left), view)[0] for rule in rules}, change)


def _is_fail(verdicts: set[Verdict], change: Change) -> bool:
    assert Verdict.ERROR not in verdicts, f"a rule broke on {change}"
    return Verdict.FAIL in verdicts
