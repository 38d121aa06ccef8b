"""EFS: the throughput of a file system, at its creation and later (UpdateFileSystem, which moto lacks); a
lifecycle policy has one transition, a file system is described by the members that its description has, and
an error says its code in its body.

Source: EFS API reference, CreateFileSystem, UpdateFileSystem, PutLifecycleConfiguration, data types and
errors; 2026-11.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from moto.core.utils import get_service_model
from moto.efs.exceptions import BadRequest, EFSError, FileSystemAlreadyExists, FileSystemNotFound
from moto.efs.models import FileSystem
from moto.efs.responses import EFSResponse

from modelyard_sandbox.moto_extensions.operations import add_operations, before

MODES = ("bursting", "provisioned", "elastic")
THROUGHPUT_MIBPS_MAX = 3414


def install() -> None:
    """Put the checks before moto's operations, and the one that it lacks beside them."""
    add_operations(EFSResponse, update_file_system)
    before(EFSResponse, "create_file_system", _check_new)
    before(EFSResponse, "put_lifecycle_configuration", _check_lifecycle)
    FileSystem.info_json = _described(FileSystem.info_json)
    EFSError.__init__ = _in_efs_words(EFSError.__init__)


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
    if mode == "provisioned" and amount is None:
        amount = file_system.provisioned_throughput_in_mibps
    _check_throughput(mode, amount)
    file_system.throughput_mode, file_system.provisioned_throughput_in_mibps = mode, amount
    return json.dumps(file_system.info_json()), {"status": 202, "Content-Type": "application/json"}


def _check_new(self: Any) -> None:
    token = self._get_param("CreationToken")
    for id_, file_system in self.efs_backend.file_systems_by_id.items():
        if file_system.creation_token == token:
            error = FileSystemAlreadyExists(token)
            error.description = json.dumps({**json.loads(error.description), "FileSystemId": id_})
            raise error
    _check_throughput(self._get_param("ThroughputMode"), self._get_param("ProvisionedThroughputInMibps"))


def _check_throughput(mode: str | None, amount: float | None) -> None:
    provisioned = mode == "provisioned"
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


def _described(info_json: Any) -> Any:
    """Moto's description, without what it keeps beside it and what has no value."""
    members = frozenset(get_service_model("efs").shape_for("FileSystemDescription").members)  # pyright: ignore (a structure)

    @functools.wraps(info_json)
    def described(self: Any) -> dict[str, Any]:
        told = info_json(self)
        return {name: value for name, value in told.items() if name in members and value is not None}

    return described


def _in_efs_words(initialize: Any) -> Any:
    """Errors with ErrorCode and Message, as EFS writes them."""

    @functools.wraps(initialize)
    def initialized(self: Any, error_type: str, message: str, *rest: Any, **named: Any) -> None:
        initialize(self, error_type, message, *rest, **named)
        self.description = json.dumps({"ErrorCode": error_type, "Message": message})

    return initialized
