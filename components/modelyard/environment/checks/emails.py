"""Who is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modelyard.errors import Problem
from modelyard.validation.values import given_text


def named_once(emails: Sequence[str], field: str) -> Iterator[Problem]:
    """No address stands twice in a list."""
    for place, email in enumerate(emails):
        if email in emails[:place]:
            yield Problem(
                field=f"{field}[{place}]",
                given=given_text(email),
                message=f"{email} is named already",
                allowed="each address once",
                mend="remove one of the two",
            )
