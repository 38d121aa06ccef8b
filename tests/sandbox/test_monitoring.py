"""What watches an environment, brought up in the sandbox, and what AWS refuses of it."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pulumi_aws as aws
import pytest
from botocore.exceptions import ClientError

from modelyard.aws.budget import Budget
from modelyard.aws.monitoring import Monitoring
from modelyard.aws.watcher import Watcher
from modelyard.aws.working_hours import WorkingHours
from modelyard_sandbox.aws.archives import zipped
from modelyard_sandbox.errors import UnsupportedError
from modelyard_sandbox.sandbox import Sandbox

REGION = "eu-central-1"


def watched(account_id: str) -> None:
    """A pool without machines, with all that watches it."""
    place = {"account_id": account_id, "region": REGION, "environment": "dev", "tags": {"owner": "ml"}}
    key = aws.kms.Key("alerts", enable_key_rotation=True)
    environment = aws.batch.ComputeEnvironment(
        "gpu", name="gpu", type="UNMANAGED", state="ENABLED", service_role=_service_role().arn
    )
    queue = aws.batch.JobQueue(
        "gpu",
        name="dev-gpu",
        state="ENABLED",
        priority=1,
        compute_environment_orders=[{"order": 1, "compute_environment": environment.arn}],
    )
    monitoring = Monitoring(
        "monitoring",
        {
            **place,
            "key_arn": key.arn,
            "pools": [{"name": "gpu", "queue_arn": queue.arn, "nvidia": True}],
            "emails": ["team@example.com"],
            "backup_role_arns": [f"arn:aws:iam::{account_id}:role/backup"],
            "budget": True,
        },
    )
    watcher = Watcher(
        "watcher",
        {
            **place,
            "key_arn": key.arn,
            "logs_key_arn": key.arn,
            "alerts_topic_arn": monitoring.topic_arn,
            "pools": [
                {
                    "name": "gpu",
                    "queue_name": "dev-gpu",
                    "compute_environment_arn": environment.arn,
                    "idle_shutdown_minutes": 30,
                }
            ],
            "budget_name": "dev-monthly",
            "working_hours": True,
        },
    )
    Budget(
        "budget",
        {
            "environment": "dev",
            "monthly_usd": 2_000,
            "alert_percents": [80, 100],
            "alert_emails": ["team@example.com"],
            "alerts_topic_arn": monitoring.topic_arn,
            "close_queues_at_percent": 120,
            "closing_topic_arns": {REGION: watcher.closing_topic_arn},
        },
    )
    WorkingHours(
        "hours",
        {
            **place,
            "key_arn": key.arn,
            "pools": [{"name": "gpu", "queue_arn": queue.arn, "compute_environment_arn": environment.arn}],
            "opens": "08:00",
            "closes": "18:00",
            "days": ["mon", "tue"],
            "time_zone": "Europe/Berlin",
        },
    )


def _service_role() -> aws.iam.Role:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "batch.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return aws.iam.Role("batch", name="batch", assume_role_policy=trust)


def test_what_watches_comes_up_stays_as_it_is_and_goes(toy: Any) -> None:
    up = toy.up(lambda: watched(toy.account_id))
    again = toy.up(lambda: watched(toy.account_id))
    assert (again.unchanged, again.created, again.updated, again.replaced) == (up.created, 0, 0, 0)

    found = toy.client("lambda").get_function(FunctionName="dev-eu-central-1-watcher")
    variables = found["Configuration"]["Environment"]["Variables"]
    settings = json.loads(variables["SETTINGS"])
    topics = {topic["TopicArn"] for topic in toy.client("sns").list_topics()["Topics"]}
    assert {settings["alertsTopicArn"], settings["closingTopicArn"]} == topics
    assert settings["openingsGroup"] == "dev-eu-central-1-working-hours"
    assert found["Concurrency"] == {"ReservedConcurrentExecutions": 1}

    schedules = toy.client("scheduler").list_schedules()["Schedules"]
    assert {item["Name"] for item in schedules} == {
        *("opens-queue-gpu", "closes-queue-gpu", "opens-nodes-gpu", "closes-nodes-gpu", "watch")
    }
    budgets = toy.sandbox.client("budgets", "us-east-1", toy.account_id)
    told = budgets.describe_subscribers_for_notification(
        AccountId=toy.account_id,
        BudgetName=f"dev-closing-{REGION}",
        Notification={"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 120},
    )["Subscribers"]
    assert settings["closingTopicArn"] in {item["Address"] for item in told}

    down = toy.down()
    assert (down.remaining, down.others) == ((), ())


def test_an_archive_is_the_same_bytes_each_time_from_either_engine() -> None:
    in_process = {"archive": {"assets": {"a.py": {"asset": {"text": "x = 1\n"}}}}}
    of_the_engine = {
        "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7",
        "hash": "1",
        "assets": {
            "a.py": {
                "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17",
                "hash": "2",
                "text": "x = 1\n",
            }
        },
    }
    made = zipped(in_process, "code")
    assert made == zipped(of_the_engine, "code")
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        assert {name: file.read(name) for name in file.namelist()} == {"a.py": b"x = 1\n"}


def test_an_archive_takes_files_folders_and_archives_within(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "b.py").write_bytes(b"b")
    (tmp_path / "a.py").write_bytes(b"a")
    nested = {
        "archive": {
            "assets": {
                "a.py": {"asset": {"path": str(tmp_path / "a.py")}},
                "more": {"archive": {"assets": {"c.py": {"asset": {"text": "c"}}}}},
            }
        }
    }
    with zipfile.ZipFile(io.BytesIO(zipped(nested, "code"))) as file:
        assert {name: file.read(name) for name in file.namelist()} == {"a.py": b"a", "more/c.py": b"c"}
    whole = {"archive": {"path": str(tmp_path)}}
    with zipfile.ZipFile(io.BytesIO(zipped(whole, "code"))) as file:
        assert sorted(file.namelist()) == ["a.py", "lib/b.py"]
    packed = tmp_path / "packed.zip"
    packed.write_bytes(zipped(nested, "code"))
    assert zipped({"archive": {"path": str(packed)}}, "code") == packed.read_bytes()


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        ("a.zip", "code takes an archive of assets, or of a path that is there"),
        ({"archive": {"uri": "https://example.com/a.zip"}}, "code takes an archive of assets, or of a path"),
        (
            {"archive": {"assets": {"a.py": {"asset": {"uri": "https://example.com/a.py"}}}}},
            "code, a.py, takes an asset of text, or of a file that is there",
        ),
    ],
)
def test_what_can_not_be_packed_is_refused(archive: Any, message: str) -> None:
    with pytest.raises(UnsupportedError, match=message):
        zipped(archive, "code")


@pytest.fixture
def client(sandbox: Sandbox, account_id: str) -> Any:
    """Makes a client of the account by the service's name."""
    return lambda service: sandbox.client(service, REGION, account_id)


