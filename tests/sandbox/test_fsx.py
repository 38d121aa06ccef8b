"""FSx for Lustre in the sandbox: a life from creation to deletion, and what is refused on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from modelyard_sandbox.sandbox import Sandbox

REGION = "eu-central-1"


@dataclass
class Account:
    """An account with a network, and groups that let Lustre through or don't."""

    fsx: Any
    ec2: Any
    s3: Any
    kms: Any
    subnet: str
    group: str
    closed_group: str

    def lustre(self, **changes: Any) -> dict[str, Any]:
        """A request for the smallest persistent file system, changed; None takes a parameter out."""
        config = {"DeploymentType": "PERSISTENT_2", "PerUnitStorageThroughput": 125}
        config |= changes.pop("config", {})
        request = {
            "FileSystemType": "LUSTRE",
            "StorageCapacity": 1200,
            "SubnetIds": [self.subnet],
            "SecurityGroupIds": [self.group],
            "LustreConfiguration": {name: value for name, value in config.items() if value is not None},
            **changes,
        }
        return {name: value for name, value in request.items() if value is not None}

    def made(self, **changes: Any) -> str:
        """The id of a file system that is AVAILABLE."""
        id_ = self.fsx.create_file_system(**self.lustre(**changes))["FileSystem"]["FileSystemId"]
        self.look(id_)
        assert self.look(id_)["Lifecycle"] == "AVAILABLE"
        return id_

    def ids(self) -> list[str]:
        """The ids of all file systems."""
        return [it["FileSystemId"] for it in self.fsx.describe_file_systems()["FileSystems"]]

    def look(self, id_: str) -> dict[str, Any]:
        """The file system as it is described."""
        return self.fsx.describe_file_systems(FileSystemIds=[id_])["FileSystems"][0]


@pytest.fixture(scope="module")
def clients(sandbox: Sandbox) -> dict[str, Any]:
    """One account for all: making clients for another takes longer than the tests do."""
    return {name: sandbox.client(name, REGION, "666677778888") for name in ("fsx", "ec2", "s3", "kms")}


@pytest.fixture
def account(clients: dict[str, Any]) -> Account:
    """The account with a network of its own."""
    ec2 = clients["ec2"]
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    group, closed = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("lustre", "closed")
    )
    everything = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=everything)
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=everything)
    return Account(**clients, subnet=subnet, group=group, closed_group=closed)


def refused(call: Any, **request: Any) -> str:
    """Code and message of the error that the call ends with."""
    with pytest.raises(ClientError) as error:
        call(**request)
    return "{Code}: {Message}".format(**error.value.response["Error"])


def test_a_file_system_is_created_used_grown_and_deleted(account: Account) -> None:
    fsx = account.fsx
    made = fsx.create_file_system(**account.lustre(Tags=[{"Key": "Name", "Value": "scratch"}]))["FileSystem"]
    id_ = made["FileSystemId"]
    assert (made["Lifecycle"], made["FileSystemTypeVersion"]) == ("CREATING", "2.12")
    assert made["LustreConfiguration"]["MountName"]
    assert made["DNSName"] == f"{id_}.fsx.{REGION}.amazonaws.com"
    assert (
        refused(fsx.create_backup, FileSystemId=id_) == f"BadRequest: The file system {id_} is not available."
    )
    assert [account.look(id_)["Lifecycle"] for _ in range(3)] == ["CREATING", "AVAILABLE", "AVAILABLE"]

    fsx.update_file_system(
        FileSystemId=id_,
        StorageCapacity=2400,
        LustreConfiguration={"PerUnitStorageThroughput": 250, "DataCompressionType": "LZ4"},
    )
    assert refused(fsx.update_file_system, FileSystemId=id_, StorageCapacity=4800) == (
        "BadRequest: An update of the file system is in progress."
    )
    seen = [account.look(id_) for _ in range(2)]
    assert [it["AdministrativeActions"][0]["Status"] for it in seen] == ["IN_PROGRESS", "COMPLETED"]
    assert [it["StorageCapacity"] for it in seen] == [1200, 2400]
    config = seen[1]["LustreConfiguration"]
    assert (config["PerUnitStorageThroughput"], config["DataCompressionType"]) == (250, "LZ4")

    assert refused(account.ec2.delete_subnet, SubnetId=account.subnet).startswith("DependencyViolation")
    answer = fsx.delete_file_system(FileSystemId=id_)
    assert (answer["Lifecycle"], "LustreResponse" in answer) == ("DELETING", False)
    assert account.look(id_)["Lifecycle"] == "DELETING"
    gone = f"FileSystemNotFound: File system '{id_}' does not exist."
    assert refused(fsx.describe_file_systems, FileSystemIds=[id_]) == gone
    assert refused(fsx.delete_file_system, FileSystemId=id_) == gone
    account.ec2.delete_subnet(SubnetId=account.subnet)


CREATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "kind": ({"FileSystemType": "NTFS"}, "BadRequest: Invalid FileSystemType: NTFS"),
    "other kinds need a configuration": (
        {"FileSystemType": "WINDOWS"},
        "MissingFileSystemConfiguration: This operation needs a file system configuration.",
    ),
    "no subnet": ({"SubnetIds": []}, "BadRequest: SubnetIds must be given."),
    "unknown subnet": (
        {"SubnetIds": ["subnet-12345678"]},
        "InvalidNetworkSettings: The subnet ID 'subnet-12345678' does not exist",
    ),
    "unknown group": (
        {"SecurityGroupIds": ["sg-12345678"]},
        "InvalidNetworkSettings: The security group 'sg-12345678' does not exist in the VPC ",
    ),
    "unknown key": (
        {"KmsKeyId": "12345678-1234-1234-1234-123456789012"},
        "BadRequest: The KMS key 12345678-1234-1234-1234-123456789012 does not exist or can't be used.",
    ),
    "deployment": (
        {"config": {"DeploymentType": "PERSISTENT_3"}},
        "BadRequest: Invalid DeploymentType: PERSISTENT_3",
    ),
    "size": (
        {"StorageCapacity": 3600},
        "BadRequest: Invalid Lustre FS storage capacity: 3600. Must be 1200, 2400 or a multiple of 2400 GiB.",
    ),
    "no size": ({"StorageCapacity": None}, "BadRequest: StorageCapacity must be given."),
    "throughput": (
        {"config": {"PerUnitStorageThroughput": 200}},
        "InvalidPerUnitStorageThroughput: PerUnitStorageThroughput must be one of 125, 250, 500, 1000 MB/s/TiB",
    ),
    "no throughput": (
        {"config": {"PerUnitStorageThroughput": None}},
        "InvalidPerUnitStorageThroughput: PerUnitStorageThroughput must be one of 125, 250, 500, 1000 MB/s/TiB",
    ),
    "throughput of scratch": (
        {"config": {"DeploymentType": "SCRATCH_2"}},
        "BadRequest: PerUnitStorageThroughput can't be given for SCRATCH_2 with SSD storage.",
    ),
    "disks": ({"StorageType": "HDD"}, "BadRequest: HDD storage needs the deployment type PERSISTENT_1."),
    "drive cache": (
        {"config": {"DriveCacheType": "READ"}},
        "BadRequest: DriveCacheType must be given with HDD storage, and with no other.",
    ),
    "size of disks": (
        {
            "StorageType": "HDD",
            "config": {
                "DeploymentType": "PERSISTENT_1",
                "PerUnitStorageThroughput": 12,
                "DriveCacheType": "NONE",
            },
        },
        "BadRequest: Invalid Lustre FS storage capacity: 1200. Must be a multiple of 6000 GiB.",
    ),
    "tiering": (
        {"StorageType": "INTELLIGENT_TIERING", "config": {"PerUnitStorageThroughput": None}},
        "BadRequest: StorageCapacity can't be given with INTELLIGENT_TIERING storage.",
    ),
    "tiering's throughput": (
        {
            "StorageType": "INTELLIGENT_TIERING",
            "StorageCapacity": None,
            "config": {"PerUnitStorageThroughput": None, "ThroughputCapacity": 5000},
        },
        "BadRequest: ThroughputCapacity must be a multiple of 4000 MBps, not 5000.",
    ),
    "import path": (
        {"config": {"ImportPath": "s3://none"}},
        "BadRequest: ImportPath can't be given for PERSISTENT_2: make a data repository association.",
    ),
    "bucket of the import path": (
        {
            "config": {
                "DeploymentType": "SCRATCH_2",
                "PerUnitStorageThroughput": None,
                "ImportPath": "s3://no-one",
            }
        },
        "InvalidImportPath: The path s3://no-one names no S3 bucket.",
    ),
    "backups of scratch": (
        {
            "config": {
                "DeploymentType": "SCRATCH_2",
                "PerUnitStorageThroughput": None,
                "AutomaticBackupRetentionDays": 7,
            }
        },
        "BadRequest: AutomaticBackupRetentionDays can't be given for SCRATCH_2: it has no backups.",
    ),
    "retention": (
        {"config": {"AutomaticBackupRetentionDays": 91}},
        "BadRequest: AutomaticBackupRetentionDays must be from 0 to 90, not 91.",
    ),
    "backup time alone": (
        {"config": {"DailyAutomaticBackupStartTime": "05:00"}},
        "BadRequest: DailyAutomaticBackupStartTime needs AutomaticBackupRetentionDays.",
    ),
    "maintenance": (
        {"config": {"WeeklyMaintenanceStartTime": "8:05:00"}},
        "BadRequest: Invalid WeeklyMaintenanceStartTime: 8:05:00.",
    ),
    "compression": (
        {"config": {"DataCompressionType": "ZIP"}},
        "BadRequest: Invalid DataCompressionType: ZIP. It must be one of NONE, LZ4.",
    ),
    "version": (
        {"FileSystemTypeVersion": "2.10"},
        "BadRequest: The Lustre version 2.10 can't be used with this deployment.",
    ),
    "metadata": (
        {"config": {"MetadataConfiguration": {"Mode": "USER_PROVISIONED", "Iops": 2000}}},
        "BadRequest: Invalid metadata Iops: 2000.",
    ),
    "EFA": (
        {"config": {"EfaEnabled": True}},
        "BadRequest: EFA needs the deployment type PERSISTENT_2 with a metadata configuration.",
    ),
}


