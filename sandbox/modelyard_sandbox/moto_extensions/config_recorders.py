"""AWS Config: how often a recorder records, under which role, and whether what it delivers to lets it in.

Sources: AWS Config API reference, PutConfigurationRecorder, PutDeliveryChannel and their errors; AWS Config
developer guide, "Permissions for the Amazon S3 Bucket" and "for the KMS Key for the AWS Config Delivery
Channel"; 2026-11.
"""

from __future__ import annotations

from typing import Any

from moto.config.models import ConfigBackend
from moto.core.exceptions import ServiceException
from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from modelyard_sandbox.moto_extensions.operations import after, before
from modelyard_sandbox.moto_extensions.service_writes import bucket_of, key_of, may_encrypt, may_write

SERVICE = "config.amazonaws.com"
CONTINUOUS = {"recordingFrequency": "CONTINUOUS"}


class InvalidRoleError(ServiceException):
    """There is no such role."""

    code = "InvalidRoleException"


class NoSuchBucketError(ServiceException):
    """There is no such bucket."""

    code = "NoSuchBucketException"


class InvalidS3KmsKeyArnError(ServiceException):
    """The key can't be used for the bucket."""

    code = "InvalidS3KmsKeyArnException"


class InsufficientDeliveryPolicyError(ServiceException):
    """The bucket or the key doesn't let Config in."""

    code = "InsufficientDeliveryPolicyException"


def install() -> None:
    """Put the checks before moto's, and keep what it forgets."""
    before(ConfigBackend, "put_configuration_recorder", _check_role)
    after(ConfigBackend, "put_configuration_recorder", _keep_mode)
    before(ConfigBackend, "put_delivery_channel", _check_destination)


def _check_role(self: Any, config_recorder: dict[str, Any]) -> None:
    arn = config_recorder.get("roleARN") or ""
    roles: Any = iam_backends[self.account_id][get_partition(self.region_name)].get_roles()
    if arn not in {role.arn for role in roles}:
        raise InvalidRoleError(f"The role '{arn}' doesn't exist, or AWS Config can't take it on.")


def _keep_mode(self: Any, _answer: Any, config_recorder: dict[str, Any]) -> None:
    recorder = self.recorders[config_recorder["name"]]
    # What is an attribute of moto's recorder is described with it.
    recorder.recording_mode = config_recorder.get("recordingMode") or CONTINUOUS


def _check_destination(self: Any, delivery_channel: dict[str, Any]) -> None:
    name, key_id = delivery_channel.get("s3BucketName"), delivery_channel.get("s3KmsKeyArn")
    if not self.recorders or not name:
        return
    bucket = bucket_of(self.account_id, self.region_name, name)
    if bucket is None:
        raise NoSuchBucketError(f"Cannot find a S3 bucket with name '{name}'.")
    source = {"aws:SourceAccount": self.account_id}
    prefix = delivery_channel.get("s3KeyPrefix")
    start = f"{prefix}/" if prefix else ""
    if not may_write(bucket, SERVICE, f"{start}AWSLogs/{self.account_id}/Config/item.json.gz", source):
        raise InsufficientDeliveryPolicyError(
            f"Insufficient delivery policy to s3 bucket: {name}, unable to write to bucket, provided s3 key "
            f"prefix is '{prefix}', provided kms key is '{key_id}'."
        )
    if key_id:
        _check_key(self, key_id, bucket, source)


def _check_key(self: Any, key_id: str, bucket: Any, source: dict[str, str]) -> None:
    key = key_of(self.account_id, self.region_name, key_id)
    if key is None or f":{bucket.region_name}:" not in key.arn:
        raise InvalidS3KmsKeyArnError(
            f"The KMS key '{key_id}' doesn't exist in the region of the bucket {bucket.name}."
        )
    if not may_encrypt(key, SERVICE, source):
        raise InsufficientDeliveryPolicyError(
            f"Insufficient delivery policy to s3 bucket: {bucket.name}, unable to use the kms key '{key_id}'."
        )
