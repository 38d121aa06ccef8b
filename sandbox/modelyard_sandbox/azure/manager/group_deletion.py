"""What keeps a resource group from being deleted: something in it that can't be, even after all else in it
("Delete resource group and resources"; words as in Azure/bicep-registry-modules#1607, Azure/sap-hana#211; as
of 2026-11).

Azure then has taken away what it could; here nothing goes. Locks are looked at apart.
"""

from __future__ import annotations

from modelyard_sandbox.azure.manager.errors import ArmError
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.registry import KINDS
from modelyard_sandbox.azure.manager.store import Resource, Store


def check_group_deletion(store: Store, group: ResourceId) -> None:
    """Refuse to delete a group with something that is used from outside of it, or that must be kept.

    Raises:
        ArmError: ResourceGroupDeletionBlocked, with the refusal of each resource in its details.
    """
    blocked = _blocked(store, group)
    if not blocked:
        return
    names = ",".join(f"{resource.id.type}/{resource.id.name}" for resource, _ in blocked)
    raise ArmError(
        409,
        "ResourceGroupDeletionBlocked",
        f"Deletion of resource group '{group.name}' failed as resources with identifiers '{names}' could not "
        "be deleted. The provisioning state of the resource group will be rolled back.",
        details=[(error.code, error.message) for _, error in blocked],
    )


def _blocked(store: Store, group: ResourceId) -> list[tuple[Resource, ArmError]]:
    """What of a group would be left, and why: whatever can go goes first, for a trial."""
    # What has no region goes with what it lies in; all else is deleted by itself, the innermost first.
    left = [found for found in reversed(list(store.within(group))) if KINDS[found.id.kind].located]
    with store.trial():
        while True:
            refused: list[tuple[Resource, ArmError]] = []
            for resource in left:
                error = _refusal(store, resource)
                if error is None:
                    _take_away(store, resource)
                else:
                    refused.append((resource, error))
            if len(refused) in (0, len(left)):
                return refused
            left = [resource for resource, _ in refused]


def _refusal(store: Store, resource: Resource) -> ArmError | None:
    try:
        KINDS[resource.id.kind].check_deletion(store, resource)
    except ArmError as error:
        return error
    return None


def _take_away(store: Store, resource: Resource) -> None:
    for inner in store.within(resource.id):
        store.drop(inner.id)
    store.drop(resource.id)
