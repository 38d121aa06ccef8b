"""Mutants of roles, policies and users on AWS."""

from mutating import Mutant, add, drop, mutant, put

from modelyard_policies.aws.types import (
    IAM_ACCESS_KEY,
    IAM_POLICY_ATTACHMENT,
    IAM_SERVICE_CREDENTIAL,
    IAM_USER,
    IAM_USER_LOGIN,
    ROLE,
    ROLE_POLICY_ATTACHMENT,
    ROLE_POLICY_ATTACHMENTS,
    USER_POLICY,
    USER_POLICY_ATTACHMENT,
    USER_POLICY_ATTACHMENTS,
)

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
READER = "arn:aws:iam::aws:policy/ReadOnlyAccess"
VAULTS = "RolePolicy prod-backup-vaults"
SUBMITTER = "Policy prod-cluster-roles-submitter"
NODE = "Role prod-cluster-roles-node"
GITHUB = "token.actions.githubusercontent.com"
TAGS = {"environment": "prod", "owner": "ml", "cost-center": "cc-1", "data-classification": "restricted"}
BOUNDARY = "arn:aws:iam::345678901234:policy/modelyard-boundary-prod"

GIVEN = (
    add(ROLE_POLICY_ATTACHMENT, "reader", {"role": "reader", "policyArn": READER}),
    add(ROLE_POLICY_ATTACHMENTS, "reader", {"roleName": "reader", "policyArns": [READER]}),
    add(
        ROLE,
        "pipeline",
        {
            "tags": TAGS,
            "permissionsBoundary": BOUNDARY,
            "managedPolicyArns": [READER],
            "inlinePolicies": [
                {
                    "name": "read",
                    "policy": {
                        "Statement": {
                            "Effect": "Allow",
                            "Action": ["s3:GetObject", "kms:Decrypt"],
                            "Resource": "arn:aws:s3:::acme/*",
                        }
                    },
                }
            ],
            "assumeRolePolicy": {
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRoleWithWebIdentity",
                        "Principal": {"Federated": f"arn:aws:iam::345678901234:oidc-provider/{GITHUB}"},
                        "Condition": {
                            "StringEquals": {
                                f"{GITHUB}:aud": "sts.amazonaws.com",
                                f"{GITHUB}:sub": "repo:acme/training:ref:refs/heads/main",
                            }
                        },
                    }
                ]
            },
        },
    ),
    # A key that is turned off lets nobody in.
    add(IAM_ACCESS_KEY, "old", {"user": "robot", "status": "Inactive"}),
)