@pytest.mark.parametrize("what", CREATIONS)
def test_a_file_system_is_refused_as_documented(what: str, account: Account) -> None:
    changes, words = CREATIONS[what]
    before = account.ids()
    assert refused(account.fsx.create_file_system, **account.lustre(**changes)).startswith(words)
    assert account.ids() == before


def test_a_file_system_needs_groups_that_let_lustre_and_efa_through(account: Account) -> None:
    closed = account.lustre(SecurityGroupIds=[account.closed_group])
    assert refused(account.fsx.create_file_system, **closed).startswith(
        "InvalidNetworkSettings: The security groups do not permit inbound Lustre LNET network traffic"
    )
    port = {"IpProtocol": "tcp", "FromPort": 988, "ToPort": 988, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
    account.ec2.authorize_security_group_ingress(GroupId=account.closed_group, IpPermissions=[port])
    account.fsx.create_file_system(**closed)
    efa = {"EfaEnabled": True, "MetadataConfiguration": {"Mode": "AUTOMATIC"}}
    assert refused(
        account.fsx.create_file_system,
        **account.lustre(SecurityGroupIds=[account.closed_group], config=efa),
    ) == (
        "InvalidNetworkSettings: EFA needs a security group that allows all traffic from itself and to itself"
    )
    made = account.fsx.create_file_system(**account.lustre(config=efa))["FileSystem"]
    assert (made["FileSystemTypeVersion"], made["LustreConfiguration"]["EfaEnabled"]) == ("2.15", True)


def test_a_token_makes_one_file_system_and_no_other(account: Account) -> None:
    first = account.fsx.create_file_system(**account.lustre(ClientRequestToken="once"))["FileSystem"]
    again = account.fsx.create_file_system(**account.lustre(ClientRequestToken="once"))["FileSystem"]
    assert again["FileSystemId"] == first["FileSystemId"]
    with pytest.raises(ClientError) as error:
        account.fsx.create_file_system(**account.lustre(ClientRequestToken="once", StorageCapacity=2400))
    assert error.value.response["Error"]["Code"] == "IncompatibleParameterError"
    assert error.value.response["Parameter"] == "ClientRequestToken"


def test_a_key_is_the_persistent_types_own(account: Account) -> None:
    key = account.kms.create_key()["KeyMetadata"]
    made = account.fsx.create_file_system(**account.lustre(KmsKeyId=key["KeyId"]))["FileSystem"]
    assert made["KmsKeyId"] == key["Arn"]
    scratch = account.lustre(
        KmsKeyId=key["KeyId"], config={"DeploymentType": "SCRATCH_2", "PerUnitStorageThroughput": None}
    )
    assert refused(account.fsx.create_file_system, **scratch) == (
        "BadRequest: A KMS key can't be chosen for file systems of the deployment type SCRATCH_2."
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"StorageCapacity": 600}, "BadRequest: The storage capacity can only be increased"),
        (
            {"StorageCapacity": 3600},
            "BadRequest: Invalid Lustre FS storage capacity: 3600. Must be a multiple",
        ),
        (
            {"LustreConfiguration": {"PerUnitStorageThroughput": 200}},
            "InvalidPerUnitStorageThroughput: PerUnitStorageThroughput must be one of",
        ),
        ({"FileSystemTypeVersion": "2.10"}, "BadRequest: The Lustre version 2.10 is not newer than 2.12."),
        (
            {"LustreConfiguration": {"AutoImportPolicy": "NEW"}},
            "BadRequest: AutoImportPolicy needs a file system that was made with an ImportPath.",
        ),
        (
            {"StorageType": "HDD"},
            "UnsupportedOperation: StorageType of a Lustre file system can't be changed.",
        ),
    ],
)
def test_an_update_is_refused_as_documented(changes: dict[str, Any], words: str, account: Account) -> None:
    id_ = account.made()
    assert refused(account.fsx.update_file_system, FileSystemId=id_, **changes).startswith(words)
    assert account.look(id_)["StorageCapacity"] == 1200


