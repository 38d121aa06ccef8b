"""Logs, and what watches."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from arming import GROUP, HOME, LOCATION, Maker

IN_GROUP = {"resourceGroupName": "rg"}
PLACED = {**IN_GROUP, "location": LOCATION}
WORKSPACES = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces"
INSIGHTS = f"{GROUP}/providers/Microsoft.Insights"
SCOPE = {"accessModeSettings": {"ingestionAccessMode": "Open", "queryAccessMode": "PrivateOnly"}}
LIVES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "applicationinsights:Component": (
        {
            **PLACED,
            "resourceName": "insights",
            "kind": "web",
            "applicationType": "web",
            "ingestionMode": "LogAnalytics",
            "workspaceResourceId": f"{WORKSPACES}/logs",
            "disableLocalAuth": True,
            "publicNetworkAccessForIngestion": "Disabled",
        },
        {"retentionInDays": 120},
        f"{INSIGHTS}/components/insights",
    ),
    "consumption:Budget": (
        {
            "scope": HOME,
            "budgetName": "monthly",
            "amount": 1000,
            "category": "Cost",
            "timeGrain": "Monthly",
            "timePeriod": {"startDate": f"{datetime.now(UTC):%Y-%m}-01T00:00:00Z"},
            "filter": {"tags": {"name": "environment", "operator": "In", "values": ["dev"]}},
            "notifications": {
                "actual-80": {
                    "contactEmails": ["a@example.org"],
                    "enabled": True,
                    "operator": "GreaterThanOrEqualTo",
                    "threshold": 80,
                    "thresholdType": "Actual",
                }
            },
        },
        {"amount": 1500.5},
        f"{HOME}/providers/Microsoft.Consumption/budgets/monthly",
    ),
    "monitor:ActionGroup": (
        {
            **IN_GROUP,
            "actionGroupName": "people",
            "location": "Global",
            "groupShortName": "people",
            "enabled": True,
            "emailReceivers": [{"name": "a", "emailAddress": "a@example.org", "useCommonAlertSchema": True}],
        },
        {"enabled": False},
        f"{INSIGHTS}/actionGroups/people",
    ),
    "monitor:MetricAlert": (
        {
            **IN_GROUP,
            "ruleName": "full",
            "location": "global",
            "enabled": True,
            "severity": 2,
            "scopes": [f"{WORKSPACES}/logs"],
            "evaluationFrequency": "PT5M",
            "windowSize": "PT15M",
            "autoMitigate": True,
            "actions": [{"actionGroupId": f"{INSIGHTS}/actionGroups/standing"}],
            "criteria": {
                "odataType": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                "allOf": [
                    {
                        "criterionType": "StaticThresholdCriterion",
                        "name": "full",
                        "metricName": "AvailabilityRate_Query",
                        "operator": "LessThan",
                        "threshold": 99.5,
                        "timeAggregation": "Average",
                    }
                ],
            },
        },
        {"severity": 1},
        f"{INSIGHTS}/metricAlerts/full",
    ),
    "monitor:ScheduledQueryRule": (
        {
            **PLACED,
            "ruleName": "silence",
            "enabled": True,
            "severity": 1,
            "scopes": [f"{WORKSPACES}/logs"],
            "evaluationFrequency": "PT1H",
            "windowSize": "PT1H",
            "skipQueryValidation": True,
            "actions": {"actionGroups": [f"{INSIGHTS}/actionGroups/standing"]},
            "criteria": {
                "allOf": [
                    {
                        "query": "AddonAzureBackupJobs | where JobStatus == 'Failed'",
                        "timeAggregation": "Count",
                        "operator": "GreaterThan",
                        "threshold": 0,
                    }
                ]
            },
        },
        {"severity": 0},
        f"{INSIGHTS}/scheduledQueryRules/silence",
    ),
    "monitor:DiagnosticSetting": (
        {
            "resourceUri": f"{WORKSPACES}/logs",
            "name": "to-itself",
            "workspaceId": f"{WORKSPACES}/logs",
            "logs": [{"categoryGroup": "allLogs", "enabled": True}],
            "metrics": [{"category": "AllMetrics", "enabled": True}],
        },
        {"metrics": [{"category": "AllMetrics", "enabled": False}]},
        f"{WORKSPACES}/logs/providers/Microsoft.Insights/diagnosticSettings/to-itself",
    ),
    "monitor:PrivateLinkScope": (
        {**IN_GROUP, "scopeName": "monitor", "location": "global", **SCOPE},
        {"accessModeSettings": {"ingestionAccessMode": "PrivateOnly", "queryAccessMode": "PrivateOnly"}},
        f"{INSIGHTS}/privateLinkScopes/monitor",
    ),
    "monitor:PrivateLinkScopedResource": (
        {**IN_GROUP, "scopeName": "standing", "name": "logs", "linkedResourceId": f"{WORKSPACES}/logs"},
        {},
        f"{INSIGHTS}/privateLinkScopes/standing/scopedResources/logs",
    ),
    "operationalinsights:Workspace": (
        {
            **PLACED,
            "workspaceName": "logs2",
            "features": {"disableLocalAuth": True},
            "publicNetworkAccessForIngestion": "Disabled",
            "publicNetworkAccessForQuery": "Disabled",
            "retentionInDays": 365,
            "sku": {"name": "PerGB2018"},
        },
        {"retentionInDays": 400},
        f"{WORKSPACES}/logs2",
    ),
}


def furnish(make: Maker) -> None:
    """A group with a workspace, a private link scope and an action group."""
    make.group()
    make("operationalinsights:Workspace", **PLACED, workspaceName="logs")
    make("monitor:PrivateLinkScope", **IN_GROUP, scopeName="standing", location="global", **SCOPE)
    make(
        "monitor:ActionGroup",
        **IN_GROUP,
        actionGroupName="standing",
        location="Global",
        groupShortName="standing",
        enabled=True,
    )
