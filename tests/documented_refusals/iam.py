"""IAM and STS: what they refuse."""

from __future__ import annotations

import json
from typing import Any

from trust import TRUST

from documented_refusals.case import (
    ALLOW_ALL,
    READ_ON,
    Acceptance,
    Account,
    Refusal,
    Request,
    repeated,
    sequence,
)

API = f"IAM API Reference, the operation's errors, {READ_ON}"
QUOTAS = f"IAM User Guide, IAM and STS quotas and character limits, {READ_ON}"
GRAMMAR = f"IAM User Guide, Grammar of the IAM JSON policy language, {READ_ON}"
COMMON = f"IAM API Reference, Common errors (ValidationError) and the parameter's length or range, {READ_ON}"
STS = f"STS API Reference, AssumeRole, {READ_ON}"


def document(**changes: Any) -> str:
    """A policy with one thing amiss."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **changes}
    kept = {name: value for name, value in statement.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [kept]})


def long_document(characters: int) -> str:
    """A policy with more characters than so many, white space left out."""
    resource = "arn:aws:s3:::datasets/prefix"
    many = [f"{resource}-{number}" for number in range(characters // len(resource) + 1)]
    return document(Resource=many)


def attached(account: Account) -> dict[str, str]:
    """A role's name and a policy that is attached to it."""
    account.role()
    both = {"RoleName": "trainer", "PolicyArn": account.policy()}
    account.client("iam").attach_role_policy(**both)
    return both


def inline(account: Account) -> Request:
    """A role with a policy of its own."""
    account.role()
    account.client("iam").put_role_policy(RoleName="trainer", PolicyName="data", PolicyDocument=ALLOW_ALL)
    return {"RoleName": "trainer"}


def profile(account: Account) -> dict[str, str]:
    """An instance profile with its role."""
    account.role()
    both = {"InstanceProfileName": "node", "RoleName": "trainer"}
    account.client("iam").create_instance_profile(InstanceProfileName="node")
    account.client("iam").add_role_to_instance_profile(**both)
    return both


def fifth_version(account: Account) -> Request:
    """A policy with the five versions that are allowed, and one more."""
    request = {"PolicyArn": account.policy(), "PolicyDocument": ALLOW_ALL}
    for _ in range(4):
        account.client("iam").create_policy_version(**request)
    return request


def tenth_policy(account: Account) -> Request:
    """A role with the ten managed policies that the quota allows, and one more."""
    account.role()
    iam = account.client("iam")
    for number in range(10):
        iam.attach_role_policy(RoleName="trainer", PolicyArn=account.policy(f"data-{number}"))
    return {"RoleName": "trainer", "PolicyArn": account.policy("data-10")}


def service_role(account: Account, service: str = "batch.amazonaws.com") -> str:
    """Name of a service's own role."""
    made = account.client("iam").create_service_linked_role(AWSServiceName=service)
    return made["Role"]["RoleName"]


def role(**changes: Any) -> Request:
    """A role to create, with one thing amiss."""
    return {"RoleName": "trainer", "AssumeRolePolicyDocument": TRUST, **changes}


def session(account: Account, **changes: Any) -> Request:
    """A session of a role, with one thing amiss."""
    return {"RoleArn": account.role(), "RoleSessionName": "run", **changes}


