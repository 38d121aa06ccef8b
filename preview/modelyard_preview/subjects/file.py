"""A file of Pulumi's or of modelyard's own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from modelyard_policies.graph import Graph
from modelyard_preview.cost.charges import ANYWHERE
from modelyard_preview.documents import STANDARD_INPUT, read_document
from modelyard_preview.subjects.notes import Notes
from modelyard_preview.subjects.subject import Subject, cloud_of


def from_file(reference: str) -> Subject:
    """What a file holds, or standard input for `-`. Raises InputError."""
    document = read_document(reference)
    graph = document.graph
    cloud = cloud_of(graph)
    graph.cloud = cloud or ""
    shown = "standard input" if reference == STANDARD_INPUT else Path(reference).name
    return Subject(
        name=document.name or shown,
        kind="file",
        graph=graph,
        cloud=cloud,
        region=document.region or _usual_region(graph),
        notes=Notes(remarks=document.remarks),
        origin={"path": reference, "form": document.form},
    )


def _usual_region(graph: Graph) -> str | None:
    """The region that most resources are in; some of Azure's, as zones of DNS, are in none."""
    regions = Counter(node.region for node in graph.resources if node.region not in (None, "", ANYWHERE))
    return regions.most_common(1)[0][0] if regions else None
