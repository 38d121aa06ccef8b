"""Azure Monitor's alerts, and whom they tell."""

from __future__ import annotations

from types import MappingProxyType

from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.azure.identity import IDENTITY_FORM
from modelyard_sandbox.azure.monitor import INSIGHTS, TRACKED
from modelyard_sandbox.azure.translate import Form


class ActionGroup(ArmHandler):
    """Who is told of an alert.

    Nobody ever is, nor asked whether they want to be. Receivers are people by mail or text message, holders
    of a role, and web hooks; those that need another service of Azure's aren't known.
    """

    type = "azure-native:monitor:ActionGroup"
    path = f"{INSIGHTS}/actionGroups/{{actionGroupName}}"
    api_version = "2024-10-01-preview"
    form = Form(
        TRACKED,
        inner={name: Form(read_only=frozenset({"status"})) for name in ("emailReceivers", "smsReceivers")},
    )
    body = frozenset(
        {
            "armRoleReceivers",
            "emailReceivers",
            "enabled",
            "groupShortName",
            "location",
            "smsReceivers",
            "tags",
            "webhookReceivers",
        }
    )
    needed = frozenset({"enabled", "groupShortName"})
    fixed = frozenset({"location"})
    name_input = "actionGroupName"
    listed_at = "providers/Microsoft.Insights/actionGroups"


class MetricAlert(ArmHandler):
    """An alert on a metric, which never goes off: nothing is measured.

    A metric is looked for among those of Machine Learning's workspaces only. Not checked: dimensions, whether
    a metric has the aggregation, and criteria of web tests.
    """

    type = "azure-native:monitor:MetricAlert"
    path = f"{INSIGHTS}/metricAlerts/{{ruleName}}"
    api_version = "2018-03-01"
    form = Form(TRACKED, inner={"criteria": Form(renames={"odataType": "odata.type"})})
    body = frozenset(
        {
            "actions",
            "autoMitigate",
            "criteria",
            "description",
            "enabled",
            "evaluationFrequency",
            "location",
            "scopes",
            "severity",
            "tags",
            "targetResourceRegion",
            "targetResourceType",
            "windowSize",
        }
    )
    needed = frozenset({"criteria", "enabled", "evaluationFrequency", "scopes", "severity", "windowSize"})
    fixed = frozenset({"location"})
    name_input = "ruleName"
    listed_at = "providers/Microsoft.Insights/metricAlerts"
    assumed = MappingProxyType({"autoMitigate": True})


class ScheduledQueryRule(ArmHandler):
    """An alert on a query of logs, which never goes off: there are no logs.

    Of a query only the table that it begins with is looked at, and not even that where the rule says so. Not
    checked: dimensions, columns, the region, and conditions on what is unusual.
    """

    type = "azure-native:monitor:ScheduledQueryRule"
    path = f"{INSIGHTS}/scheduledQueryRules/{{ruleName}}"
    api_version = "2025-01-01-preview"
    form = Form(TRACKED, inner={"identity": IDENTITY_FORM})
    body = frozenset(
        {
            "actions",
            "autoMitigate",
            "checkWorkspaceAlertsStorageConfigured",
            "criteria",
            "description",
            "displayName",
            "enabled",
            "evaluationFrequency",
            "identity",
            "kind",
            "location",
            "muteActionsDuration",
            "overrideQueryTimeRange",
            "scopes",
            "severity",
            "skipQueryValidation",
            "tags",
            "targetResourceTypes",
            "windowSize",
        }
    )
    needed = frozenset({"criteria"})
    fixed = frozenset({"location"})
    name_input = "ruleName"
    listed_at = "providers/Microsoft.Insights/scheduledQueryRules"
    assumed = MappingProxyType(
        {
            "autoMitigate": True,
            "criteria.allOf[].failingPeriods": {
                "minFailingPeriodsToAlert": 1,
                "numberOfEvaluationPeriods": 1,
            },
            "enabled": True,
            "kind": "LogAlert",
        }
    )
    changing_outputs = frozenset({"etag"})