def refusal(call: Any, **request: Any) -> tuple[str, str]:
    """Code and message of the error that a call ends with."""
    with pytest.raises(ClientError) as error:
        call(**request)
    said = error.value.response["Error"]
    return said["Code"], said["Message"]


ALARM: dict[str, Any] = {
    "AlarmName": "a",
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "Namespace": "n",
    "MetricName": "m",
    "Period": 300,
    "Statistic": "Sum",
    "Threshold": 1,
}
QUERY = {"Id": "a", "MetricStat": {"Metric": {"MetricName": "m"}, "Period": 60, "Stat": "Sum"}}
OF_QUERIES = {
    key: ALARM[key] for key in ("AlarmName", "ComparisonOperator", "EvaluationPeriods", "Threshold")
}


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({**ALARM, "Metrics": [QUERY]}, "Exactly one of MetricName and Metrics must be specified"),
        ({**ALARM, "EvaluationPeriods": 289}, "Metrics cannot be checked across more than 86400 seconds"),
        ({**ALARM, "Period": 3_600, "EvaluationPeriods": 169}, "across more than 604800 seconds"),
        ({**ALARM, "Period": 90}, "Period must be 10, 20, 30 or a multiple of 60"),
        ({**ALARM, "DatapointsToAlarm": 2}, "DatapointsToAlarm can't be greater than EvaluationPeriods"),
        ({**ALARM, "TreatMissingData": "none"}, "Option none is not supported"),
        ({key: ALARM[key] for key in ALARM if key != "Statistic"}, "must be specified"),
        ({key: ALARM[key] for key in ALARM if key != "Period"}, "The parameter Period is required"),
        (
            {**OF_QUERIES, "Metrics": [QUERY, {**QUERY, "ReturnData": False}]},
            "The values for parameter id in Metrics are not unique.",
        ),
        (
            {**OF_QUERIES, "Metrics": [{**QUERY, "ReturnData": False}]},
            "Exactly one element of the metrics list should return data.",
        ),
        ({**OF_QUERIES, "Metrics": [{"Id": "a"}]}, "a must have exactly one of Expression and MetricStat"),
        ({**OF_QUERIES, "Metrics": [QUERY], "Period": 60}, "can't be specified together with Metrics"),
    ],
)
def test_alarms_that_can_not_be_evaluated_are_refused(client: Any, request_: Any, message: str) -> None:
    code, said = refusal(client("cloudwatch").put_metric_alarm, **request_)
    assert code == "ValidationError"
    assert message in said


