"""Customer-managed keys by purpose, in a vault of their own."""

import re
from collections.abc import Iterator, Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_azure_native as azure_native

from modelyard.errors import InputError, Problem
from modelyard.wiring.arguments import check_args
from modelyard.wiring.outputs import together
from modelyard.wiring.tokens import AZURE, token

PURPOSES = ("datasets", "checkpoints", "volumes", "logs", "registry", "backup")
"""What keys are made for unless said otherwise."""

VAULT_NAME = re.compile(r"(?=.{3,24}\Z)[a-zA-Z](-?[a-zA-Z0-9])+")
"""Names that a vault may have (Azure Resource Manager, "Naming rules and restrictions", 2026-11)."""

KEY_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{0,126}")
"""Names that a key may have (Azure Key Vault, "About keys, secrets and certificates", 2026-11)."""

SHORTEST_ROTATION_DAYS = 7
"""Least days between rotations (Azure Key Vault, "Configure cryptographic key auto-rotation", 2026-11)."""

SOFT_DELETE_DAYS = 90
"""Days that a deleted vault and its keys can be brought back: the most that Azure takes."""

KEY_BITS = 3_072
"""Length of the RSA keys; as strong as a symmetric cipher of 128 bits (NIST SP 800-57 part 1, 2020)."""


class EncryptionArgs(TypedDict):
    """Arguments of Encryption."""

    resource_group_name: pulumi.Input[str]
    """Resource group that the vault is made in."""
    vault_name: str
    """Name of the vault, unique in all of Azure: 3 to 24 letters, digits and single hyphens, beginning with a
    letter and ending with a letter or digit."""
    tenant_id: pulumi.Input[str]
    """Microsoft Entra tenant whose identities are given access."""
    location: NotRequired[pulumi.Input[str]]
    """Region that the vault is in. Unset: the resource group's."""
    purposes: NotRequired[list[str]]
    """What keys are wanted for; each is a key's name. Unset: datasets, checkpoints, volumes, logs, registry,
    backup."""
    rotation_days: NotRequired[pulumi.Input[int]]
    """Days between automatic rotations, 7 or more. Unset: 365. Taken when a key is made, not later."""
    hsm: NotRequired[bool]
    """Whether keys never leave hardware security modules; the vault is premium then. Unset: true."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of the vault, and of every key when it is made."""


