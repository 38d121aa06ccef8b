"""Pulumi's stacks in a sandbox: what they hold of a server that has ended is worthless.

The sandbox's cloud lives in its server's memory, and Pulumi's states outlive it in the file backend of the
sandbox's Pulumi home. With the next server each stack starts from nothing, or an `up` would take for standing
what is gone. Stacks stay, with their configuration. The layout is that of Pulumi's file backend
(pulumi/pulumi, pkg/backend/diy, 2026-11): `.pulumi/stacks/PROJECT/STACK.json`, and a file under
`.pulumi/locks/organization/PROJECT/STACK/` for whoever is at work on a stack.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelyard.errors import SurroundingsError
from modelyard_sandbox.files import write_private
from modelyard_sandbox.process import ProcessIdentity

STATE_DIRECTORY = "pulumi-state"


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack of Pulumi, and how many resources it holds."""

    project: str
    name: str
    resources: int


def stacks_in(sandbox_directory: Path) -> list[Stack]:
    """Every stack, whether it holds anything or not."""
    return [_stack(path, _latest(_read(path))) for path in _files(sandbox_directory)]


def holding(sandbox_directory: Path) -> list[Stack]:
    """The stacks that hold anything of a cloud."""
    read = ((path, _latest(_read(path))) for path in _files(sandbox_directory))
    return [_stack(path, latest) for path, latest in read if _of_clouds(latest)]


def ids_held(sandbox_directory: Path) -> set[tuple[str, str]]:
    """Type and id of everything of a cloud that a stack holds."""
    read = (_latest(_read(path)) for path in _files(sandbox_directory))
    return {(resource["type"], resource["id"]) for latest in read for resource in _of_clouds(latest)}


def refuse_under_way(sandbox_directory: Path, mend: str) -> None:
    """Raise SurroundingsError, with how to mend it, if a `pulumi` is at work on one of the stacks: it would
    write down, when it ends, what stood in the server that it began with.
    """
    for path in sorted((sandbox_directory / STATE_DIRECTORY / ".pulumi" / "locks").glob("*/*/*/*.json")):
        pid = _owner(path)
        if pid is not None and ProcessIdentity.of(pid) is not None:
            stack = f"{path.parent.parent.name}/{path.parent.name}"
            raise SurroundingsError(f"pulumi is at work on the stack {stack} (process {pid})", mend)


def empty_stacks(sandbox_directory: Path) -> list[Stack]:
    """Let every stack start from nothing; those that held anything, as they were.

    Raises:
        SurroundingsError: a `pulumi` is still at work on one, or one can't be read.
    """
    cancel = "`pulumi cancel` takes away a lock that nobody holds"
    refuse_under_way(sandbox_directory, f"wait until it has ended, or end it ({cancel}); then start")
    return [emptied for path in _files(sandbox_directory) if (emptied := _empty(path))]


def _files(sandbox_directory: Path) -> list[Path]:
    return sorted((sandbox_directory / STATE_DIRECTORY / ".pulumi" / "stacks").glob("*/*.json"))


def _owner(lock: Path) -> int | None:
    try:
        return int(json.loads(lock.read_text())["pid"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # Its owner has just ended, or is about to write it.
        return None


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text())
    except ValueError as error:
        raise SurroundingsError(
            f"{path}: this stack of Pulumi can't be read: {error}",
            f"put its last version back ({path.name}.bak beside it), or delete it",
        ) from error


def _latest(document: dict[str, Any]) -> dict[str, Any]:
    return document.get("checkpoint", {}).get("latest") or {}


def _of_clouds(latest: dict[str, Any]) -> list[dict[str, Any]]:
    """The resources that are neither components nor Pulumi's own (stack, providers)."""
    resources: list[dict[str, Any]] = latest.get("resources") or []
    return [item for item in resources if item.get("id") and not item["type"].startswith("pulumi:")]


def _stack(path: Path, latest: dict[str, Any]) -> Stack:
    return Stack(path.parent.name, path.stem, len(latest.get("resources") or ()))


def _empty(path: Path) -> Stack | None:
    document = _read(path)
    latest = _latest(document)
    held = _stack(path, latest)
    if not held.resources and not latest.get("pending_operations"):
        return None
    for name in ("resources", "pending_operations"):
        latest.pop(name, None)
    write_private(path, json.dumps(document, indent=4))
    return held
