"""A preview and a verdict on the terminal: fit for 80 columns, and readable without colour."""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from modelyard_policies.assessment import Assessment
from modelyard_policies.graph import Graph
from modelyard_preview.account import AccountPreview
from modelyard_preview.environment import Preview
from modelyard_preview.report import changes as changes_report
from modelyard_preview.report import cost as cost_report
from modelyard_preview.report import facts
from modelyard_preview.report import notes as notes_report
from modelyard_preview.report import recovery as recovery_report
from modelyard_preview.report.assessment import assessment_blocks
from modelyard_preview.report.findings import findings
from modelyard_preview.report.names import count, in_cloud
from modelyard_preview.report.tree import resource_tree
from modelyard_preview.stack import StackPreview
from modelyard_preview.subjects import Notes


def print_preview(
    preview: Preview | AccountPreview | StackPreview, console: Console, notes: Notes | None = None
) -> None:
    """Resources, findings and cost; energy and recovery of an environment. `notes` come before them."""
    graph = preview.subject.graph if isinstance(preview, StackPreview) else preview.graph
    custom = sum(in_cloud(node) for node in graph.resources)
    name, place = _named(preview)
    console.print(Text.assemble((name, "bold"), f"{place}: {count(custom, 'resource')}"))
    console.print()
    console.print(resource_tree(graph))
    _notes(console, notes)
    if preview.changes is not None:
        _section(console, "changes")
        for line in changes_report.changes(preview.changes):
            _show(console, line)
    _section(console, "policies")
    for block in findings(preview.policy, graph):
        _show(console, block)
    _section(console, "cost")
    for block in cost_report.cost(preview.cost):
        _show(console, block)
    if not isinstance(preview, Preview):
        return
    _section(console, "energy")
    for line in facts.energy(preview.energy):
        _show(console, line)
    _section(console, "recovery")
    for block in recovery_report.recovery(preview.recovery):
        _show(console, block)


def print_assessment(
    assessment: Assessment, graph: Graph, console: Console, notes: Notes | None = None
) -> None:
    """The findings, the tally, what has to be known of them, and the answer."""
    for block in assessment_blocks(assessment, graph, notes_report.notes(notes or Notes())):
        _show(console, block)


def _named(preview: Preview | AccountPreview | StackPreview) -> tuple[str, str]:
    """What it is called, and where it is."""
    if isinstance(preview, StackPreview):
        subject = preview.subject
        place = " ".join(part for part in (subject.cloud, subject.region) if part)
        return subject.name, f" on {place}" if place else ""
    spec = preview.account if isinstance(preview, AccountPreview) else preview.environment
    return spec.name, f" on {spec.cloud} {spec.regions.primary}"


def _notes(console: Console, notes: Notes | None) -> None:
    lines = list(notes_report.notes(notes or Notes()))
    if lines:
        _section(console, "to know")
    for line in lines:
        _show(console, line)


def _show(console: Console, block: RenderableType) -> None:
    """Print a block; where a line of it goes on in the next, it keeps its indent."""
    if isinstance(block, Text):
        indent = len(block.plain) - len(block.plain.lstrip(" "))
        block = Padding(block[indent:], (0, 0, 0, indent), expand=False)
    console.print(block)


def _section(console: Console, title: str) -> None:
    console.print()
    console.print(Text(title, style="bold"))
