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
ACCOUNT_PUBLIC_ACCESS_BLOCK: Final = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
BUCKET_ACL: Final = "aws:s3/bucketAcl:BucketAcl"
BUCKET_ENCRYPTION: Final = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
BUCKET_LOGGING: Final = "aws:s3/bucketLogging:BucketLogging"
BUCKET_LIFECYCLE: Final = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
BUCKET_OBJECT_LOCK: Final = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
BUCKET_OWNERSHIP: Final = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
BUCKET_PUBLIC_ACCESS_BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
BUCKET_REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
BUCKET_VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"
BUCKET_WEBSITE: Final = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration"
ACCESS_POINTS: Final = (
    "aws:s3/accessPoint:AccessPoint",
    "aws:s3control/accessPointPolicy:AccessPointPolicy",
)
"""Ways into a bucket with a policy of their own, which they hold or which stands by itself."""
BUCKET_OBJECTS: Final = (
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/objectCopy:ObjectCopy",
)
"""Objects in a bucket."""

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
EBS_DEFAULT_KEY: Final = "aws:ebs/defaultKmsKey:DefaultKmsKey"
EBS_SNAPSHOT: Final = "aws:ebs/snapshot:Snapshot"
EBS_SNAPSHOT_COPY: Final = "aws:ebs/snapshotCopy:SnapshotCopy"
EBS_ENCRYPTION_BY_DEFAULT: Final = "aws:ebs/encryptionByDefault:EncryptionByDefault"
SNAPSHOT_BLOCK_PUBLIC_ACCESS: Final = "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess"
SNAPSHOT_VOLUME_PERMISSION: Final = "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission"

CAPACITY_RESERVATION: Final = "aws:ec2/capacityReservation:CapacityReservation"
DEFAULT_NETWORK_ACL: Final = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
DEFAULT_ROUTE_TABLE: Final = "aws:ec2/defaultRouteTable:DefaultRouteTable"
DEFAULT_SECURITY_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
DEFAULT_SUBNET: Final = "aws:ec2/defaultSubnet:DefaultSubnet"
DEFAULT_VPC: Final = "aws:ec2/defaultVpc:DefaultVpc"
VPC_BLOCK_PUBLIC_ACCESS: Final = "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions"
EIP: Final = "aws:ec2/eip:Eip"
EIP_ASSOCIATION: Final = "aws:ec2/eipAssociation:EipAssociation"
EGRESS_ONLY_GATEWAY: Final = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"
INSTANCE: Final = "aws:ec2/instance:Instance"
INSTANCE_METADATA_DEFAULTS: Final = "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults"
INTERNET_GATEWAY: Final = "aws:ec2/internetGateway:InternetGateway"
INTERNET_GATEWAY_ATTACHMENT: Final = "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment"
LAUNCH_CONFIGURATION: Final = "aws:ec2/launchConfiguration:LaunchConfiguration"
LAUNCH_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
MAIN_ROUTE_TABLE_ASSOCIATION: Final = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
NETWORK_ACL: Final = "aws:ec2/networkAcl:NetworkAcl"
NETWORK_ACL_RULE: Final = "aws:ec2/networkAclRule:NetworkAclRule"
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
VPC_ENDPOINT_POLICY: Final = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
VPC_ENDPOINT_ROUTE_TABLE_ASSOCIATION: Final = (
    "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"
)

LOAD_BALANCERS: Final = (
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    "aws:elb/loadBalancer:LoadBalancer",
)
"""Load balancers: application and network ones by today's name and by an older one, and classic ones."""

GROUP_POLICY: Final = "aws:iam/groupPolicy:GroupPolicy"
GROUP_POLICY_ATTACHMENT: Final = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment"
GROUP_POLICY_ATTACHMENTS: Final = "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive"
INSTANCE_PROFILE: Final = "aws:iam/instanceProfile:InstanceProfile"
IAM_ACCESS_KEY: Final = "aws:iam/accessKey:AccessKey"
IAM_POLICY: Final = "aws:iam/policy:Policy"
IAM_POLICY_ATTACHMENT: Final = "aws:iam/policyAttachment:PolicyAttachment"
IAM_SERVICE_CREDENTIAL: Final = "aws:iam/serviceSpecificCredential:ServiceSpecificCredential"
IAM_SIGNING_CERTIFICATE: Final = "aws:iam/signingCertificate:SigningCertificate"
IAM_SSH_KEY: Final = "aws:iam/sshKey:SshKey"
IAM_USER: Final = "aws:iam/user:User"
IAM_USER_LOGIN: Final = "aws:iam/userLoginProfile:UserLoginProfile"
PERMISSION_SET_ATTACHMENT: Final = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
PERMISSION_SET_ATTACHMENTS: Final = (
    "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive"
)
PERMISSION_SET_POLICY: Final = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"
ROLE: Final = "aws:iam/role:Role"
ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
ROLE_POLICY_ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ROLE_POLICY_ATTACHMENTS: Final = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
USER_POLICY: Final = "aws:iam/userPolicy:UserPolicy"
USER_POLICY_ATTACHMENT: Final = "aws:iam/userPolicyAttachment:UserPolicyAttachment"
USER_POLICY_ATTACHMENTS: Final = "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive"

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

CLOUD_TRAIL: Final = "aws:cloudtrail/trail:Trail"
CONFIG_DELIVERY_CHANNEL: Final = "aws:cfg/deliveryChannel:DeliveryChannel"
CONFIG_RECORDER: Final = "aws:cfg/recorder:Recorder"
CONFIG_RECORDER_STATUS: Final = "aws:cfg/recorderStatus:RecorderStatus"
EVENT_DATA_STORE: Final = "aws:cloudtrail/eventDataStore:EventDataStore"
GUARD_DUTY_DETECTOR: Final = "aws:guardduty/detector:Detector"
GUARD_DUTY_FEATURE: Final = "aws:guardduty/detectorFeature:DetectorFeature"
INSPECTOR_ENABLER: Final = "aws:inspector2/enabler:Enabler"
LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
SECURITY_HUB_ACCOUNT: Final = "aws:securityhub/account:Account"
SECURITY_HUB_STANDARD: Final = "aws:securityhub/standardsSubscription:StandardsSubscription"

ECS_SERVICE: Final = "aws:ecs/service:Service"
EKS_CLUSTER: Final = "aws:eks/cluster:Cluster"
JOB_DEFINITION: Final = "aws:batch/jobDefinition:JobDefinition"
REGISTRY_SCANNING: Final = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
REPOSITORY: Final = "aws:ecr/repository:Repository"
REPOSITORY_LIFECYCLE: Final = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
TASK_SET: Final = "aws:ecs/taskSet:TaskSet"
TASK_DEFINITION: Final = "aws:ecs/taskDefinition:TaskDefinition"

STACK: Final = "pulumi:pulumi:Stack"
"""The stack itself, of which is asked what concerns all of it."""
