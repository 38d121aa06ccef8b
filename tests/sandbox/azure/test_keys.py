"""The keys of a vault: made once by the resource manager, deleted by the vault itself.

Written from Azure's documentation (2026-11): the REST reference of Keys, 2024-11-01, and of a vault's keys,
7.4; "Key types, algorithms, and operations"; "Configure cryptographic key auto-rotation in Azure Key Vault".
"""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, LOCATION, TENANT, VAULT, Arm, Maker, key, vault

from modelyard_sandbox.azure.client import AzureCloud, AzureError, type_of
from modelyard_sandbox.azure.registry import handler_of
from modelyard_sandbox.errors import ImpossibleError

KEY = f"{VAULT}/keys/data"
HOST = "vault1.vault.azure.net"
URI = f"https://{HOST}/keys/data"
CREATED = 1_795_608_000
"""The clock of these tests, in seconds since 1970."""
SKU = {"family": "A", "name": "premium"}
INPUTS: dict[str, Any] = {
    "resourceGroupName": "rg",
    "vaultName": "vault1",
    "keyName": "data",
    "properties": {"kty": "RSA", "keyOps": ["wrapKey", "unwrapKey"]},
    "tags": {"owner": "me"},
}
HANDLER = handler_of("azure-native:keyvault:Key")


@pytest.fixture
def vaulted(group: Arm) -> Arm:
    """A resource manager with a premium vault."""
    group.put(VAULT, vault(sku=SKU))
    return group


def of_vault(arm: Arm, method: str, path: str, host: str = HOST) -> tuple[int, Any]:
    """What a vault itself answers."""
    return arm.call(method, path, query={"api-version": "7.4"}, headers={"Host": host})


def rotating(kind: str, expiry: str | None = None, **trigger: str) -> dict[str, Any]:
    """A key with a policy of one action."""
    attributes = {"attributes": {"expiryTime": expiry}} if expiry else {}
    action = {"action": {"type": kind}, "trigger": trigger}
    return key(rotationPolicy={**attributes, "lifetimeActions": [action]})


def test_a_key_shows_what_azure_fills_in(vaulted: Arm) -> None:
    status, made = vaulted.call("PUT", KEY, {**key(), "tags": {"owner": "me"}})
    assert status == 200
    version = made["properties"].pop("keyUriWithVersion").removeprefix(f"{URI}/")
    assert len(version) == 32
    assert int(version, 16)
    assert made == {
        "id": KEY,
        "name": "data",
        "type": "Microsoft.KeyVault/vaults/keys",
        "location": LOCATION,
        "tags": {"owner": "me"},
        "properties": {
            "kty": "RSA",
            "keySize": 2048,
            "keyOps": ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"],
            "attributes": {
                "enabled": True,
                "created": CREATED,
                "updated": CREATED,
                "recoveryLevel": "Recoverable+Purgeable",
            },
            "keyUri": URI,
        },
    }


@pytest.mark.parametrize(
    ("asked", "filled"),
    [
        (key("ec"), {"kty": "EC", "curveName": "P-256", "keyOps": ["sign", "verify"]}),
        (key("EC-HSM", curveName="P-521"), {"kty": "EC-HSM", "curveName": "P-521"}),
        (key("RSA-HSM", keyOps=["import"]), {"keySize": 4096, "keyOps": ["import"]}),
        (key(keySize=3072, keyOps=["wrapkey"]), {"keySize": 3072, "keyOps": ["wrapKey"]}),
        (
            key(attributes={"enabled": False, "nbf": 1, "exp": 2}),
            {
                "attributes": {
                    "enabled": False,
                    "nbf": 1,
                    "exp": 2,
                    "created": CREATED,
                    "updated": CREATED,
                    "recoveryLevel": "Recoverable+Purgeable",
                }
            },
        ),
        (
            rotating("Rotate", "P2Y", timeAfterCreate="P18M"),
            {
                "rotationPolicy": {
                    "attributes": {"expiryTime": "P2Y", "created": CREATED, "updated": CREATED},
                    "lifetimeActions": [
                        {"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": "P18M"}}
                    ],
                }
            },
        ),
    ],
)
def test_a_key_is_of_the_kind_that_is_asked_for(
    vaulted: Arm, asked: dict[str, Any], filled: dict[str, Any]
) -> None:
    properties = vaulted.put(KEY, asked)["properties"]
    assert {name: properties[name] for name in filled} == filled


