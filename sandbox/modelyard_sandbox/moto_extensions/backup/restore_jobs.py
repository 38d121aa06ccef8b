"""StartRestoreJob and what can be asked about its jobs.

An S3 recovery point is restored for real: its objects are written into the bucket that the metadata names. A
restore of anything else is recorded as completed, and nothing is made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.s3.exceptions import S3ClientError
from moto.s3.models import s3_backends

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.backup.checks import check_role, require, required
from modelyard_sandbox.moto_extensions.backup.errors import (
    InvalidParameterError,
    InvalidRequestError,
    NotFoundError,
)
from modelyard_sandbox.moto_extensions.backup.jobs import Job, Jobs, new_id
from modelyard_sandbox.moto_extensions.backup.records import contents_of, points_of
from modelyard_sandbox.moto_extensions.backup.resources import StoredObject, find_bucket
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.s3_replication.copying import replicate_version

ITEMS_MAX = 5
VALIDATION_STATUSES = ("FAILED", "SUCCESSFUL", "TIMED_OUT", "VALIDATING")
JOBS = Jobs("Restore", {"ByStatus": "Status"})


def install() -> None:
    """Add the operations to moto's Backup."""
    add_operations(
        BackupResponse,
        start_restore_job,
        describe_restore_job,
        list_restore_jobs,
        put_restore_validation_result,
    )


def start_restore_job(self: Any) -> ActionResult:
    """StartRestoreJob."""
    return JOBS.start(self, lambda: _start(self))


def describe_restore_job(self: Any) -> ActionResult:
    """DescribeRestoreJob."""
    return ActionResult(JOBS.named(self))


def list_restore_jobs(self: Any) -> ActionResult:
    """ListRestoreJobs, the newest first."""
    return JOBS.listed(self)


def put_restore_validation_result(self: Any) -> EmptyResult:
    """PutRestoreValidationResult."""
    job, status = JOBS.named(self), self._get_param("ValidationStatus")
    require(
        status in VALIDATION_STATUSES, f"ValidationStatus must be one of {', '.join(VALIDATION_STATUSES)}"
    )
    if job["Status"] != "COMPLETED":
        raise InvalidRequestError(f"Restore job {job['RestoreJobId']} is {job['Status']}")
    job.update(ValidationStatus=status, ValidationStatusMessage=self._get_param("ValidationStatusMessage"))
    return EmptyResult()


def _start(self: Any) -> Job:
    arn, metadata = self._get_param("RecoveryPointArn"), dict(self._get_param("Metadata") or {})
    point = points_of(self.backup_backend).get(arn)
    if point is None:
        raise NotFoundError(f"Recovery point {arn} does not exist")
    kind = self._get_param("ResourceType") or point["ResourceType"]
    require(
        kind == point["ResourceType"], f"{arn} is a recovery point of {point['ResourceType']}, not {kind}"
    )
    if self._get_param("IamRoleArn") is not None:
        check_role(self._get_param("IamRoleArn"))
    made, problem = None, None
    if kind == "S3":
        made, problem = _restore_objects(self, point, metadata)
    return _job(self, point, made, problem)


def _restore_objects(
    self: Any, point: dict[str, Any], metadata: Mapping[str, str]
) -> tuple[str | None, str | None]:
    """The arn of the bucket that was written to, or why none was."""
    required(metadata, "DestinationBucketName")
    name = metadata["DestinationBucketName"]
    wanted = _items(metadata)
    backend: Any = s3_backends[self.current_account][self.partition]
    if metadata.get("NewBucket", "false").lower() == "true":
        try:
            backend.create_bucket(name, self.region).versioning_status = "Enabled"
        except S3ClientError as error:
            return None, f"Bucket {name} could not be created: {error.message}"
    bucket = find_bucket(self.current_account, self.partition, name)
    if bucket is None or bucket.region_name != self.region:
        return None, f"Bucket {name} does not exist in {self.region}"
    if not bucket.is_versioned:
        return None, f"Bucket {name} is not versioned: versioning must be enabled"
    for item in contents_of(self.backup_backend)[point["RecoveryPointArn"]]:
        if not wanted or any(item.key.startswith(start) for start in wanted):
            _write(backend, bucket, item)
    return bucket.arn, None


def _items(metadata: Mapping[str, str]) -> list[str]:
    """The objects and prefixes that alone are to be restored; all if there are none."""
    given = metadata.get("ItemsToRestore") or metadata.get("itemsToRestore")
    try:
        items: Any = json.loads(given) if given else []
    except ValueError as error:
        raise InvalidParameterError(f"ItemsToRestore is not a list in JSON: {given}") from error
    valid = isinstance(items, list) and all(isinstance(item, str) for item in items)
    require(valid and len(items) <= ITEMS_MAX, f"ItemsToRestore takes {ITEMS_MAX} paths at most: {given}")
    return items


def _write(backend: Any, bucket: Any, item: StoredObject) -> None:
    lock = (bucket.default_lock_mode, bucket.default_retention()) if bucket.has_default_lock else (None, None)
    key = backend.put_object(
        bucket.name,
        item.key,
        item.body,
        storage=item.storage_class,
        etag=item.etag,
        lock_mode=lock[0],
        lock_until=lock[1],
    )
    key.set_metadata(dict(item.metadata))
    if item.tags:
        backend.put_object_tagging(key, item.tags)
    replicate_version(backend, bucket.name, item.key, key.version_id)


def _job(self: Any, point: dict[str, Any], made: str | None, problem: str | None) -> Job:
    moment = clock.now()
    return {
        "AccountId": self.current_account,
        "RestoreJobId": new_id(),
        "RecoveryPointArn": point["RecoveryPointArn"],
        "SourceResourceArn": point["ResourceArn"],
        "BackupVaultArn": point["BackupVaultArn"],
        "CreationDate": moment,
        "CompletionDate": moment,
        "Status": "COMPLETED" if problem is None else "FAILED",
        "StatusMessage": problem,
        "PercentDone": "100.00%" if problem is None else "0.00%",
        "BackupSizeInBytes": point["BackupSizeInBytes"],
        "IamRoleArn": self._get_param("IamRoleArn"),
        "CreatedResourceArn": made,
        "ResourceType": point["ResourceType"],
        "RecoveryPointCreationDate": point["CreationDate"],
        "IsParent": False,
    }
