"""Findings as SARIF's results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from modelyard_policies.assessment import Assessment
from modelyard_policies.report import Finding, Status, Verdict
from modelyard_policies.reports.places import Place, place_of
from modelyard_policies.reports.plain import printable
from modelyard_policies.reports.sarif.rules import LEVELS
from modelyard_policies.reports.words import sentence
from modelyard_policies.suppressions.entry import Suppression, name_of

ROOT: Final = "%SRCROOT%"
"""The project's directory, to which relative files belong."""
FINGERPRINT: Final = "modelyardFinding/v1"
LINE_HASH: Final = "primaryLocationLineHash"
"""The one fingerprint by which GitHub follows an alert. Ours doesn't change with the lines."""


def message(text: str) -> dict[str, str]:
    """Plain text: without placeholders, and without links, which SARIF writes as `[text](address)`."""
    shown = printable(text, 1_000).replace("{", "{{").replace("}", "}}")
    return {"text": shown.replace("](", "] (")}


def result(
    finding: Finding,
    fingerprint: str,
    indexes: Mapping[str, int],
    assessment: Assessment,
    baseline: str | None = None,
) -> dict[str, Any]:
    """A failure, or a question for review; `baseline` is its state beside a base, if not its status."""
    unknown = finding.verdict is Verdict.UNKNOWN
    state = baseline or {Status.NEW: "new", Status.OLD: "unchanged", None: None}[finding.status]
    index = indexes.get(finding.rule)
    return {
        "ruleId": finding.rule,
        **({} if index is None else {"ruleIndex": index}),
        # SARIF gives what isn't a failure no level.
        "kind": "review" if unknown else "fail",
        "level": "none" if unknown else LEVELS[finding.severity],
        "message": message(f"{name_of(finding.urn)}: {sentence(finding)}. Mend: {finding.remediation}"),
        "locations": [location(finding, assessment.file)],
        "partialFingerprints": {FINGERPRINT: fingerprint, LINE_HASH: f"{fingerprint}:1"},
        **({"baselineState": state} if state else {}),
        "suppressions": _suppressions(finding, assessment),
        "properties": {
            "urn": finding.urn,
            "property": finding.property,
            "severity": finding.severity.value,
            "verdict": finding.verdict.value,
            "enforcement": finding.enforcement.value,
        },
    }


def location(finding: Finding, file: str | None) -> dict[str, Any]:
    """The program's line and the resource; the first line of `file` where no line is known."""
    place = place_of(finding.source, file)
    return {
        **({"physicalLocation": physical(place)} if place else {}),
        "logicalLocations": [
            {
                "name": name_of(finding.urn),
                "fullyQualifiedName": finding.urn,
                "kind": "resource",
            }
        ],
    }


def physical(place: Place) -> dict[str, Any]:
    """A line of a file."""
    root = {"uriBaseId": ROOT} if place.is_relative else {}
    return {"artifactLocation": {"uri": place.uri, **root}, "region": {"startLine": place.line}}


def _suppressions(finding: Finding, assessment: Assessment) -> list[dict[str, Any]]:
    """What hides the finding, or did until its day, or would once a change is merged."""
    if finding.verdict is Verdict.ERROR:
        return []
    if finding.suppression:
        return [_suppression(finding.suppression, "accepted")]
    subject = finding.rule, finding.urn, finding.property
    entries = assessment.policy.suppressions
    expired = [entry for entry in entries if entry.has_expired(assessment.today) and entry.covers(*subject)]
    pending = [
        change.suppression
        for change in assessment.policy.pending
        if change.suppression and change.after and change.suppression.covers(*subject)
    ]
    return [
        *(_suppression(entry, "rejected") for entry in expired),
        *(_suppression(entry, "underReview") for entry in pending),
    ]


def _suppression(entry: Suppression, status: str) -> dict[str, Any]:
    return {
        "kind": "external",
        "status": status,
        "justification": printable(entry.reason, 1_000),
        "location": {"physicalLocation": physical(Place(entry.file, entry.line))},
        "properties": {"owner": entry.owner, "expires": entry.expires.isoformat()},
    }
