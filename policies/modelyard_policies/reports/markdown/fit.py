"""Sections within a limit: cut whole block by whole block, and said so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

Measure = Callable[[str], int]

_JOINT: Final = "\n\n"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report. Blocks are kept from the first on."""

    title: str
    """Its heading, empty for none; or what is seen of a folded part."""
    blocks: tuple[str, ...]
    rank: int
    """The lower, the sooner it gets room. Where it stands is another matter."""
    folded: bool = False
    joint: str = "\n\n"
    """What stands between blocks."""

    def render(self, kept: int) -> str:
        """The section with its first `kept` blocks."""
        left = len(self.blocks) - kept
        blocks = [*self.blocks[:kept]]
        body = self.joint.join(blocks)
        if left:
            body += ("\n\n" if body else "") + f"_{left:,} more in the full report._"
        if self.folded:
            return f"<details><summary>{self.title}</summary>\n\n{body}\n\n</details>"
        return f"### {self.title}\n\n{body}" if self.title else body


def fit(head: str, sections: Sequence[Section], limit: int, measure: Measure) -> str:
    """Head and sections with as many blocks as the limit has room for.

    Every section is there, if only to say how much it would hold; the head isn't cut. Each section gets its
    first block before any gets a second, and those of a lower rank before the others.
    """
    kept = [0] * len(sections)
    room = limit - measure(f"{head}\n") - sum(measure(_JOINT + section.render(0)) for section in sections)
    ranked = sorted(range(len(sections)), key=lambda place: sections[place].rank)
    for most in (1, None):
        for place in ranked:
            section = sections[place]
            for block in section.blocks[kept[place] : most]:
                # The first stands before the line that tells how many more there are.
                needed = measure(block + section.joint) + (0 if kept[place] else measure(_JOINT))
                if needed > room:
                    break
                room -= needed
                kept[place] += 1
    parts = [head, *(section.render(kept[place]) for place, section in enumerate(sections))]
    return _JOINT.join(parts) + "\n"
