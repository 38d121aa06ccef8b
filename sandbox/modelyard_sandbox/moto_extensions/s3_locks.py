"""S3 Object Lock: what is locked stays, and its lock can be made longer only.

moto takes any retention, drops the default one of multipart uploads, has no GetObjectRetention, and lets
versioning be suspended. Sources: S3 user guide, Object Lock (retention modes, default retention, legal holds,
considerations); S3 API reference, the operations of these names; 2026-11.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import xmltodict
from flask import has_request_context, request
from moto.core.responses import ActionResult
from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import (
    AccessDeniedByLock,
    InvalidBucketState,
    LockNotEnabled,
    MalformedXML,
    MissingKey,
    MissingUploadObjectWithObjectLockHeaders,
    MissingVersion,
    S3ClientError,
)
from moto.s3.models import FakeDeleteMarker, FakeKey, S3Backend
from moto.s3.responses import S3Response

from modelyard_sandbox.moto_extensions import clock

MODES = ("GOVERNANCE", "COMPLIANCE")
BYPASS = "x-amz-bypass-governance-retention"
DAYS_MAX, YEARS_MAX = 36_500, 100
PROTECTED = "Access Denied because object protected by object lock."
SUSPENSION = (
    "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
)
MOTO: Any = S3Response
MOTO_PUT, MOTO_GET = MOTO._key_response_put, MOTO._key_response_get  # noqa: SLF001 (moto dispatches there)
MOTO_LEGAL_HOLD = S3Response.get_object_legal_hold
MOTO_CREATE_UPLOAD, MOTO_COMPLETE = S3Backend.create_multipart_upload, S3Backend.complete_multipart_upload
MOTO_VERSIONING = S3Backend.put_bucket_versioning


def install() -> None:
    """Put the operations in the place of moto's."""
    for name, operation in (
        ("_key_response_get", _key_response_get),
        ("_key_response_put", _key_response_put),
        ("_bucket_response_delete_keys", _bucket_response_delete_keys),
        ("delete_object", delete_object),
        ("put_object_retention", put_object_retention),
        ("put_object_legal_hold", put_object_legal_hold),
        ("get_object_legal_hold", get_object_legal_hold),
        ("get_object_lock_configuration", get_object_lock_configuration),
    ):
        setattr(S3Response, name, operation)
    S3Backend.put_object_lock_configuration = put_object_lock_configuration
    S3Backend.put_bucket_versioning = put_bucket_versioning
    S3Backend.create_multipart_upload = create_multipart_upload
    S3Backend.complete_multipart_upload = complete_multipart_upload
    FakeKey.is_locked = is_locked
    # Where versioning is suspended moto disposes of all versions of a key, and fails at a marker.
    setattr(FakeDeleteMarker, "dispose", lambda _marker: None)  # noqa: B010 (moto's has none)
    AccessDeniedByLock.__init__ = _protected
    MissingUploadObjectWithObjectLockHeaders.__init__ = _without_checksum


def put_object_lock_configuration(
    self: Any,
    bucket_name: str,
    lock_enabled: bool,
    mode: str | None = None,
    days: int | None = None,
    years: int | None = None,
) -> None:
    """Keep a bucket's configuration; a bucket with objects takes one as well."""
    bucket = self.get_bucket(bucket_name)
    if not bucket.is_versioned:
        raise InvalidBucketState(
            "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"
        )
    if not lock_enabled or (mode is not None and mode not in MODES):
        raise MalformedXML
    if mode is not None:
        period, most = (days, DAYS_MAX) if days else (years, YEARS_MAX)
        if not period or period < 1:
            raise _argument("Default retention period must be a positive integer value.")
        if period > most:
            raise _argument(f"Default retention period is too large: {period}")
    bucket.object_lock_enabled = True
    bucket.default_lock_mode, bucket.default_lock_days, bucket.default_lock_years = mode, days, years


def get_object_lock_configuration(self: Any) -> Any:
    """GetObjectLockConfiguration: days or years, whichever was put."""
    _, mode, days, years = self.backend.get_object_lock_configuration(self.bucket_name)
    period = {"Days": days} if days else {"Years": years}
    rule = {"Rule": {"DefaultRetention": {"Mode": mode, **period}}} if mode else {}
    self.data["Action"] = "GetObjectLockConfiguration"
    return self.serialized(
        ActionResult({"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", **rule}})
    )


def put_bucket_versioning(self: Any, bucket_name: str, status: str) -> None:
    """Versioning stays while a bucket has object lock."""
    if status != "Enabled" and self.get_bucket(bucket_name).object_lock_enabled:
        raise InvalidBucketState(SUSPENSION)
    MOTO_VERSIONING(self, bucket_name, status)


