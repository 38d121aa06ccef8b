"""Customer-managed keys by purpose, in a vault of their own."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.component import AzureComponent
from modelyard.azure.diagnostics import diagnose
from modelyard.azure.encryption_problems import (
    DISKS,
    PINNED_PURPOSES,
    PURPOSES,
    ROTATION_DAYS,
    encryption_problems,
    expiry_days,
)
from modelyard.azure.identities import Identity, assign_role, identity
from modelyard.azure.private_endpoint import PrivateEndpoint
from modelyard.azure.zone_problems import ZoneIds
from modelyard.errors import InputError
from modelyard.wiring.arguments import check_args
from modelyard.wiring.outputs import together
from modelyard.wiring.tokens import AZURE, token

SOFT_DELETE_DAYS = 90
"""Days that a deleted vault and its keys can be brought back: the most that Azure takes."""

KEY_BITS = 3_072
"""Length of the RSA keys; as strong as a symmetric cipher of 128 bits (NIST SP 800-57 part 1, 2020)."""

KEY_USER = "Key Vault Crypto Service Encryption User"
"""The one role of each identity: to read a key, and to wrap and unwrap with it."""


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
    expiry_days: NotRequired[pulumi.Input[int]]
    """Days after which a version that a rotation makes expires: 28 or more beyond rotation_days, 0 for never.
    Unset: twice rotation_days. Taken when a key is made, not later."""
    hsm: NotRequired[bool]
    """Whether keys never leave hardware security modules; the vault is premium then. Unset: true."""
    identities: NotRequired[Mapping[str, str]]
    """Names of the identities that services use keys by, one for each purpose that wants one. Unset: none is
    made."""
    subscription_id: NotRequired[str]
    """Subscription that the role of identities is named in; needed with them."""
    disk_encryption_set_name: NotRequired[str]
    """Name of a disk encryption set under the key for volumes; `identities` has to name one for it. Unset:
    none is made."""
    endpoint_subnet_id: NotRequired[pulumi.Input[str]]
    """Subnet that the vault gets a private endpoint in; `location` has to be said then. Unset: none."""
    dns_zone_ids: NotRequired[ZoneIds]
    """Ids of the network's private DNS zones by the zone's name, privatelink.vaultcore.azure.net among them;
    needed with endpoint_subnet_id."""
    log_workspace_id: NotRequired[pulumi.Input[str]]
    """Log Analytics workspace that is told who used which key. Unset: nobody is."""
    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete the vault and its keys. Unset: no."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of all that takes some, and of every key when it is made, which takes 15 at most."""


