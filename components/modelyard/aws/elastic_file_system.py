"""EFS."""

from collections.abc import Iterator, Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.errors import InputError, Problem
from modelyard.planning.arns import Place
from modelyard.planning.file_systems import INFREQUENT_ACCESS_DAYS, NFS_PORT, infrequent_access_rule
from modelyard.planning.policies.file_systems import elastic_file_system_policy
from modelyard.planning.tags import BACKUP_TAG
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AWS, token

THROUGHPUT_MODES = ("elastic", "bursting")


class ElasticFileSystemArgs(TypedDict):
    """Arguments of ElasticFileSystem."""

    environment: str
    """Name of the environment that it belongs to."""
    account_id: str
    """Account that it belongs to."""
    region: str
    """Region that it is in."""
    vpc_id: pulumi.Input[str]
    """VPC of its subnets."""
    subnet_ids: Mapping[str, pulumi.Input[str]]
    """Subnets that it is mounted in, one of each zone, by zone id."""
    client_security_group_id: pulumi.Input[str]
    """Security group of who mounts it. Gets the rule that it needs for that."""
    key_arn: pulumi.Input[str]
    """Key that it is encrypted with."""
    throughput_mode: NotRequired[pulumi.Input[str]]
    """`elastic`: paid by what is read and written. `bursting`: grows with the size. Unset: elastic."""
    infrequent_access_after_days: NotRequired[pulumi.Input[int]]
    """Days without access after which a file moves to cheaper storage: 1, 7, 14, 30, 60, 90, 180, 270 or 365.
    Unset: never."""
    client_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that may mount and write it. Unset: who the account's IAM policies let."""
    backed_up: NotRequired[bool]
    """Whether it is tagged for AWS Backup's plan of the environment. Unset: no."""
    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete or replace it. Unset: no."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything."""


class ElasticFileSystem(pulumi.ComponentResource):
    """An EFS file system under a customer's key, with a mount target in each zone.

    It is mounted by TLS and with IAM only (`mount -t efs -o tls,iam`), and nobody is root on it. Its own
    security group lets clients in on NFS's port. A file that is read again comes back from the cheaper
    storage. EFS's own automatic backups are off: AWS Backup's plan selects it by its tag.
    """

    file_system_id: pulumi.Output[str]
    """Id of the file system."""

    file_system_arn: pulumi.Output[str]
    """ARN of the file system."""

    dns_name: pulumi.Output[str]
    """Name to mount it from."""

    def __init__(
        self, name: str, args: ElasticFileSystemArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_args(name, args, ElasticFileSystemArgs)
        if problems := list(_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AWS, "ElasticFileSystem"), name, {}, opts)
        self._name, self._args = name, args
        file_system = self._file_system()
        policy = self._policy(file_system)
        group = self._security_group()
        for zone_id, subnet_id in args["subnet_ids"].items():
            aws.efs.MountTarget(
                f"{name}-{zone_id}",
                file_system_id=file_system.id,
                subnet_id=subnet_id,
                security_groups=[group.id],
                region=args["region"],
                # Until there is a policy, who reaches a mount target gets in.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
            )
        self.file_system_id = file_system.id
        self.file_system_arn = file_system.arn
        self.dns_name = file_system.dns_name
        self.register_outputs(
            {
                "fileSystemId": self.file_system_id,
                "fileSystemArn": self.file_system_arn,
                "dnsName": self.dns_name,
            }
        )

    def _named(self) -> dict[str, pulumi.Input[str]]:
        return {**self._args.get("tags", {}), "Name": self._name}

    def _file_system(self) -> aws.efs.FileSystem:
        args = self._args
        return aws.efs.FileSystem(
            self._name,
            encrypted=True,
            kms_key_id=args["key_arn"],
            performance_mode="generalPurpose",
            throughput_mode=args.get("throughput_mode", "elastic"),
            lifecycle_policies=_lifecycle(args.get("infrequent_access_after_days")),
            region=args["region"],
            tags={
                **self._named(),
                **({BACKUP_TAG: args["environment"]} if args.get("backed_up", False) else {}),
            },
            opts=pulumi.ResourceOptions(parent=self, protect=args.get("protect")),
        )

    def _policy(self, file_system: aws.efs.FileSystem) -> aws.efs.FileSystemPolicy:
        place = Place(self._args["account_id"], self._args["region"])
        return aws.efs.FileSystemPolicy(
            self._name,
            file_system_id=file_system.id,
            policy=pulumi.Output.all(file_system.arn, *self._args.get("client_role_arns", [])).apply(
                lambda arns: elastic_file_system_policy(place, arns[0], arns[1:])
            ),
            region=self._args["region"],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _security_group(self) -> aws.ec2.SecurityGroup:
        args, opts = self._args, pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            self._name,
            description="EFS: NFS from its clients",
            vpc_id=args["vpc_id"],
            region=args["region"],
            tags=self._named(),
            opts=opts,
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-from-clients",
            security_group_id=group.id,
            referenced_security_group_id=args["client_security_group_id"],
            ip_protocol="tcp",
            from_port=NFS_PORT,
            to_port=NFS_PORT,
            description="NFS from clients",
            region=args["region"],
            tags=args.get("tags", {}),
            opts=opts,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-to-files",
            security_group_id=args["client_security_group_id"],
            referenced_security_group_id=group.id,
            ip_protocol="tcp",
            from_port=NFS_PORT,
            to_port=NFS_PORT,
            description="NFS to EFS",
            region=args["region"],
            tags=args.get("tags", {}),
            opts=opts,
        )
        return group


def _lifecycle(
    days: pulumi.Input[int] | None,
) -> list[aws.efs.FileSystemLifecyclePolicyArgsDict] | None:
    if days is None:
        return None
    return [
        {"transition_to_ia": pulumi.Output.from_input(days).apply(infrequent_access_rule)},
        {"transition_to_primary_storage_class": "AFTER_1_ACCESS"},
    ]


def _problems(name: str, args: ElasticFileSystemArgs) -> Iterator[Problem]:
    mode, days = args.get("throughput_mode", "elastic"), args.get("infrequent_access_after_days")
    if isinstance(mode, str) and mode not in THROUGHPUT_MODES:
        message = "throughput is paid by use, or grows with the size"
        allowed = ", ".join(THROUGHPUT_MODES)
        yield Problem(f"{name}.throughput_mode", mode, message, allowed, "choose one of these")
    if isinstance(days, int) and days not in INFREQUENT_ACCESS_DAYS:
        message = "EFS has no rule for these days"
        allowed = ", ".join(str(days) for days in INFREQUENT_ACCESS_DAYS)
        field = f"{name}.infrequent_access_after_days"
        yield Problem(field, str(days), message, allowed, "choose one of these")
    if not args["subnet_ids"]:
        message = "without a subnet nobody could mount it"
        mend = "name a subnet of each zone"
        yield Problem(f"{name}.subnet_ids", "none", message, "one zone id or more, as euc1-az1", mend)
