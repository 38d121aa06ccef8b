"""Mutants of storage accounts on Azure."""

from mutating import Mutant, drop, put
from mutating.azure import on_azure

ACCOUNT = "StorageAccount data"
SERVICE = "BlobServiceProperties data"
CONTAINER = "BlobContainer checkpoints"
POLICY = "BlobContainerImmutabilityPolicy audit"

MUTANTS: dict[str, list[Mutant]] = {
    "ST14": [
        on_azure("the account", put(ACCOUNT, "allowBlobPublicAccess", True)),
        on_azure("a container", put(CONTAINER, "publicAccess", "Blob")),
        on_azure("a container and its listing", put(CONTAINER, "publicAccess", "Container")),
    ],
    "ST15": [
        on_azure("open", put(ACCOUNT, "publicNetworkAccess", "Enabled")),
        on_azure("not said", drop(ACCOUNT, "publicNetworkAccess")),
        on_azure(
            "half the internet",
            put(ACCOUNT, "publicNetworkAccess", "Enabled"),
            put(
                ACCOUNT,
                "networkRuleSet",
                {"defaultAction": "Deny", "ipRules": [{"iPAddressOrRange": "128.0.0.0/1"}]},
            ),
            fails=f"{ACCOUNT}: networkRuleSet.ipRules[0].iPAddressOrRange",
        ),
    ],
    "ST16": [
        on_azure("none", drop("PrivateEndpoint data"), fails=ACCOUNT),
        on_azure(
            "to something else",
            put("PrivateEndpoint data", "privateLinkServiceConnections[0].privateLinkServiceId", "/another"),
            fails=ACCOUNT,
        ),
        on_azure("none for data lakes", put(ACCOUNT, "isHnsEnabled", True), fails=ACCOUNT),
    ],
    "ST17": [
        on_azure("plain HTTP", put(ACCOUNT, "enableHttpsTrafficOnly", False)),
        on_azure("TLS 1.0", put(ACCOUNT, "minimumTlsVersion", "TLS1_0")),
        on_azure("no least version", drop(ACCOUNT, "minimumTlsVersion")),
    ],
    "ST18": [
        on_azure(
            "keys, and no policy on what they sign",
            put(ACCOUNT, "allowSharedKeyAccess", True),
            fails=[f"{ACCOUNT}: allowSharedKeyAccess", f"{ACCOUNT}: sasPolicy"],
        ),
        on_azure(
            "keys, and signatures for a month",
            drop(ACCOUNT, "allowSharedKeyAccess"),
            put(ACCOUNT, "sasPolicy", {"sasExpirationPeriod": "30.00:00:00", "expirationAction": "Block"}),
            fails=[f"{ACCOUNT}: allowSharedKeyAccess", f"{ACCOUNT}: sasPolicy.sasExpirationPeriod"],
        ),
    ],
    "ST19": [
        on_azure("Azure's own key", put(ACCOUNT, "encryption.keySource", "Microsoft.Storage")),
        on_azure("no key", drop(ACCOUNT, "encryption.keyVaultProperties")),
        on_azure("one layer", put(ACCOUNT, "encryption.requireInfrastructureEncryption", False)),
    ],
    "ST20": [
        on_azure("no versions", put(SERVICE, "isVersioningEnabled", False)),
        on_azure("what is deleted is gone", put(SERVICE, "deleteRetentionPolicy.enabled", False)),
        on_azure("for a day", put(SERVICE, "deleteRetentionPolicy.days", 1)),
        on_azure("containers aren't", put(SERVICE, "containerDeleteRetentionPolicy.enabled", False)),
        on_azure("nobody says so", drop(SERVICE), fails=ACCOUNT),
    ],
    "ST21": [
        on_azure("checkpoints", put(CONTAINER, "immutableStorageWithVersioning.enabled", False)),
        on_azure("for three days", put(POLICY, "immutabilityPeriodSinceCreationInDays", 3)),
        on_azure(
            "no policy",
            drop(POLICY),
            fails="BlobContainer audit: immutableStorageWithVersioning.enabled",
        ),
    ],
    "BK11": [
        on_azure("in one region", put(ACCOUNT, "sku.name", "Standard_ZRS")),
    ],
}
