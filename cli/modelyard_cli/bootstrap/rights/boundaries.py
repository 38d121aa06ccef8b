"""The bounds of the deploy role, and of the roles that it makes.

A boundary gives nothing: a role may do what its policies and its boundary both allow (IAM User Guide,
"Permissions boundaries for IAM entities", 2026-11). So the services here are whole; the policies aren't.
"""

from __future__ import annotations

from modelyard.planning.policies.document import Statement, document, statement
from modelyard_cli.bootstrap.naming import Naming
from modelyard_cli.bootstrap.rights import identity
from modelyard_cli.bootstrap.rights.scope import Scope

DEPLOYED = (
    "backup",
    "backup-storage",
    "batch",
    "budgets",
    "cloudwatch",
    "ec2",
    "ecr",
    "elasticfilesystem",
    "events",
    "fsx",
    "kms",
    "lambda",
    "logs",
    "s3",
    "scheduler",
    "servicequotas",
    "sns",
    "ssm",
)
"""Services that an environment is made of; of IAM only what the deploy role's own policy says."""

WORKING = (
    "backup",
    "batch",
    "budgets",
    "cloudwatch",
    "ec2messages",
    "ecr",
    "ecs",
    "elasticfilesystem",
    "events",
    "fsx",
    "kms",
    "lambda",
    "logs",
    "s3",
    "scheduler",
    "sns",
    "ssm",
    "ssmmessages",
    "tag",
)
"""Services that nodes, jobs and services' roles work with; of EC2 only what WORKING_EC2 says."""

WORKING_EC2 = ("ec2:Describe*", "ec2:CreateTags", "ec2:CreateSnapshot", "ec2:CreateNetworkInterface*")

WORKING_SECRETS = ("secretsmanager:GetSecretValue",)
"""Jobs are given secrets, and make, change and delete none."""

OWN_RIGHTS = (
    "iam:AttachRolePolicy",
    "iam:CreatePolicy*",
    "iam:DeletePolicy*",
    "iam:DeleteRole*",
    "iam:DetachRolePolicy",
    "iam:PutRole*",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole*",
)
"""What changes a role, a policy or a boundary."""

WATCHING = (
    "access-analyzer:Delete*",
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "config:Delete*",
    "config:StopConfigurationRecorder",
    "guardduty:Delete*",
    "guardduty:Disassociate*",
    "guardduty:UpdateDetector",
    "inspector2:Disable*",
    "securityhub:Delete*",
    "securityhub:Disable*",
)
"""What would stop the account from being watched."""

LEAVING = (
    "account:CloseAccount",
    "account:DisableRegion",
    "organizations:DeregisterDelegatedAdministrator",
    "organizations:LeaveOrganization",
)

BOUGHT = (
    "ec2:CreateCapacityReservation",
    "ec2:ModifyCapacityReservation",
    "ec2:PurchaseCapacityBlock*",
    "ec2:PurchaseHostReservation",
    "ec2:PurchaseReservedInstancesOffering",
    "savingsplans:CreateSavingsPlan",
)
"""What bills whether it is used or not: capacity is bought by people, never by an `up`."""

STATE_SETTINGS = (
    "s3:BypassGovernanceRetention",
    "s3:DeleteBucket*",
    "s3:DeleteObjectVersion*",
    "s3:PutBucket*",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
)

KEY_ENDING = (
    "kms:CreateGrant",
    "kms:DeleteAlias",
    "kms:DisableKey*",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdatePrimaryRegion",
)
"""What would take the state's key away, or make it another's."""

BACKUPS = ("backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle")
"""What would end a backup before its time: that is for its plan, and for people."""


def deploy_boundary(naming: Naming) -> str:
    """The most that the deploy role may do, whatever policies it gets."""
    boundary = naming.policy_arn(naming.workload_boundary)
    return document(
        [
            statement("ServicesOfAnEnvironment", [f"{service}:*" for service in DEPLOYED]),
            statement("RolesOfAnEnvironment", _iam_actions(naming), _of_environment(naming)),
            statement(
                "RolesOfServices",
                ["iam:CreateServiceLinkedRole"],
                [naming.place.iam("role/aws-service-role/*")],
            ),
            statement("NotItsOwnRights", OWN_RIGHTS, _own(naming), effect="Deny"),
            statement(
                "NoRoleOutsideTheBoundary",
                ["iam:CreateRole", "iam:PutRolePermissionsBoundary"],
                effect="Deny",
                conditions={"StringNotEquals": {"iam:PermissionsBoundary": boundary}},
            ),
            statement("NoBoundaryTakenAway", ["iam:DeleteRolePermissionsBoundary"], effect="Deny"),
            statement("NothingUnwatched", WATCHING, effect="Deny"),
            statement("NotLeaving", LEAVING, effect="Deny"),
            statement("NothingBought", BOUGHT, effect="Deny"),
            statement("BackupsStay", BACKUPS, effect="Deny"),
            *_state_stays(naming),
        ]
    )


def workload_boundary(naming: Naming) -> str:
    """The most that nodes, jobs and services' roles of an environment may do: nothing of IAM but passing the
    environment's roles on, and nothing of the state.
    """
    state = [f"arn:aws:s3:::{naming.state_bucket(region)}" for region in naming.regions]
    return document(
        [
            statement("ServicesOfAWorkload", [f"{service}:*" for service in WORKING]),
            statement("OfEc2AndSecrets", [*WORKING_EC2, *WORKING_SECRETS]),
            # Where an environment lets those who submit jobs end a bad node.
            statement("EndOwnNodes", ["ec2:TerminateInstances"], conditions=Scope(naming).tagged),
            statement("PassOwnRoles", ["iam:PassRole"], [naming.place.iam(f"role/{naming.environment}-*")]),
            statement("NoState", ["s3:*"], [*state, *(f"{arn}/*" for arn in state)], effect="Deny"),
            statement(
                "NoStateKey",
                ["kms:*"],
                effect="Deny",
                conditions={"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/modelyard-*"}},
            ),
            statement("BackupsStay", BACKUPS, effect="Deny"),
        ]
    )


def _state_stays(naming: Naming) -> list[Statement]:
    states = "arn:aws:s3:::modelyard-state-*"
    return [
        statement("StateStays", STATE_SETTINGS, [states, f"{states}/*"], effect="Deny"),
        statement(
            "StateKeyStays",
            KEY_ENDING,
            effect="Deny",
            conditions={"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/modelyard-*"}},
        ),
        statement(
            "StateAliasStays",
            ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
            [f"arn:aws:kms:*:{naming.place.account_id}:alias/modelyard-*"],
            effect="Deny",
        ),
    ]


def _iam_actions(naming: Naming) -> list[str]:
    actions = {action for grant in identity.grants(Scope(naming)) for action in grant.actions}
    return sorted(actions - {"iam:CreateServiceLinkedRole"})


def _of_environment(naming: Naming) -> list[str]:
    return [
        naming.place.iam(f"{kind}/{naming.environment}-*") for kind in ("role", "policy", "instance-profile")
    ]


def _own(naming: Naming) -> list[str]:
    """Roles and policies of bootstrap, for all environments: even one that is called modelyard."""
    return [naming.place.iam(f"{kind}/modelyard-*") for kind in ("role", "policy")]
