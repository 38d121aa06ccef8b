"""JUnit's XML: a suite for each rule, a case for each resource that it was asked about.

A failure is what makes the answer no. What doesn't (suppressed, unknown, advising, there before) is skipped,
with its reason; a rule that broke is an error.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from modelyard_policies.assessment import Applied, Assessment, State
from modelyard_policies.report import Finding, Verdict
from modelyard_policies.reports.plain import printable
from modelyard_policies.reports.words import column, family, sentence

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
    _add_skipped(suites, "pending changes", "pending", _pending(assessment))
    _add_skipped(suites, "unchecked types", "unchecked", _unchecked(assessment))
    _add_skipped(suites, "rules turned off", "disabled", _disabled(assessment))
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
        parts[printable(f"{sentence(finding)}{until}", 500)] = None
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


def _pending(assessment: Assessment) -> Iterator[tuple[str, str]]:
    for entry in assessment.policy.pending:
        on = f" on {entry.suppression.resource}" if entry.suppression else ""
        said = " becomes ".join(entry.said)
        yield f"{entry.change} {entry.kind}: {entry.rule}{on}", f"in force once it is merged: {said}"


def _unchecked(assessment: Assessment) -> Iterator[tuple[str, str]]:
    return ((token, "no rule looks at this type of resource") for token in assessment.report.unchecked)


def _disabled(assessment: Assessment) -> Iterator[tuple[str, str]]:
    return ((rule, "the configuration turns this rule off") for rule in assessment.disabled)


def _add_skipped(suites: ET.Element, title: str, classname: str, cases: Iterable[tuple[str, str]]) -> None:
    """A suite of cases that are skipped, each with its reason; none if there are no cases."""
    suite: ET.Element | None = None
    for name, reason in cases:
        suite = ET.SubElement(suites, "testsuite", name=title) if suite is None else suite
        case = _case(suite, f"modelyard.{classname}", name)
        ET.SubElement(case, "skipped", message=printable(reason, 1_000))


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
