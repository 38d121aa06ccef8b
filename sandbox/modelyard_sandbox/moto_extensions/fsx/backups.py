"""FSx backups of Lustre file systems.

Sources: Amazon FSx API reference, CreateBackup, DescribeBackups, DeleteBackup; 2026-11.
"""

from __future__ import annotations

import json
import time
from typing import Any

from moto.moto_api._internal import mock_random

from modelyard_sandbox.moto_extensions.fsx import lustre
from modelyard_sandbox.moto_extensions.fsx.answers import (
    bad_request,
    begin,
    is_available,
    listed,
    look,
    once,
    parameters,
    refuse,
)
from modelyard_sandbox.moto_extensions.fsx.records import (
    Record,
    backups_of,
    described_file_system,
    file_system_of,
    is_linked,
    shown,
)


def create_backup(self: Any) -> str:
    """CreateBackup, of a persistent file system that isn't linked to S3."""
    id_ = once(self, "CreateBackup", lambda asked: _make(self, asked))
    return json.dumps({"Backup": shown(self, backups_of(self)[id_])})


def describe_backups(self: Any) -> str:
    """DescribeBackups, by ids or by the documented filters."""
    asked = parameters(self)
    ids = asked.get("BackupIds")
    records = [backup_of(self, id_) for id_ in ids] if ids else list(backups_of(self).values())
    if not ids:
        for item in asked.get("Filters") or []:
            records = [record for record in records if _value(record, item["Name"]) in item["Values"]]
    for record in records:
        record["ProgressPercent"] = 100 if look(record) == "AVAILABLE" else 50
    return listed(self, [shown(self, record) for record in records], "Backups")


def delete_backup(self: Any) -> str:
    """DeleteBackup: gone at once, if it is complete."""
    backup = backup_of(self, parameters(self).get("BackupId", ""))
    if not is_available(backup):
        refuse("BackupInProgress", f"The backup {backup['BackupId']} is being created.")
    del backups_of(self)[backup["BackupId"]]
    return json.dumps({"BackupId": backup["BackupId"], "Lifecycle": "DELETED"})


def backup_of(self: Any, id_: str) -> Record:
    """A backup by its id."""
    if id_ not in backups_of(self):
        refuse("BackupNotFound", f"The backup '{id_}' does not exist.")
    return backups_of(self)[id_]


def make_backup(self: Any, file_system: Record, tags: list[dict[str, str]]) -> Record:
    """A new backup of a file system, which is kept when the file system is gone.

    Raises BadRequest if the file system is of a kind without backups.
    """
    described = described_file_system(self, file_system)
    config = described.get("LustreConfiguration") or {}
    if described["FileSystemType"] == "LUSTRE":
        if config["DeploymentType"] not in lustre.PERSISTENT:
            bad_request(f"File systems of the deployment type {config['DeploymentType']} have no backups.")
        if is_linked(self, file_system):
            bad_request("A file system that is linked to S3 has no backups.")
    id_ = f"backup-{mock_random.get_random_hex(17)}"
    arn = f"arn:{self.partition}:fsx:{self.region}:{self.current_account}:backup/{id_}"
    record: Record = {
        "BackupId": id_,
        "Type": "USER_INITIATED",
        "ProgressPercent": 0,
        "CreationTime": time.time(),
        "ResourceARN": arn,
        "OwnerId": self.current_account,
        "ResourceType": "FILE_SYSTEM",
        "FileSystem": described,
        **({"KmsKeyId": described["KmsKeyId"]} if "KmsKeyId" in described else {}),
    }
    begin(record, "CREATING", "AVAILABLE")
    backups_of(self)[id_] = record
    copied = described.get("Tags") or [] if config.get("CopyTagsToBackups") and not tags else tags
    if copied:
        self.fsx_backend.tagger.tag_resource(arn, copied)
    return record


def _make(self: Any, asked: dict[str, Any]) -> str:
    if asked.get("VolumeId"):
        refuse("VolumeNotFound", f"The volume '{asked['VolumeId']}' does not exist.")
    if not asked.get("FileSystemId"):
        bad_request("FileSystemId must be given.")
    file_system = file_system_of(self, asked["FileSystemId"])
    if not is_available(file_system):
        bad_request(f"The file system {file_system['FileSystemId']} is not available.")
    if any(
        backup["FileSystem"]["FileSystemId"] == asked["FileSystemId"] and not is_available(backup)
        for backup in backups_of(self).values()
    ):
        refuse("BackupInProgress", "Another backup of the file system is being created.")
    return make_backup(self, file_system, asked.get("Tags") or [])["BackupId"]


def _value(backup: Record, name: str) -> str | None:
    values = {
        "file-system-id": backup["FileSystem"]["FileSystemId"],
        "backup-type": backup["Type"],
        "file-system-type": backup["FileSystem"]["FileSystemType"],
        "volume-id": None,
    }
    if name not in values:
        bad_request(f"Invalid filter: {name}")
    return values[name]
