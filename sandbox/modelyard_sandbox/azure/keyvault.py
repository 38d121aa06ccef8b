"""Key vaults."""

from __future__ import annotations

from types import MappingProxyType

from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
from modelyard_sandbox.azure.translate import Form


class Vault(ArmHandler):
    """A key vault; deleted, it can be recovered, and its name stays taken."""

    type = "azure-native:keyvault:Vault"
    path = f"{GROUP_PATH}/providers/Microsoft.KeyVault/vaults/{{vaultName}}"
    api_version = "2024-11-01"
    form = Form(
        inner={
            "properties": Form(
                read_only=frozenset({"provisioningState", "vaultUri", "privateEndpointConnections"}),
                write_only=frozenset({"createMode"}),
            )
        }
    )
    body = frozenset({"location", "properties", "tags"})
    needed = frozenset({"properties"})
    fixed = frozenset({"location"})
    name_input = "vaultName"
    identity = ("vaultName",)
    listed_at = "providers/Microsoft.KeyVault/vaults"
    chosen = frozenset(
        {
            "location",
            "properties.enableSoftDelete",
            "properties.publicNetworkAccess",
            "properties.softDeleteRetentionInDays",
        }
    )
    assumed = MappingProxyType({"properties.createMode": "default"})
    enriched = frozenset({"properties"})
    changing_outputs = frozenset({"systemData"})
