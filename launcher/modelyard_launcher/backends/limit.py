"""A limit of a service that runs jobs: what it bounds, and what is said of a job beyond it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modelyard.errors import Problem

Request = Mapping[str, Any]
"""A request, or a part of one."""

Measure = tuple[str, int | str]
"""What was measured, and a number or a text."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit."""

    name: str
    field: str
    """Field of the job that what is measured comes from."""
    measure: Callable[[Request], Iterator[Measure]]
    message: str
    """What is wrong; `{what}` is what was measured, `{given}` how it came out."""
    allowed: str
    mend: str
    source: str
    least: int | None = None
    most: int | None = None
    pattern: str | None = None

    def problems(self, request: Request) -> Iterator[Problem]:
        """What of a request is beyond it."""
        for what, value in self.measure(request):
            if not self._fits(value):
                given = f"{value:,}" if isinstance(value, int) else value or "nothing"
                message = self.message.format(what=what, given=given)
                yield Problem(self.field, given, message, self.allowed, self.mend)

    def _fits(self, value: int | str) -> bool:
        if isinstance(value, str):
            return self.pattern is None or re.fullmatch(self.pattern, value) is not None
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)
