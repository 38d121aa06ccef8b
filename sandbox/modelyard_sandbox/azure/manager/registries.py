"""Container registries (REST reference of the container registry resource provider, 2023-01-01-preview;
"Azure Container Registry service tiers"; "Encrypt a registry with a customer-managed key"; errors as in
MicrosoftDocs/azure-docs#61015 and Azure-Samples/dotNET-Frontend-AB-Testing-on-Azure-Container-Apps#5; as of
2026-11).

Azure's pages show no words for a change of the encryption or the zones, nor for policies that don't go
together: those here are the sandbox's. Names are one namespace for all subscriptions of the sandbox.
"""

from __future__ import annotations

import re

from typing_extensions import override

from modelyard_sandbox.azure.manager.customer_keys import key_at
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict
from modelyard_sandbox.azure.manager.identities import check_identity, shown_identity
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.keys import shown
from modelyard_sandbox.azure.manager.kinds import Kind, Write, envelope, filled
from modelyard_sandbox.azure.manager.network_rules import is_public_range
from modelyard_sandbox.azure.manager.private_connections import connections_of
from modelyard_sandbox.azure.manager.registry_encryption import check_encryption
from modelyard_sandbox.azure.manager.registry_shapes import IDENTITY, PROPERTIES, SKU
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp

REGISTRY = "Microsoft.ContainerRegistry/registries"
REPLICATION = f"{REGISTRY}/replications"
API_VERSIONS = ("2022-12-01", "2023-01-01-preview", "2023-07-01", "2024-11-01-preview", "2025-04-01")
NAME = re.compile(r"[a-zA-Z0-9]{5,50}")
ON, OFF = "enabled", "disabled"
PREMIUM = "Premium"
REPOSITORIES = "repositories"
"""What is in the registry, beside its properties and not shown: digests of tags by repository."""
DEFAULTS: Body = {
    "adminUserEnabled": False,
    "anonymousPullEnabled": False,
    "dataEndpointEnabled": False,
    "encryption": {"status": OFF},
    "networkRuleBypassOptions": "AzureServices",
    "policies": {
        "azureADAuthenticationAsArmPolicy": {"status": ON},
        "exportPolicy": {"status": ON},
        "quarantinePolicy": {"status": OFF},
        "retentionPolicy": {"days": 7, "status": OFF},
        "softDeletePolicy": {"retentionDays": 7, "status": OFF},
        "trustPolicy": {"status": OFF, "type": "Notary"},
    },
    "publicNetworkAccess": "Enabled",
    "zoneRedundancy": "Disabled",
}


class Registry(Kind):
    """A container registry."""

    type = REGISTRY
    asynchronous = frozenset({"PUT", "PATCH", "DELETE"})
    api_versions = API_VERSIONS
    shape = envelope("Registry", PROPERTIES, ("location", "sku"), identity=IDENTITY, sku=SKU)

    @override
    def check_name(self, name: str) -> None:
        check_registry_name(name, "registry")

    @override
    def settle(self, write: Write) -> Body:
        _check_free(write)
        check_identity(write)
        premium = write.asked["sku"]["name"] == PREMIUM
        rules: Body = {"networkRuleSet": {"defaultAction": "Allow", "ipRules": []}} if premium else {}
        kept: Body = {}
        if write.old is not None:
            encryption = write.old.properties["encryption"]
            kept = {"zoneRedundancy": write.old.properties["zoneRedundancy"], "encryption": encryption}
        properties = filled(filled(write.properties, kept), {**DEFAULTS, **rules})
        _check_sku(write, properties)
        _check_rules(properties)
        _check_policies(write, properties)
        _check_settled(write, properties)
        check_encryption(write, properties["encryption"])
        images = {REPOSITORIES: write.old.body[REPOSITORIES]} if write.old else {REPOSITORIES: {}}
        return {**write.asked, "properties": properties, **images}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        answer = {**super().answer(store, resource), **shown_identity(store, resource)}
        del answer[REPOSITORIES]
        sku = resource.body["sku"]["name"]
        properties = {**resource.properties, **_computed(store, resource)}
        return {**answer, "sku": {"name": sku, "tier": sku}, "properties": properties}


def check_registry_name(name: str, what: str) -> None:
    """Refuse a name that a registry, or a replication, can't have."""
    if not NAME.fullmatch(name):
        raise bad_request(
            "InvalidResourceName",
            f"The {what} name '{name}' is invalid: it has 5 to 50 letters and digits.",
            "name",
        )


def check_registry_name_free(store: Store, owner: ResourceId, body: Body) -> tuple[int, Body]:
    """Whether a registry's name is free (Registries: Check Name Availability)."""
    del owner
    name = str(body.get("name", ""))
    if not NAME.fullmatch(name):
        said = f"The registry name '{name}' is invalid: it has 5 to 50 letters and digits."
        return 200, {"nameAvailable": False, "reason": "Invalid", "message": said}
    if any(found.id.name.lower() == name.lower() for found in store.of_type(REGISTRY)):
        said = f"The registry {name} is already in use."
        return 200, {"nameAvailable": False, "reason": "AlreadyExists", "message": said}
    return 200, {"nameAvailable": True}


def login_server(registry: Resource) -> str:
    """A registry's host."""
    return f"{registry.id.name.lower()}.azurecr.io"


