"""Where objects are written, marked as deleted, tagged or locked: there they are replicated."""

from __future__ import annotations

from typing import Any

from moto.s3.exceptions import InvalidBucketState
from moto.s3.models import FakeKey, S3Backend
from moto.s3.responses import S3Response

from modelyard_sandbox.moto_extensions.operations import after, before
from modelyard_sandbox.moto_extensions.s3_replication.copying import (
    replicate_marker,
    replicate_settings,
    replicate_version,
)

OK = 200


def install() -> None:
    """Copy after every write."""
    for name in ("put_object", "copy_object"):
        after(S3Response, name, _written)
    after(S3Response, "_key_response_post", _completed)
    for name in (
        "put_object_tagging",
        "delete_object_tagging",
        "put_object_retention",
        "put_object_legal_hold",
    ):
        after(S3Response, name, _changed)
    after(S3Backend, "delete_object", _deleted)
    before(S3Backend, "put_bucket_versioning", _refuse_suspension)
    _show_status()


def _written(self: Any, answer: Any) -> None:
    version_id = answer[1].get("x-amz-version-id")
    if answer[0] == OK and version_id:
        replicate_version(self.backend, self.bucket_name, self.parse_key_name(), version_id)


def _completed(self: Any, answer: Any, *args: Any) -> None:
    """After a POST to a key: the completion of a multipart upload, among others."""
    _request, _body, _bucket_name, query, _key_name = args
    if query.get("uploadId"):
        _written(self, answer)


def _changed(self: Any, _answer: Any) -> None:
    version_id = self._get_param("versionId")
    replicate_settings(self.backend, self.bucket_name, self.parse_key_name(), version_id)


def _deleted(
    self: Any, answer: Any, bucket_name: str, key_name: str, version_id: str | None = None, *_: Any, **__: Any
) -> None:
    """After a deletion in the backend: one without a version leaves a marker."""
    marker_id = answer[1].get("version-id")
    if marker_id and version_id is None:
        replicate_marker(self, bucket_name, key_name, marker_id)


def _refuse_suspension(self: Any, bucket_name: str, status: str) -> None:
    """Versioning stays while a replication configuration stands."""
    if status != "Enabled" and getattr(self.get_bucket(bucket_name), "replication", None):
        raise InvalidBucketState(
            "A replication configuration is present on this bucket, so you cannot change the versioning "
            "state. To change the versioning state, first delete the replication configuration."
        )


def _show_status() -> None:
    """GetObject and HeadObject say how the replication of a version stands."""
    shown: Any = FakeKey.response_dict.fget

    def response_dict(self: Any) -> dict[str, Any]:
        status = getattr(self, "replication_status", None)
        return {**shown(self), **({"x-amz-replication-status": status} if status else {})}

    setattr(FakeKey, "response_dict", property(response_dict))  # noqa: B010 (a property in the place of one)
