"""Every resource says where it belongs, and so do the instances and volumes that a template makes.

The class of the data is asked of stores and vaults by the rule data-classification: it isn't asked twice.

On Azure the case of a tag's name doesn't matter (Azure Resource Manager, "Use tags to organize your Azure
resources", 2026-11), on AWS it does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from modelyard_policies.aws import copies as aws_copies
from modelyard_policies.aws import taggable as aws
from modelyard_policies.aws.types import AUTO_SCALING_GROUP, LAUNCH_TEMPLATE
from modelyard_policies.azure import copies as azure_copies
from modelyard_policies.azure import taggable as azure
from modelyard_policies.declared import CLASSIFICATION, carries, default_tags
from modelyard_policies.graph import canonical
from modelyard_policies.options import Options, option, texts_by_word, words
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, each, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class RequiredTags(Options):
    """Which tags are required."""

    rule: ClassVar[str] = "required-tags"
    keys: tuple[str, ...] = option(
        words(),
        ("environment", "owner", "cost-center", "data-classification"),
        "Tag keys that every taggable resource must have",
    )
    values: Mapping[str, str] = option(
        texts_by_word(), {}, "Values that the rule's remedy gives to required tags that are missing"
    )


RULE = Rule(
    id="required-tags",
    code="TG1",
    title="Resources carry the required tags and pass them on to instances and volumes",
    severity=Severity.LOW,
    resources=(*aws.taggable_types(), AUTO_SCALING_GROUP, *azure.taggable_types()),
    options=RequiredTags,
    why="Costs, owners and the class of the data can't be told from a bill or an alarm otherwise.",
    mend=(
        "Set the tags on the resource, on AWS or as the provider's defaultTags; in a launch template's "
        "tagSpecifications for instance and volume as well, in an Auto Scaling group's tags with "
        "propagateAtLaunch."
    ),
    maps_to={"checkov": ["CKV_AWS_153"], "azure_policy": ["871b6d14-10aa-478d-b590-94f262ecfa99"]},
    snippet="""\
tags = {
    "environment": "dev",
    "owner": "ml-platform",
    "cost-center": "cc-1001",
    "data-classification": "internal",
}
aws.ec2.LaunchTemplate(
    "nodes",
    instance_type="g5.xlarge",
    tags=tags,
    tag_specifications=[
        {"resource_type": "instance", "tags": tags},
        {"resource_type": "volume", "tags": tags},
    ],
)
""",
)

CLASSIFIED_ELSEWHERE: Final = frozenset(
    (*aws_copies.STORES, *aws_copies.VAULTS, *azure_copies.STORES, *azure_copies.VAULTS)
)
"""What data-classification asks for its class."""


@RULE.check
def tags_are_complete(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the resource's own tags, then what a launch template passes on."""
    required = _required(resource, graph)
    if resource.type == AUTO_SCALING_GROUP:
        yield from _group_tags(resource, required)
        return
    checks: list[Callable[[], Iterator[Failure]]] = [lambda: _own_tags(resource, graph, required)]
    if resource.type == LAUNCH_TEMPLATE:
        checks += [
            lambda: _passed_on(resource, "instance", required),
            lambda: _passed_on(resource, "volume", required),
        ]
    yield from each(checks, lambda check: check())


@RULE.remedy
def missing_tags_are_given(resource: Resource, graph: GraphView) -> Mapping[str, Any]:
    """The values that the options have for the resource's own tags: whose it is can't be guessed. A group's
    tags and those that a template passes on are lists, which are left alone.
    """
    if resource.type == AUTO_SCALING_GROUP:
        return {}
    values = graph.options(RequiredTags).values
    missing = _missing(resource, graph, _required(resource, graph))
    return {f"tags.{key}": values[key] for key in missing if key in values and _PLAIN_KEY.fullmatch(key)}


def _required(resource: Resource, graph: GraphView) -> tuple[str, ...]:
    """The keys that are asked of a resource here."""
    keys = graph.options(RequiredTags).keys
    if canonical(resource.type) in CLASSIFIED_ELSEWHERE:
        return tuple(key for key in keys if key != CLASSIFICATION)
    return keys


_PLAIN_KEY: Final = re.compile(r"[^.\[\]]+")
"""What a property path can name."""


def _own_tags(resource: Resource, graph: GraphView, required: tuple[str, ...]) -> Iterator[Failure]:
    missing = _missing(resource, graph, required)
    if missing:
        yield resource.failure("tags", f"lacks {', '.join(missing)}")


def _missing(resource: Resource, graph: GraphView, required: tuple[str, ...]) -> list[str]:
    """The keys that neither the resource nor its provider has a tag for."""
    own = resource.block("tags")
    missing = [key for key in required if not carries(own, key)]
    default = default_tags(resource, graph) if missing else None
    return [key for key in missing if default is None or not carries(default, key)]


def _group_tags(group: Resource, required: tuple[str, ...]) -> Iterator[Failure]:
    """A group takes its tags as a list, and none of the provider's. What its launch template passes on to
    instances is judged there; a launch configuration passes nothing on.
    """
    by_template = group.has("launchTemplate") or group.has("mixedInstancesPolicy")

    def lacks(key: str) -> bool:
        return not some(
            group.list("tags"),
            lambda item: all_of(
                lambda: item.text("key") == key,
                lambda: carries(item, "value"),
                lambda: by_template or item.is_true("propagateAtLaunch"),
            ),
        )

    missing = [key for key in required if lacks(key)]
    if missing:
        verb = "lacks" if by_template else "gives each instance no"
        yield group.failure("tags", f"{verb} {', '.join(missing)}")


def _passed_on(template: Resource, kind: str, required: tuple[str, ...]) -> Iterator[Failure]:
    def lacks(key: str) -> bool:
        return not some(
            template.list("tagSpecifications"),
            lambda item: all_of(
                lambda: item.text("resourceType") == kind, lambda: carries(item.block("tags"), key)
            ),
        )

    missing = [key for key in required if lacks(key)]
    if missing:
        yield template.failure("tagSpecifications", f"gives each {kind} no {', '.join(missing)}")
