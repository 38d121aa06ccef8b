"""S3: what a bucket may be called and where it may be, and how long a key may be.

Sources: S3 user guide, general purpose bucket naming rules, naming objects; S3 API reference, CreateBucket
and error responses; 2026-11.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from typing import Any

from moto.s3.exceptions import InvalidBucketName, InvalidLocationConstraintException, S3ClientError
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

from modelyard_sandbox.moto_extensions.operations import before

NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
KEY_BYTES_MAX = 1024


class KeyTooLongError(S3ClientError):
    """A key of more than 1,024 bytes."""

    code = "KeyTooLongError"
    message = "Your key is too long"


def install() -> None:
    """Put the checks before moto's."""
    before(S3Backend, "create_bucket", _check_bucket)
    before(S3Backend, "put_object", _check_key)
    before(S3Backend, "create_multipart_upload", _check_key)
    S3Response._get_location_constraint = _known(S3Response._get_location_constraint)  # noqa: SLF001 # pyright: ignore (in the place of moto's)


def is_bucket_name(name: str) -> bool:
    """Whether a general purpose bucket may have the name."""
    return (
        NAME.fullmatch(name) is not None
        and ".." not in name
        and not _is_address(name)
        and not name.startswith(RESERVED_PREFIXES)
        and not name.endswith(RESERVED_SUFFIXES)
    )


def _is_address(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


def _check_bucket(_backend: Any, bucket_name: str, *_: Any, **__: Any) -> None:
    if not is_bucket_name(bucket_name):
        raise InvalidBucketName


def _check_key(_backend: Any, bucket_name: str, key_name: str, *_: Any, **__: Any) -> None:
    del bucket_name  # Named as in moto, whose CopyObject passes both by name.
    if len(key_name.encode()) > KEY_BYTES_MAX:
        raise KeyTooLongError


def _known(location_constraint: Any) -> Any:
    @functools.wraps(location_constraint)
    def checked(self: Any) -> str | None:
        place = location_constraint(self)
        if place and place not in _locations():
            raise InvalidLocationConstraintException
        return place

    return checked


@functools.cache
def _locations() -> frozenset[str]:
    from botocore.session import Session

    session = Session()
    regions = (session.get_available_regions("s3", name) for name in session.get_available_partitions())
    return frozenset({"EU", *(region for partition in regions for region in partition)})
