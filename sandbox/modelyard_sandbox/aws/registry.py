"""Every type that the sandbox knows."""

from __future__ import annotations

from functools import cache

from modelyard_sandbox.aws import (
    backup,
    backup_locks,
    batch,
    batch_jobs,
    budgets,
    ec2_capacity,
    ec2_endpoints,
    ec2_launch,
    ec2_network,
    ec2_routes,
    ec2_security,
    ecr,
    efs,
    fsx,
    iam,
    kms,
    kms_grants,
    kms_replicas,
    logs,
    restore_testing,
    s3,
    s3_recovery,
    s3_settings,
)
from modelyard_sandbox.aws.handler import ResourceHandler
from modelyard_sandbox.errors import UnsupportedError

TYPES: tuple[type[ResourceHandler], ...] = (
    backup.Plan,
    backup.Selection,
    backup.Vault,
    backup_locks.RegionSettings,
    backup_locks.VaultLockConfiguration,
    backup_locks.VaultPolicy,
    batch.ComputeEnvironment,
    batch.JobQueue,
    batch_jobs.JobDefinition,
    batch_jobs.SchedulingPolicy,
    budgets.Budget,
    ec2_capacity.CapacityBlockReservation,
    ec2_capacity.CapacityReservation,
    ec2_endpoints.VpcEndpoint,
    ec2_launch.LaunchTemplate,
    ec2_launch.PlacementGroup,
    ec2_network.Eip,
    ec2_network.InternetGateway,
    ec2_network.NatGateway,
    ec2_network.Subnet,
    ec2_network.Vpc,
    ec2_routes.FlowLog,
    ec2_routes.Route,
    ec2_routes.RouteTable,
    ec2_routes.RouteTableAssociation,
    ec2_security.DefaultSecurityGroup,
    ec2_security.SecurityGroup,
    ec2_security.SecurityGroupEgressRule,
    ec2_security.SecurityGroupIngressRule,
    ecr.LifecyclePolicy,
    ecr.ReplicationConfiguration,
    ecr.Repository,
    efs.FileSystem,
    efs.FileSystemPolicy,
    efs.MountTarget,
    fsx.Backup,
    fsx.DataRepositoryAssociation,
    fsx.LustreFileSystem,
    iam.InstanceProfile,
    iam.Policy,
    iam.Role,
    iam.RolePolicy,
    iam.RolePolicyAttachment,
    kms.Alias,
    kms.Key,
    kms_grants.Grant,
    kms_replicas.ReplicaKey,
    logs.LogGroup,
    restore_testing.RestoreTestingPlan,
    restore_testing.RestoreTestingSelection,
    s3.Bucket,
    s3.BucketObject,
    s3_recovery.BucketObjectLockConfiguration,
    s3_recovery.BucketReplicationConfig,
    s3_settings.BucketEncryption,
    s3_settings.BucketLifecycleConfiguration,
    s3_settings.BucketLogging,
    s3_settings.BucketOwnershipControls,
    s3_settings.BucketPolicy,
    s3_settings.BucketPublicAccessBlock,
    s3_settings.BucketVersioning,
)


@cache
def handlers() -> dict[str, ResourceHandler]:
    """The handler of each type."""
    return {made.type: made() for made in TYPES}


def handler_of(type_: str) -> ResourceHandler:
    """The handler of a type; raises UnsupportedError naming the type and the known ones."""
    found = handlers().get(type_)
    if found is None:
        raise UnsupportedError(f"the sandbox has no {type_}\n  it has: {', '.join(sorted(handlers()))}")
    return found
