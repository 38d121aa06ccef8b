"""How each service sets and removes tags on what exists."""

from __future__ import annotations

from dataclasses import dataclass

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, tag_changes
from modelyard_sandbox.aws.translate import to_value


@dataclass(frozen=True, slots=True)
class Tagging:
    """Two operations, and what their parameters are called; the shape says whether tags are a list or a
    map.
    """

    set: str
    unset: str
    target: str
    tags: str
    names: str


TAGGING = {
    "kms": Tagging("TagResource", "UntagResource", "KeyId", "Tags", "TagKeys"),
    "iam-role": Tagging("TagRole", "UntagRole", "RoleName", "Tags", "TagKeys"),
    "iam-policy": Tagging("TagPolicy", "UntagPolicy", "PolicyArn", "Tags", "TagKeys"),
    "iam-profile": Tagging(
        "TagInstanceProfile", "UntagInstanceProfile", "InstanceProfileName", "Tags", "TagKeys"
    ),
    "logs": Tagging("TagResource", "UntagResource", "resourceArn", "tags", "tagKeys"),
    "ecr": Tagging("TagResource", "UntagResource", "resourceArn", "tags", "tagKeys"),
    "batch": Tagging("TagResource", "UntagResource", "resourceArn", "tags", "tagKeys"),
    "backup": Tagging("TagResource", "UntagResource", "ResourceArn", "Tags", "TagKeyList"),
    "efs": Tagging("TagResource", "UntagResource", "ResourceId", "Tags", "TagKeys"),
    "fsx": Tagging("TagResource", "UntagResource", "ResourceARN", "Tags", "TagKeys"),
    "sns": Tagging("TagResource", "UntagResource", "ResourceArn", "Tags", "TagKeys"),
    "cloudwatch": Tagging("TagResource", "UntagResource", "ResourceARN", "Tags", "TagKeys"),
    "events": Tagging("TagResource", "UntagResource", "ResourceARN", "Tags", "TagKeys"),
    "lambda": Tagging("TagResource", "UntagResource", "Resource", "Tags", "TagKeys"),
    "scheduler": Tagging("TagResource", "UntagResource", "ResourceArn", "Tags", "TagKeys"),
    "accessanalyzer": Tagging("TagResource", "UntagResource", "resourceArn", "tags", "tagKeys"),
    "guardduty": Tagging("TagResource", "UntagResource", "ResourceArn", "Tags", "TagKeys"),
    "budgets": Tagging("TagResource", "UntagResource", "ResourceARN", "ResourceTags", "ResourceTagKeys"),
}


def retag(cloud: Cloud, kind: str, target: str, old: Inputs, new: Inputs) -> None:
    """Bring a resource's tags from the old inputs to the new ones."""
    added, removed = tag_changes(old, new)
    tagging = TAGGING[kind]
    service = kind.partition("-")[0]
    if added:
        shape = cloud.shape(service, tagging.set).members[tagging.tags]
        cloud.call(service, tagging.set, **{tagging.target: target, tagging.tags: to_value(shape, added)})
    if removed:
        cloud.call(service, tagging.unset, **{tagging.target: target, tagging.names: removed})
