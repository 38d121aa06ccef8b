"""What keeps a bucket's objects: their replication, and their locks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs
from modelyard_sandbox.aws.s3_settings import BucketSetting
from modelyard_sandbox.aws.translate import to_value

WRITTEN_ONLY = ("bucket", "expectedBucketOwner", "region", "token")


class BucketReplicationConfig(BucketSetting):
    """Where a bucket's objects are copied to."""

    type = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
    inputs = frozenset({"bucket", "role", "rules", "token"})
    required = frozenset({"bucket", "role", "rules"})
    put, get, unset = "PutBucketReplication", "GetBucketReplication", "DeleteBucketReplication"
    member = "ReplicationConfiguration"
    renames: ClassVar[Mapping[str, str]] = {"replicaKmsKeyId": "ReplicaKmsKeyID", "id": "ID"}

    @override
    def setting(self, inputs: Inputs) -> Any:
        return {name: value for name, value in inputs.items() if name not in WRITTEN_ONLY}


class BucketObjectLockConfiguration(BucketSetting):
    """Object lock with its default retention. It can't be turned off: deleting takes the default away."""

    type = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
    inputs = frozenset({"bucket", "expectedBucketOwner", "objectLockEnabled", "rule", "token"})
    replace_on = frozenset({"bucket", "expectedBucketOwner", "objectLockEnabled"})
    put, get, member = "PutObjectLockConfiguration", "GetObjectLockConfiguration", "ObjectLockConfiguration"

    @override
    def setting(self, inputs: Inputs) -> Any:
        given = {name: value for name, value in inputs.items() if name not in WRITTEN_ONLY}
        return {"objectLockEnabled": "Enabled", **given}

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, self.get, Bucket=id_)[self.member]
        # Deleted is what has no default retention any more, if it had one.
        return None if inputs.get("rule") and "Rule" not in found else {"bucket": id_}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        shape = cloud.shape("s3", self.put).members[self.member]
        self.call(
            cloud, self.put, Bucket=id_, **{self.member: to_value(shape, {"objectLockEnabled": "Enabled"})}
        )
