"""Storage accounts: whose key they use, what can't be changed, and how long what they hold must stay."""

from __future__ import annotations

from typing import Any

import pytest
from arming import ACCOUNT, GROUP, LOCATION, VAULT, Arm, account, key, vault
from keyed import ENCRYPTION_USER, IDENTITY, KEY, USER, assign, identity, protected_key, usable_key

NO_ACCESS = (
    "The operation failed because of authentication issue on the keyvault. For more information, see - "
    "https://aka.ms/storagekeyvaultaccesscontrol"
)


def keyed(**encryption: Any) -> dict[str, Any]:
    """An account with the key `data` of `vault1`, used by the identity `keeper`."""
    given = {
        "keySource": "Microsoft.Keyvault",
        "keyvaultproperties": {"keyname": "data", "keyvaulturi": "https://vault1.vault.azure.net"},
        "identity": {"userAssignedIdentity": IDENTITY},
    }
    return account(identity=USER, properties={"encryption": {**given, **encryption}})


def immutable(**policy: Any) -> dict[str, Any]:
    """An account whose versions can be immutable."""
    settings: dict[str, Any] = {"enabled": True, **({"immutabilityPolicy": policy} if policy else {})}
    return account(properties={"immutableStorageWithVersioning": settings})


def test_an_account_uses_the_customers_key_by_an_identity(group: Arm) -> None:
    address = usable_key(group)
    made = group.put(ACCOUNT, keyed())
    assert made["properties"]["encryption"]["keyvaultproperties"] == {
        "keyname": "data",
        "keyvaulturi": "https://vault1.vault.azure.net",
        "currentVersionedKeyIdentifier": address,
        "lastKeyRotationTimestamp": "2026-11-25T12:00:00.0000000Z",
    }
    assert made["identity"]["userAssignedIdentities"][IDENTITY].keys() == {"clientId", "principalId"}
    assert group.put(ACCOUNT, made) == made, "an answer can be sent back"


def test_a_keys_version_must_stand(group: Arm) -> None:
    version = usable_key(group).rpartition("/")[2]
    uri = {"keyname": "data", "keyvaulturi": "https://vault1.vault.azure.net/"}
    group.put(ACCOUNT, keyed(keyvaultproperties={**uri, "keyversion": version}))
    assert group.refused("PUT", ACCOUNT, keyed(keyvaultproperties={**uri, "keyversion": "0" * 32})) == (
        403,
        "KeyVaultEncryptionKeyNotFound",
        "The key vault key is not found to unwrap the encryption key.",
    )


def test_an_identity_without_the_role_is_refused_until_it_has_it(group: Arm) -> None:
    made = identity(group)
    protected_key(group)
    assert group.refused("PUT", ACCOUNT, keyed()) == (403, "KeyVaultAuthenticationFailure", NO_ACCESS)
    assign(group, VAULT, ENCRYPTION_USER, made["properties"]["principalId"])
    group.put(ACCOUNT, keyed())


def test_an_accounts_own_identity_has_no_role_when_it_is_made_and_may_have_one_later(group: Arm) -> None:
    protected_key(group)
    own = {**keyed(identity={}), "identity": {"type": "SystemAssigned"}}
    assert group.refused("PUT", ACCOUNT, own) == (403, "KeyVaultAuthenticationFailure", NO_ACCESS)
    made = group.put(ACCOUNT, account(identity={"type": "SystemAssigned"}))
    assign(group, KEY, ENCRYPTION_USER, made["identity"]["principalId"])
    group.put(ACCOUNT, own)


def test_the_vault_must_stand_and_keep_its_keys(group: Arm) -> None:
    identity(group)
    assert group.refused("PUT", ACCOUNT, keyed()) == (
        403,
        "KeyVaultVaultNotFound",
        "The key vault is not found for encryption.",
    )
    group.put(VAULT, vault())
    assert group.refused("PUT", ACCOUNT, keyed()) == (
        400,
        "KeyVaultPolicyError",
        "Keyvault policy recoverable is not set",
    )
    group.put(VAULT, vault(enablePurgeProtection=True))
    assert group.refused("PUT", ACCOUNT, keyed())[1] == "KeyVaultEncryptionKeyNotFound"
    group.put(KEY, key("RSA", attributes={"enabled": False}))
    assert group.refused("PUT", ACCOUNT, keyed())[1] == "KeyVaultEncryptionKeyNotFound"


