"""Budgets, their notifications and subscribers, checked as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from modelyard_sandbox.sandbox import Sandbox

ACTUAL = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
FORECAST = {**ACTUAL, "NotificationType": "FORECASTED"}
SOMEBODY = {"SubscriptionType": "EMAIL", "Address": "a@example.com"}
BUDGET = {
    "BudgetName": "month",
    "BudgetType": "COST",
    "TimeUnit": "MONTHLY",
    "BudgetLimit": {"Amount": "2000", "Unit": "USD"},
}


class Budgets:
    """An account's budgets."""

    def __init__(self, client: Any, account_id: str) -> None:
        self.client = client
        self.account_id = account_id

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """Call an operation for the account."""
        return getattr(self.client, operation)(AccountId=self.account_id, **request)

    def refused(self, operation: str, **request: Any) -> tuple[str, str]:
        """Code and message of the refusal."""
        with pytest.raises(ClientError) as error:
            self.call(operation, **request)
        said = error.value.response["Error"]
        return said["Code"], said["Message"]

    def create(self, **changes: Any) -> None:
        """Create the budget with one notification."""
        told = [{"Notification": ACTUAL, "Subscribers": [SOMEBODY]}]
        self.call("create_budget", Budget={**BUDGET, **changes}, NotificationsWithSubscribers=told)

    def subscribers(self) -> list[str]:
        """The addresses that the first notification goes to."""
        answer = self.call("describe_subscribers_for_notification", BudgetName="month", Notification=ACTUAL)
        return [item["Address"] for item in answer["Subscribers"]]

    def notifications(self) -> list[tuple[str, float]]:
        """Kind and threshold of each notification."""
        answer = self.call("describe_notifications_for_budget", BudgetName="month")
        return [(item["NotificationType"], item["Threshold"]) for item in answer["Notifications"]]


@pytest.fixture
def budgets(sandbox: Sandbox, account_id: str) -> Budgets:
    return Budgets(sandbox.client("budgets", "us-east-1", account_id), account_id)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"BudgetName": "a:b"}, "aren't allowed in a budget's name: a:b"),
        ({"BudgetName": "a\\b"}, "aren't allowed in a budget's name: a\\b"),
        ({"BudgetName": "a/action/b"}, "aren't allowed in a budget's name: a/action/b"),
        ({"BudgetName": "a" * 101}, "A budget's name has 1 to 100 characters"),
        ({"BudgetLimit": {"Amount": "-1", "Unit": "USD"}}, "The amount -1 is not a positive number"),
        ({"BudgetLimit": {"Amount": "much", "Unit": "USD"}}, "The amount much is not a positive number"),
        ({"TimeUnit": "HOURLY"}, "TimeUnit must be one of DAILY, MONTHLY, QUARTERLY, ANNUALLY, CUSTOM, not"),
        ({"BudgetType": "MONEY"}, "BudgetType must be one of USAGE, COST, "),
        (
            {"AutoAdjustData": {"AutoAdjustType": "FORECAST"}},
            "BudgetLimit and AutoAdjustData can't be used together",
        ),
        ({"TimePeriod": {"Start": 1_800_000_000, "End": 1_700_000_000}}, "must come before the end date"),
    ],
)
def test_a_budget_that_aws_documents_as_invalid_is_refused(
    budgets: Budgets, changes: dict[str, Any], message: str
) -> None:
    code, said = budgets.refused("create_budget", Budget={**BUDGET, **changes})
    assert (code, message in said) == ("InvalidParameterException", True), said


def test_a_budget_without_a_limit_is_refused(budgets: Budgets) -> None:
    budget = {name: value for name, value in BUDGET.items() if name != "BudgetLimit"}
    code, said = budgets.refused("create_budget", Budget=budget)
    assert (code, "please provide one of the followings" in said) == ("InvalidParameterException", True)


def test_another_accounts_budgets_are_out_of_reach(budgets: Budgets) -> None:
    with pytest.raises(ClientError, match=r"AccessDeniedException.*is not authorized to access the budgets"):
        budgets.client.describe_budgets(AccountId="999999999999")


