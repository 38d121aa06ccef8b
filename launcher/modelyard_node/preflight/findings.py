"""What a check finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

PASSED = "passed"
FAILED = "failed"
UNKNOWN = "unknown"
"""It couldn't be looked at: no reason not to begin."""

NODE = "node"
"""The machine is at fault: another one would do."""

COMMON = "common"
"""What nodes have in common is: the image, the job, the pool, the environment."""


class Finding(NamedTuple):
    """What a check finds, of one node or of all."""

    check: str
    status: str
    found: str
    expected: str | None = None
    mend: str | None = None
    """What to do about it."""
    blame: str | None = None
    """Who is at fault, if it failed: NODE or COMMON."""
    rank: int | None = None
    """The node that it is about."""

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return dict(self._asdict())

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Finding:
        """A finding from its JSON form."""
        return cls(*(document[name] for name in cls._fields))


def passed(check: str, found: str, expected: str | None = None) -> Finding:
    """It is as it should be."""
    return Finding(check, PASSED, found, expected)


def failed(check: str, found: str, expected: str, mend: str, blame: str) -> Finding:
    """It isn't."""
    return Finding(check, FAILED, found, expected, mend, blame)


def unknown(check: str, why: str) -> Finding:
    """Nobody knows."""
    return Finding(check, UNKNOWN, why)


def many(count: int, noun: str) -> str:
    """So many of something: `1 GPU`, `8 GPUs`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def ranks_text(ranks: list[int]) -> str:
    """Ranks for people: `rank 2`, `ranks 0, 1 and 5`; of many, the first ten."""
    if len(ranks) == 1:
        return f"rank {ranks[0]}"
    if len(ranks) > MANY:
        return f"ranks {', '.join(map(str, ranks[:MANY]))} and {len(ranks) - MANY} more"
    return f"ranks {', '.join(map(str, ranks[:-1]))} and {ranks[-1]}"


MANY = 10
"""Ranks that are named one by one."""
