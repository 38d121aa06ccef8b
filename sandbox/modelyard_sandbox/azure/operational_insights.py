"""Log Analytics."""

from __future__ import annotations

from types import MappingProxyType

from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
from modelyard_sandbox.azure.identity import IDENTITY_FORM
from modelyard_sandbox.azure.translate import Form


class Workspace(ArmHandler):
    """A Log Analytics workspace; deleted, it can be recovered for 14 days by making it again where it was.

    It holds no logs, and answers no query. Not checked: moves from one sku to another (a capacity
    reservation's 31 days), clusters, and whether a subscription may have the old skus. It can't be deleted
    for good before its time.
    """

    type = "azure-native:operationalinsights:Workspace"
    path = f"{GROUP_PATH}/providers/Microsoft.OperationalInsights/workspaces/{{workspaceName}}"
    api_version = "2023-09-01"
    form = Form(
        frozenset({"etag", "id", "identity", "location", "name", "systemData", "tags", "type"}),
        inner={
            "features": Form(read_only=frozenset({"legacy", "searchVersion"})),
            "identity": IDENTITY_FORM,
            "sku": Form(read_only=frozenset({"lastSkuUpdate"})),
            "workspaceCapping": Form(read_only=frozenset({"dataIngestionStatus", "quotaNextResetTime"})),
        },
    )
    body = frozenset(
        {
            "defaultDataCollectionRuleResourceId",
            "features",
            "forceCmkForQuery",
            "identity",
            "location",
            "publicNetworkAccessForIngestion",
            "publicNetworkAccessForQuery",
            "retentionInDays",
            "sku",
            "tags",
            "workspaceCapping",
        }
    )
    fixed = frozenset({"location"})
    name_input = "workspaceName"
    listed_at = "providers/Microsoft.OperationalInsights/workspaces"
    chosen = frozenset({"retentionInDays"})
    assumed = MappingProxyType(
        {
            "features.enableLogAccessUsingOnlyResourcePermissions": True,
            "publicNetworkAccessForIngestion": "Enabled",
            "publicNetworkAccessForQuery": "Enabled",
            "sku.name": "PerGB2018",
            "workspaceCapping.dailyQuotaGb": -1,
        }
    )
    changing_outputs = frozenset({"etag", "modifiedDate"})
