"""EFS: the throughput of a file system, at its creation and later (UpdateFileSystem, which moto lacks); a
lifecycle policy has one transition, a file system is described by the members that its description has, a
policy of its own is one and can be taken away again (DeleteFileSystemPolicy, which moto lacks), and an error
says its code in its body.

Source: EFS API reference, CreateFileSystem, UpdateFileSystem, PutLifecycleConfiguration,
PutFileSystemPolicy, DescribeFileSystemPolicy, DeleteFileSystemPolicy, data types and errors; EFS user guide,
using IAM to control access; 2026-11.
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
from modelyard_sandbox.moto_extensions.policy_documents import denies, many, statements_of

MODES = ("bursting", "provisioned", "elastic")
THROUGHPUT_MIBPS_MAX = 3414
POLICY_CHARACTERS_MAX = 20_000


def install() -> None:
    """Put the checks before moto's operations, and the one that it lacks beside them."""
    add_operations(EFSResponse, update_file_system, delete_file_system_policy)
    before(EFSResponse, "create_file_system", _check_new)
    before(EFSResponse, "put_lifecycle_configuration", _check_lifecycle)
    before(EFSResponse, "put_file_system_policy", _check_policy)
    before(EFSResponse, "describe_file_system_policy", _file_system)
    FileSystem.info_json = _described(FileSystem.info_json)
    EFSError.__init__ = _in_efs_words(EFSError.__init__)


def update_file_system(self: Any) -> tuple[str, dict[str, Any]]:
    """UpdateFileSystem."""
    file_system = _file_system(self)
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


def delete_file_system_policy(self: Any) -> tuple[str, dict[str, Any]]:
    """DeleteFileSystemPolicy; one that isn't there is gone already."""
    _file_system(self).file_system_policy = None
    return "{}", {"status": 200, "Content-Type": "application/json"}


def _file_system(self: Any) -> Any:
    """The file system that a request names."""
    id_ = self._get_param("FileSystemId").rpartition("/")[2]
    file_system = self.efs_backend.file_systems_by_id.get(id_)
    if file_system is None:
        raise FileSystemNotFound(id_)
    return file_system


def _check_policy(self: Any) -> None:
    """A policy is one, is about this file system, and lets who puts it put another."""
    file_system, policy = _file_system(self), self._get_param("Policy") or ""
    try:
        statements = statements_of(policy)
    except ValueError as error:
        raise InvalidPolicyError("The policy is not valid JSON, or no policy.") from error
    arn, size = file_system.file_system_arn, len(policy)
    if size > POLICY_CHARACTERS_MAX:
        raise InvalidPolicyError(f"The policy has {size} characters, more than {POLICY_CHARACTERS_MAX}.")
    if not statements or any(
        statement.get("Effect") not in ("Allow", "Deny")
        or ("Principal" in statement) == ("NotPrincipal" in statement)
        or ("Action" in statement) == ("NotAction" in statement)
        for statement in statements
    ):
        raise InvalidPolicyError("Each statement must have an effect, a principal and an action.")
    if any(resource not in ("*", arn) for it in statements for resource in many(it.get("Resource"))):
        raise InvalidPolicyError(f"The policy's resource must be {arn}.")
    # A statement that names no resource is about this one.
    told = [it if "NotResource" in it else {"Resource": arn, **it} for it in statements]
    locks_out = denies(
        json.dumps({"Statement": told}),
        account_id=self.current_account,
        action="elasticfilesystem:PutFileSystemPolicy",
        resource=arn,
        context={"aws:SecureTransport": "true", "aws:PrincipalAccount": self.current_account},
    )
    if locks_out and not self._get_param("BypassPolicyLockoutSafetyCheck"):
        raise InvalidPolicyError("The policy would keep you from putting another.")


class InvalidPolicyError(EFSError):
    """A policy that EFS doesn't take."""

    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("InvalidPolicyException", message)


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