def test_the_key_must_be_an_rsa_key(group: Arm) -> None:
    identity(group)
    protected_key(group, "EC")
    assert group.refused("PUT", ACCOUNT, keyed()) == (
        400,
        "InvalidRequestPropertyValue",
        "The value 'data' is not allowed for property keyname: the key must be an RSA key.",
    )


def test_the_key_must_be_named_and_the_identity_be_the_accounts(group: Arm) -> None:
    usable_key(group)
    assert group.refused("PUT", ACCOUNT, keyed(keyvaultproperties={"keyname": "data"})) == (
        400,
        "InvalidRequestPropertyValue",
        (
            "The value 'Microsoft.Keyvault' is not allowed for property keySource: it needs keyname and "
            "keyvaulturi."
        ),
    )
    assert group.refused("PUT", ACCOUNT, {**keyed(), "identity": {"type": "SystemAssigned"}}) == (
        400,
        "InvalidRequestPropertyValue",
        (
            f"The value '{IDENTITY}' is not allowed for property userAssignedIdentity: it must be one of the "
            "account's identities."
        ),
    )


def test_an_identity_that_is_not_there_is_refused(group: Arm) -> None:
    _, code, said = group.refused("PUT", ACCOUNT, account(identity=USER))
    assert code == "FailedIdentityOperation"
    assert f"Resource '{IDENTITY}' was not found." in said


def test_infrastructure_encryption_is_settled_when_the_account_is_made(group: Arm) -> None:
    twice = account(properties={"encryption": {"requireInfrastructureEncryption": True}})
    group.put(ACCOUNT, twice)
    once = account(properties={"encryption": {"requireInfrastructureEncryption": False}})
    assert group.refused("PUT", ACCOUNT, once) == (
        400,
        "AccountPropertyCannotBeUpdated",
        (
            "The property 'requireInfrastructureEncryption' was specified in the input, but it cannot be updated "
            "as it is read-only."
        ),
    )
    kept = group.put(ACCOUNT, account())["properties"]["encryption"]
    assert kept["requireInfrastructureEncryption"] is True


def test_the_key_of_queues_is_settled_when_the_account_is_made(group: Arm) -> None:
    group.put(ACCOUNT, account())
    changed = account(properties={"encryption": {"services": {"queue": {"keyType": "Account"}}}})
    assert group.refused("PUT", ACCOUNT, changed) == (
        400,
        "AccountPropertyCannotBeUpdated",
        (
            "The property 'services.queue.keyType' was specified in the input, but it cannot be updated as it is "
            "read-only."
        ),
    )


def test_copies_over_zones_are_not_had_by_a_change_of_the_sku(group: Arm) -> None:
    group.put(ACCOUNT, account(sku={"name": "Standard_ZRS"}))
    assert group.refused("PUT", ACCOUNT, account(sku={"name": "Standard_GRS"})) == (
        400,
        "StorageAccountTypeConversionNotAllowed",
        "The storage account account1 can't be converted from Standard_ZRS to Standard_GRS.",
    )
    group.put(ACCOUNT, account(sku={"name": "Standard_GZRS"}))


@pytest.mark.parametrize(
    ("properties", "value", "name"),
    [
        (
            {"sasPolicy": {"sasExpirationPeriod": "24:00:00", "expirationAction": "Log"}},
            "24:00:00",
            "sasExpirationPeriod",
        ),
        (
            {"sasPolicy": {"sasExpirationPeriod": "1.24:00:00", "expirationAction": "Log"}},
            "1.24:00:00",
            "sasExpirationPeriod",
        ),
        ({"networkAcls": {"defaultAction": "Deny", "bypass": "Everything"}}, "Everything", "bypass"),
        ({"networkAcls": {"defaultAction": "Deny", "bypass": "None, Metrics"}}, "None, Metrics", "bypass"),
    ],
)
def test_a_value_that_azure_does_not_take_is_refused(
    group: Arm, properties: dict[str, Any], value: str, name: str
) -> None:
    assert group.refused("PUT", ACCOUNT, account(properties=properties)) == (
        400,
        "InvalidRequestPropertyValue",
        f"The value '{value}' is not allowed for property {name}.",
    )


def test_several_services_may_pass_the_network_rules(group: Arm) -> None:
    rules = {"defaultAction": "Deny", "bypass": "Logging, Metrics, AzureServices"}
    assert group.put(ACCOUNT, account(properties={"networkAcls": rules}))["properties"]["networkAcls"] == {
        **rules,
        "ipRules": [],
        "virtualNetworkRules": [],
    }