GRAPH = {"region": REGION, "metrics": [["n", "m"]]}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "widgets must be an array"),
        ({"widgets": [{"type": "chart"}]}, "/widgets/0: type must be one of"),
        (
            {"widgets": [{"type": "metric", "x": 20, "width": 12, "properties": GRAPH}]},
            "/widgets/0: it doesn't fit into 24 columns",
        ),
        ({"widgets": [{"type": "metric", "height": 0, "properties": GRAPH}]}, "height must be from 1"),
        ({"widgets": [{"type": "metric", "properties": {"region": REGION}}]}, "needs metrics or annotations"),
        ({"widgets": [{"type": "metric", "properties": {"metrics": [["n"]]}}]}, "needs a region"),
        ({"widgets": [{"type": "text", "properties": {}}]}, "a text widget needs markdown"),
        ({"widgets": [{"type": "text"}]}, "properties must be an object"),
        ({"widgets": [{"type": "text", "properties": {"markdown": "a"}}] * 501}, "500 widgets at most"),
    ],
)
def test_dashboards_that_can_not_be_drawn_are_refused(client: Any, body: Any, message: str) -> None:
    call = client("cloudwatch").put_dashboard
    code, said = refusal(call, DashboardName="a", DashboardBody=json.dumps(body))
    assert code == "InvalidParameterInput"
    assert message in said


def test_a_topic_that_stands_with_other_attributes_is_refused(client: Any) -> None:
    sns = client("sns")
    arn = sns.create_topic(Name="a", Attributes={"DisplayName": "one"})["TopicArn"]
    assert sns.create_topic(Name="a", Attributes={"DisplayName": "one"})["TopicArn"] == arn
    code, said = refusal(sns.create_topic, Name="a", Attributes={"DisplayName": "two"})
    assert code == "InvalidParameter"
    assert said.endswith("Topic already exists with different attributes")
    code, said = refusal(sns.create_topic, Name="a", Tags=[{"Key": "k", "Value": "v"}])
    assert said.endswith("Topic already exists with different tags")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("Colour", "red", "AttributeName Colour"),
        ("DisplayName", "x" * 101, "more than 100 characters"),
        ("Policy", "{", "Policy Error"),
        ("Policy", '{"Statement": [{"Effect": "Allow", "Action": "sns:Publish"}]}', "null principal"),
        (
            "Policy",
            '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}]}',
            "must match the topic's ARN",
        ),
        (
            "Policy",
            '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}]}',
            "out of service scope",
        ),
    ],
)
def test_attributes_that_a_topic_does_not_take_are_refused(
    client: Any, name: str, value: str, message: str
) -> None:
    sns = client("sns")
    arn = sns.create_topic(Name="a")["TopicArn"]
    set_ = sns.set_topic_attributes
    code, said = refusal(set_, TopicArn=arn, AttributeName=name, AttributeValue=value)
    assert code == "InvalidParameter"
    assert message in said


