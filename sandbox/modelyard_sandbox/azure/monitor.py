"""Azure Monitor: what goes where, and how its workspaces are reached."""

from __future__ import annotations

from types import MappingProxyType

from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
from modelyard_sandbox.azure.translate import Form

INSIGHTS = f"{GROUP_PATH}/providers/Microsoft.Insights"
TRACKED = frozenset({"etag", "id", "identity", "kind", "location", "name", "systemData", "tags", "type"})
"""Members of a resource's document that are beside its properties."""


class DiagnosticSetting(ArmHandler):
    """What of a resource's logs and metrics goes where.

    Nothing is sent. It isn't deleted with the resource that it is on, but stands again once that is made
    anew. Categories are those of the types that the sandbox has. Not checked: destinations other than
    workspaces and storage accounts, and which of a type's categories are in its group audit: all are taken to
    be.
    """

    type = "azure-native:monitor:DiagnosticSetting"
    path = "/{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}"
    api_version = "2021-05-01-preview"
    form = Form(frozenset({"id", "name", "systemData", "type"}))
    body = frozenset(
        {
            "eventHubAuthorizationRuleId",
            "eventHubName",
            "logAnalyticsDestinationType",
            "logs",
            "marketplacePartnerId",
            "metrics",
            "serviceBusRuleId",
            "storageAccountId",
            "workspaceId",
        }
    )
    name_input = "name"
    assumed = MappingProxyType(
        {f"{setting}[].retentionPolicy": {"days": 0, "enabled": False} for setting in ("logs", "metrics")}
    )


class PrivateLinkScope(ArmHandler):
    """What a private endpoint leads to that Azure Monitor's workspaces are reached through.

    Whether a workspace takes or answers anything is nobody's to ask here; exclusions aren't checked.
    """

    type = "azure-native:monitor:PrivateLinkScope"
    path = f"{INSIGHTS}/privateLinkScopes/{{scopeName}}"
    api_version = "2023-06-01-preview"
    form = Form(TRACKED)
    body = frozenset({"accessModeSettings", "location", "tags"})
    needed = frozenset({"accessModeSettings"})
    fixed = frozenset({"location"})
    name_input = "scopeName"
    listed_at = "providers/Microsoft.Insights/privateLinkScopes"


class PrivateLinkScopedResource(ArmHandler):
    """A Log Analytics workspace or an Application Insights component in a private link scope."""

    type = "azure-native:monitor:PrivateLinkScopedResource"
    path = f"{INSIGHTS}/privateLinkScopes/{{scopeName}}/scopedResources/{{name}}"
    api_version = "2023-06-01-preview"
    form = Form(frozenset({"id", "name", "systemData", "type"}))
    body = frozenset({"kind", "linkedResourceId", "subscriptionLocation"})
    name_input = "name"
