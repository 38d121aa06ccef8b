"""A run's findings, beside a base and under a policy, and the answer that follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from modelyard_policies.comparison import compare
from modelyard_policies.engine import choose, evaluate
from modelyard_policies.figures import Figure
from modelyard_policies.graph import Graph
from modelyard_policies.policy import Policy
from modelyard_policies.report import Finding, Report, Status, Verdict
from modelyard_policies.rule import Rule
from modelyard_policies.suppressions.covering import Covering, covers
from modelyard_policies.suppressions.entry import Scope, Suppression


class State(StrEnum):
    """What becomes of a suppression in a run."""

    ACTIVE = "active"
    UNUSED = "unused"
    """It covers no finding."""
    EXPIRED = "expired"
    """Its day is over: it hides nothing, and the answer is no."""
    MENDED = "mended"
    """Its day is over, and the change at hand removes it or writes it anew."""
    NOT_ASKED = "not asked"
    """Its rule was left out of this run."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A suppression and what became of it."""

    suppression: Suppression
    state: State
    findings: int
    """Findings that it covers."""

    def as_json(self) -> dict[str, Any]:
        """The suppression as reports hold it."""
        return {**self.suppression.as_json(), "state": self.state.value, "findings": self.findings}


@dataclass(frozen=True, slots=True)
class Base:
    """What a run is compared with."""

    name: str
    findings: tuple[Finding, ...]
    judged: frozenset[str] | None = None
    """Ids of the rules that the base was asked; None if it doesn't say."""
    figures: Mapping[str, float | None] | None = None
    """Figures of the base by their names."""
    of: str = ""
    """What was judged, as an environment's name; empty if it doesn't say."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What makes the answer no, beside failures."""

    unknown: bool = False
    """What can't be judged yet as well."""
    only_new: bool = False
    """Nothing that the base has too."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that a report says."""

    name: str
    """What was judged, as an environment's name."""
    report: Report
    """The findings, each with its level, suppression and status."""
    rules: Mapping[str, Rule]
    """By id: those that were asked."""
    today: date
    answer: Answer = field(default_factory=Answer)
    suppressions: tuple[Applied, ...] = ()
    policy: Policy = field(default_factory=Policy)
    base: str | None = None
    """Name of what the run was compared with; None if it wasn't."""
    fixed: tuple[Finding, ...] = ()
    """Failures of the base that are gone."""
    not_compared: int = 0
    """Findings of the base whose rules this run didn't ask."""
    new_rules: tuple[str, ...] = ()
    """Ids of the rules that the base wasn't asked: all that they find is new."""
    disabled: tuple[str, ...] = ()
    """Ids of rules that the configuration turns off."""
    selected: bool = False
    """Whether only some rules were asked for."""
    figures: tuple[Figure, ...] = ()
    notes: tuple[str, ...] = ()
    """What the reader has to know of how the resources were found."""
    file: str | None = None
    """File to point at where no line of the program is known."""
    missing: str = ""
    """Why resources of the stack may not have been judged; empty where all were."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, worst first."""
        return self.report.findings

    def counts(self, finding: Finding) -> bool:
        """Whether the finding makes the answer no. A rule that broke always does."""
        if finding.verdict is Verdict.ERROR:
            return True
        if not finding.stands() or (self.answer.only_new and finding.status is Status.OLD):
            return False
        return finding.verdict is Verdict.FAIL or self.answer.unknown

    @property
    def expired(self) -> tuple[Applied, ...]:
        """Suppressions whose day is over, which make the answer no."""
        return tuple(entry for entry in self.suppressions if entry.state is State.EXPIRED)

    @property
    def ok(self) -> bool:
        """Whether the answer is yes."""
        return not self.expired and not any(map(self.counts, self.findings))

    @property
    def exit_code(self) -> int:
        """0 if `ok`, else 1."""
        return 0 if self.ok else 1


def assess(
    graph: Graph,
    rules: Sequence[Rule],
    *,
    name: str,
    today: date,
    policy: Policy | None = None,
    select: Iterable[str] | None = None,
    answer: Answer | None = None,
    base: Base | None = None,
    figures: Iterable[Figure] = (),
    notes: Iterable[str] = (),
    file: str | None = None,
) -> Assessment:
    """Judge a graph by the rules, under a policy and beside a base.

    `select` names rules by id or code and leaves the others out. Raises UnknownRuleError for a name that no
    rule has.
    """
    policy, answer = policy or Policy(), answer or Answer()
    configuration = policy.configuration
    chosen = choose(rules, select)
    enabled = configuration.enabled(chosen)
    # (a type that only rules that aren't chosen look at isn't one that no rule looks at)
    asked = [rule.id for rule in enabled]
    report = evaluate(graph, configuration.enabled(rules), select=asked, options=configuration.options)
    covering = Covering(policy.suppressions, today)
    findings = tuple(
        replace(finding, enforcement=configuration.level(finding.rule), suppression=covering.of(finding))
        for finding in report.findings
    )
    assessment = Assessment(
        name=name,
        report=replace(report, findings=findings),
        rules={rule.id: rule for rule in enabled},
        today=today,
        answer=replace(answer, unknown=answer.unknown or configuration.unknown_counts),
        suppressions=tuple(_applied(covering, today, report.rules, policy.mended)),
        policy=policy,
        disabled=tuple(rule.id for rule in chosen if rule not in enabled),
        selected=select is not None,
        figures=tuple(figures),
        notes=tuple(notes),
        file=file,
        missing=graph.missing,
    )
    return _beside(base, assessment) if base else assessment


def _beside(base: Base, assessment: Assessment) -> Assessment:
    """The assessment with what the base makes of its findings."""
    report = assessment.report
    found = compare(report.findings, base.findings, report.rules)
    findings = tuple(
        replace(finding, status=Status.NEW if new else Status.OLD)
        for finding, new in zip(report.findings, found.is_new, strict=True)
    )
    judged = set(report.rules) if base.judged is None else base.judged
    return replace(
        assessment,
        report=replace(report, findings=findings),
        base=base.name,
        fixed=tuple(finding for finding in found.fixed if finding.verdict is Verdict.FAIL),
        not_compared=len(found.left_out),
        new_rules=tuple(sorted(set(report.rules) - judged)),
    )


def covered(suppression: Suppression, findings: Iterable[Finding]) -> int:
    """How many findings a suppression is for: failures and unknowns, never a rule that broke."""
    return sum(covers(suppression, finding) for finding in findings)


def tally(findings: Iterable[Finding]) -> Counter[Verdict]:
    """How many findings have each verdict."""
    return Counter(finding.verdict for finding in findings)


def _applied(
    covering: Covering, today: date, judged: Mapping[str, Verdict], mended: frozenset[Scope]
) -> Iterator[Applied]:
    """Each suppression with what became of it, once all findings have been asked about."""
    for entry, number in covering.counted():
        if entry.has_expired(today):
            state = State.MENDED if entry.scope in mended else State.EXPIRED
        elif entry.rule not in judged:
            state = State.NOT_ASKED
        else:
            state = State.ACTIVE if number else State.UNUSED
        yield Applied(entry, state, number)
