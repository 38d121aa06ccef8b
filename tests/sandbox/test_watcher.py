"""The function that watches queues, run as Lambda runs it, against the sandbox's Batch, CloudWatch, SNS and
Scheduler.
"""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import boto3
import pytest
from batching import REGION, Account
from botocore.exceptions import ClientError
from sandbox.monitoring_cases import trusted

from modelyard.planning import metrics
from modelyard_sandbox.sandbox import Sandbox

START = datetime(2026, 11, 26, 9, 0, 20, tzinfo=UTC)
VCPUS = 16
FIGURES = (
    metrics.RUNNABLE_JOBS,
    metrics.STARTING_JOBS,
    metrics.RUNNING_JOBS,
    metrics.KEPT_VCPUS,
    metrics.HEAD_OF_QUEUE_SECONDS,
)
"""What dashboards and alarms look for; the function knows these names by itself, for it runs alone."""

OPENING = (
    "aws lambda invoke --region eu-central-1 --function-name dev-eu-central-1-watcher "
    """--cli-binary-format raw-in-base64-out --payload '{"do": "open"}' /dev/stdout"""
)


@dataclass
class Watched:
    """An account with one pool, and the function as it is set up for it."""

    account: Account
    module: ModuleType
    settings: dict[str, Any]
    environment: str
    queue: str
    inbox: str

    def client(self, service: str) -> Any:
        return self.account.client(service)

    def invoke(self, event: dict[str, Any]) -> Any:
        """Start the function, as Lambda does."""
        return self.module.handler(event, None)

    def look(self, minutes: int) -> list[str]:
        """One look, so many minutes after the start."""
        return self.module.watch(self.settings, START + timedelta(minutes=minutes))

    def told(self) -> list[str]:
        """The messages on the topic since the last time."""
        sqs, found = self.client("sqs"), list[str]()
        while messages := sqs.receive_message(QueueUrl=self.inbox, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"])["Message"])
                sqs.delete_message(QueueUrl=self.inbox, ReceiptHandle=message["ReceiptHandle"])
        return found

    def figure(self, name: str, moment: datetime) -> float:
        """What was published of the pool at a moment."""
        start = moment - timedelta(minutes=1)
        dimensions = [
            {"Name": name, "Value": value} for name, value in metrics.pool_dimensions("dev", "gpu").items()
        ]
        (point,) = self.client("cloudwatch").get_metric_statistics(
            Namespace=metrics.NAMESPACE,
            MetricName=name,
            Dimensions=dimensions,
            StartTime=start,
            EndTime=start + timedelta(minutes=5),
            Period=300,
            Statistics=["Maximum"],
        )["Datapoints"]
        return point["Maximum"]

    def keep(self, vcpus: int) -> None:
        """Keep vCPUs up, as an opening or an `up` does."""
        self.account.batch.update_compute_environment(
            computeEnvironment=self.environment, computeResources={"minvCpus": vcpus}
        )

    @property
    def pool(self) -> tuple[str, str, int]:
        """State of the queue and of the compute environment, and the vCPUs kept up."""
        batch = self.account.batch
        (queue,) = batch.describe_job_queues(jobQueues=[self.queue])["jobQueues"]
        (made,) = batch.describe_compute_environments(computeEnvironments=[self.environment])[
            "computeEnvironments"
        ]
        return queue["state"], made["state"], made["computeResources"]["minvCpus"]

    def closing(self) -> dict[str, Any]:
        """The event by which SNS hands over what the budget says."""
        sns = {"TopicArn": self.settings["closingTopicArn"], "Message": "AWS Budget Notification"}
        return {"Records": [{"EventSource": "aws:sns", "Sns": sns}]}


@pytest.fixture
def watched(sandbox: Sandbox, account_id: str, monkeypatch: pytest.MonkeyPatch) -> Watched:
    account = Account(sandbox, account_id)
    # Multi-node jobs wait for ever behind Spot machines alone.
    environment = account.environment(computeResources=account.resources(type="SPOT", minvCpus=VCPUS))
    queue = account.queue(environment)
    sns, sqs = account.client("sns"), account.client("sqs")
    inbox = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    inbox_arn = f"arn:aws:sqs:{REGION}:{account_id}:inbox"
    topics = {name: sns.create_topic(Name=name)["TopicArn"] for name in ("dev-alerts", "dev-close-queues")}
    sns.subscribe(TopicArn=topics["dev-alerts"], Protocol="sqs", Endpoint=inbox_arn)
    settings = {
        "environment": "dev",
        "accountId": account_id,
        "region": REGION,
        "functionName": "dev-eu-central-1-watcher",
        "alertsTopicArn": topics["dev-alerts"],
        "closingTopicArn": topics["dev-close-queues"],
        "pools": [
            {
                "name": "gpu",
                "queueName": queue.rpartition("/")[2],
                "idleShutdownMinutes": 15,
                "keptVcpus": VCPUS,
            }
        ],
    }
    for name, value in sandbox.environment_variables(account_id, REGION).items():
        monkeypatch.setenv(name, value)
    # A function's process has one session, for one account.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setenv("SETTINGS", json.dumps(settings))
    module = importlib.reload(importlib.import_module("modelyard.aws.functions.watcher"))
    return Watched(account, module, settings, environment, queue, inbox)


def waiting(watched: Watched) -> str:
    """Id of a job that waits."""
    id_ = watched.account.submit(watched.account.nodes(), watched.queue)
    watched.account.when(id_, "RUNNABLE")
    return id_


def test_each_look_publishes_jobs_by_state_the_first_ones_wait_and_kept_vcpus(watched: Watched) -> None:
    # Which is over before the others come: behind one that waits for ever nothing is started.
    watched.account.ended(watched.account.submit(watched.account.definition(), watched.queue))
    first, second = waiting(watched), waiting(watched)
    submitted = watched.account.job(first)["createdAt"] / 1_000
    moment = datetime.fromtimestamp(submitted + 600, UTC)
    assert watched.module.watch(watched.settings, moment) == []
    shown = {name: watched.figure(name, moment) for name in FIGURES}
    assert shown == {
        "RunnableJobs": 2,
        "StartingJobs": 0,
        "RunningJobs": 0,
        "KeptVcpus": VCPUS,
        "HeadOfQueueSeconds": pytest.approx(600, abs=0.01),
    }

    # The second one is first since the first one went, whenever it was submitted.
    watched.account.batch.cancel_job(jobId=first, reason="enough")
    front = watched.account.batch.get_job_queue_snapshot(jobQueue=watched.queue)["frontOfQueue"]["jobs"]
    assert [job["jobArn"].rpartition("/")[2] for job in front] == [second]
    gone = watched.account.job(first)["stoppedAt"]
    assert front[0]["earliestTimeAtPosition"] == gone


def test_nodes_that_had_no_job_for_as_long_as_that_are_let_go_and_it_is_said(watched: Watched) -> None:
    assert [watched.look(minutes) for minutes in (0, 5, 10)] == [[], [], []]
    assert watched.pool == ("ENABLED", "ENABLED", VCPUS)
    assert watched.look(15) == ["gpu"]
    assert watched.pool == ("ENABLED", "ENABLED", 0)
    (message,) = watched.told()
    assert message == (
        "The nodes that gpu of dev kept up had no job for the time that idle_shutdown_minutes gives them, and "
        "were let go. Jobs start new ones. Working hours keep them up again from the next opening; to do it "
        f"now: {OPENING}"
    )
    assert watched.look(20) == []
    assert watched.told() == []


def test_a_job_within_that_time_keeps_the_nodes(watched: Watched) -> None:
    watched.look(0)
    job = waiting(watched)
    watched.look(5)
    watched.account.batch.cancel_job(jobId=job, reason="enough")
    assert [watched.look(minutes) for minutes in (10, 15, 20)] == [[]] * 3
    assert watched.pool[2] == VCPUS
    assert watched.look(25) == ["gpu"]


def test_nodes_asked_for_anew_are_not_let_go_for_the_quiet_hours_before(watched: Watched) -> None:
    watched.keep(0)
    assert [watched.look(minutes) for minutes in (0, 5, 10, 15)] == [[]] * 4
    watched.keep(VCPUS)
    assert [watched.look(minutes) for minutes in (20, 25, 30)] == [[]] * 3
    assert watched.look(35) == ["gpu"]


def test_a_look_that_was_missed_counts_as_not_idle(watched: Watched) -> None:
    assert [watched.look(minutes) for minutes in (0, 5, 15)] == [[]] * 3
    assert [watched.look(minutes) for minutes in (20, 25)] == [[], []]
    assert watched.look(30) == ["gpu"]


def test_a_pool_without_idle_minutes_keeps_its_nodes(watched: Watched) -> None:
    watched.settings["pools"][0]["idleShutdownMinutes"] = None
    assert [watched.look(minutes) for minutes in (0, 5, 10, 15, 20)] == [[]] * 5
    assert watched.pool[2] == VCPUS


def test_the_budgets_message_closes_the_queue_and_what_waits_does_not_start(watched: Watched) -> None:
    assert watched.invoke(watched.closing()) == {"closed": ["gpu"]}
    assert watched.pool == ("DISABLED", "DISABLED", 0)
    (message,) = watched.told()
    assert message == (
        "The budget of dev is used up to the percentage at which its queues are closed in eu-central-1: gpu. "
        "What runs goes on to its end, what waits does not start, and no new job is taken. With a higher "
        f"budget, or in the next month, open them again: {OPENING}"
    )


def test_the_command_of_the_message_opens_everything_as_it_was(watched: Watched) -> None:
    watched.invoke(watched.closing())
    watched.told()
    payload = OPENING.partition("--payload '")[2].partition("'")[0]
    assert watched.invoke(json.loads(payload)) == {"opened": ["gpu"]}
    assert watched.pool == ("ENABLED", "ENABLED", VCPUS)
    assert watched.told() == [
        "The queues of dev in eu-central-1 are open again, with the nodes that they keep up: gpu."
    ]


def test_a_second_message_changes_nothing_and_says_nothing(watched: Watched) -> None:
    watched.invoke(watched.closing())
    watched.told()
    assert watched.invoke(watched.closing()) == {"closed": []}
    assert watched.told() == []


def test_a_queue_that_is_closed_already_still_loses_its_nodes(watched: Watched) -> None:
    watched.account.batch.update_job_queue(jobQueue=watched.queue, state="DISABLED")
    assert watched.invoke(watched.closing()) == {"closed": ["gpu"]}
    assert watched.pool == ("DISABLED", "DISABLED", 0)


def test_a_message_of_another_topic_does_nothing_and_is_an_error(watched: Watched) -> None:
    sns = {"TopicArn": watched.settings["alertsTopicArn"], "Message": "an alarm"}
    with pytest.raises(ValueError, match=r"it is asked to watch, to open or by its topic to close, not: "):
        watched.invoke({"Records": [{"EventSource": "aws:sns", "Sns": sns}]})
    assert watched.pool == ("ENABLED", "ENABLED", VCPUS)


def test_closing_switches_off_what_would_open_the_queue_the_next_morning(watched: Watched) -> None:
    iam, scheduler = watched.client("iam"), watched.client("scheduler")
    trust = trusted("scheduler.amazonaws.com")
    role = iam.create_role(RoleName="hours", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    scheduler.create_schedule_group(Name="hours")
    for name in ("opens-queue-gpu", "closes-queue-gpu"):
        scheduler.create_schedule(
            Name=name,
            GroupName="hours",
            ScheduleExpression="cron(0 8 ? * MON,TUE *)",
            ScheduleExpressionTimezone="Europe/Berlin",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={
                "Arn": "arn:aws:scheduler:::aws-sdk:batch:updateJobQueue",
                "RoleArn": role,
                "Input": json.dumps({"JobQueue": "gpu", "State": "ENABLED"}),
            },
        )
    before = scheduler.get_schedule(Name="opens-queue-gpu", GroupName="hours")
    watched.settings |= {"openingsGroup": "hours", "openingsPrefix": "opens-"}
    assert watched.module.close(watched.settings) == ["gpu"]
    after = scheduler.get_schedule(Name="opens-queue-gpu", GroupName="hours")
    for shown in (before, after):
        for name in ("LastModificationDate", "ResponseMetadata", "State"):
            shown.pop(name)
    assert after == before, "all but the state stays"
    states = {item["Name"]: item["State"] for item in scheduler.list_schedules()["Schedules"]}
    assert states == {"opens-queue-gpu": "DISABLED", "closes-queue-gpu": "ENABLED"}
    (message,) = watched.told()
    assert "The schedules opens-queue-gpu are off, or they would open them." in message
    assert watched.module.close(watched.settings) == []
    assert watched.told() == []
    watched.module.reopen(watched.settings)
    states = {item["Name"]: item["State"] for item in scheduler.list_schedules()["Schedules"]}
    assert states == {"opens-queue-gpu": "ENABLED", "closes-queue-gpu": "ENABLED"}


def test_the_budgets_figures_are_published_for_the_environment(watched: Watched) -> None:
    budgets = watched.account.sandbox.client("budgets", "us-east-1", watched.account.account_id)
    limit = {"Amount": "2000", "Unit": "USD"}
    budgets.create_budget(
        AccountId=watched.account.account_id,
        Budget={
            "BudgetName": "dev-monthly",
            "BudgetLimit": limit,
            "TimeUnit": "MONTHLY",
            "BudgetType": "COST",
        },
    )
    watched.settings["budgetName"] = "dev-monthly"
    watched.look(0)
    cloudwatch = watched.client("cloudwatch")
    found = cloudwatch.list_metrics(
        Namespace=metrics.NAMESPACE, Dimensions=[{"Name": "environment", "Value": "dev"}]
    )["Metrics"]
    of_environment = {metric["MetricName"] for metric in found if len(metric["Dimensions"]) == 1}
    assert of_environment == {metrics.BUDGET_USD, metrics.SPENT_USD, metrics.FORECAST_USD}


def test_what_a_service_refuses_is_an_error_of_the_function(watched: Watched) -> None:
    watched.settings["pools"][0]["queueName"] = "gone"
    with pytest.raises(ClientError, match=r"JobQueue gone not found"):
        watched.look(0)


def test_it_looks_as_often_as_it_is_started(watched: Watched) -> None:
    assert watched.module.WATCH_MINUTES == metrics.WATCH_MINUTES