def put_object_retention(self: Any) -> Any:
    """PutObjectRetention: longer goes, shorter or weaker only in governance mode and with the bypass."""
    key = _locked_key(self)
    mode, until = _retention_in(self.body)
    if key.lock_mode in MODES and _until(key.lock_until) > clock.now():
        weaker = mode != key.lock_mode or until is None or until < _until(key.lock_until)
        if weaker and (key.lock_mode == "COMPLIANCE" or not _bypasses(self, key.name)):
            raise AccessDeniedByLock
    key.lock_mode, key.lock_until = mode, None if until is None else _text(until)
    return 200, self._get_cors_headers_other(), ""


def put_object_legal_hold(self: Any) -> Any:
    """PutObjectLegalHold: on or off, whatever the retention."""
    key = _locked_key(self)
    status = (xmltodict.parse(self.body).get("LegalHold") or {}).get("Status")
    if status not in ("ON", "OFF"):
        raise MalformedXML
    key.lock_legal_status = status
    return 200, self._get_cors_headers_other(), ""


def get_object_legal_hold(self: Any) -> Any:
    """GetObjectLegalHold: an error if there never was one."""
    if _locked_key(self).lock_legal_status is None:
        raise _no_configuration()
    return MOTO_LEGAL_HOLD(self)


def get_object_retention(self: Any) -> Any:
    """GetObjectRetention, which moto doesn't answer."""
    key = _locked_key(self)
    if not key.lock_mode:
        raise _no_configuration()
    self.data["Action"] = "GetObjectRetention"
    retention = {"Mode": key.lock_mode, "RetainUntilDate": _until(key.lock_until)}
    return self.serialized(ActionResult({"Retention": retention}))


def delete_object(self: Any) -> Any:
    """DeleteObject: moto takes any value of the header for a bypass."""
    key_name, version_id = self.parse_key_name(), self._get_param("versionId")
    if_match = self.headers.get("If-Match")
    if if_match:
        standing = self.backend.get_object(self.bucket_name, key_name)
        if standing is None:
            raise MissingKey(key=key_name)
        if if_match.strip('"') != standing.etag.strip('"'):
            raise S3ClientError("PreconditionFailed", "At least one of the pre-conditions did not hold")
    _, said = self.backend.delete_object(self.bucket_name, key_name, version_id, _bypasses(self, key_name))
    return 204, {f"x-amz-{name}": value for name, value in said.items()}, ""


def create_multipart_upload(self: Any, *args: Any, **kwargs: Any) -> Any:
    """A multipart upload remembers the lock that it was begun with."""
    upload: Any = MOTO_CREATE_UPLOAD(self, *args, **kwargs)
    headers = request.headers if has_request_context() else {}
    upload.lock = tuple(
        headers.get(f"x-amz-object-lock-{name}") for name in ("mode", "retain-until-date", "legal-hold")
    )
    return upload


def complete_multipart_upload(self: Any, bucket_name: str, multipart_id: str, body: Any) -> Any:
    """A completed upload has the lock that it was begun with, or the bucket's default."""
    bucket = self.get_bucket(bucket_name)
    upload: Any = bucket.multiparts[multipart_id]
    key = MOTO_COMPLETE(self, bucket_name, multipart_id, body)
    if key is not None and bucket.object_lock_enabled:
        mode, until, hold = upload.lock
        if not mode and bucket.has_default_lock:
            mode, until = bucket.default_lock_mode, bucket.default_retention()
        key.lock_mode, key.lock_until, key.lock_legal_status = mode, until, hold
    return key


def is_locked(self: Any, governance_bypass: bool) -> bool:
    """Whether a version can't be deleted."""
    if self.lock_legal_status == "ON":
        return True
    if self.lock_mode not in MODES or (self.lock_mode == "GOVERNANCE" and governance_bypass):
        return False
    return _until(self.lock_until) > clock.now()


def _key_response_get(self: Any, query: dict[str, Any], key_name: str) -> Any:
    if "retention" in query:
        return get_object_retention(self)
    return MOTO_GET(self, query, key_name)


def _key_response_put(self: Any, query: dict[str, Any], key_name: str) -> Any:
    """PutObject and what else is put: the lock in its headers is checked first."""
    mode = self.headers.get("x-amz-object-lock-mode")
    until = self.headers.get("x-amz-object-lock-retain-until-date")
    if bool(mode) != bool(until):
        raise _argument(
            "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
        )
    if mode:
        _check_retention(mode, _until(until))
    operation = _without_body(self, query)
    if operation is None:
        return MOTO_PUT(self, query, key_name)
    self._set_action("KEY", "PUT", query)
    self._authenticate_and_authorize_s3_action(bucket_name=self.bucket_name, key_name=key_name)
    locks = mode or self.headers.get("x-amz-object-lock-legal-hold") == "ON"
    if locks and not self.backend.get_bucket(self.bucket_name).object_lock_enabled:
        raise LockNotEnabled
    return operation()


