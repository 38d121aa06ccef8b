"""What FSx for Lustre takes: sizes, throughputs and options of each deployment type.

Sources: Amazon FSx API reference, CreateFileSystem, CreateFileSystemLustreConfiguration, UpdateFileSystem and
the shapes that they refer to, 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from modelyard_sandbox.moto_extensions.fsx.answers import bad_request, refuse

DEPLOYMENTS = ("SCRATCH_1", "SCRATCH_2", "PERSISTENT_1", "PERSISTENT_2")
PERSISTENT = ("PERSISTENT_1", "PERSISTENT_2")
STORAGE = ("SSD", "HDD", "INTELLIGENT_TIERING")
VERSIONS = ("2.10", "2.12", "2.15")
SMALLEST_GIB, STEP_GIB, SCRATCH_1_STEP_GIB = 1200, 2400, 3600
HDD_STEP_GIB = {12: 6000, 40: 1800}
THROUGHPUTS = {
    ("PERSISTENT_1", "SSD"): (50, 100, 200),
    ("PERSISTENT_1", "HDD"): (12, 40),
    ("PERSISTENT_2", "SSD"): (125, 250, 500, 1000),
}
"""MB/s for each TiB."""
TIERING_STEP_MBPS, TIERING_MAX_MBPS = 4000, 2_000_000
RETENTION_DAYS_MAX = 90
CHUNK_MIB_MAX = 512_000
IOPS_SMALL, IOPS_STEP, IOPS_MAX = (1500, 3000, 6000), 12_000, 192_000
TIERING_IOPS = (6000, 12_000)
REPOSITORY = ("ImportPath", "ExportPath", "ImportedFileChunkSize", "AutoImportPolicy")
BACKUPS = ("AutomaticBackupRetentionDays", "DailyAutomaticBackupStartTime", "CopyTagsToBackups")
CHOICES = {
    "AutoImportPolicy": ("NONE", "NEW", "NEW_CHANGED", "NEW_CHANGED_DELETED"),
    "DataCompressionType": ("NONE", "LZ4"),
    "DriveCacheType": ("NONE", "READ"),
}
PATTERNS = {
    "WeeklyMaintenanceStartTime": re.compile(r"[1-7]:([01]\d|2[0-3]):?([0-5]\d)"),
    "DailyAutomaticBackupStartTime": re.compile(r"([01]\d|2[0-3]):?([0-5]\d)"),
}

Config = Mapping[str, Any]


def check_create(config: Config, capacity: int | None, storage: str, kms_key: str | None) -> None:
    """Refuse a new file system that FSx would refuse."""
    deployment = deployment_of(config)
    if deployment not in DEPLOYMENTS:
        bad_request(f"Invalid DeploymentType: {deployment}")
    _check_storage(config, deployment, storage)
    if kms_key and deployment not in PERSISTENT:
        bad_request(f"A KMS key can't be chosen for file systems of the deployment type {deployment}.")
    check_values(config)
    check_throughput(config, deployment, storage)
    if storage == "INTELLIGENT_TIERING":
        _check_tiering(config, capacity)
    else:
        check_capacity(config, deployment, storage, capacity)
    _check_options(config, deployment)
    check_metadata(config.get("MetadataConfiguration"), deployment, storage)
    has_metadata = deployment == "PERSISTENT_2" and bool(config.get("MetadataConfiguration"))
    if config.get("EfaEnabled") and not has_metadata:
        bad_request("EFA needs the deployment type PERSISTENT_2 with a metadata configuration.")


def deployment_of(config: Config) -> str:
    """The deployment type; the oldest is the default."""
    return config.get("DeploymentType") or "SCRATCH_1"


def version_of(config: Config, asked: str | None) -> str:
    """The Lustre version asked for, or the default one; refused if the deployment type hasn't it."""
    is_newest = deployment_of(config) == "PERSISTENT_2"
    with_metadata = is_newest and bool(config.get("MetadataConfiguration"))
    if asked is None:
        return "2.15" if with_metadata else "2.12" if is_newest else "2.10"
    if asked not in VERSIONS or (asked == "2.10" and is_newest) or (asked == "2.12" and with_metadata):
        bad_request(f"The Lustre version {asked} can't be used with this deployment.")
    return asked


def check_values(config: Config) -> None:
    """Refuse values that no file system has."""
    for name, choices in CHOICES.items():
        if config.get(name) is not None and config[name] not in choices:
            bad_request(f"Invalid {name}: {config[name]}. It must be one of {', '.join(choices)}.")
    for name, pattern in PATTERNS.items():
        if config.get(name) is not None and not pattern.fullmatch(config[name]):
            bad_request(f"Invalid {name}: {config[name]}.")
    days = config.get("AutomaticBackupRetentionDays")
    if days is not None and not 0 <= days <= RETENTION_DAYS_MAX:
        bad_request(f"AutomaticBackupRetentionDays must be from 0 to {RETENTION_DAYS_MAX}, not {days}.")
    chunk = config.get("ImportedFileChunkSize")
    if chunk is not None and not 1 <= chunk <= CHUNK_MIB_MAX:
        bad_request(f"ImportedFileChunkSize must be from 1 to {CHUNK_MIB_MAX} MiB, not {chunk}.")