@pytest.mark.parametrize(
    "policy",
    [
        rotating("rotate", timeAfterCreate="P7D"),
        rotating("rotate", "P28D", timeBeforeExpiry="P3W"),
        rotating("notify", "P28D", timeBeforeExpiry="P1D"),
        key(rotationPolicy={"attributes": {"expiryTime": "P1Y"}, "lifetimeActions": []}),
    ],
)
def test_a_rotation_policy_of_each_form_is_taken(vaulted: Arm, policy: dict[str, Any]) -> None:
    vaulted.put(KEY, policy)


def test_a_protected_vaults_keys_can_not_be_purged_and_say_so(group: Arm) -> None:
    group.put(VAULT, vault(enablePurgeProtection=True))
    assert group.put(KEY, key())["properties"]["attributes"]["recoveryLevel"] == "Recoverable"
    assert of_vault(group, "DELETE", "/keys/data")[0] == 200
    status, document = of_vault(group, "DELETE", "/deletedkeys/data")
    assert status == 403
    assert document["error"]["code"] == "Forbidden"
    assert document["error"]["message"].startswith(
        'Operation "purge" is not allowed because purge protection is enabled for this vault.'
    )


def test_keys_and_their_versions_are_listed(vaulted: Arm) -> None:
    made = vaulted.put(KEY, key())
    vaulted.put(f"{VAULT}/keys/logs", key())
    vaulted.put(VAULT.replace("vault1", "vault2"), vault())
    vaulted.put(f"{VAULT.replace('vault1', 'vault2')}/keys/theirs", key())
    assert vaulted.listed(f"{VAULT}/keys") == ["data", "logs"]
    brief = vaulted.get(f"{VAULT}/keys")["value"][0]["properties"]
    assert brief.keys() == {"attributes", "keyUri"}
    version = made["properties"]["keyUriWithVersion"].rpartition("/")[2]
    assert vaulted.listed(f"{KEY}/versions") == [version]
    assert vaulted.get(f"{KEY}/versions/{version}") == {
        "id": f"{KEY}/versions/{version}",
        "name": version,
        "type": "Microsoft.KeyVault/vaults/keys/versions",
        "location": LOCATION,
        "properties": made["properties"],
    }
    assert vaulted.refused("GET", f"{KEY}/versions/{'0' * 32}") == (
        404,
        "KeyNotFound",
        f"A key with (name/id) data/{'0' * 32} was not found.",
    )
    missing = f"{VAULT}/keys/none"
    for path in (missing, f"{missing}/versions", f"{missing}/versions/1"):
        assert vaulted.refused("GET", path) == (
            404,
            "ResourceNotFound",
            "The Resource 'Microsoft.KeyVault/vaults/keys/vault1/none' under resource group 'rg' was not found.",
        )
    assert vaulted.refused("GET", f"{VAULT.replace('vault1', 'vault3')}/keys")[1] == "ParentResourceNotFound"


def test_a_key_that_stands_is_answered_as_it_is(vaulted: Arm) -> None:
    asked = {**key(keySize=3072, attributes={"exp": 9}), "tags": {"owner": "me"}}
    made = vaulted.put(KEY, asked)
    vaulted.clock.move(days=1)
    assert vaulted.put(KEY, asked) == vaulted.put(KEY, key()) == vaulted.get(KEY) == made


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (key("RSA-HSM"), "properties.kty"),
        (key(keySize=4096), "properties.keySize"),
        (key(attributes={"exp": 10}), "properties.attributes.exp"),
        (key(keyOps=["sign"]), "properties.keyOps"),
        (rotating("rotate", timeAfterCreate="P7D"), "properties.rotationPolicy"),
        ({**key(), "tags": {"owner": "you"}}, "tags.owner"),
    ],
)
def test_no_change_to_a_key_is_taken(vaulted: Arm, change: dict[str, Any], difference: str) -> None:
    made = vaulted.put(KEY, {**key(attributes={"exp": 9}), "tags": {"owner": "me"}})
    assert vaulted.refused("PUT", KEY, change) == (
        400,
        "KeyCreationParametersDidNotMatchExistingKey",
        (
            "[KeyCreationParametersDidNotMatchExistingKey (BadRequest)] The key 'data' already exists, but the "
            "specified key creation parameters did not match that of the existing key (The existing key has "
            f"another {difference}.). This API can only be used for creating the first version of a new key (no "
            "subsequent versions can be created, and existing keys cannot be updated)."
        ),
    )
    assert vaulted.get(KEY) == made


