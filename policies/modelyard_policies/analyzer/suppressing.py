"""Suppressions under Pulumi: the file that `modelyard check` reads, named by an environment variable.

The engine starts a pack in the pack's own directory and doesn't say where the project is, so the path has to
be absolute.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from modelyard_policies.errors import SettingsError, SettingsProblem
from modelyard_policies.report import Finding
from modelyard_policies.rule import Rule
from modelyard_policies.settings import Source
from modelyard_policies.suppressions.covering import Covering
from modelyard_policies.suppressions.entry import Suppression
from modelyard_policies.suppressions.reading import read_suppressions

VARIABLE: Final = "MODELYARD_SUPPRESSIONS"


class Suppressing:
    """The suppressions of a run, and which of them were of use."""

    def __init__(self, entries: tuple[Suppression, ...], today: date) -> None:
        self.entries = entries
        self.today = today
        self._covering = Covering(entries, today)

    @classmethod
    def of(cls, variables: Mapping[str, str], rules: Iterable[Rule]) -> Suppressing:
        """What the environment names; none if it names nothing. Raises SettingsError."""
        named = variables.get(VARIABLE)
        if not named:
            return cls.none()
        file = Path(named)
        if not file.is_absolute():
            raise SettingsError([_unread(file, "the path isn't absolute")])
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it isn't UTF-8"
            raise SettingsError([_unread(file, reason or type(error).__name__)]) from None
        return cls(read_suppressions(Source(text, named), rules), datetime.now(UTC).date())

    @classmethod
    def none(cls) -> Suppressing:
        """No suppressions."""
        return cls((), date.min)

    def hiding(self, finding: Finding) -> Suppression | None:
        """The entry in force that covers a finding. A rule that broke is never covered."""
        return self._covering.of(finding)

    @property
    def expired(self) -> list[Suppression]:
        """Entries that hold no more, and stop the update until somebody looks at them."""
        return [entry for entry in self.entries if entry.has_expired(self.today)]

    @property
    def unused(self) -> list[Suppression]:
        """Entries in force that covered nothing so far."""
        counted = self._covering.counted()
        return [entry for entry, number in counted if not number and not entry.has_expired(self.today)]


def _unread(file: Path, reason: str) -> SettingsProblem:
    return SettingsProblem(
        file=str(file),
        line=None,
        field="",
        given=VARIABLE,
        message=f"the file of suppressions can't be read: {reason}",
        allowed="the path of a modelyard.suppressions.yaml",
        mend=f"set {VARIABLE} to its absolute path",
    )
