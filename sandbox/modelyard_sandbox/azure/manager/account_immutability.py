"""An account's own immutability: whether its versions can be immutable, and for how long they are unless
something nearer says so (REST reference, 2024-01-01: ImmutableStorageAccount; "Configure immutability
policies for blob versions"; as of 2026-11).

It can only be turned on when the account is made, and never off. A policy begins as Disabled or Unlocked; one
that is Locked can only be lengthened.
"""

from __future__ import annotations

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.store import Body, Resource

IMMUTABLE = "immutableStorageWithVersioning"
LOCKED = "Locked"
DAYS = "immutabilityPeriodSinceCreationInDays"


def check_account_immutability(properties: Body, old: Resource | None) -> None:
    """Refuse an immutability that an account can't have, or can't change to."""
    asked: Body = properties.get(IMMUTABLE, {})
    was: Body = old.properties.get(IMMUTABLE, {}) if old else {}
    if old is not None and bool(asked.get("enabled")) != bool(was.get("enabled")):
        raise bad_request(
            "AccountPropertyCannotBeUpdated",
            f"The property '{IMMUTABLE}.enabled' was specified in the input, but it cannot be updated as it "
            "is read-only.",
            f"properties.{IMMUTABLE}.enabled",
        )
    if asked.get("enabled") and properties.get("isHnsEnabled"):
        raise _refused("enabled", "True", "the account has a hierarchical namespace.")
    _check_policy(asked, was)


def _check_policy(asked: Body, was: Body) -> None:
    policy, before = asked.get("immutabilityPolicy", {}), was.get("immutabilityPolicy", {})
    state = policy.get("state", "Disabled")
    if policy and not asked.get("enabled"):
        raise _refused("immutabilityPolicy", state, "immutability isn't enabled on the account.")
    if before.get("state") != LOCKED:
        if state == LOCKED and before.get("state") != "Unlocked":
            raise _refused("state", LOCKED, "only a policy that is Unlocked can be locked.")
        return
    if state != LOCKED:
        raise _refused("state", state, "the policy is locked.")
    if policy.get(DAYS, 0) < before.get(DAYS, 0):
        raise _refused(DAYS, policy.get(DAYS, 0), "a locked policy can only be lengthened.")


def _refused(name: str, value: object, why: str) -> ArmError:
    return bad_request(
        "InvalidRequestPropertyValue",
        f"The value '{value}' is not allowed for property {name}: {why}",
        f"properties.{IMMUTABLE}",
    )
