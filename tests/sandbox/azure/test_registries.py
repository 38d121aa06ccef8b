"""Container registries: what each SKU has, whose key they use, and where they are."""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, LOCATION, OTHER_SUBSCRIPTION, SUBSCRIPTION, VAULT, Arm, key, vault
from azure_networks import ENDPOINT, connect, connection, endpoint
from keyed import ENCRYPTION_USER, IDENTITY, KEY, USER, assign, identity, protected_key, usable_key

REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/Images"
NORTH = f"{REGISTRY}/replications/northeurope"
DATA = "https://vault1.vault.azure.net/keys/data"


def registry(sku: str = "Premium", **parts: Any) -> dict[str, Any]:
    return {"location": LOCATION, "sku": {"name": sku}, **parts}


def keyed(client: str, address: str = DATA) -> dict[str, Any]:
    """A registry with a customer's key, used by the identity `keeper`."""
    named = {"identity": client, "keyIdentifier": address}
    encryption = {"status": "enabled", "keyVaultProperties": named}
    return registry(identity=USER, properties={"encryption": encryption})


def test_a_registry_shows_what_azure_fills_in(group: Arm) -> None:
    made = group.put(REGISTRY, registry())
    assert made["sku"] == {"name": "Premium", "tier": "Premium"}
    properties = made["properties"]
    assert properties["loginServer"] == "images.azurecr.io"
    assert properties["creationDate"] == "2026-11-25T12:00:00.0000000Z"
    assert properties["dataEndpointHostNames"] == []
    assert properties["encryption"] == {"status": "disabled"}
    assert properties["networkRuleSet"] == {"defaultAction": "Allow", "ipRules": []}
    assert properties["policies"]["retentionPolicy"] == {
        "days": 7,
        "lastUpdatedTime": "2026-11-25T12:00:00.0000000Z",
        "status": "disabled",
    }
    assert "repositories" not in made
    assert group.put(REGISTRY, made) == made, "an answer can be sent back"
    assert "networkRuleSet" not in group.put(f"{REGISTRY}2", registry("Basic"))["properties"]


def test_a_registrys_data_has_a_host_in_each_region(group: Arm) -> None:
    both = registry(properties={"dataEndpointEnabled": True})
    group.put(REGISTRY, both)
    group.put(NORTH, {"location": "northeurope"})
    assert group.get(REGISTRY)["properties"]["dataEndpointHostNames"] == [
        "images.northeurope.data.azurecr.io",
        "images.westeurope.data.azurecr.io",
    ]


@pytest.mark.parametrize("name", ["imgs", "my-images", "a" * 51])
def test_a_registrys_name_has_letters_and_digits(group: Arm, name: str) -> None:
    path = REGISTRY.replace("Images", name)
    assert group.refused("PUT", path, registry()) == (
        400,
        "InvalidResourceName",
        f"The registry name '{name}' is invalid: it has 5 to 50 letters and digits.",
    )
    ask = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ContainerRegistry/checkNameAvailability"
    assert group.call("POST", ask, {"name": name})[1]["reason"] == "Invalid"


def test_a_registrys_name_is_one_of_all_of_azure_until_it_is_deleted(group: Arm) -> None:
    group.put(REGISTRY, registry())
    elsewhere = REGISTRY.replace(SUBSCRIPTION, OTHER_SUBSCRIPTION).replace("Images", "images")
    group.put(elsewhere.partition("/providers")[0], {"location": LOCATION})
    assert group.refused("PUT", elsewhere, registry()) == (
        409,
        "AlreadyInUse",
        "The registry DNS name images.azurecr.io is already in use.",
    )
    ask = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ContainerRegistry/checkNameAvailability"
    assert group.call("POST", ask, {"name": "IMAGES"})[1] == {
        "nameAvailable": False,
        "reason": "AlreadyExists",
        "message": "The registry IMAGES is already in use.",
    }
    group.call("DELETE", REGISTRY)
    assert group.call("POST", ask, {"name": "IMAGES"})[1] == {"nameAvailable": True}
    group.put(elsewhere, registry())


@pytest.mark.parametrize(
    "properties",
    [
        {"networkRuleSet": {"defaultAction": "Deny"}},
        {"dataEndpointEnabled": True},
        {"zoneRedundancy": "Enabled"},
        {"encryption": {"status": "enabled"}},
        {"policies": {"quarantinePolicy": {"status": "enabled"}}},
        {"policies": {"retentionPolicy": {"status": "enabled", "days": 30}}},
        {"policies": {"trustPolicy": {"status": "enabled", "type": "Notary"}}},
        {"policies": {"exportPolicy": {"status": "disabled"}}},
    ],
)
def test_what_only_premium_registries_have_is_refused_to_others(
    group: Arm, properties: dict[str, Any]
) -> None:
    assert group.refused("PUT", REGISTRY, registry("Standard", properties=properties)) == (
        400,
        "SkuNotSupported",
        "The SKU Standard is not supported.",
    )


