"""Alerts on metrics and on logs, and whom they tell."""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, HOME, LOCATION, Arm

from modelyard_sandbox.azure.manager.alert_terms import span_minutes

INSIGHTS = f"{GROUP}/providers/Microsoft.Insights"
PEOPLE = f"{INSIGHTS}/actionGroups/people"
ALERT = f"{INSIGHTS}/metricAlerts/alert"
RULE = f"{INSIGHTS}/scheduledQueryRules/rule"
LOGS = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"
SINGLE = "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria"
MULTIPLE = "Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria"
ML = "Microsoft.MachineLearningServices/workspaces"


def group_of(**properties: Any) -> dict[str, Any]:
    return {"location": "global", "properties": {"groupShortName": "people", "enabled": True, **properties}}


def email(name: str = "a", address: str = "a@example.org") -> dict[str, Any]:
    return {"name": name, "emailAddress": address}


def criterion(**parts: Any) -> dict[str, Any]:
    given = {
        "criterionType": "StaticThresholdCriterion",
        "name": "many",
        "metricName": "Heartbeat",
        "operator": "GreaterThan",
        "threshold": 0,
        "timeAggregation": "Total",
    }
    return {name: part for name, part in {**given, **parts}.items() if part is not None}


def alert(*criteria: dict[str, Any], odata: str = SINGLE, **properties: Any) -> dict[str, Any]:
    given = {
        "enabled": True,
        "severity": 2,
        "scopes": [LOGS],
        "evaluationFrequency": "PT5M",
        "windowSize": "PT15M",
        "criteria": {"odata.type": odata, "allOf": list(criteria) or [criterion()]},
    }
    return {"location": "global", "properties": {**given, **properties}}


def condition(**parts: Any) -> dict[str, Any]:
    given = {"query": "Heartbeat | count", "operator": "GreaterThan", "threshold": 0}
    return {**given, "timeAggregation": "Count", **parts}


def rule(*conditions: dict[str, Any], **properties: Any) -> dict[str, Any]:
    given = {
        "severity": 1,
        "scopes": [LOGS],
        "evaluationFrequency": "PT1H",
        "windowSize": "PT1H",
        "criteria": {"allOf": list(conditions) or [condition()]},
    }
    return {"location": LOCATION, "properties": {**given, **properties}}


@pytest.fixture
def watched(group: Arm) -> Arm:
    """A workspace, and an action group."""
    group.put(LOGS, {"location": LOCATION})
    group.put(PEOPLE, group_of(emailReceivers=[email()]))
    return group


def test_an_action_group_shows_whom_it_tells(watched: Arm) -> None:
    made = watched.get(PEOPLE)
    assert made["location"] == "Global"
    receiver = {**email(), "useCommonAlertSchema": False, "status": "Enabled"}
    assert made["properties"] == {
        "groupShortName": "people",
        "enabled": True,
        "armRoleReceivers": [],
        "emailReceivers": [receiver],
        "smsReceivers": [],
        "webhookReceivers": [],
    }
    assert watched.put(PEOPLE, made)["properties"] == made["properties"], "an answer can be sent back"
    regional = f"{PEOPLE}2"
    assert watched.put(regional, {**group_of(), "location": "swedencentral"})["location"] == "swedencentral"
    assert watched.refused("PUT", regional, group_of())[1] == "InvalidResourceLocation"
    assert watched.refused("PUT", PEOPLE, {**group_of(), "location": "mars"})[1] == (
        "LocationNotAvailableForResourceType"
    )


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        (
            {"groupShortName": "thirteen-long"},
            "The group short name 'thirteen-long' is invalid: it has 1 to 12 characters.",
        ),
        ({"groupShortName": ""}, "The group short name '' is invalid: it has 1 to 12 characters."),
        (
            {
                "emailReceivers": [email()],
                "webhookReceivers": [{"name": "a", "serviceUri": "https://a.example"}],
            },
            "The receiver name 'a' is used more than once in the action group.",
        ),
        (
            {"emailReceivers": [email(address="nobody")]},
            "The email address 'nobody' of receiver 'a' is invalid.",
        ),
        (
            {"smsReceivers": [{"name": "a", "countryCode": "+49", "phoneNumber": "1234"}]},
            "The phone number of receiver 'a' is invalid: country code and number are digits only.",
        ),
        (
            {"webhookReceivers": [{"name": "a", "serviceUri": "a.example"}]},
            "The service URI 'a.example' of receiver 'a' is invalid.",
        ),
    ],
)
def test_an_action_group_that_can_not_be_is_refused(
    group: Arm, properties: dict[str, Any], message: str
) -> None:
    assert group.refused("PUT", PEOPLE, group_of(**properties)) == (400, "BadRequest", message)


