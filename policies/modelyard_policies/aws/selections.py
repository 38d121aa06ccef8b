"""What a backup selection takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from modelyard_policies.aws.types import (
    BUCKET,
    EFS_FILE_SYSTEM,
    FSX_LUSTRE,
    FSX_ONTAP,
    FSX_OPEN_ZFS,
    FSX_WINDOWS,
    VOLUME,
)
from modelyard_policies.declared import plain_tag
from modelyard_policies.errors import Unread
from modelyard_policies.reading import Block, GraphView, Resource, all_of, any_of, matches, some

_PLACES: Final = {
    BUCKET: ("s3", ""),
    EFS_FILE_SYSTEM: ("elasticfilesystem", "file-system/"),
    **dict.fromkeys((FSX_LUSTRE, FSX_ONTAP, FSX_OPEN_ZFS, FSX_WINDOWS), ("fsx", "file-system/")),
    VOLUME: ("ec2", "volume/"),
}
"""Service, and the start of the last part, of the ARNs of each type that is asked for here."""

_NOT_KNOWN = "\N{REPLACEMENT CHARACTER}"
"""Stands for what isn't known of an ARN: only a wildcard matches it."""

_TAG_PREFIX = "aws:ResourceTag/"


def takes(selection: Resource, resource: Resource, graph: GraphView) -> bool:
    """Whether a selection takes a bucket, a file system or a volume: anything of `resources` or
    `selectionTags`, either of which is enough, that meets all `conditions` and isn't among `notResources`
    (AWS Backup Developer Guide, "Assign resources with AWS CLI", and API Reference, BackupSelection; that
    tags don't narrow resources: terraform-provider-aws#49829, 2026-11).

    Raises Unread if that can't be told, KeyError for a resource of another type.
    """
    return all_of(
        lambda: _is_in_its_region(selection, resource),
        lambda: any_of(
            lambda: _names_nothing(selection),
            lambda: _names(selection, "resources", resource, graph),
            lambda: some(
                selection.list("selectionTags"), lambda each: _has_tag(resource, graph, each, _is_equal)
            ),
        ),
        lambda: not some(selection.list("conditions"), lambda each: not _meets_all(resource, graph, each)),
        lambda: not _names(selection, "notResources", resource, graph),
    )


def _is_in_its_region(selection: Resource, resource: Resource) -> bool:
    """A selection looks at its own region."""
    regions = (selection.node.region, resource.node.region)
    return None in regions or regions[0] == regions[1]


def _names_nothing(selection: Resource) -> bool:
    """Then everything is taken that AWS Backup supports."""
    return not (_is_given(selection.raw("resources")) or _is_given(selection.raw("selectionTags")))


def _is_given(value: object) -> bool:
    return value is not None and not (isinstance(value, list) and not value)


def _names(selection: Resource, key: str, resource: Resource, graph: GraphView) -> bool:
    return any_of(
        lambda: graph.refers_to(selection, key, resource),
        lambda: some(_literals(selection, key), lambda pattern: _matches(pattern, selection, key, resource)),
    )


def _literals(selection: Resource, key: str) -> Iterator[str]:
    """Those that are known: of the others it was asked before what they refer to."""
    value = selection.raw(key)
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield item


def _matches(pattern: str, selection: Resource, key: str, resource: Resource) -> bool:
    known = _known_arn(resource)
    if known is not None:
        return matches(pattern, known)
    service, kind = _PLACES[resource.type]
    parts = pattern.split(":", 5)
    if len(parts) == 6:
        # A selection is of its own account.
        parts[1], parts[4] = "*", "*"
        pattern = ":".join(parts)
    region = resource.node.region or _NOT_KNOWN
    place = ":" if resource.type == BUCKET else f"{region}:{_NOT_KNOWN}"
    arn = f"arn:aws:{service}:{place}:{kind}{_NOT_KNOWN}"
    if matches(pattern, arn):
        return True
    if len(parts) == 6 and matches(parts[2], service) and parts[5].startswith(kind):
        raise Unread(selection.urn, key, "names one that may be this, whose ARN isn't known yet")
    return False


def _known_arn(resource: Resource) -> str | None:
    """A bucket's ARN follows from its name."""
    known, bucket = resource.node.outputs.get("arn"), resource.raw("bucket")
    if isinstance(known, str) and known:
        return known
    return f"arn:aws:s3:::{bucket}" if resource.type == BUCKET and isinstance(bucket, str) else None


def _is_equal(value: str, wanted: str) -> bool:
    return value == wanted


def _is_like(value: str, wanted: str) -> bool:
    return matches(wanted, value)


_OPERATORS: Final[dict[str, tuple[Callable[[str, str], bool], bool]]] = {
    "stringEquals": (_is_equal, True),
    "stringLikes": (_is_like, True),
    "stringNotEquals": (_is_equal, False),
    "stringNotLikes": (_is_like, False),
}
"""Comparison of each operator, and what it has to come to."""


def _meets_all(resource: Resource, graph: GraphView, condition: Block) -> bool:
    def meets(operator: str) -> bool:
        compare, wanted = _OPERATORS[operator]
        return not some(
            condition.list(operator), lambda each: _has_tag(resource, graph, each, compare) is not wanted
        )

    return not some(_OPERATORS, lambda operator: not meets(operator))


def _has_tag(
    resource: Resource, graph: GraphView, wanted: Block, compare: Callable[[str, str], bool]
) -> bool:
    key = wanted.text("key").removeprefix(_TAG_PREFIX)
    value = plain_tag(resource, graph, key)
    return value is not None and compare(value, wanted.text("value"))
