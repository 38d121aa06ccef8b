"""Container registries, and the further regions that they are in."""

from __future__ import annotations

from types import MappingProxyType

from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
from modelyard_sandbox.azure.translate import Form

REGISTRY_PATH = f"{GROUP_PATH}/providers/Microsoft.ContainerRegistry/registries/{{registryName}}"
TIMED = Form(read_only=frozenset({"lastUpdatedTime"}))
CHOSEN_POLICIES = (
    *("azureADAuthenticationAsArmPolicy", "exportPolicy", "quarantinePolicy", "retentionPolicy"),
    *("retentionPolicy.days", "softDeletePolicy", "softDeletePolicy.retentionDays"),
    *("trustPolicy", "trustPolicy.type"),
)


class Registry(ArmHandler):
    """A container registry.

    What is in it is noted when it is imported; nothing is pushed or pulled, no policy ever deletes an image,
    and nobody is asked who they are.
    """

    type = "azure-native:containerregistry:Registry"
    path = REGISTRY_PATH
    api_version = "2023-01-01-preview"
    form = Form(
        frozenset({"id", "name", "type", "identity", "location", "sku", "systemData", "tags"}),
        inner={
            "encryption": Form(
                inner={
                    "keyVaultProperties": Form(
                        read_only=frozenset(
                            {"keyRotationEnabled", "lastKeyRotationTimestamp", "versionedKeyIdentifier"}
                        )
                    )
                }
            ),
            "identity": Form(
                inner={
                    "userAssignedIdentities": Form(
                        each=Form(read_only=frozenset({"clientId", "principalId"}))
                    )
                },
                read_only=frozenset({"principalId", "tenantId"}),
            ),
            "networkRuleSet": Form(inner={"ipRules": Form(renames={"iPAddressOrRange": "value"})}),
            "policies": Form(inner={"retentionPolicy": TIMED, "softDeletePolicy": TIMED}),
            "sku": Form(read_only=frozenset({"tier"})),
        },
    )
    body = frozenset(
        {
            "adminUserEnabled",
            "anonymousPullEnabled",
            "dataEndpointEnabled",
            "encryption",
            "identity",
            "location",
            "networkRuleBypassOptions",
            "networkRuleSet",
            "policies",
            "publicNetworkAccess",
            "sku",
            "tags",
            "zoneRedundancy",
        }
    )
    needed = frozenset({"sku"})
    fixed = frozenset({"location"})
    name_input = "registryName"
    identity = ("registryName",)
    listed_at = "providers/Microsoft.ContainerRegistry/registries"
    chosen = frozenset(
        {
            "encryption",
            "location",
            "networkRuleBypassOptions",
            "networkRuleSet",
            "networkRuleSet.ipRules",
            "policies",
            *(f"policies.{name}" for name in CHOSEN_POLICIES),
            "publicNetworkAccess",
            "zoneRedundancy",
        }
    )
    enriched = frozenset({"encryption", "identity", "networkRuleSet", "policies", "sku"})
    changing_outputs = frozenset({"dataEndpointHostNames", "privateEndpointConnections"})


class Replication(ArmHandler):
    """A further region of a registry. Nothing is ever copied."""

    type = "azure-native:containerregistry:Replication"
    path = f"{REGISTRY_PATH}/replications/{{replicationName}}"
    api_version = "2024-11-01-preview"
    form = Form(frozenset({"id", "name", "type", "location", "systemData", "tags"}))
    body = frozenset({"location", "regionEndpointEnabled", "tags", "zoneRedundancy"})
    fixed = frozenset({"location"})
    name_input = "replicationName"
    chosen = frozenset({"location", "zoneRedundancy"})
    assumed = MappingProxyType({"regionEndpointEnabled": True})
