"""What a lookup raises when the catalog doesn't know a name."""

from __future__ import annotations

from collections.abc import Iterable

_SUGGESTIONS = 5
_LIKE_ENOUGH = 0.6
_SAME_FAMILY = 0.4


class UnknownNameError(LookupError):
    """A name that the catalog doesn't know, with the nearest ones that it does."""

    kind = "name"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        """What was asked for."""
        self.nearest: tuple[str, ...] = nearest(name, known)
        """Known names like it, most alike first, at most five."""
        hint = f"; nearest: {', '.join(self.nearest)}" if self.nearest else ""
        super().__init__(f"{name!r} is no {self.kind} that the catalog knows{hint}")


class UnknownInstanceType(UnknownNameError):  # noqa: N818 - says what is wrong, as KeyError does not
    """An instance type that the catalog doesn't know."""

    kind = "instance type"


class UnknownRegion(UnknownNameError):  # noqa: N818
    """A region that the catalog doesn't know."""

    kind = "region"


def nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Those of `known` that `name` was probably meant to be, most alike first, at most five; where only
    capitals differ, that one alone.

    A name of the same instance family (the part before the dot) is preferred to one that only has
    the same size: who asks for `p5.24xlarge` wants a P5.
    """
    from difflib import SequenceMatcher

    family = name.partition(".")[0]
    matcher = SequenceMatcher()
    matcher.set_seq2(name)
    scored: list[tuple[float, str]] = []
    for candidate in known:
        if candidate.lower() == name.lower():
            return (candidate,)
        matcher.set_seq1(candidate)
        score = matcher.ratio() + (_SAME_FAMILY if candidate.partition(".")[0] == family else 0)
        if score >= _LIKE_ENOUGH:
            scored.append((-score, candidate))
    return tuple(candidate for _, candidate in sorted(scored)[:_SUGGESTIONS])
