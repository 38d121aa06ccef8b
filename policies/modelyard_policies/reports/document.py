"""The JSON document `modelyard.check/1`, which docs/json.md describes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from modelyard_policies.assessment import Assessment, covered
from modelyard_policies.comparison import fingerprints
from modelyard_policies.report import Finding
from modelyard_policies.reports.words import column

SCHEMA: Final = "modelyard.check/1"


def document(assessment: Assessment, head: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The document. `head` has fields that say what was judged, as `environment` and `cloud`."""
    return {
        "schema": SCHEMA,
        "name": assessment.name,
        **(head or {}),
        "ok": assessment.ok,
        "failOn": {
            "findings": "new" if assessment.answer.only_new else "all",
            "unknown": assessment.answer.unknown,
        },
        "counts": _counts(assessment),
        **assessment.report.as_json(),
        "findings": _with_fingerprints(assessment.findings),
        "fixed": _with_fingerprints(assessment.fixed),
        "judged": {rule: found.value for rule, found in sorted(assessment.report.rules.items())},
        "disabled": list(assessment.disabled),
        "selected": assessment.selected,
        "base": _base(assessment),
        "suppressions": [entry.as_json() for entry in assessment.suppressions],
        "pending": _pending(assessment),
        "figures": [figure.as_json() for figure in assessment.figures],
        "remarks": list(assessment.notes),
    }


def text(assessment: Assessment, head: Mapping[str, Any] | None = None) -> str:
    """The document as text."""
    return json.dumps(document(assessment, head), indent=2) + "\n"


def _counts(assessment: Assessment) -> dict[str, int]:
    """Findings, each in one count but `decisive`, which has those that make the answer no."""
    found: Counter[str] = Counter(map(column, assessment.findings))
    return {
        **{
            name: found[name]
            for name in ("errors", "new", "old", "failed", "advisory", "unknown", "suppressed")
        },
        "fixed": len(assessment.fixed),
        "decisive": sum(map(assessment.counts, assessment.findings)),
        "expired": len(assessment.expired),
    }


def _with_fingerprints(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    return [
        {**finding.as_json(), "fingerprint": name}
        for finding, name in zip(findings, fingerprints(findings), strict=True)
    ]


def _base(assessment: Assessment) -> dict[str, Any] | None:
    if assessment.base is None:
        return None
    return {
        "name": assessment.base,
        "newRules": list(assessment.new_rules),
        "notCompared": assessment.not_compared,
    }


def _pending(assessment: Assessment) -> list[dict[str, Any]]:
    return [
        {
            **entry.as_json(),
            "findings": covered(entry.suppression, assessment.findings) if entry.suppression else None,
        }
        for entry in assessment.policy.pending
    ]
