"""Where data may be: by an option for all, and by what a resource says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from modelyard_policies.declared import tag
from modelyard_policies.errors import Unread
from modelyard_policies.reading import Block, Failure, GraphView, Resource, matches

RESIDENCY: Final = "residency"
"""Tag that says where data may be: jurisdictions, as `eu` or `us`, or names of regions, parted by spaces.
Like `rpo-hours` it states a requirement: what lacks it isn't held to any."""
UNRESTRICTED: Final = "unrestricted"
"""The residency of data that may be anywhere."""


@cache
def jurisdictions() -> Mapping[str, str]:
    """Whose law holds in each region of both clouds: `eu` for a member of the European Union, otherwise the
    country.

    From AWS's and Azure's lists of regions (AWS, "AWS Regions", 2026-11; Azure, "Azure regions list",
    2025-09-23).
    """
    text = files("modelyard_policies").joinpath("jurisdictions.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines())
    return {region: jurisdiction for region, jurisdiction in rows}  # noqa: C416  (says what the columns are)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where data may be. Empty if nobody has said."""

    patterns: tuple[str, ...]
    """Names of regions, with * for anything."""
    words: tuple[str, ...]
    """Jurisdictions and regions, as a tag gives them."""

    def __bool__(self) -> bool:
        return bool(self.patterns or self.words)

    def unless_within(self, block: Block, key: str, verb: str, region: str) -> Iterator[Failure]:
        """A failure at `key` if a region lies outside. Raises Unread if that can't be told."""
        if not region:
            raise Unread(block.node.urn, block.path_of(key), "which region it is isn't known")
        if self.patterns and not any(matches(pattern.lower(), region) for pattern in self.patterns):
            yield block.failure(key, f"{verb} {region}, which isn't an allowed region")
        elif self.words and not self._is_resident(block, key, region):
            yield block.failure(key, f"{verb} {region}, outside the residency {' '.join(self.words)}")

    def _is_resident(self, block: Block, key: str, region: str) -> bool:
        known = jurisdictions()
        if region in self.words or known.get(region) in self.words or UNRESTRICTED in self.words:
            return True
        if region not in known:
            raise Unread(block.node.urn, block.path_of(key), f"whose law holds in {region} isn't known")
        if not {*known, *known.values()}.issuperset(self.words):
            raise Unread(block.node.urn, "tags", "its residency names what isn't known here")
        return False


def bounds(holder: Resource | None, patterns: tuple[str, ...], graph: GraphView) -> Bounds:
    """The bounds of all, and those that the tag of whoever holds the data sets."""
    said = "" if holder is None else tag(holder, graph, RESIDENCY)
    return Bounds(patterns, tuple(said.split()))