class Encryption(AzureComponent):
    """A key vault, closed to the network, with a rotating RSA key for each purpose.

    Access is by Azure roles only; nobody has any until a role is assigned, as `Key Vault Crypto Service
    Encryption User` to the identity of a service that encrypts under a key. The identities that are made here
    have that role on the key for their purpose and nothing else. The vault takes no traffic from the
    internet, only from private endpoints and from Azure's own services, which need it to use the keys.

    The first version of a key never expires, and neither does any for the purpose `workspace`, since a
    Machine Learning workspace names one version and stays with it. A version that has expired still unwraps
    what it wrapped, and wraps nothing new (Azure Key Vault, "Key attributes", 2026-05-21), so what was
    encrypted before can be read. Services that name no version take up the next one within a day. One that
    can't, as it has lost its role, encrypts nothing more; and machines with disks under an expired key are
    shut down (Azure Virtual Machines, "Server-side encryption of Azure Disk Storage", 2026-11).

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

    key_version_uris: pulumi.Output[dict[str, str]]
    """The same with the version that the key was made with, for services that ask for one."""

    identity_ids: pulumi.Output[dict[str, str]]
    """Resource id of the identity for each purpose that has one; it may use its key once this is known."""

    identity_client_ids: pulumi.Output[dict[str, str]]
    """Client id of each of them."""

    identity_principal_ids: pulumi.Output[dict[str, str]]
    """Principal id of each of them, for further roles."""

    disk_encryption_set_id: pulumi.Output[str | None]
    """Resource id of the disk encryption set, if one was asked for."""

    def __init__(self, name: str, args: EncryptionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, EncryptionArgs)
        if problems := list(encryption_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AZURE, "Encryption"), name, {}, opts)
        self._args = args
        vault = self._vault(name)
        self._keys = {
            purpose: self._key(name, purpose, vault) for purpose in args.get("purposes", list(PURPOSES))
        }
        self._identities = {purpose: self._identity(name, purpose) for purpose in args.get("identities", {})}
        self._surroundings(name, vault)
        self.vault_id = vault.id
        self.vault_uri = vault.properties.apply(lambda properties: properties.vault_uri or "")
        self.key_uris = together({purpose: key.key_uri for purpose, key in self._keys.items()})
        self.key_version_uris = together(
            {purpose: key.key_uri_with_version for purpose, key in self._keys.items()}
        )
        identities = self._identities.items()
        self.identity_ids = together({purpose: known.id for purpose, known in identities})
        self.identity_client_ids = together({purpose: known.client_id for purpose, known in identities})
        self.identity_principal_ids = together({purpose: known.principal_id for purpose, known in identities})
        self.disk_encryption_set_id = self._disk_encryption_set(name, vault)
        self.register_outputs(
            {
                "vaultId": self.vault_id,
                "vaultUri": self.vault_uri,
                "keyUris": self.key_uris,
                "keyVersionUris": self.key_version_uris,
                "identityIds": self.identity_ids,
                "identityClientIds": self.identity_client_ids,
                "identityPrincipalIds": self.identity_principal_ids,
                "diskEncryptionSetId": self.disk_encryption_set_id,
            }
        )

    def key_uri(self, purpose: str) -> pulumi.Output[str]:
        """Address of the key for one purpose. Raises KeyError for a purpose that no key was made for."""
        return self._keys[purpose].key_uri

    def key_version_uri(self, purpose: str) -> pulumi.Output[str]:
        """The same with the version that the key was made with. Raises KeyError as key_uri does."""
        return self._keys[purpose].key_uri_with_version

    def identity(self, purpose: str) -> Identity:
        """The identity for one purpose; whoever takes its ids waits for its role. Raises KeyError for a
        purpose without one.
        """
        return self._identities[purpose]

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
            opts=pulumi.ResourceOptions(parent=self, protect=args.get("protect")),
        )

    def _key(self, name: str, purpose: str, vault: azure_native.keyvault.Vault) -> azure_native.keyvault.Key:
        args = self._args
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
                "rotation_policy": self._rotation(purpose),
            },
            tags=args.get("tags"),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.get("protect"),
                # Azure refuses to change them; a change of the key itself is to be refused, not ignored.
                ignore_changes=["properties.rotationPolicy", "tags"],
                # A key alone is deleted at the vault's address, which is closed to the network.
                deleted_with=vault,
            ),
        )

    def _rotation(self, purpose: str) -> pulumi.Output[azure_native.keyvault.RotationPolicyArgsDict]:
        rotation_days = pulumi.Output.from_input(self._args.get("rotation_days", ROTATION_DAYS))
        wanted = 0 if purpose in PINNED_PURPOSES else self._args.get("expiry_days")

        def policy(days: int, expiry: int | None) -> azure_native.keyvault.RotationPolicyArgsDict:
            rotation: azure_native.keyvault.RotationPolicyArgsDict = {
                "lifetime_actions": [
                    {
                        "action": {"type": azure_native.keyvault.KeyRotationPolicyActionType.ROTATE},
                        "trigger": {"time_after_create": f"P{days}D"},
                    }
                ]
            }
            ends = expiry_days(days) if expiry is None else expiry
            if ends:
                rotation["attributes"] = {"expiry_time": f"P{ends}D"}
            return rotation

        return pulumi.Output.all(rotation_days, wanted).apply(lambda known: policy(known[0], known[1]))

    def _identity(self, name: str, purpose: str) -> Identity:
        args = self._args
        identity_name = args.get("identities", {})[purpose]
        made = identity(
            f"{name}-{purpose}",
            identity_name=identity_name,
            resource_group_name=args["resource_group_name"],
            location=args.get("location"),
            tags=args.get("tags"),
            parent=self,
        )
        role = assign_role(
            f"{name}-{purpose}",
            KEY_USER,
            scope=self._keys[purpose].id,
            principal_id=made.principal_id,
            subscription_id=args.get("subscription_id", ""),
            called=(args["vault_name"], purpose, identity_name),
            parent=self,
        )
        return made.once(role)

    def _surroundings(self, name: str, vault: azure_native.keyvault.Vault) -> None:
        """How the vault is reached, and who is told of it."""
        args = self._args
        if "endpoint_subnet_id" in args:
            PrivateEndpoint(
                f"{name}-endpoint",
                {
                    "resource_group_name": args["resource_group_name"],
                    "location": args.get("location", ""),
                    "endpoint_name": f"{args['vault_name']}-vault",
                    "subnet_id": args["endpoint_subnet_id"],
                    "target_id": vault.id,
                    "group_id": "vault",
                    "zone_ids": args.get("dns_zone_ids", {}),
                    "tags": args.get("tags", {}),
                },
                pulumi.ResourceOptions(parent=self),
            )
        if "log_workspace_id" in args:
            diagnose(f"{name}-diagnostics", vault.id, args["log_workspace_id"], parent=self)

    def _disk_encryption_set(
        self, name: str, vault: azure_native.keyvault.Vault
    ) -> pulumi.Output[str | None]:
        args = self._args
        if "disk_encryption_set_name" not in args:
            return pulumi.Output.from_input(None)
        made = azure_native.compute.DiskEncryptionSet(
            f"{name}-{DISKS}",
            disk_encryption_set_name=args["disk_encryption_set_name"],
            resource_group_name=args["resource_group_name"],
            location=args.get("location"),
            encryption_type="EncryptionAtRestWithPlatformAndCustomerKeys",
            active_key={
                "source_vault": {"id": vault.id},
                # Only the first version has to be named: the set takes up later ones by itself.
                "key_url": self.key_version_uri(DISKS),
            },
            rotation_to_latest_key_version_enabled=True,
            identity={"type": "UserAssigned", "user_assigned_identities": [self.identity(DISKS).id]},
            tags=args.get("tags"),
            opts=pulumi.ResourceOptions(
                parent=self, replace_on_changes=["encryptionType"], delete_before_replace=True
            ),
        )
        return made.id.apply(lambda known: known)
