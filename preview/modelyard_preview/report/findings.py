"""Findings of the policies, those of one rule together: what is wrong, where, and once how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from modelyard_policies.comparison.keys import shape
from modelyard_policies.graph import Graph
from modelyard_policies.report import Finding, Report, Verdict
from modelyard_policies.reports.groups import Question, questions
from modelyard_policies.reports.plain import printable
from modelyard_policies.reports.words import has_subject, labels
from modelyard_preview.report.names import count, short_type

_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "blue"}


def findings(report: Report, graph: Graph) -> Iterator[RenderableType]:
    """What isn't suppressed, worst first: a block for each rule, then one for each value not known yet.
    Then the tally.
    """
    shown = [finding for finding in report.findings if finding.suppression is None]
    by_rule: dict[tuple[object, ...], list[Finding]] = {}
    for finding in shown:
        if finding.verdict is not Verdict.UNKNOWN:
            by_rule.setdefault((finding.rule, finding.verdict, labels(finding)), []).append(finding)
    for found in by_rule.values():
        yield _of_rule(found, graph)
    for question in questions(finding for finding in shown if finding.verdict is Verdict.UNKNOWN):
        yield _question(question, graph)
    yield tally(report)
    if report.unchecked:
        types = ", ".join(printable(short_type(token)) for token in report.unchecked)
        yield Padding(Text(f"types that no rule looks at: {types}", style="dim"), (0, 0, 0, 2))


def tally(report: Report) -> Text:
    """How many rules passed, failed, stayed unknown, concern nothing here, broke."""
    tallies = report.tallies
    line = Text("  rules: ")
    parts = [
        (f"{tallies['passed']} passed", "green"),
        (f"{tallies['failed']} failed", "bold red" if tallies["failed"] else ""),
        (f"{tallies['unknown']} unknown", "yellow" if tallies["unknown"] else ""),
        (f"{tallies['notApplicable']} not applicable", ""),
    ]
    if tallies["errors"]:
        parts.append((f"{tallies['errors']} broke", "bold red"))
    for position, (text, style) in enumerate(parts):
        line.append(", " if position else "").append(text, style=style)
    found = count(len(report.findings), "finding")
    return line.append(f" ({found})" if report.findings else "", style="dim")


def _of_rule(findings: Sequence[Finding], graph: Graph) -> Table:
    """What one rule found: a paragraph for each thing that is wrong."""
    first = findings[0]
    resources = {finding.urn for finding in findings}
    number = count(len(resources), "resource") if len(resources) > 1 else ""
    block = _head(first, first.rule, first.code, number)
    said: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        subject = shape(finding.property) if has_subject([finding]) else ""
        said.setdefault((shape(finding.message), subject), []).append(finding)
    for alike in said.values():
        _add(block, alike, graph)
    block.add_row("", Text(f"mend: {first.remediation}"))
    return block


def _question(question: Question, graph: Graph) -> Table:
    """What isn't known. How to mend it is said where one rule asks: several ask different things of it."""
    first = question.findings[0]
    is_alone = len(question.codes) == 1
    block = _head(first, first.rule if is_alone else "", ", ".join(question.codes), "")
    _add(block, question.findings, graph)
    if is_alone:
        block.add_row("", Text(f"mend: {first.remediation}"))
    return block


def _head(finding: Finding, rule: str, codes: str, number: str) -> Table:
    severity = finding.severity.value
    said = ", ".join(filter(None, (finding.verdict.value, labels(finding), number)))
    block = Table.grid(padding=(0, 1), expand=False)
    block.add_column(width=10, style=_STYLES[severity])
    block.add_column(overflow="fold")
    block.add_row(f"  {severity}", Text.assemble((rule, "bold"), " " if rule else "", f"{codes}  {said}"))
    return block


def _add(block: Table, alike: Sequence[Finding], graph: Graph) -> None:
    """A paragraph. What comes from the program is shown as it is: neither markup nor control characters."""
    message, places = alike[0].message, [*_places(alike)]
    if has_subject(alike):
        message, places = f"{_property(alike)} {message}", [*_sources(alike)]
    block.add_row("", Text(f"{_where(alike, graph)}: {printable(message, 1_000)}"))
    if places:
        block.add_row("", Text(f"at {printable(', '.join(places), 10_000)}", style="dim"))


def _where(alike: Iterable[Finding], graph: Graph) -> str:
    """The resources, those of a type behind it."""
    names: dict[str, list[str]] = {}
    for finding in alike:
        node = graph.by_urn.get(finding.urn)
        kind = printable(short_type(node.type)) if node else ""
        names.setdefault(kind, []).append(printable(node.name if node else finding.urn))
    return "; ".join(f"{kind} {', '.join(dict.fromkeys(named))}".lstrip() for kind, named in names.items())


def _places(alike: Sequence[Finding]) -> Iterator[str]:
    """The property, if it is the same of all, and the lines; else a property each, with its line."""
    if len({shape(finding.property) for finding in alike}) == 1:
        yield from filter(None, (_property(alike), *_sources(alike)))
    else:
        each = (" ".join(filter(None, (finding.property, finding.source))) for finding in alike)
        yield from dict.fromkeys(filter(None, each))


def _property(alike: Sequence[Finding]) -> str:
    """Path that they share, without its positions in lists if those differ."""
    paths = {finding.property for finding in alike}
    return alike[0].property if len(paths) == 1 else shape(alike[0].property)


def _sources(alike: Iterable[Finding]) -> Iterator[str]:
    """Lines of the program, the name of each file once: `shop.py:3, 17`."""
    lines: dict[str, dict[str, None]] = {}
    for finding in alike:
        file, _, line = (finding.source or "").rpartition(":")
        if finding.source:
            lines.setdefault(file, {})[line] = None
    for file, numbers in lines.items():
        yield f"{file}:{', '.join(numbers)}"
