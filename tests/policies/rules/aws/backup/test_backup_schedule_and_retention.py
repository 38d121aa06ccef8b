import pytest

from modelyard_policies.aws.types import BACKUP_PLAN, BACKUP_VAULT
from modelyard_policies.engine import evaluate
from modelyard_policies.errors import OptionError
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.backup.backup_schedule_and_retention import BackupObjectives

DAILY = "cron(0 5 * * ? *)"
WEEKLY = "cron(0 5 ? * 1 *)"


def rule(schedule=DAILY, days=35, **more):
    return {"schedule": schedule, "lifecycle": {"deleteAfter": days}, **more}


def plan(*rules, **tags):
    tags = {key.replace("_", "-"): value for key, value in tags.items()}
    return {"plan": (BACKUP_PLAN, {"rules": list(rules), "tags": tags})}


CASES = {
    "bad": {
        "no rule": (plan(), "plan: rules: no rule makes a backup at least each 24 hours"),
        "once a week": (plan(rule(WEEKLY)), "plan: rules: no rule makes a backup at least each 24 hours"),
        "less often than its tag says": (
            plan(rule(), rpo_hours="12"),
            "plan: rules: no rule makes a backup at least each 12 hours",
        ),
        "gone too soon": (
            plan(rule(days=29), data_classification="restricted"),
            "plan: rules: no rule keeps restricted data for at least 30 days",
        ),
        "neither": (
            plan(rule("cron(0 5 1 * ? *)", "7"), data_classification="Confidential"),
            "plan: rules: no rule makes a backup at least each 24 hours",
            "plan: rules: no rule keeps confidential data for at least 14 days",
        ),
        "gone too soon, and an unknown schedule": (
            plan(rule(UNKNOWN, 1), data_classification="internal"),
            "plan: rules: no rule keeps internal data for at least 7 days",
        ),
    },
    "good": {
        "daily": (plan(rule(), data_classification="restricted"),),
        "AWS Backup's own schedule": (plan(rule(None)),),
        "as its tag says": (plan(rule(WEEKLY), rpo_hours="200"),),
        "one rule is often and another keeps": (
            plan(rule("rate(1 hour)", 1), rule(WEEKLY, 60), rpo_hours="1", data_classification="restricted"),
        ),
        "kept without an end": (plan({"schedule": DAILY}, data_classification="restricted"),),
        "gone soon, but not production": (
            plan(rule(days=1), data_classification="restricted", stage="staging"),
        ),
        "a class of one's own": (plan(rule(days=1), data_classification="secret"),),
    },
    "unknown": {
        "a schedule that isn't known": (
            plan(rule(UNKNOWN)),
            "plan: rules[0].schedule: can't be judged: not known before the deployment",
        ),
        "a schedule that isn't worked out": (
            plan(rule("cron(0 5 L * ? *)")),
            "plan: rules[0].schedule: can't be judged: how far apart its runs are isn't worked out",
        ),
        "continuous backups": (
            plan(rule(WEEKLY, enableContinuousBackup=True)),
            (
                "plan: rules[0].enableContinuousBackup: can't be judged: what it covers depends on what is "
                "selected"
            ),
        ),
        "an objective that isn't a number": (
            plan(rule(), rpo_hours="a day"),
            "plan: tags.rpo-hours: can't be judged: isn't a number of hours",
        ),
        "an objective without an end": (
            plan(rule(), rpo_hours="inf"),
            "plan: tags.rpo-hours: can't be judged: isn't a number of hours",
        ),
        "an end that isn't known": (
            plan(rule(days=UNKNOWN), data_classification="restricted"),
            "plan: rules[0].lifecycle.deleteAfter: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"no plan": ({"vault": (BACKUP_VAULT, {})},)},
}


def test_verdict(case, check):
    check("BK4", case)


def test_the_objectives_can_be_set(build):
    graph = build(plan(rule(WEEKLY, 20), data_classification="restricted"))
    given = {"rpo_hours": 168, "minimum_retention_days": {"restricted": 20}}
    report = evaluate(graph, all_rules(), select=["BK4"], options=[BackupObjectives.from_json(given)])
    assert report.ok


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"rpo": 24},
            "backup-schedule-and-retention has no option 'rpo'",
        ),
        (
            {"rpo_hours": 0},
            "backup-schedule-and-retention: rpo_hours must be a number from 1, not 0",
        ),
        (
            {"minimum_retention_days": {"restricted": "30"}},
            (
                "backup-schedule-and-retention: minimum_retention_days must be a mapping of words to numbers "
                "from 1, not {'restricted': '30'}"
            ),
        ),
    ],
)
def test_a_wrong_option_is_refused(given, message):
    with pytest.raises(OptionError) as error:
        BackupObjectives.from_json(given)
    assert str(error.value) == message