def _check_free(write: Write) -> None:
    for found in write.store.of_type(REGISTRY):
        if found.id.name.lower() == write.id.name.lower() and found.id.key != write.id.key:
            raise conflict(
                "AlreadyInUse",
                f"The registry DNS name {login_server(found)} is already in use.",
                "name",
            )


def _check_sku(write: Write, properties: Body) -> None:
    """Refuse what a lower SKU doesn't have."""
    sku = write.asked["sku"]["name"]
    if sku == PREMIUM:
        return
    if properties["publicNetworkAccess"] == "Disabled":
        raise bad_request(
            "DisablingPublicNetworkAccessNotSupported",
            f"Disabling public network access is not supported for the SKU {sku}. For more information, "
            "please visit https://aka.ms/acr/private-link.",
            "properties.publicNetworkAccess",
        )
    policies: Body = properties["policies"]
    wanted = {
        "networkRuleSet": "networkRuleSet" in properties,
        "dataEndpointEnabled": properties["dataEndpointEnabled"],
        "zoneRedundancy": properties["zoneRedundancy"] == "Enabled",
        "encryption": properties["encryption"]["status"] == ON,
        "policies.exportPolicy": policies["exportPolicy"]["status"] == OFF,
        "anonymousPullEnabled": sku == "Basic" and properties["anonymousPullEnabled"],
    }
    for name in ("quarantinePolicy", "retentionPolicy", "trustPolicy"):
        wanted[f"policies.{name}"] = policies[name]["status"] == ON
    for name, asked in wanted.items():
        if asked:
            raise bad_request("SkuNotSupported", f"The SKU {sku} is not supported.", f"properties.{name}")
    if write.old is not None and (
        any(write.store.within(write.id, REPLICATION)) or connections_of(write.store, write.old)
    ):
        raise conflict(
            "SkuNotSupported",
            f"The SKU {sku} is not supported while the registry has replications or private endpoints.",
            "sku.name",
        )


def _check_rules(properties: Body) -> None:
    for rule in properties.get("networkRuleSet", {}).get("ipRules", []):
        if not is_public_range(rule["value"]):
            raise bad_request(
                "InvalidNetworkRule",
                f"The value '{rule['value']}' is not allowed for property value: it must be a public IPv4 "
                "address or range.",
                "properties.networkRuleSet.ipRules",
            )


def _check_policies(write: Write, properties: Body) -> None:
    policies: Body = properties["policies"]
    if policies["exportPolicy"]["status"] == OFF and properties["publicNetworkAccess"] != "Disabled":
        raise bad_request(
            "ExportPolicyNotSupported",
            "The export policy can be disabled only while public network access is disabled.",
            "properties.policies.exportPolicy",
        )
    if policies["softDeletePolicy"]["status"] != ON:
        return
    if policies["retentionPolicy"]["status"] == ON or any(write.store.within(write.id, REPLICATION)):
        raise bad_request(
            "SoftDeletePolicyNotSupported",
            "The soft delete policy can't be enabled together with the retention policy, nor on a registry "
            "with replications.",
            "properties.policies.softDeletePolicy",
        )


def _check_settled(write: Write, properties: Body) -> None:
    if write.old is None:
        return
    was: Body = write.old.properties
    changed = {
        "zoneRedundancy": properties["zoneRedundancy"] != was["zoneRedundancy"],
        "encryption.status": properties["encryption"]["status"] != was["encryption"]["status"],
    }
    for name, is_changed in changed.items():
        if is_changed:
            raise settled(name, "registry")


def settled(name: str, what: str) -> ArmError:
    """The error for what is chosen when something is made, and never again."""
    return bad_request(
        "PropertyCannotBeUpdated",
        f"The property '{name}' can only be set when the {what} is created.",
        f"properties.{name}",
    )


def _computed(store: Store, registry: Resource) -> Body:
    name, made = registry.id.name.lower(), timestamp(registry.created)
    regions = sorted(
        {registry.location, *(found.location for found in store.within(registry.id, REPLICATION))}
    )
    hosts = [f"{name}.{region}.data.azurecr.io" for region in regions]
    computed: Body = {
        "creationDate": made,
        "dataEndpointHostNames": hosts if registry.properties["dataEndpointEnabled"] else [],
        "loginServer": login_server(registry),
        "privateEndpointConnections": connections_of(store, registry),
        "provisioningState": "Succeeded",
        "policies": {
            **registry.properties["policies"],
            **{
                policy: {**registry.properties["policies"][policy], "lastUpdatedTime": made}
                for policy in ("retentionPolicy", "softDeletePolicy")
            },
        },
    }
    key = registry.properties["encryption"].get("keyVaultProperties")
    found = key_at(store, key["keyIdentifier"]) if key else None
    if key and found:
        rotates = not re.search(r"/keys/[^/]+/[^/]+$", key["keyIdentifier"])
        computed["encryption"] = {
            **registry.properties["encryption"],
            "keyVaultProperties": {
                **key,
                "keyRotationEnabled": rotates,
                "lastKeyRotationTimestamp": timestamp(found.created),
                "versionedKeyIdentifier": shown(store, found)["keyUriWithVersion"],
            },
        }
    return computed
