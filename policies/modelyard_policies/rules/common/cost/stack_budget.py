"""A stack that starts machines or holds file systems has a budget that tells somebody.

A budget of cost is enough, with a limit and a notification to an address, a topic or an action group; each
cloud needs one of its own. Whether its filter or scope is that of the stack isn't judged. A budget that
stands in another stack is for a suppression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from modelyard_policies.aws import compute as aws
from modelyard_policies.aws.types import (
    BUDGET,
    EFS_FILE_SYSTEM,
    FSX_LUSTRE,
    FSX_ONTAP,
    FSX_OPEN_ZFS,
    FSX_WINDOWS,
    STACK,
)
from modelyard_policies.azure import compute as azure
from modelyard_policies.azure import types as azure_types
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, any_of, each, some
from modelyard_policies.rule import Rule, Severity

COSTLY: Final = (*aws.COMPUTE, EFS_FILE_SYSTEM, FSX_LUSTRE, FSX_ONTAP, FSX_OPEN_ZFS, FSX_WINDOWS)
COSTLY_ON_AZURE: Final = (*azure.COMPUTE, azure_types.MANAGED_LUSTRE, azure_types.NETAPP_POOL)

RULE = Rule(
    id="stack-budget",
    code="CE1",
    title="A stack with machines or file systems has a budget that tells somebody",
    severity=Severity.MEDIUM,
    resources=(STACK,),
    reads=(BUDGET, *COSTLY, azure_types.BUDGET, *COSTLY_ON_AZURE),
    why="A forgotten node with eight GPUs costs more than 10,000 dollars a month, and the bill comes after.",
    mend=(
        'Add a Budget with budgetType "COST", limitAmount, and a notification with subscriberEmailAddresses '
        'or subscriberSnsTopicArns; on Azure one of category "Cost" with amount, and an enabled notification '
        "with contactEmails, contactGroups or contactRoles."
    ),
    maps_to={},
    snippet="""\
aws.budgets.Budget(
    "training",
    budget_type="COST",
    limit_amount="2000",
    limit_unit="USD",
    time_unit="MONTHLY",
    notifications=[
        {
            "comparison_operator": "GREATER_THAN",
            "notification_type": "FORECASTED",
            "threshold": 80,
            "threshold_type": "PERCENTAGE",
            "subscriber_email_addresses": ["ml-platform@example.com"],
        }
    ],
)
aws.efs.FileSystem("home", encrypted=True, kms_key_id=key.arn)
""",
)


@RULE.applies
def costs_something(stack: Resource, graph: GraphView) -> bool:
    """Whether anything in it is paid by the hour."""
    return bool(graph.of_type(*COSTLY, *COSTLY_ON_AZURE))


@RULE.check
def a_budget_warns(stack: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each cloud by itself."""
    if graph.of_type(*COSTLY):
        where = "no Budget says when this stack costs too much"
        yield from _warns(stack, graph.of_type(BUDGET), FAULTS, where)
    if graph.of_type(*COSTLY_ON_AZURE):
        where = "no Budget says when this stack costs too much on Azure"
        yield from _warns(stack, graph.of_type(azure_types.BUDGET), FAULTS_ON_AZURE, where)


Checks = tuple[Callable[[Resource], Iterator[Failure]], ...]


def _warns(stack: Resource, budgets: list[Resource], checks: Checks, none: str) -> Iterator[Failure]:
    """One is enough, whatever others do."""

    def faults(budget: Resource) -> Iterator[Failure]:
        yield from each(checks, lambda check: check(budget))

    if not budgets:
        yield stack.failure("", none)
    elif not some(budgets, lambda budget: not list(faults(budget))):
        yield from faults(budgets[0])


def _is_of_cost(budget: Resource) -> Iterator[Failure]:
    if budget.text("budgetType").upper() != "COST":
        yield budget.failure("budgetType", f"is {budget.shown('budgetType')}, not COST")


def _has_a_limit(budget: Resource) -> Iterator[Failure]:
    limited = any_of(
        lambda: budget.has("plannedLimits"),
        lambda: budget.has("autoAdjustData"),
        lambda: (budget.number("limitAmount") or 0) > 0,
    )
    if not limited:
        yield budget.failure("limitAmount", f"is {budget.shown('limitAmount')}")


def _tells_somebody(budget: Resource) -> Iterator[Failure]:
    contacts = ("subscriberEmailAddresses", "subscriberSnsTopicArns")
    if not some(budget.list("notifications"), lambda each: _has_any(each, contacts)):
        yield budget.failure("notifications", "tells nobody")


def _is_of_cost_on_azure(budget: Resource) -> Iterator[Failure]:
    if budget.text("category").lower() != "cost":
        yield budget.failure("category", f"is {budget.shown('category')}, not Cost")


def _has_an_amount(budget: Resource) -> Iterator[Failure]:
    if (budget.number("amount") or 0) <= 0:
        yield budget.failure("amount", f"is {budget.shown('amount')}")


def _tells_somebody_on_azure(budget: Resource) -> Iterator[Failure]:
    named = budget.block("notifications")
    contacts = ("contactEmails", "contactGroups", "contactRoles")

    def tells(name: str) -> bool:
        notification = named.block(name)
        return all_of(lambda: notification.is_true("enabled"), lambda: _has_any(notification, contacts))

    if not some(named.keys(), tells):
        yield budget.failure("notifications", "tells nobody")


def _has_any(notification: Block, keys: tuple[str, ...]) -> bool:
    """Addresses that aren't known yet are addresses all the same."""
    return any(notification.raw(key) not in (None, [], "") for key in keys)


FAULTS: Final[Checks] = (_is_of_cost, _has_a_limit, _tells_somebody)
FAULTS_ON_AZURE: Final[Checks] = (_is_of_cost_on_azure, _has_an_amount, _tells_somebody_on_azure)
