"""Budgets: budgets, notifications, subscribers, tags."""

from __future__ import annotations

from documented_refusals.case import Account
from documented_refusals.registries import budget, notice, notified


def run(account: Account) -> None:
    """Every operation of Budgets."""
    budgets = account.client("budgets")
    of = {"AccountId": account.account_id}
    one = {**of, "BudgetName": "gpus"}
    budgets.create_budget(**notified(account, notice()), ResourceTags=[{"Key": "team", "Value": "training"}])
    budgets.describe_budget(**one)
    budgets.describe_budgets(**of)
    budgets.update_budget(
        **of, NewBudget=budget(account, BudgetLimit={"Amount": "2000", "Unit": "USD"})["Budget"]
    )
    early, late = notice()["Notification"], notice(95)
    budgets.create_notification(**one, **late)
    budgets.describe_notifications_for_budget(**one)
    other, third = (
        {"SubscriptionType": "EMAIL", "Address": f"{name}@example.com"} for name in ("other", "third")
    )
    told = {**one, "Notification": early}
    budgets.create_subscriber(**told, Subscriber=other)
    budgets.update_subscriber(**told, OldSubscriber=other, NewSubscriber=third)
    budgets.describe_subscribers_for_notification(**told)
    budgets.delete_subscriber(**told, Subscriber=third)
    budgets.update_notification(
        **one, OldNotification=late["Notification"], NewNotification=notice(99)["Notification"]
    )
    budgets.delete_notification(**one, Notification=notice(99)["Notification"])
    arn = {"ResourceARN": f"arn:aws:budgets::{account.account_id}:budget/gpus"}
    budgets.tag_resource(**arn, ResourceTags=[{"Key": "cost", "Value": "gpu"}])
    budgets.list_tags_for_resource(**arn)
    budgets.untag_resource(**arn, ResourceTagKeys=["cost"])
    budgets.delete_budget(**one)
