"""Who may mount an EFS file system, and how."""

from __future__ import annotations

from collections.abc import Sequence

from modelyard.planning.arns import Place
from modelyard.planning.policies.document import document, statement

CLIENT_ACTIONS = ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")
"""Mounting and writing, but not as root."""

FSX_S3_ROLE = "role/aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_"
"""Start of the role by which a Lustre file system reaches its bucket; its id follows (FSx for Lustre User
Guide, "Using service-linked roles", 2026-11)."""


def elastic_file_system_policy(
    place: Place, file_system_arn: str, client_role_arns: Sequence[str] = ()
) -> str:
    """Policy of a file system: mounted by TLS only, through a mount target, by who signs its requests.

    With no roles named, the account's IAM policies decide who may (see elastic_file_system_client_policy).
    With a policy of its own a file system lets nobody in who doesn't sign (Amazon EFS User Guide, "Using IAM
    to control access to file systems", 2026-11).
    """
    return document(
        [
            statement(
                "ClientsWithIam",
                CLIENT_ACTIONS,
                [file_system_arn],
                principal={"AWS": list(client_role_arns) or place.iam("root")},
                conditions={"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
            ),
            statement(
                "TlsOnly",
                ["*"],
                [file_system_arn],
                effect="Deny",
                principal={"AWS": "*"},
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            ),
        ]
    )


def elastic_file_system_client_policy(place: Place, environment: str) -> str:
    """What a role needs to mount and write an environment's file systems, which it knows by their tag."""
    return document(
        [
            statement(
                "MountFileSystems",
                CLIENT_ACTIONS,
                [place.arn("elasticfilesystem", "file-system/*")],
                conditions={"StringEquals": {"aws:ResourceTag/environment": environment}},
            )
        ]
    )
