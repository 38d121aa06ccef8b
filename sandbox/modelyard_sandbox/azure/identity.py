"""User-assigned identities, and whom they trust."""

from __future__ import annotations

from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
from modelyard_sandbox.azure.translate import Form

IDENTITY_PATH = f"{GROUP_PATH}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{{resourceName}}"
IDENTITY_FORM = Form(
    keyed=frozenset({"userAssignedIdentities"}), read_only=frozenset({"principalId", "tenantId"})
)
"""The input `identity` of what has identities: a list of ids, which Azure writes as the keys of a map."""


class UserAssignedIdentity(ArmHandler):
    """A user-assigned identity; its principal is another one when it is made anew."""

    type = "azure-native:managedidentity:UserAssignedIdentity"
    path = IDENTITY_PATH
    api_version = "2023-01-31"
    form = Form(frozenset({"id", "location", "name", "systemData", "tags", "type"}))
    body = frozenset({"location", "tags"})
    fixed = frozenset({"location"})
    name_input = "resourceName"
    listed_at = "providers/Microsoft.ManagedIdentity/userAssignedIdentities"


class FederatedIdentityCredential(ArmHandler):
    """Whose tokens a user-assigned identity trusts. No token is ever looked at."""

    type = "azure-native:managedidentity:FederatedIdentityCredential"
    path = f"{IDENTITY_PATH}/federatedIdentityCredentials/{{federatedIdentityCredentialResourceName}}"
    api_version = "2023-01-31"
    form = Form(frozenset({"id", "name", "systemData", "type"}))
    body = frozenset({"audiences", "issuer", "subject"})
    needed = body
    name_input = "federatedIdentityCredentialResourceName"
