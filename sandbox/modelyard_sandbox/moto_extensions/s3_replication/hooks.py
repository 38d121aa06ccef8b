"""Where objects are written, marked as deleted, tagged or locked: there they are replicated."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from moto.s3.exceptions import InvalidBucketState
from moto.s3.models import FakeKey, S3Backend
from moto.s3.responses import S3Response

from modelyard_sandbox.moto_extensions.operations import before
from modelyard_sandbox.moto_extensions.s3_replication.copying import (
    replicate_marker,
    replicate_settings,
    replicate_version,
)

Then = Callable[[Any, Any, tuple[Any, ...]], None]
OK = 200


def install() -> None:
    """Copy after every write."""
    for name in ("put_object", "copy_object"):
        _wrap(S3Response, name, _written)
    _wrap(S3Response, "_key_response_post", _completed)
    for name in (
        "put_object_tagging",
        "delete_object_tagging",
        "put_object_retention",
        "put_object_legal_hold",
    ):
        _wrap(S3Response, name, _changed)
    _wrap(S3Backend, "delete_object", _deleted)
    before(S3Backend, "put_bucket_versioning", _refuse_suspension)
    _show_status()


def _wrap(owner: type, name: str, then: Then) -> None:
    operation = getattr(owner, name)

    @functools.wraps(operation)
    def replicating(self: Any, *args: Any, **kwargs: Any) -> Any:
        answer = operation(self, *args, **kwargs)
        then(self, answer, (*args, *kwargs.values()))
        return answer

    setattr(owner, name, replicating)


def _written(self: Any, answer: Any, args: tuple[Any, ...]) -> None:
    del args
    version_id = answer[1].get("x-amz-version-id")
    if answer[0] == OK and version_id:
        replicate_version(self.backend, self.bucket_name, self.parse_key_name(), version_id)


def _completed(self: Any, answer: Any, args: tuple[Any, ...]) -> None:
    """After a POST to a key: the completion of a multipart upload, among others."""
    query = args[3]
    if query.get("uploadId"):
        _written(self, answer, args)


def _changed(self: Any, answer: Any, args: tuple[Any, ...]) -> None:
    del answer, args
    version_id = self._get_param("versionId")
    replicate_settings(self.backend, self.bucket_name, self.parse_key_name(), version_id)


def _deleted(self: Any, answer: Any, args: tuple[Any, ...]) -> None:
    """After a deletion in the backend: one without a version leaves a marker."""
    bucket_name, key_name, *rest = args
    version_id = answer[1].get("version-id")
    asked_for_version = bool(rest) and rest[0] is not None
    if version_id and not asked_for_version:
        replicate_marker(self, bucket_name, key_name, version_id)


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
