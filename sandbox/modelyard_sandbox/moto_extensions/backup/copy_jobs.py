"""StartCopyJob and what can be asked about its jobs: a copy appears in the destination's vault at once."""

from __future__ import annotations

from typing import Any

from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.backup.checks import check_lifecycle, check_role, vault_place
from modelyard_sandbox.moto_extensions.backup.errors import InvalidRequestError, NotFoundError
from modelyard_sandbox.moto_extensions.backup.records import (
    backend_of,
    chosen,
    contents_of,
    find_vault,
    one_page,
    points_of,
)
from modelyard_sandbox.moto_extensions.backup.recovery_points import find_point, new_point
from modelyard_sandbox.moto_extensions.backup.vault_locks import lock_state, retention_refusal
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.policy_documents import allows
from modelyard_sandbox.moto_extensions.store import store_of

FILTERS = {
    "ByAccountId": "AccountId",
    "ByCompleteAfter": "CompletionDate",
    "ByCompleteBefore": "CompletionDate",
    "ByCreatedAfter": "CreationDate",
    "ByCreatedBefore": "CreationDate",
    "ByDestinationVaultArn": "DestinationBackupVaultArn",
    "ByMessageCategory": "MessageCategory",
    "ByParentJobId": "ParentJobId",
    "ByResourceArn": "ResourceArn",
    "ByResourceType": "ResourceType",
    "BySourceRecoveryPointArn": "SourceRecoveryPointArn",
    "ByState": "State",
}
COPIED = ("ResourceArn", "ResourceType", "ResourceName", "BackupSizeInBytes")


def install() -> None:
    """Add the operations to moto's Backup."""
    add_operations(BackupResponse, start_copy_job, describe_copy_job, list_copy_jobs)


def start_copy_job(self: Any) -> ActionResult:
    """StartCopyJob: into a vault of another region, of the same one, or of another account that allows it."""
    tokens = store_of(self.backup_backend, "copy_job_tokens")
    token = self._get_param("IdempotencyToken")
    if token in tokens:
        return ActionResult(tokens[token])
    source = find_vault(self.backup_backend, self._get_param("SourceBackupVaultName"))
    point = find_point(self, source, self._get_param("RecoveryPointArn"))
    check_role(self._get_param("IamRoleArn"))
    lifecycle = dict(self._get_param("Lifecycle") or point["Lifecycle"])
    check_lifecycle(lifecycle)
    place = vault_place(self._get_param("DestinationBackupVaultArn"))
    backend = backend_of(place["account"], place["region"])
    vault = find_vault(backend, place["name"])
    if vault is source:
        raise InvalidRequestError("The destination vault is the source vault")
    problem = _denied(self, backend, vault) or retention_refusal(vault, lifecycle)
    job = _job(self, source, vault, point, problem)
    job["DestinationRecoveryPointLifecycle"] = lifecycle
    if problem is None:
        job["DestinationRecoveryPointArn"] = _copy(self, backend, vault, point, job)
    _jobs(self)[job["CopyJobId"]] = job
    if token:
        tokens[token] = job
    return ActionResult(job)


def describe_copy_job(self: Any) -> ActionResult:
    """DescribeCopyJob."""
    id_ = self._get_param("CopyJobId")
    if id_ not in _jobs(self):
        raise NotFoundError(f"Copy job {id_} does not exist")
    return ActionResult({"CopyJob": _jobs(self)[id_]})


def list_copy_jobs(self: Any) -> ActionResult:
    """ListCopyJobs, the newest first."""
    jobs = chosen(self, reversed(_jobs(self).values()), FILTERS)
    return ActionResult(one_page(self, "CopyJobs", jobs))


def _jobs(self: Any) -> dict[str, dict[str, Any]]:
    return store_of(self.backup_backend, "copy_jobs")


def _denied(self: Any, backend: Any, vault: Any) -> str | None:
    """Why a vault of another account doesn't take the copy; its access policy must allow it."""
    if backend.account_id == self.current_account:
        return None
    policy = store_of(backend, "access_policies").get(vault.backup_vault_name)
    may = policy and allows(
        policy,
        account_id=self.current_account,
        action="backup:CopyIntoBackupVault",
        resource=vault.backup_vault_arn,
        context={"aws:PrincipalAccount": self.current_account},
    )
    return (
        None
        if may
        else f"Access denied: the policy of {vault.backup_vault_arn} doesn't allow backup:CopyIntoBackupVault"
    )


def _job(self: Any, source: Any, vault: Any, point: dict[str, Any], problem: str | None) -> dict[str, Any]:
    moment = clock.now()
    return {
        "AccountId": self.current_account,
        "CopyJobId": str(mock_random.uuid4()).upper(),
        "SourceBackupVaultArn": source.backup_vault_arn,
        "SourceRecoveryPointArn": point["RecoveryPointArn"],
        "DestinationBackupVaultArn": vault.backup_vault_arn,
        "DestinationVaultType": "BACKUP_VAULT",
        "DestinationVaultLockState": lock_state(vault),
        "DestinationEncryptionKeyArn": vault.encryption_key_arn,
        "CreationDate": moment,
        "CompletionDate": moment,
        "State": "COMPLETED" if problem is None else "FAILED",
        "StatusMessage": problem,
        "MessageCategory": "SUCCESS" if problem is None else "INVALID_PARAMETERS",
        "IamRoleArn": self._get_param("IamRoleArn"),
        "IsParent": False,
        **{name: point[name] for name in COPIED},
    }


def _copy(self: Any, backend: Any, vault: Any, point: dict[str, Any], job: dict[str, Any]) -> str:
    arn = (
        f"arn:{backend.partition}:backup:{backend.region_name}:{backend.account_id}"
        f":recovery-point:{mock_random.uuid4()}"
    )
    source = self.backup_backend
    points_of(backend)[arn] = new_point(
        vault,
        arn,
        job["DestinationRecoveryPointLifecycle"],
        SourceBackupVaultArn=job["SourceBackupVaultArn"],
        IamRoleArn=job["IamRoleArn"],
        **{name: point[name] for name in COPIED},
    )
    contents_of(backend)[arn] = contents_of(source).get(point["RecoveryPointArn"], ())
    tags = source.tagger.get_tag_dict_for_resource(point["RecoveryPointArn"])
    if tags:
        backend.tag_resource(arn, tags)
    return arn
