"""Type tokens of the resources that rules and previews for AWS judge or look at (pulumi-aws 7)."""

from __future__ import annotations

from typing import Final

AUTO_SCALING_GROUP: Final = "aws:autoscaling/group:Group"
AUTO_SCALING_SCHEDULE: Final = "aws:autoscaling/schedule:Schedule"
COMPUTE_ENVIRONMENT: Final = "aws:batch/computeEnvironment:ComputeEnvironment"
JOB_QUEUE: Final = "aws:batch/jobQueue:JobQueue"
NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
SCHEDULE: Final = "aws:scheduler/schedule:Schedule"

BACKUP_PLAN: Final = "aws:backup/plan:Plan"
BACKUP_SELECTION: Final = "aws:backup/selection:Selection"
BACKUP_VAULT: Final = "aws:backup/vault:Vault"
BACKUP_VAULT_LOCK: Final = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
LOGICALLY_AIR_GAPPED_VAULT: Final = "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault"
BUDGET: Final = "aws:budgets/budget:Budget"

BUCKET: Final = "aws:s3/bucket:Bucket"
BUCKET_ENCRYPTION: Final = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
BUCKET_LOGGING: Final = "aws:s3/bucketLogging:BucketLogging"
BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
BUCKET_PUBLIC_ACCESS_BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
BUCKET_REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
BUCKET_VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"

EFS_BACKUP_POLICY: Final = "aws:efs/backupPolicy:BackupPolicy"
EFS_FILE_SYSTEM: Final = "aws:efs/fileSystem:FileSystem"
EFS_REPLICATION: Final = "aws:efs/replicationConfiguration:ReplicationConfiguration"
FSX_DATA_REPOSITORY_ASSOCIATION: Final = "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation"
FSX_LUSTRE: Final = "aws:fsx/lustreFileSystem:LustreFileSystem"
FSX_ONTAP: Final = "aws:fsx/ontapFileSystem:OntapFileSystem"
FSX_OPEN_ZFS: Final = "aws:fsx/openZfsFileSystem:OpenZfsFileSystem"
FSX_WINDOWS: Final = "aws:fsx/windowsFileSystem:WindowsFileSystem"
REGISTRY_REPLICATION: Final = "aws:ecr/replicationConfiguration:ReplicationConfiguration"
VOLUME: Final = "aws:ebs/volume:Volume"

CAPACITY_RESERVATION: Final = "aws:ec2/capacityReservation:CapacityReservation"
DEFAULT_ROUTE_TABLE: Final = "aws:ec2/defaultRouteTable:DefaultRouteTable"
DEFAULT_SECURITY_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
DEFAULT_VPC: Final = "aws:ec2/defaultVpc:DefaultVpc"
FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"
INSTANCE: Final = "aws:ec2/instance:Instance"
LAUNCH_CONFIGURATION: Final = "aws:ec2/launchConfiguration:LaunchConfiguration"
LAUNCH_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
MAIN_ROUTE_TABLE_ASSOCIATION: Final = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
PLACEMENT_GROUP: Final = "aws:ec2/placementGroup:PlacementGroup"
ROUTE_TABLE: Final = "aws:ec2/routeTable:RouteTable"
ROUTE_TABLE_ASSOCIATION: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
SECURITY_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
SECURITY_GROUP_EGRESS_RULE: Final = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
SECURITY_GROUP_INGRESS_RULE: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
SECURITY_GROUP_RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
SPOT_INSTANCE_REQUEST: Final = "aws:ec2/spotInstanceRequest:SpotInstanceRequest"
SUBNET: Final = "aws:ec2/subnet:Subnet"
VPC: Final = "aws:ec2/vpc:Vpc"
VPC_ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
VPC_ENDPOINT_ROUTE_TABLE_ASSOCIATION: Final = (
    "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"
)

GROUP_POLICY: Final = "aws:iam/groupPolicy:GroupPolicy"
IAM_POLICY: Final = "aws:iam/policy:Policy"
ROLE: Final = "aws:iam/role:Role"
ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
USER_POLICY: Final = "aws:iam/userPolicy:UserPolicy"

KMS_ALIAS: Final = "aws:kms/alias:Alias"
KMS_EXTERNAL_KEY: Final = "aws:kms/externalKey:ExternalKey"
KMS_GRANT: Final = "aws:kms/grant:Grant"
KMS_KEY: Final = "aws:kms/key:Key"
KMS_KEY_POLICY: Final = "aws:kms/keyPolicy:KeyPolicy"
KMS_REPLICA_EXTERNAL_KEY: Final = "aws:kms/replicaExternalKey:ReplicaExternalKey"
KMS_REPLICA_KEY: Final = "aws:kms/replicaKey:ReplicaKey"
KMS_OWN_KEYS: Final = (KMS_KEY, KMS_REPLICA_KEY, KMS_EXTERNAL_KEY, KMS_REPLICA_EXTERNAL_KEY)
"""Customer-managed keys, each with a policy and a deletion window of its own."""
KMS_KEYS: Final = (*KMS_OWN_KEYS, KMS_ALIAS)
"""Customer-managed keys, and the aliases that stand for them."""

STACK: Final = "pulumi:pulumi:Stack"
"""The stack itself, of which is asked what concerns all of it."""