def test_a_backup_outlives_its_file_system_and_becomes_one(account: Account) -> None:
    fsx = account.fsx
    id_ = account.made(config={"CopyTagsToBackups": True}, Tags=[{"Key": "Owner", "Value": "a"}])
    backup = fsx.create_backup(FileSystemId=id_)["Backup"]
    assert (backup["Lifecycle"], backup["Type"]) == ("CREATING", "USER_INITIATED")
    assert backup["Tags"] == [{"Key": "Owner", "Value": "a"}]
    assert refused(fsx.create_backup, FileSystemId=id_).startswith("BackupInProgress")
    assert refused(fsx.delete_backup, BackupId=backup["BackupId"]).startswith("BackupInProgress")
    seen = [fsx.describe_backups(BackupIds=[backup["BackupId"]])["Backups"][0] for _ in range(2)]
    assert [it["Lifecycle"] for it in seen] == ["CREATING", "AVAILABLE"]

    answer = fsx.delete_file_system(FileSystemId=id_, LustreConfiguration={"SkipFinalBackup": False})
    final = answer["LustreResponse"]["FinalBackupId"]
    account.look(id_)
    fsx.describe_file_systems()
    mine = [{"Name": "file-system-id", "Values": [id_]}]
    assert {it["BackupId"] for it in fsx.describe_backups(Filters=mine)["Backups"]} == {
        backup["BackupId"],
        final,
    }
    restore = {
        "BackupId": backup["BackupId"],
        "SubnetIds": [account.subnet],
        "SecurityGroupIds": [account.group],
    }
    assert refused(fsx.create_file_system_from_backup, StorageCapacity=2400, **restore) == (
        "BadRequest: StorageCapacity must be the backup's, 1200 GiB, not 2400."
    )
    restored = fsx.create_file_system_from_backup(**restore)["FileSystem"]
    assert (restored["StorageCapacity"], restored["LustreConfiguration"]["PerUnitStorageThroughput"]) == (
        1200,
        125,
    )
    fsx.delete_backup(BackupId=backup["BackupId"])
    assert refused(fsx.describe_backups, BackupIds=[backup["BackupId"]]) == (
        f"BackupNotFound: The backup '{backup['BackupId']}' does not exist."
    )


def test_scratch_file_systems_have_no_backups(account: Account) -> None:
    id_ = account.made(config={"DeploymentType": "SCRATCH_2", "PerUnitStorageThroughput": None})
    words = "BadRequest: File systems of the deployment type SCRATCH_2 have no backups."
    assert refused(account.fsx.create_backup, FileSystemId=id_) == words
    final = {"FileSystemId": id_, "LustreConfiguration": {"SkipFinalBackup": False}}
    assert refused(account.fsx.delete_file_system, **final) == words