@pytest.mark.parametrize(
    ("protocol", "endpoint", "message"),
    [
        ("fax", "1", "Does not support this protocol string: fax"),
        ("email", "nobody", "Email address"),
        ("https", "http://example.com", "must match the specified protocol"),
        ("lambda", "watcher", "lambda endpoint ARN"),
    ],
)
def test_endpoints_that_can_not_be_told_are_refused(
    client: Any, protocol: str, endpoint: str, message: str
) -> None:
    sns = client("sns")
    arn = sns.create_topic(Name="a")["TopicArn"]
    code, said = refusal(sns.subscribe, TopicArn=arn, Protocol=protocol, Endpoint=endpoint)
    assert code == "InvalidParameter"
    assert message in said


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"Input": "{}", "InputPath": "$"}, "Only one of Input, InputPath, InputTransformer"),
        ({"InputTransformer": {"InputTemplate": '"<job>"'}}, "undefined placeholder(s): job"),
        (
            {"InputTransformer": {"InputPathsMap": {"job": "detail"}, "InputTemplate": '"<job>"'}},
            "detail is not a valid JSON path",
        ),
        (
            {"InputTransformer": {"InputPathsMap": {"awsjob": "$"}, "InputTemplate": '"<awsjob>"'}},
            "names can't start with AWS",
        ),
    ],
)
def test_targets_that_can_not_be_told_are_refused(client: Any, target: Any, message: str) -> None:
    events = client("events")
    events.put_rule(Name="a", EventPattern='{"source": ["aws.batch"]}')
    one = {"Id": "t", "Arn": "arn:aws:sns:eu-central-1:123456789012:a", **target}
    code, said = refusal(events.put_targets, Rule="a", Targets=[one])
    assert code == "ValidationException"
    assert message in said


def test_a_rule_has_five_targets_at_most(client: Any) -> None:
    events = client("events")
    events.put_rule(Name="a", EventPattern='{"source": ["aws.batch"]}')
    targets = [{"Id": str(n), "Arn": f"arn:aws:sns:eu-central-1:123456789012:t{n}"} for n in range(6)]
    events.put_targets(Rule="a", Targets=targets[:5])
    code, said = refusal(events.put_targets, Rule="a", Targets=targets[5:])
    assert (code, said) == (
        "ValidationException",
        "The requested resource exceeds the maximum number allowed: 5",
    )


