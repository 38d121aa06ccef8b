"""Buckets for Pulumi's state: versioned, under the state's key, closed to the public, TLS only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from modelyard.errors import SurroundingsError
from modelyard.planning.policies.buckets import data_bucket_policy
from modelyard_cli.account.failures import error_code
from modelyard_cli.account.session import HOME_REGION, CheckedSession
from modelyard_cli.bootstrap.naming import Naming
from modelyard_cli.bootstrap.parts import MISSING, Difference
from modelyard_cli.bootstrap.reading import absent, canonical, same_policy

HISTORY_DAYS = 180
"""Days that earlier versions of the state are kept; Pulumi's own history lies beside the state for good."""

ABORT_DAYS = 7
"""Days after which uploads that were never completed go."""

LIFECYCLE: list[dict[str, Any]] = [
    {
        "ID": "earlier-versions",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": HISTORY_DAYS},
        "Expiration": {"ExpiredObjectDeleteMarker": True},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": ABORT_DAYS},
    }
]

PUBLIC_ACCESS = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a bucket."""

    what: str
    read: Callable[[], Any]
    """The setting as it is; None where there is none."""
    wanted: Any
    shown: str
    """What is wanted, for people."""
    write: Callable[[], Any]
    same: Callable[[Any, Any], bool] = lambda now, wanted: canonical(now) == canonical(wanted)

    def difference(self) -> Iterator[Difference]:
        """What differs, if anything does."""
        now = self.read()
        if now is None or not self.same(now, self.wanted):
            yield Difference(self.what, _shown(now), self.shown, self.write)


class StateBucket:
    """A bucket for the state, in one region.

    `key_arn` answers the key's ARN in that region once the key is there.
    """

    def __init__(
        self, session: CheckedSession, naming: Naming, region: str, key_arn: Callable[[], str | None]
    ) -> None:
        self._naming, self._key_arn = naming, key_arn
        self.name = naming.state_bucket(region)
        self.region = region
        self.subject = f"bucket {self.name}"
        self.why = (
            "holds Pulumi's state (s3://)"
            if region == naming.place.region
            else "holds a copy of the state, for when the primary region is lost"
        )
        self._s3 = session.client("s3", region)

    def differences(self) -> list[Difference]:
        """What isn't as it should be."""
        if not self._exists():
            wanted = "versioned, encrypted with the state's key, no public access, TLS only"
            return [Difference("bucket", MISSING, wanted, self._create)]
        return [found for setting in self._settings() for found in setting.difference()]

    def _exists(self) -> bool:
        from botocore.exceptions import ClientError

        try:
            self._s3.head_bucket(Bucket=self.name)
        except ClientError as error:
            if error_code(error) in ("404", "NoSuchBucket"):
                return False
            if error_code(error) == "403":
                raise SurroundingsError(
                    f"the bucket {self.name} is there, and this identity may not see it",
                    f"let it do s3:ListBucket there; if the bucket isn't account "
                    f"{self._naming.place.account_id}'s, somebody took its name",
                ) from error
            raise
        return True

    def _create(self) -> None:
        where = {} if self.region == HOME_REGION else {"LocationConstraint": self.region}
        configuration = {"CreateBucketConfiguration": where} if where else {}
        self._s3.create_bucket(Bucket=self.name, ObjectOwnership="BucketOwnerEnforced", **configuration)
        self._s3.get_waiter("bucket_exists").wait(Bucket=self.name)
        for setting in self._settings():
            setting.write()

    def _settings(self) -> list[Setting]:
        s3, bucket = self._s3, {"Bucket": self.name}
        encryption, policy = self._encryption(), data_bucket_policy(self.name)
        tags = [{"Key": key, "Value": value} for key, value in self._naming.tags.items()]
        return [
            Setting(
                "public access block",
                lambda: _part(s3.get_public_access_block, bucket, "PublicAccessBlockConfiguration"),
                PUBLIC_ACCESS,
                "all four on",
                partial(s3.put_public_access_block, **bucket, PublicAccessBlockConfiguration=PUBLIC_ACCESS),
            ),
            Setting(
                "ownership",
                lambda: _ownership(s3, bucket),
                "BucketOwnerEnforced",
                "BucketOwnerEnforced",
                partial(
                    s3.put_bucket_ownership_controls,
                    **bucket,
                    OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
                ),
            ),
            Setting(
                "versioning",
                lambda: s3.get_bucket_versioning(**bucket).get("Status", "off"),
                "Enabled",
                "Enabled",
                partial(s3.put_bucket_versioning, **bucket, VersioningConfiguration={"Status": "Enabled"}),
            ),
            Setting(
                "encryption",
                lambda: _encryption_rule(s3, bucket),
                encryption,
                f"aws:kms with {self._naming.key_alias}, bucket key on",
                lambda: s3.put_bucket_encryption(
                    **bucket,
                    ServerSideEncryptionConfiguration={
                        "Rules": [
                            {
                                "ApplyServerSideEncryptionByDefault": self._encryption()["default"],
                                "BucketKeyEnabled": True,
                            }
                        ]
                    },
                ),
            ),
            Setting(
                "policy",
                lambda: _part(s3.get_bucket_policy, bucket, "Policy"),
                policy,
                "TLS only, no encryption but the bucket's own",
                partial(s3.put_bucket_policy, **bucket, Policy=policy),
                same_policy,
            ),
            Setting(
                "lifecycle",
                lambda: _part(s3.get_bucket_lifecycle_configuration, bucket, "Rules"),
                LIFECYCLE,
                f"earlier versions go after {HISTORY_DAYS} days, unfinished uploads after {ABORT_DAYS}",
                partial(
                    s3.put_bucket_lifecycle_configuration,
                    **bucket,
                    LifecycleConfiguration={"Rules": LIFECYCLE},
                ),
            ),
            Setting(
                "tags",
                lambda: _part(s3.get_bucket_tagging, bucket, "TagSet"),
                tags,
                ", ".join(f"{key}={value}" for key, value in self._naming.tags.items()),
                partial(self._tag, tags),
                _has_tags,
            ),
        ]

    def _encryption(self) -> dict[str, Any]:
        arn = self._key_arn() or self._naming.key_alias
        return {"default": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}, "bucket_key": True}

    def _tag(self, tags: list[dict[str, str]]) -> None:
        """Add tags to those that others have put."""
        ours = {tag["Key"] for tag in tags}
        there = _part(self._s3.get_bucket_tagging, {"Bucket": self.name}, "TagSet") or []
        kept = [tag for tag in there if tag["Key"] not in ours]
        self._s3.put_bucket_tagging(Bucket=self.name, Tagging={"TagSet": [*kept, *tags]})


