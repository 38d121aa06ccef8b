"""FSx for Lustre."""

from collections.abc import Iterator, Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.errors import InputError, Problem
from modelyard.planning.arns import Place
from modelyard.planning.file_systems import (
    LUSTRE_PORTS,
    LUSTRE_SMALLEST_GIB,
    LUSTRE_STEP_GIB,
    LUSTRE_THROUGHPUTS_MBPS_PER_TIB,
    is_lustre_size,
    is_weekly_time,
    next_lustre_size,
)
from modelyard.planning.policies.file_systems import FSX_S3_ROLE
from modelyard.planning.tags import BACKUP_TAG
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AWS, token

DATASETS_PATH = "/datasets"
"""Directory of the file system in which a linked bucket appears."""

LUSTRE_VERSION = "2.15"
"""Newest version of Lustre that FSx has (Amazon FSx API Reference, CreateFileSystem, 2026-11)."""

MAINTENANCE = "7:03:00"
"""Sunday at 03:00 UTC."""


class LustreFileSystemArgs(TypedDict):
    """Arguments of LustreFileSystem."""

    environment: str
    """Name of the environment that it belongs to."""
    account_id: str
    """Account that it belongs to."""
    region: str
    """Region that it is in."""
    vpc_id: pulumi.Input[str]
    """VPC of its subnet."""
    subnet_id: pulumi.Input[str]
    """Subnet that it is in. It has one, in one zone."""
    client_security_group_id: pulumi.Input[str]
    """Security group of who mounts it. Gets the rules that it needs for that."""
    key_arn: pulumi.Input[str]
    """Key that it is encrypted with, and its backups by FSx."""
    size_gib: int
    """Size in GiB: 1,200, or a multiple of 2,400. It can grow, but not shrink."""
    throughput_mbps_per_tib: int
    """Throughput in MB/s for each TiB: 125, 250, 500 or 1,000."""
    dataset_bucket: NotRequired[pulumi.Input[str]]
    """Bucket whose objects appear under /datasets. Unset: it is linked to nothing."""
    dataset_prefix: NotRequired[str]
    """Start of the keys in that bucket, ending in a slash. Unset: the whole bucket."""
    dataset_key_arn: NotRequired[pulumi.Input[str]]
    """Key that the bucket's objects are encrypted with, if they are with a customer's."""
    backed_up: NotRequired[bool]
    """Whether it is tagged for AWS Backup's plan of the environment, and its tags go to its backups. Unset:
    no. A linked one can't be backed up."""
    final_backup: NotRequired[bool]
    """Whether FSx makes a last backup when it is deleted, which stays and is paid for. Unset: yes, unless it
    is linked."""
    maintenance_time: NotRequired[pulumi.Input[str]]
    """When FSx may maintain it, as d:HH:MM in UTC with 1 for Monday. Unset: Sunday at 03:00."""
    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete or replace it. Unset: no."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything."""


