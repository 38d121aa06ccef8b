"""Cases of file systems' policies, grants and copies of images, for the tests that go through every type."""

from __future__ import annotations

import json
from typing import Any

RECOVERY_REGION = "eu-west-1"


def mounting(action: str) -> str:
    """A file system's policy that allows an action."""
    principal = {"AWS": "*"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": f"elasticfilesystem:{action}"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def copied(*prefixes: str) -> dict[str, Any]:
    """A registry's replication of repositories."""
    return {
        "rules": [
            {
                "destinations": [{"region": RECOVERY_REGION, "registryId": "777788889999"}],
                "repositoryFilters": [{"filter": prefix, "filterType": "PREFIX_MATCH"}],
            }
            for prefix in prefixes
        ]
    }


TWO_REGION_CASES: dict[str, dict[str, Any]] = {
    "files_policy": {
        "type": "aws:efs/fileSystemPolicy:FileSystemPolicy",
        "inputs": {"fileSystemId": "{efs}", "policy": mounting("ClientMount")},
        "update": {"policy": mounting("ClientWrite")},
        "needs": ("efs",),
        "outputs": ("fileSystemId",),
    },
    "grant": {
        "type": "aws:kms/grant:Grant",
        "inputs": {
            "name": "reads",
            "keyId": "{key}",
            "granteePrincipal": "{role.arn}",
            "operations": ["Decrypt", "DescribeKey"],
            "constraints": [{"encryptionContextSubset": {"aws:s3:arn": "arn:aws:s3:::data"}}],
        },
        "needs": ("key", "role"),
        "outputs": ("grantId",),
    },
    "image_copies": {
        "type": "aws:ecr/replicationConfiguration:ReplicationConfiguration",
        "inputs": {"replicationConfiguration": copied("prod/", "staging/")},
        "update": {"replicationConfiguration": copied("prod/")},
        "outputs": ("registryId",),
    },
}
