"""Account Management: the regions that an account has enabled, which EC2's DescribeRegions shows as well.

Source: AWS Account Management API reference, EnableRegion, DisableRegion, GetRegionOptStatus, ListRegions;
EC2 API reference, DescribeRegions; which regions have to be enabled is the catalog's; 2026-11. Enabling and
disabling take no time here.
"""

from __future__ import annotations

from typing import Any

from moto.account.models import account_backends
from moto.account.responses import AccountResponse
from moto.account.urls import url_paths
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, EmptyResult

from modelyard.catalog import region, region_names
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.pages import BadTokenError, page
from modelyard_sandbox.moto_extensions.store import store_of

BY_DEFAULT = "ENABLED_BY_DEFAULT"
PATHS = ("enableRegion", "disableRegion", "getRegionOptStatus", "listRegions")


class ValidationError(ServiceException):
    """A value that the parameter doesn't take."""

    code = "ValidationException"


def install() -> None:
    """Add the operations to moto's, with their paths."""
    add_operations(AccountResponse, enable_region, disable_region, get_region_opt_status, list_regions)
    for path in PATHS:
        url_paths[f"{{0}}/{path}$"] = AccountResponse.dispatch


def status_of(account_id: str, partition: str, name: str) -> str:
    """Whether an account has enabled a region, in the words of Account Management."""
    if not region(name).opt_in:
        return BY_DEFAULT
    return _statuses(account_id, partition).get(name, "DISABLED")


def enable_region(self: Any) -> EmptyResult:
    """EnableRegion."""
    account_id, name = self._get_account_id(), _opted_into(self)
    _statuses(account_id, self.partition)[name] = "ENABLED"
    return EmptyResult()


def disable_region(self: Any) -> EmptyResult:
    """DisableRegion."""
    account_id, name = self._get_account_id(), _opted_into(self)
    _statuses(account_id, self.partition)[name] = "DISABLED"
    return EmptyResult()


def get_region_opt_status(self: Any) -> ActionResult:
    """GetRegionOptStatus."""
    name = _known(self)
    status = status_of(self._get_account_id(), self.partition, name)
    return ActionResult({"RegionName": name, "RegionOptStatus": status})


def list_regions(self: Any) -> ActionResult:
    """ListRegions, by status."""
    wanted = self._get_param("RegionOptStatusContains") or []
    account_id = self._get_account_id()
    regions = [
        {"RegionName": name, "RegionOptStatus": status_of(account_id, self.partition, name)}
        for name in region_names()
    ]
    chosen = [item for item in regions if not wanted or item["RegionOptStatus"] in wanted]
    try:
        shown, token = page(chosen, self._get_param("NextToken"), self._get_param("MaxResults"))
    except BadTokenError as error:
        raise ValidationError(f"Invalid token: {error}") from None
    return ActionResult({"Regions": shown, **({"NextToken": token} if token else {})})


def _known(self: Any) -> str:
    name = self._get_param("RegionName")
    if name not in region_names():
        raise ValidationError(f"The Region name {name} is invalid.")
    return name


def _opted_into(self: Any) -> str:
    name = _known(self)
    if not region(name).opt_in:
        raise ValidationError(f"The Region {name} is enabled by default: it can't be enabled or disabled.")
    return name


def _statuses(account_id: str, partition: str) -> dict[str, str]:
    return store_of(account_backends[account_id][partition], "region_statuses")
