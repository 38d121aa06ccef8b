"""The inputs of a resource that stands: all for one imported by its id, else those that have drifted."""

from __future__ import annotations

import re
from typing import Any

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.errors import CloudError, UnsupportedError
from modelyard_sandbox.handler import BaseHandler, Inputs, Outputs
from modelyard_sandbox.provider.values import reveal, seal

PARTS_OF_IDS = {
    "aws:ec2/route:Route": re.compile(r"r-(?P<routeTableId>rtb-[0-9a-f]+)-(?P<destinationCidrBlock>[\d./]+)"),
    "aws:iam/rolePolicy:RolePolicy": re.compile(r"(?P<role>[^:]+):(?P<name>[^:]+)"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": re.compile(r"(?P<role>.+)[-/](?P<policyArn>arn:.+)"),
    "aws:s3/bucketObjectv2:BucketObjectv2": re.compile(r"(?P<bucket>[^/]+)/(?P<key>.+)"),
}
"""Where an id is made of inputs without which the resource can't be looked at."""

NOT_BY_ID = frozenset(
    {
        "aws:backup/selection:Selection",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    }
)
"""Types whose id doesn't lead to what they belong to."""


def inputs_of(handler: BaseHandler[Any], id_: str) -> Inputs:
    """The inputs that an id holds.

    Raises:
        UnsupportedError: the sandbox can't import the type, or the id isn't one of the type.
    """
    if handler.type in NOT_BY_ID:
        raise UnsupportedError(f"the sandbox can't import {handler.type} by its id")
    pattern = PARTS_OF_IDS.get(handler.type)
    if pattern is None:
        return {}
    found = pattern.fullmatch(id_)
    if found is None:
        raise UnsupportedError(f"{id_} is no id of {handler.type}: it must match {pattern.pattern}")
    return found.groupdict()


def observed(
    handler: BaseHandler[Any], cloud: Cloud, given: Inputs, outputs: Outputs, *, whole: bool
) -> Inputs:
    """The inputs as they stand: `given` with what the cloud says otherwise; if `whole`, all that it says."""
    known = {
        name: seal(outputs[name], given[name]) if name in given else outputs[name]
        for name in outputs
        if (whole and name in handler.inputs) or (name in given and outputs[name] != reveal(given[name]))
    }
    tags = _tags(cloud, outputs) if whole and handler.taggable else {}
    return {**given, **known, **({"tags": tags} if tags else {})}


def _tags(cloud: Cloud, outputs: Outputs) -> dict[str, str]:
    arn = outputs.get("arn")
    if not arn:
        return {}
    try:
        answer = cloud.call("resourcegroupstaggingapi", "GetResources", ResourceARNList=[arn])
    except CloudError as error:
        if not error.says_gone:
            raise
        return {}
    return {tag["Key"]: tag["Value"] for item in answer["ResourceTagMappingList"] for tag in item["Tags"]}
