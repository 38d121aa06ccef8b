"""FSx for Lustre: file systems, their links to S3, and their backups.

Source of what replaces and what updates: pulumi-aws 7.51's registry pages and the provider that it bridges,
aws_fsx_lustre_file_system, aws_fsx_data_repository_association and aws_fsx_backup; 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, tags_of
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.aws.translate import tags_to_list
from modelyard_sandbox.aws.waiting import wait_until
from modelyard_sandbox.errors import CloudError, SandboxError, UnsupportedError

OWN = ("fileSystemTypeVersion", "kmsKeyId", "securityGroupIds", "storageCapacity", "storageType", "subnetIds")
"""Inputs of the file system itself; the others are its Lustre configuration."""
FIXED = (
    "copyTagsToBackups",
    "deploymentType",
    "driveCacheType",
    "efaEnabled",
    "exportPath",
    "importPath",
    "importedFileChunkSize",
)
SETTINGS = (
    "autoImportPolicy",
    "automaticBackupRetentionDays",
    "dailyAutomaticBackupStartTime",
    "dataCompressionType",
    "dataReadCacheConfiguration",
    "logConfiguration",
    "metadataConfiguration",
    "perUnitStorageThroughput",
    "rootSquashConfiguration",
    "throughputCapacity",
    "weeklyMaintenanceStartTime",
)
"""What UpdateFileSystem takes of the configuration."""
DELETION = ("finalBackupTags", "skipFinalBackup")
RENAMES = {"size": "SizeGiB"}
SCRATCH = ("SCRATCH_1", "SCRATCH_2")


class _FsxHandler(ResourceHandler):
    """What the types have in common: tags at creation, and a life that is waited for."""

    service = "fsx"
    taggable = True

    def one(self, cloud: Cloud, id_: str) -> dict[str, Any]:
        """The description."""
        raise NotImplementedError

    def tags(self, inputs: Inputs) -> dict[str, Any]:
        """The request's tags at creation; nothing without tags."""
        tags = tags_of(inputs)
        return {"Tags": tags_to_list(tags)} if tags else {}

    def wait(self, cloud: Cloud, id_: str) -> None:
        """Wait until it is available; refused if it failed."""

        def is_available() -> bool:
            state = self.one(cloud, id_)["Lifecycle"]
            if state in ("FAILED", "MISCONFIGURED"):
                raise SandboxError(f"{self.type} {id_} is {state}")
            return state == "AVAILABLE"

        wait_until(is_available, f"{id_} is AVAILABLE")

    def wait_until_gone(self, cloud: Cloud, id_: str) -> None:
        """Wait until it isn't described any more."""

        def is_gone() -> bool:
            try:
                self.one(cloud, id_)
            except CloudError as error:
                if error.says_gone:
                    return True
                raise
            return False

        wait_until(is_gone, f"{id_} is deleted")


