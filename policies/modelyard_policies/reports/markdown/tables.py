"""The tables at the top of a comment: findings by severity, and figures before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from modelyard_policies.assessment import Assessment
from modelyard_policies.figures import Figure, Unit
from modelyard_policies.reports.markdown.markup import cell
from modelyard_policies.reports.words import column, counted
from modelyard_policies.rule import Severity

_AGAINST: Final = ("new", "fixed", "old", "unknown", "suppressed")
_ALONE: Final = ("failed", "unknown", "suppressed")
_IF_ANY: Final = ("advisory", "errors")
_SAME: Final = "none"
_UNKNOWN: Final = "not known"
_HEADS: Final = {"advisory": "only advise", "errors": "rule broke"}


def findings_table(assessment: Assessment) -> str:
    """How many findings of each severity are new, fixed, old, unknown, suppressed."""
    counts = Counter((finding.severity, column(finding)) for finding in assessment.findings)
    counts.update((finding.severity, "fixed") for finding in assessment.fixed)
    names = [*(_AGAINST if assessment.base is not None else _ALONE)]
    names += [name for name in _IF_ANY if any(counts[severity, name] for severity in Severity)]
    rows = [[severity.value, *(_number(counts[severity, name]) for name in names)] for severity in Severity]
    total = [f"**{sum(counts[severity, name] for severity in Severity):,}**" for name in names]
    return _table(["", *(_HEADS.get(name, name) for name in names)], [*rows, ["**all**", *total]])


def figures_table(figures: Sequence[Figure]) -> str:
    """Figures beside what they were in a base: those that change, and how many don't."""
    unknown = [figure for figure in figures if figure.before is None and figure.after is None]
    changed = [figure for figure in figures if figure not in unknown and _change(figure) != _SAME]
    same = len(figures) - len(changed) - len(unknown)
    rest = f"Unchanged: {counted(same, 'other figure')} of cost, carbon and recovery." if same else ""
    if not changed:
        rest = "Cost, carbon and recovery are unchanged."
    if unknown:
        rest = (
            f"{rest} Not known before or after: {', '.join(cell(figure.name) for figure in unknown)}.".strip()
        )
    if not changed:
        return rest
    rows = [
        [cell(each.name), _amount(each.before, each.unit), _amount(each.after, each.unit), _change(each)]
        for each in changed
    ]
    table = _table(["", "before", "after", "change"], rows)
    return "\n\n".join(filter(None, (table, *_notes(changed), rest)))


def figures_now(figures: Sequence[Figure]) -> str:
    """Figures alone."""
    table = _table(["", ""], [[cell(each.name), _amount(each.after, each.unit)] for each in figures])
    return "\n\n".join((table, *_notes(figures)))


def _notes(figures: Iterable[Figure]) -> Iterator[str]:
    """What isn't in the figures, each said once."""
    about: dict[str, list[str]] = {}
    for figure in figures:
        if figure.note:
            about.setdefault(figure.note, []).append(cell(figure.name))
    if about:
        yield "\n".join(f"- {'; '.join(names)}: {cell(note)}" for note, names in about.items())


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *("--:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _number(count: int) -> str:
    return f"{count:,}" if count else "·"


def _change(figure: Figure) -> str:
    if figure.before is None or figure.after is None:
        return _UNKNOWN
    difference = figure.after - figure.before
    if not round(difference, 2):
        return _SAME
    return f"{'+' if difference > 0 else '-'}{_amount(abs(difference), figure.unit)}"


def _amount(value: float | None, unit: Unit) -> str:
    if value is None:
        return _UNKNOWN
    if unit is Unit.MINUTES:
        return _time(value)
    number = f"{value:,.2f}" if abs(value) < 1_000 else f"{value:,.0f}"
    return f"${number}" if unit is Unit.USD_A_MONTH else f"{number} kg"


def _time(minutes: float) -> str:
    hours, rest = divmod(round(minutes), 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (rest, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"
