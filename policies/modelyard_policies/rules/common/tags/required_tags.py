"""Every resource says where it belongs, and so do the instances and volumes that a template makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

from modelyard_policies.aws.taggable import taggable_types
from modelyard_policies.aws.types import LAUNCH_TEMPLATE
from modelyard_policies.errors import OptionError, nearest
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, each, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class RequiredTags:
    """Which tags are required."""

    keys: tuple[str, ...] = ("environment", "owner", "cost-center", "data-classification")
    """Exact keys; AWS tells capitals from small letters."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The options given, with defaults for the rest. Raises OptionError."""
        for name in data:
            if name != "keys":
                raise OptionError(f"required-tags has no option {name!r}{nearest(name, ['keys'])}")
        keys: Any = data.get("keys", cls.__dataclass_fields__["keys"].default)
        if not isinstance(keys, (list, tuple)) or not all(
            isinstance(key, str) and key for key in cast("list[Any]", keys)
        ):
            raise OptionError(f"required-tags: keys must be a list of tag keys, not {keys!r}")
        return cls(tuple(cast("list[str]", keys)))

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """JSON Schema of each option."""
        default = cls()
        return {
            "keys": {
                "type": "array",
                "items": {"type": "string", "minLength": 1},
                "default": list(default.keys),
                "description": "Tag keys that every taggable resource must have",
            }
        }


RULE = Rule(
    id="required-tags",
    code="TG1",
    title="Resources carry the required tags and pass them on to instances and volumes",
    severity=Severity.LOW,
    resources=taggable_types(),
    options=RequiredTags,
    why="Costs, owners and the class of the data can't be told from a bill or an alarm otherwise.",
    mend=(
        "Set the tags on the resource or as the provider's defaultTags, and in a launch template's "
        "tagSpecifications for instance and volume as well."
    ),
    maps_to={"checkov": ["CKV_AWS_153"]},
)


@RULE.check
def tags_are_complete(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the resource's own tags, then what a launch template passes on."""
    required = graph.options(RequiredTags).keys
    checks = [lambda: _own_tags(resource, graph, required)]
    if resource.type == LAUNCH_TEMPLATE:
        checks += [
            lambda: _passed_on(resource, "instance", required),
            lambda: _passed_on(resource, "volume", required),
        ]
    yield from each(checks, lambda check: check())


def _own_tags(resource: Resource, graph: GraphView, required: tuple[str, ...]) -> Iterator[Failure]:
    own = resource.block("tags")
    missing = _missing([own], required)
    provider = graph.provider(resource) if missing else None
    if provider is not None:
        # The provider takes its nested settings as JSON text.
        missing = _missing([own, provider.document("defaultTags").block("tags")], required)
    if missing:
        yield resource.failure("tags", f"lacks {', '.join(missing)}")


def _passed_on(template: Resource, kind: str, required: tuple[str, ...]) -> Iterator[Failure]:
    def lacks(key: str) -> bool:
        return not some(
            template.list("tagSpecifications"),
            lambda item: all_of(
                lambda: item.text("resourceType") == kind, lambda: _has(item.block("tags"), key)
            ),
        )

    missing = [key for key in required if lacks(key)]
    if missing:
        yield template.failure("tagSpecifications", f"gives each {kind} no {', '.join(missing)}")


def _missing(sources: list[Block], required: tuple[str, ...]) -> list[str]:
    return [key for key in required if not any(_has(tags, key) for tags in sources)]


def _has(tags: Block, key: str) -> bool:
    """Whether the tag is there; its value may not be known yet, but an empty one says nothing."""
    return tags.has(key) and bool(tags.shown(key).strip())
