"""StartBackupJob and what can be asked about its jobs.

A job completes at once. On-demand jobs ask for no opt-in of the region: it holds for assignments by tags.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult, EmptyResult

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.backup.checks import (
    check_lifecycle,
    check_role,
    check_windows,
    required,
)
from modelyard_sandbox.moto_extensions.backup.errors import InvalidRequestError
from modelyard_sandbox.moto_extensions.backup.jobs import Job, Jobs, new_id
from modelyard_sandbox.moto_extensions.backup.records import named_vault, refuse_if_denied
from modelyard_sandbox.moto_extensions.backup.recovery_points import keep_point
from modelyard_sandbox.moto_extensions.backup.resources import Resource, find_resource
from modelyard_sandbox.moto_extensions.backup.vault_locks import lock_state, retention_refusal
from modelyard_sandbox.moto_extensions.operations import add_operations

START_WINDOW_MINUTES = 480
JOBS = Jobs(
    "Backup",
    {
        "ByBackupVaultName": "BackupVaultName",
        "ByMessageCategory": "MessageCategory",
        "ByResourceArn": "ResourceArn",
        "ByState": "State",
    },
)


def install() -> None:
    """Add the operations to moto's Backup."""
    add_operations(BackupResponse, start_backup_job, describe_backup_job, list_backup_jobs, stop_backup_job)


def start_backup_job(self: Any) -> ActionResult:
    """StartBackupJob."""
    return JOBS.start(self, lambda: _start(self))


def describe_backup_job(self: Any) -> ActionResult:
    """DescribeBackupJob."""
    return ActionResult(JOBS.named(self))


def list_backup_jobs(self: Any) -> ActionResult:
    """ListBackupJobs, the newest first."""
    return JOBS.listed(self)


def stop_backup_job(self: Any) -> EmptyResult:
    """StopBackupJob: none can be stopped, since all end at once."""
    job = JOBS.named(self)
    raise InvalidRequestError(f"Backup job {job['BackupJobId']} is {job['State']} and can't be stopped")


def _start(self: Any) -> Job:
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
    if problem is None:
        _make_point(self, vault, job, resource)
    return job


def _job(self: Any, vault: Any, resource: Resource, problem: str | None) -> Job:
    moment = clock.now()
    start_within = self._get_param("StartWindowMinutes") or START_WINDOW_MINUTES
    done = problem is None
    return {
        "AccountId": self.current_account,
        "BackupJobId": new_id(),
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


def _make_point(self: Any, vault: Any, job: Job, resource: Resource) -> None:
    point = keep_point(
        self.backup_backend,
        vault,
        job["RecoveryPointLifecycle"],
        resource.objects,
        {**resource.tags, **dict(self._get_param("RecoveryPointTags") or {})},
        ResourceArn=job["ResourceArn"],
        ResourceType=resource.type,
        ResourceName=resource.name,
        IamRoleArn=job["IamRoleArn"],
        BackupSizeInBytes=resource.size_bytes,
    )
    job |= {name: point[name] for name in ("RecoveryPointArn", "IsEncrypted", "EncryptionKeyArn")}
