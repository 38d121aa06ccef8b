"""EFS: file systems, their policies and the targets by which they are mounted.

Source of what replaces and what updates: pulumi-aws 7.51's registry pages and the provider that it bridges,
aws_efs_file_system, aws_efs_file_system_policy and aws_efs_mount_target; 2026-11.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, tags_of
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.aws.translate import tags_to_list
from modelyard_sandbox.aws.waiting import wait_until

THROUGHPUT = ("provisionedThroughputInMibps", "throughputMode")


class FileSystem(ResourceHandler):
    """A file system that grows with what it holds."""

    type = "aws:efs/fileSystem:FileSystem"
    service = "efs"
    taggable = True
    inputs = frozenset(
        {
            "availabilityZoneName",
            "creationToken",
            "encrypted",
            "kmsKeyId",
            "lifecyclePolicies",
            "performanceMode",
            *THROUGHPUT,
        }
    )
    replace_on = inputs - {"lifecyclePolicies", *THROUGHPUT}
    made_with = (inputs - {"lifecyclePolicies"}) | {"tags", "tagsAll"}
    changing_outputs = frozenset({"name", "numberOfMountTargets", "sizeInBytes"})
    identity = ("creationToken",)

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        asked = {"creationToken": f"terraform-{secrets.token_hex(13)}", **inputs}
        request = self.request(cloud, "CreateFileSystem", asked, *(self.inputs - {"lifecyclePolicies"}))
        tags = {"Tags": tags_to_list(tags_of(inputs))} if tags_of(inputs) else {}
        return self.call(cloud, "CreateFileSystem", **request, **tags)["FileSystemId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        wait_until(lambda: self._one(cloud, id_)["LifeCycleState"] == "available", f"{id_} is available")
        if changed(old, new, *THROUGHPUT):
            request = self.request(
                cloud, "UpdateFileSystem", {"throughputMode": "bursting", **new}, *THROUGHPUT
            )
            self.call(cloud, "UpdateFileSystem", FileSystemId=id_, **request)
        if changed(old, new, "lifecyclePolicies"):
            policies = {"lifecyclePolicies": new.get("lifecyclePolicies") or []}
            request = self.request(cloud, "PutLifecycleConfiguration", policies, "lifecyclePolicies")
            self.call(cloud, "PutLifecycleConfiguration", FileSystemId=id_, **request)
        retag(cloud, "efs", id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self._one(cloud, id_)
        return {
            "arn": found["FileSystemArn"],
            "availabilityZoneId": found.get("AvailabilityZoneId", ""),
            "creationToken": found["CreationToken"],
            "dnsName": f"{id_}.efs.{cloud.region}.amazonaws.com",
            "name": found.get("Name", ""),
            "numberOfMountTargets": found["NumberOfMountTargets"],
            "ownerId": found["OwnerId"],
            "sizeInBytes": [
                {
                    "value": found["SizeInBytes"]["Value"],
                    "valueInIa": found["SizeInBytes"].get("ValueInIA", 0),
                    "valueInStandard": found["SizeInBytes"].get("ValueInStandard", 0),
                }
            ],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteFileSystem", FileSystemId=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return file_system_ids(cloud)

    def _one(self, cloud: Cloud, id_: str) -> dict[str, Any]:
        return self.call(cloud, "DescribeFileSystems", FileSystemId=id_)["FileSystems"][0]


class MountTarget(ResourceHandler):
    """Where a file system is mounted from in one subnet."""

    type = "aws:efs/mountTarget:MountTarget"
    service = "efs"
    inputs = frozenset(
        {"fileSystemId", "ipAddress", "ipAddressType", "ipv6Address", "securityGroups", "subnetId"}
    )
    required = frozenset({"fileSystemId", "subnetId"})
    replace_on = inputs - {"securityGroups"}
    made_with = inputs
    identity = ("fileSystemId", "subnetId")

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(cloud, "CreateMountTarget", inputs, *self.inputs)
        return self.call(cloud, "CreateMountTarget", **request)["MountTargetId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        wait_until(lambda: self._one(cloud, id_)["LifeCycleState"] == "available", f"{id_} is available")
        if changed(old, new, "securityGroups"):
            groups = sorted(new.get("securityGroups") or [])
            self.call(cloud, "ModifyMountTargetSecurityGroups", MountTargetId=id_, SecurityGroups=groups)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self._one(cloud, id_)
        host = f"{found['FileSystemId']}.efs.{cloud.region}.amazonaws.com"
        return {
            "availabilityZoneId": found["AvailabilityZoneId"],
            "availabilityZoneName": found["AvailabilityZoneName"],
            "dnsName": host,
            "fileSystemArn": cloud.arn("elasticfilesystem", f"file-system/{found['FileSystemId']}"),
            "ipAddress": found["IpAddress"],
            "mountTargetDnsName": f"{found['AvailabilityZoneName']}.{host}",
            "networkInterfaceId": found["NetworkInterfaceId"],
            "ownerId": found["OwnerId"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteMountTarget", MountTargetId=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for file_system_id in file_system_ids(cloud):
            targets = self.call(cloud, "DescribeMountTargets", FileSystemId=file_system_id)["MountTargets"]
            yield from (target["MountTargetId"] for target in targets)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        targets = self.call(cloud, "DescribeMountTargets", FileSystemId=inputs["fileSystemId"])[
            "MountTargets"
        ]
        return next((it["MountTargetId"] for it in targets if it["SubnetId"] == inputs.get("subnetId")), None)

    def _one(self, cloud: Cloud, id_: str) -> dict[str, Any]:
        return self.call(cloud, "DescribeMountTargets", MountTargetId=id_)["MountTargets"][0]


class FileSystemPolicy(ResourceHandler):
    """Who may mount a file system, and how; its id is the file system's."""

    type = "aws:efs/fileSystemPolicy:FileSystemPolicy"
    service = "efs"
    inputs = frozenset({"bypassPolicyLockoutSafetyCheck", "fileSystemId", "policy"})
    required = frozenset({"fileSystemId", "policy"})
    replace_on = frozenset({"fileSystemId"})
    made_with = inputs
    identity = ("fileSystemId",)

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self._put(cloud, inputs)
        return inputs["fileSystemId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "policy"):
            self._put(cloud, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        self.call(cloud, "DescribeFileSystemPolicy", FileSystemId=id_)
        return {"fileSystemId": id_}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteFileSystemPolicy", FileSystemId=id_)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs["fileSystemId"]

    def _put(self, cloud: Cloud, inputs: Inputs) -> None:
        request = self.request(cloud, "PutFileSystemPolicy", inputs, *self.inputs)
        self.call(cloud, "PutFileSystemPolicy", **request)


def file_system_ids(cloud: Cloud) -> list[str]:
    """The ids of all file systems of the region."""
    pages = cloud.client("efs").get_paginator("describe_file_systems").paginate()
    return [item["FileSystemId"] for page in pages for item in page["FileSystems"]]
