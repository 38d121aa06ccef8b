"""Alerts on queries of logs (REST reference of Scheduled Query Rules, 2025-01-01-preview; "Create a log
search alert rule"; as of 2026-11).

A query isn't read, but for the table that it begins with: a workspace has a table once something was written
to it, so a rule that is checked can only be on the few that are always there.
"""

from __future__ import annotations

import re

from typing_extensions import override

from modelyard_sandbox.azure.manager.alert_terms import (
    check_action_groups,
    check_alert_name,
    check_span,
    refused,
    span_minutes,
    standing,
)
from modelyard_sandbox.azure.manager.identities import IDENTITY_SHAPE, check_identity, shown_identity
from modelyard_sandbox.azure.manager.kinds import Kind, Write, envelope, filled
from modelyard_sandbox.azure.manager.log_workspaces import LOG_WORKSPACE
from modelyard_sandbox.azure.manager.shapes import amount, flag, many, mapping, number, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

RULE = "Microsoft.Insights/scheduledQueryRules"
API_VERSION = "2025-01-01-preview"
FREQUENCIES = (
    *("PT1M", "PT5M", "PT10M", "PT15M", "PT30M", "PT45M", "PT1H", "PT2H", "PT3H", "PT4H", "PT5H", "PT6H"),
    "P1D",
)
WINDOWS = (*FREQUENCIES, "P2D")
MOST_PERIODS = 6
LONGEST_MINUTES = 2_880
"""That a rule looks back, over all its periods."""
ALWAYS_THERE = frozenset(
    {"AzureActivity", "AzureDiagnostics", "AzureMetrics", "Heartbeat", "Operation", "Usage"}
)
FIRST_WORD = re.compile(r"\s*([A-Za-z_]\w*)")
CONDITION = record(
    "Condition",
    {
        "dimensions": many(
            record(
                "Dimension",
                {"name": text(), "operator": text("Include", "Exclude"), "values": many(text())},
                ("name", "operator", "values"),
            )
        ),
        "failingPeriods": record(
            "ConditionFailingPeriods",
            {"minFailingPeriodsToAlert": number(1), "numberOfEvaluationPeriods": number(1, MOST_PERIODS)},
        ),
        "metricMeasureColumn": text(),
        "operator": text("Equals", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual"),
        "query": text(),
        "resourceIdColumn": text(),
        "threshold": amount(),
        "timeAggregation": text("Count", "Average", "Minimum", "Maximum", "Total"),
    },
    ("operator", "query", "threshold", "timeAggregation"),
)


class ScheduledQueryRule(Kind):
    """An alert on a query of logs."""

    type = RULE
    api_versions = ("2021-08-01", "2022-06-15", "2023-12-01", API_VERSION)
    shape = envelope(
        "ScheduledQueryRuleResource",
        record(
            "ScheduledQueryRuleProperties",
            {
                "actions": record(
                    "Actions",
                    {
                        "actionGroups": many(text()),
                        "actionProperties": mapping(text()),
                        "customProperties": mapping(text()),
                    },
                ),
                "autoMitigate": flag(),
                "checkWorkspaceAlertsStorageConfigured": flag(),
                "criteria": record("ScheduledQueryRuleCriteria", {"allOf": many(CONDITION)}),
                "description": text(),
                "displayName": text(),
                "enabled": flag(),
                "evaluationFrequency": text(),
                "muteActionsDuration": text(),
                "overrideQueryTimeRange": text(),
                "scopes": many(text()),
                "severity": number(0, 4),
                "skipQueryValidation": flag(),
                "targetResourceTypes": many(text()),
                "windowSize": text(),
            },
            required=("criteria", "evaluationFrequency", "scopes", "severity", "windowSize"),
            read_only=(
                *("createdWithApiVersion", "isLegacyLogAnalyticsRule", "isWorkspaceAlertsStorageConfigured"),
            ),
        ),
        required=("location", "properties"),
        identity=IDENTITY_SHAPE,
        kind=text("LogAlert"),
    )

    @override
    def check_name(self, name: str) -> None:
        check_alert_name(name)

    @override
    def settle(self, write: Write) -> Body:
        check_identity(write)
        asked = filled(
            write.properties,
            {"autoMitigate": True, "checkWorkspaceAlertsStorageConfigured": False, "enabled": True},
        )
        conditions: list[Body] = asked["criteria"].get("allOf", [])
        _check_times(asked, conditions)
        if asked["autoMitigate"] and "muteActionsDuration" in asked:
            raise refused(
                "A rule that resolves its alerts by itself can't mute its actions.", "muteActionsDuration"
            )
        _check_scopes(write, asked, conditions)
        check_action_groups(write.store, asked.get("actions", {}).get("actionGroups", []))
        periods = {"minFailingPeriodsToAlert": 1, "numberOfEvaluationPeriods": 1}
        asked["criteria"] = {
            "allOf": [filled(condition, {"failingPeriods": periods}) for condition in conditions]
        }
        return {"kind": "LogAlert", **write.asked, "properties": asked}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties = {
            **resource.properties,
            "createdWithApiVersion": API_VERSION,
            "isLegacyLogAnalyticsRule": False,
            "isWorkspaceAlertsStorageConfigured": False,
        }
        shown = {**super().answer(store, resource), **shown_identity(store, resource)}
        return {**shown, "etag": f'"{resource.tag}"', "properties": properties}


def _check_times(asked: Body, conditions: list[Body]) -> None:
    frequency = check_span("evaluationFrequency", asked["evaluationFrequency"], FREQUENCIES)
    window = check_span("windowSize", asked["windowSize"], WINDOWS)
    if frequency > window:
        raise refused(
            f"The evaluation frequency '{asked['evaluationFrequency']}' must not be longer than the window "
            f"size '{asked['windowSize']}'.",
            "evaluationFrequency",
        )
    for condition in conditions:
        periods: Body = condition.get("failingPeriods", {})
        number_ = periods.get("numberOfEvaluationPeriods", 1)
        if periods.get("minFailingPeriodsToAlert", 1) > number_:
            raise refused(
                "The failing periods to alert must not be more than the evaluation periods.",
                "criteria.allOf",
            )
        if number_ * window > LONGEST_MINUTES:
            raise refused(
                f"The rule would look back {number_} times '{asked['windowSize']}': two days at most.",
                "criteria.allOf",
            )
    if "muteActionsDuration" in asked and span_minutes(asked["muteActionsDuration"]) is None:
        raise refused(
            f"The value '{asked['muteActionsDuration']}' of 'muteActionsDuration' is invalid.",
            "muteActionsDuration",
        )


def _check_scopes(write: Write, asked: Body, conditions: list[Body]) -> None:
    if len(conditions) != 1:
        raise refused(f"A log alert has one condition, not {len(conditions)}.", "criteria.allOf")
    if len(asked["scopes"]) != 1:
        raise refused(f"A log alert is on one scope, not on {len(asked['scopes'])}.", "scopes")
    scope: str = asked["scopes"][0]
    found = standing(write.store, scope)
    if found is None:
        raise refused(f"The scope '{scope}' was not found.", "scopes")
    if found.id.kind == LOG_WORKSPACE.lower() and not asked.get("skipQueryValidation"):
        table = FIRST_WORD.match(conditions[0]["query"])
        if table is None or table[1] not in ALWAYS_THERE | {"let"}:
            raise refused(
                "Failed to resolve table or column expression named "
                f"'{table[1] if table else conditions[0]['query']}'.",
                "criteria.allOf[0].query",
            )