class LustreFileSystem(pulumi.ComponentResource):
    """A persistent FSx for Lustre file system on SSD, under a customer's key, compressed.

    Its own security group lets Lustre's ports through between it and its clients, and among its servers.
    Linked to a bucket, it shows the objects under /datasets: what is new, changed or deleted in the bucket is
    imported by itself, contents when they are first read; nothing is written back. FSx's own automatic
    backups are off: AWS Backup makes them. A last backup needs the key as long as it is kept: a key that was
    deleted with the rest has to be brought back within its window.
    """

    file_system_id: pulumi.Output[str]
    """Id of the file system."""

    file_system_arn: pulumi.Output[str]
    """ARN of the file system."""

    dns_name: pulumi.Output[str]
    """Name to mount it from."""

    mount_name: pulumi.Output[str]
    """Name of the share: it is mounted as DNS-NAME@tcp:/MOUNT-NAME."""

    def __init__(
        self, name: str, args: LustreFileSystemArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_args(name, args, LustreFileSystemArgs)
        if problems := list(_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AWS, "LustreFileSystem"), name, {}, opts)
        self._name, self._args = name, args
        group = self._security_group()
        file_system = self._file_system(group, self._rules(group))
        if "dataset_bucket" in args:
            self._link(args["dataset_bucket"], file_system)
        self.file_system_id = file_system.id
        self.file_system_arn = file_system.arn
        self.dns_name = file_system.dns_name
        self.mount_name = file_system.mount_name
        self.register_outputs(
            {
                "fileSystemId": self.file_system_id,
                "fileSystemArn": self.file_system_arn,
                "dnsName": self.dns_name,
                "mountName": self.mount_name,
            }
        )

    def _named(self) -> dict[str, pulumi.Input[str]]:
        return {**self._args.get("tags", {}), "Name": self._name}

    def _file_system(
        self, group: aws.ec2.SecurityGroup, rules: list[pulumi.Resource]
    ) -> aws.fsx.LustreFileSystem:
        args, backed_up = self._args, self._args.get("backed_up", False)
        # FSx makes no backup of what is linked, and would refuse the deletion that asks for one.
        final_backup = args.get("final_backup", True) and "dataset_bucket" not in args
        return aws.fsx.LustreFileSystem(
            self._name,
            deployment_type="PERSISTENT_2",
            storage_type="SSD",
            storage_capacity=args["size_gib"],
            per_unit_storage_throughput=args["throughput_mbps_per_tib"],
            file_system_type_version=LUSTRE_VERSION,
            metadata_configuration={"mode": "AUTOMATIC"},
            data_compression_type="LZ4",
            kms_key_id=args["key_arn"],
            subnet_ids=args["subnet_id"],
            security_group_ids=[group.id],
            automatic_backup_retention_days=0,
            copy_tags_to_backups=backed_up,
            skip_final_backup=not final_backup,
            final_backup_tags=args.get("tags", {}) if final_backup else None,
            weekly_maintenance_start_time=args.get("maintenance_time", MAINTENANCE),
            region=args["region"],
            tags={**self._named(), **({BACKUP_TAG: args["environment"]} if backed_up else {})},
            # FSx looks at the rules when it makes a file system.
            opts=pulumi.ResourceOptions(parent=self, protect=args.get("protect"), depends_on=rules),
        )

    def _link(self, bucket: pulumi.Input[str], file_system: aws.fsx.LustreFileSystem) -> None:
        args = self._args
        prefix = args.get("dataset_prefix", "")
        link = aws.fsx.DataRepositoryAssociation(
            self._name,
            file_system_id=file_system.id,
            file_system_path=DATASETS_PATH,
            data_repository_path=pulumi.Output.from_input(bucket).apply(lambda it: f"s3://{it}/{prefix}"),
            batch_import_meta_data_on_create=True,
            s3={"auto_import_policy": {"events": ["NEW", "CHANGED", "DELETED"]}},
            region=args["region"],
            tags=self._named(),
            opts=pulumi.ResourceOptions(parent=self),
        )
        if "dataset_key_arn" not in args:
            return
        place = Place(args["account_id"], args["region"])
        # The role comes with the link, and its own policy has no right to keys. A grant names it alone, where
        # a key policy would have to name everybody (FSx for Lustre User Guide, "Working with server-side
        # encrypted Amazon S3 buckets", 2026-11).
        aws.kms.Grant(
            self._name,
            name=f"{self._name}-reads-datasets",
            key_id=args["dataset_key_arn"],
            grantee_principal=file_system.id.apply(lambda id_: place.iam(f"{FSX_S3_ROLE}{id_}")),
            operations=["Decrypt", "DescribeKey"],
            region=args["region"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[link]),
        )

    def _security_group(self) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            self._name,
            description="Lustre: its servers and their clients",
            vpc_id=self._args["vpc_id"],
            region=self._args["region"],
            tags=self._named(),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _rules(self, servers: aws.ec2.SecurityGroup) -> list[pulumi.Resource]:
        """Lustre's ports, among servers and both ways between servers and clients."""
        clients = self._args["client_security_group_id"]
        ways = [
            ("among-servers", servers.id, servers.id),
            ("from-clients", clients, servers.id),
            ("to-clients", servers.id, clients),
        ]
        return [
            rule
            for way, source, target in ways
            for first, last in LUSTRE_PORTS
            for rule in self._way(f"{self._name}-{way}-{first}", source, target, first, last)
        ]

    def _way(
        self, child: str, source: pulumi.Input[str], target: pulumi.Input[str], first: int, last: int
    ) -> Iterator[pulumi.Resource]:
        """From one group to another: out of the one, into the other."""
        for out in (True, False):
            rule = aws.vpc.SecurityGroupEgressRule if out else aws.vpc.SecurityGroupIngressRule
            yield rule(
                f"{child}-{'out' if out else 'in'}",
                security_group_id=source if out else target,
                referenced_security_group_id=target if out else source,
                ip_protocol="tcp",
                from_port=first,
                to_port=last,
                description="Lustre",
                region=self._args["region"],
                tags=self._args.get("tags", {}),
                opts=pulumi.ResourceOptions(parent=self),
            )


def _problems(name: str, args: LustreFileSystemArgs) -> Iterator[Problem]:
    size, throughput = args["size_gib"], args["throughput_mbps_per_tib"]
    if not is_lustre_size(size):
        yield Problem(
            field=f"{name}.size_gib",
            given=str(size),
            message="FSx for Lustre has no file systems of this size",
            allowed=f"{LUSTRE_SMALLEST_GIB:,}, or a multiple of {LUSTRE_STEP_GIB:,}",
            mend=f"write {next_lustre_size(size)}",
        )
    if throughput not in LUSTRE_THROUGHPUTS_MBPS_PER_TIB:
        yield Problem(
            field=f"{name}.throughput_mbps_per_tib",
            given=str(throughput),
            message="FSx for Lustre has no such throughput on SSD",
            allowed=", ".join(str(mbps) for mbps in LUSTRE_THROUGHPUTS_MBPS_PER_TIB),
            mend="choose one of these",
        )
    time = args.get("maintenance_time", MAINTENANCE)
    if isinstance(time, str) and not is_weekly_time(time):
        message = "FSx writes a time of the week otherwise"
        allowed = "d:HH:MM in UTC, with 1 for Monday and 7 for Sunday"
        yield Problem(f"{name}.maintenance_time", time, message, allowed, f"write it as {MAINTENANCE}")
    yield from _link_problems(name, args)


def _link_problems(name: str, args: LustreFileSystemArgs) -> Iterator[Problem]:
    is_linked = "dataset_bucket" in args
    for field in ("backed_up", "final_backup"):
        if is_linked and args.get(field):
            yield Problem(
                field=f"{name}.{field}",
                given="True",
                message="FSx makes no backups of a file system that is linked to a bucket",
                allowed="False, with dataset_bucket",
                mend="leave it out (the bucket has the data), or leave dataset_bucket out",
            )
    for field in ("dataset_prefix", "dataset_key_arn"):
        if not is_linked and field in args:
            yield Problem(
                field=f"{name}.{field}",
                given=field,
                message="without dataset_bucket the file system is linked to nothing",
                allowed="with dataset_bucket only",
                mend="name the bucket, or leave this out",
            )
    prefix = args.get("dataset_prefix", "")
    if prefix and not prefix.endswith("/"):
        message = "a link is to a whole folder of the bucket"
        allowed, mend = "the start of keys, ending in a slash", f"write {prefix}/"
        yield Problem(f"{name}.dataset_prefix", prefix, message, allowed, mend)
