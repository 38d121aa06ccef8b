"""What came of the check before the first step, as the main node wrote it (modelyard.verdict/1)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from modelyard_launcher.stores import Store
from modelyard_node.keys import preflight_key

SCHEMA = "modelyard.verdict/1"


@dataclass(frozen=True, slots=True)
class Row:
    """One check, over all nodes."""

    check: str
    status: str
    """passed, failed or unknown."""
    found: str
    expected: str
    mend: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether nodes and network are as they should be."""

    passed: bool
    rows: Sequence[Row]
    document: Mapping[str, Any]
    """All of it."""


def read_verdict(store: Store, run_id: str, attempt: str) -> Verdict | None:
    """The verdict of an attempt; None if there is none, or none of ours. Raises SurroundingsError."""
    content = store.get(preflight_key(run_id, attempt, "verdict"))
    try:
        document = json.loads(content) if content is not None else None
        if not isinstance(document, dict) or cast("dict[str, Any]", document).get("schema") != SCHEMA:
            return None
        found = cast("dict[str, Any]", document)
        rows = [
            Row(*(str(each.get(name) or "") for name in ("check", "status", "found", "expected", "mend")))
            for each in cast("list[dict[str, Any]]", found["checks"])
        ]
        return Verdict(found["passed"] is True, rows, found)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def bad_nodes(store: Store, run_id: str, attempt: str) -> list[Mapping[str, Any]]:
    """The nodes that an attempt's verdict blames, with `rank`, `host`, `instance_id` and `checks`.

    None where something is wrong that nodes have in common as well: to end them would be of no use.
    """
    verdict = read_verdict(store, run_id, attempt)
    if verdict is None:
        return []
    faults = cast("list[dict[str, Any]]", verdict.document.get("faults") or [])
    if any(fault.get("blame") != "node" for fault in faults):
        return []
    return cast("list[Mapping[str, Any]]", verdict.document.get("bad_nodes") or [])
