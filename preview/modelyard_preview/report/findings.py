"""Findings of the policies, each with where it is and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from modelyard_policies.graph import Graph
from modelyard_policies.report import Finding, Report, Verdict
from modelyard_policies.reports.plain import printable
from modelyard_policies.reports.words import labels
from modelyard_preview.report.names import count, short_type

_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "blue"}


def findings(report: Report, graph: Graph) -> Iterator[RenderableType]:
    """One block for each finding that isn't suppressed, worst first; one for all that a rule doesn't know
    yet. Then the tally.
    """
    shown = [finding for finding in report.findings if finding.suppression is None]
    for _, alike in groupby(shown, _apart):
        yield _block(list(alike), graph)
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


def _apart(finding: Finding) -> tuple[object, ...]:
    """What tells blocks apart: each fault has its own, for each is to be mended."""
    unknown = finding.verdict is Verdict.UNKNOWN
    return finding.rule, finding.message, finding.remediation, labels(finding), None if unknown else finding


def _block(alike: Sequence[Finding], graph: Graph) -> Table:
    """A block. What comes from the program is shown as it is: neither markup nor control characters."""
    finding = alike[0]
    severity = finding.severity.value
    said = ", ".join(filter(None, (finding.verdict.value, labels(finding))))
    head = Text.assemble((finding.rule, "bold"), f" {finding.code}  {said}")
    block = Table.grid(padding=(0, 1), expand=False)
    block.add_column(width=10, style=_STYLES[severity])
    block.add_column()
    block.add_row(f"  {severity}", head)
    block.add_row("", Text(f"{_where(alike, graph)}: {printable(finding.message, 1_000)}"))
    places = dict.fromkeys(_place(each) for each in alike if _place(each))
    if places:
        block.add_row("", Text(f"at {'; '.join(places)}", style="dim"))
    block.add_row("", Text(f"mend: {finding.remediation}"))
    return block


def _where(alike: Sequence[Finding], graph: Graph) -> str:
    """The resources, those of a type behind it."""
    names: dict[str, list[str]] = {}
    for finding in alike:
        node = graph.by_urn.get(finding.urn)
        kind = printable(short_type(node.type)) if node else ""
        names.setdefault(kind, []).append(printable(node.name if node else finding.urn))
    return "; ".join(f"{kind} {', '.join(dict.fromkeys(named))}".lstrip() for kind, named in names.items())


def _place(finding: Finding) -> str:
    return printable(", ".join(part for part in (finding.property, finding.source) if part))
