"""A stack that starts machines or holds file systems has a budget that tells somebody.

A budget of cost is enough, with a limit and a notification to an address or a topic. Whether its filter is
that of the stack isn't judged. A budget that stands in another stack is for a suppression.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.compute import COMPUTE
from modelyard_policies.aws.types import (
    BUDGET,
    EFS_FILE_SYSTEM,
    FSX_LUSTRE,
    FSX_ONTAP,
    FSX_OPEN_ZFS,
    FSX_WINDOWS,
    STACK,
)
from modelyard_policies.reading import Block, Failure, GraphView, Resource, any_of, each, some
from modelyard_policies.rule import Rule, Severity

COSTLY = (*COMPUTE, EFS_FILE_SYSTEM, FSX_LUSTRE, FSX_ONTAP, FSX_OPEN_ZFS, FSX_WINDOWS)

RULE = Rule(
    id="stack-budget",
    code="CE1",
    title="A stack with machines or file systems has a budget that tells somebody",
    severity=Severity.MEDIUM,
    resources=(STACK,),
    reads=(BUDGET, *COSTLY),
    why="A forgotten node with eight GPUs costs more than 10,000 dollars a month, and the bill comes after.",
    mend=(
        'Add a Budget with budgetType "COST", limitAmount, and a notification with subscriberEmailAddresses '
        "or subscriberSnsTopicArns."
    ),
    maps_to={},
)


@RULE.applies
def costs_something(stack: Resource, graph: GraphView) -> bool:  # noqa: ARG001
    """Whether anything in it is paid by the hour."""
    return bool(graph.of_type(*COSTLY))


@RULE.check
def a_budget_warns(stack: Resource, graph: GraphView) -> Iterator[Failure]:
    """One is enough, whatever others do."""
    budgets = graph.of_type(BUDGET)
    if not budgets:
        yield stack.failure("", "no Budget says when this stack costs too much")
    elif not some(budgets, lambda budget: not list(_faults(budget))):
        yield from _faults(budgets[0])


def _faults(budget: Resource) -> Iterator[Failure]:
    yield from each((_is_of_cost, _has_a_limit, _tells_somebody), lambda check: check(budget))


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
    if not some(budget.list("notifications"), _has_subscribers):
        yield budget.failure("notifications", "tells nobody")


def _has_subscribers(notification: Block) -> bool:
    """Addresses that aren't known yet are addresses all the same."""
    return any(
        notification.raw(key) not in (None, [], "")
        for key in ("subscriberEmailAddresses", "subscriberSnsTopicArns")
    )
