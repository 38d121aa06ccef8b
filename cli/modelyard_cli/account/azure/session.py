"""A subscription, checked before anything else is asked of it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelyard_cli.account.azure.failures import (
    failures_told,
    no_such_subscription,
    not_enabled,
    unclear,
    wrong_tenant,
)
from modelyard_launcher.azure.access import AzureAccess, find_azure_access
from modelyard_launcher.azure.refusals import ArmRefusedError
from modelyard_launcher.outcomes import UnclearOutcomeError
from modelyard_launcher.project import project_directory

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment
    from modelyard_launcher.azure.arm import Arm

SUBSCRIPTIONS = "2022-12-01"
"""api-version of subscriptions and their regions (REST reference, 2026-11)."""

USABLE = frozenset({"Enabled", "PastDue", "Warned"})
"""States in which a subscription takes changes, not Disabled or Deleted ("Azure subscription states",
2026-11)."""

KINDS = {"user": "User", "group": "Group", "service_principal": "ServicePrincipal"}
"""What a principal can be, and Azure's name of it."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is in the directory."""

    id: str
    """Its object id."""
    kind: str
    """One of the keys of KINDS."""


@dataclass(frozen=True, slots=True)
class Session:
    """A subscription that is the right one, and who asks there."""

    arm: Arm
    subscription_id: str
    tenant_id: str
    region: str
    """The environment's primary region."""
    asked_as: str
    """Who asks, for people."""
    principal: Principal | None
    """Who asks; None if the token doesn't tell."""

    @property
    def home(self) -> str:
        """The subscription's resource id."""
        return f"/subscriptions/{self.subscription_id}"


def open_session(environment: AzureEnvironment) -> Session:
    """The subscription of an environment. Raises SurroundingsError."""
    region, subscription_id = environment.regions.primary, environment.subscription_id
    access = find_azure_access(project_directory(), region, subscription_id)
    arm = access.arm()
    with failures_told():
        principal, name = _who_asks(access)
        try:
            found = arm.get(f"/subscriptions/{subscription_id}", SUBSCRIPTIONS)
        except ArmRefusedError as error:
            raise no_such_subscription(subscription_id, error.message) from error
    check_subscription(found, environment.tenant_id, in_sandbox=access.kind == "sandbox")
    return Session(arm, subscription_id, environment.tenant_id, region, name, principal)


def check_subscription(found: dict[str, Any], tenant_id: str, *, in_sandbox: bool) -> None:
    """Refuse a subscription that takes no changes, or isn't of the tenant.

    The sandbox has one tenant, whatever the environment names. Raises SurroundingsError.
    """
    if found["state"] not in USABLE:
        raise not_enabled(found["subscriptionId"], found["state"])
    if not in_sandbox and found["tenantId"].lower() != tenant_id.lower():
        raise wrong_tenant(found["subscriptionId"], found["tenantId"], tenant_id)


def foreign_errors() -> tuple[type[Exception], ...]:
    """What the client raises beside SurroundingsError; `unclear` says it for people."""
    return (UnclearOutcomeError,)


def _who_asks(access: AzureAccess) -> tuple[Principal | None, str]:
    if access.kind == "sandbox":
        from modelyard_sandbox.azure.manager.subscriptions import OBJECT_ID

        return Principal(OBJECT_ID, "service_principal"), "the sandbox's one application"
    return whose_token(access.token())


def whose_token(token: str) -> tuple[Principal | None, str]:
    """Who a token is of, and what to call them; read without checking its signature, which is Azure's to do.

    `idtyp` is `app` for applications and managed identities ("Access token claims reference", 2026-11).
    """
    try:
        part = token.split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        object_id = str(claims["oid"])
    except (IndexError, ValueError, KeyError, TypeError):
        return None, "somebody whose token doesn't tell who it is"
    person = claims.get("upn") or claims.get("unique_name") or claims.get("preferred_username")
    application = claims.get("idtyp") == "app" or (not person and "appid" in claims)
    name = f"application {claims.get('appid', object_id)}" if application else str(person or object_id)
    return Principal(object_id, "service_principal" if application else "user"), name


__all__ = [
    "KINDS",
    "SUBSCRIPTIONS",
    "Principal",
    "Session",
    "check_subscription",
    "foreign_errors",
    "open_session",
    "unclear",
    "whose_token",
]
