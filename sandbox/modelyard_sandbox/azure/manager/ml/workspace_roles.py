"""The roles that a workspace's primary identity needs on what the workspace is made of ("Set up
authentication between Azure Machine Learning and other services", 2025-06-10).

Azure gives a system-assigned identity its roles by itself. For a user-assigned one they must be there before:
the work of making the workspace fails without. The words of that failure are the sandbox's own.
"""

from __future__ import annotations

from modelyard_sandbox.azure.manager.access import holds
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.identities import principal_id, standing_identity
from modelyard_sandbox.azure.manager.ids import resource_id
from modelyard_sandbox.azure.manager.store import Body, Store

MANAGES = ("Contributor", "Owner")
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "storageAccount": (MANAGES, ("Storage Blob Data Contributor", "Storage Blob Data Owner")),
    "keyVault": (MANAGES, ("Key Vault Administrator",)),
    "containerRegistry": (MANAGES,),
    "applicationInsights": (MANAGES,),
}
"""By property: of each group of roles one."""


def missing_role(store: Store, body: Body) -> ArmError | None:
    """The error for a role that a workspace's identity doesn't have; None if it has what it needs."""
    properties: Body = body["properties"]
    primary: str | None = properties.get("primaryUserAssignedIdentity")
    if primary is None or body["identity"]["type"] != "UserAssigned":
        return None
    identity = standing_identity(store, primary)
    if identity is None:
        return None
    for name, wanted in NEEDED.items():
        scope: str | None = properties.get(name)
        for roles in wanted if scope else ():
            assert scope is not None  # noqa: S101  (the loop above is empty otherwise)
            if not holds(store, principal_id(identity), roles, resource_id(scope)):
                return bad_request(
                    "BadRequest",
                    f"The user assigned identity {primary} of the workspace does not have the role "
                    f"'{roles[0]}' on {scope}.",
                    "properties.primaryUserAssignedIdentity",
                )
    return None
