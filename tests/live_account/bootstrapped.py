"""Taking away what `modelyard bootstrap aws` made for a run: it has no command for that, since nobody should."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from live_account.naming import RUN
from live_account.place import HOME_REGION, Place
from modelyard.planning.arns import Place as Where
from modelyard_cli.bootstrap.keys import DELETION_WINDOW_DAYS
from modelyard_cli.bootstrap.naming import Naming


def remove_bootstrap(place: Place, run: str) -> None:
    """Delete the buckets, roles, policies and keys of a run's bootstrap, as far as they are there.

    Service-linked roles and AWS Backup's opt-ins are the account's, and stay.
    """
    if RUN.fullmatch(run) is None:
        raise ValueError(f"{run} is no run of these checks")
    region, elsewhere = place.regions
    naming = Naming(run, Where(place.settings.account_id, region), elsewhere)
    for where in naming.regions:
        _if_there(lambda: _remove_bucket(place.client("s3", where), naming.state_bucket(where)))  # noqa: B023 (called at once)
    iam = place.client("iam", HOME_REGION)
    for role in (naming.deploy_role, naming.replication_role):
        _if_there(lambda: _remove_role(iam, role))  # noqa: B023 (called at once)
    for arn in list(_policies(iam, naming)):
        _if_there(lambda: _remove_policy(iam, arn))  # noqa: B023 (called at once)
    # The primary waits for its replica.
    for where in reversed(naming.regions):
        _if_there(lambda: _remove_key(place.client("kms", where), naming.key_alias))  # noqa: B023 (called at once)


def _if_there(remove: Callable[[], None]) -> None:
    try:
        remove()
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchBucket", "NoSuchEntity", "NotFoundException"):
            raise


def _remove_bucket(s3: Any, name: str) -> None:
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        for kept in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
            s3.delete_object(Bucket=name, Key=kept["Key"], VersionId=kept["VersionId"])
    s3.delete_bucket(Bucket=name)


def _remove_role(iam: Any, name: str) -> None:
    for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


def _policies(iam: Any, naming: Naming) -> Iterator[str]:
    ours = (naming.deploy_boundary, naming.workload_boundary, naming.deploy_policy(""))
    for page in iam.get_paginator("list_policies").paginate(Scope="Local"):
        yield from (policy["Arn"] for policy in page["Policies"] if policy["PolicyName"].startswith(ours))


def _remove_policy(iam: Any, arn: str) -> None:
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=arn)


def _remove_key(kms: Any, alias: str) -> None:
    key_id = kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"]
    kms.delete_alias(AliasName=alias)
    kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=DELETION_WINDOW_DAYS)
