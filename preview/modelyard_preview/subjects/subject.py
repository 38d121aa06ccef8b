"""The one object that previews, verdicts and reports are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from modelyard_policies.graph import Graph
from modelyard_preview.subjects.notes import Notes

if TYPE_CHECKING:
    from modelyard.account.load import StackSpec

Kind = Literal["environment", "account", "program", "file"]

_CLOUDS = {"aws": "aws", "aws-native": "aws", "azure-native": "azure", "azure": "azure"}
"""Clouds by the start of their types."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that has resources."""

    name: str
    """What to call it: an environment's or an account's name, `project/stack`, a file's name."""
    kind: Kind
    graph: Graph
    cloud: str | None
    """`aws`, `azure`, or None for resources of both, or of neither."""
    region: str | None
    """The region that resources go to which name none."""
    spec: StackSpec | None = None
    """The environment or account that was loaded."""
    notes: Notes = field(default_factory=Notes)
    origin: dict[str, Any] = field(default_factory=dict[str, Any])
    """Of a program: `project`, `stack`, `directory`. Of a file: `path`, `form`."""

    def as_json(self) -> dict[str, Any]:
        """What the documents say of it: `environment`, `account`, `program` and `file`, of which one isn't
        null; `cloud` and `notes`.
        """
        is_program, is_file = self.kind == "program", self.kind == "file"
        return {
            "environment": self.name if self.kind == "environment" else None,
            "account": self.name if self.kind == "account" else None,
            "program": self.origin if is_program else None,
            "file": self.origin if is_file else None,
            "cloud": self.cloud,
            "notes": self.notes.as_json(),
        }


def cloud_of(graph: Graph) -> str | None:
    """The one cloud that a graph's resources are of; None if there isn't exactly one."""
    packages = {node.type.partition(":")[0] for node in graph.resources if node.custom}
    clouds = {_CLOUDS[package] for package in packages if package in _CLOUDS}
    return clouds.pop() if len(clouds) == 1 else None
