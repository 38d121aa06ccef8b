"""CloudWatch log groups."""

from __future__ import annotations

from collections.abc import Iterable

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name, tags_of
from modelyard_sandbox.aws.tagging import retag


class LogGroup(ResourceHandler):
    """A log group; its id is its name."""

    type = "aws:cloudwatch/logGroup:LogGroup"
    service = "logs"
    inputs = frozenset({"kmsKeyId", "logGroupClass", "name", "namePrefix", "retentionInDays", "skipDestroy"})
    replace_on = frozenset({"logGroupClass", "name", "namePrefix"})
    made_with = frozenset({"kmsKeyId", "tags", "tagsAll"})
    name_input = "name"
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        request = self.request(cloud, "CreateLogGroup", inputs, "kmsKeyId", "logGroupClass")
        tags = tags_of(inputs)
        self.call(cloud, "CreateLogGroup", logGroupName=name, **request, **({"tags": tags} if tags else {}))
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "kmsKeyId"):
            if new.get("kmsKeyId"):
                self.call(cloud, "AssociateKmsKey", logGroupName=id_, kmsKeyId=new["kmsKeyId"])
            else:
                self.call(cloud, "DisassociateKmsKey", logGroupName=id_)
        if changed(old, new, "retentionInDays"):
            # Zero days is Terraform's word for "for ever".
            if new.get("retentionInDays"):
                days = int(new["retentionInDays"])
                self.call(cloud, "PutRetentionPolicy", logGroupName=id_, retentionInDays=days)
            elif old.get("retentionInDays"):
                self.call(cloud, "DeleteRetentionPolicy", logGroupName=id_)
        retag(cloud, "logs", cloud.arn("logs", f"log-group:{id_}"), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        groups = self.call(cloud, "DescribeLogGroups", logGroupNamePrefix=id_)["logGroups"]
        group = next((group for group in groups if group["logGroupName"] == id_), None)
        # pulumi-aws gives the arn without the `:*` that the API appends.
        return group and {"arn": group["arn"].removesuffix(":*"), "name": id_}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        if not inputs.get("skipDestroy"):
            self.call(cloud, "DeleteLogGroup", logGroupName=id_)

    @override
    def clear(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        if inputs.get("skipDestroy"):
            self.call(cloud, "DeleteLogGroup", logGroupName=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("logs").get_paginator("describe_log_groups").paginate():
            yield from (group["logGroupName"] for group in page["logGroups"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")
