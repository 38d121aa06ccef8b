"""What an account sets once, or once a region: each is put whole, and deleted to AWS's default."""

from __future__ import annotations

from collections.abc import Iterable

from typing_extensions import override

from modelyard_sandbox.aws.cloud import GLOBAL_REGION, Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed
from modelyard_sandbox.errors import CloudError

DEFAULT = "default"
"""The id of what there is one of, as pulumi-aws imports it (registry pages, Import; 2026-11)."""

BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
METADATA = ("httpEndpoint", "httpPutResponseHopLimit", "httpTokens", "instanceMetadataTags")
NO_PREFERENCE = {
    "HttpEndpoint": "no-preference",
    "HttpPutResponseHopLimit": -1,
    "HttpTokens": "no-preference",
    "InstanceMetadataTags": "no-preference",
}


class AccountSetting(ResourceHandler):
    """A setting that there is one of in its place: `put` puts it, and `current` says what it is."""

    def put(self, cloud: Cloud, inputs: Inputs) -> None:
        """Set it to what the inputs say."""
        raise NotImplementedError

    def unset(self, cloud: Cloud, inputs: Inputs) -> None:
        """Set it back to AWS's default."""
        raise NotImplementedError

    def current(self, cloud: Cloud) -> Inputs | None:
        """What is set, in Pulumi's terms; none for AWS's default."""
        raise NotImplementedError

    def id_of(self, cloud: Cloud) -> str:
        """Its id."""
        return cloud.region

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self.put(cloud, inputs)
        return self.id_of(cloud)

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *self.inputs):
            self.put(cloud, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        return {} if self.current(cloud) is not None else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.unset(cloud, inputs)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return [self.id_of(cloud)] if self.current(cloud) is not None else []

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return self.id_of(cloud)

    @property
    def made_with(self) -> frozenset[str]:  # pyright: ignore[reportIncompatibleVariableOverride] (all of them)
        """Every input."""
        return self.inputs


class AccountPublicAccessBlock(AccountSetting):
    """What no bucket of the account may open; its id is the account's."""

    type = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
    service = "s3control"
    inputs = frozenset({"accountId", *BLOCKS})
    replace_on = frozenset({"accountId"})
    is_global = True

    @override
    def id_of(self, cloud: Cloud) -> str:
        return cloud.account_id

    @override
    def put(self, cloud: Cloud, inputs: Inputs) -> None:
        self.call(
            cloud,
            "PutPublicAccessBlock",
            AccountId=inputs.get("accountId") or cloud.account_id,
            PublicAccessBlockConfiguration={
                name[0].upper() + name[1:]: bool(inputs.get(name, False)) for name in BLOCKS
            },
        )

    @override
    def unset(self, cloud: Cloud, inputs: Inputs) -> None:
        self.call(cloud, "DeletePublicAccessBlock", AccountId=cloud.account_id)

    @override
    def current(self, cloud: Cloud) -> Inputs | None:
        try:
            found = self.call(cloud, "GetPublicAccessBlock", AccountId=cloud.account_id)
        except CloudError as error:
            if error.says_gone:
                return None
            raise
        blocks = found["PublicAccessBlockConfiguration"]
        return {"accountId": cloud.account_id} | {
            name: blocks.get(name[0].upper() + name[1:], False) for name in BLOCKS
        }


class EncryptionByDefault(AccountSetting):
    """Whether every new volume of a region is encrypted."""

    type = "aws:ebs/encryptionByDefault:EncryptionByDefault"
    service = "ec2"
    inputs = frozenset({"enabled"})

    @override
    def id_of(self, cloud: Cloud) -> str:
        return DEFAULT

    @override
    def put(self, cloud: Cloud, inputs: Inputs) -> None:
        verb = "Enable" if inputs.get("enabled", True) else "Disable"
        self.call(cloud, f"{verb}EbsEncryptionByDefault")

    @override
    def unset(self, cloud: Cloud, inputs: Inputs) -> None:
        self.call(cloud, "DisableEbsEncryptionByDefault")

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        # It is there whether it is on or off: one may ask for off.
        return {}

    @override
    def current(self, cloud: Cloud) -> Inputs | None:
        is_on = self.call(cloud, "GetEbsEncryptionByDefault")["EbsEncryptionByDefault"]
        return {"enabled": True} if is_on else None


class DefaultKmsKey(AccountSetting):
    """The key of new volumes that name none; its id is the key's ARN."""

    type = "aws:ebs/defaultKmsKey:DefaultKmsKey"
    service = "ec2"
    inputs = frozenset({"keyArn"})
    required = inputs
    replace_on = inputs

    @override
    def put(self, cloud: Cloud, inputs: Inputs) -> None:
        self.call(cloud, "ModifyEbsDefaultKmsKeyId", KmsKeyId=inputs["keyArn"])

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self.put(cloud, inputs)
        return inputs["keyArn"]

    @override
    def unset(self, cloud: Cloud, inputs: Inputs) -> None:
        self.call(cloud, "ResetEbsDefaultKmsKeyId")

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        # A replacement has set the new key by then.
        if self.current(cloud) == {"keyArn": id_}:
            self.unset(cloud, inputs)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        return self.current(cloud) if self.current(cloud) == {"keyArn": id_} else None

    @override
    def current(self, cloud: Cloud) -> Inputs | None:
        key = self.call(cloud, "GetEbsDefaultKmsKeyId")["KmsKeyId"]
        return None if key == "alias/aws/ebs" else {"keyArn": key}

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        current = self.current(cloud)
        return [current["keyArn"]] if current else []

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs["keyArn"]


class SnapshotBlockPublicAccess(AccountSetting):
    """Whether snapshots of a region may be public."""

    type = "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess"
    service = "ec2"
    inputs = frozenset({"state"})
    required = inputs

    @override
    def id_of(self, cloud: Cloud) -> str:
        return DEFAULT

    @override
    def put(self, cloud: Cloud, inputs: Inputs) -> None:
        if inputs["state"] == "unblocked":
            self.unset(cloud, inputs)
        else:
            self.call(cloud, "EnableSnapshotBlockPublicAccess", State=inputs["state"])

    @override
    def unset(self, cloud: Cloud, inputs: Inputs) -> None:
        self.call(cloud, "DisableSnapshotBlockPublicAccess")

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        return {}

    @override
    def current(self, cloud: Cloud) -> Inputs | None:
        state = self.call(cloud, "GetSnapshotBlockPublicAccessState")["State"]
        return None if state == "unblocked" else {"state": state}


class InstanceMetadataDefaults(AccountSetting):
    """How new instances of a region answer about themselves, where they don't say."""

    type = "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults"
    service = "ec2"
    inputs = frozenset(METADATA)

    @override
    def put(self, cloud: Cloud, inputs: Inputs) -> None:
        asked = self.request(cloud, "ModifyInstanceMetadataDefaults", inputs, *METADATA)
        self.call(cloud, "ModifyInstanceMetadataDefaults", **{**NO_PREFERENCE, **asked})

    @override
    def unset(self, cloud: Cloud, inputs: Inputs) -> None:
        self.call(cloud, "ModifyInstanceMetadataDefaults", **NO_PREFERENCE)

    @override
    def current(self, cloud: Cloud) -> Inputs | None:
        level = self.call(cloud, "GetInstanceMetadataDefaults").get("AccountLevel", {})
        found = {name: level[key] for name in METADATA if (key := name[0].upper() + name[1:]) in level}
        return found or None


class VpcBlockPublicAccessOptions(AccountSetting):
    """What internet gateways of a region let through."""

    type = "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions"
    service = "ec2"
    inputs = frozenset({"internetGatewayBlockMode"})
    required = inputs

    @override
    def put(self, cloud: Cloud, inputs: Inputs) -> None:
        mode = inputs["internetGatewayBlockMode"]
        self.call(cloud, "ModifyVpcBlockPublicAccessOptions", InternetGatewayBlockMode=mode)

    @override
    def unset(self, cloud: Cloud, inputs: Inputs) -> None:
        self.call(cloud, "ModifyVpcBlockPublicAccessOptions", InternetGatewayBlockMode="off")

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        return {"awsAccountId": cloud.account_id, "awsRegion": cloud.region}

    @override
    def current(self, cloud: Cloud) -> Inputs | None:
        options = self.call(cloud, "DescribeVpcBlockPublicAccessOptions")["VpcBlockPublicAccessOptions"]
        mode = options["InternetGatewayBlockMode"]
        return None if mode == "off" else {"internetGatewayBlockMode": mode}


class CostAllocationTag(ResourceHandler):
    """Whether costs are told apart by a tag; its id is the tag's key."""

    type = "aws:costexplorer/costAllocationTag:CostAllocationTag"
    service = "ce"
    inputs = frozenset({"status", "tagKey"})
    required = inputs
    replace_on = frozenset({"tagKey"})
    made_with = inputs
    identity = ("tagKey",)
    is_global = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self._set(cloud, inputs["tagKey"], inputs["status"])
        return inputs["tagKey"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "status"):
            self._set(cloud, id_, new["status"])

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "ListCostAllocationTags", TagKeys=[id_])["CostAllocationTags"]
        return {"tagKey": id_, "type": found[0]["Type"]} if found else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self._set(cloud, id_, "Inactive")

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        found = self.call(cloud, "ListCostAllocationTags", Status="Active")["CostAllocationTags"]
        return [tag["TagKey"] for tag in found]

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs["tagKey"]

    def _set(self, cloud: Cloud, key: str, status: str) -> None:
        asked = [{"TagKey": key, "Status": status}]
        cloud = cloud.in_region(GLOBAL_REGION)
        failed = self.call(cloud, "UpdateCostAllocationTagsStatus", CostAllocationTagsStatus=asked)["Errors"]
        if failed:
            first = failed[0]
            raise CloudError(
                "ce", "UpdateCostAllocationTagsStatus", str(first["Code"]), str(first["Message"])
            )
