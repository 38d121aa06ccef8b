"""Instances answer metadata requests only to callers that hold a session token (IMDSv2).

Where a machine and its launch template say nothing, the account's default in the region counts before the
image's (Amazon EC2 User Guide, "Order of precedence for instance metadata options", 2026-11): that is seen if
the stack sets it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modelyard_policies.aws.types import (
    INSTANCE,
    INSTANCE_METADATA_DEFAULTS,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    SPOT_INSTANCE_REQUEST,
)
from modelyard_policies.reading import Failure, GraphView, Resource, any_of, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="instance-metadata-v2",
    code="CO1",
    title="Instances require IMDSv2",
    severity=Severity.HIGH,
    resources=(
        LAUNCH_TEMPLATE,
        INSTANCE,
        SPOT_INSTANCE_REQUEST,
        LAUNCH_CONFIGURATION,
        INSTANCE_METADATA_DEFAULTS,
    ),
    reads=(LAUNCH_TEMPLATE, INSTANCE_METADATA_DEFAULTS),
    why="With version 1, one forged request from a training container hands out the node role's credentials.",
    mend='Set metadataOptions.httpTokens to "required", or httpEndpoint to "disabled".',
    maps_to={"checkov": ["CKV_AWS_79"], "security_hub": ["EC2.8", "EC2.170"], "cis_aws": ["5.7"]},
    snippet="""\
aws.ec2.LaunchTemplate("node", metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 1})
""",
)

TOKENS: Final = "httpTokens"
REPLACED: Final = frozenset({SPOT_INSTANCE_REQUEST, LAUNCH_CONFIGURATION})
"""What can't be changed, only made anew."""


@RULE.check
def tokens_are_required(machine: Resource, graph: GraphView) -> Iterator[Failure]:
    """An instance without options of its own takes those of its launch template."""
    if machine.type == INSTANCE_METADATA_DEFAULTS:
        if machine.text(TOKENS) == "optional":
            yield machine.failure(TOKENS, "is optional: what says nothing answers to anybody")
    elif _leaves_it_to_template(machine):
        template = machine.block("launchTemplate")
        key = "id" if template.has("id") else "name"
        if not graph.any_target(template, key, LAUNCH_TEMPLATE, lambda each: _is_closed(each, graph)):
            yield template.failure("", "the launch template doesn't require IMDSv2")
    elif not _is_closed(machine, graph):
        options = machine.block("metadataOptions")
        yield options.failure(TOKENS, f"is {options.shown(TOKENS)}, not required")


@RULE.remedy
def require_tokens(machine: Resource, graph: GraphView) -> Mapping[str, Any]:
    """Of what says so itself: a launch template is remedied by itself. Where nothing is said it is said, also
    if a default of the stack would do, which isn't seen here.
    """
    if machine.type == INSTANCE_METADATA_DEFAULTS:
        return {TOKENS: "required"} if machine.text(TOKENS) == "optional" else {}
    if machine.type in REPLACED or _leaves_it_to_template(machine) or _is_closed(machine, graph):
        return {}
    return {f"metadataOptions.{TOKENS}": "required"}


def _leaves_it_to_template(machine: Resource) -> bool:
    return not machine.has("metadataOptions") and machine.has("launchTemplate")


def _is_closed(machine: Resource, graph: GraphView) -> bool:
    options = machine.block("metadataOptions")
    return any_of(
        lambda: options.text(TOKENS) == "required",
        lambda: options.text("httpEndpoint") == "disabled",
        lambda: not options.has(TOKENS) and _is_closed_by_default(machine, graph),
    )


def _is_closed_by_default(machine: Resource, graph: GraphView) -> bool:
    defaults = graph.once(_defaults_by_region).get(machine.node.region or "", ())
    return some(defaults, lambda each: each.text(TOKENS) == "required")


def _defaults_by_region(graph: GraphView) -> dict[str, list[Resource]]:
    """What the stack sets for machines that say nothing; a stack that isn't seen whole is judged as it is."""
    found: dict[str, list[Resource]] = {}
    for resource in graph.resources():
        if resource.type == INSTANCE_METADATA_DEFAULTS and resource.node.region:
            found.setdefault(resource.node.region, []).append(resource)
    return found
