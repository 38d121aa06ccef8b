"""What a subscription and a group have once: plans, a budget, logs, roles."""

from __future__ import annotations

from modelyard_policies.azure.types import (
    BUDGET,
    DEFENDER_PRICING,
    DIAGNOSTIC_SETTING,
    FEDERATED_IDENTITY_CREDENTIAL,
    LOG_WORKSPACE,
    RESOURCE_GROUP,
    ROLE_ASSIGNMENT,
    ROLE_DEFINITION,
)
from mutating import add
from mutating.azure.common import (
    CLUSTER_ID,
    GROUP,
    LOGS_ID,
    OWNER,
    READER,
    SUBSCRIPTION,
    TAGS,
    VAULT_ID,
    WORKSPACE_ID,
    made,
)

GROUPS = (
    add(
        RESOURCE_GROUP,
        "ml",
        # What a subscription has once is missed where the stack says that it is the account's.
        {
            "resourceGroupName": "ml",
            "location": "swedencentral",
            "tags": {**TAGS, "modelyard:scope": "account"},
        },
    ),
    *(
        add(DEFENDER_PRICING, plan, {"pricingName": plan, "pricingTier": "Standard"})
        for plan in ("VirtualMachines", "Containers", "StorageAccounts", "KeyVaults")
    ),
    add(
        BUDGET,
        "ml",
        {
            "scope": GROUP,
            "category": "Cost",
            "amount": 10_000,
            "notifications": {
                "most": {"enabled": True, "threshold": 80, "contactEmails": ["ml@example.com"]}
            },
        },
    ),
    made(LOG_WORKSPACE, "ml-logs", {"workspaceName": "ml-logs", "retentionInDays": 365}),
    *(
        add(
            DIAGNOSTIC_SETTING,
            name,
            {
                "resourceUri": resource,
                "workspaceId": LOGS_ID,
                "logs": [{"categoryGroup": "audit", "enabled": True}],
            },
        )
        for name, resource in (("keys", VAULT_ID), ("training", WORKSPACE_ID), ("serving", CLUSTER_ID))
    ),
)

IDENTITIES = (
    add(ROLE_ASSIGNMENT, "reader", {"scope": SUBSCRIPTION, "roleDefinitionId": READER, "principalId": "p"}),
    add(ROLE_ASSIGNMENT, "owner", {"scope": GROUP, "roleDefinitionId": OWNER, "principalId": "p"}),
    add(
        ROLE_DEFINITION,
        "operator",
        {
            "roleName": "operator",
            "scope": SUBSCRIPTION,
            "assignableScopes": [SUBSCRIPTION],
            "permissions": [{"actions": ["Microsoft.Compute/*/read"], "notActions": []}],
        },
    ),
    add(
        FEDERATED_IDENTITY_CREDENTIAL,
        "pipeline",
        {
            "resourceGroupName": "ml",
            "resourceName": "deploy",
            "issuer": "https://token.actions.githubusercontent.com",
            "subject": "repo:acme/training:ref:refs/heads/main",
            "audiences": ["api://AzureADTokenExchange"],
        },
    ),
)
