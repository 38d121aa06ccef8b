"""What makes a finding the same in two runs.

Rule, URN and property path. A position in a list is no name of anything: an entry before it moves it on.
So a path through lists is taken without positions, and what tells its findings apart is their message.
Neither lines of the program nor the order of resources are in it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from modelyard_policies.report import Finding

Place = tuple[str, str, str]

_POSITION: Final = re.compile(r"\[\d+\]")


def shape(text: str) -> str:
    """A path, or a message that names one, without the positions in lists."""
    return _POSITION.sub("[*]", text)


def in_list(finding: Finding) -> bool:
    """Whether the finding is about an entry of a list."""
    return _POSITION.search(finding.property) is not None


def place_of(finding: Finding) -> Place:
    """Rule, URN and property path without positions."""
    return finding.rule, finding.urn, shape(finding.property)


def fingerprints(findings: Sequence[Finding]) -> list[str]:
    """For each finding a name that stays while it does, unlike any other's in the same run."""
    seen: Counter[tuple[str, ...]] = Counter()
    names: list[str] = []
    for finding in findings:
        key = (*place_of(finding), shape(finding.message) if in_list(finding) else "")
        seen[key] += 1
        text = "\0".join((*key, str(seen[key])))
        names.append(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32])
    return names
