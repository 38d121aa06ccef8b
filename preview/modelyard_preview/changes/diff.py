"""Two graphs of one stack, resource by resource."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from modelyard_policies.graph import Graph, Node, canonical
from modelyard_preview.changes.effects import Effect
from modelyard_preview.changes.forcing import forces_replacement
from modelyard_preview.changes.jobs import effects_on_jobs
from modelyard_preview.changes.jobs_azure import effects_on_azure_jobs
from modelyard_preview.changes.same import same

Kind = Literal["create", "update", "replace", "delete"]


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one resource."""

    urn: str
    type: str
    kind: Kind
    properties: tuple[str, ...] = ()
    """Top-level inputs that change."""
    protected: bool = False
    """Whether what is there is protected: the engine refuses to delete it, and so to replace it."""

    def as_json(self) -> dict[str, Any]:
        """The change as `changes.resources` holds it."""
        return {
            "urn": self.urn,
            "type": self.type,
            "kind": self.kind,
            "properties": list(self.properties),
            "protected": self.protected,
        }


@dataclass(frozen=True, slots=True)
class Changes:
    """What an `up` would do to what is there."""

    base: str
    """What it was compared with."""
    resources: tuple[Change, ...]
    jobs: tuple[Effect, ...]
    """What it does to running and waiting jobs, one entry a pool or store that is touched."""

    @property
    def refused(self) -> tuple[Change, ...]:
        """What the engine will refuse, because it is protected."""
        return tuple(
            change for change in self.resources if change.protected and change.kind in ("replace", "delete")
        )

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.resources if change.kind == kind)

    def as_json(self) -> dict[str, Any]:
        """The `changes` of schema modelyard.preview/1."""
        return {
            "base": self.base,
            "resources": [change.as_json() for change in self.resources],
            "jobs": [effect.as_json() for effect in self.jobs],
            "refused": [change.urn for change in self.refused],
        }


def compare(before: Graph, after: Graph, base: str) -> Changes:
    """What turns one graph into the other. What isn't known yet counts as it was, unless what it comes from
    is replaced.
    """
    resources = tuple(_changes(before, after))
    touched = _by_urn(resources)
    on_aws, on_azure = (find(before, after, touched) for find in (effects_on_jobs, effects_on_azure_jobs))
    return Changes(base, resources, (*on_aws, *on_azure))


def _by_urn(changes: tuple[Change, ...]) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {change.urn: (change.kind, change.properties) for change in changes}


def _changes(before: Graph, after: Graph) -> Iterator[Change]:
    replaced: set[str] = set()
    for node in after.resources:
        if not _in_cloud(node):
            continue
        old = before.by_urn.get(node.urn)
        if old is None:
            yield Change(node.urn, node.type, "create")
            continue
        changed = tuple(sorted(_changed(old, node, replaced)))
        if not changed:
            continue
        replace = forces_replacement(canonical(node.type), frozenset(changed))
        if replace:
            replaced.add(node.urn)
        kind: Kind = "replace" if replace else "update"
        yield Change(node.urn, node.type, kind, changed, old.protect)
    for node in before.resources:
        if _in_cloud(node) and node.urn not in after.by_urn:
            yield Change(node.urn, node.type, "delete", (), node.protect)


def _in_cloud(node: Node) -> bool:
    return node.custom and not node.type.startswith("pulumi:")


def _changed(old: Node, new: Node, replaced: set[str]) -> Iterator[str]:
    """Top-level inputs that differ, or come from what is replaced."""
    for name in old.properties.keys() | new.properties.keys():
        if name.startswith("__"):
            continue
        comes_from = new.property_dependencies.get(name, ())
        if any(urn in replaced for urn in comes_from) or not same(
            old.properties.get(name), new.properties.get(name)
        ):
            yield name
