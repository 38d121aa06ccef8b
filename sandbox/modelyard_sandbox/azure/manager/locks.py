"""Locks, and what they refuse (REST reference: Management Locks, 2020-05-01; Lock your resources; 2026-11).

`CanNotDelete` refuses to delete, `ReadOnly` to write as well, each for what it is on and all that lies in it.
A group or a resource that holds something locked can't be deleted either. Locks don't lock locks.
"""

from __future__ import annotations

import re

from modelyard_sandbox.azure.manager.errors import conflict
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import Kind, Naming, envelope
from modelyard_sandbox.azure.manager.shapes import many, record, text
from modelyard_sandbox.azure.manager.store import Store

LOCK = "Microsoft.Authorization/locks"
NAME = re.compile(r"[^<>%&:\\?/\x00-\x1f]{1,260}")


class Lock(Kind):
    """A lock on a subscription, a group or a resource."""

    type = LOCK
    naming = Naming(
        NAME,
        "lock",
        r"it has at most 260 characters, and none of <, >, %, &, :, \, ?, /",
        "InvalidLockName",
    )
    api_versions = ("2015-01-01", "2016-09-01", "2017-04-01", "2020-05-01")
    parent_type = ""
    located = False
    patched = False
    shape = envelope(
        "ManagementLock",
        record(
            "ManagementLockProperties",
            {
                "level": text("NotSpecified", "CanNotDelete", "ReadOnly"),
                "notes": text(),
                "owners": many(record("ManagementLockOwner", {"applicationId": text()})),
            },
            required=("level",),
        ),
        required=("properties",),
    )


def check_locks(store: Store, id_: ResourceId, *, deletion: bool) -> None:
    """Refuse what a lock forbids.

    Raises:
        ArmError: ScopeLocked.
    """
    if id_.kind == LOCK.lower():
        return
    levels = {"CanNotDelete", "ReadOnly"} if deletion else {"ReadOnly"}
    locked: list[str] = []
    for lock in store.of_type(LOCK):
        scope = lock.id.parent
        assert scope is not None  # noqa: S101  (a lock is on something)
        held = id_.is_in(scope) or (deletion and scope.is_in(id_))
        if held and lock.properties.get("level") in levels:
            locked.append(scope.text)
    if locked:
        work = "delete" if deletion else "write"
        raise conflict(
            "ScopeLocked",
            f"The scope '{id_.text}' cannot perform {work} operation because following scope(s) are locked: "
            f"'{','.join(sorted(set(locked)))}'. Please remove the lock and try again.",
        )
