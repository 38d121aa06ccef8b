"""What a month on Azure may cost, and who is told when."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NotRequired, TypedDict

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.component import AzureComponent
from modelyard.azure.subscriptions import subscription_problems
from modelyard.errors import InputError, Problem
from modelyard.planning.budgets import BudgetPlan, Notification, plan_budgets
from modelyard.planning.names import monthly_budget
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AZURE, token

ALERTS_MAX = 5
"""Notifications of one budget (azure-native 3.29, consumption.Budget)."""

HIGHEST_PERCENT = 1_000
"""Highest threshold of a notification (azure-native 3.29, consumption.Notification)."""

NAME = re.compile(r"[a-zA-Z0-9_-]{1,54}")
"""What a budget's name may begin with, of the 63 characters that it may have (Azure Resource Manager, "Naming
rules and restrictions", 2026-11)."""

START_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")

THRESHOLD_TYPES = {"ACTUAL": "Actual", "FORECASTED": "Forecasted"}


class BudgetArgs(TypedDict):
    """Arguments of Budget."""

    environment: str
    """Name of the environment; part of the budget's name."""
    subscription_id: str
    """Subscription whose costs are looked at."""
    resource_groups: NotRequired[list[pulumi.Input[str]]]
    """Names of the resource groups whose costs count; empty ones are left out. Unset: what has the tag
    `environment` with the environment's name."""
    monthly_amount: pulumi.Input[int]
    """What a month may cost, in the currency that the subscription is billed in."""
    alert_percents: list[int]
    """Percentages of the amount at which people are told, at most five, 1 to 1,000."""
    alert_emails: NotRequired[list[str]]
    """Who is told, each by an e-mail. Unset: nobody but the action groups'."""
    action_group_ids: NotRequired[list[pulumi.Input[str]]]
    """Action groups that are told as well (see Monitoring). Unset: none."""
    start_month: NotRequired[str]
    """Month that the budget begins with, as 2026-12: not before the one that it is made in, and twelve months
    after it at most. Taken when the budget is made, not later. Unset: the month that it is made in."""


class Budget(AzureComponent):
    """A budget for the environment's costs, with alerts on what was spent and one on the month's forecast.

    Azure counts in the currency of the bill and knows no other. What carries no tag isn't counted by the tag:
    what Azure makes by itself, as the resource group of a workspace with a customer's key, or a cluster's
    network, takes none, so name the resource groups, that one among them, to count it. Costs come in up to a
    day late, and a budget stops nothing: what is spent until then is spent.

    Azure refuses another start for a budget that stands; a change of it is no change here.
    """

    budget_name: pulumi.Output[str]
    """Name of the budget with the alerts."""

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, BudgetArgs)
        if problems := list(_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AZURE, "Budget"), name, {}, opts)
        self._name, self._args = name, args
        plans = plan_budgets(args["alert_percents"], args.get("alert_emails", []), None, None, {})
        made = [self._budget(plan) for plan in plans]
        self.budget_name = made[0].name
        self.register_outputs({"budgetName": self.budget_name})

    def _budget(self, plan: BudgetPlan) -> azure_native.consumption.Budget:
        args = self._args
        environment = args["environment"]
        monthly = plan.suffix == "monthly"
        return azure_native.consumption.Budget(
            self._name if monthly else f"{self._name}-{plan.suffix}",
            budget_name=monthly_budget(environment) if monthly else f"{environment}-{plan.suffix}",
            scope=f"/subscriptions/{args['subscription_id']}",
            amount=args["monthly_amount"],
            category="Cost",
            time_grain="Monthly",
            time_period={"start_date": f"{self._start_month()}-01T00:00:00Z"},
            filter=self._filter(),
            notifications={
                f"{notification.kind.lower()}-{notification.percent}": self._notification(notification)
                for notification in plan.notifications
            },
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["timePeriod"]),
        )

    def _start_month(self) -> str:
        """The month that is given, or this one: of a budget that stands it is no change (ignore_changes)."""
        return self._args.get("start_month") or f"{datetime.now(UTC):%Y-%m}"

    def _filter(self) -> azure_native.consumption.BudgetFilterArgsDict:
        groups = self._args.get("resource_groups")
        if groups:
            # What is none, as the group of a workspace without a customer's key, is an empty name.
            named = pulumi.Output.all(*groups).apply(lambda known: [name for name in known if name])
            return {"dimensions": {"name": "ResourceGroupName", "operator": "In", "values": named}}
        return {"tags": {"name": "environment", "operator": "In", "values": [self._args["environment"]]}}

    def _notification(self, plan: Notification) -> azure_native.consumption.NotificationArgsDict:
        return {
            "enabled": True,
            "operator": "GreaterThanOrEqualTo",
            "threshold": plan.percent,
            "threshold_type": THRESHOLD_TYPES[plan.kind],
            "contact_emails": list(plan.emails),
            "contact_groups": self._args.get("action_group_ids", []),
        }


def _problems(name: str, args: BudgetArgs) -> Iterator[Problem]:
    yield from subscription_problems(f"{name}.subscription_id", args["subscription_id"])
    if not NAME.fullmatch(args["environment"]):
        yield Problem(
            field=f"{name}.environment",
            given=repr(args["environment"]),
            message="the budget's name begins with it, and Azure would refuse that",
            allowed="1 to 54 letters, digits, hyphens and underscores",
            mend="write another name, as training-dev",
        )
    if "resource_groups" in args and not args["resource_groups"]:
        yield Problem(
            field=f"{name}.resource_groups",
            given="none",
            message="nothing would count",
            allowed="one resource group or more",
            mend="name one, or leave it out: then what has the tag `environment` counts",
        )
    yield from _alert_problems(name, args)
    month = args.get("start_month")
    if month is not None and not START_MONTH.fullmatch(month):
        yield Problem(
            field=f"{name}.start_month",
            given=repr(month),
            message="a budget begins with the first day of a month",
            allowed="a year and a month",
            mend="write it as 2026-12",
        )
    amount = args["monthly_amount"]
    if isinstance(amount, int) and amount < 1:
        yield Problem(
            field=f"{name}.monthly_amount",
            given=str(amount),
            message="a budget is more than nothing",
            allowed="1 or more",
            mend="write what a month may cost",
        )


def _alert_problems(name: str, args: BudgetArgs) -> Iterator[Problem]:
    percents = args["alert_percents"]
    if not 1 <= len(percents) <= ALERTS_MAX or len(set(percents)) < len(percents):
        yield Problem(
            field=f"{name}.alert_percents",
            given=", ".join(map(str, percents)) or "none",
            message="a budget has one alert at each percentage, and no more than five",
            allowed=f"1 to {ALERTS_MAX} percentages, each once",
            mend="name each percentage once",
        )
    for percent in percents:
        if not 1 <= percent <= HIGHEST_PERCENT:
            yield Problem(
                field=f"{name}.alert_percents",
                given=str(percent),
                message="Azure takes no such percentage",
                allowed=f"1 to {HIGHEST_PERCENT:,}",
                mend=f"write {min(max(percent, 1), HIGHEST_PERCENT)}",
            )
    if not args.get("alert_emails") and not args.get("action_group_ids"):
        yield Problem(
            field=f"{name}.alert_emails",
            given="none",
            message="a budget that tells nobody is refused by Azure, and would be of no use",
            allowed="an e-mail address or more in alert_emails, or an action group in action_group_ids",
            mend="name somebody",
        )
