"""EFS: throughput that is provisioned has an amount, and a lifecycle policy has one transition.

Source: EFS API reference, CreateFileSystem and PutLifecycleConfiguration; 2026-11.
"""

from __future__ import annotations

from typing import Any

from moto.efs.exceptions import BadRequest
from moto.efs.responses import EFSResponse

from modelyard_sandbox.moto_extensions.store import guard

THROUGHPUT_MIBPS_MAX = 3414


def install() -> None:
    """Put the checks before moto's operations."""
    guard(EFSResponse, "create_file_system", _check_throughput)
    guard(EFSResponse, "put_lifecycle_configuration", _check_lifecycle)


def _check_throughput(self: Any) -> None:
    amount = self._get_param("ProvisionedThroughputInMibps")
    provisioned = self._get_param("ThroughputMode") == "provisioned"
    if provisioned and amount is None:
        raise BadRequest("ProvisionedThroughputInMibps is required when ThroughputMode is provisioned.")
    if amount is not None and not provisioned:
        raise BadRequest("ProvisionedThroughputInMibps needs ThroughputMode provisioned.")
    if amount is not None and not 1 <= amount <= THROUGHPUT_MIBPS_MAX:
        raise BadRequest(f"ProvisionedThroughputInMibps must be from 1 to {THROUGHPUT_MIBPS_MAX}.")


def _check_lifecycle(self: Any) -> None:
    policies = self._get_param("LifecyclePolicies") or []
    if any(len(policy) != 1 for policy in policies):
        raise BadRequest("Each LifecyclePolicy object must have one transition.")
    transitions = [name for policy in policies for name in policy]
    if len(transitions) != len(set(transitions)):
        raise BadRequest("A transition is specified more than once.")