def test_a_registry_that_is_not_premium_is_open(group: Arm) -> None:
    closed = {"publicNetworkAccess": "Disabled"}
    assert group.refused("PUT", REGISTRY, registry("Basic", properties=closed)) == (
        400,
        "DisablingPublicNetworkAccessNotSupported",
        (
            "Disabling public network access is not supported for the SKU Basic. For more information, please "
            "visit https://aka.ms/acr/private-link."
        ),
    )


def test_anonymous_pulls_need_the_standard_sku(group: Arm) -> None:
    anonymous = {"anonymousPullEnabled": True}
    assert group.refused("PUT", REGISTRY, registry("Basic", properties=anonymous))[1] == "SkuNotSupported"
    group.put(REGISTRY, registry("Standard", properties=anonymous))


def test_a_registry_uses_the_customers_key_by_an_identity(group: Arm) -> None:
    address = usable_key(group)
    client = group.get(IDENTITY)["properties"]["clientId"]
    made = group.put(REGISTRY, keyed(client))
    assert made["properties"]["encryption"] == {
        "status": "enabled",
        "keyVaultProperties": {
            "identity": client,
            "keyIdentifier": DATA,
            "keyRotationEnabled": True,
            "lastKeyRotationTimestamp": "2026-11-25T12:00:00.0000000Z",
            "versionedKeyIdentifier": address,
        },
    }
    pinned = group.put(REGISTRY, keyed(client, address))["properties"]["encryption"]["keyVaultProperties"]
    assert pinned["keyRotationEnabled"] is False
    kept = group.put(REGISTRY, registry(identity=USER))["properties"]["encryption"]
    assert kept["status"] == "enabled", "a change that says nothing of it keeps it"


def test_a_key_that_the_identity_may_not_use_is_refused(group: Arm) -> None:
    client = identity(group)["properties"]["clientId"]
    protected_key(group)
    denied = (
        403,
        "KeyVaultAccessDenied",
        (
            f"Failed to access KeyId '{DATA}'. Verify that identity '{client}' has 'Get, Wrap Key, Unwrap Key' "
            f"permission on key '{DATA}'. For more information on bring your own key, please visit "
            "'https://aka.ms/acr/cmk'."
        ),
    )
    assert group.refused("PUT", REGISTRY, keyed(client)) == denied
    assign(group, KEY, ENCRYPTION_USER, group.get(IDENTITY)["properties"]["principalId"])
    none = DATA.replace("/data", "/none")
    assert group.refused("PUT", REGISTRY, keyed(client, none))[2] == denied[2].replace(DATA, none)
    group.put(REGISTRY, keyed(client))


def test_the_key_the_identity_and_the_vault_must_fit(group: Arm) -> None:
    client = identity(group)["properties"]["clientId"]
    group.put(VAULT, vault())
    group.put(KEY, key())
    said = "The encryption is not valid: "
    assert group.refused("PUT", REGISTRY, keyed(client)) == (
        400,
        "InvalidEncryption",
        f"{said}the key vault 'vault1' must have purge protection.",
    )
    assert group.refused("PUT", REGISTRY, keyed("nobody"))[2] == (
        f"{said}the identity 'nobody' is not the client id of one of the registry's identities."
    )
    bare = registry(properties={"encryption": {"status": "enabled"}})
    assert group.refused("PUT", REGISTRY, bare)[2] == (
        f"{said}the customer's key needs identity, a client id, and keyIdentifier."
    )
    off = keyed(client)
    off["properties"]["encryption"]["status"] = "disabled"
    assert group.refused("PUT", REGISTRY, off)[2] == (
        f"{said}a key is named while the encryption's status is disabled."
    )


def test_the_encryption_and_the_zones_are_settled_when_a_registry_is_made(group: Arm) -> None:
    usable_key(group)
    client = group.get(IDENTITY)["properties"]["clientId"]
    group.put(REGISTRY, registry())
    said = "The property '{}' can only be set when the registry is created."
    assert group.refused("PUT", REGISTRY, keyed(client)) == (
        400,
        "PropertyCannotBeUpdated",
        said.format("encryption.status"),
    )
    zones = registry(properties={"zoneRedundancy": "Enabled"})
    assert group.refused("PUT", REGISTRY, zones)[2] == said.format("zoneRedundancy")


@pytest.mark.parametrize("value", ["10.0.0.0/8", "fd00::/64", "nowhere", "8.8.8.8/24"])
def test_a_network_rule_is_of_a_public_address(group: Arm, value: str) -> None:
    rules = {"defaultAction": "Deny", "ipRules": [{"value": value}]}
    assert group.refused("PUT", REGISTRY, registry(properties={"networkRuleSet": rules})) == (
        400,
        "InvalidNetworkRule",
        f"The value '{value}' is not allowed for property value: it must be a public IPv4 address or range.",
    )


