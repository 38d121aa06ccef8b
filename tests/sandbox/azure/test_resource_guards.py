"""Resource guards: what on a vault needs somebody else's agreement."""

from __future__ import annotations

import pytest
from arming import LOCATION, Arm
from azure_lives.backups import instance
from backing_up import BACKUPS, INSTANCE, VAULT, protect, vault

GUARD = f"{BACKUPS}/resourceGuards/guard"
PROXY = f"{VAULT}/backupResourceGuardProxies/DppResourceGuardProxy"


def guard(arm: Arm, *left_out: str) -> None:
    """Protect the vault by a resource guard."""
    excluded = {"vaultCriticalOperationExclusionList": list(left_out)}
    arm.put(GUARD, {"location": LOCATION, "properties": excluded})
    arm.put(PROXY, {"properties": {"resourceGuardResourceId": GUARD}})


def test_a_guard_shows_the_operations_that_it_guards(group: Arm) -> None:
    group.put(VAULT, vault())
    guard(group, "Microsoft.DataProtection/backupVaults/write#reduceSoftDeleteSecurity")
    made = group.get(GUARD)
    guarded = [item["vaultCriticalOperation"] for item in made["properties"]["resourceGuardOperations"]]
    assert guarded == [
        "Microsoft.DataProtection/backupVaults/backupInstances/delete",
        "Microsoft.DataProtection/backupVaults/backupResourceGuardProxies/delete",
        "Microsoft.DataProtection/backupVaults/write#reduceImmutabilityState",
    ]
    assert group.put(GUARD, made) == made, "an answer can be sent back"
    assert group.get(VAULT)["properties"]["isVaultProtectedByResourceGuard"] is True
    assert group.get(PROXY)["properties"]["lastUpdatedTime"] == "2026-11-25T12:00:00.0000000Z"


@pytest.mark.parametrize(
    "name", ["everything", "Microsoft.DataProtection/backupVaults/backupResourceGuardProxies/delete"]
)
def test_what_a_guard_can_not_leave_out_is_refused(group: Arm, name: str) -> None:
    excluded = {"vaultCriticalOperationExclusionList": [name]}
    assert group.refused("PUT", GUARD, {"location": LOCATION, "properties": excluded}) == (
        400,
        "UserErrorInvalidParameterInRequest",
        f"Request parameter is invalid. Here: '{name}' is no operation that can be left out of a resource guard.",
    )


def test_a_guarded_vault_is_weakened_only_with_the_guards_request(group: Arm) -> None:
    group.put(VAULT, vault("Unlocked", "On", days=30))
    guard(group)
    said = "The vault is protected by a Resource Guard: {} needs resourceGuardOperationRequests."
    weaker = {
        "disabling immutability": vault("Disabled", "On", days=30),
        "lessening soft delete": vault("Unlocked", "On", days=14),
    }
    for what, document in weaker.items():
        assert group.refused("PUT", VAULT, document) == (
            403,
            "UserErrorMissingResourceGuardOperationRequest",
            said.format(what),
        )
    assert group.refused("PUT", VAULT, vault("Unlocked", "Off", days=30))[2] == said.format(
        "lessening soft delete"
    )
    nobodys = vault("Unlocked", "On", days=14, resourceGuardOperationRequests=[f"{GUARD}2/requests", "mine"])
    assert group.refused("PUT", VAULT, nobodys)[2] == said.format("lessening soft delete")
    group.put(VAULT, vault("Locked", "AlwaysOn", days=60))
    group.put(
        VAULT, vault("Locked", "AlwaysOn", days=30, resourceGuardOperationRequests=[f"{GUARD}/requests"])
    )


def test_a_guarded_vault_loses_an_instance_only_with_the_guards_request(group: Arm) -> None:
    protect(group, vault())
    guard(group)
    assert group.refused("DELETE", INSTANCE) == (
        403,
        "UserErrorMissingResourceGuardOperationRequest",
        (
            "The vault is protected by a Resource Guard: the deletion of a backup instance needs "
            "resourceGuardOperationRequests."
        ),
    )
    asked = {**instance("data"), "resourceGuardOperationRequests": [f"{GUARD}/requests"]}
    group.put(INSTANCE, {"properties": asked})
    group.call("DELETE", INSTANCE)
    assert group.refused("GET", INSTANCE)[1] == "ResourceNotFound"


def test_an_operation_that_a_guard_leaves_out_is_free_and_so_is_a_vault_without_its_proxy(group: Arm) -> None:
    protect(group, vault())
    guard(group, "Microsoft.DataProtection/backupVaults/backupInstances/delete")
    group.call("DELETE", INSTANCE)
    assert group.refused("GET", INSTANCE)[1] == "ResourceNotFound"
    group.put(INSTANCE, {"properties": instance("data")})
    group.put(GUARD, {"location": LOCATION})
    assert group.refused("DELETE", INSTANCE)[0] == 403
    assert group.call("DELETE", PROXY) == (200, None)
    group.call("DELETE", INSTANCE)
    assert group.refused("GET", INSTANCE)[1] == "ResourceNotFound"


def test_a_proxy_needs_a_guard_of_the_vaults_region_and_is_the_only_one(group: Arm) -> None:
    group.put(VAULT, vault())
    proxy = {"properties": {"resourceGuardResourceId": GUARD}}
    assert group.refused("PUT", PROXY, proxy) == (
        400,
        "UserErrorResourceGuardNotFound",
        f"The resource guard '{GUARD}' was not found.",
    )
    group.put(f"{GUARD}2", {"location": "northeurope"})
    elsewhere = {"properties": {"resourceGuardResourceId": f"{GUARD}2"}}
    assert group.refused("PUT", PROXY, elsewhere) == (
        400,
        "UserErrorResourceGuardInDifferentRegion",
        "The resource guard is in 'northeurope', and must be in the vault's region 'westeurope'.",
    )
    guard(group)
    assert group.refused("PUT", f"{PROXY}2", proxy) == (
        409,
        "UserErrorVaultAlreadyProtectedByResourceGuard",
        "The vault 'backups' is already protected by a resource guard.",
    )
    assert group.refused("DELETE", GUARD) == (
        409,
        "UserErrorResourceGuardInUse",
        "The resource guard 'guard' protects the vaults backups.",
    )
    group.call("DELETE", PROXY)
    assert group.call("DELETE", GUARD) == (200, None)
