"""KMS: replicas of multi-Region keys."""

from __future__ import annotations

from collections.abc import Iterable

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, tags_of
from modelyard_sandbox.aws.kms import is_replica, is_scheduled, schedule_deletion
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.aws.translate import tags_to_list
from modelyard_sandbox.errors import UnsupportedError


class ReplicaKey(ResourceHandler):
    """A replica in the resource's region of a primary in another; its id is the key's."""

    type = "aws:kms/replicaKey:ReplicaKey"
    service = "kms"
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
    made_with = frozenset({"description", "policy", "tags", "tagsAll"})
    identity = ("primaryKeyArn",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
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
            Tags=tags_to_list(tags_of(inputs), "TagKey", "TagValue"),
            **request,
        )
        return answer["ReplicaKeyMetadata"]["KeyId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "description"):
            self.call(cloud, "UpdateKeyDescription", KeyId=id_, Description=new.get("description", ""))
        if changed(old, new, "policy") and "policy" in new:
            bypass = bool(new.get("bypassPolicyLockoutSafetyCheck", False))
            request = {"PolicyName": "default", "Policy": new["policy"]}
            self.call(cloud, "PutKeyPolicy", KeyId=id_, **request, BypassPolicyLockoutSafetyCheck=bypass)
        if changed(old, new, "enabled"):
            self.call(cloud, "EnableKey" if new.get("enabled", True) else "DisableKey", KeyId=id_)
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
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        schedule_deletion(cloud, id_, inputs)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("kms").get_paginator("list_keys").paginate():
            for item in page["Keys"]:
                key = self.call(cloud, "DescribeKey", KeyId=item["KeyId"])["KeyMetadata"]
                if is_replica(key) and not is_scheduled(key):
                    yield key["KeyId"]

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return str(inputs["primaryKeyArn"]).rpartition("/")[2]
