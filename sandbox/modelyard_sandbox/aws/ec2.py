"""What the EC2 types have in common: tags at creation, tags of what exists, describing by id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, ResourceHandler, tag_changes, tags_of
from modelyard_sandbox.aws.translate import tags_to_list


class Ec2Handler(ResourceHandler):
    """A resource of EC2 that is described by its id."""

    service = "ec2"
    taggable = True
    made_with: ClassVar[frozenset[str]] = frozenset({"tags", "tagsAll"})

    describe: ClassVar[str]
    """The operation that describes it (`DescribeVpcs`)."""
    ids: ClassVar[str]
    """That operation's parameter for ids (`VpcIds`)."""
    found: ClassVar[str]
    """The member of its answer that lists what was found (`Vpcs`)."""
    id_member: ClassVar[str]
    """The member of each item that is the id (`VpcId`)."""
    resource_type: ClassVar[str]
    """The resource type of tag specifications, and of the arn (`vpc`)."""

    def one(self, cloud: Cloud, id_: str) -> dict[str, Any] | None:
        """The description, or None."""
        items = self.call(cloud, self.describe, **{self.ids: [id_]})[self.found]
        return items[0] if items else None

    def all(self, cloud: Cloud) -> list[dict[str, Any]]:
        """Every description in the region."""
        return self.call(cloud, self.describe)[self.found]

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str] | None:
        """The ids of all that aren't AWS's own."""
        return (item[self.id_member] for item in self.all(cloud) if not self.is_aws_own(cloud, item))

    def is_aws_own(self, cloud: Cloud, item: dict[str, Any]) -> bool:
        """Whether AWS made it by itself (as the default VPC's parts) or it is gone."""
        del cloud, item
        return False

    def tag_specifications(self, inputs: Inputs) -> dict[str, Any]:
        """The request's tags at creation; nothing without tags."""
        tags = tags_of(inputs)
        if not tags:
            return {}
        return {"TagSpecifications": [{"ResourceType": self.resource_type, "Tags": tags_to_list(tags)}]}

    def retag(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        """Bring the tags from old to new."""
        added, removed = tag_changes(old, new)
        if added:
            self.call(cloud, "CreateTags", Resources=[id_], Tags=tags_to_list(added))
        if removed:
            self.call(cloud, "DeleteTags", Resources=[id_], Tags=[{"Key": name} for name in removed])

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        """Tags are all that changes in place, unless the type says more."""
        self.retag(cloud, id_, old, new)

    def arn(self, cloud: Cloud, id_: str) -> str:
        """The arn of the resource."""
        return cloud.arn("ec2", f"{self.resource_type}/{id_}")


def default_vpc_ids(cloud: Cloud) -> set[str]:
    """The VPCs that AWS gives every account."""
    answer = cloud.call("ec2", "DescribeVpcs", Filters=[{"Name": "is-default", "Values": ["true"]}])
    return {vpc["VpcId"] for vpc in answer["Vpcs"]}


def filters(**values: str) -> list[dict[str, Any]]:
    """Filters of a describe call: `filters(vpc_id=...)` is `vpc-id`."""
    return [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in values.items()]
