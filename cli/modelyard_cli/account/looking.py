"""Looking at an account or a subscription; what can't be looked at is a finding as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from modelyard.errors import SurroundingsError
from modelyard_cli.account.survey import Subject

if TYPE_CHECKING:
    from modelyard_cli.findings import Finding


class InRegion(Protocol):
    """What the checks of a region look at."""

    @property
    def region(self) -> str:
        """The region's name."""
        ...


SurveyType = TypeVar("SurveyType", bound=InRegion)


@dataclass(frozen=True, slots=True)
class Looking:
    """How checks are made on one cloud."""

    failures_told: Callable[[], AbstractContextManager[None]]
    """Turns what the cloud's client raises inside into SurroundingsError."""

    def told(self, check: str, name: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
        """A check's findings, and what kept it from finding more. `name` is what it looks at, for people."""
        try:
            with self.failures_told():
                yield from look()
        except SurroundingsError as error:
            yield Subject(check, name, "to know what is there").missing(
                f"can't be looked at: {error.message}", error.mend
            )

    def in_region(
        self, survey: SurveyType, checks: Mapping[str, Callable[[SurveyType], Iterable[Finding]]]
    ) -> Iterator[Finding]:
        """What all checks of a region find, by their names in order."""
        for name, check in checks.items():
            yield from self.told(name, f"{name} in {survey.region}", partial(check, survey))
