"""Who may use a key: by a role, or by an access policy, whichever the vault goes by."""

from __future__ import annotations

import pytest
from arming import GROUP, HOME, VAULT, Arm, key, vault
from azure_roles import SOMEBODY, assignment, given, store_of

from modelyard_sandbox.azure.manager.access import KEY_USERS, holds, may_use_key
from modelyard_sandbox.azure.manager.customer_keys import (
    is_on,
    is_protected,
    key_address,
    key_at,
    may_use,
    vault_at,
)
from modelyard_sandbox.azure.manager.ids import resource_id
from modelyard_sandbox.azure.manager.subscriptions import OBJECT_ID, TENANT_ID

KEY = f"{VAULT}/keys/datasets"


@pytest.fixture
def keys(group: Arm) -> Arm:
    """A vault with a key."""
    group.put(VAULT, vault(enablePurgeProtection=True))
    group.put(KEY, key())
    return group


@pytest.mark.parametrize("scope", [HOME, GROUP, VAULT, KEY])
def test_a_role_holds_for_all_that_lies_in_its_scope(keys: Arm, scope: str) -> None:
    keys.put(assignment(scope), given("Key Vault Crypto Service Encryption User"))
    store, vault_id = store_of(keys), resource_id(VAULT)
    assert may_use_key(store, SOMEBODY, vault_id, "datasets")
    assert may_use_key(store, SOMEBODY, vault_id, "volumes") is (scope != KEY)
    assert holds(store, SOMEBODY.upper(), KEY_USERS, vault_id) is (scope != KEY)
    assert not holds(store, SOMEBODY, ["Reader", "Owner"], resource_id(KEY))
    assert not holds(store, OBJECT_ID, KEY_USERS, resource_id(KEY))
    keys.call("DELETE", assignment(scope))
    assert not may_use_key(store, SOMEBODY, vault_id, "datasets")


@pytest.mark.parametrize(
    ("role", "enough"),
    [
        *((role, True) for role in KEY_USERS),
        ("Key Vault Reader", False),
        ("Key Vault Contributor", False),
        ("Key Vault Secrets Officer", False),
        ("Owner", False),
    ],
)
def test_only_some_roles_are_enough_to_use_a_key(keys: Arm, role: str, enough: bool) -> None:
    keys.put(assignment(VAULT), given(role))
    assert may_use_key(store_of(keys), SOMEBODY, resource_id(VAULT), "datasets") is enough


def test_an_unknown_role_is_an_error_of_the_caller(keys: Arm) -> None:
    with pytest.raises(KeyError, match="Key Vault King"):
        holds(store_of(keys), SOMEBODY, ["Key Vault King"], resource_id(VAULT))


@pytest.mark.parametrize(
    ("permissions", "enough"),
    [(["Get", "WrapKey", "unwrapKey"], True), (["all"], True), (["get", "wrapKey"], False)],
)
def test_a_vault_without_rbac_goes_by_its_access_policies(
    group: Arm, permissions: list[str], enough: bool
) -> None:
    policy = {"tenantId": TENANT_ID, "objectId": SOMEBODY, "permissions": {"keys": permissions}}
    group.put(VAULT, vault(enableRbacAuthorization=False, accessPolicies=[policy]))
    group.put(assignment(VAULT), given("Key Vault Administrator", principal=OBJECT_ID))
    store = store_of(group)
    assert may_use_key(store, SOMEBODY, resource_id(VAULT), "datasets") is enough
    assert not may_use_key(store, OBJECT_ID, resource_id(VAULT), "datasets")
    assert not may_use_key(store, SOMEBODY, resource_id(VAULT.replace("vault1", "none")), "datasets")


def test_a_key_is_found_by_its_address(keys: Arm) -> None:
    store = store_of(keys)
    properties = keys.get(KEY)["properties"]
    for url in (properties["keyUri"], properties["keyUriWithVersion"], f"{properties['keyUri']}/"):
        found = key_at(store, url)
        assert found is not None
        assert found.id.text == KEY
        assert is_on(found)
        assert not may_use(store, SOMEBODY, found)
    assert key_at(store, f"{properties['keyUri']}/0123abcd") is None
    assert key_at(store, "https://vault1.vault.azure.net/keys/other") is None
    assert key_at(store, "https://elsewhere.vault.azure.net/keys/datasets") is None
    assert key_address("https://vault1.vault.azure.net/secrets/datasets") is None
    whole = vault_at(store, "https://VAULT1.vault.azure.net/")
    assert whole is not None
    assert is_protected(whole)
    assert vault_at(store, "https://vault1.example.org/") is None
