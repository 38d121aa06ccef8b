"""What is said besides, in a line that can be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from modelyard_preview.report.names import count, short_type
from modelyard_sandbox.state import Entry

NAMED = 3
"""Resources that a note names one by one; more are counted by their type."""


def deleted_though_protected(entries: Sequence[Entry]) -> str:
    """That resources which are protected went: only a sandbox does that."""
    said = "protected, but this is a sandbox: deleted "
    if len(entries) <= NAMED:
        return said + ", ".join(entry.label for entry in entries)
    types = Counter(short_type(entry.type) for entry in entries)
    of_each = ", ".join(f"{number} {kind}" for kind, number in sorted(types.items()))
    return f"{said}{count(len(entries), 'resource')}: {of_each}"
