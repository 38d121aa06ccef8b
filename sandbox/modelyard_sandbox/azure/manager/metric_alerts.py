"""Metric alerts (REST reference, 2018-03-01; "Understand how metric alerts work in Azure Monitor"; as of
2026-11).
"""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.azure.manager.alert_terms import (
    check_action_groups,
    check_alert_name,
    check_span,
    refused,
    standing,
)
from modelyard_sandbox.azure.manager.kinds import Write, envelope, filled
from modelyard_sandbox.azure.manager.private_link_scopes import GlobalKind
from modelyard_sandbox.azure.manager.shapes import amount, flag, many, mapping, number, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

METRIC_ALERT = "Microsoft.Insights/metricAlerts"
ODATA = "odata.type"
SINGLE = "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria"
MULTIPLE = "Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria"
STATIC, DYNAMIC = "StaticThresholdCriterion", "DynamicThresholdCriterion"
FREQUENCIES = ("PT1M", "PT5M", "PT15M", "PT30M", "PT1H")
WINDOWS = (*FREQUENCIES, "PT6H", "PT12H", "P1D")
MOST_CRITERIA = 5
OPERATORS = ("Equals", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual")
OF_KIND = {
    STATIC: ("operator", "threshold"),
    DYNAMIC: ("operator", "alertSensitivity", "failingPeriods"),
}
"""What a criterion of each kind must say."""
WORKSPACES = "microsoft.machinelearningservices/workspaces"
METRICS = {
    WORKSPACES: frozenset(
        {
            *("Active Cores", "Active Nodes", "Cancel Requested Runs", "Cancelled Runs", "Completed Runs"),
            *("CpuCapacityMillicores", "CpuMemoryCapacityMegabytes", "CpuMemoryUtilizationMegabytes"),
            *("CpuMemoryUtilizationPercentage", "CpuUtilization", "CpuUtilizationMillicores"),
            *("CpuUtilizationPercentage", "DiskAvailMegabytes", "DiskReadMegabytes", "DiskUsedMegabytes"),
            *("DiskWriteMegabytes", "Errors", "Failed Runs", "Finalizing Runs", "GpuCapacityMilliGPUs"),
            *("GpuEnergyJoules", "GpuMemoryCapacityMegabytes", "GpuMemoryUtilization"),
            *("GpuMemoryUtilizationMegabytes", "GpuMemoryUtilizationPercentage", "GpuUtilization"),
            *("GpuUtilizationMilliGPUs", "GpuUtilizationPercentage", "IBReceiveMegabytes"),
            *("IBTransmitMegabytes", "Idle Cores", "Idle Nodes", "Leaving Cores", "Leaving Nodes"),
            *("Model Deploy Failed", "Model Deploy Started", "Model Deploy Succeeded"),
            *("Model Register Failed", "Model Register Succeeded", "NetworkInputMegabytes"),
            *("NetworkOutputMegabytes", "Not Responding Runs", "Not Started Runs", "Preempted Cores"),
            *("Preempted Nodes", "Preparing Runs", "Provisioning Runs", "Queued Runs"),
            *("Quota Utilization Percentage", "Started Runs", "Starting Runs", "StorageAPIFailureCount"),
            *("StorageAPISuccessCount", "Total Cores", "Total Nodes", "Unusable Cores", "Unusable Nodes"),
            "Warnings",
        }
    )
}
"""Metrics of the types whose alerts are checked ("Supported metrics", 2023-07 to 2025-04)."""
CRITERION = record(
    "MultiMetricCriteria",
    {
        "alertSensitivity": text("Low", "Medium", "High"),
        "criterionType": text(STATIC, DYNAMIC),
        "dimensions": many(
            record(
                "MetricDimension",
                {"name": text(), "operator": text("Include", "Exclude"), "values": many(text())},
                ("name", "operator", "values"),
            )
        ),
        "failingPeriods": record(
            "DynamicThresholdFailingPeriods",
            {"minFailingPeriodsToAlert": amount(1), "numberOfEvaluationPeriods": amount(1)},
            ("minFailingPeriodsToAlert", "numberOfEvaluationPeriods"),
        ),
        "ignoreDataBefore": text(),
        "metricName": text(),
        "metricNamespace": text(),
        "name": text(),
        "operator": text(*OPERATORS, "GreaterOrLessThan"),
        "skipMetricValidation": flag(),
        "threshold": amount(),
        "timeAggregation": text("Average", "Count", "Minimum", "Maximum", "Total"),
    },
    ("criterionType", "metricName", "name", "timeAggregation"),
)


class MetricAlert(GlobalKind):
    """A metric alert."""

    type = METRIC_ALERT
    api_versions = ("2018-03-01", "2024-01-01-preview", "2024-03-01-preview")
    shape = envelope(
        "MetricAlertResource",
        record(
            "MetricAlertProperties",
            {
                "actions": many(
                    record(
                        "MetricAlertAction", {"actionGroupId": text(), "webHookProperties": mapping(text())}
                    )
                ),
                "autoMitigate": flag(),
                "criteria": record(
                    "MetricAlertCriteria", {"allOf": many(CRITERION), ODATA: text(SINGLE, MULTIPLE)}, (ODATA,)
                ),
                "description": text(),
                "enabled": flag(),
                "evaluationFrequency": text(),
                "scopes": many(text()),
                "severity": number(0, 4),
                "targetResourceRegion": text(),
                "targetResourceType": text(),
                "windowSize": text(),
            },
            required=("criteria", "enabled", "evaluationFrequency", "scopes", "severity", "windowSize"),
            read_only=("isMigrated", "lastUpdatedTime"),
        ),
        required=("location", "properties"),
    )

    @override
    def check_name(self, name: str) -> None:
        check_alert_name(name)

    @override
    def settle(self, write: Write) -> Body:
        asked = filled(write.properties, {"actions": [], "autoMitigate": True})
        frequency = check_span("evaluationFrequency", asked["evaluationFrequency"], FREQUENCIES)
        window = check_span("windowSize", asked["windowSize"], WINDOWS)
        if window < frequency:
            raise refused(
                f"The window size '{asked['windowSize']}' must not be shorter than the evaluation frequency "
                f"'{asked['evaluationFrequency']}'.",
                "windowSize",
            )
        _check_scopes(write, asked)
        criteria: list[Body] = asked["criteria"].get("allOf", [])
        _check_criteria(criteria)
        check_action_groups(
            write.store, [action["actionGroupId"] for action in asked["actions"] if "actionGroupId" in action]
        )
        return {**write.asked, "properties": asked}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties = {"isMigrated": False, **resource.properties}
        return {**super().answer(store, resource), "properties": properties}


def _check_scopes(write: Write, asked: Body) -> None:
    scopes: list[str] = asked["scopes"]
    single = asked["criteria"][ODATA] == SINGLE
    if not scopes or (single and len(scopes) > 1):
        raise refused(
            f"An alert with criteria of type '{asked['criteria'][ODATA]}' is on "
            f"{'one scope' if single else 'one scope or more'}, not on {len(scopes)}.",
            "scopes",
        )
    for name in ("targetResourceRegion", "targetResourceType"):
        if not single and not asked.get(name):
            raise refused(f"The property '{name}' is required for an alert on several resources.", name)
    for scope in scopes:
        found = standing(write.store, scope)
        # A group or a subscription holds the resources that several are alerted on of.
        if found is None and not (not single and scope.lower() == write.id.subscription.key):
            raise refused(f"The scope '{scope}' was not found.", "scopes")


def _check_criteria(criteria: list[Body]) -> None:
    if not 1 <= len(criteria) <= MOST_CRITERIA:
        raise refused(f"An alert has 1 to {MOST_CRITERIA} criteria, not {len(criteria)}.", "criteria.allOf")
    names = [criterion["name"] for criterion in criteria]
    for at, criterion in enumerate(criteria):
        place = f"criteria.allOf[{at}]"
        if criterion["name"] in names[:at]:
            raise refused(f"The criterion name '{criterion['name']}' is used more than once.", place)
        for member in OF_KIND[criterion["criterionType"]]:
            if member not in criterion:
                raise refused(
                    f"A criterion of type '{criterion['criterionType']}' must have '{member}'.", place
                )
        known = METRICS.get(criterion.get("metricNamespace", "").lower())
        if known and not criterion.get("skipMetricValidation") and criterion["metricName"] not in known:
            raise refused(
                f"Couldn't find a metric named '{criterion['metricName']}' in namespace "
                f"'{criterion['metricNamespace']}'.",
                f"{place}.metricName",
            )