def role(client: Any, service: str) -> str:
    """ARN of a role that a service takes on."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    name = service.partition(".")[0]
    return client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]


def schedule(client: Any, **changes: Any) -> dict[str, Any]:
    """A schedule that AWS takes, but for the changes."""
    return {
        "Name": "a",
        "ScheduleExpression": "rate(5 minutes)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": "arn:aws:lambda:eu-central-1:123456789012:function:a",
            "RoleArn": role(client, "scheduler.amazonaws.com"),
        },
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        (
            {"ScheduleExpression": "cron(0 8 * * *)"},
            "ValidationException",
            "Invalid Schedule Expression cron",
        ),
        ({"ScheduleExpression": "cron(0 8 * * * *)"}, "ValidationException", "Invalid Schedule Expression"),
        (
            {"ScheduleExpression": "rate(0 minutes)"},
            "ValidationException",
            "Invalid Schedule Expression rate",
        ),
        ({"ScheduleExpressionTimezone": "Mars"}, "ValidationException", "Timezone Mars"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "ValidationException", "MaximumWindowInMinutes"),
        ({"GroupName": "none"}, "ResourceNotFoundException", "Schedule group none does not exist."),
    ],
)
def test_schedules_that_never_fire_are_refused(client: Any, changes: Any, code: str, message: str) -> None:
    found, said = refusal(client("scheduler").create_schedule, **schedule(client, **changes))
    assert found == code
    assert message in said


def test_a_schedules_target_is_a_call_that_changes_something_under_a_role_that_it_can_take_on(
    client: Any,
) -> None:
    scheduler, whole = client("scheduler"), schedule(client)
    reading = {**whole["Target"], "Arn": "arn:aws:scheduler:::aws-sdk:batch:describeJobs"}
    code, said = refusal(scheduler.create_schedule, **{**whole, "Target": reading})
    assert (code, said) == (
        "ValidationException",
        f"Provided Arn {reading['Arn']} is not supported as a target.",
    )
    other = {**whole["Target"], "RoleArn": role(client, "lambda.amazonaws.com")}
    code, said = refusal(scheduler.create_schedule, **{**whole, "Target": other})
    assert code == "ValidationException"
    assert said == ("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")


def test_groups_of_schedules_stand_once_and_the_default_one_stays(client: Any) -> None:
    scheduler = client("scheduler")
    scheduler.create_schedule_group(Name="a")
    assert refusal(scheduler.create_schedule_group, Name="a")[0] == "ConflictException"
    assert refusal(scheduler.delete_schedule_group, Name="b")[0] == "ResourceNotFoundException"
    assert refusal(scheduler.delete_schedule_group, Name="default")[0] == "ValidationException"
    arn = "arn:aws:scheduler:eu-central-1:123456789012:schedule-group/b"
    tags = [{"Key": "k", "Value": "v"}]
    assert refusal(scheduler.tag_resource, ResourceArn=arn, Tags=tags)[0] == "ResourceNotFoundException"


def test_functions_of_runtimes_that_are_gone_and_what_stands_already_are_refused(client: Any) -> None:
    functions = client("lambda")
    request = {
        "FunctionName": "a",
        "Runtime": "python3.13",
        "Handler": "a.handler",
        "Role": role(client, "lambda.amazonaws.com"),
        "Code": {"ZipFile": zipped({"archive": {"assets": {"a.py": {"asset": {"text": ""}}}}}, "code")},
    }
    code, said = refusal(functions.create_function, **{**request, "Runtime": "python3.8"})
    assert code == "InvalidParameterValueException"
    assert said.startswith("The runtime parameter of python3.8 is no longer supported")
    functions.create_function(**request)
    assert refusal(functions.create_function, **request)[0] == "ResourceConflictException"
    statement = {
        "FunctionName": "a",
        "StatementId": "topic",
        "Action": "lambda:InvokeFunction",
        "Principal": "sns.amazonaws.com",
    }
    functions.add_permission(**statement)
    code, said = refusal(functions.add_permission, **statement)
    assert code == "ResourceConflictException"
    assert said.startswith("The statement id (topic) provided already exists.")
    reserve = functions.put_function_concurrency
    code, said = refusal(reserve, FunctionName="a", ReservedConcurrentExecutions=901)
    assert code == "InvalidParameterValueException"
    assert said.endswith("UnreservedConcurrentExecution below its minimum value of [100].")


def test_the_front_of_a_queue_that_is_not_there_is_refused(client: Any) -> None:
    code, said = refusal(client("batch").get_job_queue_snapshot, jobQueue="none")
    assert (code, said) == ("ClientException", "JobQueue none not found")
