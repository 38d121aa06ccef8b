"""An assessment as a SARIF log of one run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from modelyard_policies.assessment import Assessment, State
from modelyard_policies.comparison import fingerprints
from modelyard_policies.distribution import documentation, version
from modelyard_policies.report import Finding, Verdict
from modelyard_policies.reports.places import Place
from modelyard_policies.reports.sarif.results import ROOT, location, message, physical, result
from modelyard_policies.reports.sarif.rules import descriptor
from modelyard_policies.reports.words import counted, reasons, verdict

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
VERSION: Final = "2.1.0"

_NOTICES: Final = {
    "rule-broke": "A rule raised an error: what it would have said isn't known.",
    "suppression-expired": "A suppression's last day is over.",
    "suppression-unused": "A suppression covers no finding.",
    "pending-change": "A change to suppressions or configuration that is in force once it is merged.",
    "type-unchecked": "No rule looks at this type of resource.",
    "rule-disabled": "The configuration turns this rule off.",
    "note": "What has to be known to read the findings.",
}
"""Kinds of notices beside the findings."""


def log(assessment: Assessment, docs: str | None = None) -> dict[str, Any]:
    """The log. `docs` is where the documentation is published, else what the distribution says."""
    docs = docs or documentation()
    rules = sorted(assessment.rules.values(), key=lambda rule: rule.id)
    indexes = {rule.id: place for place, rule in enumerate(rules)}
    level = assessment.policy.configuration.level
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "modelyard",
                        "organization": "modelyard",
                        **({"version": version()} if version() else {}),
                        **({"informationUri": docs} if docs else {}),
                        "rules": [descriptor(rule, level(rule.id), docs) for rule in rules],
                        "notifications": [
                            {"id": name, "shortDescription": {"text": text}}
                            for name, text in _NOTICES.items()
                        ],
                    }
                },
                "automationDetails": {"id": f"modelyard/{assessment.name}/"},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {ROOT: {"description": {"text": "The project's directory."}}},
                "invocations": [_invocation(assessment, indexes)],
                "results": list(_results(assessment, indexes)),
            }
        ],
    }


def text(assessment: Assessment, docs: str | None = None) -> str:
    """The log as text."""
    return json.dumps(log(assessment, docs), indent=2) + "\n"


def _results(assessment: Assessment, indexes: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    findings = assessment.findings
    for finding, name in zip(findings, fingerprints(findings), strict=True):
        if finding.verdict is not Verdict.ERROR:
            yield result(finding, name, indexes, assessment)
    fixed = assessment.fixed
    for finding, name in zip(fixed, fingerprints(fixed), strict=True):
        yield result(finding, name, indexes, assessment, "absent")


def _invocation(assessment: Assessment, indexes: Mapping[str, int]) -> dict[str, Any]:
    """How the run went: a rule that broke is a failure of the tool, and not of what it looked at."""
    errors = [finding for finding in assessment.findings if finding.verdict is Verdict.ERROR]
    return {
        "executionSuccessful": not errors,
        "exitCode": assessment.exit_code,
        "exitCodeDescription": f"{assessment.name} {verdict(assessment)}: {reasons(assessment)}",
        "toolExecutionNotifications": [_broken(finding, indexes, assessment) for finding in errors],
        "toolConfigurationNotifications": list(_notices(assessment)),
    }


def _broken(finding: Finding, indexes: Mapping[str, int], assessment: Assessment) -> dict[str, Any]:
    index = indexes.get(finding.rule)
    return {
        "descriptor": {"id": "rule-broke"},
        "associatedRule": {"id": finding.rule, **({} if index is None else {"index": index})},
        "level": "error",
        "message": message(f"{finding.rule} on {finding.urn}: {finding.message}"),
        "locations": [location(finding, assessment.file)],
    }


def _notices(assessment: Assessment) -> Iterator[dict[str, Any]]:
    for entry in assessment.suppressions:
        found = entry.suppression
        said = f"{found.rule} on {found.resource}, {found.owner}: {found.reason}"
        place = Place(found.file, found.line)
        if entry.state is State.EXPIRED:
            would = counted(entry.findings, "finding")
            yield _notice(
                "suppression-expired", "error", f"expired on {found.expires} ({would}): {said}", place
            )
        elif entry.state is State.UNUSED:
            yield _notice("suppression-unused", "note", f"unused: {said}", place)
    for change in assessment.policy.pending:
        where = f" on {change.suppression.resource}" if change.suppression else ""
        said = f"{change.change} {change.kind}: {change.rule}{where}: {' becomes '.join(change.said)}"
        yield _notice("pending-change", "warning", said)
    for token in assessment.report.unchecked:
        yield _notice("type-unchecked", "note", f"no rule looks at {token}")
    for rule in assessment.disabled:
        yield _notice("rule-disabled", "note", f"{rule} is turned off by the configuration")
    for note in assessment.notes:
        yield _notice("note", "note", note)


def _notice(kind: str, level: str, said: str, place: Place | None = None) -> dict[str, Any]:
    return {
        "descriptor": {"id": kind},
        "level": level,
        "message": message(said),
        **({"locations": [{"physicalLocation": physical(place)}]} if place else {}),
    }
