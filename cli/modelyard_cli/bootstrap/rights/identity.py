"""Rights on roles: only on those with the environment's name, and within the boundary."""

from __future__ import annotations

from modelyard_cli.bootstrap.rights.scope import Grant, Scope

TYPES = (
    "iam.InstanceProfile",
    "iam.Policy",
    "iam.Role",
    "iam.RolePolicy",
    "iam.RolePolicyAttachment",
)

PASSED_TO = (
    "backup.amazonaws.com",
    "budgets.amazonaws.com",
    "ec2.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "events.amazonaws.com",
    "lambda.amazonaws.com",
    "s3.amazonaws.com",
    "scheduler.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
)
"""Services that the environment's roles are given to."""

LINKED = (
    "autoscaling.amazonaws.com",
    "backup.amazonaws.com",
    "batch.amazonaws.com",
    "ecs.amazonaws.com",
    "elasticfilesystem.amazonaws.com",
    "fsx.amazonaws.com",
    "replication.ecr.amazonaws.com",
    "restore-testing.backup.amazonaws.com",
    "s3.data-source.lustre.fsx.amazonaws.com",
    "spot.amazonaws.com",
)
"""Services whose own role comes with the first resource of a kind."""


def grants(scope: Scope) -> list[Grant]:
    """The grants of IAM."""
    boundary = scope.naming.policy_arn(scope.naming.workload_boundary)
    within = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    roles = scope.iam("role")
    return [
        Grant(
            "RolesWithinTheBoundary",
            TYPES,
            [
                "iam:CreateRole",
                "iam:DeleteRolePolicy",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
            ],
            roles,
            within,
        ),
        Grant(
            "AttachOwnPolicies",
            TYPES,
            ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
            roles,
            {"ArnLike": {"iam:PolicyARN": scope.iam("policy")}, **within},
        ),
        Grant(
            "OwnRolesAndPolicies",
            TYPES,
            [
                "iam:AddRoleToInstanceProfile",
                "iam:CreateInstanceProfile",
                "iam:CreatePolicy",
                "iam:CreatePolicyVersion",
                "iam:DeleteInstanceProfile",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:DeleteRole",
                "iam:RemoveRoleFromInstanceProfile",
                "iam:TagInstanceProfile",
                "iam:TagPolicy",
                "iam:TagRole",
                "iam:UntagInstanceProfile",
                "iam:UntagPolicy",
                "iam:UntagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
                "iam:UpdateRoleDescription",
            ],
            scope.iam("role", "policy", "instance-profile"),
        ),
        Grant(
            "SeeOwnRolesAndPolicies",
            TYPES,
            [
                "iam:GetInstanceProfile",
                "iam:GetPolicy",
                "iam:GetPolicyVersion",
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies",
                "iam:ListEntitiesForPolicy",
                "iam:ListInstanceProfilesForRole",
                "iam:ListInstanceProfileTags",
                "iam:ListPolicyTags",
                "iam:ListPolicyVersions",
                "iam:ListRolePolicies",
                "iam:ListRoleTags",
            ],
            scope.iam("role", "policy", "instance-profile"),
        ),
        Grant(
            "PassOwnRolesToServices",
            TYPES,
            ["iam:PassRole"],
            roles,
            {"StringEquals": {"iam:PassedToService": list(PASSED_TO)}},
        ),
        Grant(
            "RolesOfServices",
            (
                "backup.RestoreTestingPlan",
                "batch.ComputeEnvironment",
                "ecr.ReplicationConfiguration",
                "efs.FileSystem",
                "fsx.DataRepositoryAssociation",
                "fsx.LustreFileSystem",
            ),
            ["iam:CreateServiceLinkedRole"],
            [scope.naming.place.iam("role/aws-service-role/*")],
            {"StringEquals": {"iam:AWSServiceName": list(LINKED)}},
        ),
    ]
