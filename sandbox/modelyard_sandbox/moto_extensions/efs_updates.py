"""EFS: UpdateFileSystem, the throughput of a file system that stands.

Source: EFS API reference, UpdateFileSystem; 2026-11.
"""

from __future__ import annotations

import json
from typing import Any

from moto.efs.exceptions import BadRequest, FileSystemNotFound
from moto.efs.responses import EFSResponse

from modelyard_sandbox.moto_extensions.operations import add_operations

MODES = ("bursting", "provisioned", "elastic")
THROUGHPUT_MIBPS_MAX = 3414


def install() -> None:
    """Add the operation to moto's EFS."""
    add_operations(EFSResponse, update_file_system)


def update_file_system(self: Any) -> tuple[str, dict[str, Any]]:
    """UpdateFileSystem."""
    id_ = self._get_param("FileSystemId").rpartition("/")[2]
    file_system = self.efs_backend.file_systems_by_id.get(id_)
    if file_system is None:
        raise FileSystemNotFound(id_)
    mode = self._get_param("ThroughputMode") or file_system.throughput_mode
    amount = self._get_param("ProvisionedThroughputInMibps")
    if mode not in MODES:
        raise BadRequest(f"ThroughputMode must be one of {', '.join(MODES)}, not {mode}.")
    if mode == "elastic" and file_system.performance_mode != "generalPurpose":
        raise BadRequest("ThroughputMode elastic needs the performance mode generalPurpose.")
    if mode != "provisioned" and amount is not None:
        raise BadRequest("ProvisionedThroughputInMibps needs ThroughputMode provisioned.")
    if mode == "provisioned":
        amount = amount if amount is not None else file_system.provisioned_throughput_in_mibps
        if amount is None:
            raise BadRequest("ProvisionedThroughputInMibps is required when ThroughputMode is provisioned.")
        if not 1 <= amount <= THROUGHPUT_MIBPS_MAX:
            raise BadRequest(f"ProvisionedThroughputInMibps must be from 1 to {THROUGHPUT_MIBPS_MAX}.")
    file_system.throughput_mode, file_system.provisioned_throughput_in_mibps = mode, amount
    return json.dumps(file_system.info_json()), {"status": 202, "Content-Type": "application/json"}
