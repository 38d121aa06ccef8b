"""What holds of file systems for Lustre."""

from __future__ import annotations

from modelyard_policies.aws.types import FSX_DATA_REPOSITORY_ASSOCIATION
from modelyard_policies.reading import GraphView, Resource, any_of


def is_scratch(store: Resource) -> bool:
    """Whether it is for data that may be lost at any time, as it is unless it says otherwise."""
    return not store.text("deploymentType", "SCRATCH_1").upper().startswith("PERSISTENT")


def can_be_backed_up(store: Resource, graph: GraphView) -> bool:
    """Whether FSx makes backups of it: of none that is scratch, and of none whose files are those of a bucket
    (FSx for Lustre User Guide, "Working with backups", 2026-11).
    """
    return not any_of(
        lambda: is_scratch(store),
        lambda: store.has("importPath"),
        lambda: bool(graph.linked(store, FSX_DATA_REPOSITORY_ASSOCIATION, "fileSystemId")),
    )
