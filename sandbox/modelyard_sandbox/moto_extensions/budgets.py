"""AWS Budgets: UpdateBudget and tags.

Source: AWS Budgets API reference, 2026-11.
"""

from __future__ import annotations

import json
from typing import Any

from moto.budgets.exceptions import NotFoundException
from moto.budgets.responses import BudgetsResponse

from modelyard_sandbox.moto_extensions.store import add_operations, store_of


def install() -> None:
    """Add the operations to moto's Budgets."""
    add_operations(BudgetsResponse, update_budget, tag_resource, untag_resource, list_tags_for_resource)


def update_budget(self: Any) -> str:
    """UpdateBudget: everything of the budget but its notifications."""
    new = self._get_param("NewBudget")
    budget = self.backend.budgets[self._get_param("AccountId")].get(new["BudgetName"])
    if budget is None:
        raise NotFoundException(f"Unable to update budget: {new['BudgetName']} - the budget doesn't exist.")
    budget.budget = {"TimePeriod": budget.budget["TimePeriod"], **new}
    return json.dumps({})


def tag_resource(self: Any) -> str:
    """TagResource, by the budget's arn."""
    _tags(self).update({tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags")})
    return json.dumps({})


def untag_resource(self: Any) -> str:
    """UntagResource, by the budget's arn."""
    tags = _tags(self)
    for key in self._get_param("ResourceTagKeys"):
        tags.pop(key, None)
    return json.dumps({})


def list_tags_for_resource(self: Any) -> str:
    """ListTagsForResource, by the budget's arn."""
    return json.dumps({"ResourceTags": [{"Key": key, "Value": value} for key, value in _tags(self).items()]})


def _tags(self: Any) -> dict[str, str]:
    arn: str = self._get_param("ResourceARN")
    name = arn.rpartition("budget/")[2]
    if name not in self.backend.budgets[self.current_account]:
        raise NotFoundException(f"Unable to find budget: {name} - the budget doesn't exist.")
    return store_of(self.backend, "budget_tags").setdefault(name, {})
