"""StartBackupJob and what can be asked about its jobs.

A job completes at once. On-demand jobs ask for no opt-in of the region: it holds for assignments by tags.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.moto_api._internal import mock_random

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.backup.checks import (
    check_lifecycle,
    check_role,
    check_windows,
    required,
)
from modelyard_sandbox.moto_extensions.backup.errors import InvalidRequestError, NotFoundError
from modelyard_sandbox.moto_extensions.backup.records import (
    chosen,
    contents_of,
    named_vault,
    one_page,
    points_of,
    refuse_if_denied,
)
from modelyard_sandbox.moto_extensions.backup.recovery_points import new_point
from modelyard_sandbox.moto_extensions.backup.resources import Resource, find_resource
from modelyard_sandbox.moto_extensions.backup.vault_locks import lock_state, retention_refusal
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.store import store_of

START_WINDOW_MINUTES = 480
FILTERS = {
    "ByAccountId": "AccountId",
    "ByBackupVaultName": "BackupVaultName",
    "ByCompleteAfter": "CompletionDate",
    "ByCompleteBefore": "CompletionDate",
    "ByCreatedAfter": "CreationDate",
    "ByCreatedBefore": "CreationDate",
    "ByMessageCategory": "MessageCategory",
    "ByParentJobId": "ParentJobId",
    "ByResourceArn": "ResourceArn",
    "ByResourceType": "ResourceType",
    "ByState": "State",
}


def install() -> None:
    """Add the operations to moto's Backup."""
    add_operations(BackupResponse, start_backup_job, describe_backup_job, list_backup_jobs, stop_backup_job)


def start_backup_job(self: Any) -> ActionResult:
    """StartBackupJob."""
    tokens = store_of(self.backup_backend, "backup_job_tokens")
    token = self._get_param("IdempotencyToken")
    if token in tokens:
        return ActionResult(tokens[token])
    vault, arn = named_vault(self), self._get_param("ResourceArn")
    refuse_if_denied(self, vault, "backup:StartBackupJob")
    required({"ResourceArn": arn}, "ResourceArn")
    check_role(self._get_param("IamRoleArn"))
    check_windows(self._get_param("StartWindowMinutes"), self._get_param("CompleteWindowMinutes"))
    lifecycle = dict(self._get_param("Lifecycle") or {})
    check_lifecycle(lifecycle)
    resource = find_resource(self.current_account, self.region, arn)
    problem = resource.problem or retention_refusal(vault, lifecycle)
    job = _job(self, vault, resource, problem)
    _jobs(self)[job["BackupJobId"]] = job
    if problem is None:
        _make_point(self, vault, job, resource)
    if token:
        tokens[token] = job
    return ActionResult(job)


def describe_backup_job(self: Any) -> ActionResult:
    """DescribeBackupJob."""
    return ActionResult(_named_job(self))


def list_backup_jobs(self: Any) -> ActionResult:
    """ListBackupJobs, the newest first."""
    jobs = chosen(self, reversed(_jobs(self).values()), FILTERS)
    return ActionResult(one_page(self, "BackupJobs", jobs))


def stop_backup_job(self: Any) -> EmptyResult:
    """StopBackupJob: none can be stopped, since all end at once."""
    job = _named_job(self)
    raise InvalidRequestError(f"Backup job {job['BackupJobId']} is {job['State']} and can't be stopped")


def _job(self: Any, vault: Any, resource: Resource, problem: str | None) -> dict[str, Any]:
    moment = clock.now()
    start_within = self._get_param("StartWindowMinutes") or START_WINDOW_MINUTES
    done = problem is None
    return {
        "AccountId": self.current_account,
        "BackupJobId": str(mock_random.uuid4()).upper(),
        "BackupVaultName": vault.backup_vault_name,
        "BackupVaultArn": vault.backup_vault_arn,
        "VaultType": "BACKUP_VAULT",
        "VaultLockState": lock_state(vault),
        "ResourceArn": self._get_param("ResourceArn"),
        "ResourceType": resource.type,
        "ResourceName": resource.name,
        "IamRoleArn": self._get_param("IamRoleArn"),
        "RecoveryPointLifecycle": dict(self._get_param("Lifecycle") or {}),
        "CreationDate": moment,
        "InitiationDate": moment,
        "CompletionDate": moment,
        "StartBy": moment + timedelta(minutes=start_within),
        "State": "COMPLETED" if done else "FAILED",
        "StatusMessage": problem,
        "MessageCategory": "SUCCESS" if done else "INVALID_PARAMETERS",
        "PercentDone": "100.0" if done else "0.0",
        "BackupSizeInBytes": resource.size_bytes if done else 0,
        "BytesTransferred": resource.size_bytes if done else 0,
        "IsParent": False,
    }


def _make_point(self: Any, vault: Any, job: dict[str, Any], resource: Resource) -> None:
    backend = self.backup_backend
    place = f"{self.partition}:backup:{self.region}:{self.current_account}"
    arn = f"arn:{place}:recovery-point:{mock_random.uuid4()}"
    point = new_point(
        vault,
        arn,
        job["RecoveryPointLifecycle"],
        ResourceArn=job["ResourceArn"],
        ResourceType=resource.type,
        ResourceName=resource.name,
        IamRoleArn=job["IamRoleArn"],
        BackupSizeInBytes=resource.size_bytes,
    )
    points_of(backend)[arn] = point
    contents_of(backend)[arn] = resource.objects
    job.update(
        RecoveryPointArn=arn, IsEncrypted=point["IsEncrypted"], EncryptionKeyArn=point["EncryptionKeyArn"]
    )
    tags = {**resource.tags, **dict(self._get_param("RecoveryPointTags") or {})}
    if tags:
        backend.tag_resource(arn, tags)


def _jobs(self: Any) -> dict[str, dict[str, Any]]:
    return store_of(self.backup_backend, "backup_jobs")


def _named_job(self: Any) -> dict[str, Any]:
    id_ = self._get_param("BackupJobId")
    if id_ not in _jobs(self):
        raise NotFoundError(f"Backup job {id_} does not exist")
    return _jobs(self)[id_]
