"""The commands of a retirement, for a POSIX shell."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

EMPTY = (
    "import boto3, sys; "
    "left = [e for a in boto3.resource('s3', region_name=sys.argv[2]).Bucket(sys.argv[1])"
    ".object_versions.delete() for e in a.get('Errors', [])]; "
    "sys.exit(f'{len(left)} versions stay: {left[0]}' if left else 0)"
)
"""Deletes every version of every object, a thousand a call, and says what stays: the AWS CLI has no command
for it."""

EMPTY_REPOSITORY = (
    "import boto3, sys; ecr = boto3.client('ecr', region_name=sys.argv[2]); "
    "ids = [i for p in ecr.get_paginator('list_images').paginate(repositoryName=sys.argv[1])"
    " for i in p['imageIds']]; "
    "left = [f for n in range(0, len(ids), 100)"
    " for f in ecr.batch_delete_image(repositoryName=sys.argv[1], imageIds=ids[n:n + 100])['failures']]; "
    "sys.exit(f'{len(left)} images stay, run it again: {left[0]}' if left else 0)"
)
"""Deletes every image, a hundred a call (Amazon ECR API Reference, BatchDeleteImage: 100 at most, 2026-11).
An image of another's list stays until the list is gone: that takes a second run."""


def close_queue(name: str, region: str) -> str:
    """Let a queue take no jobs any more."""
    return f"aws batch update-job-queue --job-queue {_q(name)} --region {_q(region)} --state DISABLED"


def open_vault(name: str, region: str, *, lock: bool) -> tuple[str, ...]:
    """Take a vault's lock and its access policy away, which let nobody delete a backup."""
    vault = f"--backup-vault-name {_q(name)} --region {_q(region)}"
    unlock = (f"aws backup delete-backup-vault-lock-configuration {vault}",) if lock else ()
    return (*unlock, f"aws backup delete-backup-vault-access-policy {vault}")


def empty_vault(name: str, region: str) -> str:
    """Delete every backup in a vault."""
    vault = f"--backup-vault-name {_q(name)} --region {_q(region)}"
    return (
        f"for point in $(aws backup list-recovery-points-by-backup-vault {vault} "
        "--query 'RecoveryPoints[].RecoveryPointArn' --output text); do "
        f'[ "$point" = None ] || aws backup delete-recovery-point {vault} --recovery-point-arn "$point"; done'
    )


def empty_bucket(name: str, region: str) -> str:
    """Delete every version of every object in a bucket."""
    return f"python3 -c {_q(EMPTY)} {_q(name)} {_q(region)}"


def empty_repository(name: str, region: str) -> str:
    """Delete every image of a repository."""
    return f"python3 -c {_q(EMPTY_REPOSITORY)} {_q(name)} {_q(region)}"


def unprotect(urn: str, stack: str) -> str:
    """Let the engine delete a resource."""
    return f"pulumi state unprotect {_q(urn)} --stack {_q(stack)} --yes"


def destroy(stack: str, excluded: Iterable[str] = ()) -> str:
    """Delete what the stack has, but for some."""
    left = "".join(f" --exclude {_q(urn)}" for urn in excluded)
    return f"pulumi destroy --stack {_q(stack)} --yes{left}"


def remove_stack(stack: str) -> str:
    """Forget the stack."""
    return f"pulumi stack rm {_q(stack)} --preserve-config --yes"


def _q(text: str) -> str:
    return shlex.quote(text)
