"""The settings of a bucket: each is put whole under the bucket's name, and deleted to the default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed
from modelyard_sandbox.aws.translate import to_value
from modelyard_sandbox.errors import CloudError


class BucketSetting(ResourceHandler):
    """A setting that S3 keeps whole: one operation puts it, one reads it, one takes it away. Its id is
    the bucket.
    """

    service = "s3"
    required = frozenset({"bucket"})
    replace_on = frozenset({"bucket"})
    identity = ("bucket",)
    put: ClassVar[str]
    get: ClassVar[str]
    unset: ClassVar[str]
    member: ClassVar[str]
    """The member of the request that holds the setting."""
    renames: ClassVar[Mapping[str, str]] = {}

    def setting(self, inputs: Inputs) -> Any:
        """The setting in Pulumi's terms: every input but the bucket."""
        return {name: value for name, value in inputs.items() if name not in ("bucket", "region")}

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self._put(cloud, inputs["bucket"], inputs)
        return inputs["bucket"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *self.inputs):
            self._put(cloud, id_, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        self.call(cloud, self.get, Bucket=id_)
        return {"bucket": id_}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, self.unset, Bucket=id_)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs["bucket"]

    @property
    def made_with(self) -> frozenset[str]:  # pyright: ignore[reportIncompatibleVariableOverride] (all of them)
        """All inputs: `make` puts the setting whole."""
        return self.inputs

    def _put(self, cloud: Cloud, bucket: str, inputs: Inputs) -> None:
        shape = cloud.shape("s3", self.put).members[self.member]
        value = to_value(shape, self.setting(inputs), self.renames)
        self.call(cloud, self.put, Bucket=bucket, **{self.member: value})


class BucketVersioning(BucketSetting):
    """Versioning; taken away it is suspended, since S3 never turns it off again."""

    type = "aws:s3/bucketVersioning:BucketVersioning"
    inputs = frozenset({"bucket", "versioningConfiguration"})
    required = frozenset({"bucket", "versioningConfiguration"})
    put, get, member = "PutBucketVersioning", "GetBucketVersioning", "VersioningConfiguration"
    renames: ClassVar[Mapping[str, str]] = {"mfaDelete": "MFADelete"}

    @override
    def setting(self, inputs: Inputs) -> Any:
        return inputs["versioningConfiguration"]

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        status = self.call(cloud, self.get, Bucket=id_).get("Status")
        if not status:
            return None
        asked = inputs.get("versioningConfiguration") or {}
        return {"bucket": id_, "versioningConfiguration": {**asked, "status": status}}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        try:
            self.call(cloud, self.put, Bucket=id_, VersioningConfiguration={"Status": "Suspended"})
        except CloudError as error:
            # With object lock versioning can't be suspended; pulumi-aws then leaves it as it is.
            if "Object Lock configuration is present" not in error.message:
                raise


class BucketEncryption(BucketSetting):
    """The encryption of objects that say nothing of their own."""

    type = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    inputs = frozenset({"bucket", "rules"})
    put, get, unset = "PutBucketEncryption", "GetBucketEncryption", "DeleteBucketEncryption"
    member = "ServerSideEncryptionConfiguration"
    renames: ClassVar[Mapping[str, str]] = {
        "kmsMasterKeyId": "KMSMasterKeyID",
        "sseAlgorithm": "SSEAlgorithm",
    }


class BucketPublicAccessBlock(BucketSetting):
    """The four flags that keep the public out."""

    type = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    inputs = frozenset(
        {"blockPublicAcls", "blockPublicPolicy", "bucket", "ignorePublicAcls", "restrictPublicBuckets"}
    )
    put, get, unset = "PutPublicAccessBlock", "GetPublicAccessBlock", "DeletePublicAccessBlock"
    member = "PublicAccessBlockConfiguration"

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, self.get, Bucket=id_)[self.member]
        flags = {name: found[name[0].upper() + name[1:]] for name in self.inputs - {"bucket"}}
        return {"bucket": id_, **flags}


class BucketOwnershipControls(BucketSetting):
    """Who owns what is uploaded."""

    type = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
    inputs = frozenset({"bucket", "rule"})
    put, get, unset = (
        "PutBucketOwnershipControls",
        "GetBucketOwnershipControls",
        "DeleteBucketOwnershipControls",
    )
    member = "OwnershipControls"


class BucketPolicy(BucketSetting):
    """The bucket's own policy."""

    type = "aws:s3/bucketPolicy:BucketPolicy"
    inputs = frozenset({"bucket", "policy"})
    required = frozenset({"bucket", "policy"})
    put, get, unset, member = "PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy", "Policy"

    @override
    def setting(self, inputs: Inputs) -> Any:
        return inputs["policy"]


class BucketLogging(BucketSetting):
    """Where the records of access go."""

    type = "aws:s3/bucketLogging:BucketLogging"
    inputs = frozenset({"bucket", "targetBucket", "targetGrants", "targetObjectKeyFormat", "targetPrefix"})
    put, get, member = "PutBucketLogging", "GetBucketLogging", "BucketLoggingStatus"

    @override
    def setting(self, inputs: Inputs) -> Any:
        return {"loggingEnabled": super().setting(inputs)}

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        return {"bucket": id_} if "LoggingEnabled" in self.call(cloud, self.get, Bucket=id_) else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, self.put, Bucket=id_, BucketLoggingStatus={})


class BucketLifecycleConfiguration(BucketSetting):
    """What becomes of objects with age."""

    type = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    inputs = frozenset({"bucket", "rules", "transitionDefaultMinimumObjectSize"})
    required = frozenset({"bucket", "rules"})
    put, get = "PutBucketLifecycleConfiguration", "GetBucketLifecycleConfiguration"
    unset, member = "DeleteBucketLifecycle", "LifecycleConfiguration"

    @override
    def setting(self, inputs: Inputs) -> Any:
        return {"rules": inputs["rules"]}

    @override
    def _put(self, cloud: Cloud, bucket: str, inputs: Inputs) -> None:
        shape = cloud.shape("s3", self.put).members[self.member]
        size = inputs.get("transitionDefaultMinimumObjectSize")
        least = {"TransitionDefaultMinimumObjectSize": size} if size else {}
        value = to_value(shape, self.setting(inputs))
        self.call(cloud, self.put, Bucket=bucket, LifecycleConfiguration=value, **least)
