"""KMS keys and their aliases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name, tags_of
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.aws.translate import tags_to_list
from modelyard_sandbox.errors import CloudError, UnsupportedError

DEFAULT_DELETION_WINDOW_DAYS = 30
DELETION_WINDOW_DAYS = range(7, 31)
"""What the AWS provider takes before it makes a key: KMS itself would only say so when it is to go."""
SCHEDULED = ("PendingDeletion", "PendingReplicaDeletion")


def is_scheduled(key: Mapping[str, Any]) -> bool:
    """Whether a key's deletion is scheduled, which counts as gone."""
    return key["KeyState"] in SCHEDULED


def is_replica(key: Mapping[str, Any]) -> bool:
    """Whether a key is a replica of one in another region."""
    return key.get("MultiRegionConfiguration", {}).get("MultiRegionKeyType") == "REPLICA"


class CustomerKey(ResourceHandler):
    """What a customer-managed key has, be it a replica or not. Deleting schedules its deletion."""

    service = "kms"
    made_with = frozenset({"description", "policy", "tags", "tagsAll"})
    taggable = True

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        """Schedule the deletion; one that is scheduled already is fine."""
        days = int(inputs.get("deletionWindowInDays", DEFAULT_DELETION_WINDOW_DAYS))
        try:
            self.call(cloud, "ScheduleKeyDeletion", KeyId=id_, PendingWindowInDays=days)
        except CloudError as error:
            if "is pending deletion" not in error.message:
                raise

    def check_window(self, inputs: Inputs) -> None:
        """Refuse to make a key that could not be deleted."""
        days = inputs.get("deletionWindowInDays")
        if days is not None and int(days) not in DELETION_WINDOW_DAYS:
            raise UnsupportedError(f"deletionWindowInDays takes 7 to 30 days, not {days}")

    def tags(self, inputs: Inputs) -> list[dict[str, str]]:
        """The request's tags at creation."""
        return tags_to_list(tags_of(inputs), "TagKey", "TagValue")

    def describe(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        """Bring description and policy from old to new."""
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

    def enable(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs, name: str) -> None:
        """Enable or disable the key, as the input of that name says."""
        if changed(old, new, name):
            self.call(cloud, "EnableKey" if new.get(name, True) else "DisableKey", KeyId=id_)

    def standing(self, cloud: Cloud) -> Iterator[Mapping[str, Any]]:
        """The descriptions of the region's customer-managed keys that aren't to be deleted."""
        for page in cloud.client("kms").get_paginator("list_keys").paginate():
            for item in page["Keys"]:
                key = self.call(cloud, "DescribeKey", KeyId=item["KeyId"])["KeyMetadata"]
                if key["KeyManager"] == "CUSTOMER" and not is_scheduled(key):
                    yield key


class Key(CustomerKey):
    """A customer-managed key that is no replica."""

    type = "aws:kms/key:Key"
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

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self.check_window(inputs)
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
        return self.call(cloud, "CreateKey", **request, Tags=self.tags(inputs))["KeyMetadata"]["KeyId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        self.describe(cloud, id_, old, new)
        if changed(old, new, "enableKeyRotation", "rotationPeriodInDays"):
            self._rotate(cloud, id_, new)
        self.enable(cloud, id_, old, new, "isEnabled")
        retag(cloud, "kms", id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        key = self.call(cloud, "DescribeKey", KeyId=id_)["KeyMetadata"]
        if is_scheduled(key):
            return None
        return {"arn": key["Arn"], "keyId": key["KeyId"]}

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return (key["KeyId"] for key in self.standing(cloud) if not is_replica(key))

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
