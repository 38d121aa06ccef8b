"""EC2 regions with the account's own opt-in status: those of the partition, and of them the enabled ones
unless all are asked for. moto lists every partition's, with one status for all accounts.

Source: EC2 API reference, DescribeRegions (`AllRegions`, `optInStatus`), 2026-11. Regions that the catalog
doesn't have keep moto's status.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response
from moto.utilities.utils import get_partition

from modelyard.catalog import region_names
from modelyard_sandbox.moto_extensions.account import status_of
from modelyard_sandbox.moto_extensions.ec2.listing import listed
from modelyard_sandbox.moto_extensions.operations import add_operations

STATUSES = {"ENABLED": "opted-in", "ENABLED_BY_DEFAULT": "opt-in-not-required", "DISABLED": "not-opted-in"}
FILTERS = {"endpoint": "Endpoint", "opt-in-status": "OptInStatus", "region-name": "RegionName"}


def install() -> None:
    """Put the operation in the place of moto's."""
    add_operations(EC2Response, describe_regions)


def describe_regions(self: Any) -> ActionResult:
    """DescribeRegions, by names and filters."""
    self.error_on_dryrun()
    regions = [
        {"RegionName": found.name, "Endpoint": found.endpoint, "OptInStatus": _status(self, found)}
        for found in self.ec2_backend.describe_regions(self._get_param("RegionNames", []))
        if get_partition(found.name) == self.partition
    ]
    disabled_too = str(self._get_param("AllRegions")).lower() == "true"
    shown = [found for found in regions if disabled_too or found["OptInStatus"] != "not-opted-in"]
    return ActionResult(listed(self, shown, "Regions", FILTERS))


def _status(self: Any, found: Any) -> str:
    if found.name not in region_names():
        return found.opt_in_status
    return STATUSES[status_of(self.current_account, self.partition, found.name)]