class Encryption(pulumi.ComponentResource):
    """A key vault, closed to the network, with a rotating RSA key for each purpose.

    Access is by Azure roles only; nobody has any until a role is assigned, as `Key Vault Crypto Service
    Encryption User` to the identity of a service that encrypts under a key. The vault takes no traffic from
    the internet, only from private endpoints and from Azure's own services, which need it to use the keys.

    What is deleted can be brought back for 90 days and can't be purged before: the vault's name stays taken
    that long. Azure's resource manager makes a key once and takes no change to it (Key Vault REST API,
    "Create If Not Exist", 2026-11): another rotation or other tags for a key that exists are set in the vault
    (`az keyvault key rotation-policy update`, `az keyvault key set-attributes`), and are no change here.

    Keys go with their vault. To take a single purpose away, its key is deleted at the vault's own address:
    from a network that reaches it, by somebody who is `Key Vault Crypto Officer`.
    """

    vault_id: pulumi.Output[str]
    """Resource id of the vault."""

    vault_uri: pulumi.Output[str]
    """Address of the vault, as https://NAME.vault.azure.net/."""

    key_uris: pulumi.Output[dict[str, str]]
    """Address of the key for each purpose, without a version: whoever uses it follows rotations."""

    def __init__(self, name: str, args: EncryptionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, EncryptionArgs)
        if problems := list(_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AZURE, "Encryption"), name, {}, opts)
        self._args = args
        vault = self._vault(name)
        self._keys = {
            purpose: self._key(name, purpose, vault) for purpose in args.get("purposes", list(PURPOSES))
        }
        self.vault_id = vault.id
        self.vault_uri = vault.properties.apply(lambda properties: properties.vault_uri or "")
        self.key_uris = together({purpose: key.key_uri for purpose, key in self._keys.items()})
        self.register_outputs(
            {"vaultId": self.vault_id, "vaultUri": self.vault_uri, "keyUris": self.key_uris}
        )

    def key_uri(self, purpose: str) -> pulumi.Output[str]:
        """Address of the key for one purpose. Raises KeyError for a purpose that no key was made for."""
        return self._keys[purpose].key_uri

    @property
    def _hsm(self) -> bool:
        return self._args.get("hsm", True)

    def _vault(self, name: str) -> azure_native.keyvault.Vault:
        args = self._args
        return azure_native.keyvault.Vault(
            name,
            vault_name=args["vault_name"],
            resource_group_name=args["resource_group_name"],
            location=args.get("location"),
            properties={
                "tenant_id": args["tenant_id"],
                "sku": {
                    "family": azure_native.keyvault.SkuFamily.A,
                    "name": azure_native.keyvault.SkuName.PREMIUM
                    if self._hsm
                    else azure_native.keyvault.SkuName.STANDARD,
                },
                "enable_rbac_authorization": True,
                "enable_soft_delete": True,
                "soft_delete_retention_in_days": SOFT_DELETE_DAYS,
                "enable_purge_protection": True,
                "public_network_access": "Disabled",
                # Storage accounts, disks and registries reach a vault as trusted services, or not at all.
                "network_acls": {"bypass": "AzureServices", "default_action": "Deny"},
            },
            tags=args.get("tags"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _key(self, name: str, purpose: str, vault: azure_native.keyvault.Vault) -> azure_native.keyvault.Key:
        args = self._args
        rotation_days = pulumi.Output.from_input(args.get("rotation_days", 365))
        return azure_native.keyvault.Key(
            f"{name}-{purpose}",
            key_name=purpose,
            vault_name=vault.name,
            resource_group_name=args["resource_group_name"],
            properties={
                "kty": "RSA-HSM" if self._hsm else "RSA",
                "key_size": KEY_BITS,
                # What encryption at rest asks of a key: to wrap the keys of the data.
                "key_ops": ["wrapKey", "unwrapKey"],
                # No expiry: data under a key that has expired can't be read.
                "rotation_policy": {
                    "lifetime_actions": [
                        {
                            "action": {"type": azure_native.keyvault.KeyRotationPolicyActionType.ROTATE},
                            "trigger": {"time_after_create": rotation_days.apply(lambda days: f"P{days}D")},
                        }
                    ]
                },
            },
            tags=args.get("tags"),
            opts=pulumi.ResourceOptions(
                parent=self,
                # Azure refuses to change them; a change of the key itself is to be refused, not ignored.
                ignore_changes=["properties.rotationPolicy", "tags"],
                # A key alone is deleted at the vault's address, which is closed to the network.
                deleted_with=vault,
            ),
        )


def _problems(name: str, args: EncryptionArgs) -> Iterator[Problem]:
    if not VAULT_NAME.fullmatch(args["vault_name"]):
        yield Problem(
            field=f"{name}.vault_name",
            given=repr(args["vault_name"]),
            message="Azure refuses a vault of this name",
            allowed="3 to 24 letters, digits and single hyphens, the first a letter, the last no hyphen",
            mend="write another name, unique in all of Azure, as kv-training-dev-01",
        )
    purposes = args.get("purposes", list(PURPOSES))
    if not purposes or len(set(purposes)) < len(purposes):
        message, allowed = "each purpose gets one key", "one purpose or more, each once"
        yield Problem(f"{name}.purposes", ", ".join(purposes) or "none", message, allowed, "name each once")
    for purpose in purposes:
        if not KEY_NAME.fullmatch(purpose):
            yield Problem(
                field=f"{name}.purposes",
                given=repr(purpose),
                message="a purpose is the name of its key, and Azure refuses this one",
                allowed="up to 127 letters, digits and hyphens, the first a letter",
                mend="name the purpose so",
            )
    days = args.get("rotation_days", 365)
    if isinstance(days, int) and days < SHORTEST_ROTATION_DAYS:
        yield Problem(
            field=f"{name}.rotation_days",
            given=str(days),
            message="Azure rotates a key once in seven days at most",
            allowed=f"{SHORTEST_ROTATION_DAYS} or more",
            mend=f"write {SHORTEST_ROTATION_DAYS}",
        )
