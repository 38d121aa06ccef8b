"""The S3 buckets that file systems are linked to.

Source: Amazon FSx API reference, CreateDataRepositoryAssociation and CreateFileSystemLustreConfiguration,
2026-11.
"""

from __future__ import annotations

import re
from typing import Any

from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends

PATH = re.compile(r"s3://(?P<bucket>[a-z0-9.\-]{3,63})(?P<prefix>/.*)?")


def bucket_of(self: Any, path: str) -> str | None:
    """The bucket that a path names; None if the path isn't one, or there is no such bucket."""
    found = PATH.fullmatch(path)
    if found is None:
        return None
    try:
        s3_backends[self.current_account][self.partition].get_bucket(found["bucket"])
    except MissingBucket:
        return None
    return found["bucket"]


def overlap(one: str, other: str) -> bool:
    """Whether one path lies within the other."""
    first, second = (path.rstrip("/") + "/" for path in (one, other))
    return first.startswith(second) or second.startswith(first)
