"""TagResource, UntagResource and ListTagsForResource, by the budget's arn."""

from __future__ import annotations

from typing import Any

from moto.budgets.responses import BudgetsResponse
from moto.core.responses import ActionResult

from modelyard_sandbox.moto_extensions.budgets.errors import NotFoundError
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.store import store_of


def install() -> None:
    """Add the operations to moto's Budgets."""
    add_operations(BudgetsResponse, tag_resource, untag_resource, list_tags_for_resource)


def tag_resource(self: Any) -> ActionResult:
    """TagResource."""
    keep_tags(self, _name(self), self._get_param("ResourceTags"))
    return ActionResult({})


def untag_resource(self: Any) -> ActionResult:
    """UntagResource."""
    tags = _tags(self, _name(self))
    for key in self._get_param("ResourceTagKeys"):
        tags.pop(key, None)
    return ActionResult({})


def list_tags_for_resource(self: Any) -> ActionResult:
    """ListTagsForResource."""
    tags = _tags(self, _name(self))
    return ActionResult({"ResourceTags": [{"Key": key, "Value": value} for key, value in tags.items()]})


def keep_tags(self: Any, name: str, tags: list[dict[str, str]]) -> None:
    """Set tags of a budget."""
    _tags(self, name).update({tag["Key"]: tag["Value"] for tag in tags})


def _tags(self: Any, name: str) -> dict[str, str]:
    return store_of(self.backend, "budget_tags").setdefault(name, {})


def _name(self: Any) -> str:
    arn: str = self._get_param("ResourceARN")
    name = arn.rpartition("budget/")[2]
    if name not in self.backend.budgets[self.current_account]:
        raise NotFoundError(f"Unable to find budget: {name} - the budget doesn't exist.")
    return name
