"""Who runs `pulumi up`: identities, whom they trust, and their roles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelyard.planning.azure.roles import assignment_name
from modelyard_cli.account.azure.session import KINDS, Principal
from modelyard_cli.bootstrap.azure.patience import patiently
from modelyard_cli.bootstrap.azure.providers import GLOBAL
from modelyard_cli.bootstrap.azure.resource import (
    NOT_REGISTERED,
    ArmResource,
    Document,
    Setting,
    tagged,
    tags_setting,
)
from modelyard_cli.bootstrap.azure.rights import role_definition
from modelyard_cli.bootstrap.github import ISSUER, subject
from modelyard_cli.bootstrap.parts import MISSING, Difference
from modelyard_launcher.azure.refusals import MISSING as NOT_FOUND
from modelyard_launcher.azure.refusals import ArmRefusedError

if TYPE_CHECKING:
    from modelyard_cli.account.azure.session import Session
    from modelyard_cli.bootstrap.azure.naming import StateNames

IDENTITIES, ROLES = "2023-01-31", "2022-04-01"
"""api-versions of identities and of roles (REST reference, 2026-11)."""

AUDIENCE = "api://AzureADTokenExchange"
"""Audience of tokens that identities of Azure take ("Workload identity federation", 2026-11)."""

NOT_KNOWN_YET = frozenset({"PrincipalNotFound", "RoleDefinitionDoesNotExist"})
"""Codes of refusals for want of what the directory may not have everywhere yet."""

PROPERTIES = "properties"


class UserIdentity(ArmResource):
    """A user-assigned identity."""

    def principal(self) -> Principal | None:
        """Who it is in the directory; None before it is made."""
        found = self.found()
        return None if found is None else Principal(found[PROPERTIES]["principalId"], "service_principal")

    def client_id(self) -> str | None:
        """What it signs in as; None before it is made."""
        found = self.found()
        return None if found is None else str(found[PROPERTIES]["clientId"])


def identity(session: Session, names: StateNames, name: str, why: str) -> UserIdentity:
    """An identity in the state's group."""
    return UserIdentity(
        arm=session.arm,
        id=names.identity_id(name),
        api_version=IDENTITIES,
        subject=f"identity {name}",
        why=why,
        region=session.region,
        created="without any key or password",
        body=lambda found: {"location": session.region, "tags": tagged(found, names.tags)},
        settings=[tags_setting(names.tags)],
    )


class Federation:
    """That an identity trusts workflows of a repository in one environment of it; whom else, stays."""

    region = GLOBAL

    def __init__(self, session: Session, names: StateNames, owner: UserIdentity, repository: str) -> None:
        self._arm, self._owner = session.arm, owner
        self._subject = subject(names.environment, repository)
        self.subject = f"trust of {self._subject}"
        self.why = f"lets its workflows sign in as {names.deploy_identity}, without a stored secret"
        self._id = f"{owner.id}/federatedIdentityCredentials/github-{assignment_name(self._subject)[:8]}"

    def differences(self) -> list[Difference]:
        """Whether it is missing, under whatever name."""
        if self._subject in trusted_subjects(self._owner):
            return []
        return [Difference("credential", MISSING, f"issuer {ISSUER}, this subject alone", self._create)]

    def _create(self) -> None:
        properties = {"issuer": f"https://{ISSUER}", "subject": self._subject, "audiences": [AUDIENCE]}
        self._arm.put(self._id, IDENTITIES, {PROPERTIES: properties})


def trusted_subjects(owner: UserIdentity) -> list[str]:
    """Subjects of workflows on GitHub that an identity trusts; none before it is made."""
    if owner.found() is None:
        return []
    listed = owner.arm.pages(f"{owner.id}/federatedIdentityCredentials", IDENTITIES)
    found = [each[PROPERTIES] for each in listed]
    return sorted(
        each.get("subject", "") for each in found if each["issuer"].rstrip("/") == f"https://{ISSUER}"
    )


