"""CreateBudget, UpdateBudget, DescribeBudgets and DeleteBudget."""

from __future__ import annotations

from typing import Any

from moto.budgets.models import Budget
from moto.budgets.responses import BudgetsResponse
from moto.core.responses import ActionResult
from moto.core.utils import unix_time

from modelyard_sandbox.moto_extensions.budgets import checks, records
from modelyard_sandbox.moto_extensions.budgets.errors import DuplicateRecordError, NotFoundError
from modelyard_sandbox.moto_extensions.budgets.tags import keep_tags
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.store import store_of


def install() -> None:
    """Put the operations in the place of moto's."""
    add_operations(
        BudgetsResponse, create_budget, describe_budget, describe_budgets, update_budget, delete_budget
    )


def create_budget(self: Any) -> ActionResult:
    """CreateBudget, with its notifications, their subscribers, and tags."""
    budget = self._get_param("Budget")
    asked = self._get_param("NotificationsWithSubscribers") or []
    budgets = records.budgets_of(self)
    name = budget["BudgetName"]
    checks.check_budget(budget)
    if name in budgets:
        raise DuplicateRecordError(f"Error creating budget: {name} - the budget already exists.")
    records.refuse_too_many(len(asked))
    made: Any = Budget({**budget, "LastUpdatedTime": unix_time()}, [])
    for item in asked:
        checks.check_notification(item["Notification"], budget)
        checks.check_subscribers(item["Subscribers"])
        records.refuse_taken(made, item["Notification"])
        made.add_notification(records.described(item["Notification"]), item["Subscribers"])
    budgets[name] = made
    keep_tags(self, name, self._get_param("ResourceTags") or [])
    return ActionResult({})


def describe_budget(self: Any) -> ActionResult:
    """DescribeBudget."""
    return ActionResult({"Budget": records.find_budget(self, "get budget").to_dict()})


def describe_budgets(self: Any) -> ActionResult:
    """DescribeBudgets."""
    items = [budget.to_dict() for budget in records.budgets_of(self).values()]
    return ActionResult(records.one_page(self, "Budgets", items))


def update_budget(self: Any) -> ActionResult:
    """UpdateBudget: everything of the budget but its notifications."""
    new = self._get_param("NewBudget")
    budget = records.budgets_of(self).get(new["BudgetName"])
    if budget is None:
        raise NotFoundError(f"Unable to update budget: {new['BudgetName']} - the budget doesn't exist.")
    checks.check_budget(new)
    period = budget.budget["TimePeriod"]
    budget.budget = {"TimePeriod": period, **new, "LastUpdatedTime": unix_time()}
    return ActionResult({})


def delete_budget(self: Any) -> ActionResult:
    """DeleteBudget, with its notifications and tags."""
    records.find_budget(self, "delete budget")
    name = self._get_param("BudgetName")
    del records.budgets_of(self)[name]
    store_of(self.backend, "budget_tags").pop(name, None)
    return ActionResult({})
