"""What is wrong with tags for types of Azure that take fewer or other ones than most."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modelyard.errors import Problem

MOST_TAGS = 15
"""Tags that a key takes (Azure Key Vault, "About keys", 2026-11), and a private DNS zone (Azure Resource
Manager, "Use tags to organize your Azure resources", 2026-11); other types take 50."""

ZONE_TAG = re.compile(r"[a-zA-Z_-][a-zA-Z0-9_.-]*")
"""Names of tags that DNS zones surely take: they begin with no digit, and have neither spaces nor special
characters, of which Azure gives no list (the same)."""


def too_many_tags(name: str, tags: Mapping[str, Any], of: str) -> Iterator[Problem]:
    """A problem if something that takes fewer tags than most would get these."""
    if len(tags) > MOST_TAGS:
        yield Problem(
            field=f"{name}.tags",
            given=f"{len(tags)} tags",
            message=f"Azure refuses {of} with so many",
            allowed=f"{MOST_TAGS} or fewer",
            mend="leave some out; other components take up to 50",
        )


def zone_tag_problems(name: str, tags: Mapping[str, Any]) -> Iterator[Problem]:
    """What private DNS zones refuse of tags."""
    yield from too_many_tags(name, tags, "a private DNS zone")
    for tag in tags:
        if not ZONE_TAG.fullmatch(tag):
            yield Problem(
                field=f"{name}.tags",
                given=repr(tag),
                message="Azure refuses a private DNS zone with a tag of this name",
                allowed="letters, digits, hyphens, periods and underscores, the first no digit",
                mend="write another name, as cost-center",
            )