def deploy_role(session: Session, names: StateNames) -> ArmResource:
    """The role that lets make what environments are made of."""
    wanted = role_definition(names.deploy_role, session.home)
    permissions = wanted["permissions"][0]
    return ArmResource(
        arm=session.arm,
        id=names.deploy_role_id,
        api_version=ROLES,
        subject=f"role {names.deploy_role}",
        why="lets make what environments are made of; Azure has none as narrow",
        region=GLOBAL,
        created=f"{len(permissions['actions'])} actions, none on data",
        body=lambda _: {PROPERTIES: wanted},
        settings=[
            Setting("actions", (PROPERTIES, "permissions"), [permissions], [], _permitted),
            Setting("scopes", (PROPERTIES, "assignableScopes"), [session.home], []),
        ],
    )


def _permitted(permissions: Any) -> str:
    """What a role permits, in a form that says at once whether two are the same."""
    import hashlib

    kinds = ("actions", "notActions", "dataActions", "notDataActions")
    lists = [sorted(name.lower() for each in permissions for name in each.get(kind, [])) for kind in kinds]
    digest = hashlib.sha256(repr(lists).encode()).hexdigest()[:8]
    return f"{len(lists[0])} without {len(lists[1])} (digest {digest})"


@dataclass(slots=True)
class Assignment:
    """That somebody has a role somewhere."""

    session: Session
    whose: str
    """For people, as `identity modelyard-deploy-dev`."""
    principal: Callable[[], Principal | None]
    """Who; None before there is such an identity."""
    role: str
    """Its name."""
    role_id: str
    """Its own id, a GUID."""
    scope: str
    where: str
    """The scope, for people."""
    why: str
    condition: str | None = None
    region: str = GLOBAL

    @property
    def subject(self) -> str:
        """What it is."""
        return f"role {self.role} of {self.whose} on {self.where}"

    def differences(self) -> list[Difference]:
        """Whether it is missing, under whatever name, or stands under another condition."""
        principal = self.principal()
        found = None if principal is None else self._found(principal)
        if found is None:
            wanted = "assigned, under a condition" if self.condition else "assigned"
            return [Difference("assignment", MISSING, wanted, self._create)]
        now = found[PROPERTIES].get("condition")
        if _squeezed(now) == _squeezed(self.condition):
            return []
        return [
            Difference(
                "condition",
                "another" if now else "none",
                "those roles alone that environments assign" if self.condition else "none",
                lambda: self._put(found["id"], found[PROPERTIES]["principalId"], principal),
            )
        ]

    def _found(self, principal: Principal) -> Document | None:
        """The assignment of the role right here; what is inherited may go with what it is on."""
        path = f"{self.scope}/providers/Microsoft.Authorization/roleAssignments"
        try:
            listed = list(self.session.arm.pages(path, ROLES, {"$filter": "atScope()"}))
        except ArmRefusedError as error:
            if (
                error.status == NOT_FOUND or error.code in NOT_REGISTERED
            ):  # what it is held on isn't there yet
                return None
            raise
        for each in listed:
            held = each[PROPERTIES]
            same = (
                held["principalId"].lower() == principal.id.lower()
                and held["roleDefinitionId"].lower().endswith(f"/{self.role_id.lower()}")
                and held["scope"].lower() == self.scope.lower()
            )
            if same:
                return each
        return None

    def _create(self) -> None:
        principal = self.principal()
        assert principal is not None, self.whose  # noqa: S101  (its identity was made by an earlier step)
        name = assignment_name(self.scope, self.role, principal.id)
        place = f"{self.scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
        self._put(place, principal.id, principal)

    def _put(self, place: str, principal_id: str, principal: Principal | None) -> None:
        properties: dict[str, Any] = {
            "principalId": principal_id,
            "principalType": KINDS[principal.kind if principal else "service_principal"],
            "roleDefinitionId": f"{self.session.home}/providers/Microsoft.Authorization/roleDefinitions/"
            f"{self.role_id}",
        }
        if self.condition:
            properties |= {"condition": self.condition, "conditionVersion": "2.0"}
        patiently(
            lambda: self.session.arm.put(place, ROLES, {PROPERTIES: properties}),
            lambda code: code in NOT_KNOWN_YET,
            "wait: what was made just now isn't known everywhere in the directory yet",
        )


def _squeezed(condition: str | None) -> str:
    return "".join((condition or "").split())


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who runs `pulumi up`."""

    whose: str
    principal: Callable[[], Principal | None]


def named(principals: Sequence[Principal]) -> list[Holder]:
    """Holders for principals that are there."""
    return [Holder(f"{each.kind.replace('_', ' ')} {each.id}", lambda each=each: each) for each in principals]
