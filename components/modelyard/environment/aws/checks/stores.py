"""Buckets that exist already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.catalog.regions import jurisdictions, region, region_names
from modelyard.environment.aws.storage import ExistingS3Store
from modelyard.errors import Problem
from modelyard.planning.names import bucket_name
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment

PURPOSES = ("datasets", "checkpoints", "logs")
"""What the environment's own buckets are for."""


def existing_bucket_is_none_of_ours(environment: AwsEnvironment) -> Iterator[Problem]:
    """The bucket that exists doesn't have the name of one that is made."""
    store = environment.storage.datasets
    if not isinstance(store, ExistingS3Store):
        return
    account, primary = environment.account_id, environment.regions.primary
    for purpose in PURPOSES:
        if store.bucket == bucket_name(environment.name, purpose, account, primary):
            yield Problem(
                field="storage.datasets.bucket",
                given=given_text(store.bucket),
                message=f"this is the environment's own bucket for {purpose}",
                allowed="a bucket that somebody else manages",
                mend="set kind: s3 to have the environment make its own, or name another bucket",
            )


def existing_key_lies_within_the_residency(environment: AwsEnvironment) -> Iterator[Problem]:
    """A key, and so the bucket that it encrypts, lies within the residency."""
    store, residency = environment.storage.datasets, environment.residency
    if not isinstance(store, ExistingS3Store) or store.kms_key_arn is None:
        return
    place = store.kms_key_arn.split(":")[3]
    if residency not in jurisdictions() or place not in region_names():
        return
    if region(place).jurisdiction != residency:
        within = ", ".join(name for name in region_names() if region(name).jurisdiction == residency)
        yield Problem(
            field="storage.datasets.kms_key_arn",
            given=given_text(store.kms_key_arn),
            message=f'the key, and so the bucket, is in {place}, outside the residency "{residency}"',
            allowed=f"a key in {within}",
            mend="name a bucket within the residency, or change residency if the data may be there",
        )
