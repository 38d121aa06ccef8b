"""What is measured in requests to AWS Batch: each measure yields what it looked at, and how it came out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from modelyard_launcher.backends.limit import Measure, Request

_CONDITIONS = ("onStatusReason", "onReason", "onExitCode")


def text_of(value: object) -> str:
    """A request as it is sent."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def size(request: Request) -> Iterator[Measure]:
    """Bytes of the whole request."""
    yield "the request", len(text_of(request).encode())


def member(*path: str) -> Any:
    """A measure of one member, if it is there, by the names that lead to it."""

    def measured(request: Request) -> Iterator[Measure]:
        value: Any = request
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is not None:
            yield ".".join(path), value

    return measured


def count(*path: str) -> Any:
    """A measure of how many there are in a list or mapping."""
    inner = member(*path)

    def measured(request: Request) -> Iterator[Measure]:
        for what, value in inner(request):
            yield what, len(value)

    return measured


def length(*path: str) -> Any:
    """A measure of how many characters a text has."""
    return count(*path)


def containers(request: Request) -> Iterator[dict[str, Any]]:
    """The containers of a definition: its own, or those of its groups of nodes."""
    own = request.get("containerProperties")
    if own:
        yield own
    for group in node_groups(request):
        yield group.get("container") or {}


def node_groups(request: Request) -> list[dict[str, Any]]:
    """The groups of nodes of a definition."""
    properties = request.get("nodeProperties") or {}
    return list(properties.get("nodeRangeProperties") or [])


def images(request: Request) -> Iterator[Measure]:
    """The image of each container."""
    for container in containers(request):
        yield "the image", container.get("image") or ""


def image_lengths(request: Request) -> Iterator[Measure]:
    """Characters of each image."""
    for _, image in images(request):
        yield "the image", len(str(image))


def variable_names(request: Request) -> Iterator[Measure]:
    """Names of variables and of secrets, in definitions and in what overrides them."""
    for container in (*containers(request), *overrides(request)):
        for kind in ("environment", "secrets"):
            for variable in container.get(kind) or []:
                yield kind, variable["name"]


def requirements(kind: str) -> Any:
    """A measure of the amounts of one resource: GPU, MEMORY, VCPU."""

    def measured(request: Request) -> Iterator[Measure]:
        for container in containers(request):
            for item in container.get("resourceRequirements") or []:
                if item["type"] == kind:
                    yield kind, int(item["value"])

    return measured


def commands(request: Request) -> Iterator[Measure]:
    """Words of each container's command."""
    for container in containers(request):
        for word in container.get("command") or []:
            yield "a word of the command", word


def volume_names(request: Request) -> Iterator[Measure]:
    """Names of volumes."""
    for container in containers(request):
        for volume in container.get("volumes") or []:
            yield "the volume", volume["name"]


def ulimit_names(request: Request) -> Iterator[Measure]:
    """Names of ulimits."""
    for container in containers(request):
        for ulimit in container.get("ulimits") or []:
            yield "the ulimit", ulimit["name"]


def shared_memory(request: Request) -> Iterator[Measure]:
    """Sizes of /dev/shm, in MiB."""
    for container in containers(request):
        size_mib = (container.get("linuxParameters") or {}).get("sharedMemorySize")
        if size_mib is not None:
            yield "sharedMemorySize", size_mib


def rules(request: Request) -> list[dict[str, str]]:
    """The rules for retries."""
    return list((request.get("retryStrategy") or {}).get("evaluateOnExit") or [])


def rule_lengths(request: Request) -> Iterator[Measure]:
    """Characters of each pattern of a rule."""
    for what, text in (*rule_texts(request), *rule_codes(request)):
        yield what, len(str(text))


def rule_texts(request: Request) -> Iterator[Measure]:
    """Patterns of reasons."""
    for rule in rules(request):
        for name in ("onStatusReason", "onReason"):
            if name in rule:
                yield name, rule[name]


def rule_codes(request: Request) -> Iterator[Measure]:
    """Patterns of exit codes."""
    for rule in rules(request):
        if "onExitCode" in rule:
            yield "onExitCode", rule["onExitCode"]


def rule_actions(request: Request) -> Iterator[Measure]:
    """What rules do."""
    for rule in rules(request):
        yield "action", rule["action"]


def last_rule(request: Request) -> Iterator[Measure]:
    """The last rule: what it asks for and what it does."""
    for rule in rules(request)[-1:]:
        conditions = {name: rule[name] for name in _CONDITIONS if name in rule}
        yield "the last rule", f"{text_of(conditions)} {rule['action'].upper()}"


def tag_keys(request: Request) -> Iterator[Measure]:
    """Keys of tags."""
    for key in request.get("tags") or {}:
        yield "the tag", key


def tag_key_lengths(request: Request) -> Iterator[Measure]:
    """Characters of keys of tags."""
    for _, key in tag_keys(request):
        yield f"the tag {str(key)[:20]}", len(str(key))


def tag_values(request: Request) -> Iterator[Measure]:
    """Values of tags."""
    for key, value in (request.get("tags") or {}).items():
        yield f"the tag {key}", value


def tag_value_lengths(request: Request) -> Iterator[Measure]:
    """Characters of values of tags."""
    for what, value in tag_values(request):
        yield what, len(str(value))


def main_node(request: Request) -> Iterator[Measure]:
    """How many nodes there are above the main one; of none there is no main node."""
    properties: dict[str, Any] | None = request.get("nodeProperties")
    if properties:
        yield "the main node", properties["numNodes"] - properties["mainNode"]


def uncovered_nodes(request: Request) -> Iterator[Measure]:
    """How many nodes are in no group of a definition."""
    properties: dict[str, Any] | None = request.get("nodeProperties")
    if properties:
        nodes = set(range(properties["numNodes"]))
        for group in node_groups(request):
            nodes -= set(_range(group["targetNodes"], properties["numNodes"]))
        yield "the groups of nodes", len(nodes)


def overrides(request: Request) -> list[dict[str, Any]]:
    """What a submission overrides of containers."""
    own = request.get("containerOverrides")
    nodes = (request.get("nodeOverrides") or {}).get("nodePropertyOverrides") or []
    return [*([own] if own else []), *(item.get("containerOverrides") or {} for item in nodes)]


def override_lengths(request: Request) -> Iterator[Measure]:
    """Characters of what is overridden of each container."""
    for item in overrides(request):
        yield "the overrides", len(text_of(item))


def arrays_of_gangs(request: Request) -> Iterator[Measure]:
    """How many of the two a submission is: an array, and a job of several nodes."""
    yield "the job", sum(bool(request.get(name)) for name in ("arrayProperties", "nodeOverrides"))


def _range(text: str, nodes: int) -> range:
    first, colon, last = text.partition(":")
    if not colon:
        return range(int(first), int(first) + 1)
    return range(int(first or 0), int(last) + 1 if last else nodes)


def combined_tags(definition: Request, submission: Request) -> int:
    """Tags that the job's tasks get: the definition's and the submission's together."""
    return len({**cast("dict[str, str]", definition.get("tags") or {}), **(submission.get("tags") or {})})
