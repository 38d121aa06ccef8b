"""Policies of EFS and replication of ECR: what they refuse."""

from __future__ import annotations

import json
from typing import Any

from documented_refusals.case import AWAY, HOME, READ_ON, Acceptance, Account, Refusal, Request
from documented_refusals.file_systems import GONE, elastic

EFS = f"EFS API Reference, {READ_ON}"
ECR = f"ECR API Reference, {READ_ON}"
INVALID = "InvalidPolicyException"
PUT = f"{EFS}, PutFileSystemPolicy, errors"


def policy(**changes: Any) -> str:
    """A policy of one statement; None takes a member out."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "elasticfilesystem:ClientMount",
        **changes,
    }
    statement = {name: value for name, value in statement.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def put(account: Account, text: str, **changes: Any) -> Request:
    """A policy for a new file system."""
    return {"FileSystemId": elastic(account), "Policy": text, **changes}


def replication(account: Account, *rules: Request) -> Request:
    """A registry's replication."""
    del account
    return {"replicationConfiguration": {"rules": list(rules)}}


def rule(account: Account, region: str = AWAY, prefix: str = "prod/") -> Request:
    """A rule for repositories whose names begin alike."""
    return {
        "destinations": [{"region": region, "registryId": account.account_id}],
        "repositoryFilters": [{"filter": prefix, "filterType": "PREFIX_MATCH"}],
    }


REFUSALS = (
    Refusal(
        "a file system's policy that is no JSON",
        "efs.put_file_system_policy",
        INVALID,
        PUT,
        lambda a: put(a, "mount"),
    ),
    Refusal(
        "a file system's policy without a principal",
        "efs.put_file_system_policy",
        INVALID,
        PUT,
        lambda a: put(a, policy(Principal=None)),
    ),
    Refusal(
        "a file system's policy about another",
        "efs.put_file_system_policy",
        INVALID,
        PUT,
        lambda a: put(
            a, policy(Resource=f"arn:aws:elasticfilesystem:{HOME}:{a.account_id}:file-system/{GONE}")
        ),
    ),
    Refusal(
        "a file system's policy that keeps out who puts it",
        "efs.put_file_system_policy",
        INVALID,
        f"{EFS}, PutFileSystemPolicy, BypassPolicyLockoutSafetyCheck",
        lambda a: put(a, policy(Effect="Deny", Action="*")),
    ),
    Refusal(
        "a policy of a file system that is not there",
        "efs.put_file_system_policy",
        "FileSystemNotFound",
        PUT,
        lambda _: {"FileSystemId": GONE, "Policy": policy()},
    ),
    Refusal(
        "a policy that a file system has not",
        "efs.describe_file_system_policy",
        "PolicyNotFound",
        f"{EFS}, DescribeFileSystemPolicy, errors",
        lambda a: {"FileSystemId": elastic(a)},
    ),
    Refusal(
        "the policy of a file system that is not there",
        "efs.describe_file_system_policy",
        "FileSystemNotFound",
        f"{EFS}, DescribeFileSystemPolicy, errors",
        lambda _: {"FileSystemId": GONE},
    ),
    Refusal(
        "the policy of a file system that is not there, deleted",
        "efs.delete_file_system_policy",
        "FileSystemNotFound",
        f"{EFS}, DeleteFileSystemPolicy, errors",
        lambda _: {"FileSystemId": GONE},
    ),
    Refusal(
        "images copied to where they are",
        "ecr.put_replication_configuration",
        "InvalidParameterException",
        f"{ECR}, PutReplicationConfiguration, errors",
        lambda a: replication(a, rule(a), rule(a, HOME)),
    ),
    Refusal(
        "images of repositories named by one letter",
        "ecr.put_replication_configuration",
        "InvalidParameterException",
        f"{ECR}, RepositoryFilter (length)",
        lambda a: replication(a, rule(a, prefix="p")),
    ),
    Refusal(
        "more rules of replication than there can be",
        "ecr.put_replication_configuration",
        "InvalidParameterException",
        f"{ECR}, ReplicationConfiguration (members)",
        lambda a: replication(a, *(rule(a, prefix=f"team-{number}/") for number in range(26))),
    ),
)

ACCEPTED = (
    Acceptance("efs.put_file_system_policy", lambda a: put(a, policy())),
    Acceptance(
        "efs.put_file_system_policy",
        lambda a: put(a, policy(Effect="Deny", Action="*"), BypassPolicyLockoutSafetyCheck=True),
    ),
    Acceptance(
        "ecr.put_replication_configuration",
        lambda a: replication(a, *(rule(a, prefix=f"team-{number}/") for number in range(25))),
    ),
)
