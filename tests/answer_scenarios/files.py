"""FSx for Lustre, EFS and CloudWatch Logs."""

from __future__ import annotations

from typing import Any

from documented_refusals.case import Account
from documented_refusals.file_systems import available, elastic, link, lustre
from documented_refusals.registries import group

POLICY = {"AutoImportPolicy": {"Events": ["NEW"]}, "AutoExportPolicy": {"Events": ["NEW", "CHANGED"]}}


def run(account: Account) -> None:
    """Every operation of FSx, EFS and Logs that is ours."""
    fsx = account.client("fsx")
    id_ = available(account)
    file_systems(fsx, id_)
    links(account, fsx, id_)
    backups(account, fsx)
    account.client("efs").update_file_system(FileSystemId=elastic(account), ThroughputMode="elastic")
    log_groups(account)


def file_systems(fsx: Any, id_: str) -> None:
    """A file system that grows and is tagged."""
    fsx.update_file_system(FileSystemId=id_, StorageCapacity=2400)
    for _ in range(3):
        described = fsx.describe_file_systems(FileSystemIds=[id_])["FileSystems"][0]
    arn = described["ResourceARN"]
    fsx.tag_resource(ResourceARN=arn, Tags=[{"Key": "team", "Value": "training"}])
    fsx.list_tags_for_resource(ResourceARN=arn)
    fsx.untag_resource(ResourceARN=arn, TagKeys=["team"])


def links(account: Account, fsx: Any, id_: str) -> None:
    """A link to a bucket."""
    made = fsx.create_data_repository_association(**link(account, id_), S3=POLICY)["Association"]
    one = {"AssociationId": made["AssociationId"]}
    for _ in range(3):
        fsx.describe_data_repository_associations(AssociationIds=[one["AssociationId"]])
    fsx.update_data_repository_association(**one, S3=POLICY)
    for _ in range(3):
        fsx.describe_data_repository_associations(AssociationIds=[one["AssociationId"]])
    fsx.delete_data_repository_association(**one, DeleteDataInFileSystem=False)
    fsx.describe_data_repository_associations()


def backups(account: Account, fsx: Any) -> None:
    """A backup, what is made from it, and its end."""
    id_ = available(account)
    made = fsx.create_backup(FileSystemId=id_)["Backup"]["BackupId"]
    for _ in range(3):
        fsx.describe_backups(BackupIds=[made])
    place = {
        name: value for name, value in lustre(account).items() if name in ("SubnetIds", "SecurityGroupIds")
    }
    fsx.create_file_system_from_backup(BackupId=made, **place)
    fsx.delete_file_system(FileSystemId=id_, LustreConfiguration={"SkipFinalBackup": False})
    fsx.describe_backups()
    fsx.describe_file_systems()
    fsx.delete_backup(BackupId=made)


def log_groups(account: Account) -> None:
    """A log group's key."""
    logs = account.client("logs")
    arn = f"arn:aws:kms:{account.region}:{account.account_id}:key/{account.key()}"
    logs.associate_kms_key(**group(account), kmsKeyId=arn)
    logs.disassociate_kms_key(logGroupName="/runs")
