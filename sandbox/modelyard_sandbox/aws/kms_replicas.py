"""KMS: replicas of multi-Region keys."""

from __future__ import annotations

from collections.abc import Iterable

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs
from modelyard_sandbox.aws.kms import CustomerKey, is_replica, is_scheduled
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.errors import UnsupportedError


class ReplicaKey(CustomerKey):
    """A replica in the resource's region of a primary in another; its id is the key's."""

    type = "aws:kms/replicaKey:ReplicaKey"
    inputs = frozenset(
        {
            "bypassPolicyLockoutSafetyCheck",
            "deletionWindowInDays",
            "description",
            "enabled",
            "policy",
            "primaryKeyArn",
        }
    )
    required = frozenset({"primaryKeyArn"})
    replace_on = frozenset({"primaryKeyArn"})
    identity = ("primaryKeyArn",)

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self.check_window(inputs)
        parts = str(inputs["primaryKeyArn"]).split(":")
        if len(parts) < 6:
            raise UnsupportedError(f"primaryKeyArn takes the arn of a key, not {inputs['primaryKeyArn']!r}")
        # A primary is replicated from its own region.
        primary = cloud.in_region(parts[3])
        request = self.request(
            primary, "ReplicateKey", inputs, "bypassPolicyLockoutSafetyCheck", "description", "policy"
        )
        answer = self.call(
            primary,
            "ReplicateKey",
            KeyId=inputs["primaryKeyArn"],
            ReplicaRegion=cloud.region,
            Tags=self.tags(inputs),
            **request,
        )
        return answer["ReplicaKeyMetadata"]["KeyId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        self.describe(cloud, id_, old, new)
        self.enable(cloud, id_, old, new, "enabled")
        retag(cloud, "kms", id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        key = self.call(cloud, "DescribeKey", KeyId=id_)["KeyMetadata"]
        if is_scheduled(key):
            return None
        rotation = self.call(cloud, "GetKeyRotationStatus", KeyId=id_)
        return {
            "arn": key["Arn"],
            "keyId": key["KeyId"],
            "keyRotationEnabled": rotation["KeyRotationEnabled"],
            "keySpec": key["KeySpec"],
            "keyUsage": key["KeyUsage"],
        }

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return (key["KeyId"] for key in self.standing(cloud) if is_replica(key))

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return str(inputs["primaryKeyArn"]).rpartition("/")[2]