@pytest.mark.parametrize("name", ["a.", "a%20b:c", "a" * 261])
def test_names_of_alerts_have_bounds(watched: Arm, name: str) -> None:
    shown = name.replace("%20", " ")
    message = (
        f"The name '{shown}' is invalid: it has 1 to 260 characters, none of *, #, &, +, :, <, >, ?, @, %, {{, }}, "
        "\\, /, and doesn't end with a blank or '.'."
    )
    for place, body in ((PEOPLE, group_of()), (ALERT, alert()), (RULE, rule())):
        path = f"{place.rpartition('/')[0]}/{name}"
        assert watched.refused("PUT", path, body) == (400, "BadRequest", message)


def test_a_metric_alert_is_made_changed_and_deleted(watched: Arm) -> None:
    made = watched.put(ALERT, alert(actions=[{"actionGroupId": PEOPLE}]))
    assert made["properties"]["autoMitigate"] is True
    assert made["properties"]["isMigrated"] is False
    assert watched.put(ALERT, made)["properties"] == made["properties"], "an answer can be sent back"
    patched = watched.call("PATCH", ALERT, {"properties": {"enabled": False}})[1]
    assert patched["properties"]["enabled"] is False
    assert watched.call("DELETE", ALERT)[0] == 200
    # An action group that is told of something may go before it.
    watched.put(ALERT, made)
    assert watched.call("DELETE", PEOPLE)[0] == 200


def test_a_metric_alert_may_be_on_several_resources_and_on_what_is_unusual(watched: Arm) -> None:
    unusual = criterion(
        criterionType="DynamicThresholdCriterion",
        threshold=None,
        operator="GreaterOrLessThan",
        alertSensitivity="Low",
        failingPeriods={"minFailingPeriodsToAlert": 2, "numberOfEvaluationPeriods": 4},
    )
    target = {"targetResourceRegion": LOCATION, "targetResourceType": ML}
    watched.put(ALERT, alert(unusual, odata=MULTIPLE, scopes=[LOGS, GROUP, HOME], **target))
    watched.put(
        ALERT, alert(criterion(), criterion(name="more"), windowSize="P1D", evaluationFrequency="PT1H")
    )


WINDOWS = "PT1M, PT5M, PT15M, PT30M, PT1H, PT6H, PT12H, P1D"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            alert(evaluationFrequency="PT10M"),
            (
                "The value 'PT10M' of 'evaluationFrequency' is invalid: it is one of PT1M, PT5M, PT15M, PT30M, PT1H."
            ),
        ),
        (
            alert(windowSize="15 minutes"),
            f"The value '15 minutes' of 'windowSize' is invalid: it is one of {WINDOWS}.",
        ),
        (
            alert(windowSize="PT1M"),
            "The window size 'PT1M' must not be shorter than the evaluation frequency 'PT5M'.",
        ),
        (alert(scopes=[]), f"An alert with criteria of type '{SINGLE}' is on one scope, not on 0."),
        (
            alert(scopes=[LOGS, PEOPLE]),
            f"An alert with criteria of type '{SINGLE}' is on one scope, not on 2.",
        ),
        (
            alert(odata=MULTIPLE, scopes=[]),
            f"An alert with criteria of type '{MULTIPLE}' is on one scope or more, not on 0.",
        ),
        (
            alert(odata=MULTIPLE, targetResourceRegion=LOCATION),
            "The property 'targetResourceType' is required for an alert on several resources.",
        ),
        (alert(scopes=[f"{LOGS}2"]), f"The scope '{LOGS}2' was not found."),
        (alert(scopes=[HOME]), f"The scope '{HOME}' was not found."),
        (alert(*[criterion(name=str(at)) for at in range(6)]), "An alert has 1 to 5 criteria, not 6."),
        (alert(criteria={"odata.type": SINGLE}), "An alert has 1 to 5 criteria, not 0."),
        (alert(criterion(), criterion()), "The criterion name 'many' is used more than once."),
        (
            alert(criterion(threshold=None)),
            "A criterion of type 'StaticThresholdCriterion' must have 'threshold'.",
        ),
        (
            alert(criterion(criterionType="DynamicThresholdCriterion")),
            "A criterion of type 'DynamicThresholdCriterion' must have 'alertSensitivity'.",
        ),
        (
            alert(criterion(metricNamespace=ML, metricName="FailedRuns")),
            f"Couldn't find a metric named 'FailedRuns' in namespace '{ML}'.",
        ),
        (
            alert(actions=[{"actionGroupId": f"{PEOPLE}2"}]),
            f"The action group '{PEOPLE}2' was not found.",
        ),
        (alert(actions=[{"actionGroupId": LOGS}]), f"The action group '{LOGS}' was not found."),
        (
            alert(actions=[{"actionGroupId": PEOPLE}] * 6),
            "An alert has at most 5 action groups, not 6.",
        ),
    ],
)
def test_a_metric_alert_that_can_not_be_is_refused(watched: Arm, body: dict[str, Any], message: str) -> None:
    assert watched.refused("PUT", ALERT, body) == (400, "BadRequest", message)


