"""Properties whose change makes another resource, by type: those of data, of networks, of clusters.

As pulumi-aws 7.51's registry pages and the provider that it bridges have it (`ForceNew`, 2026-11). Other
types are small settings: that one is replaced matters to nobody.
"""

from __future__ import annotations

from modelyard_preview.changes.forcing_azure import FORCING as AZURE_FORCING
from modelyard_preview.changes.forcing_azure import OF_TYPES

FORCING: dict[str, frozenset[str]] = {
    "aws:backup/vault:Vault": frozenset({"kmsKeyArn", "name"}),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": frozenset(
        {"backupVaultName", "changeableForDays", "maxRetentionDays", "minRetentionDays"}
    ),
    "aws:batch/computeEnvironment:ComputeEnvironment": frozenset({"name", "namePrefix", "type"}),
    "aws:batch/jobQueue:JobQueue": frozenset({"name"}),
    "aws:ec2/launchTemplate:LaunchTemplate": frozenset({"name", "namePrefix"}),
    "aws:ec2/natGateway:NatGateway": frozenset({"allocationId", "subnetId"}),
    "aws:ec2/flowLog:FlowLog": frozenset({"iamRoleArn", "logDestination", "trafficType", "vpcId"}),
    "aws:ec2/placementGroup:PlacementGroup": frozenset({"name", "strategy"}),
    "aws:ec2/routeTable:RouteTable": frozenset({"vpcId"}),
    "aws:ec2/securityGroup:SecurityGroup": frozenset({"description", "name", "namePrefix", "vpcId"}),
    "aws:ec2/subnet:Subnet": frozenset({"availabilityZone", "availabilityZoneId", "cidrBlock", "vpcId"}),
    "aws:ec2/vpc:Vpc": frozenset({"cidrBlock"}),
    "aws:ec2/vpcEndpoint:VpcEndpoint": frozenset({"serviceName", "vpcEndpointType", "vpcId"}),
    "aws:ecr/repository:Repository": frozenset({"encryptionConfigurations", "name"}),
    "aws:efs/fileSystem:FileSystem": frozenset({"encrypted", "kmsKeyId", "performanceMode"}),
    "aws:fsx/lustreFileSystem:LustreFileSystem": frozenset(
        {"deploymentType", "kmsKeyId", "securityGroupIds", "storageType", "subnetIds"}
    ),
    "aws:iam/instanceProfile:InstanceProfile": frozenset({"name"}),
    "aws:iam/role:Role": frozenset({"name", "path"}),
    "aws:kms/key:Key": frozenset({"customerMasterKeySpec", "keyUsage", "multiRegion"}),
    "aws:kms/replicaKey:ReplicaKey": frozenset({"primaryKeyArn"}),
    "aws:s3/bucket:Bucket": frozenset({"bucket", "bucketPrefix", "objectLockEnabled"}),
    "aws:sns/topic:Topic": frozenset({"name"}),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": frozenset({"securityGroupId"}),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": frozenset({"securityGroupId"}),
}
"""Canonical type tokens; a change of region replaces everything."""


def forces_replacement(token: str, properties: frozenset[str]) -> bool:
    """Whether the change of one of these properties makes another resource of this type."""
    if token.startswith("azure-native:"):
        return bool(properties & (AZURE_FORCING | OF_TYPES.get(token, frozenset())))
    return bool(properties & (FORCING.get(token, frozenset()) | {"region"}))
