"""FSx file systems: create, from a backup too, describe, delete.

Sources: Amazon FSx API reference, CreateFileSystem, CreateFileSystemFromBackup, DescribeFileSystems,
DeleteFileSystem; 2026-11.
"""

from __future__ import annotations

import json
import time
from typing import Any

from moto.kms.models import kms_backends
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
from modelyard_sandbox.moto_extensions.fsx.backups import backup_of, make_backup
from modelyard_sandbox.moto_extensions.fsx.buckets import bucket_of
from modelyard_sandbox.moto_extensions.fsx.networks import (
    check_efa,
    check_lustre_port,
    groups_of,
    interfaces_of,
    remove_interfaces,
    subnets_of,
)
from modelyard_sandbox.moto_extensions.fsx.records import (
    associations_of,
    described_file_system,
    file_system_of,
    file_systems_of,
    is_linked,
)
from modelyard_sandbox.moto_extensions.fsx.updates import go_on

CONFIGURATIONS = {
    "LUSTRE": "LustreConfiguration",
    "ONTAP": "OntapConfiguration",
    "OPENZFS": "OpenZFSConfiguration",
    "WINDOWS": "WindowsConfiguration",
}
FINAL_ANSWERS = {"LUSTRE": "LustreResponse", "OPENZFS": "OpenZFSResponse", "WINDOWS": "WindowsResponse"}
KEPT_AS_REPOSITORY = ("ImportPath", "ExportPath", "ImportedFileChunkSize", "AutoImportPolicy")
MAINTENANCE = "1:05:00"


def create_file_system(self: Any) -> str:
    """CreateFileSystem."""
    id_ = once(self, "CreateFileSystem", lambda asked: _make(self, asked))
    return json.dumps({"FileSystem": described_file_system(self, file_system_of(self, id_))})


def create_file_system_from_backup(self: Any) -> str:
    """CreateFileSystemFromBackup, of a Lustre backup: what the request leaves out is the backup's."""
    id_ = once(self, "CreateFileSystemFromBackup", lambda asked: _make(self, _with_backup(self, asked)))
    return json.dumps({"FileSystem": described_file_system(self, file_system_of(self, id_))})


def describe_file_systems(self: Any) -> str:
    """DescribeFileSystems: a look at each, which its life goes on by."""
    asked = parameters(self).get("FileSystemIds")
    known = file_systems_of(self)
    records = [file_system_of(self, id_) for id_ in asked] if asked else list(known.values())
    items: list[dict[str, Any]] = []
    for record in records:
        if look(record) == "DELETED":
            _forget(self, record)
            if asked:
                file_system_of(self, record["FileSystemId"])
            continue
        go_on(self, record)
        items.append(described_file_system(self, record))
    return listed(self, items, "FileSystems")


def delete_file_system(self: Any) -> str:
    """DeleteFileSystem, with a final backup if one is asked for."""
    asked = parameters(self)
    record = file_system_of(self, asked.get("FileSystemId", ""))
    kind = record["FileSystemType"]
    settings = asked.get(CONFIGURATIONS[kind]) or {}
    if record["Lifecycle"] == "DELETING":
        bad_request(f"The file system {record['FileSystemId']} is being deleted.")
    final: dict[str, Any] = {}
    if kind == "LUSTRE" and settings.get("SkipFinalBackup") is False:
        if is_linked(self, record):
            bad_request("No final backup can be taken of a file system that is linked to S3.")
        tags = settings.get("FinalBackupTags") or []
        backup = make_backup(self, record, tags)
        final = {
            "FinalBackupId": backup["BackupId"],
            **({"FinalBackupTags": tags} if tags else {}),
        }
    begin(record, "DELETING", "DELETED")
    answer = {"FileSystemId": record["FileSystemId"], "Lifecycle": "DELETING"}
    return json.dumps({**answer, **({FINAL_ANSWERS[kind]: final} if final else {})})


def _make(self: Any, asked: dict[str, Any]) -> str:
    kind = asked.get("FileSystemType")
    if kind not in CONFIGURATIONS:
        bad_request(f"Invalid FileSystemType: {kind}")
    config = asked.get(CONFIGURATIONS[kind])
    if config is None and kind != "LUSTRE":
        refuse("MissingFileSystemConfiguration", "This operation needs a file system configuration.")
    subnets = subnets_of(self, asked.get("SubnetIds") or [])
    if not subnets:
        bad_request("SubnetIds must be given.")
    groups = groups_of(self, asked.get("SecurityGroupIds") or [], subnets[0].vpc_id)
    key = _key_arn(self, asked.get("KmsKeyId"))
    extra: dict[str, Any] = {}
    if kind == "LUSTRE":
        if len(subnets) != 1:
            refuse("InvalidNetworkSettings", "A Lustre file system takes exactly one subnet.")
        extra = _lustre(self, asked, config or {})
        check_lustre_port(groups, subnets[0])
        if (config or {}).get("EfaEnabled"):
            check_efa(groups)
    return _keep(self, asked, kind, {**extra, **({"KmsKeyId": key} if key else {})}, subnets, groups)


