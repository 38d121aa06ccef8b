"""A verdict on the terminal: the findings, what hides or would hide them, and the answer with its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.text import Text

from modelyard_policies.assessment import Applied, Assessment, State, covered
from modelyard_policies.figures import Figure, Unit
from modelyard_policies.graph import Graph
from modelyard_policies.reports.plain import printable
from modelyard_policies.reports.words import reasons, verdict, ways
from modelyard_policies.suppressions.entry import name_of
from modelyard_preview.report.findings import findings
from modelyard_preview.report.names import amount, count, in_cloud

_STATES = {
    State.ACTIVE: ("suppressed", ""),
    State.UNUSED: ("unused suppression", "yellow"),
    State.EXPIRED: ("expired suppression", "bold red"),
    State.MENDED: ("expired suppression, mended by this change", "yellow"),
    State.NOT_ASKED: ("suppression of a rule that wasn't asked", "dim"),
}


def assessment_blocks(
    assessment: Assessment, graph: Graph, notes: Iterable[Text] = ()
) -> Iterator[RenderableType]:
    """All that there is to say, `notes` of the subject among it; the answer is the last line."""
    yield from findings(assessment.report, graph)
    for entry in assessment.suppressions:
        yield _suppression(entry)
    yield from _pending(assessment)
    for finding in assessment.fixed:
        what = f"{finding.rule} on {printable(name_of(finding.urn))}: {printable(finding.message)}"
        yield Text.assemble("  ", ("fixed", "green"), f": {what}")
    for figure in assessment.figures:
        if figure.before != figure.after and assessment.base is not None:
            yield Text(f"  {_figure(figure)}")
    yield from notes
    for note in _notes(assessment):
        yield Text(f"  {note}", style="dim")
    if not any(in_cloud(node) for node in graph.resources):
        yield Text("  it has no resources of a cloud: there was nothing to judge", style="yellow")
    style = "bold green" if assessment.ok else "bold red"
    name = (printable(assessment.name), "bold")
    yield Text.assemble(name, " ", (verdict(assessment), style), f": {reasons(assessment)}")


def _suppression(entry: Applied) -> Text:
    found = entry.suppression
    kind, style = _STATES[entry.state]
    path = f" {found.path}" if found.path else ""
    number = f" ({count(entry.findings, 'finding')})" if entry.findings else ""
    rest = f"{number}, until {found.expires}, {found.owner}: {found.reason} ({found.file}:{found.line})"
    return Text.assemble(
        "  ", (kind, style), printable(f": {found.rule} on {found.resource}{path}{rest}", 1_000)
    )


def _pending(assessment: Assessment) -> Iterator[Text]:
    for entry in assessment.policy.pending:
        on, number = "", ""
        if entry.suppression:
            on = f" on {entry.suppression.resource}"
            number = f" ({count(covered(entry.suppression, assessment.findings), 'finding')})"
        said = (
            f": {entry.change.value} {entry.kind} of {entry.rule}{on}{number}: {' becomes '.join(entry.said)}"
        )
        yield Text.assemble("  ", ("pending until merged", "yellow"), printable(said, 1_000))


def _figure(figure: Figure) -> str:
    before, after = (_amount(value, figure.unit) for value in (figure.before, figure.after))
    return printable(f"{figure.name}: {before} becomes {after}", 1_000)


def _amount(value: float | None, unit: Unit) -> str:
    if value is None:
        return "not known"
    words = {
        Unit.USD_A_MONTH: "dollars a month",
        Unit.MINUTES: "minutes",
        Unit.KG_CO2E_A_MONTH: "kg CO2e a month",
    }
    number = f"{value:,.0f}" if unit is Unit.MINUTES else amount(value)
    return f"{number} {words[unit]}"


def _notes(assessment: Assessment) -> Iterator[str]:
    if assessment.disabled:
        yield f"turned off by the configuration: {', '.join(assessment.disabled)}"
    yield from ways(assessment)
    if assessment.base is not None:
        left_out = count(assessment.not_compared, "finding")
        rest = (
            f"; {left_out} of it not compared, as their rules weren't asked"
            if assessment.not_compared
            else ""
        )
        yield f"compared with {printable(assessment.base)}{rest}"
    if assessment.new_rules:
        yield f"rules that the base wasn't asked: {', '.join(assessment.new_rules)}"
