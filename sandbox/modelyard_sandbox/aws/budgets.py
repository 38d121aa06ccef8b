"""AWS Budgets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.aws.translate import to_request

DOCUMENT = ("budgetType", "costTypes", "timeUnit")


class Budget(ResourceHandler):
    """A budget with who is told when; its id is `account:name`, as in pulumi-aws."""

    type = "aws:budgets/budget:Budget"
    service = "budgets"
    inputs = frozenset(
        {
            "accountId",
            "costFilters",
            "limitAmount",
            "limitUnit",
            "name",
            "namePrefix",
            "notifications",
            *DOCUMENT,
        }
    )
    required = frozenset({"limitAmount"})
    replace_on = frozenset({"accountId", "name", "namePrefix"})
    made_with = inputs
    name_input = "name"
    identity = ("name",)
    taggable = True
    is_global = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        self.call(
            cloud,
            "CreateBudget",
            AccountId=self._account(cloud, inputs),
            Budget=self._document(cloud, name, inputs),
            NotificationsWithSubscribers=[
                _with_subscribers(cloud, item) for item in inputs.get("notifications", [])
            ],
        )
        return f"{self._account(cloud, inputs)}:{name}"

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        account, _, name = id_.partition(":")
        if changed(old, new, *DOCUMENT, "costFilters", "limitAmount", "limitUnit"):
            self.call(cloud, "UpdateBudget", AccountId=account, NewBudget=self._document(cloud, name, new))
        before, after = old.get("notifications", []), new.get("notifications", [])
        for item in before:
            if item not in after:
                notification = _with_subscribers(cloud, item)["Notification"]
                self.call(
                    cloud, "DeleteNotification", AccountId=account, BudgetName=name, Notification=notification
                )
        for item in after:
            if item not in before:
                self.call(
                    cloud,
                    "CreateNotification",
                    AccountId=account,
                    BudgetName=name,
                    **_with_subscribers(cloud, item),
                )
        retag(cloud, "budgets", self._arn(cloud, name), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        account, _, name = id_.partition(":")
        self.call(cloud, "DescribeBudget", AccountId=account, BudgetName=name)
        return {"accountId": account, "arn": self._arn(cloud, name), "name": name}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        account, _, name = id_.partition(":")
        self.call(cloud, "DeleteBudget", AccountId=account, BudgetName=name)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        budgets = self.call(cloud, "DescribeBudgets", AccountId=cloud.account_id).get("Budgets", [])
        return (f"{cloud.account_id}:{budget['BudgetName']}" for budget in budgets)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return f"{self._account(cloud, inputs)}:{inputs['name']}" if inputs.get("name") else None

    def _account(self, cloud: Cloud, inputs: Inputs) -> str:
        return inputs.get("accountId") or cloud.account_id

    def _arn(self, cloud: Cloud, name: str) -> str:
        return cloud.arn("budgets", f"budget/{name}", region="")

    def _document(self, cloud: Cloud, name: str, inputs: Inputs) -> dict[str, Any]:
        plain = self.part(cloud, "CreateBudget", "Budget", inputs, *DOCUMENT)
        filters = {item["name"]: item["values"] for item in inputs.get("costFilters", [])}
        limit = {"Amount": str(inputs["limitAmount"]), "Unit": inputs.get("limitUnit", "USD")}
        return {"BudgetName": name, "BudgetLimit": limit, "CostFilters": filters, **plain}


def _with_subscribers(cloud: Cloud, item: dict[str, Any]) -> dict[str, Any]:
    shape = cloud.shape("budgets", "CreateNotification").members["Notification"]
    addresses = {"subscriberEmailAddresses": "EMAIL", "subscriberSnsTopicArns": "SNS"}
    notification = to_request(shape, {key: value for key, value in item.items() if key not in addresses})
    subscribers = [
        {"SubscriptionType": kind, "Address": address}
        for key, kind in addresses.items()
        for address in item.get(key) or []
    ]
    return {"Notification": notification, "Subscribers": subscribers}