def check_throughput(config: Config, deployment: str, storage: str) -> None:
    """Refuse a throughput for each TiB that the deployment type hasn't."""
    asked, allowed = config.get("PerUnitStorageThroughput"), THROUGHPUTS.get((deployment, storage))
    if allowed is None:
        if asked is not None:
            bad_request(f"PerUnitStorageThroughput can't be given for {deployment} with {storage} storage.")
    elif asked not in allowed:
        refuse(
            "InvalidPerUnitStorageThroughput",
            f"PerUnitStorageThroughput must be one of {', '.join(map(str, allowed))} MB/s/TiB for "
            f"{deployment} with {storage} storage, not {asked}.",
        )


def check_capacity(config: Config, deployment: str, storage: str, capacity: int | None) -> None:
    """Refuse a size that the deployment type hasn't."""
    if capacity is None:
        bad_request("StorageCapacity must be given.")
    if storage == "HDD":
        step = HDD_STEP_GIB[config["PerUnitStorageThroughput"]]
        if capacity <= 0 or capacity % step:
            _bad_capacity(capacity, f"a multiple of {step}")
        return
    step = SCRATCH_1_STEP_GIB if deployment == "SCRATCH_1" else STEP_GIB
    small = (SMALLEST_GIB, STEP_GIB)
    if capacity not in small and (capacity <= 0 or capacity % step):
        _bad_capacity(capacity, f"{SMALLEST_GIB}, {STEP_GIB} or a multiple of {step}")


def check_growth(config: Config, deployment: str, storage: str, old: int, new: int) -> None:
    """Refuse a new size that isn't a larger one of the deployment type."""
    if deployment == "SCRATCH_1" or storage == "INTELLIGENT_TIERING":
        bad_request(f"The storage capacity of {deployment} file systems with {storage} can't be changed.")
    if new <= old:
        bad_request(f"The storage capacity can only be increased: {new} GiB is not more than {old} GiB.")
    step = HDD_STEP_GIB[config["PerUnitStorageThroughput"]] if storage == "HDD" else STEP_GIB
    if new % step:
        _bad_capacity(new, f"a multiple of {step}")


def check_metadata(metadata: Config | None, deployment: str, storage: str) -> None:
    """Refuse a metadata configuration that the file system can't have."""
    if metadata is None:
        return
    if deployment != "PERSISTENT_2":
        bad_request("A metadata configuration needs the deployment type PERSISTENT_2.")
    mode, iops = metadata.get("Mode"), metadata.get("Iops")
    if mode not in ("AUTOMATIC", "USER_PROVISIONED"):
        bad_request(f"Invalid metadata Mode: {mode}.")
    if mode == "AUTOMATIC":
        if iops is not None or storage == "INTELLIGENT_TIERING":
            bad_request("The metadata Mode AUTOMATIC takes no Iops, and SSD storage only.")
    elif not _is_iops(iops, storage):
        bad_request(f"Invalid metadata Iops: {iops}.")


def _is_iops(iops: int | None, storage: str) -> bool:
    if iops is None:
        return False
    if storage == "INTELLIGENT_TIERING":
        return iops in TIERING_IOPS
    return iops in IOPS_SMALL or (0 < iops <= IOPS_MAX and iops % IOPS_STEP == 0)


def _check_storage(config: Config, deployment: str, storage: str) -> None:
    if storage not in STORAGE:
        bad_request(f"Invalid StorageType: {storage}")
    if storage == "HDD" and deployment != "PERSISTENT_1":
        bad_request("HDD storage needs the deployment type PERSISTENT_1.")
    if (storage == "HDD") != (config.get("DriveCacheType") is not None):
        bad_request("DriveCacheType must be given with HDD storage, and with no other.")
    if storage == "INTELLIGENT_TIERING" and deployment != "PERSISTENT_2":
        bad_request("INTELLIGENT_TIERING storage needs the deployment type PERSISTENT_2.")


def _check_tiering(config: Config, capacity: int | None) -> None:
    if capacity is not None:
        bad_request("StorageCapacity can't be given with INTELLIGENT_TIERING storage.")
    throughput = config.get("ThroughputCapacity")
    if throughput is None or throughput % TIERING_STEP_MBPS or not 0 < throughput <= TIERING_MAX_MBPS:
        bad_request(f"ThroughputCapacity must be a multiple of {TIERING_STEP_MBPS} MBps, not {throughput}.")
    if not config.get("DataReadCacheConfiguration") or not config.get("MetadataConfiguration"):
        bad_request(
            "INTELLIGENT_TIERING storage needs a DataReadCacheConfiguration and a MetadataConfiguration."
        )


def _check_options(config: Config, deployment: str) -> None:
    linked = [name for name in REPOSITORY if config.get(name) is not None]
    if linked and deployment == "PERSISTENT_2":
        bad_request(f"{linked[0]} can't be given for PERSISTENT_2: make a data repository association.")
    if linked and not config.get("ImportPath"):
        bad_request(f"{linked[0]} can't be given without ImportPath.")
    backups = [name for name in BACKUPS if config.get(name)]
    if backups and deployment not in PERSISTENT:
        bad_request(f"{backups[0]} can't be given for {deployment}: it has no backups.")
    if backups and config.get("ImportPath"):
        bad_request(f"{backups[0]} can't be given for a file system that is linked to S3.")
    if config.get("DailyAutomaticBackupStartTime") and not config.get("AutomaticBackupRetentionDays"):
        bad_request("DailyAutomaticBackupStartTime needs AutomaticBackupRetentionDays.")


def _bad_capacity(capacity: int, allowed: str) -> NoReturn:
    bad_request(f"Invalid Lustre FS storage capacity: {capacity}. Must be {allowed} GiB.")
