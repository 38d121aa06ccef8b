"""What can be backed up here: S3 buckets with what they hold; EFS, FSx and EBS as records."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moto.s3.models import FakeKey, s3_backends
from moto.utilities.utils import get_partition

from modelyard_sandbox.moto_extensions.backup.errors import InvalidParameterError, NotFoundError

GIB = 2**30


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An S3 object in a recovery point."""

    key: str
    body: bytes
    metadata: dict[str, str]
    tags: dict[str, str]
    storage_class: str
    etag: str


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that is backed up."""

    type: str
    name: str
    size_bytes: int
    objects: tuple[StoredObject, ...] = ()
    problem: str | None = None
    """Why a backup of it fails, if it does."""
    tags: dict[str, str] = field(default_factory=dict[str, str])


def find_resource(account_id: str, region: str, arn: str) -> Resource:
    """The resource of an arn.

    Raises:
        InvalidParameterError: AWS Backup, or the sandbox, doesn't back up what the arn names.
        NotFoundError: there is none.
    """
    for pattern, find in _KINDS:
        named = re.fullmatch(pattern, arn)
        if named:
            parts = named.groupdict()
            is_here = parts.get("region") in (None, region) and parts.get("account") in (None, account_id)
            found = find(account_id, region, parts["id"]) if is_here else None
            if found is None:
                raise NotFoundError(f"Resource {arn} does not exist in {region}")
            return found
    raise InvalidParameterError(f"Invalid resource ARN: {arn}")


def find_bucket(account_id: str, partition: str, name: str) -> Any:
    """A bucket of the account by its name, or None."""
    backend: Any = s3_backends[account_id][partition]
    return backend.buckets.get(name)


def _bucket(account_id: str, region: str, name: str) -> Resource | None:
    bucket = find_bucket(account_id, get_partition(region), name)
    if bucket is None or bucket.region_name != region:
        return None
    backend: Any = s3_backends[account_id][get_partition(region)]
    objects = tuple(
        StoredObject(
            key=key.name,
            body=key.value,
            metadata=dict(key.metadata),
            tags=backend.tagger.get_tag_dict_for_resource(key.arn),
            storage_class=key.storage_class or "STANDARD",
            etag=key.etag.strip('"'),
        )
        for key in (versions[-1] for _, versions in bucket.keys.lists() if versions)
        if isinstance(key, FakeKey)
    )
    problem = None if bucket.is_versioned else f"Bucket {name} is not versioned: versioning must be enabled"
    tags = backend.tagger.get_tag_dict_for_resource(bucket.arn)
    return Resource("S3", name, sum(len(item.body) for item in objects), objects, problem, tags)


def _efs(account_id: str, region: str, id_: str) -> Resource | None:
    from moto.efs.models import efs_backends

    system: Any = efs_backends[account_id][region].file_systems_by_id.get(id_)
    return None if system is None else Resource("EFS", id_, 0)


def _fsx(account_id: str, region: str, id_: str) -> Resource | None:
    from moto.fsx.models import fsx_backends

    system: Any = fsx_backends[account_id][region].file_systems.get(id_)
    return None if system is None else Resource("FSx", id_, int(system.storage_capacity) * GIB)


def _volume(account_id: str, region: str, id_: str) -> Resource | None:
    from moto.ec2.models import ec2_backends

    volume: Any = ec2_backends[account_id][region].volumes.get(id_)
    return None if volume is None else Resource("EBS", id_, int(volume.size) * GIB)


_PLACE = r"(?P<region>[\w-]+):(?P<account>\d{12})"
_KINDS: tuple[tuple[str, Callable[[str, str, str], Resource | None]], ...] = (
    (r"arn:aws[\w-]*:s3:::(?P<id>[a-z0-9.-]+)", _bucket),
    (rf"arn:aws[\w-]*:elasticfilesystem:{_PLACE}:file-system/(?P<id>fs-\w+)", _efs),
    (rf"arn:aws[\w-]*:fsx:{_PLACE}:file-system/(?P<id>fs-\w+)", _fsx),
    (rf"arn:aws[\w-]*:ec2:{_PLACE}:volume/(?P<id>vol-\w+)", _volume),
)
