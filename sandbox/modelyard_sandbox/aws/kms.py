"""KMS keys and their aliases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name, tags_of
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.aws.translate import tags_to_list
from modelyard_sandbox.errors import CloudError

DEFAULT_DELETION_WINDOW_DAYS = 30
SCHEDULED = ("PendingDeletion", "PendingReplicaDeletion")


def is_scheduled(key: Mapping[str, Any]) -> bool:
    """Whether a key's deletion is scheduled, which counts as gone."""
    return key["KeyState"] in SCHEDULED


def schedule_deletion(cloud: Cloud, id_: str, inputs: Inputs) -> None:
    """Schedule a key's deletion; one whose deletion is scheduled already is fine."""
    days = int(inputs.get("deletionWindowInDays", DEFAULT_DELETION_WINDOW_DAYS))
    try:
        cloud.call("kms", "ScheduleKeyDeletion", KeyId=id_, PendingWindowInDays=days)
    except CloudError as error:
        if "is pending deletion" not in error.message:
            raise


def is_replica(key: Mapping[str, Any]) -> bool:
    """Whether a key is a replica of one in another region."""
    return key.get("MultiRegionConfiguration", {}).get("MultiRegionKeyType") == "REPLICA"


class Key(ResourceHandler):
    """A customer-managed key. Deleting schedules its deletion, which counts as gone."""

    type = "aws:kms/key:Key"
    service = "kms"
    inputs = frozenset(
        {
            "bypassPolicyLockoutSafetyCheck",
            "customerMasterKeySpec",
            "deletionWindowInDays",
            "description",
            "enableKeyRotation",
            "isEnabled",
            "keyUsage",
            "multiRegion",
            "policy",
            "rotationPeriodInDays",
        }
    )
    replace_on = frozenset({"customerMasterKeySpec", "keyUsage", "multiRegion"})
    made_with = frozenset({"description", "policy", "tags", "tagsAll"})
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(
            cloud,
            "CreateKey",
            inputs,
            "bypassPolicyLockoutSafetyCheck",
            "customerMasterKeySpec",
            "description",
            "keyUsage",
            "multiRegion",
            "policy",
            renames={"customerMasterKeySpec": "KeySpec"},
        )
        tags = tags_to_list(tags_of(inputs), "TagKey", "TagValue")
        return self.call(cloud, "CreateKey", **request, Tags=tags)["KeyMetadata"]["KeyId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "description"):
            self.call(cloud, "UpdateKeyDescription", KeyId=id_, Description=new.get("description", ""))
        if changed(old, new, "policy") and "policy" in new:
            self.call(
                cloud,
                "PutKeyPolicy",
                KeyId=id_,
                PolicyName="default",
                Policy=new["policy"],
                BypassPolicyLockoutSafetyCheck=bool(new.get("bypassPolicyLockoutSafetyCheck", False)),
            )
        if changed(old, new, "enableKeyRotation", "rotationPeriodInDays"):
            self._rotate(cloud, id_, new)
        if changed(old, new, "isEnabled"):
            self.call(cloud, "EnableKey" if new.get("isEnabled", True) else "DisableKey", KeyId=id_)
        retag(cloud, "kms", id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        key = self.call(cloud, "DescribeKey", KeyId=id_)["KeyMetadata"]
        if is_scheduled(key):
            return None
        return {"arn": key["Arn"], "keyId": key["KeyId"]}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        schedule_deletion(cloud, id_, inputs)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("kms").get_paginator("list_keys").paginate():
            for item in page["Keys"]:
                key = self.call(cloud, "DescribeKey", KeyId=item["KeyId"])["KeyMetadata"]
                if key["KeyManager"] == "CUSTOMER" and not is_scheduled(key) and not is_replica(key):
                    yield key["KeyId"]

    def _rotate(self, cloud: Cloud, id_: str, new: Inputs) -> None:
        if new.get("enableKeyRotation"):
            period = self.request(cloud, "EnableKeyRotation", new, "rotationPeriodInDays")
            self.call(cloud, "EnableKeyRotation", KeyId=id_, **period)
        else:
            self.call(cloud, "DisableKeyRotation", KeyId=id_)


class Alias(ResourceHandler):
    """A key's alias."""

    type = "aws:kms/alias:Alias"
    service = "kms"
    inputs = frozenset({"name", "namePrefix", "targetKeyId"})
    required = frozenset({"targetKeyId"})
    replace_on = frozenset({"name", "namePrefix"})
    made_with = frozenset({"targetKeyId"})
    identity = ("name",)

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        self.call(cloud, "CreateAlias", AliasName=name, TargetKeyId=inputs["targetKeyId"])
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "targetKeyId"):
            self.call(cloud, "UpdateAlias", AliasName=id_, TargetKeyId=new["targetKeyId"])

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        for alias in self._aliases(cloud):
            if alias["AliasName"] == id_:
                key = cloud.arn("kms", f"key/{alias['TargetKeyId']}")
                return {"name": id_, "arn": alias["AliasArn"], "targetKeyArn": key}
        return None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteAlias", AliasName=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return (alias["AliasName"] for alias in self._aliases(cloud) if "TargetKeyId" in alias)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")

    def _aliases(self, cloud: Cloud) -> Iterable[dict[str, str]]:
        for page in cloud.client("kms").get_paginator("list_aliases").paginate():
            # AWS's own keys have aliases as well.
            yield from (alias for alias in page["Aliases"] if not alias["AliasName"].startswith("alias/aws/"))