@pytest.mark.parametrize(
    "value", ["", "10.0.0.0/8", "8.8.8.8/24", "8.8.8.8/32", "8.8.8.8/31", "2001:4860::/32"]
)
def test_a_network_rule_of_an_account_is_of_public_addresses(group: Arm, value: str) -> None:
    rules = {"defaultAction": "Deny", "ipRules": [{"value": value, "action": "Allow"}]}
    assert group.refused("PUT", ACCOUNT, account(properties={"networkAcls": rules})) == (
        400,
        "InvalidValuesForRequestParameters",
        (
            "Values for request parameters are invalid: networkAcls.ipRule[*].value. For more information, see - "
            "https://aka.ms/storagenetworkruleset"
        ),
    )
    rules["ipRules"] = [{"value": "8.8.8.8"}, {"value": "8.8.4.0/30"}]
    group.put(ACCOUNT, account(properties={"networkAcls": rules}))


def test_an_accounts_immutability_is_turned_on_when_it_is_made_and_stays(group: Arm) -> None:
    group.put(ACCOUNT, immutable(state="Unlocked", immutabilityPeriodSinceCreationInDays=7))
    kept = group.put(ACCOUNT, account())["properties"]["immutableStorageWithVersioning"]
    assert kept == {
        "enabled": True,
        "immutabilityPolicy": {"state": "Unlocked", "immutabilityPeriodSinceCreationInDays": 7},
    }
    off = account(properties={"immutableStorageWithVersioning": {"enabled": False}})
    assert group.refused("PUT", ACCOUNT, off)[1] == "AccountPropertyCannotBeUpdated"
    second = ACCOUNT.replace("account1", "account2")
    group.put(second, account())
    assert group.refused("PUT", second, immutable()) == (
        400,
        "AccountPropertyCannotBeUpdated",
        (
            "The property 'immutableStorageWithVersioning.enabled' was specified in the input, but it cannot be "
            "updated as it is read-only."
        ),
    )


def test_an_accounts_policy_is_locked_later_and_then_only_lengthened(group: Arm) -> None:
    days = "immutabilityPeriodSinceCreationInDays"
    refused = "The value '{}' is not allowed for property {}: {}"
    assert group.refused("PUT", ACCOUNT, immutable(state="Locked", **{days: 7}))[1:] == (
        "InvalidRequestPropertyValue",
        refused.format("Locked", "state", "only a policy that is Unlocked can be locked."),
    )
    group.put(ACCOUNT, immutable(state="Unlocked", **{days: 7}))
    group.put(ACCOUNT, immutable(state="Unlocked", **{days: 5}))
    group.put(ACCOUNT, immutable(state="Locked", **{days: 7}))
    assert group.refused("PUT", ACCOUNT, immutable(state="Unlocked", **{days: 7}))[2] == refused.format(
        "Unlocked", "state", "the policy is locked."
    )
    assert group.refused("PUT", ACCOUNT, immutable(state="Locked", **{days: 6}))[2] == refused.format(
        6, days, "a locked policy can only be lengthened."
    )
    group.put(ACCOUNT, immutable(state="Locked", **{days: 8}))


def test_immutability_of_versions_does_not_go_with_a_hierarchical_namespace(group: Arm) -> None:
    both = account(properties={"isHnsEnabled": True, "immutableStorageWithVersioning": {"enabled": True}})
    assert group.refused("PUT", ACCOUNT, both) == (
        400,
        "InvalidRequestPropertyValue",
        "The value 'True' is not allowed for property enabled: the account has a hierarchical namespace.",
    )
    alone = {"immutabilityPolicy": {"state": "Unlocked", "immutabilityPeriodSinceCreationInDays": 7}}
    assert group.refused("PUT", ACCOUNT, account(properties={"immutableStorageWithVersioning": alone}))[
        2
    ] == (
        "The value 'Unlocked' is not allowed for property immutabilityPolicy: immutability isn't enabled on "
        "the account."
    )


def test_an_identity_of_its_own_goes_with_the_account(group: Arm) -> None:
    own = account(identity={"type": "SystemAssigned"})
    first = group.put(ACCOUNT, own)["identity"]["principalId"]
    assert group.put(ACCOUNT, own)["identity"]["principalId"] == first
    group.call("DELETE", ACCOUNT)
    group.clock.move(days=1)
    assert group.put(ACCOUNT, own)["identity"]["principalId"] != first


def test_two_accounts_have_two_identities(group: Arm) -> None:
    own = account(identity={"type": "SystemAssigned"})
    others = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/{LOCATION}2"
    principals = {group.put(id_, own)["identity"]["principalId"] for id_ in (ACCOUNT, others)}
    assert len(principals) == 2