def test_a_directory_is_linked_to_a_bucket(account: Account) -> None:
    fsx = account.fsx
    bucket = f"linked-{account.subnet.removeprefix('subnet-')}"
    account.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    id_ = account.made()
    link = {"FileSystemId": id_, "FileSystemPath": "/data", "DataRepositoryPath": f"s3://{bucket}/data/"}
    made = fsx.create_data_repository_association(
        **link, S3={"AutoImportPolicy": {"Events": ["NEW"]}}, Tags=[{"Key": "a", "Value": "b"}]
    )["Association"]
    assert (made["Lifecycle"], made["ImportedFileChunkSize"]) == ("CREATING", 1024)
    ids = {"AssociationIds": [made["AssociationId"]]}
    seen = [fsx.describe_data_repository_associations(**ids)["Associations"][0] for _ in range(2)]
    assert [it["Lifecycle"] for it in seen] == ["CREATING", "AVAILABLE"]

    def again(**changes: str) -> str:
        return refused(fsx.create_data_repository_association, **{**link, **changes})

    assert again(DataRepositoryPath=f"s3://{bucket}/other/").startswith(
        "BadRequest: FileSystemPath /data overlaps"
    )
    assert again(FileSystemPath="/data/deep", DataRepositoryPath=f"s3://{bucket}/other").startswith(
        "BadRequest: FileSystemPath /data/deep overlaps"
    )
    assert again(FileSystemPath="/else").startswith("BadRequest: DataRepositoryPath")
    assert again(FileSystemPath="else") == "BadRequest: FileSystemPath else must begin with a slash."
    assert again(FileSystemPath="/else", DataRepositoryPath="s3://no-one") == (
        "BadRequest: DataRepositoryPath s3://no-one names no S3 bucket."
    )
    assert again(FileSystemId="fs-12345678").startswith("FileSystemNotFound")
    assert refused(fsx.create_backup, FileSystemId=id_) == (
        "BadRequest: A file system that is linked to S3 has no backups."
    )
    changed = fsx.update_data_repository_association(
        AssociationId=made["AssociationId"], S3={"AutoExportPolicy": {"Events": ["NEW", "DELETED"]}}
    )["Association"]
    assert changed["S3"] == {"AutoExportPolicy": {"Events": ["NEW", "DELETED"]}}
    assert fsx.list_tags_for_resource(ResourceARN=made["ResourceARN"])["Tags"] == [{"Key": "a", "Value": "b"}]
    for number in range(7):
        fsx.create_data_repository_association(
            FileSystemId=id_, FileSystemPath=f"/n{number}", DataRepositoryPath=f"s3://{bucket}/n{number}"
        )
    ninth = again(FileSystemPath="/n8", DataRepositoryPath=f"s3://{bucket}/n8")
    assert ninth == "ServiceLimitExceeded: A file system has at most 8 data repository associations."

    deleted = fsx.delete_data_repository_association(AssociationId=made["AssociationId"])
    assert (deleted["Lifecycle"], deleted["DeleteDataInFileSystem"]) == ("DELETING", False)
    fsx.describe_data_repository_associations(**ids)
    assert refused(fsx.describe_data_repository_associations, **ids).startswith(
        "DataRepositoryAssociationNotFound"
    )


def test_tags_are_of_what_exists(account: Account) -> None:
    fsx, id_ = account.fsx, account.made()
    arn = account.look(id_)["ResourceARN"]
    fsx.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}])
    fsx.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert account.look(id_)["Tags"] == [{"Key": "c", "Value": "d"}]
    gone = arn.replace(id_, "fs-12345678")
    assert refused(fsx.list_tags_for_resource, ResourceARN=gone) == (
        f"ResourceNotFound: The resource {gone} does not exist."
    )
    other = "arn:aws:s3:::bucket-of-somebody"
    assert refused(fsx.tag_resource, ResourceARN=other, Tags=[{"Key": "a", "Value": "b"}]) == (
        f"NotServiceResourceError: {other} is no resource of Amazon FSx."
    )


def test_descriptions_come_in_pages(account: Account) -> None:
    made = {account.made() for _ in range(3)}
    ids = account.ids()
    pages = account.fsx.get_paginator("describe_file_systems").paginate(PaginationConfig={"PageSize": 2})
    shown = [[it["FileSystemId"] for it in page["FileSystems"]] for page in pages]
    assert {len(page) for page in shown[:-1]} == {2}
    assert [id_ for page in shown for id_ in page] == ids
    assert made <= set(ids)
    assert refused(account.fsx.describe_file_systems, NextToken="bm9uZQ==") == (
        "BadRequest: The NextToken is invalid."
    )
