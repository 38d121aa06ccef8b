"""What `pulumi preview --json` wrote: a step for each resource, with the state that it will have."""

from __future__ import annotations

from typing import Any

from modelyard_policies.graph import Graph, Node
from modelyard_preview.documents.document import PREVIEW, Document, Refusal
from modelyard_preview.documents.resources import identity_of, node_of, placed
from modelyard_preview.documents.values import HIDDEN

LEAVING = frozenset(
    {
        "delete",
        "delete-replaced",
        "discard",
        "discard-replaced",
        "read",
        "read-discard",
        "read-replacement",
        "remove-pending-replace",
    }
)
"""Steps whose resource is gone afterwards, or was only read (pkg/resource/deploy/step.go, 3.259.0)."""


STANDING = frozenset({"same", "update"})
"""Steps whose resource keeps its id and its names, which a preview tells of the state before only."""

MISSING = "the rest of the stack isn't in the file"


def read_steps(data: dict[str, Any], refusal: Refusal) -> Document:
    """The resources that there will be. Raises InputError."""
    config = refusal.mapping(data.get("config") or {}, "config")
    steps = refusal.entries(data.get("steps"), "steps")
    nodes: list[Node] = []
    for position, step in enumerate(steps):
        if step.get("op") in LEAVING:
            continue
        place = f"steps[{position}].newState"
        state = refusal.mapping(step.get("newState"), place)
        if step.get("op") in STANDING:
            before = refusal.mapping(step.get("oldState") or {}, f"steps[{position}].oldState")
            state = {**{name: before[name] for name in ("id", "outputs") if name in before}, **state}
        if state.get("external") is not True:
            nodes.append(node_of(state, refusal, place))
    known = {key: value for key, value in config.items() if value != HIDDEN}
    region = known.get("aws:region") or known.get("azure-native:location")
    remarks = tuple(_remarks(data, steps, refusal))
    graph = Graph(placed(nodes, known))
    graph.missing = MISSING if remarks else ""
    return Document(
        graph=graph,
        form=PREVIEW,
        name=identity_of(nodes),
        region=region if isinstance(region, str) else None,
        remarks=remarks,
    )


def _remarks(data: dict[str, Any], steps: list[dict[str, Any]], refusal: Refusal) -> list[str]:
    found: list[str] = []
    summary = refusal.mapping(data.get("changeSummary") or {}, "changeSummary")
    same = summary.get("same")
    shown = sum(step.get("op") == "same" for step in steps)
    if isinstance(same, int) and same > shown:
        found.append(
            f"{same - shown} resources that don't change aren't in the file, so they weren't judged: "
            "write it with `pulumi preview --json --show-sames`"
        )
    diagnostics = refusal.entries(data.get("diagnostics"), "diagnostics")
    if any(each.get("severity") == "error" for each in diagnostics):
        found.append("the preview that wrote the file failed: resources after the failure aren't in it")
    return found
