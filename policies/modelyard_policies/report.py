"""What an evaluation found, as plain data for any writer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modelyard_policies.rule import Severity


class Verdict(StrEnum):
    """The answer of one rule about one resource, or about all of them."""

    FAIL = "fail"
    ERROR = "error"
    """The rule itself broke: neither a pass nor a fault of the resource."""
    UNKNOWN = "unknown"
    PASS = "pass"  # noqa: S105  (not a password)
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, a question that can't be answered yet, or a rule that broke."""

    rule: str
    code: str
    severity: Severity
    verdict: Verdict
    """FAIL, UNKNOWN or ERROR."""
    urn: str
    """The resource to look at: the one judged, or one that is linked to it."""
    property: str
    """Path of the property, empty for the resource as a whole."""
    message: str
    remediation: str
    source: str | None = None
    """File and line of the program that made the resource."""
    suppression: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The finding as the graph's JSON holds it."""
        return {
            "rule": self.rule,
            "code": self.code,
            "severity": self.severity.value,
            "verdict": self.verdict.value,
            "urn": self.urn,
            "property": self.property,
            "message": self.message,
            "remediation": self.remediation,
            "suppression": self.suppression,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All that an evaluation found."""

    findings: tuple[Finding, ...]
    """Worst first, then by rule and by the order of the resources."""
    verdicts: Mapping[tuple[str, str], Verdict]
    """For each rule's id and the URN of each resource of its types, the verdict."""
    rules: Mapping[str, Verdict]
    """For each rule's id, the one verdict about all resources; see `overall`."""
    unchecked: tuple[str, ...]
    """Types in the graph that no rule judges or looks at."""

    @property
    def ok(self) -> bool:
        """Whether nothing failed and no rule broke. What is unknown doesn't fail."""
        return not any(finding.verdict in (Verdict.FAIL, Verdict.ERROR) for finding in self.findings)

    @property
    def exit_code(self) -> int:
        """0 if `ok`, else 1."""
        return 0 if self.ok else 1

    @property
    def tallies(self) -> dict[str, int]:
        """How many rules passed, failed, are unknown, concern nothing here, or broke: each counted once."""
        counts = Counter(self.rules.values())
        return {
            "passed": counts[Verdict.PASS],
            "failed": counts[Verdict.FAIL],
            "unknown": counts[Verdict.UNKNOWN],
            "notApplicable": counts[Verdict.NOT_APPLICABLE],
            "errors": counts[Verdict.ERROR],
        }

    def as_json(self) -> dict[str, Any]:
        """`findings`, `rules` and `unchecked` as the graph's JSON holds them."""
        return {
            "findings": [finding.as_json() for finding in self.findings],
            "rules": self.tallies,
            "unchecked": list(self.unchecked),
        }


def overall(verdicts: set[Verdict]) -> Verdict:
    """One verdict for several: the first that occurs of fail, error, unknown, pass, not applicable."""
    return next((verdict for verdict in Verdict if verdict in verdicts), Verdict.NOT_APPLICABLE)