NOTHING = (
    "NoSuchBucketPolicy",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchTagSet",
    "OwnershipControlsNotFoundError",
    "ReplicationConfigurationNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
)
"""How S3 says that a bucket hasn't got a setting (Amazon S3 API Reference, "Error responses", 2026-11)."""


def _part(read: Callable[..., Any], bucket: dict[str, str], member: str) -> Any:
    answer = absent(lambda: read(**bucket), *NOTHING)
    return answer[member] if answer else None


def _ownership(s3: Any, bucket: dict[str, str]) -> str | None:
    controls = _part(s3.get_bucket_ownership_controls, bucket, "OwnershipControls")
    return controls["Rules"][0]["ObjectOwnership"] if controls else None


def _encryption_rule(s3: Any, bucket: dict[str, str]) -> dict[str, Any] | None:
    configuration = _part(s3.get_bucket_encryption, bucket, "ServerSideEncryptionConfiguration")
    if not configuration:
        return None
    rule = configuration["Rules"][0]
    default = rule["ApplyServerSideEncryptionByDefault"]
    return {"default": default, "bucket_key": rule.get("BucketKeyEnabled", False)}


def _has_tags(now: list[dict[str, str]], wanted: list[dict[str, str]]) -> bool:
    return all(tag in now for tag in wanted)


def _shown(now: Any) -> str:
    if now is None:
        return "not set"
    return now if isinstance(now, str) else json.dumps(now, default=str)
