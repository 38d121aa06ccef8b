"""What a backup selection takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, cast

from modelyard_policies.aws.types import (
    BACKUP_SELECTION,
    BUCKET,
    EFS_FILE_SYSTEM,
    FSX_LUSTRE,
    FSX_ONTAP,
    FSX_OPEN_ZFS,
    FSX_WINDOWS,
    VOLUME,
)
from modelyard_policies.declared import default_tags, plain_tag
from modelyard_policies.errors import Unread
from modelyard_policies.graph import SECRET, UNKNOWN
from modelyard_policies.graph.links import scalars
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

Alike = tuple[Resource, ...]
"""Selections that take the same."""


@dataclass(slots=True)
class _Index:
    """The selections of a graph by what a store has to have for one of them to take it."""

    by_mark: dict[str, list[Alike]] = field(default_factory=dict[str, list[Alike]])
    unmarked: list[Alike] = field(default_factory=list[Alike])
    """Those that may take any."""


def selections_for(store: Resource, graph: GraphView) -> list[Alike]:
    """The selections that may take a store, those of which one takes what the others take together. Whether
    they do, `takes` says of the first of each.
    """
    index = graph.once(_index)
    marks = _marks_of_store(store, graph)
    if marks is None:
        return [*index.unmarked, *{alike: None for found in index.by_mark.values() for alike in found}]
    return [*index.unmarked, *{alike: None for mark in marks for alike in index.by_mark.get(mark, ())}]


def is_taken(store: Resource, graph: GraphView) -> bool:
    """Whether a backup selection takes a bucket, a file system or a volume."""
    return some(selections_for(store, graph), lambda alike: takes(alike[0], store, graph))


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


def _index(graph: GraphView) -> _Index:
    groups: dict[str, list[Resource]] = {}
    for selection in graph.of_type(BACKUP_SELECTION):
        groups.setdefault(_criteria(selection), []).append(selection)
    index = _Index()
    for group in groups.values():
        alike, marks = tuple(group), _marks_of_selection(group[0])
        if marks is None:
            index.unmarked.append(alike)
        else:
            for mark in marks:
                index.by_mark.setdefault(mark, []).append(alike)
    return index


def _criteria(selection: Resource) -> str:
    """What selections have in common that take the same; its own name for what isn't all known. Where a value
    came from counts: an ARN that is known may be of a store whose ARN isn't.
    """
    said = [selection.raw(key) for key in ("resources", "selectionTags", "conditions", "notResources")]
    if any(value is UNKNOWN or value is SECRET for value in scalars(said)):
        return selection.urn
    sources = [sorted(_sources(selection, key)) for key in ("resources", "notResources")]
    return repr((selection.node.region, said, sources))


def _marks_of_selection(selection: Resource) -> frozenset[str] | None:
    """The marks of which a store has one if it is taken, or may be; None if any store may be."""
    try:
        for condition in selection.list("conditions"):
            for wanted in condition.list("stringEquals"):
                return frozenset({_tag_mark(wanted)})
        if _names_nothing(selection):
            return None
        return frozenset((*_named(selection), *map(_tag_mark, selection.list("selectionTags"))))
    except Unread:
        return None


def _named(selection: Resource) -> Iterator[str]:
    """The marks of what a selection names. Raises Unread where that may be anything."""
    key = "resources"
    sources = _sources(selection, key)
    yield from sources
    for item in _items(selection.raw(key)):
        if not isinstance(item, str):
            if not sources:
                raise Unread(selection.urn, key, "not known before the deployment")
        elif _is_pattern(item):
            raise Unread(selection.urn, key, "names any that match")
        else:
            yield item
            yield _untold_mark(item.split(":", 3)[2:3])


def _marks_of_store(store: Resource, graph: GraphView) -> list[str] | None:
    """What a selection may know a store by; None if its tags aren't all known."""
    try:
        tags = [store.block("tags"), default_tags(store, graph)]
        found = [f"{key}={block.text(key)}" for block in tags if block is not None for key in block.keys()]  # noqa: SIM118
    except Unread:
        return None
    arn = _known_arn(store)
    return [*found, store.urn, arn if arn is not None else _untold_mark([_PLACES[store.type][0]])]


def _tag_mark(wanted: Block) -> str:
    return f"{_key_of_tag(wanted)}={wanted.text('value')}"


def _untold_mark(service: list[str]) -> str:
    """Of a store whose ARN isn't known, and of ARNs of its service, one of which may be its own."""
    return f"untold {''.join(service)}"


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
    exact, patterns = graph.once(_texts, selection, key)
    known = _known_arn(resource)
    if known is not None and known in exact:
        return True
    texts = patterns if known is not None else (*patterns, *exact)
    return any_of(
        lambda: _may_refer(selection, key, resource) and graph.refers_to(selection, key, resource),
        lambda: some(texts, lambda pattern: _matches(pattern, selection, key, resource)),
    )


def _texts(graph: GraphView, selection: Resource, key: str) -> tuple[frozenset[str], tuple[str, ...]]:  # noqa: ARG001
    """The ARNs that are known, and the patterns: of the others is asked what they refer to."""
    texts = [item for item in _items(selection.raw(key)) if isinstance(item, str)]
    patterns = tuple(item for item in texts if _is_pattern(item))
    return frozenset(texts).difference(patterns), patterns


def _may_refer(selection: Resource, key: str, resource: Resource) -> bool:
    """Whether a value came from the resource, or nobody knows where from."""
    sources = _sources(selection, key)
    return resource.urn in sources or not sources


def _sources(selection: Resource, key: str) -> tuple[str, ...]:
    """URNs of what the values of a property came from."""
    return selection.node.property_dependencies.get(key, ())


def _is_pattern(text: str) -> bool:
    return "*" in text or "?" in text


def _items(value: object) -> list[object]:
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    return [item for item in items if item is not None]


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
    value = plain_tag(resource, graph, _key_of_tag(wanted))
    return value is not None and compare(value, wanted.text("value"))


def _key_of_tag(wanted: Block) -> str:
    return wanted.text("key").removeprefix(_TAG_PREFIX)
