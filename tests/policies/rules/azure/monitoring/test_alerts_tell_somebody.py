import pytest

from modelyard_policies.azure.types import (
    ACTION_GROUP,
    ACTIVITY_LOG_ALERT,
    AUTOSCALE_SETTING,
    BACKUP_VAULT,
    METRIC_ALERT,
    RECOVERY_SERVICES_VAULT,
    SCHEDULED_QUERY_RULE,
)
from modelyard_policies.graph import UNKNOWN

ON_CALL = [{"actionGroupId": UNKNOWN}]
MAIL = [{"name": "on-call", "emailAddress": "on-call@example.com"}]


def one(token, /, **properties):
    return {"one": (token, properties)}


def vault(kind, state):
    settings = {"azureMonitorAlertSettings": {"alertsForAllJobFailures": state}}
    return one(kind, properties={"monitoringSettings": settings})


FAILED_JOBS = (
    "one: properties.monitoringSettings.azureMonitorAlertSettings.alertsForAllJobFailures: is Disabled, so "
    "nobody is told of a backup that failed"
)

CASES = {
    "bad": {
        "an alert that is off": (
            one(METRIC_ALERT, enabled=False, actions=ON_CALL),
            "one: enabled: is false",
        ),
        "an alert by its former name": (
            one("azure-native:insights:MetricAlert", enabled=True),
            "one: actions: name no action group",
        ),
        "an alert that tells nobody": (
            one(METRIC_ALERT, enabled=True, actions=[]),
            "one: actions: name no action group",
        ),
        "an alert that tells nobody, beside what isn't known": (
            one(METRIC_ALERT, enabled=UNKNOWN),
            "one: actions: name no action group",
        ),
        "an alert of the activity log": (
            one(ACTIVITY_LOG_ALERT, enabled=False, actions={}),
            "one: enabled: is false",
            "one: actions.actionGroups: name no action group",
        ),
        "an alert of a query": (
            one(SCHEDULED_QUERY_RULE, actions={"actionGroups": []}),
            "one: actions.actionGroups: name no action group",
        ),
        "a group without receivers": (one(ACTION_GROUP, emailReceivers=[]), "one: : has no receiver"),
        "a group that is off": (
            one(ACTION_GROUP, enabled=False, emailReceivers=MAIL),
            "one: enabled: is false",
        ),
        "failed backups": (vault(BACKUP_VAULT, "Disabled"), FAILED_JOBS),
        "failed backups of machines": (vault(RECOVERY_SERVICES_VAULT, "disabled"), FAILED_JOBS),
    },
    "good": {
        "an alert": (one(METRIC_ALERT, enabled=True, actions=ON_CALL),),
        "an alert whose actions aren't known yet": (one(METRIC_ALERT, enabled=True, actions=UNKNOWN),),
        "an alert of the activity log": (one(ACTIVITY_LOG_ALERT, actions={"actionGroups": ON_CALL}),),
        "an alert of a query": (one(SCHEDULED_QUERY_RULE, actions={"actionGroups": [UNKNOWN]}),),
        "a metric made of logs": (one(SCHEDULED_QUERY_RULE, kind="LogToMetric"),),
        "a group": (one(ACTION_GROUP, enabled=True, smsReceivers=[], webhookReceivers=UNKNOWN),),
        "a vault that says nothing": (one(BACKUP_VAULT),),
        "a vault that tells": (vault(RECOVERY_SERVICES_VAULT, "Enabled"),),
    },
    "unknown": {
        "whether an alert is on": (
            one(METRIC_ALERT, enabled=UNKNOWN, actions=ON_CALL),
            "one: enabled: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "development": (one(METRIC_ALERT, enabled=False, tags={"stage": "development"}),),
        "something else that is watched": (one(AUTOSCALE_SETTING),),
    },
}


def test_verdict(case, check):
    check("LM10", case)


@pytest.mark.parametrize("kind", ["Email", "Sms", "Webhook", "ArmRole", "AzureFunction", "EventHub"])
def test_any_receiver_is_told(kind, check):
    resources = one(ACTION_GROUP, **{f"{kind[0].lower()}{kind[1:]}Receivers": [{"name": "one"}]})
    check("LM10", ("good", (resources,)))
