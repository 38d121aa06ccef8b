"""Roles, policies and keys, read back."""

from __future__ import annotations

from collections.abc import Mapping

from modelyard_sandbox.aws.observing.base import Observer, Sight
from modelyard_sandbox.handler import Inputs
from modelyard_sandbox.meaning import COMPUTED, Meaning


def role(sight: Sight) -> Inputs:
    """A role, without its policies."""
    found = sight.call("iam", "GetRole", RoleName=sight.id)["Role"]
    boundary = found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    renames = {"assumeRolePolicy": "AssumeRolePolicyDocument", "name": "RoleName"}
    return sight.inputs({**found, "PermissionsBoundary": boundary}, renames)


def role_policy(sight: Sight) -> Inputs:
    """A policy inside a role."""
    role_name, _, name = sight.id.partition(":")
    found = sight.call("iam", "GetRolePolicy", RoleName=role_name, PolicyName=name)
    return sight.inputs(found, {"name": "PolicyName", "policy": "PolicyDocument", "role": "RoleName"})


def policy(sight: Sight) -> Inputs:
    """A managed policy, with the document of its default version."""
    found = sight.call("iam", "GetPolicy", PolicyArn=sight.id)["Policy"]
    version = sight.call("iam", "GetPolicyVersion", PolicyArn=sight.id, VersionId=found["DefaultVersionId"])[
        "PolicyVersion"
    ]
    return sight.inputs({**found, "Policy": version["Document"]}, {"name": "PolicyName"})


def attachment(sight: Sight) -> Inputs:
    """A managed policy of a role: its id says all."""
    return {name: sight.given[name] for name in ("policyArn", "role")}


def instance_profile(sight: Sight) -> Inputs:
    """An instance profile, with its role."""
    found = sight.call("iam", "GetInstanceProfile", InstanceProfileName=sight.id)["InstanceProfile"]
    roles = [item["RoleName"] for item in found["Roles"]]
    return sight.inputs({**found, "Role": roles[0] if roles else None}, {"name": "InstanceProfileName"})


def key(sight: Sight) -> Inputs:
    """A key with its policy, its rotation and its tags."""
    found = sight.call("kms", "DescribeKey", KeyId=sight.id)["KeyMetadata"]
    document = sight.call("kms", "GetKeyPolicy", KeyId=sight.id, PolicyName="default")["Policy"]
    # Asymmetric keys don't rotate.
    rotation = sight.call_if("kms", "GetKeyRotationStatus", "UnsupportedOperation", KeyId=sight.id)
    rotates = rotation.get("KeyRotationEnabled", False)
    answer = {
        **found,
        "Policy": document,
        "IsEnabled": found["Enabled"],
        "EnableKeyRotation": rotates,
        "RotationPeriodInDays": rotation.get("RotationPeriodInDays") if rotates else None,
    }
    return sight.inputs(answer) | sight.tags("kms", "ListResourceTags", "Tags", KeyId=sight.id)


def alias(sight: Sight) -> Inputs:
    """A key's alias."""
    return {"name": sight.id, "targetKeyId": str(sight.outputs["targetKeyArn"]).rpartition("/")[2]}


OBSERVERS: Mapping[str, Observer] = {
    "aws:iam/instanceProfile:InstanceProfile": instance_profile,
    "aws:iam/policy:Policy": policy,
    "aws:iam/role:Role": role,
    "aws:iam/rolePolicy:RolePolicy": role_policy,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": attachment,
    "aws:kms/alias:Alias": alias,
    "aws:kms/key:Key": key,
}

MEANINGS: Mapping[str, Meaning] = {
    "aws:iam/instanceProfile:InstanceProfile": Meaning(
        {"name": COMPUTED, "path": "/"}, unseen=frozenset({"namePrefix"})
    ),
    "aws:iam/policy:Policy": Meaning({"name": COMPUTED, "path": "/"}, unseen=frozenset({"namePrefix"})),
    "aws:iam/role:Role": Meaning(
        {"maxSessionDuration": 3600, "name": COMPUTED, "path": "/"},
        unseen=frozenset({"forceDetachPolicies", "namePrefix"}),
    ),
    "aws:iam/rolePolicy:RolePolicy": Meaning({"name": COMPUTED}, unseen=frozenset({"namePrefix"})),
    "aws:kms/alias:Alias": Meaning({"name": COMPUTED}, unseen=frozenset({"namePrefix"})),
    "aws:kms/key:Key": Meaning(
        {
            "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "isEnabled": True,
            "keyUsage": "ENCRYPT_DECRYPT",
            "policy": COMPUTED,
            "rotationPeriodInDays": COMPUTED,
        },
        unseen=frozenset({"bypassPolicyLockoutSafetyCheck", "deletionWindowInDays"}),
    ),
}
"""What pulumi-aws computes or fills in where a program is silent (its registry pages, 2026-11)."""
