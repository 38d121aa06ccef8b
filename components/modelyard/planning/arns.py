"""ARNs that follow from names, so that policies can be read before anything exists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """An account and a region of it."""

    account_id: str
    region: str

    def arn(self, service: str, resource: str) -> str:
        """ARN of a resource of this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"

    def iam(self, resource: str) -> str:
        """ARN of an IAM resource of this account."""
        return f"arn:aws:iam::{self.account_id}:{resource}"


def bucket_arn(bucket: str) -> str:
    """ARN of a bucket."""
    return f"arn:aws:s3:::{bucket}"
