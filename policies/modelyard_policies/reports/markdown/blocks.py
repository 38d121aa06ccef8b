"""Blocks of a comment: a group of findings, a suppression, a change that is pending."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from modelyard_policies.assessment import Applied, Assessment, State, covered
from modelyard_policies.comparison.keys import in_list, shape
from modelyard_policies.pending import Pending
from modelyard_policies.report import Finding
from modelyard_policies.reports.groups import Group, Question
from modelyard_policies.reports.markdown.markup import code, fenced, folded, ours, prose
from modelyard_policies.reports.words import counted, has_subject
from modelyard_policies.rule import Rule
from modelyard_policies.suppressions.entry import name_of


@dataclass(frozen=True, slots=True)
class Detail:
    """How much of a group is shown."""

    lines: int
    """Different faults."""
    names: int
    """Resources of one fault."""


def group_block(group: Group, rule: Rule | None, detail: Detail, *, snippet: bool) -> str:
    """A group of findings: what is wrong, where, and how to mend it."""
    finding = group.first
    title = ours(rule.title) if rule else code(finding.rule)
    short = rule.code if rule else code(finding.code)
    advises = ", only advises" if not finding.stands() and finding.suppression is None else ""
    parts = [
        f"#### {finding.severity.value}: {title}",
        f"{code(finding.rule)} ({short}), {counted(len(group.resources), 'resource')}{advises}",
        "\n".join(_lines(group, detail)),
    ]
    if snippet:
        # The rule's own words: a document that somebody else wrote may say anything here.
        parts.append(f"**Mend:** {ours(rule.mend) if rule else prose(finding.remediation)}")
        if rule and rule.snippet:
            parts.append(folded("A fix to paste", fenced(rule.snippet, "python")))
    return "\n\n".join(parts)


def _lines(group: Group, detail: Detail) -> Iterator[str]:
    alike = group.alike
    for findings in alike[: detail.lines]:
        yield f"- {_names(findings, detail.names)}: {_said(findings)}"
    if len(alike) > detail.lines:
        rest = {finding.urn for findings in alike[detail.lines :] for finding in findings}
        yield f"- and {counted(len(rest), 'resource')} more in the full report"


def question_block(question: Question, detail: Detail) -> str:
    """What isn't known of some resources, and which rules ask."""
    findings = question.findings
    rules = ", ".join(map(prose, question.codes))
    return f"- {_names(findings, detail.names)}: {_said(findings)}, asked by {rules}"


def _names(findings: Sequence[Finding], most: int) -> str:
    names = list(dict.fromkeys(name_of(finding.urn) for finding in findings))
    shown = ", ".join(code(name, 100) for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _said(findings: Sequence[Finding]) -> str:
    """The message with the property, where it is one, and the line of the program."""
    message, path = prose(findings[0].message), _path(findings)
    subject = path if has_subject(findings) else ""
    places = [*([path] if path and not subject else []), *map(code, filter(None, [findings[0].source]))]
    text = f"{subject} {message}" if subject else message
    return f"{text} ({', '.join(places)})" if places else text


def _path(findings: Sequence[Finding]) -> str:
    paths = {shape(finding.property) for finding in findings}
    if len(paths) != 1 or "" in paths:
        return ""
    path = findings[0].property
    alone = len(findings) == 1 or not in_list(findings[0])
    return code(path if alone else shape(path))


def fixed_block(finding: Finding) -> str:
    """A failure of the base that is gone."""
    return f"- {code(finding.rule)} {code(name_of(finding.urn), 100)}: {prose(finding.message)}"


def suppression_block(entry: Applied) -> str:
    """A suppression and what became of it."""
    suppression = entry.suppression
    what = f"{code(suppression.rule)} on {code(suppression.resource)}"
    if suppression.path:
        what += f", {code(suppression.path)}"
    return (
        f"- {what}: {_state(entry)}; {prose(suppression.owner)}: {prose(suppression.reason)} "
        f"({code(f'{suppression.file}:{suppression.line}')})"
    )


def _state(entry: Applied) -> str:
    day = entry.suppression.expires.isoformat()
    number = counted(entry.findings, "finding")
    return {
        State.ACTIVE: f"hides {number} until {day}",
        State.UNUSED: f"**unused**, until {day}",
        State.EXPIRED: f"**expired** on {day}, and would hide {number}",
        State.MENDED: f"expired on {day}; this change removes or renews it",
        State.NOT_ASKED: f"not asked, until {day}",
    }[entry.state]


def pending_block(entry: Pending, assessment: Assessment) -> str:
    """A change to suppressions or configuration that isn't in force yet."""
    said = f"- {entry.change.value} {entry.kind}: {code(entry.rule)}"
    if entry.suppression:
        found = counted(covered(entry.suppression, assessment.findings), "finding")
        said += f" on {code(entry.suppression.resource)}"
        said += f", {code(entry.suppression.path)}" if entry.suppression.path else ""
        said += f" ({found} of this run)"
    return f"{said}: {' becomes '.join(map(prose, entry.said))}"
