"""FSx for Lustre and EFS: what they refuse."""

from __future__ import annotations

from typing import Any

from documented_refusals.case import READ_ON, Acceptance, Account, Refusal, Request, repeated, sequence

FSX = f"FSx API Reference, {READ_ON}"
EFS = f"EFS API Reference, {READ_ON}"
LOOKS_MAX = 50
GONE = "fs-0123456789abcdef0"


def lustre(account: Account, lustre_changes: Request | None = None, **changes: Any) -> Request:
    """A persistent Lustre file system to create."""
    usual = {"DeploymentType": "PERSISTENT_2", "PerUnitStorageThroughput": 125}
    place = {} if "SubnetIds" in changes else placed(account)
    request = {
        "FileSystemType": "LUSTRE",
        "StorageCapacity": 1200,
        "StorageType": "SSD",
        **place,
        "LustreConfiguration": {**usual, **(lustre_changes or {})},
    }
    merged = {**request, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def placed(account: Account) -> Request:
    """A subnet, and a security group that lets Lustre's own traffic through."""
    vpc_id = account.vpc()
    group = account.security_group(vpc_id, "lustre")
    itself = [{"GroupId": group}]
    account.client("ec2").authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "UserIdGroupPairs": itself}
            for first, last in ((988, 988), (1018, 1023))
        ],
    )
    return {"SubnetIds": [account.subnet(vpc_id=vpc_id)], "SecurityGroupIds": [group]}


def available(account: Account) -> str:
    """Id of a new file system that FSx is done with making."""
    fsx = account.client("fsx")
    id_ = fsx.create_file_system(**lustre(account))["FileSystem"]["FileSystemId"]
    for _ in range(LOOKS_MAX):
        if fsx.describe_file_systems(FileSystemIds=[id_])["FileSystems"][0]["Lifecycle"] == "AVAILABLE":
            return id_
    raise AssertionError(f"{id_} doesn't become available")


def two_subnets(account: Account) -> list[str]:
    """Two subnets of one VPC."""
    vpc_id = account.vpc()
    return [account.subnet("10.0.0.0/24", vpc_id), account.subnet("10.0.1.0/24", vpc_id, "b")]


def link(account: Account, file_system: str, path: str = "/data", **changes: Any) -> Request:
    """A link of a directory to a bucket."""
    bucket = {} if "DataRepositoryPath" in changes else {"DataRepositoryPath": linkable(account, path[1:])}
    return {"FileSystemId": file_system, "FileSystemPath": path, **bucket, **changes}


def linkable(account: Account, name: str) -> str:
    """The path of a new bucket."""
    return f"s3://{account.bucket(name)}/"


def nested(account: Account) -> Request:
    """A link inside a directory that is linked already."""
    file_system = available(account)
    account.client("fsx").create_data_repository_association(**link(account, file_system))
    return link(account, file_system, "/data/deep", DataRepositoryPath=linkable(account, "elsewhere"))


def ninth_link(account: Account) -> Request:
    """A file system with the eight links that are allowed, and one more."""
    file_system = available(account)
    for number in range(8):
        account.client("fsx").create_data_repository_association(
            **link(account, file_system, f"/data{number}")
        )
    return link(account, file_system, "/data8")


def token_again(account: Account) -> Request:
    """A token that stood for another request."""
    request = lustre(account, ClientRequestToken="once")
    account.client("fsx").create_file_system(**request)
    return {**request, "StorageCapacity": 2400}


def elastic(account: Account, **changes: Any) -> str:
    """Id of a new elastic file system."""
    made = account.client("efs").create_file_system(CreationToken="data", **changes)
    return made["FileSystemId"]


def mounted(account: Account) -> Request:
    """A file system that is mounted in one zone."""
    request = {"FileSystemId": elastic(account), "SubnetId": account.subnet()}
    return repeated(account, "efs.create_mount_target", request)


def many_groups(account: Account) -> Request:
    """A mount target with six security groups."""
    vpc_id = account.vpc()
    groups = [account.security_group(vpc_id, f"group-{number}") for number in range(6)]
    return {
        "FileSystemId": elastic(account),
        "SubnetId": account.subnet(vpc_id=vpc_id),
        "SecurityGroups": groups,
    }


def shrinkable(account: Account) -> str:
    """Id of a file system of 2,400 GiB."""
    made = account.client("fsx").create_file_system(**lustre(account, StorageCapacity=2400))
    return made["FileSystem"]["FileSystemId"]


