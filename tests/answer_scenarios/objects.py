"""S3: objects under lock, and what is replicated."""

from __future__ import annotations

from typing import Any

from documented_refusals.case import Account
from documented_refusals.s3 import tag_set
from documented_refusals.s3_copies import BY, default_retention, later, locking, pair, replication, retention


def run(account: Account) -> None:
    """Every operation of S3 that is ours."""
    s3 = account.client("s3")
    locks(account, s3)
    copies(account, s3)


def locks(account: Account, s3: Any) -> None:
    """A version that is kept, held, and let go of."""
    bucket = locking(account)
    s3.put_object_lock_configuration(Bucket=bucket, **default_retention(Days=1))
    s3.get_object_lock_configuration(Bucket=bucket)
    place = account.object(bucket)
    version = {**place, "VersionId": s3.head_object(**place)["VersionId"]}
    s3.put_object_retention(**version, **retention("GOVERNANCE", later()), **BY)
    s3.get_object_retention(**version)
    s3.put_object_legal_hold(**version, LegalHold={"Status": "ON"})
    s3.get_object_legal_hold(**version)
    s3.put_object_legal_hold(**version, LegalHold={"Status": "OFF"})
    s3.delete_object(**version, **BY)


def copies(account: Account, s3: Any) -> None:
    """Objects that are copied as they come, with their tags."""
    source, target = pair(account)
    s3.put_bucket_replication(**replication(account, source, target))
    s3.get_bucket_replication(Bucket=source)
    place = account.object(source)
    s3.put_object_tagging(**place, Tagging=tag_set("team"))
    s3.get_object_tagging(**place)
    s3.delete_object_tagging(**place)
    s3.copy_object(Bucket=source, Key="copy", CopySource=place)
    upload = s3.create_multipart_upload(Bucket=source, Key="large")
    part = {"Bucket": source, "Key": "large", "UploadId": upload["UploadId"]}
    tag = s3.upload_part(**part, PartNumber=1, Body=b"part")["ETag"]
    s3.complete_multipart_upload(**part, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]})
    s3.list_object_versions(Bucket=target)
    s3.delete_objects(Bucket=source, Delete={"Objects": [{"Key": "copy"}]})
    s3.delete_bucket_replication(Bucket=source)
