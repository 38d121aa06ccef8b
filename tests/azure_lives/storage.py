"""Storage accounts with what lies in them."""

from __future__ import annotations

from typing import Any

from arming import ACCOUNT, BLOBS, GROUP, LOCATION, NETWORK, SUBSCRIPTION, TENANT, VAULT, Maker

from modelyard_sandbox.azure.manager.object_replication import new_policy_id, rule_id

IN_GROUP = {"resourceGroupName": "rg"}
PLACED = {**IN_GROUP, "location": LOCATION}
IN_ACCOUNT = {**IN_GROUP, "accountName": "account1"}
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/keeper"
ROLES = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
ENCRYPTION_USER = f"{ROLES}/e147488a-f6f5-4113-8e2d-b22465e65bf6"
COPIES = ACCOUNT.replace("account1", "copies")
RULE = {"sourceContainer": "kept", "destinationContainer": "copied"}
POLICY = new_policy_id(f"{COPIES.lower()}\n{ACCOUNT.lower()}", 0)
LIVES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "storage:BlobContainer": (
        {
            **IN_ACCOUNT,
            "containerName": "data",
            "immutableStorageWithVersioning": {"enabled": True},
        },
        {"metadata": {"kind": "images"}},
        f"{BLOBS}/containers/data",
    ),
    "storage:BlobContainerImmutabilityPolicy": (
        {
            **IN_ACCOUNT,
            "containerName": "kept",
            "immutabilityPolicyName": "default",
            "immutabilityPeriodSinceCreationInDays": 7,
            "allowProtectedAppendWrites": True,
        },
        # Azure asks for an ETag, which the provider doesn't send.
        {},
        f"{BLOBS}/containers/kept/immutabilityPolicies/default",
    ),
    "storage:BlobServiceProperties": (
        {
            **IN_ACCOUNT,
            "blobServicesName": "default",
            "changeFeed": {"enabled": True, "retentionInDays": 90},
            "isVersioningEnabled": True,
            "deleteRetentionPolicy": {"enabled": True, "days": 7},
            "restorePolicy": {"enabled": True, "days": 6},
        },
        {"deleteRetentionPolicy": {"enabled": True, "days": 8}},
        BLOBS,
    ),
    "storage:ManagementPolicy": (
        {
            **IN_ACCOUNT,
            "managementPolicyName": "default",
            "policy": {
                "rules": [
                    {
                        "name": "age",
                        "type": "Lifecycle",
                        "definition": {
                            "filters": {"blobTypes": ["blockBlob"], "prefixMatch": ["kept/"]},
                            "actions": {
                                "baseBlob": {"tierToCool": {"daysAfterModificationGreaterThan": 30}},
                                "version": {"delete": {"daysAfterCreationGreaterThan": 90}},
                            },
                        },
                    }
                ]
            },
        },
        {
            "policy": {
                "rules": [
                    {
                        "name": "age",
                        "type": "Lifecycle",
                        "definition": {
                            "actions": {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": 365}}}
                        },
                    }
                ]
            }
        },
        f"{ACCOUNT}/managementPolicies/default",
    ),
    "storage:ObjectReplicationPolicy": (
        {
            **IN_ACCOUNT,
            "objectReplicationPolicyId": POLICY,
            "sourceAccount": ACCOUNT,
            "destinationAccount": COPIES,
            "rules": [{"ruleId": rule_id(POLICY, RULE), **RULE}],
        },
        {"metrics": {"enabled": True}},
        f"{ACCOUNT}/objectReplicationPolicies/{POLICY}",
    ),
    "storage:StorageAccount": (
        {
            **PLACED,
            "accountName": "account2",
            "kind": "StorageV2",
            "sku": {"name": "Standard_LRS"},
            "enableHttpsTrafficOnly": True,
            "encryption": {
                "keySource": "Microsoft.Keyvault",
                "keyVaultProperties": {"keyName": "data", "keyVaultUri": "https://vault1.vault.azure.net/"},
                "encryptionIdentity": {"encryptionUserAssignedIdentity": IDENTITY},
                "requireInfrastructureEncryption": True,
            },
            "identity": {"type": "UserAssigned", "userAssignedIdentities": [IDENTITY]},
            "networkRuleSet": {
                "defaultAction": "Deny",
                "ipRules": [{"iPAddressOrRange": "198.51.100.0/24", "action": "Allow"}],
                "virtualNetworkRules": [{"virtualNetworkResourceId": f"{NETWORK}/subnets/a"}],
            },
            "sasPolicy": {"sasExpirationPeriod": "1.00:00:00", "expirationAction": "Block"},
        },
        {"sku": {"name": "Standard_GRS"}},
        ACCOUNT.replace("account1", "account2"),
    ),
}


def furnish(make: Maker) -> None:
    """A group with a network, an account with versions, and a vault's key that an identity may use."""
    make.group()
    reaching = {"serviceEndpoints": [{"service": "Microsoft.Storage"}]}
    inside = [{"name": "a", "addressPrefix": "10.0.0.0/24", **reaching}]
    space = {"addressPrefixes": ["10.0.0.0/16"]}
    make("network:VirtualNetwork", **PLACED, virtualNetworkName="net", addressSpace=space, subnets=inside)
    for account, container in (("account1", "kept"), ("copies", "copied")):
        new_account(make, account)
        inside = {**IN_GROUP, "accountName": account}
        kept = {"isVersioningEnabled": True, "changeFeed": {"enabled": True}}
        make("storage:BlobServiceProperties", **inside, blobServicesName="default", **kept)
        make("storage:BlobContainer", **inside, containerName=container)
    make(
        "storage:ObjectReplicationPolicy",
        **IN_GROUP,
        accountName="copies",
        objectReplicationPolicyId="default",
        sourceAccount=ACCOUNT,
        destinationAccount=COPIES,
        rules=[RULE],
    )
    usable_key(make)


def new_account(make: Maker, name: str, sku: str = "Standard_LRS", **inputs: Any) -> str:
    """The id of a new account."""
    given = {**PLACED, "accountName": name, "kind": "StorageV2", "sku": {"name": sku}, **inputs}
    return make("storage:StorageAccount", **given)[0]


def usable_key(make: Maker) -> None:
    """The key `data` of `vault1`, which the identity `keeper` may use."""
    _, keeper = make("managedidentity:UserAssignedIdentity", **PLACED, resourceName="keeper")
    properties = {
        "sku": {"family": "A", "name": "standard"},
        "tenantId": TENANT,
        "enableRbacAuthorization": True,
        "enablePurgeProtection": True,
    }
    make("keyvault:Vault", **PLACED, vaultName="vault1", properties=properties)
    make("keyvault:Key", **IN_GROUP, vaultName="vault1", keyName="data", properties={"kty": "RSA"})
    make(
        "authorization:RoleAssignment",
        scope=f"{VAULT}/keys/data",
        roleAssignmentName="9a0b4c1e-0a1d-5f67-8f5e-0c2d4f6a8b10",
        roleDefinitionId=ENCRYPTION_USER,
        principalId=keeper["principalId"],
        principalType="ServicePrincipal",
    )
