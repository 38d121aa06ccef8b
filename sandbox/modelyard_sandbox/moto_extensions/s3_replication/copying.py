"""Copies of objects, of delete markers, and of what is set on an object later."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from moto.s3.models import FakeDeleteMarker, FakeKey, s3_backends

from modelyard_sandbox.moto_extensions.s3_replication.configurations import filter_of, find_destination

log = logging.getLogger(__name__)
KMS_KEY_ARN = re.compile(r"arn:aws[\w-]*:kms:(?P<region>[\w-]+):(?P<account>\d{12}):key/(?P<id>.+)")


class FailedError(Exception):
    """A copy that can't be made, by S3's name of the reason."""


def replicate_version(backend: Any, bucket_name: str, key_name: str, version_id: str) -> None:
    """Copy a version that was just written to every destination that the bucket's rules name for it."""
    bucket = backend.get_bucket(bucket_name)
    key = _find_version(bucket, key_name, version_id)
    if not isinstance(key, FakeKey) or _is_replica(key) or not bucket.is_versioned:
        return
    rules = _rules_for(bucket, key_name, _tags_of(key), key)
    if not rules:
        return
    failures = [reason for rule in rules if (reason := _try(bucket, rule, key, _copy_version))]
    key.replication_status = "FAILED" if failures else "COMPLETED"  # pyright: ignore[reportAttributeAccessIssue] (ours, beside moto's)


def replicate_marker(backend: Any, bucket_name: str, key_name: str, version_id: str) -> None:
    """Copy a delete marker; rules with a filter say whether, those without one always do."""
    bucket = backend.get_bucket(bucket_name)
    marker = _find_version(bucket, key_name, version_id)
    if not isinstance(marker, FakeDeleteMarker) or _is_replica(marker):
        return
    for rule in _rules_for(bucket, key_name, {}, None):
        wanted = rule.get("DeleteMarkerReplication")
        if "Filter" not in rule or (wanted or {}).get("Status") == "Enabled":
            _try(bucket, rule, marker, _copy_marker)


def replicate_settings(backend: Any, bucket_name: str, key_name: str, version_id: str | None) -> None:
    """Bring tags and locks of a replicated version to its replicas."""
    bucket = backend.get_bucket(bucket_name)
    key = _find_version(bucket, key_name, version_id) if version_id else bucket.keys.get(key_name)
    if not isinstance(key, FakeKey) or getattr(key, "replication_status", None) != "COMPLETED":
        return
    for rule in _enabled(bucket):
        destination: Any = find_destination(rule["Destination"]["Bucket"])
        replica = _find_version(destination, key_name, key.version_id) if destination else None
        if isinstance(replica, FakeKey):
            _copy_tags(key, replica)
            _copy_lock(key, replica, destination)


def _enabled(bucket: Any) -> list[dict[str, Any]]:
    configuration = getattr(bucket, "replication", None) or {}
    return [rule for rule in configuration.get("Rules", []) if rule["Status"] == "Enabled"]


def _rules_for(bucket: Any, name: str, tags: Mapping[str, str], key: FakeKey | None) -> list[dict[str, Any]]:
    """The rule with the highest priority for each destination."""
    chosen: dict[str, dict[str, Any]] = {}
    for rule in sorted(_enabled(bucket), key=lambda rule: rule.get("Priority", 0)):
        prefix, wanted = filter_of(rule)
        if not name.startswith(prefix) or (key is not None and not wanted.items() <= tags.items()):
            continue
        if key is not None and _is_kms(key) and not _takes_kms(rule):
            continue
        chosen[rule["Destination"]["Bucket"]] = rule
    return list(chosen.values())


def _try(bucket: Any, rule: Mapping[str, Any], item: Any, copy: Any) -> str | None:
    """Make a copy; why it failed, if it did."""
    try:
        copy(_destination(bucket, rule), rule, item)
    except FailedError as error:
        log.warning("%s/%s was not replicated: %s", bucket.name, item.name, error)
        return str(error)
    return None


def _destination(bucket: Any, rule: Mapping[str, Any]) -> Any:
    found: Any = find_destination(rule["Destination"]["Bucket"])
    if not _role_exists(bucket.account_id, bucket.partition, bucket.replication["Role"]):
        raise FailedError("AssumeRoleNotPermitted")
    if found is None:
        raise FailedError("DstBucketNotFound")
    if not found.is_versioned:
        raise FailedError("DstBucketUnversioned")
    if bucket.object_lock_enabled and not found.object_lock_enabled:
        raise FailedError("DstBucketObjectLockConfigMissing")
    return found


