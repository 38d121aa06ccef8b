"""The resource group of the state, and the lock on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard_cli.bootstrap.azure.resource import ArmResource, Setting, tagged, tags_setting

if TYPE_CHECKING:
    from modelyard_cli.account.azure.session import Session
    from modelyard_cli.bootstrap.azure.naming import StateNames

GROUPS, LOCKS = "2024-03-01", "2020-05-01"
"""api-versions of groups and locks (REST reference, 2026-11)."""

LEVEL = "CanNotDelete"


def state_group(session: Session, names: StateNames) -> ArmResource:
    """The group."""
    return ArmResource(
        arm=session.arm,
        id=names.group_id,
        api_version=GROUPS,
        subject=f"resource group {names.group}",
        why="keeps what is here apart from what the environment makes and deletes",
        region=session.region,
        created="with what follows in it",
        body=lambda found: {
            "location": found["location"] if found else session.region,
            "tags": tagged(found, names.tags),
        },
        settings=[tags_setting(names.tags)],
    )


def state_lock(session: Session, names: StateNames) -> ArmResource:
    """The lock: it hinders the resource manager, not who deletes blobs ("Lock your resources", 2026-11)."""
    return ArmResource(
        arm=session.arm,
        id=f"{names.group_id}/providers/Microsoft.Authorization/locks/modelyard-state",
        api_version=LOCKS,
        subject=f"lock on {names.group}",
        why="nothing in it is deleted by mistake: whoever means it takes the lock away first",
        region=session.region,
        created=LEVEL,
        body=lambda _: {
            "properties": {"level": LEVEL, "notes": "Pulumi's state and the key of its secrets."}
        },
        settings=[Setting("level", ("properties", "level"), LEVEL)],
    )
