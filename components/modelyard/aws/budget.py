"""What a month may cost: who is told when, and what closes the queues."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.errors import InputError, Problem
from modelyard.planning.budgets import BudgetPlan, Notification, plan_budgets
from modelyard.planning.names import monthly_budget
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AWS, token

ALERTS_MAX = 5
EMAILS_MAX = 10
"""What AWS Budgets takes (API Reference, CreateBudget and Notification, 2026-11)."""


class BudgetArgs(TypedDict):
    """Arguments of Budget."""

    environment: str
    """Name of the environment: costs are told apart by the tag `environment`, which has to be activated for
    cost allocation once in the account that pays."""
    monthly_usd: pulumi.Input[int]
    """US dollars a month."""
    alert_percents: list[int]
    """Percentages of the limit at which people are told, at most five."""
    alert_emails: list[str]
    """Who is told, at most ten."""
    alerts_topic_arn: NotRequired[pulumi.Input[str]]
    """Topic that is told as well (see Monitoring). AWS Budgets must be allowed to publish to it."""
    close_queues_at_percent: NotRequired[int]
    """Percentage of the limit at which queues are closed. Unset: never."""
    closing_topic_arns: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Topic that closes the queues of a region, by region (see Watcher)."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of the budgets."""


class Budget(pulumi.ComponentResource):
    """Budgets of one limit for the environment's costs: alerts by e-mail and topic, one for the forecast, and
    one for each region whose queues are closed.

    AWS Budgets' own actions can attach policies and stop instances that are named beforehand; closing a queue
    of AWS Batch is none of them (docs/decisions). AWS brings costs up to date a few times a day: what is
    spent until then is spent.
    """

    budget_name: pulumi.Output[str]
    """Name of the budget with the alerts (see Watcher, `budget_name`)."""

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, BudgetArgs)
        _check(name, args)
        super().__init__(token(AWS, "Budget"), name, {}, opts)
        self._name, self._args = name, args
        # The plan needs to know which topics there are; their ARNs may become known later.
        topics = {"": args["alerts_topic_arn"]} if "alerts_topic_arn" in args else {}
        topics |= args.get("closing_topic_arns", {})
        plans = plan_budgets(
            args["alert_percents"],
            args["alert_emails"],
            "" if "alerts_topic_arn" in args else None,
            args.get("close_queues_at_percent"),
            {region: region for region in args.get("closing_topic_arns", {})},
        )
        made = [self._budget(plan, topics) for plan in plans]
        self.budget_name = made[0].name
        self.register_outputs({"budgetName": self.budget_name})

    def _budget(self, plan: BudgetPlan, topics: Mapping[str, pulumi.Input[str]]) -> aws.budgets.Budget:
        args = self._args
        environment = args["environment"]
        return aws.budgets.Budget(
            self._name if plan.suffix == "monthly" else f"{self._name}-{plan.suffix}",
            name=monthly_budget(environment) if plan.suffix == "monthly" else f"{environment}-{plan.suffix}",
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=pulumi.Output.from_input(args["monthly_usd"]).apply(str),
            limit_unit="USD",
            cost_filters=[{"name": "TagKeyValue", "values": [f"user:environment${environment}"]}],
            notifications=[_notification(notification, topics) for notification in plan.notifications],
            tags=args.get("tags", {}),
            opts=pulumi.ResourceOptions(parent=self),
        )


def _notification(
    plan: Notification, topics: Mapping[str, pulumi.Input[str]]
) -> aws.budgets.BudgetNotificationArgsDict:
    made: aws.budgets.BudgetNotificationArgsDict = {
        "comparison_operator": "GREATER_THAN",
        "notification_type": plan.kind,
        "threshold": plan.percent,
        "threshold_type": "PERCENTAGE",
        "subscriber_email_addresses": list(plan.emails),
    }
    if plan.topic is not None:
        made["subscriber_sns_topic_arns"] = [topics[plan.topic]]
    return made


def _check(name: str, args: BudgetArgs) -> None:
    problems = [
        Problem(
            field=f"{name}.{field}",
            given=str(len(given)),
            message="AWS Budgets takes no more, and nothing without any",
            allowed=f"1 to {most}",
            mend=f"name 1 to {most}",
        )
        for field, given, most in (
            ("alert_percents", args["alert_percents"], ALERTS_MAX),
            ("alert_emails", args["alert_emails"], EMAILS_MAX),
        )
        if not 1 <= len(given) <= most
    ]
    if "close_queues_at_percent" in args and not args.get("closing_topic_arns"):
        problems.append(
            Problem(
                field=f"{name}.closing_topic_arns",
                given="none",
                message="without a topic nothing closes the queues",
                allowed="the closing topic of each region's Watcher, by region",
                mend="name them, or leave close_queues_at_percent out",
            )
        )
    if problems:
        raise InputError(problems)