def test_tags_given_at_creation_are_shown_and_go_with_the_budget(budgets: Budgets) -> None:
    tags = [{"Key": "Owner", "Value": "a"}]
    budgets.call("create_budget", Budget=BUDGET, ResourceTags=tags)
    arn = f"arn:aws:budgets::{budgets.account_id}:budget/month"
    assert budgets.client.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == tags
    budgets.call("delete_budget", BudgetName="month")
    budgets.create()
    assert budgets.client.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == []
    budgets.client.tag_resource(ResourceARN=arn, ResourceTags=tags)
    budgets.client.untag_resource(ResourceARN=arn, ResourceTagKeys=["Owner"])
    assert budgets.client.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == []
    with pytest.raises(ClientError, match=r"NotFoundException.*Unable to find budget: none"):
        budgets.client.list_tags_for_resource(ResourceARN=arn.replace("month", "none"))


def test_a_budget_is_updated_and_listed_page_by_page(budgets: Budgets) -> None:
    budgets.create()
    assert budgets.refused("create_budget", Budget=BUDGET)[0] == "DuplicateRecordException"
    budgets.create(BudgetName="quarter", TimeUnit="QUARTERLY")
    dearer = {**BUDGET, "BudgetLimit": {"Amount": "3000", "Unit": "USD"}}
    budgets.call("update_budget", NewBudget=dearer)
    assert budgets.call("describe_budget", BudgetName="month")["Budget"]["BudgetLimit"]["Amount"] == "3000"
    assert budgets.notifications() == [("ACTUAL", 80.0)]
    assert budgets.refused("update_budget", NewBudget={**BUDGET, "BudgetName": "b"})[0] == "NotFoundException"
    first = budgets.call("describe_budgets", MaxResults=1)
    second = budgets.call("describe_budgets", MaxResults=1, NextToken=first["NextToken"])
    names = [page["Budgets"][0]["BudgetName"] for page in (first, second)]
    assert (names, "NextToken" in second) == (["month", "quarter"], False)
    assert budgets.refused("describe_budgets", NextToken="made up")[0] == "InvalidParameterException"


def test_notifications_are_created_changed_and_deleted(budgets: Budgets) -> None:
    budgets.create()
    told = {"BudgetName": "month", "Subscribers": [SOMEBODY]}
    budgets.call("create_notification", Notification=FORECAST, **told)
    code, said = budgets.refused("create_notification", Notification=FORECAST, **told)
    assert (code, "the notification already exists" in said) == ("DuplicateRecordException", True)
    change = {"BudgetName": "month", "OldNotification": FORECAST}
    budgets.call("update_notification", NewNotification={**FORECAST, "Threshold": 100.0}, **change)
    assert budgets.notifications() == [("ACTUAL", 80.0), ("FORECASTED", 100.0)]
    code, said = budgets.refused("update_notification", NewNotification=FORECAST, **change)
    assert (code, "the notification doesn't exist" in said) == ("NotFoundException", True)
    taken = {"BudgetName": "month", "OldNotification": {**FORECAST, "Threshold": 100.0}}
    assert (
        budgets.refused("update_notification", NewNotification=ACTUAL, **taken)[0]
        == "DuplicateRecordException"
    )
    budgets.call("delete_notification", BudgetName="month", Notification=ACTUAL)
    assert budgets.notifications() == [("FORECASTED", 100.0)]
    gone = {"BudgetName": "month", "Notification": ACTUAL}
    assert budgets.refused("delete_notification", **gone)[0] == "NotFoundException"
    assert budgets.refused("describe_subscribers_for_notification", **gone)[0] == "NotFoundException"


