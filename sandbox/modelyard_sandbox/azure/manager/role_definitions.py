"""Azure's built-in roles that the sandbox knows: those that components assign, and others that people do.

Ids: Microsoft, "Azure built-in roles"; read from Azure/oav (lib/apiScenario/azureBuiltInRoles.ts) and public
lists, 2026-11-26.
"""

from __future__ import annotations

import re

from modelyard.planning.azure.roles import ROLE_IDS

ROLE_DEFINITION = "Microsoft.Authorization/roleDefinitions"
ROLES = {
    **ROLE_IDS,
    "AcrDelete": "c2f4ef07-c644-48eb-af81-4b1b4947fb11",
    "Azure AI Enterprise Network Connection Approver": "b556d68e-0be0-4f35-a333-ad7ee1ce17ea",
    "Backup Operator": "00c29273-979b-4161-815c-10b084fb9324",
    "Backup Reader": "a795c7a0-d4a2-40c1-ae25-d81f01202912",
    "Cost Management Contributor": "434105ed-43f6-45c7-a02f-909b2ba83430",
    "Cost Management Reader": "72fafb9e-0641-4937-9268-a91bfd8191a3",
    "Key Vault Contributor": "f25e0fa2-a7c8-4377-a976-54943a77a395",
    "Key Vault Reader": "21090545-7ca7-4776-b22c-e363652d74d2",
    "Log Analytics Contributor": "92aaf0da-9dab-42b6-94a3-d43ce8d16293",
    "Log Analytics Reader": "73c42c96-874c-492b-b04d-ab87d138a893",
    "Managed Identity Contributor": "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59",
    "Monitoring Contributor": "749f88d5-cbae-40b8-bcfc-e573ddc772fa",
    "Monitoring Reader": "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
    "Owner": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "Private DNS Zone Contributor": "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
    "Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    "Security Admin": "fb1c8493-542b-48eb-b624-b4c8fea62acd",
    "Storage Account Contributor": "17d1049b-9a84-46fb-8f53-869881c3d3ab",
    "Storage Queue Data Contributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
    "User Access Administrator": "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
    "Virtual Machine Contributor": "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",
}
"""Ids by name."""

NAMES = {id_: name for name, id_ in ROLES.items()}
_AT_ITS_END = re.compile(rf"/providers/{re.escape(ROLE_DEFINITION)}/([^/]+)", re.IGNORECASE)


def role_id(definition: str) -> str:
    """The id of a role, in lower case, that ends a role definition's resource id, whatever subscription
    that names; empty if it is no role definition's.
    """
    found = _AT_ITS_END.search(definition)
    return found[1].lower() if found and found.end() == len(definition) else ""


def role_name(definition: str) -> str | None:
    """The name of the role of a role definition's resource id; None for one that Azure doesn't have."""
    return NAMES.get(role_id(definition))
