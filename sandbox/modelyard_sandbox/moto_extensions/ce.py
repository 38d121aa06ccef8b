"""Cost Explorer: which tags costs are told apart by.

Every key counts as one that a bill has shown. Source: Cost Explorer API reference (Billing and Cost
Management), ListCostAllocationTags, UpdateCostAllocationTagsStatus; 2026-11.
"""

from __future__ import annotations

from typing import Any

from moto.ce.responses import CostExplorerResponse
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.core.utils import iso_8601_datetime_without_milliseconds, utcnow

from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.pages import BadTokenError, page
from modelyard_sandbox.moto_extensions.store import store_of

BY_AWS = "aws:"
TAGS_A_CALL_MAX = 20


class LimitExceededError(ServiceException):
    """More than a call takes."""

    code = "LimitExceededException"


class InvalidNextTokenError(ServiceException):
    """A token that no answer has held."""

    code = "InvalidNextTokenException"


def install() -> None:
    """Add the operations to moto's."""
    add_operations(CostExplorerResponse, list_cost_allocation_tags, update_cost_allocation_tags_status)


def list_cost_allocation_tags(self: Any) -> ActionResult:
    """ListCostAllocationTags, by status, keys and type."""
    status, keys, kind = (self._get_param(name) for name in ("Status", "TagKeys", "Type"))
    found = [
        tag
        for tag in _tags(self).values()
        if status in (None, tag["Status"])
        and (not keys or tag["TagKey"] in keys)
        and kind in (None, tag["Type"])
    ]
    try:
        shown, token = page(found, self._get_param("NextToken"), self._get_param("MaxResults"))
    except BadTokenError:
        raise InvalidNextTokenError("The pagination token is invalid.") from None
    return ActionResult({"CostAllocationTags": shown, **({"NextToken": token} if token else {})})


def update_cost_allocation_tags_status(self: Any) -> ActionResult:
    """UpdateCostAllocationTagsStatus."""
    asked = self._get_param("CostAllocationTagsStatus")
    if len(asked) > TAGS_A_CALL_MAX:
        raise LimitExceededError(f"A call takes {TAGS_A_CALL_MAX} tags at most.")
    now = iso_8601_datetime_without_milliseconds(utcnow())
    for item in asked:
        key = item["TagKey"]
        _tags(self)[key] = {
            "TagKey": key,
            "Type": "AWSGenerated" if key.startswith(BY_AWS) else "UserDefined",
            "Status": item["Status"],
            "LastUpdatedDate": now,
        }
    return ActionResult({"Errors": []})


def _tags(self: Any) -> dict[str, Any]:
    return store_of(self.ce_backend, "cost_allocation_tags")
