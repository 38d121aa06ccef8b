"""What `pulumi stack export` wrote: the resources as they stand."""

from __future__ import annotations

from typing import Any

from modelyard_policies.graph import Graph
from modelyard_preview.documents.document import STATE, Document, Refusal
from modelyard_preview.documents.resources import identity_of, node_of, placed

VERSIONS = (3, 4)
"""Versions of deployments that are read (sdk/go/common/apitype/core.go, 3.259.0)."""


def read_state(data: dict[str, Any], refusal: Refusal) -> Document:
    """The resources that stand. Raises InputError."""
    version = data.get("version")
    if version not in VERSIONS:
        raise refusal.error(
            f"a state of version {version} can't be read; versions 3 and 4 can",
            "export it with a current `pulumi`",
            "version",
        )
    deployment = refusal.mapping(data["deployment"], "deployment")
    place = "deployment.resources"
    nodes = [
        node_of(resource, refusal, f"{place}[{position}]")
        for position, resource in enumerate(refusal.entries(deployment.get("resources"), place))
        # (what waits for its deletion, and what was only read, doesn't stand)
        if resource.get("delete") is not True and resource.get("external") is not True
    ]
    pending = len(refusal.entries(deployment.get("pending_operations"), "deployment.pending_operations"))
    words = "1 operation is" if pending == 1 else f"{pending} operations are"
    remark = f"{words} pending: an update was interrupted, and the state may lack what it made"
    return Document(
        graph=Graph(placed(nodes, {})),
        form=STATE,
        name=identity_of(nodes),
        remarks=(remark,) if pending else (),
    )
