"""Whether a selection of AWS Backup takes a resource, by its tags or by its ARN.

None stands for what can't be told before the deployment.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from modelyard_policies.graph import SECRET, UNKNOWN, Graph, Node, canonical

SELECTION = "aws:backup/selection:Selection"
BUCKET = "aws:s3/bucket:Bucket"

_TAG = "aws:ResourceTag/"
_ARN_STARTS = {
    BUCKET: "arn:aws:s3:::",
    "aws:efs/fileSystem:FileSystem": "arn:aws:elasticfilesystem:*:*:file-system/",
    "aws:fsx/lustreFileSystem:LustreFileSystem": "arn:aws:fsx:*:*:file-system/",
}
"""How the ARNs of each type begin."""


def selects(graph: Graph, selection: Node, resource: Node) -> bool | None:
    """Whether a selection takes a resource: one that it names, for which all its conditions hold."""
    answers = [_names(graph, selection, resource)]
    answers += [_holds(resource, *condition) for condition in _conditions(selection)]
    tags = _list(selection.properties.get("selectionTags"))
    either = [_holds(resource, "stringEquals", *_pair(tag)) for tag in tags]
    if either:
        answers.append(True if True in either else None if None in either else False)
    return False if False in answers else None if None in answers else True


def _names(graph: Graph, selection: Node, resource: Node) -> bool | None:
    """Whether a selection names a resource, its type or everything; one that names nothing takes by tags."""
    names = _list(selection.properties.get("resources"))
    if not names or any(isinstance(item, str) and _covers(item, resource) for item in names):
        return True
    if selection in graph.linked(resource, SELECTION, "resources"):
        return True
    return None if any(item is UNKNOWN for item in names) else False


def _covers(pattern: str, resource: Node) -> bool:
    """Whether an entry of a selection's resources stands for a resource. The ARN of a bucket follows from its
    name; of others only the type is known, so what isn't for all of the type isn't taken to be for this one.
    """
    start = _ARN_STARTS.get(canonical(resource.type))
    name = resource.properties.get("bucket")
    if pattern == "*" or start is None:
        return pattern == "*"
    arn = f"{start}{name}" if isinstance(name, str) else f"{start}*"
    return fnmatchcase(arn, pattern) and (isinstance(name, str) or pattern.endswith("*"))


def _conditions(selection: Node) -> Iterator[tuple[str, Any, Any]]:
    """Operator, key and value of each condition: pulumi-aws takes them as a list of groups."""
    given = selection.properties.get("conditions")
    for group in [given] if isinstance(given, dict) else _list(given):
        if not isinstance(group, dict):
            yield ("stringEquals", UNKNOWN, UNKNOWN)
            continue
        for operator, items in group.items():
            for item in _list(items):
                yield (operator, *_pair(item))


def _pair(item: Any) -> tuple[Any, Any]:
    return (item.get("key"), item.get("value")) if isinstance(item, dict) else (UNKNOWN, UNKNOWN)


def _holds(resource: Node, operator: str, key: Any, value: Any) -> bool | None:
    tags = resource.properties.get("tags")
    if key is UNKNOWN or value is UNKNOWN or tags is UNKNOWN:
        return None
    found = tags.get(str(key).removeprefix(_TAG)) if isinstance(tags, dict) else None
    if found is UNKNOWN or found is SECRET:
        return None
    if operator.endswith("Likes"):
        matches = isinstance(found, str) and fnmatchcase(found, str(value))
    else:
        matches = found is not None and found == value
    return not matches if "Not" in operator else matches


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [UNKNOWN] if value is UNKNOWN else []
