"""Identities and roles."""

from __future__ import annotations

from typing import Any

from arming import GROUP, LOCATION, SUBSCRIPTION, VAULT, Maker

IN_GROUP = {"resourceGroupName": "rg"}
PLACED = {**IN_GROUP, "location": LOCATION}
IDENTITIES = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
IDENTITY = f"{IDENTITIES}/nodes"
ASSIGNMENT = "0b9b4dd6-5a5d-5c5f-9a2b-1c4c3f6f7a10"
ENCRYPTION_USER = (
    f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/"
    "e147488a-f6f5-4113-8e2d-b22465e65bf6"
)
KEY = f"{VAULT}/keys/datasets"
ACTIVE_KEY: dict[str, Any] = {"keyUrl": "", "sourceVault": {"id": VAULT}}
"""Of the disk encryption set: the key's address is known once the key stands."""
LIVES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "authorization:RoleAssignment": (
        {
            "scope": KEY,
            "roleAssignmentName": ASSIGNMENT,
            "roleDefinitionId": ENCRYPTION_USER,
            "principalId": "44444444-4444-4444-4444-444444444444",
            "principalType": "ServicePrincipal",
        },
        {"description": "of the datasets"},
        f"{KEY}/providers/Microsoft.Authorization/roleAssignments/{ASSIGNMENT}",
    ),
    "compute:DiskEncryptionSet": (
        {
            **PLACED,
            "diskEncryptionSetName": "disks",
            "encryptionType": "EncryptionAtRestWithPlatformAndCustomerKeys",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": [f"{IDENTITIES}/cicd"]},
            "rotationToLatestKeyVersionEnabled": True,
            "activeKey": ACTIVE_KEY,
        },
        {"rotationToLatestKeyVersionEnabled": False},
        f"{GROUP}/providers/Microsoft.Compute/diskEncryptionSets/disks",
    ),
    "managedidentity:FederatedIdentityCredential": (
        {
            **IN_GROUP,
            "resourceName": "cicd",
            "federatedIdentityCredentialResourceName": "github",
            "issuer": "https://token.actions.githubusercontent.com",
            "subject": "repo:example/models:environment:production",
            "audiences": ["api://AzureADTokenExchange"],
        },
        {"subject": "repo:example/models:environment:staging"},
        f"{IDENTITIES}/cicd/federatedIdentityCredentials/github",
    ),
    "managedidentity:UserAssignedIdentity": (
        {**PLACED, "resourceName": "nodes"},
        {"tags": {"owner": "me"}},
        IDENTITY,
    ),
}


def furnish(make: Maker) -> None:
    """A group with a vault and its key, and an identity that may use it."""
    make.group()
    _, identity = make("managedidentity:UserAssignedIdentity", **PLACED, resourceName="cicd")
    properties = {
        "sku": {"family": "A", "name": "standard"},
        "tenantId": "33333333-3333-3333-3333-333333333333",
        "enableRbacAuthorization": True,
        "enablePurgeProtection": True,
    }
    make("keyvault:Vault", **PLACED, vaultName="vault1", properties=properties)
    _, key = make(
        "keyvault:Key", **IN_GROUP, vaultName="vault1", keyName="datasets", properties={"kty": "RSA"}
    )
    ACTIVE_KEY["keyUrl"] = key["keyUriWithVersion"]
    make(
        "authorization:RoleAssignment",
        scope=KEY,
        roleAssignmentName=ASSIGNMENT.replace("0b9b", "1b9b"),
        roleDefinitionId=ENCRYPTION_USER,
        principalId=identity["principalId"],
        principalType="ServicePrincipal",
    )
