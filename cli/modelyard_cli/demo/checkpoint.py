"""Looks at the checkpoint as an auditor would: is it there, is it what it says, which key is it under."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

LEAST_ACCURACY = 0.9
"""Share of the held-out digits that a trained network must tell rightly."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was found in the checkpoint bucket."""

    accuracy: float
    bucket: str
    key: str
    sha256: str
    kms_key_arn: str
    files: int
    faults: tuple[str, ...]
    """What is not as it has to be; empty when all is well."""


def examine(s3: Any, bucket: str, run_id: str, expected_key_arn: str | None) -> Checkpoint:
    """Read a run's result and its checkpoint from the bucket, and hold every file against its SHA-256.

    `s3` is a boto3 client. Raises KeyError for a result without the fields of modelyard.result/1, and the
    client's own error for an object that isn't there.
    """
    result = json.loads(_read(s3, bucket, f"runs/{run_id}/result.json"))
    checkpoint = result["checkpoint"]
    faults: list[str] = []
    for file in [checkpoint, *checkpoint["files"]]:
        found = hashlib.sha256(_read(s3, bucket, file["key"])).hexdigest()
        if found != file["sha256"]:
            faults.append(f"{file['key']} has SHA-256 {found}, its record says {file['sha256']}")
    head = s3.head_object(Bucket=bucket, Key=checkpoint["key"])
    key_arn = str(head.get("SSEKMSKeyId", "none"))
    if key_arn != expected_key_arn:
        faults.append(f"it is under key {key_arn}, the bucket's key is {expected_key_arn}")
    if result["accuracy"] < LEAST_ACCURACY:
        faults.append(f"its accuracy is {result['accuracy']:.3f}, below {LEAST_ACCURACY}")
    return Checkpoint(
        accuracy=result["accuracy"],
        bucket=bucket,
        key=checkpoint["key"],
        sha256=checkpoint["sha256"],
        kms_key_arn=key_arn,
        files=len(checkpoint["files"]),
        faults=tuple(faults),
    )


def _read(s3: Any, bucket: str, key: str) -> bytes:
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
