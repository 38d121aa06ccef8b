"""JUnit's XML: a suite for each rule, a case for each resource that it was asked about.

A failure is what makes the answer no. What doesn't (suppressed, unknown, advising, there before) is skipped,
with its reason; a rule that broke is an error.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from typing import Final

from modelyard_policies.assessment import Applied, Assessment, State
from modelyard_policies.report import Finding, Verdict
from modelyard_policies.reports.plain import printable
from modelyard_policies.reports.words import column, family

_SKIPPED: Final = {
    "suppressed": "suppressed",
    "unknown": "unknown",
    "advisory": "only advises",
    "old": "there before",
}
"""What a finding that doesn't count is skipped as, the one that says most first."""


def text(assessment: Assessment) -> str:
    """The document."""
    suites = ET.Element("testsuites", name=printable(f"modelyard check {assessment.name}"))
    by_case: dict[tuple[str, str], list[Finding]] = {}
    for finding in assessment.findings:
        by_case.setdefault((finding.rule, finding.judged or finding.urn), []).append(finding)
    asked: dict[str, list[str]] = {}
    for (rule, urn), found in assessment.report.verdicts.items():
        if found is not Verdict.NOT_APPLICABLE:
            asked.setdefault(rule, []).append(urn)
    for rule_id in sorted(asked):
        rule = assessment.rules[rule_id]
        suite = ET.SubElement(suites, "testsuite", name=f"{rule.id} ({rule.code}): {rule.title}")
        for urn in asked[rule_id]:
            case = _case(suite, f"modelyard.{family(rule)}.{rule.id}", urn)
            _settle(case, by_case.get((rule_id, urn), ()), assessment)
    _add_suppressions(suites, assessment.suppressions)
    _add_unchecked(suites, assessment.report.unchecked)
    _count(suites)
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _case(suite: ET.Element, classname: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=classname, name=printable(name, 1_000), time="0")


def _settle(case: ET.Element, findings: Sequence[Finding], assessment: Assessment) -> None:
    """Error, failure or skip: the worst of the findings says which."""
    broken = [finding for finding in findings if finding.verdict is Verdict.ERROR]
    decisive = [finding for finding in findings if assessment.counts(finding)]
    if broken:
        _outcome(case, "error", "error", findings)
    elif decisive:
        _outcome(case, "failure", decisive[0].severity.value, decisive)
    elif findings:
        columns = {column(finding) for finding in findings}
        reason = next(word for name, word in _SKIPPED.items() if name in columns)
        ET.SubElement(case, "skipped", message=f"{reason}: {_said(findings)}")


def _outcome(case: ET.Element, tag: str, kind: str, findings: Sequence[Finding]) -> None:
    outcome = ET.SubElement(case, tag, type=kind, message=_said(findings))
    outcome.text = "\n".join(
        printable(part)
        for finding in findings
        for part in (
            f"{finding.verdict.value}: {finding.message}",
            f"  at {', '.join(filter(None, (finding.urn, finding.property, finding.source)))}",
            f"  mend: {finding.remediation}",
        )
    )


def _said(findings: Iterable[Finding]) -> str:
    """The messages, and what hides them."""
    parts: dict[str, None] = {}
    for finding in findings:
        hidden = finding.suppression
        until = f" (until {hidden.expires}, {hidden.owner}: {hidden.reason})" if hidden else ""
        parts[printable(f"{finding.message}{until}", 500)] = None
    return printable("; ".join(parts), 2_000)


def _add_suppressions(suites: ET.Element, entries: Sequence[Applied]) -> None:
    """A case for each suppression: expired ones fail, unused ones are skipped."""
    if not entries:
        return
    suite = ET.SubElement(suites, "testsuite", name="suppressions")
    for entry in entries:
        found = entry.suppression
        case = _case(
            suite, "modelyard.suppressions", f"{found.rule} on {found.resource} {found.path}".rstrip()
        )
        said = printable(f"{found.owner}: {found.reason} ({found.file}:{found.line})", 1_000)
        if entry.state is State.EXPIRED:
            ET.SubElement(case, "failure", type="expired", message=f"expired on {found.expires}: {said}")
        elif entry.state is not State.ACTIVE:
            ET.SubElement(case, "skipped", message=f"{entry.state.value}: {said}")


def _add_unchecked(suites: ET.Element, tokens: Sequence[str]) -> None:
    if not tokens:
        return
    suite = ET.SubElement(suites, "testsuite", name="unchecked types")
    for token in tokens:
        case = _case(suite, "modelyard.unchecked", token)
        ET.SubElement(case, "skipped", message="no rule looks at this type of resource")


def _count(suites: ET.Element) -> None:
    """Numbers of a suite and of all."""
    totals: dict[str, int] = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for suite in suites:
        numbers = {
            "tests": len(suite),
            "failures": len(suite.findall("testcase/failure")),
            "errors": len(suite.findall("testcase/error")),
            "skipped": len(suite.findall("testcase/skipped")),
        }
        for name, number in numbers.items():
            suite.set(name, str(number))
            totals[name] += number
        suite.set("time", "0")
    for name in ("tests", "failures", "errors"):
        suites.set(name, str(totals[name]))
