import json

import botocore.session
import pytest

from modelyard.planning.arns import Place
from modelyard.planning.endpoints import INTERFACE_SERVICES, KEEPING_SERVICES
from modelyard.planning.policies import account, backups, buckets, roles, submitters
from modelyard.planning.policies.document import plain_trust, service_trust
from modelyard.planning.policies.endpoints import own_identities_policy
from modelyard.planning.policies.keys import AUTO_SCALING_ROLE, PURPOSES, SPOT_ROLE, key_policy

PLACE = Place("123456789012", "eu-central-1")
KEY = PLACE.arn("kms", "key/1234")
REACH = backups.Reach(PLACE.account_id, ("eu-central-1", "eu-west-1"), "modelyard:backup", "dev")
VAULTS = [
    PLACE.arn("backup", "backup-vault:dev-backup"),
    Place(PLACE.account_id, "eu-west-1").arn("backup", "backup-vault:dev-backup-copies"),
]
NAMES = roles.ClusterNames(
    place=PLACE,
    environment="dev",
    repository="dev/training",
    log_group="/modelyard/dev/jobs",
    queues=("dev-cpu", "dev-gpu"),
    job_role="dev-job",
    execution_role="dev-execution",
    node_log_group="/modelyard/dev/nodes",
    supervisor_role="dev-supervisor",
)
IDENTITY_POLICIES = {
    "instance": roles.instance_policy(NAMES),
    "execution": roles.execution_policy(NAMES),
    "job": roles.job_policy("dev-datasets", "dev-checkpoints"),
    "store keys": roles.store_keys_policy(PLACE, [KEY], [KEY]),
    "secrets": roles.secrets_policy(
        PLACE,
        [PLACE.arn("secretsmanager", "secret:dev/hub-??????"), PLACE.arn("ssm", "parameter/dev/hub")],
        [KEY],
    ),
    "submitter": submitters.submitter_policy(NAMES, "dev-checkpoints", end_bad_nodes=True),
    "viewer": submitters.viewer_policy(NAMES, "dev-checkpoints"),
    "backup of buckets": backups.backup_buckets_policy(REACH, ["dev-datasets"], tests=True),
    "backup of file systems": backups.backup_file_systems_policy(REACH),
    "backup vaults": backups.backup_vaults_policy(REACH, VAULTS),
    "backup keys": backups.backup_keys_policy(REACH, [KEY], [KEY]),
    "flow logs": roles.flow_log_policy(PLACE, "/modelyard/dev/flow-logs"),
}
RESOURCE_POLICIES = {
    **{f"key for {purpose}": key_policy(purpose, PLACE, spot=True) for purpose in PURPOSES},
    "data bucket": buckets.data_bucket_policy("dev-datasets"),
    "log bucket": buckets.log_bucket_policy("dev-logs", ["dev-datasets"], PLACE.account_id),
    "s3 endpoint": buckets.s3_endpoint_policy(PLACE, ["shared"]),
    **{
        f"{service} endpoint": own_identities_policy(PLACE, actions)
        for service, actions in KEEPING_SERVICES.items()
    },
    "trail bucket": account.trail_bucket_policy("account-trail", PLACE, "account-trail", locked=True),
}
ALL = {**IDENTITY_POLICIES, **RESOURCE_POLICIES}

# Actions that take no resource, by the Service Authorization Reference (2026-11).
WITHOUT_RESOURCE = {
    "backup:CopyFromBackupVault",
    "batch:DescribeComputeEnvironments",
    "batch:DescribeJobDefinitions",
    "batch:DescribeJobQueues",
    "batch:DescribeJobs",
    "batch:ListJobs",
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricData",
    "ec2:DescribeInstances",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeTags",
    "ec2:DescribeVpcs",
    "ecr:GetAuthorizationToken",
    "ecs:DiscoverPollEndpoint",
    "events:ListRules",
    "logs:DescribeLogGroups",
    "s3:ListAllMyBuckets",
    "tag:GetResources",
}


def statements(policy, sid=None):
    found = json.loads(policy)["Statement"]
    return found if sid is None else next(s for s in found if s["Sid"] == sid)


@pytest.mark.parametrize("policy", ALL.values(), ids=ALL.keys())
def test_no_policy_allows_every_action_on_every_resource(policy):
    for statement in statements(policy):
        if statement["Effect"] == "Allow" and "*" in statement["Resource"]:
            assert "*" not in statement["Action"]
            assert not any(action.split(":")[0] == "*" for action in statement["Action"])


@pytest.mark.parametrize("policy", IDENTITY_POLICIES.values(), ids=IDENTITY_POLICIES.keys())
def test_identities_act_on_every_resource_only_where_the_action_takes_none(policy):
    for statement in statements(policy):
        if statement["Effect"] == "Allow" and "*" in statement["Resource"]:
            assert set(statement["Action"]) <= WITHOUT_RESOURCE
        assert not any(action.endswith(":*") for action in statement["Action"])


@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_key_policy_names_a_wildcard_principal(purpose):
    for statement in statements(key_policy(purpose, PLACE, spot=True)):
        for principals in statement["Principal"].values():
            assert "*" not in ([principals] if isinstance(principals, str) else principals)