def test_the_resource_manager_deletes_no_key(vaulted: Arm) -> None:
    vaulted.put(KEY, key())
    for name in ("data", "none"):
        assert vaulted.refused("DELETE", f"{VAULT}/keys/{name}") == (
            400,
            "DisallowedResourceOperation",
            "The operation 'delete' on resource type 'vaults/keys' is disallowed.",
        )
    assert vaulted.refused("PATCH", KEY, {"tags": {}})[:2] == (405, "HttpMethodNotAllowed")
    assert vaulted.get(KEY)["name"] == "data"


POLICY = "properties.rotationPolicy"
ACTION = f"{POLICY}.lifetimeActions"
REFUSALS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no type": ({"properties": {}}, "properties.kty", "Required property 'kty' not found in JSON."),
    "no properties": ({}, "properties", "Required property 'properties' not found in JSON."),
    "a symmetric key": (key("oct"), "properties.kty", "The value 'oct' is not allowed for property 'kty'."),
    "a short key": (
        key(keySize=1024),
        "properties.keySize",
        "Property keySize has invalid value: '1024' is none of 2048, 3072, 4096.",
    ),
    "a curve that no key has": (
        key("EC", curveName="P-224"),
        "properties.curveName",
        "The value 'P-224' is not allowed for property 'curveName'.",
    ),
    "an operation that no key has": (
        key(keyOps=["derive"]),
        "properties.keyOps[0]",
        "The value 'derive' is not allowed for property 'keyOps[0]'.",
    ),
    "a curve that encrypts": (
        key("EC", keyOps=["sign", "wrapKey"]),
        "properties.keyOps",
        "Property keyOps has invalid value: a key of type 'EC' has sign and verify only.",
    ),
    "an import beside others": (
        key("RSA-HSM", keyOps=["import", "sign"]),
        "properties.keyOps",
        "Property keyOps has invalid value: import is for keys of type 'RSA-HSM', and stands alone.",
    ),
    "an import in software": (
        key(keyOps=["import"]),
        "properties.keyOps",
        "Property keyOps has invalid value: import is for keys of type 'RSA-HSM', and stands alone.",
    ),
    "an expiry before the beginning": (
        key(attributes={"nbf": 2, "exp": 2}),
        "properties.attributes",
        "Property attributes has invalid value: exp must be later than nbf.",
    ),
    "a time in words": (
        key(attributes={"exp": "tomorrow"}),
        "properties.attributes.exp",
        "Error converting value 'tomorrow' to the type of 'exp'.",
    ),
    "a key that may leave": (
        key(attributes={"exportable": True}),
        "properties.attributes.exportable",
        "Could not find member 'exportable' on object of type 'KeyAttributes'.",
    ),
    "a rotation every day": (
        rotating("rotate", timeAfterCreate="P1D"),
        f"{ACTION}[0].trigger.timeAfterCreate",
        "Property rotationPolicy has invalid value: The time 'P1D' is less than 7 days.",
    ),
    "a duration in days alone": (
        rotating("rotate", timeAfterCreate="90"),
        f"{ACTION}[0].trigger.timeAfterCreate",
        "Property rotationPolicy has invalid value: The value '90' is no duration in ISO 8601, as P90D.",
    ),
    "an expiry within a week": (
        rotating("rotate", "P7D", timeAfterCreate="P7D"),
        f"{POLICY}.attributes.expiryTime",
        "Property rotationPolicy has invalid value: The expiry time 'P7D' is less than 28 days.",
    ),
    "a rotation after the expiry": (
        rotating("rotate", "P30D", timeAfterCreate="P24D"),
        f"{ACTION}[0].trigger.timeAfterCreate",
        "Property rotationPolicy has invalid value: The time 'P24D' leaves less than 7 days of the expiry time.",
    ),
    "a notice before the creation": (
        rotating("notify", "P30D", timeBeforeExpiry="P31D"),
        f"{ACTION}[0].trigger.timeBeforeExpiry",
        "Property rotationPolicy has invalid value: The time 'P31D' leaves less than 0 days of the expiry time.",
    ),
    "a time before no expiry": (
        rotating("rotate", timeBeforeExpiry="P30D"),
        f"{ACTION}[0].trigger.timeBeforeExpiry",
        (
            "Property rotationPolicy has invalid value: The trigger timeBeforeExpiry needs "
            "attributes.expiryTime."
        ),
    ),
    "a notice after creation": (
        rotating("notify", "P1Y", timeAfterCreate="P30D"),
        f"{ACTION}[0].trigger.timeAfterCreate",
        "Property rotationPolicy has invalid value: The trigger timeAfterCreate is for 'rotate' only.",
    ),
    "two times in one trigger": (
        rotating("rotate", "P1Y", timeAfterCreate="P30D", timeBeforeExpiry="P30D"),
        f"{ACTION}[0].trigger",
        (
            "Property rotationPolicy has invalid value: A trigger has either timeAfterCreate or "
            "timeBeforeExpiry."
        ),
    ),
    "an action that there isn't": (
        rotating("revoke", timeAfterCreate="P30D"),
        f"{ACTION}[0].action.type",
        "The value 'revoke' is not allowed for property 'type'.",
    ),
    "two rotations": (
        key(rotationPolicy={"lifetimeActions": [{"action": {"type": "rotate"}, "trigger": {}}] * 2}),
        ACTION,
        "Property rotationPolicy has invalid value: There is more than one 'rotate' action.",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_no_key_can_be_is_refused(vaulted: Arm, case: str) -> None:
    body, target, said = REFUSALS[case]
    status, document = vaulted.call("PUT", KEY, body)
    error = document["error"]
    read_by_the_manager = case in ("no properties", "a key that may leave")
    code = "InvalidRequestContent" if read_by_the_manager else "BadParameter"
    assert (status, error["code"], error["target"]) == (400, code, target)
    assert said in error["message"]
    assert vaulted.refused("GET", KEY)[1] == "ResourceNotFound"


@pytest.mark.parametrize("name", ["a_b", "a.b", "k" * 128])
def test_a_name_that_no_key_has_is_refused(vaulted: Arm, name: str) -> None:
    assert vaulted.refused("PUT", f"{VAULT}/keys/{name}", key()) == (
        400,
        "BadParameter",
        f"The key name '{name}' is invalid: it has 1 to 127 letters, digits and hyphens.",
    )


@pytest.mark.parametrize("kty", ["RSA-HSM", "EC-HSM"])
def test_a_standard_vault_has_no_keys_in_hardware(group: Arm, kty: str) -> None:
    group.put(VAULT, vault())
    assert group.refused("PUT", KEY, key(kty)) == (
        400,
        "BadParameter",
        "Hardware key operation not allowed on standard vault",
    )
    group.put(KEY, key(kty.removesuffix("-HSM")))


def test_a_key_needs_its_vault(group: Arm) -> None:
    assert group.refused("PUT", KEY, key()) == (
        404,
        "ParentResourceNotFound",
        (
            "Failed to perform 'write' on resource(s) of type 'vaults/keys', because the parent resource "
            f"'{VAULT}' could not be found."
        ),
    )


def test_a_deleted_key_can_be_recovered_and_its_name_stays_taken(vaulted: Arm) -> None:
    made = vaulted.put(KEY, {**key("EC"), "tags": {"owner": "me"}})
    status, deleted = of_vault(vaulted, "DELETE", "/keys/data")
    times = {
        "recoveryId": f"https://{HOST}/deletedkeys/data",
        "deletedDate": CREATED,
        "scheduledPurgeDate": CREATED + 90 * 86_400,
    }
    attributes = made["properties"]["attributes"]
    bundle = {
        "key": {
            "kid": made["properties"]["keyUriWithVersion"],
            "kty": "EC",
            "crv": "P-256",
            "key_ops": ["sign", "verify"],
        },
        "attributes": attributes,
        "tags": {"owner": "me"},
    }
    assert (status, deleted) == (200, {**bundle, **times})
    assert of_vault(vaulted, "GET", "/deletedkeys/data") == (200, deleted)
    item = {"kid": URI, "attributes": attributes, **times}
    assert of_vault(vaulted, "GET", "/deletedkeys") == (200, {"value": [item], "nextLink": None})
    assert vaulted.refused("GET", KEY)[1] == "ResourceNotFound"
    assert vaulted.refused("PUT", KEY, key()) == (
        409,
        "ObjectIsDeletedButRecoverable",
        (
            "[ObjectIsDeletedButRecoverable (Conflict)] Key data is currently in a deleted but recoverable "
            "state, and its name cannot be reused; in this state, the key can only be recovered or purged."
        ),
    )
    assert of_vault(vaulted, "POST", "/deletedkeys/data/recover") == (200, bundle)
    assert vaulted.get(KEY) == made
    status, document = of_vault(vaulted, "POST", "/deletedkeys/data/recover")
    assert (status, document["error"]["message"]) == (404, "Deleted Key not found: data")


def test_a_purged_key_is_gone_and_so_is_one_whose_time_is_over(group: Arm) -> None:
    group.put(VAULT, vault(softDeleteRetentionInDays=7))
    group.put(KEY, key())
    of_vault(group, "DELETE", "/keys/data")
    assert of_vault(group, "DELETE", "/deletedkeys/data") == (204, None)
    group.put(KEY, key("EC"))
    of_vault(group, "DELETE", "/keys/data", HOST.upper())
    group.clock.move(days=6)
    assert group.refused("PUT", KEY, key())[0] == 409
    group.clock.move(days=1)
    group.put(KEY, key())


def test_a_vault_comes_back_with_its_keys_and_loses_them_when_it_is_purged(vaulted: Arm) -> None:
    made = vaulted.put(KEY, key())
    vaulted.put(f"{VAULT}/keys/old", key())
    of_vault(vaulted, "DELETE", "/keys/old")
    vaulted.call("DELETE", VAULT)
    status, document = of_vault(vaulted, "GET", "/deletedkeys")
    assert (status, document["error"]["message"]) == (404, f"There is no vault at {HOST}.")
    vaulted.put(VAULT, vault(createMode="recover"))
    assert vaulted.get(KEY) == made
    assert of_vault(vaulted, "GET", "/deletedkeys/old")[0] == 200
    vaulted.call("DELETE", GROUP)
    gone = f"{GROUP.partition('/resourceGroups')[0]}/providers/Microsoft.KeyVault/locations/{LOCATION}"
    assert vaulted.call("POST", f"{gone}/deletedVaults/vault1/purge", {})[0] == 200
    vaulted.put(GROUP, {"location": LOCATION})
    vaulted.put(VAULT, vault())
    assert vaulted.listed(f"{VAULT}/keys") == []
    vaulted.put(f"{VAULT}/keys/old", key())


@pytest.mark.parametrize(
    ("closed", "inner", "said"),
    [
        (
            {"publicNetworkAccess": "Disabled"},
            "ForbiddenByConnection",
            (
                "Public network access is disabled and request is not from a trusted service nor via an approved "
                "private link."
            ),
        ),
        (
            {"networkAcls": {"defaultAction": "Deny"}},
            "ForbiddenByFirewall",
            "Client address is not authorized and caller is not a trusted service.",
        ),
    ],
)
def test_a_vault_that_is_closed_to_the_internet_deletes_no_key(
    group: Arm, closed: dict[str, Any], inner: str, said: str
) -> None:
    group.put(VAULT, vault(**closed))
    group.put(KEY, key())
    status, document = of_vault(group, "DELETE", "/keys/data")
    error = document["error"]
    assert (status, error["code"], error["innererror"]) == (403, "Forbidden", {"code": inner})
    assert error["message"].startswith(said)
    assert error["message"].endswith("Vault: vault1;location=westeurope")
    assert group.get(KEY)["name"] == "data"


def test_a_vault_says_what_it_does_not_answer(vaulted: Arm) -> None:
    status, document = of_vault(vaulted, "GET", "/secrets")
    assert (status, document["error"]["code"]) == (404, "NotFound")
    assert document["error"]["message"] == "The sandbox's vaults do not answer GET /secrets."
    status, document = of_vault(vaulted, "DELETE", "/keys/none")
    assert (status, document["error"]["code"]) == (404, "KeyNotFound")
    assert "A key with (name/id) none was not found in this key vault." in document["error"]["message"]


@pytest.fixture
def held(make: Maker) -> AzureCloud:
    """A subscription with a vault."""
    make.group()
    properties = {"sku": SKU, "tenantId": TENANT, "enableRbacAuthorization": True}
    make(
        "keyvault:Vault", resourceGroupName="rg", vaultName="vault1", location=LOCATION, properties=properties
    )
    return make.cloud


def test_a_keys_outputs_lie_side_by_side_as_azure_native_has_them(held: AzureCloud) -> None:
    id_, outputs = HANDLER.create(held, INPUTS)
    assert id_ == KEY
    assert outputs["keyUri"] == URI
    assert outputs["keyUriWithVersion"].startswith(f"{URI}/")
    assert (outputs["kty"], outputs["keySize"], outputs["location"]) == ("RSA", 2048, LOCATION)
    assert outputs["attributes"]["enabled"] is True
    assert "properties" not in outputs
    assert HANDLER.observe(held, id_, INPUTS, outputs) == INPUTS
    with pytest.raises(ImpossibleError, match=f"cannot create already existing resource '{KEY}'"):
        HANDLER.create(held, INPUTS)


@pytest.mark.parametrize(
    ("change", "replaced"),
    [
        ({"keyName": "logs"}, {"keyName"}),
        ({"vaultName": "vault2"}, {"vaultName"}),
        ({"resourceGroupName": "other"}, {"resourceGroupName"}),
        ({"properties": {"kty": "EC"}}, set[str]()),
        ({"tags": {}}, set[str]()),
    ],
)
def test_only_another_name_or_place_replaces_a_key(change: dict[str, Any], replaced: set[str]) -> None:
    assert HANDLER.replaces(INPUTS, {**INPUTS, **change}) == replaced


def test_a_change_of_a_key_is_refused_by_azure(held: AzureCloud) -> None:
    id_, _ = HANDLER.create(held, INPUTS)
    changed = {**INPUTS, "properties": {**INPUTS["properties"], "keySize": 4096}}
    with pytest.raises(AzureError) as caught:
        HANDLER.update(held, id_, INPUTS, changed)
    assert caught.value.code == "KeyCreationParametersDidNotMatchExistingKey"
    assert str(caught.value).startswith(
        "Microsoft.KeyVault/vaults/keys:PUT answered KeyCreationParametersDidNotMatchExistingKey: "
    )
    assert HANDLER.at_fault(changed, caught.value) == "properties.keySize"


def test_a_key_is_deleted_at_its_vault_unless_that_is_closed(held: AzureCloud) -> None:
    id_, _ = HANDLER.create(held, INPUTS)
    document = held.get(VAULT, "2024-11-01")
    closed = {**document, "properties": {**document["properties"], "publicNetworkAccess": "Disabled"}}
    held.put(VAULT, "2024-11-01", closed)
    with pytest.raises(AzureError) as caught:
        HANDLER.delete(held, id_, INPUTS)
    assert str(caught.value).startswith(
        "Microsoft.KeyVault/vaults/keys:DELETE answered Forbidden: Public network access is disabled"
    )
    assert HANDLER.read(held, id_, INPUTS) is not None
    held.put(VAULT, "2024-11-01", document)
    HANDLER.delete(held, id_, INPUTS)
    assert HANDLER.read(held, id_, INPUTS) is None
    with pytest.raises(AzureError, match="ObjectIsDeletedButRecoverable"):
        HANDLER.create(held, INPUTS)


def test_what_azure_would_refuse_is_told_beforehand() -> None:
    bad = {**INPUTS, "properties": rotating("rotate", timeAfterCreate="P1D")["properties"]}
    assert HANDLER.problems(bad) == [
        (
            "properties.rotationPolicy.lifetimeActions[0].trigger.timeAfterCreate",
            ("BadParameter: Property rotationPolicy has invalid value: The time 'P1D' is less than 7 days."),
        )
    ]
    (problem,) = HANDLER.problems({**INPUTS, "keyName": "a_b"})
    assert problem[0] == "keyName"


def test_errors_of_a_vault_are_of_its_keys() -> None:
    assert type_of("/keys/data") == "Microsoft.KeyVault/vaults/keys"
