import json

from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    COMPUTE_ENVIRONMENT,
    INSTANCE,
    KMS_ALIAS,
    KMS_GRANT,
    KMS_KEY,
    KMS_KEY_POLICY,
    KMS_REPLICA_KEY,
    LAUNCH_TEMPLATE,
    NODE_GROUP,
)
from modelyard_policies.graph import UNKNOWN

ACCOUNT = "arn:aws:iam::111122223333:"
SCALING = f"{ACCOUNT}role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
SPOT = f"{ACCOUNT}role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"
USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
FOR_VOLUMES = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
ALL = (
    "kms:Encrypt, kms:Decrypt, kms:ReEncryptFrom, kms:ReEncryptTo, kms:GenerateDataKey, "
    "kms:GenerateDataKeyWithoutPlaintext, kms:DescribeKey, kms:CreateGrant"
)
GRANTED = [name.removeprefix("kms:") for name in ALL.split(", ")]


def allow(principal, actions, **more):
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, "Resource": "*", **more}


ROOT = allow(f"{ACCOUNT}root", "kms:*")


def serving(*roles):
    found = list(roles)
    return [ROOT, allow(found, USE), allow(found, "kms:CreateGrant", Condition=FOR_VOLUMES)]


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def design(*statements, policy=None, kind="EC2", token=KMS_KEY, **more):
    """A key, the template whose volumes it encrypts, and the compute environment that launches by it."""
    text = document(*statements) if policy is None else policy
    return {
        "key": (token, {"policy": text}),
        "template": (
            LAUNCH_TEMPLATE,
            {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"kmsKeyId": UNKNOWN}}]},
            {"blockDeviceMappings": ["key"]},
        ),
        "pool": (
            COMPUTE_ENVIRONMENT,
            {"computeResources": {"type": kind, "launchTemplate": {"launchTemplateId": UNKNOWN}}},
            {"computeResources": ["template"]},
        ),
        **more,
    }


def by_other(token, **properties):
    graph = design(*serving(SCALING))
    graph["pool"] = (
        token,
        {"launchTemplate": {"id": UNKNOWN}, **properties},
        {"launchTemplate": ["template"]},
    )
    return graph


CASES = {
    "bad": {
        "KMS's own policy": (
            design(policy=""),
            f"key: policy: doesn't let AWSServiceRoleForAutoScaling use {ALL}",
        ),
        "the account only": (
            design(ROOT),
            f"key: policy: doesn't let AWSServiceRoleForAutoScaling use {ALL}",
        ),
        "no grants": (
            design(ROOT, allow(SCALING, USE), token=KMS_REPLICA_KEY),
            "key: policy: doesn't let AWSServiceRoleForAutoScaling use kms:CreateGrant",
        ),
        "a denial": (
            design({**allow(SCALING, "kms:*"), "Effect": "Deny"}),
            f"key: policy: doesn't let AWSServiceRoleForAutoScaling use {ALL}",
        ),
        "another role": (
            design(*serving(f"{ACCOUNT}role/MyAWSServiceRoleForAutoScaling")),
            f"key: policy: doesn't let AWSServiceRoleForAutoScaling use {ALL}",
        ),
        "spot, without its role": (
            design(*serving(SCALING), kind="SPOT"),
            f"key: policy: doesn't let AWSServiceRoleForEC2Spot use {ALL}",
        ),
        "a node group on spot": (
            by_other(NODE_GROUP, capacityType="SPOT"),
            f"key: policy: doesn't let AWSServiceRoleForEC2Spot use {ALL}",
        ),
        "a policy of its own that replaces the key's": (
            design(
                *serving(SCALING),
                policies=(KMS_KEY_POLICY, {"keyId": UNKNOWN, "policy": document(ROOT)}, {"keyId": ["key"]}),
            ),
            f"policies: policy: doesn't let AWSServiceRoleForAutoScaling use {ALL}",
        ),
    },
    "good": {
        "use and grants": (design(*serving(SCALING)),),
        "with a suffix": (design(*serving(f"{SCALING}_gpu")),),
        "spot, with its role": (design(*serving(SCALING, SPOT), kind="SPOT"),),
        "a group": (by_other(AUTO_SCALING_GROUP),),
        "everything but": (
            design({"Effect": "Allow", "Principal": {"AWS": SCALING}, "NotAction": "kms:PutKeyPolicy"}),
        ),
        "a policy of its own": (
            design(
                ROOT,
                policies=(
                    KMS_KEY_POLICY,
                    {"keyId": UNKNOWN, "policy": document(*serving(SCALING))},
                    {"keyId": ["key"]},
                ),
            ),
        ),
        "a grant": (
            design(
                ROOT,
                grant=(
                    KMS_GRANT,
                    {
                        "keyId": UNKNOWN,
                        "granteePrincipal": SCALING,
                        "operations": GRANTED,
                    },
                    {"keyId": ["key"]},
                ),
            ),
        ),
        "by an alias": (
            {
                **design(*serving(SCALING)),
                "alias": (
                    KMS_ALIAS,
                    {"targetKeyId": UNKNOWN, "name": "alias/volumes"},
                    {"targetKeyId": ["key"]},
                ),
                "template": (
                    LAUNCH_TEMPLATE,
                    {"blockDeviceMappings": [{"ebs": {"kmsKeyId": "alias/volumes"}}]},
                ),
            },
        ),
    },
    "unknown": {
        "a policy that isn't known": (
            design(policy=UNKNOWN),
            "key: policy: can't be judged: not known before the deployment",
        ),
        "a template whose key isn't known": (
            {
                "key": (KMS_KEY, {}),
                "template": (LAUNCH_TEMPLATE, {"blockDeviceMappings": [{"ebs": {"kmsKeyId": UNKNOWN}}]}),
            },
            (
                "template: blockDeviceMappings: can't be judged: may refer to this resource, which isn't known "
                "yet"
            ),
        ),
        "a grant of which it isn't known whose": (
            design(
                ROOT,
                grant=(
                    KMS_GRANT,
                    {"keyId": UNKNOWN, "granteePrincipal": UNKNOWN, "operations": GRANTED},
                    {"keyId": ["key"]},
                ),
            ),
            "grant: granteePrincipal: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a key of something else": ({"key": (KMS_KEY, {"policy": document(ROOT)})},),
        "a template that nothing launches by": (
            {name: node for name, node in design(ROOT).items() if name != "pool"},
        ),
        "an instance by itself": (
            {
                **design(ROOT),
                "pool": (INSTANCE, {"launchTemplate": {"id": UNKNOWN}}, {"launchTemplate": ["template"]}),
            },
        ),
    },
}


def test_verdict(case, check):
    check("EN13", case)