CAPACITY = f"{FSX}, CreateFileSystem, StorageCapacity (1200, 2400, multiples of 2400)"
THROUGHPUT = f"{FSX}, CreateFileSystemLustreConfiguration, PerUnitStorageThroughput; CreateFileSystem, errors"
NETWORK = f"{FSX}, CreateFileSystem, SubnetIds and errors (InvalidNetworkSettings)"
LINKS = f"{FSX}, CreateDataRepositoryAssociation"

REFUSALS = (
    Refusal(
        "a Lustre file system of 1,300 GiB",
        "fsx.create_file_system",
        "BadRequest",
        CAPACITY,
        lambda a: lustre(a, StorageCapacity=1300),
    ),
    Refusal(
        "a Lustre file system of 3,600 GiB",
        "fsx.create_file_system",
        "BadRequest",
        CAPACITY,
        lambda a: lustre(a, StorageCapacity=3600),
    ),
    Refusal(
        "a throughput that is not offered",
        "fsx.create_file_system",
        "InvalidPerUnitStorageThroughput",
        THROUGHPUT,
        lambda a: lustre(a, {"PerUnitStorageThroughput": 200}),
    ),
    Refusal(
        "a Lustre file system in two subnets",
        "fsx.create_file_system",
        "InvalidNetworkSettings",
        NETWORK,
        lambda a: lustre(a, SubnetIds=two_subnets(a)),
    ),
    Refusal(
        "a Lustre file system in a subnet that is not there",
        "fsx.create_file_system",
        "InvalidNetworkSettings",
        NETWORK,
        lambda a: lustre(a, SubnetIds=["subnet-0123456789abcdef0"]),
    ),
    Refusal(
        "a Lustre file system with a security group that is not there",
        "fsx.create_file_system",
        "InvalidNetworkSettings",
        NETWORK,
        lambda a: lustre(a, SecurityGroupIds=["sg-0123456789abcdef0"]),
    ),
    Refusal(
        "a Windows file system without its settings",
        "fsx.create_file_system",
        "MissingFileSystemConfiguration",
        f"{FSX}, CreateFileSystem, WindowsConfiguration (required) and errors",
        lambda a: lustre(a, FileSystemType="WINDOWS", LustreConfiguration=None, StorageCapacity=300),
    ),
    Refusal(
        "backups kept 91 days",
        "fsx.create_file_system",
        "BadRequest",
        f"{FSX}, CreateFileSystemLustreConfiguration, AutomaticBackupRetentionDays (0 to 90)",
        lambda a: lustre(a, {"AutomaticBackupRetentionDays": 91}),
    ),
    Refusal(
        "a request token used for something else",
        "fsx.create_file_system",
        "IncompatibleParameterError",
        f"{FSX}, CreateFileSystem (idempotency) and errors",
        token_again,
    ),
    Refusal(
        "a Lustre file system that is not there, deleted",
        "fsx.delete_file_system",
        "FileSystemNotFound",
        f"{FSX}, DeleteFileSystem, errors",
        lambda _: {"FileSystemId": GONE},
    ),
    Refusal(
        "a Lustre file system that is not there",
        "fsx.describe_file_systems",
        "FileSystemNotFound",
        f"{FSX}, DescribeFileSystems, errors",
        lambda _: {"FileSystemIds": [GONE]},
    ),
    Refusal(
        "a Lustre file system made smaller",
        "fsx.update_file_system",
        "BadRequest",
        f"{FSX}, UpdateFileSystem, StorageCapacity (only more)",
        lambda a: {"FileSystemId": shrinkable(a), "StorageCapacity": 1200},
    ),
    Refusal(
        "a link of a file system that is not there",
        "fsx.create_data_repository_association",
        "FileSystemNotFound",
        f"{LINKS}, errors",
        lambda a: link(a, GONE),
    ),
    Refusal(
        "a link inside another link",
        "fsx.create_data_repository_association",
        "BadRequest",
        f"{LINKS}, FileSystemPath (no overlap)",
        nested,
    ),
    Refusal(
        "a link to something other than S3",
        "fsx.create_data_repository_association",
        "BadRequest",
        f"{LINKS}, DataRepositoryPath",
        lambda a: link(a, available(a), DataRepositoryPath="https://example.com/data"),
    ),
    Refusal(
        "a link whose path has no slash",
        "fsx.create_data_repository_association",
        "BadRequest",
        f"{LINKS}, FileSystemPath (leading slash)",
        lambda a: link(a, available(a), FileSystemPath="data"),
    ),
    Refusal(
        "a ninth link",
        "fsx.create_data_repository_association",
        "ServiceLimitExceeded",
        f"{LINKS} (8 on a file system) and errors",
        ninth_link,
    ),
    Refusal(
        "an elastic file system's token used already",
        "efs.create_file_system",
        "FileSystemAlreadyExists",
        f"{EFS}, CreateFileSystem, errors",
        lambda a: sequence(lambda: elastic(a), {"CreationToken": "data"}),
    ),
    Refusal(
        "provisioned throughput of no amount",
        "efs.create_file_system",
        "BadRequest",
        f"{EFS}, CreateFileSystem, ThroughputMode",
        lambda _: {"CreationToken": "data", "ThroughputMode": "provisioned"},
    ),
    Refusal(
        "a key for a file system that isn't encrypted",
        "efs.create_file_system",
        "BadRequest",
        f"{EFS}, CreateFileSystem, KmsKeyId",
        lambda a: {"CreationToken": "data", "Encrypted": False, "KmsKeyId": a.key()},
    ),
    Refusal(
        "an elastic file system that is not there",
        "efs.describe_file_systems",
        "FileSystemNotFound",
        f"{EFS}, DescribeFileSystems, errors",
        lambda _: {"FileSystemId": GONE},
    ),
    Refusal(
        "a mounted file system, deleted",
        "efs.delete_file_system",
        "FileSystemInUse",
        f"{EFS}, DeleteFileSystem, errors",
        lambda a: {"FileSystemId": mounted(a)["FileSystemId"]},
    ),
    Refusal(
        "a second mount target in a zone",
        "efs.create_mount_target",
        "MountTargetConflict",
        f"{EFS}, CreateMountTarget, errors",
        mounted,
    ),
    Refusal(
        "a mount target of a file system that is not there",
        "efs.create_mount_target",
        "FileSystemNotFound",
        f"{EFS}, CreateMountTarget, errors",
        lambda a: {"FileSystemId": GONE, "SubnetId": a.subnet()},
    ),
    Refusal(
        "a mount target in a subnet that is not there",
        "efs.create_mount_target",
        "SubnetNotFound",
        f"{EFS}, CreateMountTarget, errors",
        lambda a: {"FileSystemId": elastic(a), "SubnetId": "subnet-0123456789abcdef0"},
    ),
    Refusal(
        "a mount target with a security group that is not there",
        "efs.create_mount_target",
        "SecurityGroupNotFound",
        f"{EFS}, CreateMountTarget, errors",
        lambda a: {
            "FileSystemId": elastic(a),
            "SubnetId": a.subnet(),
            "SecurityGroups": ["sg-0123456789abcdef0"],
        },
    ),
    Refusal(
        "a mount target with six security groups",
        "efs.create_mount_target",
        "SecurityGroupLimitExceeded",
        f"{EFS}, CreateMountTarget, SecurityGroups and errors; VPC quotas (five an interface)",
        many_groups,
    ),
    Refusal(
        "a lifecycle of two transitions in one",
        "efs.put_lifecycle_configuration",
        "BadRequest",
        f"{EFS}, PutLifecycleConfiguration (one transition an object)",
        lambda a: {
            "FileSystemId": elastic(a),
            "LifecyclePolicies": [
                {"TransitionToIA": "AFTER_30_DAYS", "TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"}
            ],
        },
    ),
)

ACCEPTED = (
    Acceptance("fsx.create_file_system", lustre),
    Acceptance(
        "fsx.create_file_system", lambda a: lustre(a, {"PerUnitStorageThroughput": 250}, StorageCapacity=4800)
    ),
    Acceptance("fsx.create_data_repository_association", lambda a: link(a, available(a))),
    Acceptance(
        "efs.create_file_system", lambda a: {"CreationToken": "data", "Encrypted": True, "KmsKeyId": a.key()}
    ),
    Acceptance("efs.create_mount_target", lambda a: {"FileSystemId": elastic(a), "SubnetId": a.subnet()}),
    Acceptance(
        "efs.put_lifecycle_configuration",
        lambda a: {"FileSystemId": elastic(a), "LifecyclePolicies": [{"TransitionToIA": "AFTER_30_DAYS"}]},
    ),
)
