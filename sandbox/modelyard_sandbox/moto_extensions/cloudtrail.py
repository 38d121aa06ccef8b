"""CloudTrail: names that are taken, buckets and keys that don't let it in, selectors that replace each other,
and trails that go by their ARN.

Sources: CloudTrail API reference, CreateTrail, UpdateTrail, DeleteTrail, PutEventSelectors and their errors;
CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail", "Configure AWS KMS key policies for
CloudTrail"; 2026-11.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from moto.cloudtrail.models import CloudTrailBackend, Trail
from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.exceptions import ServiceException

from modelyard_sandbox.moto_extensions.operations import before
from modelyard_sandbox.moto_extensions.service_writes import bucket_of, key_of, may_encrypt, may_write

SERVICE = "cloudtrail.amazonaws.com"


class TrailAlreadyExistsError(ServiceException):
    """The account has a trail of the name."""

    code = "TrailAlreadyExistsException"


class InsufficientS3BucketPolicyError(ServiceException):
    """The bucket doesn't let CloudTrail in."""

    code = "InsufficientS3BucketPolicyException"


class KmsKeyNotFoundError(ServiceException):
    """There is no such key."""

    code = "KmsKeyNotFoundException"


class InsufficientEncryptionPolicyError(ServiceException):
    """The key doesn't let CloudTrail encrypt."""

    code = "InsufficientEncryptionPolicyException"


class InvalidEventSelectorsError(ServiceException):
    """Selectors that CloudTrail doesn't take."""

    code = "InvalidEventSelectorsException"


def install() -> None:
    """Put the checks before moto's operations, and what it gets wrong in its place."""
    before(CloudTrailResponse, "create_trail", _check_new)
    before(CloudTrailResponse, "update_trail", _check_change)
    before(CloudTrailResponse, "put_event_selectors", _check_selectors)
    CloudTrailBackend.delete_trail = _delete_trail
    Trail.put_event_selectors = _put_event_selectors
    Trail.description = _described(Trail.description)


def _check_new(self: Any) -> None:
    name = self._get_param("Name")
    if name in self.cloudtrail_backend.trails:
        raise TrailAlreadyExistsError(f"Trail {name} already exists for customer: {self.current_account}")
    _check_destination(self, name, self._get_param("S3BucketName"), self._get_param("KmsKeyId"))


def _check_change(self: Any) -> None:
    trail = self.cloudtrail_backend.get_trail(self._get_param("Name"))
    bucket = self._get_param("S3BucketName") or trail.bucket_name
    _check_destination(self, trail.trail_name, bucket, self._get_param("KmsKeyId") or trail.kms_key_id)


def _check_destination(self: Any, name: str, bucket_name: str, key_id: str | None) -> None:
    account_id = self.current_account
    arn = f"arn:{self.partition}:cloudtrail:{self.region}:{account_id}:trail/{name}"
    source = {"aws:SourceArn": arn, "aws:SourceAccount": account_id}
    bucket = bucket_of(account_id, self.region, bucket_name)
    prefix = self._get_param("S3KeyPrefix")
    start = f"{prefix}/" if prefix else ""
    written = f"{start}AWSLogs/{account_id}/CloudTrail/{self.region}/log.json.gz"
    if bucket is not None and not may_write(bucket, SERVICE, written, source):
        raise InsufficientS3BucketPolicyError(
            f"Incorrect S3 bucket policy is detected for bucket: {bucket_name}"
        )
    if key_id:
        _check_key(self, key_id, {**source, "kms:EncryptionContext:aws:cloudtrail:arn": arn})


def _check_key(self: Any, key_id: str, context: dict[str, str]) -> None:
    key = key_of(self.current_account, self.region, key_id)
    if key is None:
        raise KmsKeyNotFoundError(f"KMS key {key_id} is not found")
    if not may_encrypt(key, SERVICE, context):
        raise InsufficientEncryptionPolicyError(
            f"Insufficient permissions to access S3 bucket or KMS key {key.arn}."
        )


def _check_selectors(self: Any) -> None:
    asked = json.loads(self.body)
    if asked.get("EventSelectors") and asked.get("AdvancedEventSelectors"):
        raise InvalidEventSelectorsError("EventSelectors and AdvancedEventSelectors can't be used together.")
    for selector in asked.get("AdvancedEventSelectors") or []:
        fields = {field["Field"]: field for field in selector["FieldSelectors"]}
        if "eventCategory" not in fields:
            raise InvalidEventSelectorsError("Each selector must have the field eventCategory.")
        if fields["eventCategory"].get("Equals") == ["Data"] and "resources.type" not in fields:
            raise InvalidEventSelectorsError("A selector of data events must have the field resources.type.")


def _delete_trail(self: Any, name: str) -> None:
    """DeleteTrail, by name or ARN; moto passes over an ARN, and over what isn't there."""
    del self.trails[self.get_trail(name).trail_name]


def _put_event_selectors(
    self: Any, event_selectors: list[dict[str, Any]], advanced_event_selectors: list[dict[str, Any]]
) -> None:
    """One kind takes the other's place."""
    self.event_selectors = event_selectors or []
    self.advanced_event_selectors = advanced_event_selectors or []


def _described(description: Any) -> Any:
    """Moto's description, with whether there are selectors and without what has no value."""

    @functools.wraps(description)
    def described(self: Any, include_region: bool = True) -> dict[str, Any]:
        told: dict[str, Any] = description(self, include_region)
        told["HasCustomEventSelectors"] = bool(self.event_selectors or self.advanced_event_selectors)
        told["HasInsightSelectors"] = bool(self.insight_selectors)
        return {name: value for name, value in told.items() if value is not None}

    return described
