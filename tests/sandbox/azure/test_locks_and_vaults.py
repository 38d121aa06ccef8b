"""What protects: locks, and the afterlife of key vaults."""

from __future__ import annotations

import pytest
from arming import (
    ACCOUNT,
    BLOBS,
    GROUP,
    HOME,
    LOCATION,
    NETWORK,
    OTHER_SUBSCRIPTION,
    SUBSCRIPTION,
    VAULT,
    Arm,
    account,
    network,
    subnet,
    vault,
)

LOCKS = "providers/Microsoft.Authorization/locks"
DELETED = f"{HOME}/providers/Microsoft.KeyVault/locations/{LOCATION}/deletedVaults/vault1"


def level(name: str) -> dict[str, object]:
    return {"properties": {"level": name, "notes": "the datasets"}}


def locked(scope: str, by: str, work: str) -> tuple[int, str, str]:
    return (
        409,
        "ScopeLocked",
        (
            f"The scope '{scope}' cannot perform {work} operation because following scope(s) are locked: '{by}'. "
            "Please remove the lock and try again."
        ),
    )


def test_a_lock_on_a_group_keeps_it_and_what_is_in_it(group: Arm) -> None:
    group.put(NETWORK, network(subnets=[{"name": "a", **subnet("10.0.0.0/24")}]))
    made = group.put(f"{GROUP}/{LOCKS}/keep", level("cannotdelete"))
    assert made["properties"] == {"level": "CanNotDelete", "notes": "the datasets"}
    assert group.refused("DELETE", GROUP) == locked(GROUP, GROUP, "delete")
    assert group.refused("DELETE", f"{NETWORK}/subnets/a") == locked(f"{NETWORK}/subnets/a", GROUP, "delete")
    group.put(NETWORK, network(enableVmProtection=True))
    assert group.listed(f"{GROUP}/{LOCKS}") == ["keep"]
    assert group.listed(f"{HOME}/{LOCKS}") == ["keep"]
    assert group.call("DELETE", f"{GROUP}/{LOCKS}/keep")[0] == 200
    assert group.call("DELETE", GROUP)[0] == 200


def test_a_lock_on_a_resource_keeps_its_group_and_not_its_neighbours(group: Arm) -> None:
    group.put(ACCOUNT, account())
    group.put(NETWORK, network())
    group.put(f"{ACCOUNT}/{LOCKS}/keep", level("CanNotDelete"))
    assert group.refused("DELETE", GROUP) == locked(GROUP, ACCOUNT, "delete")
    assert group.refused("DELETE", ACCOUNT) == locked(ACCOUNT, ACCOUNT, "delete")
    assert group.call("DELETE", NETWORK)[0] == 200


def test_a_read_only_lock_refuses_to_write_as_well(group: Arm) -> None:
    group.put(ACCOUNT, account())
    group.put(f"{HOME}/{LOCKS}/freeze", level("ReadOnly"))
    assert group.refused("PUT", ACCOUNT, account()) == locked(ACCOUNT, HOME, "write")
    assert group.refused("PATCH", GROUP, {"tags": {}}) == locked(GROUP, HOME, "write")
    container = f"{BLOBS}/containers/data"
    assert group.refused("PUT", container, {}) == locked(container, HOME, "write")
    assert group.refused("DELETE", ACCOUNT) == locked(ACCOUNT, HOME, "delete")
    assert group.get(ACCOUNT)["name"] == "account1"
    assert group.call("DELETE", f"{HOME}/{LOCKS}/freeze")[0] == 200
    group.put(ACCOUNT, account())


def test_a_read_only_lock_refuses_actions_as_well(group: Arm) -> None:
    group.put(ACCOUNT, account())
    container = f"{BLOBS}/containers/data"
    group.put(container, {})
    policy = f"{container}/immutabilityPolicies/default"
    group.put(policy, {"properties": {"immutabilityPeriodSinceCreationInDays": 7}})
    group.put(f"{ACCOUNT}/{LOCKS}/freeze", level("ReadOnly"))
    assert group.refused("POST", f"{policy}/lock") == locked(policy, ACCOUNT, "write")
    assert (
        group.call("POST", f"{HOME}/providers/Microsoft.Storage/checkNameAvailability", {"name": "a"})[0]
        == 200
    )


def test_a_lock_goes_with_what_it_is_on(group: Arm) -> None:
    group.put(ACCOUNT, account())
    group.put(f"{ACCOUNT}/{LOCKS}/note", level("NotSpecified"))
    assert group.call("DELETE", ACCOUNT)[0] == 200
    assert group.listed(f"{HOME}/{LOCKS}") == []
    assert group.call("DELETE", f"{GROUP}/{LOCKS}/none") == (204, None)