class LustreFileSystem(_FsxHandler):
    """A Lustre file system, empty or made of a backup."""

    type = "aws:fsx/lustreFileSystem:LustreFileSystem"
    inputs = frozenset({"backupId", *OWN, *FIXED, *SETTINGS, *DELETION})
    required = frozenset({"subnetIds"})
    replace_on = frozenset({"backupId", "kmsKeyId", "securityGroupIds", "storageType", "subnetIds", *FIXED})
    made_with = inputs | {"tags", "tagsAll"}

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        operation = "CreateFileSystemFromBackup" if inputs.get("backupId") else "CreateFileSystem"
        kind = {"BackupId": inputs["backupId"]} if inputs.get("backupId") else {"FileSystemType": "LUSTRE"}
        answer = self.call(
            cloud,
            operation,
            **kind,
            **self.request(cloud, operation, inputs, *OWN),
            LustreConfiguration=self._configuration(cloud, operation, inputs, *FIXED, *SETTINGS),
            **self.tags(inputs),
        )
        return answer["FileSystem"]["FileSystemId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        self.wait(cloud, id_)
        of_itself = [name for name in ("fileSystemTypeVersion", "storageCapacity") if changed(old, new, name)]
        settings = [name for name in SETTINGS if changed(old, new, name)]
        if of_itself or settings:
            request = self.request(cloud, "UpdateFileSystem", new, *of_itself)
            cleared = {"dataCompressionType": "NONE", "automaticBackupRetentionDays": 0}
            config = self._configuration(cloud, "UpdateFileSystem", {**cleared, **new}, *settings)
            self.call(cloud, "UpdateFileSystem", FileSystemId=id_, **request, LustreConfiguration=config)
            wait_until(lambda: self._is_updated(cloud, id_), f"the update of {id_} is complete")
        retag(cloud, "fsx", cloud.arn("fsx", f"file-system/{id_}"), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.one(cloud, id_)
        return {
            "arn": found["ResourceARN"],
            "dnsName": found["DNSName"],
            "mountName": found["LustreConfiguration"]["MountName"],
            "networkInterfaceIds": found["NetworkInterfaceIds"],
            "ownerId": found["OwnerId"],
            "vpcId": found["VpcId"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        settings: dict[str, Any] = {}
        if inputs.get("deploymentType", SCRATCH[0]) not in SCRATCH:
            # A final backup is taken only if it is asked for: pulumi-aws skips it by default.
            skip = inputs.get("skipFinalBackup", True)
            tags = {} if skip else inputs.get("finalBackupTags") or {}
            settings["LustreConfiguration"] = {
                "SkipFinalBackup": bool(skip),
                **({"FinalBackupTags": tags_to_list(tags)} if tags else {}),
            }
        self.call(cloud, "DeleteFileSystem", FileSystemId=id_, **settings)
        self.wait_until_gone(cloud, id_)

    @override
    def replaces(self, old: Inputs, new: Inputs) -> frozenset[str]:
        """Beside what always does: a smaller size or throughput, an older version, fewer metadata IOPS."""
        shrinking = {
            name
            for name in ("storageCapacity", "throughputCapacity")
            if new.get(name) is not None and int(old.get(name) or 0) > int(new[name])
        }
        if changed(old, new, "storageCapacity") and new.get("deploymentType", SCRATCH[0]) == SCRATCH[0]:
            shrinking.add("storageCapacity")
        before, after = old.get("fileSystemTypeVersion"), new.get("fileSystemTypeVersion")
        if before and after and str(after) < str(before):
            shrinking.add("fileSystemTypeVersion")
        if _loses_metadata(old.get("metadataConfiguration"), new.get("metadataConfiguration")):
            shrinking.add("metadataConfiguration")
        return super().replaces(old, new) | shrinking

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("fsx").get_paginator("describe_file_systems").paginate():
            yield from (it["FileSystemId"] for it in page["FileSystems"] if it["FileSystemType"] == "LUSTRE")

    @override
    def one(self, cloud: Cloud, id_: str) -> dict[str, Any]:
        return self.call(cloud, "DescribeFileSystems", FileSystemIds=[id_])["FileSystems"][0]

    def _configuration(self, cloud: Cloud, operation: str, inputs: Inputs, *names: str) -> dict[str, Any]:
        return self.part(cloud, operation, "LustreConfiguration", inputs, *names, renames=RENAMES)

    def _is_updated(self, cloud: Cloud, id_: str) -> bool:
        actions = self.one(cloud, id_).get("AdministrativeActions") or []
        if any(action["Status"] == "FAILED" for action in actions):
            raise SandboxError(f"the update of {id_} failed")
        return all(action["Status"] not in ("PENDING", "IN_PROGRESS") for action in actions)


def _loses_metadata(old: Any, new: Any) -> bool:
    """Whether metadata IOPS are taken away, which FSx can't do in place."""
    before, after = _block(old), _block(new)
    if bool(before) != bool(after):
        return True
    return int(before.get("iops") or 0) > int(after.get("iops") or 0) and bool(after.get("iops"))


def _block(value: Any) -> Mapping[str, Any]:
    """A block that may stand once, which a program may write as a list of one."""
    one: Any = value[0] if isinstance(value, list) and value else value
    return one or {}


class DataRepositoryAssociation(_FsxHandler):
    """A directory of a file system that is linked to a bucket, or to a prefix of one."""

    type = "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation"
    inputs = frozenset(
        {
            "batchImportMetaDataOnCreate",
            "dataRepositoryPath",
            "deleteDataInFilesystem",
            "fileSystemId",
            "fileSystemPath",
            "importedFileChunkSize",
            "s3",
        }
    )
    required = frozenset({"dataRepositoryPath", "fileSystemId", "fileSystemPath"})
    replace_on = frozenset(
        {"batchImportMetaDataOnCreate", "dataRepositoryPath", "fileSystemId", "fileSystemPath"}
    )
    made_with = inputs | {"tags", "tagsAll"}
    identity = ("fileSystemId", "fileSystemPath")

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        names = self.inputs - {"deleteDataInFilesystem"}
        request = self.request(cloud, "CreateDataRepositoryAssociation", inputs, *names)
        answer = self.call(cloud, "CreateDataRepositoryAssociation", **request, **self.tags(inputs))
        return answer["Association"]["AssociationId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        self.wait(cloud, id_)
        if changed(old, new, "importedFileChunkSize", "s3"):
            request = self.request(
                cloud, "UpdateDataRepositoryAssociation", new, "importedFileChunkSize", "s3"
            )
            self.call(cloud, "UpdateDataRepositoryAssociation", AssociationId=id_, **request)
            self.wait(cloud, id_)
        retag(cloud, "fsx", self.one(cloud, id_)["ResourceARN"], old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        return {"arn": self.one(cloud, id_)["ResourceARN"], "associationId": id_}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        delete_data = bool(inputs.get("deleteDataInFilesystem", False))
        self.call(
            cloud, "DeleteDataRepositoryAssociation", AssociationId=id_, DeleteDataInFileSystem=delete_data
        )
        self.wait_until_gone(cloud, id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        request: dict[str, Any] = {}
        while True:
            answer = self.call(cloud, "DescribeDataRepositoryAssociations", **request)
            yield from (it["AssociationId"] for it in answer["Associations"])
            if "NextToken" not in answer:
                return
            request = {"NextToken": answer["NextToken"]}

    @override
    def one(self, cloud: Cloud, id_: str) -> dict[str, Any]:
        return self.call(cloud, "DescribeDataRepositoryAssociations", AssociationIds=[id_])["Associations"][0]


class Backup(_FsxHandler):
    """A backup of a file system, which outlives it."""

    type = "aws:fsx/backup:Backup"
    inputs = frozenset({"fileSystemId", "volumeId"})
    replace_on = inputs
    made_with = inputs | {"tags", "tagsAll"}

    @override
    def check(self, inputs: Inputs) -> None:
        super().check(inputs)
        if not inputs.get("fileSystemId") and not inputs.get("volumeId"):
            raise UnsupportedError(f"{self.type} needs the input fileSystemId, or volumeId")

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(cloud, "CreateBackup", inputs, *self.inputs)
        return self.call(cloud, "CreateBackup", **request, **self.tags(inputs))["Backup"]["BackupId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        self.wait(cloud, id_)
        retag(cloud, "fsx", cloud.arn("fsx", f"backup/{id_}"), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        backup = self.one(cloud, id_)
        return {
            "arn": backup["ResourceARN"],
            "kmsKeyId": backup.get("KmsKeyId", ""),
            "ownerId": backup["OwnerId"],
            "type": backup["Type"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteBackup", BackupId=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("fsx").get_paginator("describe_backups").paginate():
            yield from (it["BackupId"] for it in page["Backups"])

    @override
    def one(self, cloud: Cloud, id_: str) -> dict[str, Any]:
        return self.call(cloud, "DescribeBackups", BackupIds=[id_])["Backups"][0]
