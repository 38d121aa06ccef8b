"""Mutants of key vaults, their keys, and what is encrypted by them, on Azure."""

from mutating import Mutant, drop, put
from mutating.azure import on_azure

VAULT = "Vault keys"
KEY = "Key data"
MACHINE = "VirtualMachine login"
SCALE_SET = "VirtualMachineScaleSet h100"
PROFILE = "virtualMachineProfile"

MUTANTS: dict[str, list[Mutant]] = {
    "EN7": [
        on_azure("it can be purged", drop(VAULT, "properties.enablePurgeProtection")),
        on_azure("what is deleted is gone", put(VAULT, "properties.enableSoftDelete", False)),
    ],
    "EN8": [
        on_azure("by policies of its own", put(VAULT, "properties.enableRbacAuthorization", False)),
        on_azure("not said", drop(VAULT, "properties.enableRbacAuthorization")),
    ],
    "EN9": [
        on_azure("open", put(VAULT, "properties.publicNetworkAccess", "Enabled")),
        on_azure(
            "some networks, in public",
            put(VAULT, "properties.publicNetworkAccess", "Enabled"),
            put(
                VAULT,
                "properties.networkAcls",
                {"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.0/24"}]},
            ),
            fails=VAULT,
        ),
    ],
    "EN10": [
        on_azure(
            "it never rotates",
            drop(KEY, "properties.rotationPolicy.lifetimeActions[0]"),
            fails=f"{KEY}: properties.rotationPolicy.lifetimeActions",
        ),
        on_azure(
            "each two years",
            put(KEY, "properties.rotationPolicy.lifetimeActions[0].trigger.timeAfterCreate", "P2Y"),
            fails=f"{KEY}: properties.rotationPolicy.lifetimeActions",
        ),
        on_azure(
            "it never ends",
            drop(KEY, "properties.attributes.expires"),
            drop(KEY, "properties.rotationPolicy.attributes"),
        ),
    ],
    "EN11": [
        on_azure("a disk", drop("Disk scratch", "encryption.diskEncryptionSetId")),
        on_azure("a machine", drop(MACHINE, "storageProfile.osDisk.managedDisk.diskEncryptionSet")),
        on_azure("nodes", drop(SCALE_SET, f"{PROFILE}.storageProfile.osDisk.managedDisk.diskEncryptionSet")),
        on_azure("nodes of Kubernetes", drop("ManagedCluster serving", "diskEncryptionSetID")),
    ],
    "EN12": [
        on_azure("a machine", put(MACHINE, "securityProfile.encryptionAtHost", False)),
        on_azure("nodes", drop(SCALE_SET, f"{PROFILE}.securityProfile.encryptionAtHost")),
    ],
}