def test_a_vault_shows_where_it_is_and_what_azure_fills_in(group: Arm) -> None:
    properties = group.put(VAULT, vault())["properties"]
    assert properties["vaultUri"] == "https://vault1.vault.azure.net/"
    assert properties["softDeleteRetentionInDays"] == 90
    assert properties["enableSoftDelete"] is True
    assert "createMode" not in properties


def test_a_deleted_vault_keeps_its_name_until_it_is_purged(group: Arm) -> None:
    group.put(VAULT, vault(softDeleteRetentionInDays=7))
    assert group.refused("GET", DELETED)[1] == "DeletedVaultNotFound"
    assert group.call("DELETE", VAULT)[0] == 200
    assert group.refused("GET", VAULT)[1] == "ResourceNotFound"
    assert group.get(DELETED)["properties"] == {
        "vaultId": VAULT,
        "location": LOCATION,
        "tags": {},
        "deletionDate": "2026-11-25T12:00:00.0000000Z",
        "scheduledPurgeDate": "2026-12-02T12:00:00.0000000Z",
        "purgeProtectionEnabled": False,
    }
    assert group.listed(f"{HOME}/providers/Microsoft.KeyVault/deletedVaults") == ["vault1"]
    assert group.refused("PUT", VAULT, vault()) == (
        409,
        "ConflictError",
        (
            "A vault with the same name already exists in deleted state. You need to either recover or purge "
            "existing key vault."
        ),
    )
    assert group.call("POST", f"{DELETED}/purge", {})[0] == 200
    assert group.put(VAULT, vault())["properties"]["softDeleteRetentionInDays"] == 90


def test_a_deleted_vault_is_purged_by_time(group: Arm) -> None:
    group.put(VAULT, vault(softDeleteRetentionInDays=7, enablePurgeProtection=True))
    group.call("DELETE", VAULT)
    group.clock.move(days=6)
    assert group.refused("PUT", VAULT, vault())[1] == "ConflictError"
    group.clock.move(days=1)
    group.put(VAULT, vault())


def test_a_protected_vault_can_not_be_purged_but_recovered(group: Arm) -> None:
    group.put(VAULT, {**vault(enablePurgeProtection=True), "tags": {"owner": "me"}})
    group.call("DELETE", GROUP)
    assert group.refused("POST", f"{DELETED}/purge", {}) == (
        405,
        "MethodNotAllowed",
        "Operation 'DeletedVaultPurge' is not allowed.",
    )
    group.put(GROUP, {"location": LOCATION})
    back = group.put(VAULT, vault(createMode="recover"))
    assert back["properties"]["enablePurgeProtection"] is True
    assert back["tags"] == {"owner": "me"}
    assert group.listed(f"{HOME}/providers/Microsoft.KeyVault/deletedVaults") == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"softDeleteRetentionInDays": 30},
            'The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.',
        ),
        (
            {"enablePurgeProtection": False},
            (
                'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a '
                "vault is an irreversible action."
            ),
        ),
    ],
)
def test_protection_can_not_be_taken_back(group: Arm, change: dict[str, object], message: str) -> None:
    group.put(VAULT, vault(softDeleteRetentionInDays=7, enablePurgeProtection=True))
    assert group.refused("PUT", VAULT, vault(**change)) == (400, "BadRequest", message)
    kept = group.put(VAULT, vault())["properties"]
    assert (kept["softDeleteRetentionInDays"], kept["enablePurgeProtection"]) == (7, True)


def test_a_vaults_name_is_taken_in_all_of_azure(group: Arm) -> None:
    group.put(VAULT, vault())
    other = VAULT.replace(SUBSCRIPTION, OTHER_SUBSCRIPTION)
    group.put(other.partition("/providers")[0], {"location": LOCATION})
    taken = "The vault name 'vault1' is already in use."
    _, code, message = group.refused("PUT", other, vault())
    assert code == "VaultAlreadyExists"
    assert taken in message
    group.call("DELETE", VAULT)
    assert group.refused("PUT", other, vault())[1] == "VaultAlreadyExists"
    assert group.refused("PUT", other, vault(createMode="recover"))[1] == "VaultAlreadyExists"
    ask = f"{HOME}/providers/Microsoft.KeyVault/checkNameAvailability"
    answers = {name: group.call("POST", ask, {"name": name})[1] for name in ("vault1", "vault2", "2")}
    assert taken in answers["vault1"]["message"]
    assert answers["vault2"] == {"nameAvailable": True}
    assert answers["2"]["message"] == "The vault name '2' is invalid."
