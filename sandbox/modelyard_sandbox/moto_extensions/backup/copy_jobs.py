"""StartCopyJob and what can be asked about its jobs: a copy appears in the destination's vault at once."""

from __future__ import annotations

from typing import Any

from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.backup.checks import check_lifecycle, check_role, vault_place
from modelyard_sandbox.moto_extensions.backup.errors import InvalidRequestError
from modelyard_sandbox.moto_extensions.backup.jobs import Job, Jobs, new_id
from modelyard_sandbox.moto_extensions.backup.records import backend_of, contents_of, find_vault
from modelyard_sandbox.moto_extensions.backup.recovery_points import find_point, keep_point
from modelyard_sandbox.moto_extensions.backup.vault_locks import lock_state, retention_refusal
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.policy_documents import allows
from modelyard_sandbox.moto_extensions.store import store_of

JOBS = Jobs(
    "Copy",
    {
        "ByDestinationVaultArn": "DestinationBackupVaultArn",
        "ByMessageCategory": "MessageCategory",
        "ByResourceArn": "ResourceArn",
        "BySourceRecoveryPointArn": "SourceRecoveryPointArn",
        "ByState": "State",
    },
)
COPIED = ("ResourceArn", "ResourceType", "ResourceName", "BackupSizeInBytes")


def install() -> None:
    """Add the operations to moto's Backup."""
    add_operations(BackupResponse, start_copy_job, describe_copy_job, list_copy_jobs)


def start_copy_job(self: Any) -> ActionResult:
    """StartCopyJob: into a vault of another region, of the same one, or of another account that allows it."""
    return JOBS.start(self, lambda: _start(self))


def describe_copy_job(self: Any) -> ActionResult:
    """DescribeCopyJob."""
    return ActionResult({"CopyJob": JOBS.named(self)})


def list_copy_jobs(self: Any) -> ActionResult:
    """ListCopyJobs, the newest first."""
    return JOBS.listed(self)


def _start(self: Any) -> Job:
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
    return job


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


def _job(self: Any, source: Any, vault: Any, point: dict[str, Any], problem: str | None) -> Job:
    moment = clock.now()
    return {
        "AccountId": self.current_account,
        "CopyJobId": new_id(),
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


def _copy(self: Any, backend: Any, vault: Any, point: dict[str, Any], job: Job) -> str:
    source, arn = self.backup_backend, point["RecoveryPointArn"]
    copied = keep_point(
        backend,
        vault,
        job["DestinationRecoveryPointLifecycle"],
        contents_of(source).get(arn, ()),
        source.tagger.get_tag_dict_for_resource(arn),
        SourceBackupVaultArn=job["SourceBackupVaultArn"],
        IamRoleArn=job["IamRoleArn"],
        **{name: point[name] for name in COPIED},
    )
    return copied["RecoveryPointArn"]