def test_services_use_a_key_for_this_account_only():
    condition = statements(key_policy("logs", PLACE), "CloudWatchLogsUses")["Condition"]
    assert condition["StringEqualsIfExists"] == {"aws:SourceAccount": PLACE.account_id}
    assert condition["ArnLike"] == {
        "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-central-1:{PLACE.account_id}:log-group:*"
    }


def test_the_volume_key_serves_auto_scaling_and_lets_it_grant_to_volumes():
    policy = key_policy("volumes", PLACE)
    principal = {"AWS": [f"arn:aws:iam::{PLACE.account_id}:{AUTO_SCALING_ROLE}"]}
    use = statements(policy, "LaunchingServicesUse")
    grant = statements(policy, "LaunchingServicesGrantToVolumes")
    assert use["Principal"] == grant["Principal"] == principal
    assert {"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"} == set(
        use["Action"]
    )
    assert grant["Action"] == ["kms:CreateGrant"]
    assert grant["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_the_volume_key_serves_spot_only_where_there_are_spot_pools():
    assert SPOT_ROLE not in key_policy("volumes", PLACE)
    assert SPOT_ROLE in key_policy("volumes", PLACE, spot=True)


@pytest.mark.parametrize("purpose", [purpose for purpose in PURPOSES if purpose != "volumes"])
def test_only_the_volume_key_can_be_granted_on(purpose):
    assert "kms:CreateGrant" not in key_policy(purpose, PLACE, spot=True)


def test_buckets_refuse_plain_http_for_the_bucket_and_its_objects():
    for policy in (RESOURCE_POLICIES["data bucket"], RESOURCE_POLICIES["log bucket"]):
        deny = statements(policy, "TlsOnly")
        assert (deny["Effect"], deny["Principal"], deny["Action"]) == ("Deny", "*", ["s3:*"])
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        bucket, objects = deny["Resource"]
        assert objects == f"{bucket}/*"


def test_an_upload_that_asks_for_any_encryption_of_its_own_is_refused():
    for sid, header in {
        "NoOtherEncryption": "s3:x-amz-server-side-encryption",
        "NoCustomerProvidedKey": "s3:x-amz-server-side-encryption-customer-algorithm",
    }.items():
        deny = statements(RESOURCE_POLICIES["data bucket"], sid)
        assert (deny["Effect"], deny["Action"]) == ("Deny", ["s3:PutObject"])
        assert deny["Condition"] == {"Null": {header: "false"}}


def test_a_role_that_restores_may_name_an_encryption_but_no_key_of_its_own():
    role = PLACE.iam("role/dev-backup")
    policy = buckets.data_bucket_policy("dev-datasets", [role])
    assert statements(policy, "NoOtherEncryption")["Condition"] == {
        "Null": {"s3:x-amz-server-side-encryption": "false"},
        "ArnNotEquals": {"aws:PrincipalArn": [role]},
    }
    assert "ArnNotEquals" not in statements(policy, "NoCustomerProvidedKey")["Condition"]


def test_log_delivery_writes_for_our_buckets_only():
    allow = statements(RESOURCE_POLICIES["log bucket"], "AccessLogDelivery")
    assert allow["Condition"]["StringEquals"] == {"aws:SourceAccount": PLACE.account_id}
    assert allow["Condition"]["ArnLike"] == {"aws:SourceArn": ["arn:aws:s3:::dev-datasets"]}


def test_whoever_belongs_to_another_account_has_no_way_out_through_an_endpoint():
    # Secrets Manager has one only where jobs are given secrets.
    assert {*INTERFACE_SERVICES, "secretsmanager"} > set(KEEPING_SERVICES)
    for service, actions in KEEPING_SERVICES.items():
        (allow,) = statements(RESOURCE_POLICIES[f"{service} endpoint"])
        assert (allow["Effect"], allow["Principal"], allow["Action"]) == ("Allow", "*", [actions])
        assert allow["Condition"] == {"StringEquals": {"aws:PrincipalAccount": PLACE.account_id}}


def test_nobody_lifts_the_lock_of_a_trails_record_where_records_are_locked():
    deny = statements(RESOURCE_POLICIES["trail bucket"], "LiftNoLock")
    assert deny == {
        "Sid": "LiftNoLock",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:BypassGovernanceRetention"],
        "Resource": ["arn:aws:s3:::account-trail/*"],
    }
    unlocked = account.trail_bucket_policy("account-trail", PLACE, "account-trail")
    assert [item["Sid"] for item in statements(unlocked)] == [
        "TlsOnly",
        "CloudTrailLooks",
        "CloudTrailWrites",
    ]


def test_a_training_program_deletes_nothing_and_writes_to_checkpoints_only():
    for statement in statements(IDENTITY_POLICIES["job"]):
        assert not any("Delete" in action for action in statement["Action"])
        if "s3:PutObject" in statement["Action"]:
            assert statement["Resource"] == ["arn:aws:s3:::dev-checkpoints/*"]


def test_a_submitter_passes_the_job_roles_only():
    passing = statements(IDENTITY_POLICIES["submitter"], "PassJobRolesOnly")
    assert passing["Resource"] == [
        PLACE.iam(f"role/dev-{name}") for name in ("job", "execution", "supervisor")
    ]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


def test_a_submitter_defines_jobs_from_our_images_and_never_privileged():
    policy = IDENTITY_POLICIES["submitter"]
    images = f"{PLACE.account_id}.dkr.ecr.eu-central-1.amazonaws.com/dev/training"
    assert statements(policy, "DefineJobsFromOurImages")["Condition"] == {
        "StringLike": {"batch:Image": [f"{images}:*", f"{images}@sha256:*"]}
    }
    privileged = statements(policy, "NeverPrivileged")
    assert (privileged["Effect"], privileged["Condition"]) == ("Deny", {"Bool": {"batch:Privileged": "true"}})


def test_a_submitter_submits_to_the_environments_queues_only():
    resources = statements(IDENTITY_POLICIES["submitter"], "Submit")["Resource"]
    assert [r for r in resources if "job-queue" in r] == [
        PLACE.arn("batch", "job-queue/dev-cpu"),
        PLACE.arn("batch", "job-queue/dev-gpu"),
    ]
    # SubmitJob demands a queue and the job that comes of it.
    assert PLACE.arn("batch", "job/*") in resources


def test_a_nodes_agent_does_all_that_ecs_documents_and_in_batchs_clusters_only():
    allowed = [s for s in statements(IDENTITY_POLICIES["instance"]) if s["Action"][0].startswith("ecs:")]
    assert {action for s in allowed for action in s["Action"]} - {"ec2:DescribeTags"} == {
        f"ecs:{action}"
        for action in (
            "DeregisterContainerInstance",
            "DiscoverPollEndpoint",
            "ListTagsForResource",
            "Poll",
            "RegisterContainerInstance",
            "StartTelemetrySession",
            "SubmitAttachmentStateChanges",
            "SubmitContainerStateChange",
            "SubmitTaskStateChange",
            "TagResource",
            "UpdateContainerInstancesState",
        )
    }
    for s in allowed:
        if s["Action"] != ["ecs:DiscoverPollEndpoint", "ec2:DescribeTags"]:
            assert all("/AWSBatch" in resource for resource in s["Resource"])
    tagging = statements(IDENTITY_POLICIES["instance"], "TagItselfWhenJoining")
    assert tagging["Condition"] == {"StringEquals": {"ecs:CreateAction": "RegisterContainerInstance"}}


# Actions that aren't called as the operation that they allow, and how those are called.
OPERATIONS = {
    "kms:ReEncrypt*": "ReEncrypt",
    "kms:GenerateDataKey*": "GenerateDataKey",
    "s3:ListBucket": "ListObjectsV2",
    "s3:ListBucketVersions": "ListObjectVersions",
    "s3:ListAllMyBuckets": "ListBuckets",
    "s3:ListMultipartUploadParts": "ListParts",
    "s3:GetInventoryConfiguration": "GetBucketInventoryConfiguration",
    "s3:PutInventoryConfiguration": "PutBucketInventoryConfiguration",
    "s3:GetBucketNotification": "GetBucketNotificationConfiguration",
    "s3:PutBucketNotification": "PutBucketNotificationConfiguration",
    "s3:GetObjectVersion": "GetObject",
    "s3:GetObjectVersionAcl": "GetObjectAcl",
    "s3:GetObjectVersionTagging": "GetObjectTagging",
    "s3:PutObjectVersionAcl": "PutObjectAcl",
}
# Of other APIs than the service's own: S3 Control, and the session between agent and cluster.
NOT_OPERATIONS = {
    "backup:CopyFromBackupVault",
    "backup:CopyIntoBackupVault",
    "ecs:Poll",
    "ecs:StartTelemetrySession",
    "elasticfilesystem:Backup",
    "elasticfilesystem:Restore",
    "iam:PassRole",
    "s3:ListTagsForResource",
}
# Services whose actions begin otherwise than their name in botocore.
SERVICES = {"elasticfilesystem": "efs", "tag": "resourcegroupstaggingapi"}


@pytest.mark.parametrize("policy", IDENTITY_POLICIES.values(), ids=IDENTITY_POLICIES.keys())
def test_every_action_is_an_operation_that_the_service_has(policy):
    session = botocore.session.Session()
    for statement in statements(policy):
        for action in set(statement["Action"]) - NOT_OPERATIONS:
            service, name = action.split(":")
            operations = session.get_service_model(SERVICES.get(service, service)).operation_names
            assert OPERATIONS.get(action, name) in operations, action


def test_services_take_a_role_on_for_this_account_only():
    trust = json.loads(service_trust("ecs-tasks.amazonaws.com", PLACE.account_id))["Statement"][0]
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": PLACE.account_id}}


def test_a_service_that_names_no_account_is_asked_for_none():
    trust = json.loads(plain_trust("backup.amazonaws.com"))["Statement"][0]
    assert trust["Principal"] == {"Service": "backup.amazonaws.com"}
    assert "Condition" not in trust
