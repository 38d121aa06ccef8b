"""Who is to run `pulumi up`: whom the command names, else who may already, else whoever runs the command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from modelyard.errors import SurroundingsError
from modelyard.planning.azure.roles import ROLE_IDS
from modelyard_cli.account.azure.session import KINDS, Principal
from modelyard_cli.bootstrap.azure.deployer import ROLES, Assignment, Holder, UserIdentity, named
from modelyard_cli.bootstrap.azure.naming import CONTAINER, SECRETS_KEY
from modelyard_cli.bootstrap.azure.rights import RBAC_ADMINISTRATOR, condition

if TYPE_CHECKING:
    from modelyard_cli.account.azure.session import Session
    from modelyard_cli.bootstrap.azure.naming import StateNames


def standing_holders(session: Session, names: StateNames) -> list[Principal]:
    """Who has the deployer's role already."""
    kinds = {azure: kind for kind, azure in KINDS.items()}
    path = f"{session.home}/providers/Microsoft.Authorization/roleAssignments"
    found: list[Principal] = []
    for each in session.arm.pages(path, ROLES, {"$filter": "atScope()"}):
        held = each["properties"]
        if held["roleDefinitionId"].lower() == names.deploy_role_id.lower():
            found.append(Principal(held["principalId"], kinds.get(held.get("principalType"), "user")))
    return found


def holders(
    session: Session, names: StateNames, identity: UserIdentity | None, principals: Sequence[Principal]
) -> list[Holder]:
    """Who gets the roles.

    Args:
        session: the subscription.
        names: the environment's names.
        identity: the one that workflows sign in as; None if there is none and none is made.
        principals: who is named beside it.

    Raises:
        SurroundingsError: nobody is named, and the token doesn't tell who runs this.
    """
    own = [Holder(f"identity {names.deploy_identity}", identity.principal)] if identity else []
    if principals:
        return [*own, *named(principals)]
    known = identity.principal() if identity else None
    standing = [each for each in standing_holders(session, names) if known is None or each.id != known.id]
    if own or standing:
        return [*own, *named(standing)]
    if session.principal is None:
        raise SurroundingsError(
            f"who runs `pulumi up` isn't named, and it can't be {session.asked_as}",
            "name somebody: --principal [KIND:]OBJECT_ID or --github-repo OWNER/NAME",
        )
    return named([session.principal])


def assignments(session: Session, names: StateNames, holder: Holder) -> list[Assignment]:
    """The roles of one of them."""

    def at(role: str, role_id: str, scope: str, where: str, why: str) -> Assignment:
        bound = condition() if role_id == RBAC_ADMINISTRATOR else None
        return Assignment(session, holder.whose, holder.principal, role, role_id, scope, where, why, bound)

    blobs, crypto = "Storage Blob Data Contributor", "Key Vault Crypto User"
    return [
        at(
            names.deploy_role,
            names.deploy_role_id.rpartition("/")[2],
            session.home,
            "the subscription",
            "makes environments; their groups don't stand yet, so it can't be held on less",
        ),
        at(
            "Role Based Access Control Administrator",
            RBAC_ADMINISTRATOR,
            session.home,
            "the subscription",
            "assigns the roles of an environment's identities, and no others",
        ),
        at(
            blobs,
            ROLE_IDS[blobs],
            names.container_id,
            f"container {CONTAINER} of {names.account}",
            "reads and writes the state",
        ),
        at(
            crypto,
            ROLE_IDS[crypto],
            names.key_id(SECRETS_KEY),
            f"key {SECRETS_KEY} of {names.vault}",
            "encrypts and decrypts the secrets in the state",
        ),
    ]