def test_a_budget_has_five_notifications_at_most(budgets: Budgets) -> None:
    budgets.create()
    told = {"BudgetName": "month", "Subscribers": [SOMEBODY]}
    for threshold in (50.0, 60.0, 70.0, 90.0):
        budgets.call("create_notification", Notification={**ACTUAL, "Threshold": threshold}, **told)
    code, said = budgets.refused("create_notification", Notification=FORECAST, **told)
    assert (code, said) == ("CreationLimitExceededException", "A budget can have 5 notifications at most")
    many = [
        {"Notification": {**ACTUAL, "Threshold": float(threshold)}, "Subscribers": [SOMEBODY]}
        for threshold in range(6)
    ]
    other = {**BUDGET, "BudgetName": "other"}
    code, _ = budgets.refused("create_budget", Budget=other, NotificationsWithSubscribers=many)
    assert code == "CreationLimitExceededException"
    assert budgets.refused("describe_budget", BudgetName="other")[0] == "NotFoundException"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Threshold": 1_000_001.0}, "Threshold must be from 0 to 1000000 for PERCENTAGE"),
        ({"ThresholdType": "RATIO"}, "ThresholdType must be one of PERCENTAGE, ABSOLUTE_VALUE, not RATIO"),
        ({"ComparisonOperator": "ABOVE"}, "ComparisonOperator must be one of GREATER_THAN, "),
        ({"NotificationType": "GUESSED"}, "NotificationType must be one of ACTUAL, FORECASTED, not GUESSED"),
        ({"NotificationType": "FORECASTED"}, "Daily budgets don't support forecasted notifications"),
    ],
)
def test_a_notification_that_aws_documents_as_invalid_is_refused(
    budgets: Budgets, change: dict[str, Any], message: str
) -> None:
    budgets.create(TimeUnit="DAILY")
    wrong = {"BudgetName": "month", "Subscribers": [SOMEBODY], "Notification": {**ACTUAL, **change}}
    code, said = budgets.refused("create_notification", **wrong)
    assert (code, message in said) == ("InvalidParameterException", True), said


def test_subscribers_come_change_and_go(budgets: Budgets) -> None:
    budgets.create()
    place = {"BudgetName": "month", "Notification": ACTUAL}
    topic = {"SubscriptionType": "SNS", "Address": f"arn:aws:sns:us-east-1:{budgets.account_id}:alerts"}
    other = {"SubscriptionType": "EMAIL", "Address": "b@example.com"}
    budgets.call("create_subscriber", Subscriber=topic, **place)
    code, said = budgets.refused("create_subscriber", Subscriber=topic, **place)
    assert (code, "the subscriber already exists" in said) == ("DuplicateRecordException", True)
    budgets.call("update_subscriber", OldSubscriber=SOMEBODY, NewSubscriber=other, **place)
    assert budgets.subscribers() == ["b@example.com", topic["Address"]]
    code, said = budgets.refused("update_subscriber", OldSubscriber=SOMEBODY, NewSubscriber=topic, **place)
    assert (code, "the subscriber doesn't exist" in said) == ("NotFoundException", True)
    budgets.call("delete_subscriber", Subscriber=topic, **place)
    assert budgets.refused("delete_subscriber", Subscriber=topic, **place)[0] == "NotFoundException"
    budgets.call("delete_subscriber", Subscriber=other, **place)
    assert budgets.notifications() == []


def test_a_notification_tells_ten_people_and_one_topic_at_most(budgets: Budgets) -> None:
    budgets.create()
    place = {"BudgetName": "month", "Notification": ACTUAL}
    for number in range(9):
        person = {"SubscriptionType": "EMAIL", "Address": f"p{number}@example.com"}
        budgets.call("create_subscriber", Subscriber=person, **place)
    person = {"SubscriptionType": "EMAIL", "Address": "p9@example.com"}
    code, said = budgets.refused("create_subscriber", Subscriber=person, **place)
    assert (code, said) == (
        "CreationLimitExceededException",
        "A notification can have 10 EMAIL subscribers at most",
    )
    topics = [{"SubscriptionType": "SNS", "Address": f"arn:aws:sns:eu-west-1:1{'0' * 11}:{n}"} for n in "ab"]
    budgets.call("create_subscriber", Subscriber=topics[0], **place)
    assert (
        budgets.refused("create_subscriber", Subscriber=topics[1], **place)[0]
        == "CreationLimitExceededException"
    )


@pytest.mark.parametrize(
    "subscriber",
    [
        {"SubscriptionType": "EMAIL", "Address": "nobody"},
        {"SubscriptionType": "EMAIL", "Address": "a@example.com\n"},
        {"SubscriptionType": "SNS", "Address": "a@example.com"},
        {"SubscriptionType": "FAX", "Address": "1"},
    ],
)
def test_an_address_that_is_none_is_refused(budgets: Budgets, subscriber: dict[str, str]) -> None:
    budgets.create()
    place = {"BudgetName": "month", "Notification": ACTUAL}
    code, said = budgets.refused("create_subscriber", Subscriber=subscriber, **place)
    assert (code, "address" in said or "SubscriptionType" in said) == ("InvalidParameterException", True)
