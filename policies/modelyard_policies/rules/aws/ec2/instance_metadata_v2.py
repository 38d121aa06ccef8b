"""Instances answer metadata requests only to callers that hold a session token (IMDSv2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modelyard_policies.aws.types import (
    INSTANCE,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    SPOT_INSTANCE_REQUEST,
)
from modelyard_policies.reading import Failure, GraphView, Resource, any_of
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="instance-metadata-v2",
    code="CO1",
    title="Instances require IMDSv2",
    severity=Severity.HIGH,
    resources=(LAUNCH_TEMPLATE, INSTANCE, SPOT_INSTANCE_REQUEST, LAUNCH_CONFIGURATION),
    reads=(LAUNCH_TEMPLATE,),
    why="With version 1, one forged request from a training container hands out the node role's credentials.",
    mend='Set metadataOptions.httpTokens to "required", or httpEndpoint to "disabled".',
    maps_to={"checkov": ["CKV_AWS_79"], "security_hub": ["EC2.8", "EC2.170"], "cis_aws": ["5.7"]},
    snippet="""\
aws.ec2.LaunchTemplate(
    "node", metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 1}
)
""",
)

REPLACED: Final = frozenset({SPOT_INSTANCE_REQUEST, LAUNCH_CONFIGURATION})
"""What can't be changed, only made anew."""


@RULE.check
def tokens_are_required(machine: Resource, graph: GraphView) -> Iterator[Failure]:
    """An instance without options of its own takes those of its launch template."""
    if _leaves_it_to_template(machine):
        template = machine.block("launchTemplate")
        key = "id" if template.has("id") else "name"
        if not graph.any_target(template, key, LAUNCH_TEMPLATE, _is_closed):
            yield template.failure("", "the launch template doesn't require IMDSv2")
    elif not _is_closed(machine):
        options = machine.block("metadataOptions")
        yield options.failure("httpTokens", f"is {options.shown('httpTokens')}, not required")


@RULE.remedy
def require_tokens(machine: Resource, graph: GraphView) -> Mapping[str, Any]:  # noqa: ARG001
    """Of what says so itself: a launch template is remedied by itself."""
    if machine.type in REPLACED or _leaves_it_to_template(machine) or _is_closed(machine):
        return {}
    return {"metadataOptions.httpTokens": "required"}


def _leaves_it_to_template(machine: Resource) -> bool:
    return not machine.has("metadataOptions") and machine.has("launchTemplate")


def _is_closed(machine: Resource) -> bool:
    options = machine.block("metadataOptions")
    return any_of(
        lambda: options.text("httpTokens") == "required",
        lambda: options.text("httpEndpoint") == "disabled",
    )