def _keep(
    self: Any, asked: dict[str, Any], kind: str, extra: dict[str, Any], subnets: list[Any], groups: list[Any]
) -> str:
    """Keep the file system among moto's, with what moto has no room for beside it."""
    config = extra.pop("Config", asked.get(CONFIGURATIONS[kind]))
    made = self.fsx_backend.create_file_system(
        client_request_token="",
        file_system_type=kind,
        storage_capacity=asked.get("StorageCapacity"),
        storage_type=asked.get("StorageType") or "SSD",
        subnet_ids=[subnet.id for subnet in subnets],
        security_group_ids=[group.id for group in groups],
        tags=asked.get("Tags"),
        kms_key_id=extra.get("KmsKeyId"),
        windows_configuration=config if kind == "WINDOWS" else None,
        lustre_configuration=config if kind == "LUSTRE" else None,
        ontap_configuration=config if kind == "ONTAP" else None,
        file_system_type_version=None,
        open_zfs_configuration=config if kind == "OPENZFS" else None,
    )
    id_ = made.file_system_id
    record = {
        "FileSystemId": id_,
        "FileSystemType": kind,
        "OwnerId": self.current_account,
        "CreationTime": time.time(),
        "VpcId": subnets[0].vpc_id,
        "NetworkInterfaceIds": interfaces_of(self, subnets, groups, id_),
        "NetworkType": "IPV4",
        **({"FileSystemTypeVersion": extra["Version"]} if "Version" in extra else {}),
    }
    begin(record, "CREATING", "AVAILABLE")
    file_systems_of(self)[id_] = record
    return id_


def _lustre(self: Any, asked: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    """A Lustre file system's configuration as FSx describes it, and its version."""
    storage = asked.get("StorageType") or "SSD"
    lustre.check_create(config, asked.get("StorageCapacity"), storage, asked.get("KmsKeyId"))
    version = lustre.version_of(config, asked.get("FileSystemTypeVersion"))
    _check_paths(self, config)
    kept = {name: value for name, value in config.items() if name not in KEPT_AS_REPOSITORY}
    deployment = lustre.deployment_of(config)
    persistent = {"AutomaticBackupRetentionDays": 0} if deployment in lustre.PERSISTENT else {}
    described = {
        "WeeklyMaintenanceStartTime": MAINTENANCE,
        "DataCompressionType": "NONE",
        "CopyTagsToBackups": False,
        "EfaEnabled": False,
        **persistent,
        **kept,
        "DeploymentType": deployment,
        "MountName": "fsx" if deployment == "SCRATCH_1" else mock_random.get_random_hex(8),
        "LogConfiguration": kept.get("LogConfiguration") or {"Level": "DISABLED"},
    }
    if config.get("ImportPath"):
        described["DataRepositoryConfiguration"] = {
            "Lifecycle": "AVAILABLE",
            "ImportedFileChunkSize": 1024,
            "AutoImportPolicy": "NONE",
            "ExportPath": f"{config['ImportPath'].rstrip('/')}/FSxLustre{time.strftime('%Y%m%dT%H%M%SZ')}",
            **{name: config[name] for name in KEPT_AS_REPOSITORY if config.get(name) is not None},
        }
    return {"Config": described, "Version": version}


def _check_paths(self: Any, config: dict[str, Any]) -> None:
    imported, exported = config.get("ImportPath"), config.get("ExportPath")
    if imported and bucket_of(self, imported) is None:
        refuse("InvalidImportPath", f"The path {imported} names no S3 bucket.")
    if exported and bucket_of(self, exported) != bucket_of(self, imported or ""):
        refuse("InvalidExportPath", f"The path {exported} must be in the bucket of {imported}.")


def _with_backup(self: Any, asked: dict[str, Any]) -> dict[str, Any]:
    backup = backup_of(self, asked.get("BackupId", ""))
    if not is_available(backup):
        bad_request(f"The backup {backup['BackupId']} is not available.")
    source = backup["FileSystem"]
    capacity = asked.get("StorageCapacity", source["StorageCapacity"])
    if capacity != source["StorageCapacity"]:
        bad_request(f"StorageCapacity must be the backup's, {source['StorageCapacity']} GiB, not {capacity}.")
    version = asked.get("FileSystemTypeVersion") or source["FileSystemTypeVersion"]
    if version < source["FileSystemTypeVersion"]:
        bad_request(f"The Lustre version {version} is older than the backup's.")
    settings = {
        name: value
        for name, value in source["LustreConfiguration"].items()
        if name in ("DeploymentType", "PerUnitStorageThroughput", "DriveCacheType", "MetadataConfiguration")
    }
    return {
        **{name: value for name, value in asked.items() if name != "BackupId"},
        "FileSystemType": "LUSTRE",
        "StorageCapacity": capacity,
        "StorageType": asked.get("StorageType") or source["StorageType"],
        "FileSystemTypeVersion": version,
        "LustreConfiguration": {**settings, **(asked.get("LustreConfiguration") or {})},
    }


def _key_arn(self: Any, key: str | None) -> str | None:
    """The arn of a key that exists and can be used."""
    if not key:
        return None
    backend = kms_backends[self.current_account][self.region]
    found: Any = backend.keys.get(backend.any_id_to_key_id(key))
    if found is None or not found.enabled:
        bad_request(f"The KMS key {key} does not exist or can't be used.")
    return found.arn


def _forget(self: Any, record: dict[str, Any]) -> None:
    """Take away a deleted file system, with its interfaces and its links."""
    id_ = record["FileSystemId"]
    remove_interfaces(self, record["NetworkInterfaceIds"])
    for association in list(associations_of(self).values()):
        if association["FileSystemId"] == id_:
            del associations_of(self)[association["AssociationId"]]
    del file_systems_of(self)[id_]
    self.fsx_backend.file_systems.pop(id_, None)
