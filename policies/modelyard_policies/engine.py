"""Judging a graph by rules."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from modelyard_policies.errors import UnknownRuleError, Unread
from modelyard_policies.graph import Graph, canonical
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.report import Finding, Report, Verdict, overall
from modelyard_policies.rule import Rule

PACKAGE: Final = "modelyard_policies"


def evaluate(
    graph: Graph,
    rules: Iterable[Rule],
    *,
    select: Iterable[str] | None = None,
    options: Iterable[object] = (),
) -> Report:
    """Ask each rule about each resource of its types.

    `select` names rules by id or code and leaves the others out; it raises UnknownRuleError for a name
    that no rule has. `options` are option objects of rules, such as `RequiredTags`.
    """
    available = list(rules)
    chosen = choose(available, select)
    view = GraphView(graph, options)
    by_type = dispatch(chosen)
    verdicts: dict[tuple[str, str], Verdict] = {}
    seen: dict[str, set[Verdict]] = {rule.id: set() for rule in chosen}
    found: list[tuple[int, str, int, Finding]] = []
    order = {rule.id: f"{rule.code.rstrip('0123456789'):4}{_digits(rule.code):06}" for rule in chosen}
    for position, node in enumerate(graph.resources):
        for rule in by_type.get(canonical(node.type), ()):
            verdict, findings = judge(rule, view.resource(node), view)
            verdicts[rule.id, node.urn] = verdict
            seen[rule.id].add(verdict)
            found.extend((rule.severity.rank, order[rule.id], position, finding) for finding in findings)
    found.sort(key=lambda entry: entry[:3])
    return Report(
        findings=tuple(entry[3] for entry in found),
        verdicts=verdicts,
        rules={rule.id: overall(seen[rule.id]) for rule in chosen},
        unchecked=_unchecked(graph, available),
    )


def judge(rule: Rule, resource: Resource, view: GraphView) -> tuple[Verdict, list[Finding]]:
    """Ask one rule about one resource."""
    failures: list[Failure] = []
    try:
        if not rule.concerns(resource, view):
            return Verdict.NOT_APPLICABLE, []
        for failure in rule.failures(resource, view):
            failures.append(failure)  # noqa: PERF402  (what was found before an Unread must stand)
    except Unread as signal:
        if not failures:
            where = Failure(signal.urn or resource.urn, signal.path, f"can't be judged: {signal.why}")
            return Verdict.UNKNOWN, [_finding(rule, Verdict.UNKNOWN, where, resource, view)]
    except Exception as error:  # noqa: BLE001  (whatever a rule raises is shown as that rule's error)
        # The error's own text may quote a property, which may be a secret: it is never shown.
        text = f"the rule broke: {type(error).__name__} at {broken_at(error, rule)}"
        broken = _finding(rule, Verdict.ERROR, Failure(resource.urn, "", text), resource, view)
        return Verdict.ERROR, [
            *(_finding(rule, Verdict.FAIL, item, resource, view) for item in failures),
            broken,
        ]
    if not failures:
        return Verdict.PASS, []
    return Verdict.FAIL, [_finding(rule, Verdict.FAIL, failure, resource, view) for failure in failures]


def choose(rules: Iterable[Rule], select: Iterable[str] | None) -> Sequence[Rule]:
    """The rules named in `select` by id or code, in whatever case; all of them for None."""
    available = list(rules)
    if select is None:
        return available
    names = {name.lower(): rule for rule in available for name in (rule.id, rule.code)}
    wanted: set[str] = set()
    for name in select:
        rule = names.get(name.strip().lower())
        if rule is None:
            raise UnknownRuleError(name, [known for rule in available for known in (rule.id, rule.code)])
        wanted.add(rule.id)
    return [rule for rule in available if rule.id in wanted]


def dispatch(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """The rules for each type, by its canonical token."""
    by_type: dict[str, list[Rule]] = {}
    for rule in rules:
        for token in dict.fromkeys(map(canonical, rule.resources)):
            by_type.setdefault(token, []).append(rule)
    return by_type


def broken_at(error: Exception, rule: Rule) -> str:
    """File and line at which a rule broke: the last in its own module, else the last of all."""
    places = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)] or [
        ("", 0)
    ]
    own = [place for place in places if place[0] == rule.file]
    file, line = (own or places)[-1]
    return f"{shown_file(file)}:{line}"


def shown_file(file: str) -> str:
    """A module's file from its package on: where Python is installed is nobody's business."""
    parts = Path(file).parts
    start = parts.index(PACKAGE) if PACKAGE in parts else -1
    return "/".join(parts[start:])


def _finding(rule: Rule, verdict: Verdict, failure: Failure, resource: Resource, view: GraphView) -> Finding:
    return Finding(
        rule=rule.id,
        code=rule.code,
        severity=rule.severity,
        verdict=verdict,
        urn=failure.urn,
        property=failure.property,
        message=failure.message,
        remediation=rule.mend,
        source=view.source(failure.urn),
        judged=resource.urn,
    )


def _unchecked(graph: Graph, rules: Iterable[Rule]) -> tuple[str, ...]:
    known = {canonical(token) for rule in rules for token in (*rule.resources, *rule.reads)}
    types = {node.type for node in graph.resources if node.custom and not node.type.startswith("pulumi:")}
    return tuple(sorted(token for token in types if canonical(token) not in known))


def _digits(code: str) -> int:
    digits = code[len(code.rstrip("0123456789")) :]
    return int(digits) if digits else 0