def _without_body(self: Any, query: dict[str, Any]) -> Any:
    """The operation, if it is a copy or a setting of an object: unlike uploads they need no checksum."""
    if "uploadId" in query:
        return None
    settings = {
        "retention": self.put_object_retention,
        "legal-hold": self.put_object_legal_hold,
        "acl": self.put_object_acl,
        "tagging": self.put_object_tagging,
    }
    copy = self.copy_object if "x-amz-copy-source" in self.headers else None
    return next((operation for name, operation in settings.items() if name in query), copy)


def _bucket_response_delete_keys(self: Any, bucket_name: str, authenticated: bool = True) -> Any:
    """DeleteObjects: each version that stays is reported with the reason."""
    body = xmltodict.parse(self.body, strip_whitespace=False, force_list={"Object"})
    objects = (body.get("Delete") or {}).get("Object") or []
    if not objects:
        raise MalformedXML
    quiet = str(body["Delete"].get("Quiet", "")).strip().lower() == "true"
    bucket = self.backend.get_bucket(bucket_name)
    deleted: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for item in objects:
        named = {name: item[name] for name in ("Key", "VersionId") if item.get(name)}
        arn = f"arn:{bucket.partition}:s3:::{bucket_name}/{item['Key']}"
        denied = bucket.get_permission("s3:DeleteObject", arn) == PermissionResult.DENIED
        if denied or not authenticated:
            errors.append({**named, "Code": "AccessDenied", "Message": "Access Denied"})
            continue
        try:
            deleted.append({**named, **_delete(self, bucket_name, named)})
        except AccessDeniedByLock as error:
            errors.append({**named, "Code": "AccessDenied", "Message": error.message})
    self.data["Action"] = "DeleteObjects"
    return self.serialized(ActionResult({"Deleted": [] if quiet else deleted, "Errors": errors}))


def _delete(self: Any, bucket_name: str, named: dict[str, str]) -> dict[str, Any]:
    version_id = named.get("VersionId")
    bypasses = _bypasses(self, named["Key"])
    _, said = self.backend.delete_object(bucket_name, named["Key"], version_id, bypasses)
    if version_id is None and said.get("version-id"):
        return {"DeleteMarker": True, "DeleteMarkerVersionId": said["version-id"]}
    return {}


def _locked_key(self: Any) -> Any:
    """The version that a request on locks names; its bucket must have object lock."""
    if not self.backend.get_bucket(self.bucket_name).object_lock_enabled:
        raise LockNotEnabled
    key_name, version_id = self.parse_key_name(), self._get_param("versionId")
    key = self.backend.get_object(self.bucket_name, key_name, version_id=version_id)
    if key is None:
        raise MissingVersion if version_id else MissingKey(key=key_name)
    return key


def _retention_in(body: bytes) -> tuple[str | None, datetime | None]:
    """Mode and date of a request's body; an empty retention takes the present one off."""
    retention = xmltodict.parse(body).get("Retention") or {}
    mode, until = retention.get("Mode"), retention.get("RetainUntilDate")
    if bool(mode) != bool(until):
        raise MalformedXML
    if not mode:
        return None, None
    date = _until(until)
    _check_retention(mode, date)
    return mode, date


def _check_retention(mode: str, until: datetime) -> None:
    if mode not in MODES:
        raise _argument("Unknown wormMode directive.")
    if until <= clock.now():
        raise _argument("The retain until date must be in the future!")


def _until(text: str | None) -> datetime:
    try:
        date = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise _argument("The retain until date must be provided in ISO 8601 format") from error
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _text(date: datetime) -> str:
    return date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _bypasses(self: Any, key_name: str) -> bool:
    """Whether a request may lift a lock in governance mode: it says so, and the bucket's policy lets it."""
    if str(self.headers.get(BYPASS, "")).lower() != "true":
        return False
    bucket = self.backend.get_bucket(self.bucket_name)
    arn = f"arn:{bucket.partition}:s3:::{self.bucket_name}/{key_name}"
    return bucket.get_permission("s3:BypassGovernanceRetention", arn) != PermissionResult.DENIED


def _argument(message: str) -> S3ClientError:
    return S3ClientError("InvalidArgument", message)


def _no_configuration() -> S3ClientError:
    return S3ClientError(
        "NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration"
    )


def _protected(self: Any) -> None:
    S3ClientError.__init__(self, "AccessDenied", PROTECTED)


def _without_checksum(self: Any) -> None:
    S3ClientError.__init__(
        self,
        "InvalidRequest",
        "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock "
        "parameters",
    )
