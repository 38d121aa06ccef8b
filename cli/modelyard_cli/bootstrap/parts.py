"""What bootstrap is made of: parts that say how they differ from what is wanted, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

State = Literal["right", "create", "change"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that isn't as it should be."""

    what: str
    """What differs, as `versioning`."""
    now: str
    """How it is."""
    wanted: str
    """How it should be."""
    mend: Callable[[], None] = field(repr=False, compare=False)
    """Makes it so."""

    def as_dict(self) -> dict[str, str]:
        """The JSON form."""
        return {"what": self.what, "now": self.now, "wanted": self.wanted}


MISSING = "missing"


class Part(Protocol):
    """One thing in the account."""

    @property
    def subject(self) -> str:
        """What it is, with its name."""
        ...

    @property
    def region(self) -> str:
        """Where it is; `global` for what has no region."""
        ...

    @property
    def why(self) -> str:
        """What it is for."""
        ...

    def differences(self) -> list[Difference]:
        """What isn't as it should be, looked up now. If the whole is missing, the one that creates it."""
        ...


@dataclass(slots=True)
class Step:
    """A part, as it was found."""

    part: Part
    differences: Sequence[Difference]
    done: bool = False
    """Whether what differed has been mended."""

    @property
    def state(self) -> State:
        """Whether it is right, or would be created or changed."""
        if not self.differences:
            return "right"
        return "create" if self.differences[0].now == MISSING else "change"

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "subject": self.part.subject,
            "region": self.part.region,
            "state": self.state,
            "reason": self.part.why,
            "changes": [difference.as_dict() for difference in self.differences],
            "done": self.done,
        }


def examine(parts: Sequence[Part]) -> list[Step]:
    """Look every part up; nothing is changed. Raises what botocore raises."""
    return [Step(part, part.differences()) for part in parts]
