"""Which suppression hides which finding, for whoever asks finding by finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from modelyard_policies.report import Finding, Verdict
from modelyard_policies.suppressions.entry import Suppression


class Covering:
    """Suppressions by rule, and how many findings each has been found to cover."""

    def __init__(self, entries: Sequence[Suppression], today: date) -> None:
        self._entries = entries
        self._today = today
        self._found: Counter[int] = Counter()
        self._by_rule: dict[str, list[tuple[int, Suppression]]] = {}
        for place, entry in enumerate(entries):
            self._by_rule.setdefault(entry.rule, []).append((place, entry))

    def of(self, finding: Finding) -> Suppression | None:
        """The first suppression in force that covers a finding; all that do are counted."""
        hiding: Suppression | None = None
        for place, entry in self._by_rule.get(finding.rule, ()):
            if covers(entry, finding):
                self._found[place] += 1
                if hiding is None and not entry.has_expired(self._today):
                    hiding = entry
        return hiding

    def counted(self) -> Iterator[tuple[Suppression, int]]:
        """Each suppression with the number of findings that it covers, of those asked about so far."""
        for place, entry in enumerate(self._entries):
            yield entry, self._found[place]


def covers(suppression: Suppression, finding: Finding) -> bool:
    """Whether a suppression is for a finding: a failure or an unknown, never a rule that broke."""
    return finding.verdict is not Verdict.ERROR and suppression.covers(
        finding.rule, finding.urn, finding.property
    )