def allows(action: object, resource: object = "*", **more: object) -> dict[str, object]:
    """A statement."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def ways_over(action: str) -> Mutant:
    """A mutant by which others are taken over."""
    return mutant(
        action,
        put(VAULTS, "policy.Statement[0]", allows(action)),
        fails=f"{VAULTS}: policy.Statement[0].Action",
    )


MUTANTS: dict[str, list[Mutant]] = {
    "EN4": [
        mutant(
            "every key",
            put(VAULTS, "policy.Statement[0]", allows("kms:Decrypt")),
            fails=f"{VAULTS}: policy.Statement[0].Resource",
        ),
        mutant(
            "every key of the account, in a role's own policy",
            put(
                "Role pipeline",
                "inlinePolicies[0].policy.Statement",
                allows("kms:ReEncrypt*", "arn:aws:kms:*:345678901234:key/*"),
            ),
            fails="Role pipeline: inlinePolicies[0].policy.Statement.Resource",
            given=GIVEN,
        ),
        mutant(
            "whatever isn't named",
            put(
                VAULTS,
                "policy.Statement[0]",
                {"Effect": "Allow", "Action": "kms:Decrypt", "NotResource": "arn:aws:kms:*:*:key/a"},
            ),
            fails=f"{VAULTS}: policy.Statement[0].Resource",
        ),
    ],
    "IA1": [
        mutant(
            "everything",
            put(VAULTS, "policy.Statement[0]", allows("*")),
            fails=f"{VAULTS}: policy.Statement[0].Action",
        ),
        mutant(
            "all of IAM",
            put(SUBMITTER, "policy.Statement[0]", allows(["iam:*"])),
            fails=f"{SUBMITTER}: policy.Statement[0].Action",
        ),
        mutant(
            "all of a service",
            put(SUBMITTER, "policy.Statement[0]", allows("s3:*")),
            fails=f"{SUBMITTER}: policy.Statement[0].Action",
        ),
        mutant(
            "everything but one",
            put(VAULTS, "policy.Statement[0]", {"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"}),
            fails=f"{VAULTS}: policy.Statement[0].NotAction",
        ),
    ],
    "IA2": [
        mutant("attached", put("RolePolicyAttachment reader", "policyArn", ADMINISTRATOR), given=GIVEN),
        mutant(
            "attached among others",
            put("RolePolicyAttachmentsExclusive reader", "policyArns", [READER, ADMINISTRATOR]),
            given=GIVEN,
        ),
        mutant(
            "by the role itself",
            put("Role pipeline", "managedPolicyArns", ["arn:aws:iam::aws:policy/IAMFullAccess"]),
            given=GIVEN,
        ),
    ],
    "IA3": [
        *map(
            ways_over,
            (
                "iam:PassRole",
                "sts:AssumeRole",
                "iam:PutRolePolicy",
                "iam:CreateAccessKey",
                "iam:AddUserToGroup",
                "iam:CreatePolicyVersion",
                "lambda:UpdateFunctionCode",
                "ssm:SendCommand",
            ),
        ),
        mutant(
            "every role of the account",
            put(
                SUBMITTER,
                "policy.Statement[0]",
                allows("iam:PassRole", "arn:aws:iam::345678901234:role/*"),
            ),
            fails=f"{SUBMITTER}: policy.Statement[0].Action",
        ),
    ],
    "IA4": [
        mutant(
            "everyone",
            put(NODE, "assumeRolePolicy.Statement[0].Principal", "*"),
        ),
        mutant(
            "another account",
            put(NODE, "assumeRolePolicy.Statement[0].Principal", {"AWS": "arn:aws:iam::999988887777:root"}),
        ),
        mutant(
            "every branch of every repository",
            put(
                "Role pipeline",
                "assumeRolePolicy.Statement[0].Condition",
                {
                    "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
                    "StringLike": {f"{GITHUB}:sub": "repo:acme/*"},
                },
            ),
            given=GIVEN,
        ),
        mutant(
            "every token",
            drop("Role pipeline", "assumeRolePolicy.Statement[0].Condition"),
            # For its repository, and for whom it was made.
            fails=["Role pipeline: assumeRolePolicy.Statement[0].Condition"] * 2,
            given=GIVEN,
        ),
    ],
    "IA5": [
        mutant(
            "a user",
            add(IAM_USER, "robot", {"name": "robot", "tags": TAGS, "permissionsBoundary": BOUNDARY}),
            fails="User robot",
        ),
        mutant("a key", put("AccessKey old", "status", "Active"), fails="AccessKey old", given=GIVEN),
        mutant("a password", add(IAM_USER_LOGIN, "a", {"user": "ada"}), fails="UserLoginProfile a"),
        mutant(
            "a credential of CodeCommit's",
            add(IAM_SERVICE_CREDENTIAL, "a", {"userName": "ada"}),
            fails="ServiceSpecificCredential a",
        ),
        mutant(
            "a policy for one",
            add(
                USER_POLICY,
                "a",
                {"user": "ada", "policy": {"Statement": [allows("s3:GetObject", "arn:aws:s3:::acme/*")]}},
            ),
            fails="UserPolicy a",
        ),
        mutant(
            "a policy of AWS's for one",
            add(USER_POLICY_ATTACHMENT, "a", {"user": "ada", "policyArn": READER}),
            fails="UserPolicyAttachment a",
        ),
        mutant(
            "policies for one",
            add(USER_POLICY_ATTACHMENTS, "a", {"userName": "ada", "policyArns": [READER]}),
            fails="UserPolicyAttachmentsExclusive a",
        ),
        mutant(
            "a policy for many",
            add(IAM_POLICY_ATTACHMENT, "a", {"users": ["ada"], "policyArn": READER}),
            fails="PolicyAttachment a: users",
        ),
    ],
    "IA6": [
        mutant("none", drop(NODE, "permissionsBoundary")),
        mutant("empty", put(NODE, "permissionsBoundary", "")),
    ],
}
