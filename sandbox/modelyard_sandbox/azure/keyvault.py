"""Key vaults and their keys."""

from __future__ import annotations

from types import MappingProxyType

from typing_extensions import override

from modelyard_sandbox.azure.client import AzureCloud
from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
from modelyard_sandbox.azure.translate import Form
from modelyard_sandbox.handler import Inputs, Outputs

VAULT_PATH = f"{GROUP_PATH}/providers/Microsoft.KeyVault/vaults/{{vaultName}}"
KEYS_API_VERSION = "7.4"
"""Of what a vault answers at its own address."""


class Vault(ArmHandler):
    """A key vault; deleted, it can be recovered, and its name stays taken."""

    type = "azure-native:keyvault:Vault"
    path = VAULT_PATH
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


class Key(ArmHandler):
    """A key of a vault.

    As azure-native has it (provider 3.29): another name or vault replaces it, every other change is a PUT,
    which Azure refuses for a key that stands; and since the resource manager deletes no key, it is deleted
    at the vault's own address, which the vault must let one reach. It can be recovered then, and its name
    stays taken. The outputs lie side by side, while the inputs are in `properties`.
    """

    type = "azure-native:keyvault:Key"
    path = f"{VAULT_PATH}/keys/{{keyName}}"
    api_version = "2024-11-01"
    form = Form(
        inner={
            "properties": Form(
                read_only=frozenset({"keyUri", "keyUriWithVersion"}),
                inner={
                    "attributes": Form(read_only=frozenset({"created", "recoveryLevel", "updated"})),
                    "rotationPolicy": Form(
                        inner={"attributes": Form(read_only=frozenset({"created", "updated"}))}
                    ),
                },
            )
        }
    )
    body = frozenset({"properties", "tags"})
    needed = frozenset({"properties"})
    name_input = "keyName"
    chosen = frozenset({"properties.curveName", "properties.keyOps", "properties.keySize"})
    assumed = MappingProxyType({"properties.attributes.enabled": True})

    @override
    def look(self, cloud: AzureCloud, id_: str, inputs: Inputs) -> Outputs | None:
        outputs = super().look(cloud, id_, inputs) or {}
        properties = outputs.pop("properties")
        return {**outputs, **properties}

    @override
    def observe(self, cloud: AzureCloud, id_: str, inputs: Inputs, outputs: Outputs) -> Inputs:
        beside = {"azureApiVersion", "id", "location", "name", "tags", "type", *self.inputs}
        properties = {name: value for name, value in outputs.items() if name not in beside}
        return super().observe(cloud, id_, inputs, {**outputs, "properties": properties})

    @override
    def remove(self, cloud: AzureCloud, id_: str, inputs: Inputs) -> None:
        named = self.named_by(id_)
        cloud.ask_vault("DELETE", named["vaultName"], f"/keys/{named['keyName']}", KEYS_API_VERSION)
