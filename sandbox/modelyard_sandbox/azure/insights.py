"""Application Insights."""

from __future__ import annotations

from types import MappingProxyType

from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
from modelyard_sandbox.azure.translate import Form


class Component(ArmHandler):
    """A component of Application Insights, which keeps what it is told in a Log Analytics workspace.

    It takes nothing. The smart detector rule and action group that Azure makes beside a component aren't
    made.
    """

    type = "azure-native:applicationinsights:Component"
    path = f"{GROUP_PATH}/providers/Microsoft.Insights/components/{{resourceName}}"
    api_version = "2020-02-02"
    form = Form(
        frozenset({"etag", "id", "kind", "location", "name", "systemData", "tags", "type"}),
        renames={
            "appId": "AppId",
            "applicationId": "ApplicationId",
            "applicationType": "Application_Type",
            "connectionString": "ConnectionString",
            "creationDate": "CreationDate",
            "disableIpMasking": "DisableIpMasking",
            "disableLocalAuth": "DisableLocalAuth",
            "flowType": "Flow_Type",
            "forceCustomerStorageForProfiler": "ForceCustomerStorageForProfiler",
            "hockeyAppId": "HockeyAppId",
            "hockeyAppToken": "HockeyAppToken",
            "immediatePurgeDataOn30Days": "ImmediatePurgeDataOn30Days",
            "ingestionMode": "IngestionMode",
            "instrumentationKey": "InstrumentationKey",
            "laMigrationDate": "LaMigrationDate",
            "privateLinkScopedResources": "PrivateLinkScopedResources",
            "requestSource": "Request_Source",
            "retentionInDays": "RetentionInDays",
            "samplingPercentage": "SamplingPercentage",
            "tenantId": "TenantId",
            "workspaceResourceId": "WorkspaceResourceId",
        },
    )
    body = frozenset(
        {
            "applicationType",
            "disableIpMasking",
            "disableLocalAuth",
            "flowType",
            "forceCustomerStorageForProfiler",
            "hockeyAppId",
            "immediatePurgeDataOn30Days",
            "ingestionMode",
            "kind",
            "location",
            "publicNetworkAccessForIngestion",
            "publicNetworkAccessForQuery",
            "requestSource",
            "retentionInDays",
            "samplingPercentage",
            "tags",
            "workspaceResourceId",
        }
    )
    needed = frozenset({"kind"})
    fixed = frozenset({"location"})
    name_input = "resourceName"
    listed_at = "providers/Microsoft.Insights/components"
    assumed = MappingProxyType(
        {
            "applicationType": "web",
            "flowType": "Bluefield",
            "ingestionMode": "LogAnalytics",
            "publicNetworkAccessForIngestion": "Enabled",
            "publicNetworkAccessForQuery": "Enabled",
            "requestSource": "rest",
            "retentionInDays": 90,
            "samplingPercentage": 100,
        }
    )
    changing_outputs = frozenset({"etag"})
