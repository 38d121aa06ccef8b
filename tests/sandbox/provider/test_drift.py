"""What somebody changes behind Pulumi's back is seen by a refresh, and mended by the next update."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from asking import Asker, set_surroundings
from sandbox.monitoring_drifts import MONITORING_DRIFTS
from sandbox.test_handlers import CASES, NEW_TAGS, World

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.provider.values import Secret
from modelyard_sandbox.sandbox import Sandbox

ACCOUNT = "333344445555"
REGION = "eu-central-1"
OPEN = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    }
)


@dataclass
class Behind:
    """Somebody else's hands on a resource."""

    cloud: Cloud
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]

    def __call__(self, service: str, operation: str, **request: Any) -> dict[str, Any]:
        return self.cloud.call(service, operation, **request)

    @property
    def account(self) -> dict[str, str]:
        """Where its budget is."""
        return {"AccountId": self.cloud.account_id, "BudgetName": self.id.partition(":")[2]}


Change = Callable[[Behind], Any]

DRIFTS: dict[str, tuple[str, Change, set[str]]] = {
    "a key's policy": (
        "key",
        lambda it: it("kms", "PutKeyPolicy", KeyId=it.id, PolicyName="default", Policy=OPEN),
        set(),  # The cloud's own choice where the program has none.
    ),
    "a key's rotation": (
        "key",
        lambda it: it("kms", "DisableKeyRotation", KeyId=it.id),
        {"enableKeyRotation", "rotationPeriodInDays"},
    ),
    "a key that is disabled": ("key", lambda it: it("kms", "DisableKey", KeyId=it.id), {"isEnabled"}),
    "a key's description": (
        "key",
        lambda it: it("kms", "UpdateKeyDescription", KeyId=it.id, Description="x"),
        {"description"},
    ),
    "an alias's key": (
        "alias",
        lambda it: it(
            "kms", "UpdateAlias", AliasName=it.id, TargetKeyId=it("kms", "CreateKey")["KeyMetadata"]["KeyId"]
        ),
        {"targetKeyId"},
    ),
    "a VPC's DNS names": (
        "vpc",
        lambda it: it("ec2", "ModifyVpcAttribute", VpcId=it.id, EnableDnsHostnames={"Value": False}),
        {"enableDnsHostnames"},
    ),
    "a VPC's DNS": (
        "vpc",
        lambda it: it("ec2", "ModifyVpcAttribute", VpcId=it.id, EnableDnsSupport={"Value": False}),
        {"enableDnsSupport"},
    ),
    "a subnet's public addresses": (
        "subnet",
        lambda it: it("ec2", "ModifySubnetAttribute", SubnetId=it.id, MapPublicIpOnLaunch={"Value": True}),
        {"mapPublicIpOnLaunch"},
    ),
    "a route's target": (
        "route",
        lambda it: it(
            "ec2",
            "ReplaceRoute",
            RouteTableId=it.inputs["routeTableId"],
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=it("ec2", "DescribeInternetGateways")["InternetGateways"][-1]["InternetGatewayId"],
        ),
        {"gatewayId", "natGatewayId"},
    ),
    "an endpoint's policy": (
        "gateway_endpoint",
        lambda it: it("ec2", "ModifyVpcEndpoint", VpcEndpointId=it.id, PolicyDocument=OPEN),
        {"policy"},
    ),
    "an endpoint's routes": (
        "gateway_endpoint",
        lambda it: it(
            "ec2", "ModifyVpcEndpoint", VpcEndpointId=it.id, RemoveRouteTableIds=it.inputs["routeTableIds"]
        ),
        {"routeTableIds"},
    ),
    "an endpoint's groups": (
        "interface_endpoint",
        lambda it: it(
            "ec2",
            "ModifyVpcEndpoint",
            VpcEndpointId=it.id,
            AddSecurityGroupIds=[_other_group(it)],
            RemoveSecurityGroupIds=it.inputs["securityGroupIds"],
        ),
        {"securityGroupIds[0]"},
    ),
    "a rule in a default group": (
        "default_group",
        lambda it: it(
            "ec2",
            "AuthorizeSecurityGroupIngress",
            GroupId=it.id,
            IpPermissions=[
                {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
            ],
        ),
        {"ingress"},
    ),
    "a rule's ports and text": (
        "ingress",
        lambda it: it(
            "ec2",
            "ModifySecurityGroupRules",
            GroupId=it.inputs["securityGroupId"],
            SecurityGroupRules=[
                {
                    "SecurityGroupRuleId": it.id,
                    "SecurityGroupRule": {
                        "IpProtocol": "tcp",
                        "FromPort": 22,
                        "ToPort": 443,
                        "CidrIpv4": "0.0.0.0/0",
                        "Description": "mine",
                    },
                }
            ],
        ),
        {"fromPort", "cidrIpv4", "description"},
    ),
    "a launch template's data": (
        "template",
        lambda it: it(
            "ec2",
            "CreateLaunchTemplateVersion",
            LaunchTemplateId=it.id,
            SourceVersion="1",
            LaunchTemplateData={"ImageId": "ami-00000000", "MetadataOptions": {"HttpTokens": "optional"}},
        ),
        {
            "imageId",
            "metadataOptions.httpEndpoint",
            "metadataOptions.httpPutResponseHopLimit",
            "metadataOptions.httpTokens",
        },
    ),
    "a role's trust": (
        "role",
        lambda it: it("iam", "UpdateAssumeRolePolicy", RoleName=it.id, PolicyDocument=_open_trust()),
        {"assumeRolePolicy"},
    ),
    "a role's session": (
        "role",
        lambda it: it("iam", "UpdateRole", RoleName=it.id, Description="d", MaxSessionDuration=7200),
        {"maxSessionDuration"},
    ),
    "a role's own policy": (
        "role_policy",
        lambda it: it(
            "iam", "PutRolePolicy", RoleName="nodes", PolicyName="read", PolicyDocument=_all_allowed()
        ),
        {"policy"},
    ),
    "a managed policy": (
        "policy",
        lambda it: it(
            "iam", "CreatePolicyVersion", PolicyArn=it.id, PolicyDocument=_all_allowed(), SetAsDefault=True
        ),
        {"policy"},
    ),
    "an instance profile's role": (
        "profile",
        lambda it: it("iam", "RemoveRoleFromInstanceProfile", InstanceProfileName=it.id, RoleName="nodes"),
        {"role"},
    ),
    "a log group's retention": (
        "log_group",
        lambda it: it("logs", "DeleteRetentionPolicy", logGroupName=it.id),
        {"retentionInDays"},
    ),
    "a log group's key": (
        "log_group",
        lambda it: it("logs", "DisassociateKmsKey", logGroupName=it.id),
        {"kmsKeyId"},
    ),
    "a bucket's versioning": (
        "versioning",
        lambda it: it(
            "s3", "PutBucketVersioning", Bucket=it.id, VersioningConfiguration={"Status": "Suspended"}
        ),
        {"versioningConfiguration.status"},
    ),
    "a bucket's encryption": (
        "encryption",
        lambda it: it(
            "s3",
            "PutBucketEncryption",
            Bucket=it.id,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
        ),
        {
            "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId",
            "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm",
            "rules[0].bucketKeyEnabled",
        },
    ),
    "a bucket's public access": (
        "public_access",
        lambda it: it(
            "s3",
            "PutPublicAccessBlock",
            Bucket=it.id,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": False,
                "RestrictPublicBuckets": False,
            },
        ),
        {"blockPublicPolicy", "restrictPublicBuckets"},
    ),
    "a bucket's ownership": (
        "ownership",
        lambda it: it(
            "s3",
            "PutBucketOwnershipControls",
            Bucket=it.id,
            OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
        ),
        {"rule.objectOwnership"},
    ),
    "a bucket's policy": (
        "log_bucket_policy",
        lambda it: it("s3", "PutBucketPolicy", Bucket=it.id, Policy=_bucket_policy(it)),
        {"policy"},
    ),
    "where a bucket's log goes": (
        "logging",
        lambda it: it(
            "s3",
            "PutBucketLogging",
            Bucket=it.id,
            BucketLoggingStatus={
                "LoggingEnabled": {"TargetBucket": it.inputs["targetBucket"], "TargetPrefix": "elsewhere/"}
            },
        ),
        {"targetPrefix"},
    ),
    "a bucket's lifecycle": (
        "lifecycle",
        lambda it: it(
            "s3",
            "PutBucketLifecycleConfiguration",
            Bucket=it.id,
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "old",
                        "Status": "Disabled",
                        "Filter": {"Prefix": ""},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 14},
                    }
                ]
            },
        ),
        {"rules[0].status", "rules[0].abortIncompleteMultipartUpload"},
    ),
    "an object's content": (
        "object",
        lambda it: it(
            "s3",
            "PutObject",
            Bucket=it.inputs["bucket"],
            Key=it.inputs["key"],
            Body=b"[]",
            ServerSideEncryption="AES256",
        ),
        {"content", "contentType", "kmsKeyId", "tags.Default", "tags.Owner"},
    ),
    "a compute environment's machines": (
        "pool",
        lambda it: it(
            "batch",
            "UpdateComputeEnvironment",
            computeEnvironment=it.id,
            state="DISABLED",
            computeResources={"maxvCpus": 512},
        ),
        {"state", "computeResources.maxVcpus"},
    ),
    "a queue's priority and state": (
        "queue",
        lambda it: it("batch", "UpdateJobQueue", jobQueue=it.id, priority=9, state="DISABLED"),
        {"priority", "state"},
    ),
    "a repository's mutability": (
        "repository",
        lambda it: it("ecr", "PutImageTagMutability", repositoryName=it.id, imageTagMutability="MUTABLE"),
        {"imageTagMutability"},
    ),
    "a repository's scanning": (
        "repository",
        lambda it: it(
            "ecr",
            "PutImageScanningConfiguration",
            repositoryName=it.id,
            imageScanningConfiguration={"scanOnPush": False},
        ),
        {"imageScanningConfiguration.scanOnPush"},
    ),
    "a backup plan's rule": (
        "plan",
        lambda it: it(
            "backup",
            "UpdateBackupPlan",
            BackupPlanId=it.id,
            BackupPlan={
                "BackupPlanName": "daily",
                "Rules": [
                    {
                        "RuleName": "daily",
                        "TargetBackupVaultName": "vault",
                        "ScheduleExpression": "cron(0 5 * * ? *)",
                        "StartWindowMinutes": 60,
                        "CompletionWindowMinutes": 180,
                        "Lifecycle": {"DeleteAfterDays": 1},
                    }
                ],
            },
        ),
        {"rules[0].lifecycle.deleteAfter", "rules[0].recoveryPointTags"},
    ),
    "a budget's limit": (
        "budget",
        lambda it: it(
            "budgets",
            "UpdateBudget",
            AccountId=it.account["AccountId"],
            NewBudget={
                "BudgetName": "month",
                "BudgetType": "COST",
                "TimeUnit": "MONTHLY",
                "BudgetLimit": {"Amount": "9000", "Unit": "USD"},
                "CostFilters": {"TagKeyValue": ["user:Owner$a"]},
            },
        ),
        {"limitAmount"},
    ),
    "who is told of a budget": (
        "budget",
        lambda it: it(
            "budgets",
            "DeleteNotification",
            **it.account,
            Notification=it("budgets", "DescribeNotificationsForBudget", **it.account)["Notifications"][0],
        ),
        {"notifications[0]"},
    ),
    **MONITORING_DRIFTS,
}