def _role_exists(account_id: str, partition: str, arn: str) -> bool:
    from moto.iam.models import iam_backends

    return any(role.arn == arn for role in iam_backends[account_id][partition].roles.values())


def _copy_version(destination: Any, rule: Mapping[str, Any], source: FakeKey) -> None:
    kms_key = _replica_kms_key(rule) if _is_kms(source) else None
    encryption = source.encryption or _default_encryption(destination)
    replica: Any = FakeKey(
        name=source.name,
        value=source.value,
        account_id=destination.account_id,
        region_name=destination.region_name,
        storage=rule["Destination"].get("StorageClass") or source.storage_class,
        etag=source.etag.strip('"'),
        is_versioned=True,
        version_id=source.version_id,
        bucket_name=destination.name,
        encryption=encryption,
        kms_key_id=kms_key,
        bucket_key_enabled=source.bucket_key_enabled,
        checksum_value=source.checksum_value,
        checksum_type=source.checksum_type,
        checksum_parts=source.checksum_parts,
    )
    replica.checksum_algorithm = source.checksum_algorithm
    replica.last_modified = source.last_modified
    replica.multipart = source.multipart
    replica.set_metadata(dict(source.metadata))
    replica.website_redirect_location = source.website_redirect_location
    replica.replication_status = "REPLICA"
    _copy_lock(source, replica, destination)
    versions = destination.keys.getlist(source.name, [])
    destination.keys.setlist(source.name, [*versions, replica])
    _copy_tags(source, replica)


def _copy_marker(destination: Any, rule: Mapping[str, Any], source: FakeDeleteMarker) -> None:
    del rule
    replica: Any = FakeDeleteMarker(destination.keys.get(source.name) or source.key)
    replica._version_id = source.version_id  # noqa: SLF001 (the same version on both sides)
    replica.replication_status = "REPLICA"
    versions = destination.keys.getlist(source.name, [])
    destination.keys.setlist(source.name, [*versions, replica])


def _copy_lock(source: FakeKey, replica: Any, destination: Any) -> None:
    """The source's retention, or the destination's default if the source has none."""
    if not destination.object_lock_enabled:
        return
    replica.lock_legal_status = source.lock_legal_status
    if source.lock_mode:
        replica.lock_mode, replica.lock_until = source.lock_mode, source.lock_until
    elif not replica.lock_mode and destination.has_default_lock:
        replica.lock_mode, replica.lock_until = destination.default_lock_mode, destination.default_retention()


def _copy_tags(source: FakeKey, replica: FakeKey) -> None:
    tagger: Any = s3_backends[replica.account_id][replica.partition].tagger
    tagger.delete_all_tags_for_resource(replica.arn)
    tags = _tags_of(source)
    if tags:
        tagger.tag_resource(replica.arn, tagger.convert_dict_to_tags_input(tags))


def _tags_of(key: FakeKey) -> dict[str, str]:
    return s3_backends[key.account_id][key.partition].tagger.get_tag_dict_for_resource(key.arn)


def _find_version(bucket: Any, name: str, version_id: str) -> Any:
    versions = bucket.keys.getlist(name, [])
    return next((item for item in versions if item.version_id == version_id), None)


def _is_replica(item: Any) -> bool:
    return getattr(item, "replication_status", None) == "REPLICA"


def _is_kms(key: FakeKey) -> bool:
    return bool(key.encryption) and str(key.encryption).startswith("aws:kms")


def _takes_kms(rule: Mapping[str, Any]) -> bool:
    criteria = rule.get("SourceSelectionCriteria") or {}
    return (criteria.get("SseKmsEncryptedObjects") or {}).get("Status") == "Enabled"


def _replica_kms_key(rule: Mapping[str, Any]) -> str:
    """The key that encrypts the replica, which must stand and be enabled."""
    from moto.kms.models import kms_backends

    arn = rule["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"]
    named = KMS_KEY_ARN.fullmatch(arn)
    if named:
        key: Any = kms_backends[named["account"]][named["region"]].keys.get(named["id"])
        if key is None:
            raise FailedError("DstKmsKeyNotFound")
        if key.key_state != "Enabled":
            raise FailedError("DstKmsKeyInvalidState")
    return arn


def _default_encryption(bucket: Any) -> str | None:
    rule = (bucket.encryption or {}).get("Rule") or {}
    algorithm = rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm")
    return None if algorithm and algorithm.startswith("aws:kms") else algorithm
