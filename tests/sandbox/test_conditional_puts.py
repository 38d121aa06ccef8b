"""Conditional writes to S3 in the sandbox hold among clients that write at once: one of them gets through."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from modelyard_sandbox.sandbox import Sandbox

REGION = "eu-central-1"
WRITERS = 10
ROUNDS = 8


@pytest.fixture
def s3(sandbox: Sandbox, account_id: str) -> Any:
    client = sandbox.client("s3", REGION, account_id)
    client.create_bucket(Bucket=f"b{account_id}", CreateBucketConfiguration={"LocationConstraint": REGION})
    return client


def at_once(s3: Any, bucket: str, key: str, **condition: str) -> list[bytes | str]:
    """What as many writers are told who put an object at the same moment: what they wrote, or the error's
    code. No two ever write the same, which would have the same ETag.
    """
    start = Barrier(WRITERS)

    def write(_: int) -> bytes | str:
        content = uuid4().bytes
        start.wait()
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=content, **condition)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return content

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(write, range(WRITERS)))


def the_winner(told: list[bytes | str]) -> bytes:
    """What the one wrote who got through; all others were told that the condition didn't hold."""
    (winner,) = [content for content in told if isinstance(content, bytes)]
    assert told.count("PreconditionFailed") == WRITERS - 1
    return winner


def test_one_of_many_creates_an_object(s3: Any, account_id: str) -> None:
    for number in range(ROUNDS):
        key = f"lease-{number}"
        winner = the_winner(at_once(s3, f"b{account_id}", key, IfNoneMatch="*"))
        assert s3.get_object(Bucket=f"b{account_id}", Key=key)["Body"].read() == winner


@pytest.mark.parametrize("versioned", [False, True])
def test_one_of_many_replaces_the_object_that_all_have_read(
    s3: Any, account_id: str, *, versioned: bool
) -> None:
    bucket = f"b{account_id}"
    if versioned:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    etag = s3.put_object(Bucket=bucket, Key="run", Body=b"first")["ETag"]
    for _ in range(ROUNDS):
        winner = the_winner(at_once(s3, bucket, "run", IfMatch=etag))
        found = s3.get_object(Bucket=bucket, Key="run")
        assert found["Body"].read() == winner
        etag = found["ETag"]


def test_what_was_deleted_can_be_created_again_and_nothing_replaces_what_is_not_there(
    s3: Any, account_id: str
) -> None:
    bucket = f"b{account_id}"
    s3.put_object(Bucket=bucket, Key="k", Body=b"1", IfNoneMatch="*")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"2", IfNoneMatch="*")
    s3.delete_object(Bucket=bucket, Key="k")
    s3.put_object(Bucket=bucket, Key="k", Body=b"3", IfNoneMatch="*")
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.put_object(Bucket=bucket, Key="none", Body=b"4", IfMatch='"d41d8cd98f00b204e9800998ecf8427e"')
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.delete_object(Bucket=bucket, Key="k")
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"5", IfNoneMatch="*")["ETag"], "a marker is no object"