REFUSALS = (
    Refusal(
        "a role's name taken",
        "iam.create_role",
        "EntityAlreadyExists",
        API,
        lambda a: repeated(a, "iam.create_role", role()),
    ),
    Refusal(
        "a role's name taken in other capitals",
        "iam.create_role",
        "EntityAlreadyExists",
        f"{API}, RoleName (not distinguished by case)",
        lambda a: sequence(lambda: a.role("trainer"), role(RoleName="Trainer")),
    ),
    Refusal(
        "a role's name of 65 characters",
        "iam.create_role",
        "ValidationError",
        COMMON,
        lambda _: role(RoleName="r" * 65),
    ),
    Refusal(
        "a role's name with a space",
        "iam.create_role",
        "ValidationError",
        COMMON,
        lambda _: role(RoleName="the trainer"),
    ),
    Refusal(
        "a role's session of thirteen hours",
        "iam.create_role",
        "ValidationError",
        COMMON,
        lambda _: role(MaxSessionDuration=13 * 3600),
    ),
    Refusal(
        "a trust policy that is not JSON",
        "iam.create_role",
        "MalformedPolicyDocument",
        API,
        lambda _: role(AssumeRolePolicyDocument="{"),
    ),
    Refusal(
        "a trust policy with a resource",
        "iam.create_role",
        "MalformedPolicyDocument",
        f"{API}; IAM User Guide, Policy elements: Resource (not in a role trust policy)",
        lambda _: role(AssumeRolePolicyDocument=document(Principal={"AWS": "*"}, Action="sts:AssumeRole")),
    ),
    Refusal(
        "a role that is not there", "iam.get_role", "NoSuchEntity", API, lambda _: {"RoleName": "trainer"}
    ),
    Refusal(
        "a role with a managed policy, deleted",
        "iam.delete_role",
        "DeleteConflict",
        API,
        lambda a: {"RoleName": attached(a)["RoleName"]},
    ),
    Refusal("a role with an inline policy, deleted", "iam.delete_role", "DeleteConflict", API, inline),
    Refusal(
        "a role in an instance profile, deleted",
        "iam.delete_role",
        "DeleteConflict",
        API,
        lambda a: {"RoleName": profile(a)["RoleName"]},
    ),
    Refusal(
        "a service's own role, deleted by delete_role",
        "iam.delete_role",
        "UnmodifiableEntity",
        API,
        lambda a: {"RoleName": service_role(a)},
    ),
    Refusal(
        "a policy attached to a service's own role",
        "iam.attach_role_policy",
        "UnmodifiableEntity",
        API,
        lambda a: {"RoleName": service_role(a), "PolicyArn": a.policy()},
    ),
    Refusal(
        "an instance profile with a role, deleted",
        "iam.delete_instance_profile",
        "DeleteConflict",
        API,
        lambda a: {"InstanceProfileName": profile(a)["InstanceProfileName"]},
    ),
    Refusal(
        "an instance profile's name taken",
        "iam.create_instance_profile",
        "EntityAlreadyExists",
        API,
        lambda a: repeated(a, "iam.create_instance_profile", {"InstanceProfileName": "node"}),
    ),
    Refusal(
        "an instance profile's second role",
        "iam.add_role_to_instance_profile",
        "LimitExceeded",
        f"IAM API Reference, AddRoleToInstanceProfile (one role, a quota that can't be raised), {READ_ON}",
        lambda a: {**profile(a), "RoleName": sequence(lambda: a.role("second"), {"name": "second"})["name"]},
    ),
    Refusal(
        "a policy's name taken",
        "iam.create_policy",
        "EntityAlreadyExists",
        API,
        lambda a: repeated(a, "iam.create_policy", {"PolicyName": "data", "PolicyDocument": ALLOW_ALL}),
    ),
    Refusal(
        "a policy statement without a resource",
        "iam.create_policy",
        "MalformedPolicyDocument",
        f"{API}; {GRAMMAR}",
        lambda _: {"PolicyName": "data", "PolicyDocument": document(Resource=None)},
    ),
    Refusal(
        "a policy with an effect that is not there",
        "iam.create_policy",
        "MalformedPolicyDocument",
        f"{API}; {GRAMMAR}",
        lambda _: {"PolicyName": "data", "PolicyDocument": document(Effect="Permit")},
    ),
    Refusal(
        "a policy of more than 6,144 characters",
        "iam.create_policy",
        "LimitExceeded",
        QUOTAS,
        lambda _: {"PolicyName": "data", "PolicyDocument": long_document(6144)},
    ),
    Refusal(
        "a policy's sixth version",
        "iam.create_policy_version",
        "LimitExceeded",
        f"IAM API Reference, CreatePolicyVersion (up to five versions); {QUOTAS}",
        fifth_version,
    ),
    Refusal(
        "an attached policy, deleted",
        "iam.delete_policy",
        "DeleteConflict",
        API,
        lambda a: {"PolicyArn": attached(a)["PolicyArn"]},
    ),
    Refusal(
        "a policy that is not there, attached",
        "iam.attach_role_policy",
        "NoSuchEntity",
        API,
        lambda a: sequence(
            a.role, {"RoleName": "trainer", "PolicyArn": f"arn:aws:iam::{a.account_id}:policy/data"}
        ),
    ),
    Refusal(
        "a policy that isn't attached, detached",
        "iam.detach_role_policy",
        "NoSuchEntity",
        API,
        lambda a: sequence(a.role, {"RoleName": "trainer", "PolicyArn": a.policy()}),
    ),
    Refusal(
        "a role's eleventh managed policy", "iam.attach_role_policy", "LimitExceeded", QUOTAS, tenth_policy
    ),
    Refusal(
        "inline policies of more than 10,240 characters",
        "iam.put_role_policy",
        "LimitExceeded",
        QUOTAS,
        lambda a: sequence(
            a.role, {"RoleName": "trainer", "PolicyName": "data", "PolicyDocument": long_document(10240)}
        ),
    ),
    Refusal(
        "an inline policy that is not JSON",
        "iam.put_role_policy",
        "MalformedPolicyDocument",
        API,
        lambda a: sequence(a.role, {"RoleName": "trainer", "PolicyName": "data", "PolicyDocument": "{"}),
    ),
    Refusal(
        "an inline policy that is not there",
        "iam.get_role_policy",
        "NoSuchEntity",
        API,
        lambda a: sequence(a.role, {"RoleName": "trainer", "PolicyName": "data"}),
    ),
    Refusal(
        "a service's own role, twice",
        "iam.create_service_linked_role",
        "InvalidInput",
        f"IAM API Reference, CreateServiceLinkedRole; IAM User Guide, Create a service-linked role, {READ_ON}",
        lambda a: repeated(a, "iam.create_service_linked_role", {"AWSServiceName": "batch.amazonaws.com"}),
    ),
    Refusal(
        "a session shorter than fifteen minutes",
        "sts.assume_role",
        "ValidationError",
        f"{STS}, DurationSeconds",
        lambda a: session(a, DurationSeconds=899),
    ),
    Refusal(
        "a session longer than its role allows",
        "sts.assume_role",
        "ValidationError",
        f"{STS}, DurationSeconds",
        lambda a: session(a, DurationSeconds=2 * 3600),
    ),
    Refusal(
        "a session's name of one character",
        "sts.assume_role",
        "ValidationError",
        f"{STS}, RoleSessionName",
        lambda a: session(a, RoleSessionName="r"),
    ),
    Refusal(
        "a session policy that is not JSON",
        "sts.assume_role",
        "MalformedPolicyDocument",
        f"{STS}, errors",
        lambda a: session(a, Policy="{"),
    ),
)

ACCEPTED = (
    Acceptance("iam.create_role", lambda _: role(MaxSessionDuration=12 * 3600)),
    Acceptance("iam.create_policy", lambda _: {"PolicyName": "data", "PolicyDocument": long_document(4000)}),
    Acceptance("iam.create_policy", lambda _: {"PolicyName": "data", "PolicyDocument": document()}),
    Acceptance("sts.assume_role", session),
    Acceptance("sts.assume_role", lambda a: session(a, DurationSeconds=3600, Policy=document())),
)
