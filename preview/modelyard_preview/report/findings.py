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
from modelyard_preview.report.names import count, short_type

_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "blue"}


def findings(report: Report, graph: Graph) -> Iterator[RenderableType]:
    """One block for each finding, worst first; one for all that a rule doesn't know yet. Then the tally."""
    for _, alike in groupby(report.findings, _apart):
        yield _block(list(alike), graph)
    yield tally(report)
    if report.unchecked:
        types = ", ".join(short_type(token) for token in report.unchecked)
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
    return finding.rule, finding.message, finding.remediation, None if unknown else finding


def _block(alike: Sequence[Finding], graph: Graph) -> Table:
    finding = alike[0]
    severity = finding.severity.value
    head = Text.assemble((finding.rule, "bold"), f" {finding.code}  {finding.verdict.value}")
    block = Table.grid(padding=(0, 1), expand=False)
    block.add_column(width=10, style=_STYLES[severity])
    block.add_column()
    block.add_row(f"  {severity}", head)
    block.add_row("", f"{_where(alike, graph)}: {finding.message}")
    places = dict.fromkeys(_place(each) for each in alike if _place(each))
    if places:
        block.add_row("", Text(f"at {'; '.join(places)}", style="dim"))
    block.add_row("", f"mend: {finding.remediation}")
    return block


def _where(alike: Sequence[Finding], graph: Graph) -> str:
    """The resources, those of a type behind it."""
    names: dict[str, list[str]] = {}
    for finding in alike:
        node = graph.by_urn.get(finding.urn)
        names.setdefault(short_type(node.type) if node else "", []).append(node.name if node else finding.urn)
    return "; ".join(f"{kind} {', '.join(dict.fromkeys(named))}".lstrip() for kind, named in names.items())


def _place(finding: Finding) -> str:
    return ", ".join(part for part in (finding.property, finding.source) if part)
