"""What `modelyard preview --format json` wrote: the graph itself."""

from __future__ import annotations

from typing import Any

from modelyard_policies.graph import Graph
from modelyard_preview.documents.document import OWN, Document, Refusal

SCHEMA = "modelyard.preview/1"


def read_own(data: dict[str, Any], refusal: Refusal) -> Document:
    """The resources of a preview. Raises InputError."""
    resources = refusal.entries(data.get("resources"), "resources")
    for position, resource in enumerate(resources):
        for name in ("urn", "type", "name"):
            refusal.text(resource, name, f"resources[{position}]")
    program = data.get("program")
    origin: Any = program if isinstance(program, dict) else {}
    named = data.get("environment") or data.get("account")
    name = named or (f"{origin['project']}/{origin['stack']}" if {"project", "stack"} <= set(origin) else "")
    try:
        graph = Graph.from_json(resources, str(name), str(data.get("cloud") or ""))
    except (TypeError, AttributeError) as error:
        raise refusal.error(
            f"a resource can't be read: {error}", "write the file anew", "resources"
        ) from None
    return Document(graph=graph, form=OWN, name=str(name))
