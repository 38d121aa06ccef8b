"""The repository for training images."""

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

UNTAGGED_DAYS = 14
"""Days that images without a tag are kept."""


def registry(
    name: str,
    repository_name: str,
    region: str,
    key_arn: pulumi.Input[str],
    tags: Mapping[str, pulumi.Input[str]],
    opts: pulumi.ResourceOptions,
) -> aws.ecr.Repository:
    """A repository whose tags never move, whose images are scanned when pushed, under a customer's key."""
    repository = aws.ecr.Repository(
        name,
        name=repository_name,
        region=region,
        image_tag_mutability="IMMUTABLE",
        image_scanning_configuration={"scan_on_push": True},
        encryption_configurations=[{"encryption_type": "KMS", "kms_key": key_arn}],
        tags=tags,
        opts=opts,
    )
    untagged = {
        "rulePriority": 1,
        "description": f"Images without a tag go after {UNTAGGED_DAYS} days",
        "selection": {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": UNTAGGED_DAYS,
        },
        "action": {"type": "expire"},
    }
    aws.ecr.LifecyclePolicy(
        name,
        repository=repository.name,
        policy=json.dumps({"rules": [untagged]}),
        region=region,
        opts=opts,
    )
    return repository