def _other_group(it: Behind) -> str:
    request = {"GroupName": "stranger", "Description": "d", "VpcId": it.inputs["vpcId"]}
    return it("ec2", "CreateSecurityGroup", **request)["GroupId"]


def _all_allowed() -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    )


def _open_trust() -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _bucket_policy(it: Behind) -> str:
    document = json.loads(it.inputs["policy"])
    return json.dumps({**document, "Statement": document["Statement"][1:]})


@pytest.fixture
def asker(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Asker:
    set_surroundings(sandbox, ACCOUNT, REGION, monkeypatch)
    return Asker()


@pytest.fixture(scope="module")
def world(sandbox: Sandbox) -> World:
    """One world for all: every test mends what it has changed."""
    return World(sandbox.cloud(REGION, ACCOUNT))


def given_of(inputs: dict[str, Any]) -> dict[str, Any]:
    """A case's inputs as the engine has them: with the provider's tags among the tags."""
    given = {name: value for name, value in inputs.items() if name != "tagsAll"}
    return given | ({"tags": inputs["tagsAll"]} if "tagsAll" in inputs else {})


@pytest.mark.parametrize("drift", DRIFTS)
def test_what_somebody_changed_is_seen_and_mended(drift: str, world: World, asker: Asker) -> None:
    name, change, expected = DRIFTS[drift]
    type_ = CASES[name].type
    id_, made, inputs = world.make(name)
    change(Behind(world.cloud, id_, inputs, made))
    given = given_of(inputs)
    answer = asker.refreshed(type_, id_, given, {"region": made.get("region", "")})
    assert answer is not None
    found, outputs = answer
    assert set(asker.diff(type_, found, given, outputs)) == expected
    changed = {path.partition(".")[0].partition("[")[0] for path in expected}
    assert {key: outputs.get(key) for key in changed & found.keys()} == {
        key: found[key] for key in changed & found.keys()
    }

    asker.update(type_, id_, found, given, outputs)
    mended = asker.refreshed(type_, id_, given, outputs)
    assert mended is not None
    assert mended[0] == given


TAGGED = sorted(name for name, case in CASES.items() if "tagsAll" in case.inputs)


@pytest.mark.parametrize("name", TAGGED)
def test_tags_that_somebody_changed_are_seen(name: str, world: World, asker: Asker) -> None:
    type_ = CASES[name].type
    id_, made, inputs = world.make(name)
    handler_update(world, name, {**inputs, **NEW_TAGS})
    given = given_of(inputs)
    answer = asker.refreshed(type_, id_, given, {"region": made.get("region", "")})
    assert answer is not None
    assert answer[0]["tags"] == NEW_TAGS["tagsAll"]
    assert answer[1]["tagsAll"] == NEW_TAGS["tagsAll"]
    asker.update(type_, id_, answer[0], given, answer[1])


def handler_update(world: World, name: str, new: dict[str, Any]) -> None:
    """Change a case by its own handler, of which Pulumi then knows nothing."""
    id_, _, inputs = world.made[name]
    handler_of(CASES[name].type).update(world.cloud, id_, inputs, new)


def test_a_policy_in_other_words_is_no_drift(world: World, asker: Asker) -> None:
    id_, _, inputs = world.make("log_bucket_policy")
    document = json.loads(inputs["policy"])
    other = {"Statement": list(reversed(document["Statement"])), "Version": document["Version"]}
    other["Statement"][0]["Resource"] = other["Statement"][0]["Resource"][0]
    world.cloud.call("s3", "PutBucketPolicy", Bucket=id_, Policy=json.dumps(other, indent=2))
    answer = asker.refreshed(CASES["log_bucket_policy"].type, id_, inputs)
    assert answer is not None
    assert answer[0] == inputs


def test_the_order_of_sets_is_no_drift(world: World, asker: Asker) -> None:
    id_, _, inputs = world.make("interface_endpoint")
    stranger = world.cloud.call(
        "ec2", "CreateSecurityGroup", GroupName="x", Description="d", VpcId=inputs["vpcId"]
    )
    request = {"VpcEndpointId": id_, "AddSecurityGroupIds": [stranger["GroupId"]]}
    world.cloud.call("ec2", "ModifyVpcEndpoint", **request)
    before, given = (
        given_of(inputs),
        given_of(inputs) | {"securityGroupIds": [stranger["GroupId"], *inputs["securityGroupIds"]]},
    )
    answer = asker.refreshed(CASES["interface_endpoint"].type, id_, given)
    assert answer is not None
    assert answer[0] == given
    asker.update(CASES["interface_endpoint"].type, id_, given, before, answer[1])


def test_secrets_stay_secret_where_they_drift(world: World, asker: Asker) -> None:
    id_, _, inputs = world.make("role")
    given = given_of(inputs) | {"description": Secret("d")}
    world.cloud.call("iam", "UpdateRole", RoleName=id_, Description="told", MaxSessionDuration=3600)
    answer = asker.refreshed(CASES["role"].type, id_, given)
    assert answer is not None
    assert answer[0]["description"] == Secret("told")
    assert answer[1]["description"] == Secret("told")
    asker.update(CASES["role"].type, id_, answer[0], given, answer[1])


def test_what_is_gone_reads_as_nothing(world: World, asker: Asker) -> None:
    id_, _, inputs = world.make("role_policy")
    world.cloud.call("iam", "DeleteRolePolicy", RoleName="nodes", PolicyName="read")
    assert asker.refreshed(CASES["role_policy"].type, id_, inputs) is None
    del world.made["role_policy"]