def test_exports_are_turned_off_only_in_a_closed_registry(group: Arm) -> None:
    off = {"policies": {"exportPolicy": {"status": "disabled"}}}
    assert group.refused("PUT", REGISTRY, registry(properties=off)) == (
        400,
        "ExportPolicyNotSupported",
        "The export policy can be disabled only while public network access is disabled.",
    )
    group.put(REGISTRY, registry(properties={**off, "publicNetworkAccess": "Disabled"}))


def test_soft_deletion_goes_with_neither_retention_nor_replications(group: Arm) -> None:
    soft = {"softDeletePolicy": {"status": "enabled", "retentionDays": 7}}
    both = {"policies": {**soft, "retentionPolicy": {"status": "enabled", "days": 7}}}
    refused = (
        400,
        "SoftDeletePolicyNotSupported",
        (
            "The soft delete policy can't be enabled together with the retention policy, nor on a registry with "
            "replications."
        ),
    )
    assert group.refused("PUT", REGISTRY, registry(properties=both)) == refused
    group.put(REGISTRY, registry(properties={"policies": soft}))
    assert group.refused("PUT", NORTH, {"location": "northeurope"}) == (
        409,
        "SoftDeletePolicyNotSupported",
        "A registry can't have replications while its soft delete policy is enabled.",
    )
    group.put(REGISTRY, registry())
    group.put(NORTH, {"location": "northeurope"})
    assert group.refused("PUT", REGISTRY, registry(properties={"policies": soft})) == refused


def test_days_of_retention_have_bounds(group: Arm) -> None:
    long = {"policies": {"retentionPolicy": {"status": "enabled", "days": 366}}}
    status, code, said = group.refused("PUT", REGISTRY, registry(properties=long))
    assert (status, code) == (400, "InvalidRequestContent")
    assert "The value '366' is not allowed for property 'days'." in said


def test_a_replication_is_made_shown_and_deleted(group: Arm) -> None:
    group.put(REGISTRY, registry())
    made = group.put(NORTH, {"location": "North Europe", "tags": {"owner": "me"}})
    assert made["location"] == "northeurope"
    assert made["properties"] == {
        "provisioningState": "Succeeded",
        "regionEndpointEnabled": True,
        "status": {"displayStatus": "Ready", "timestamp": "2026-11-25T12:00:00.0000000Z"},
        "zoneRedundancy": "Disabled",
    }
    assert group.put(NORTH, made) == made, "an answer can be sent back"
    zones = {"location": "northeurope", "properties": {"zoneRedundancy": "Enabled"}}
    assert group.refused("PUT", NORTH, zones)[2] == (
        "The property 'zoneRedundancy' can only be set when the replication is created."
    )
    assert group.call("DELETE", NORTH) == (200, None)


@pytest.mark.parametrize("location", [LOCATION, "northeurope"])
def test_a_registry_is_in_a_region_once(group: Arm, location: str) -> None:
    group.put(REGISTRY, registry())
    group.put(NORTH, {"location": "northeurope"})
    assert group.refused("PUT", f"{REGISTRY}/replications/second", {"location": location}) == (
        409,
        "ReplicationLocationConflict",
        f"The registry Images is in '{location}' already.",
    )


def test_only_a_premium_registry_is_replicated_and_stays_premium_then(group: Arm) -> None:
    group.put(REGISTRY, registry("Standard"))
    refused = (409, "SkuNotSupported", "The SKU Standard is not supported.")
    assert group.refused("PUT", NORTH, {"location": "northeurope"}) == refused
    group.put(REGISTRY, registry())
    group.put(NORTH, {"location": "northeurope"})
    assert group.refused("PUT", REGISTRY, registry("Standard")) == (
        409,
        "SkuNotSupported",
        "The SKU Standard is not supported while the registry has replications or private endpoints.",
    )
    group.call("DELETE", NORTH)
    group.put(REGISTRY, registry("Standard"))


def test_a_registry_with_a_private_endpoint_stays_premium(group: Arm) -> None:
    connect(group)
    group.put(REGISTRY, registry())
    group.put(ENDPOINT, endpoint(connection(REGISTRY, "registry")))
    assert len(group.get(REGISTRY)["properties"]["privateEndpointConnections"]) == 1
    assert group.refused("PUT", REGISTRY, registry("Basic")) == (
        409,
        "SkuNotSupported",
        "The SKU Basic is not supported while the registry has replications or private endpoints.",
    )


def test_a_replications_name_is_as_a_registrys(group: Arm) -> None:
    group.put(REGISTRY, registry())
    assert group.refused("PUT", f"{REGISTRY}/replications/north-europe", {"location": "northeurope"})[2] == (
        "The replication name 'north-europe' is invalid: it has 5 to 50 letters and digits."
    )
