"""What watches an environment under the real engine: up, again without a change, refreshed, and gone."""

from __future__ import annotations

import json

from rehearsing import ACCOUNT, REGION, Begin

PROGRAM = f"""
from modelyard.aws.budget import Budget
from modelyard.aws.monitoring import Monitoring
from modelyard.aws.watcher import Watcher
from modelyard.aws.working_hours import WorkingHours

place = {{"account_id": "{ACCOUNT}", "region": "{REGION}", "environment": "dev", "tags": {{"owner": "ml"}}}}
key = aws.kms.Key("alerts", enable_key_rotation=True)
trust = '{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole", ' \\
    '"Principal": {{"Service": "batch.amazonaws.com"}}}}]}}'
role = aws.iam.Role("batch", name="batch", assume_role_policy=trust)
environment = aws.batch.ComputeEnvironment(
    "gpu", name="gpu", type="UNMANAGED", state="ENABLED", service_role=role.arn
)
queue = aws.batch.JobQueue(
    "gpu",
    name="dev-gpu",
    state="ENABLED",
    priority=1,
    compute_environment_orders=[{{"order": 1, "compute_environment": environment.arn}}],
)
pool = {{"name": "gpu", "compute_environment_arn": environment.arn}}
monitoring = Monitoring(
    "monitoring",
    {{
        **place,
        "key_arn": key.arn,
        "pools": [{{"name": "gpu", "queue_arn": queue.arn, "nvidia": True}}],
        "emails": ["team@example.com"],
        "backup_role_arns": [role.arn],
        "replications": [
            {{
                "source_bucket": "there",
                "destination_bucket": "here",
                "destination_region": "{REGION}",
                "rule_id": "all",
            }}
        ],
        "budget": True,
    }},
)
watcher = Watcher(
    "watcher",
    {{
        **place,
        "key_arn": key.arn,
        "logs_key_arn": key.arn,
        "alerts_topic_arn": monitoring.topic_arn,
        "pools": [{{**pool, "queue_name": "dev-gpu", "idle_shutdown_minutes": 30}}],
        "budget_name": "dev-monthly",
        "working_hours": True,
    }},
)
Budget(
    "budget",
    {{
        "environment": "dev",
        "monthly_usd": 2_000,
        "alert_percents": [80, 100],
        "alert_emails": ["team@example.com"],
        "alerts_topic_arn": monitoring.topic_arn,
        "close_queues_at_percent": 120,
        "closing_topic_arns": {{"{REGION}": watcher.closing_topic_arn}},
    }},
)
WorkingHours(
    "hours",
    {{
        **place,
        "key_arn": key.arn,
        "pools": [{{**pool, "queue_arn": queue.arn}}],
        "opens": "08:00",
        "closes": "18:00",
        "days": ["mon", "tue"],
        "time_zone": "Europe/Berlin",
    }},
)
"""


def test_what_watches_comes_up_stays_as_it_is_and_goes(begin: Begin) -> None:
    rehearsal = begin(PROGRAM)
    rehearsal.up()
    rehearsal.up("--expect-no-changes")
    function = rehearsal.client("lambda").get_function(FunctionName=f"dev-{REGION}-watcher")
    settings = json.loads(function["Configuration"]["Environment"]["Variables"]["SETTINGS"])
    (state,) = [
        item for label, item in rehearsal.state().items() if label == "lambda/function:Function watcher"
    ]
    assert function["Configuration"]["CodeSha256"] == state["outputs"]["codeSha256"]
    assert settings["closingTopicArn"].endswith(":dev-close-queues")

    # What the watcher does when the budget is used up is seen by a refresh, and undone.
    batch, scheduler = rehearsal.client("batch"), rehearsal.client("scheduler")
    group = f"dev-{REGION}-working-hours"
    batch.update_job_queue(jobQueue="dev-gpu", state="DISABLED")
    opening = scheduler.get_schedule(Name="opens-queue-gpu", GroupName=group)
    members = ("FlexibleTimeWindow", "GroupName", "Name", "ScheduleExpression", "Target")
    scheduler.update_schedule(**{name: opening[name] for name in members}, State="DISABLED")
    rehearsal.up("--refresh")
    (queue,) = batch.describe_job_queues()["jobQueues"]
    assert queue["state"] == "ENABLED"
    opened = scheduler.get_schedule(Name="opens-queue-gpu", GroupName=group)
    assert opened["State"] == "ENABLED"
    assert opened["ScheduleExpressionTimezone"] == "Europe/Berlin"
    rehearsal.up("--refresh", "--expect-no-changes")

    rehearsal.must("destroy", "--yes", "--skip-preview")
    assert rehearsal.listed() == set()
