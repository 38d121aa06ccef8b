"""FSx UpdateFileSystem, for Lustre: growth, throughput and settings.

A larger size or another throughput takes effect two looks later, and shows as an administrative action until
then. Sources: Amazon FSx API reference, UpdateFileSystem and AdministrativeAction; FSx for Lustre user guide,
managing storage capacity; 2026-11.
"""

from __future__ import annotations

import json
import time
from typing import Any

from modelyard_sandbox.moto_extensions.fsx import lustre
from modelyard_sandbox.moto_extensions.fsx.answers import bad_request, is_available, parameters, refuse
from modelyard_sandbox.moto_extensions.fsx.records import (
    Record,
    described_file_system,
    file_system_of,
    is_linked,
)

SETTINGS = (
    "AutomaticBackupRetentionDays",
    "DailyAutomaticBackupStartTime",
    "DataCompressionType",
    "LogConfiguration",
    "MetadataConfiguration",
    "RootSquashConfiguration",
    "WeeklyMaintenanceStartTime",
)


def update_file_system(self: Any) -> str:
    """UpdateFileSystem."""
    asked = parameters(self)
    record = file_system_of(self, asked.get("FileSystemId", ""))
    if record["FileSystemType"] != "LUSTRE":
        refuse("UnsupportedOperation", "The sandbox updates Lustre file systems only.")
    if not is_available(record):
        bad_request(f"The file system {record['FileSystemId']} is not available.")
    moto = self.fsx_backend.file_systems[record["FileSystemId"]]
    changes = asked.get("LustreConfiguration") or {}
    unsupported = [name for name in ("StorageType", "NetworkType") if asked.get(name)]
    if unsupported:
        refuse("UnsupportedOperation", f"{unsupported[0]} of a Lustre file system can't be changed.")
    settings = _checked_settings(self, record, moto, changes)
    target = _checked_target(record, moto, asked, changes)
    version = _checked_version(record, asked.get("FileSystemTypeVersion"))
    moto.lustre_configuration.update(settings)
    if version:
        record["FileSystemTypeVersion"] = version
    _act(record, target)
    return json.dumps({"FileSystem": described_file_system(self, record)})


def _checked_settings(self: Any, record: Record, moto: Any, changes: dict[str, Any]) -> dict[str, Any]:
    lustre.check_values(changes)
    config = moto.lustre_configuration
    deployment = config["DeploymentType"]
    lustre.check_metadata(changes.get("MetadataConfiguration"), deployment, moto.storage_type)
    backups = [name for name in lustre.BACKUPS if changes.get(name)]
    if backups and deployment not in lustre.PERSISTENT:
        bad_request(f"{backups[0]} can't be given for {deployment}: it has no backups.")
    if backups and is_linked(self, record):
        bad_request(f"{backups[0]} can't be given for a file system that is linked to S3.")
    settings = {name: changes[name] for name in SETTINGS if name in changes}
    if "AutoImportPolicy" in changes:
        if "DataRepositoryConfiguration" not in config:
            bad_request("AutoImportPolicy needs a file system that was made with an ImportPath.")
        linked = config["DataRepositoryConfiguration"]
        settings["DataRepositoryConfiguration"] = {**linked, "AutoImportPolicy": changes["AutoImportPolicy"]}
    return settings


def _checked_target(
    record: Record, moto: Any, asked: dict[str, Any], changes: dict[str, Any]
) -> dict[str, Any]:
    """Size and throughput that the file system is to have."""
    config = moto.lustre_configuration
    deployment, storage = config["DeploymentType"], moto.storage_type
    target: dict[str, Any] = {}
    size = asked.get("StorageCapacity")
    if size is not None and size != moto.storage_capacity:
        lustre.check_growth(config, deployment, storage, moto.storage_capacity, size)
        target["StorageCapacity"] = size
    throughput = changes.get("PerUnitStorageThroughput")
    if throughput is not None and throughput != config.get("PerUnitStorageThroughput"):
        if config.get("EfaEnabled") or storage != "SSD":
            bad_request("PerUnitStorageThroughput can't be changed with EFA, or without SSD storage.")
        lustre.check_throughput(changes, deployment, storage)
        target["LustreConfiguration"] = {"PerUnitStorageThroughput": throughput}
    if target and record.get("AdministrativeActions"):
        status = record["AdministrativeActions"][0]["Status"]
        if status in ("PENDING", "IN_PROGRESS"):
            bad_request("An update of the file system is in progress.")
    return target


def _checked_version(record: Record, asked: str | None) -> str | None:
    current: str = record["FileSystemTypeVersion"]
    if asked is None or asked == current:
        return None
    if asked not in lustre.VERSIONS or asked < current:
        bad_request(f"The Lustre version {asked} is not newer than {current}.")
    return asked


def _act(record: Record, target: dict[str, Any]) -> None:
    """Begin an administrative action that ends in the target."""
    if not target:
        return
    record["AdministrativeActions"] = [
        {
            "AdministrativeActionType": "FILE_SYSTEM_UPDATE",
            "RequestTime": time.time(),
            "Status": "PENDING",
            "TargetFileSystemValues": target,
        }
    ]
    record["next_action"] = ["IN_PROGRESS", "COMPLETED"]


def go_on(self: Any, record: Record) -> None:
    """Let an administrative action go on by one look; the last one makes it true."""
    waiting: list[str] = record.get("next_action") or []
    if not waiting:
        return
    action = record["AdministrativeActions"][0]
    action["Status"] = waiting.pop(0)
    if action["Status"] == "COMPLETED":
        moto = self.fsx_backend.file_systems[record["FileSystemId"]]
        target = action["TargetFileSystemValues"]
        moto.storage_capacity = target.get("StorageCapacity", moto.storage_capacity)
        moto.lustre_configuration.update(target.get("LustreConfiguration") or {})
