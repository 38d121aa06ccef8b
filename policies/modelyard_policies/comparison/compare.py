"""Matching the findings of a run with those of its base, one to one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from modelyard_policies.comparison.keys import in_list, place_of, shape
from modelyard_policies.report import Finding, Verdict

Key = Callable[[Finding], Hashable]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every finding of the run is new or old, and every one of the base fixed or continued."""

    head: tuple[Finding, ...]
    """Of the run, in its order."""
    is_new: tuple[bool, ...]
    """For each of them, whether the base doesn't have it."""
    fixed: tuple[Finding, ...]
    """Of the base: no longer there. What was unknown there and is known now is among them."""
    continued: tuple[Finding, ...]
    """Of the base: there still, or no longer judged by what is known."""
    left_out: tuple[Finding, ...] = ()
    """Of the base: of rules that this run didn't ask."""

    @property
    def new(self) -> tuple[Finding, ...]:
        """What the base doesn't have."""
        return tuple(finding for finding, new in zip(self.head, self.is_new, strict=True) if new)

    @property
    def old(self) -> tuple[Finding, ...]:
        """What the base has too."""
        return tuple(finding for finding, new in zip(self.head, self.is_new, strict=True) if not new)


def compare(head: Sequence[Finding], base: Sequence[Finding], judged: Iterable[str]) -> Comparison:
    """Compare by `keys`; `judged` has the ids of the rules that this run asked.

    A failure of the base whose rule can't tell any more isn't fixed: it continues as what is unknown.
    What was unknown and fails now is new: nobody has seen the failure yet.
    """
    rules = set(judged)
    left = _Left(head, [finding for finding in base if finding.rule in rules])
    left.pair(lambda finding: (finding.verdict, *place_of(finding), finding.property, finding.message))
    left.pair(lambda finding: (finding.verdict, *place_of(finding), shape(finding.message)))
    left.pair(_place_alone)
    left.undecided()
    return Comparison(
        head=tuple(head),
        is_new=tuple(place in left.head for place in range(len(head))),
        fixed=tuple(left.of_base[place] for place in sorted(left.base)),
        continued=tuple(finding for place, finding in enumerate(left.of_base) if place not in left.base),
        left_out=tuple(finding for finding in base if finding.rule not in rules),
    )


def _place_alone(finding: Finding) -> Hashable:
    """Rule, URN and path; None for an entry of a list, which its message has to tell from the others."""
    return None if in_list(finding) else (finding.verdict, *place_of(finding))


class _Left:
    """Positions of the findings that have no counterpart yet."""

    def __init__(self, head: Sequence[Finding], base: Sequence[Finding]) -> None:
        self.of_head, self.of_base = head, base
        self.head = set(range(len(head)))
        self.base = set(range(len(base)))

    def pair(self, key: Key) -> None:
        """Pair what has the same key, in order. A key of None pairs with nothing."""
        waiting: dict[Hashable, list[int]] = {}
        for place in sorted(self.base, reverse=True):
            waiting.setdefault(key(self.of_base[place]), []).append(place)
        waiting.pop(None, None)
        for place in sorted(self.head):
            found = waiting.get(key(self.of_head[place]))
            if found:
                self.base.discard(found.pop())
                self.head.discard(place)

    def undecided(self) -> None:
        """A failure of the base on a resource that its rule can't judge any more is there still."""
        unknown: dict[tuple[str, str], list[int]] = {}
        for place, finding in enumerate(self.of_head):
            if finding.verdict is Verdict.UNKNOWN:
                unknown.setdefault((finding.rule, finding.urn), []).append(place)
        for place in list(self.base):
            finding = self.of_base[place]
            successors = unknown.get((finding.rule, finding.urn))
            if finding.verdict is Verdict.FAIL and successors:
                self.base.discard(place)
                self.head.difference_update(successors)
