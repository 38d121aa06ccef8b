"""Pulumi's stacks in a sandbox: what they hold of a server that has ended is worthless.

The sandbox's cloud lives in its server's memory, and Pulumi's states outlive it in the file backend of the
sandbox's Pulumi home. With the next server each stack starts from nothing, or an `up` would take for standing
what is gone. Stacks stay, with their configuration. The layout is that of Pulumi's file backend
(pulumi/pulumi, pkg/backend/diy, 2026-11): `.pulumi/stacks/PROJECT/STACK.json`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from modelyard_sandbox.files import write_private

STATE_DIRECTORY = "pulumi-state"


@dataclass(frozen=True, slots=True)
class Emptied:
    """A stack whose resources went with their server."""

    project: str
    stack: str
    resources: int


def empty_stacks(sandbox_directory: Path) -> list[Emptied]:
    """Let every stack start from nothing; those that held anything."""
    stacks = (sandbox_directory / STATE_DIRECTORY / ".pulumi" / "stacks").glob("*/*.json")
    return [emptied for path in sorted(stacks) if (emptied := _empty(path))]


def _empty(path: Path) -> Emptied | None:
    document = json.loads(path.read_text())
    latest = document.get("checkpoint", {}).get("latest") or {}
    held = len(latest.get("resources") or ())
    if not held and not latest.get("pending_operations"):
        return None
    for name in ("resources", "pending_operations"):
        latest.pop(name, None)
    write_private(path, json.dumps(document, indent=4))
    return Emptied(path.parent.name, path.stem, held)
