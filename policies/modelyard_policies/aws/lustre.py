"""What holds of file systems for Lustre."""

from __future__ import annotations

from modelyard_policies.aws.types import FSX_DATA_REPOSITORY_ASSOCIATION
from modelyard_policies.reading import GraphView, Resource, any_of


def is_scratch(store: Resource) -> bool:
    """Whether it is for data that may be lost at any time, as it is unless it says otherwise."""
    return not store.text("deploymentType", "SCRATCH_1").upper().startswith("PERSISTENT")


def is_linked_to_a_bucket(store: Resource, graph: GraphView) -> bool:
    """Whether its files are those of a bucket. Then FSx makes no backups of it (FSx for Lustre User Guide,
    "Working with backups", 2026-11).
    """
    return any_of(
        lambda: store.has("importPath"),
        lambda: bool(graph.linked(store, FSX_DATA_REPOSITORY_ASSOCIATION, "fileSystemId")),
    )
