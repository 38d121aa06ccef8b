"""What an evaluation found, as plain data for any writer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from modelyard_policies.configuration.level import Level
from modelyard_policies.rule import Severity
from modelyard_policies.suppressions.entry import Suppression


class Verdict(StrEnum):
    """The answer of one rule about one resource, or about all of them."""

    FAIL = "fail"
    ERROR = "error"
    """The rule itself broke: neither a pass nor a fault of the resource."""
    UNKNOWN = "unknown"
    PASS = "pass"  # noqa: S105  (not a password)
    NOT_APPLICABLE = "not applicable"


class Status(StrEnum):
    """What a finding is beside a base."""

    NEW = "new"
    OLD = "old"


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
    judged: str = ""
    """URN of the resource that the rule was asked about; empty if that isn't known."""
    enforcement: Level = Level.MANDATORY
    """Whether it counts, or only advises."""
    suppression: Suppression | None = None
    """What hides it, if anything does."""
    status: Status | None = None
    """What it is beside a base; None without one."""

    def stands(self) -> bool:
        """Whether nothing hides it and it doesn't only advise."""
        return self.suppression is None and self.enforcement is Level.MANDATORY

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
            "enforcement": self.enforcement.value,
            "suppression": self.suppression.as_json() if self.suppression else None,
            "status": self.status.value if self.status else None,
            "source": self.source,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The finding that `as_json` wrote.

        Raises KeyError for a field that is missing, ValueError and TypeError for one that isn't right.
        """
        texts = {name: data[name] for name in ("rule", "code", "urn", "property", "message", "remediation")}
        if not all(isinstance(text, str) for text in texts.values()):
            raise TypeError("a finding's fields are text")
        source, hidden, status = data.get("source"), data.get("suppression"), data.get("status")
        return cls(
            **texts,
            severity=Severity(data["severity"]),
            verdict=Verdict(data["verdict"]),
            source=source if isinstance(source, str) else None,
            enforcement=Level(data.get("enforcement", Level.MANDATORY)),
            suppression=Suppression.from_json(hidden) if hidden else None,
            status=Status(status) if status else None,
        )


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
        """Whether no rule broke and nothing failed that is neither suppressed nor only advises. What is
        unknown doesn't fail.
        """
        return not any(
            finding.verdict is Verdict.ERROR or (finding.verdict is Verdict.FAIL and finding.stands())
            for finding in self.findings
        )

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
