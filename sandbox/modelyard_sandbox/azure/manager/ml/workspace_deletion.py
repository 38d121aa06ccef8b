"""The afterlife of workspaces ("Recover workspace data while soft deleted", 2025-10-31; as of 2026-11).

A deleted workspace is kept for 14 days. Meanwhile its name can't be given in its group again: a PUT is
answered 400, or with `allowRecoverSoftDeletedWorkspace` brings it back, with its datastores and without its
computes, if what it was made of still stands. `forceToPurge` on DELETE ends it for good.
"""

from __future__ import annotations

from datetime import timedelta

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId, resource_id
from modelyard_sandbox.azure.manager.kinds import Write
from modelyard_sandbox.azure.manager.ml import customer_keys
from modelyard_sandbox.azure.manager.ml.common import DATASTORE
from modelyard_sandbox.azure.manager.ml.default_datastores import write_defaults
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

KEPT = timedelta(days=14)
PARTS = ("applicationInsights", "containerRegistry", "keyVault", "storageAccount")


def deleted(store: Store, id_: ResourceId) -> Resource | None:
    """The workspace that was deleted at that place and is still kept, if there is one."""
    found = store.deleted_workspaces.get(id_.key)
    if found is None:
        return None
    workspace, when = found
    if store.now() >= when + KEPT:
        forget(store, id_)
        return None
    return workspace


def keep(store: Store, workspace: Resource) -> None:
    """Set aside what is to come back with a workspace that is about to be deleted."""
    store.set_aside[workspace.id.key] = list(store.within(workspace.id, DATASTORE))


def forget(store: Store, id_: ResourceId) -> None:
    """End a deleted workspace for good, with the group that Azure made for it."""
    found = store.deleted_workspaces.pop(id_.key, None)
    store.set_aside.pop(id_.key, None)
    if found is not None:
        customer_keys.end_group(store, found[0])


def recovered(write: Write, gone: Resource, *, asked_to: bool) -> Body:
    """The body of a deleted workspace that is brought back.

    Raises:
        ArmError: nobody asked for it, or something that it was made of is gone.
    """
    if not asked_to:
        raise bad_request(
            "BadRequest",
            "Soft-deleted workspace exists. Please purge or recover it. https://aka.ms/wsoftdelete",
        )
    for name in PARTS:
        part: str | None = gone.properties.get(name)
        if part and write.store.get(resource_id(part)) is None:
            raise bad_request(
                "BadRequest",
                f"The soft-deleted workspace {gone.id.name} can't be recovered: its {name} {part} "
                "was not found.",
                f"properties.{name}",
            )
    del write.store.deleted_workspaces[write.id.key]
    # Put back as it was, so that what goes by its age, as its own id, stays the same.
    write.store.restore(gone)
    for datastore in write.store.set_aside.pop(write.id.key, []):
        write.store.restore(datastore)
    write_defaults(write.store, gone)
    return {**gone.body, "tags": write.asked.get("tags", gone.body.get("tags", {}))}