def test_a_metric_is_known_or_taken_on_trust(watched: Arm) -> None:
    watched.put(ALERT, alert(criterion(metricNamespace=ML, metricName="Failed Runs")))
    new = criterion(metricNamespace=ML, metricName="New Runs", skipMetricValidation=True)
    watched.put(ALERT, alert(new))
    assert watched.refused("PUT", ALERT, alert(severity=5))[1] == "InvalidRequestContent"


def test_a_query_rule_shows_what_azure_fills_in(watched: Arm) -> None:
    made = watched.put(RULE, rule(actions={"actionGroups": [PEOPLE]}))
    assert made["kind"] == "LogAlert"
    properties = made["properties"]
    assert properties["criteria"]["allOf"][0]["failingPeriods"] == {
        "minFailingPeriodsToAlert": 1,
        "numberOfEvaluationPeriods": 1,
    }
    assert (properties["enabled"], properties["autoMitigate"]) == (True, True)
    assert properties["createdWithApiVersion"] == "2025-01-01-preview"
    assert watched.put(RULE, made)["properties"] == properties, "an answer can be sent back"
    own = watched.put(RULE, {**rule(), "identity": {"type": "SystemAssigned"}})
    assert "principalId" in own["identity"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            rule(evaluationFrequency="P1D"),
            "The evaluation frequency 'P1D' must not be longer than the window size 'PT1H'.",
        ),
        (
            rule(windowSize="PT7H"),
            (
                "The value 'PT7H' of 'windowSize' is invalid: it is one of PT1M, PT5M, PT10M, PT15M, PT30M, PT45M, "
                "PT1H, PT2H, PT3H, PT4H, PT5H, PT6H, P1D, P2D."
            ),
        ),
        (
            rule(condition(failingPeriods={"minFailingPeriodsToAlert": 3, "numberOfEvaluationPeriods": 2})),
            "The failing periods to alert must not be more than the evaluation periods.",
        ),
        (
            rule(condition(failingPeriods={"numberOfEvaluationPeriods": 3}), windowSize="P1D"),
            "The rule would look back 3 times 'P1D': two days at most.",
        ),
        (rule(condition(), condition()), "A log alert has one condition, not 2."),
        (rule(scopes=[LOGS, GROUP]), "A log alert is on one scope, not on 2."),
        (rule(scopes=[f"{LOGS}2"]), f"The scope '{LOGS}2' was not found."),
        (
            rule(muteActionsDuration="PT1H"),
            "A rule that resolves its alerts by itself can't mute its actions.",
        ),
        (
            rule(autoMitigate=False, muteActionsDuration="long"),
            "The value 'long' of 'muteActionsDuration' is invalid.",
        ),
        (
            rule(condition(query="AddonAzureBackupJobs | count")),
            "Failed to resolve table or column expression named 'AddonAzureBackupJobs'.",
        ),
        (rule(condition(query="| count")), "Failed to resolve table or column expression named '| count'."),
        (
            rule(actions={"actionGroups": [f"{PEOPLE}2"]}),
            f"The action group '{PEOPLE}2' was not found.",
        ),
    ],
)
def test_a_query_rule_that_can_not_be_is_refused(watched: Arm, body: dict[str, Any], message: str) -> None:
    assert watched.refused("PUT", RULE, body) == (400, "BadRequest", message)


def test_a_query_on_a_table_that_is_not_there_yet_is_taken_unchecked(watched: Arm) -> None:
    late = condition(query="AddonAzureBackupJobs | where JobStatus == 'Failed'")
    watched.put(RULE, rule(late, skipQueryValidation=True))
    watched.put(RULE, rule(condition(query="let n = 1; AnyTable | count")))
    watched.put(RULE, rule(late, scopes=[GROUP]))
    watched.put(RULE, rule(autoMitigate=False, muteActionsDuration="PT1H"))


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("PT1M", 1), ("PT1H30M", 90), ("P1D", 1440), ("P1DT1H", 1500), ("PT60M", 60)],
)
def test_a_span_is_read(text: str, minutes: int) -> None:
    assert span_minutes(text) == minutes


@pytest.mark.parametrize("text", ["", "P", "PT", "PT0M", "P1M", "1H", "PT1S", "P-1D"])
def test_what_is_no_span_is_none(text: str) -> None:
    assert span_minutes(text) is None
