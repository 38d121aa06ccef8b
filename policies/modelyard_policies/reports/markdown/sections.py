"""The sections of a comment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modelyard_policies.assessment import Assessment, State
from modelyard_policies.report import Finding, Status, Verdict
from modelyard_policies.reports.groups import grouped, questions
from modelyard_policies.reports.markdown import blocks
from modelyard_policies.reports.markdown.fit import Section
from modelyard_policies.reports.markdown.markup import code, prose
from modelyard_policies.reports.words import counted, ways


def sections(assessment: Assessment, detail: blocks.Detail) -> Iterator[Section]:
    """All that is said below the tables, in its order. What has nothing to say isn't there."""
    findings = [finding for finding in assessment.findings if finding.suppression is None]
    fails = [finding for finding in findings if finding.verdict is Verdict.FAIL]
    errors = [finding for finding in findings if finding.verdict is Verdict.ERROR]
    unknown = [finding for finding in findings if finding.verdict is Verdict.UNKNOWN]
    now = [finding for finding in fails if finding.status is not Status.OLD]
    old = [finding for finding in fails if finding.status is Status.OLD]
    title = "New findings" if assessment.base is not None else "Findings"
    yield from _groups("Rules that broke", errors, assessment, detail, rank=0, snippet=False)
    yield from _listed("Expired suppressions", map(blocks.suppression_block, assessment.expired), rank=1)
    yield from _groups(title, now, assessment, detail, rank=2)
    yield from _pending(assessment)
    yield from _groups("Findings that were there before", old, assessment, detail, rank=4, folded=True)
    yield from _questions(unknown, detail)
    yield from _listed("Fixed", map(blocks.fixed_block, assessment.fixed), rank=6, folded=True)
    yield from _suppressions(assessment)
    yield from _unchecked(assessment)
    yield from _listed("Notes", (f"- {note}" for note in _notes(assessment)), rank=9)


def _groups(
    title: str,
    findings: Sequence[Finding],
    assessment: Assessment,
    detail: blocks.Detail,
    *,
    rank: int,
    folded: bool = False,
    snippet: bool = True,
) -> Iterator[Section]:
    if not findings:
        return
    made = tuple(
        blocks.group_block(group, assessment.rules.get(group.first.rule), detail, snippet=snippet)
        for group in grouped(findings)
    )
    yield Section(f"{title} ({len(findings):,})", made, rank, folded)


def _questions(findings: Sequence[Finding], detail: blocks.Detail) -> Iterator[Section]:
    if findings:
        title = f"What can't be judged before the deployment ({len(findings):,})"
        made = tuple(blocks.question_block(question, detail) for question in questions(findings))
        yield Section(title, made, rank=5, folded=True, joint="\n")


def _listed(title: str, lines: Iterator[str], *, rank: int, folded: bool = False) -> Iterator[Section]:
    made = tuple(lines)
    if made:
        yield Section(f"{title} ({len(made):,})" if rank < 9 else title, made, rank, folded, joint="\n")


def _pending(assessment: Assessment) -> Iterator[Section]:
    made = (blocks.pending_block(entry, assessment) for entry in assessment.policy.pending)
    yield from _listed("Pending changes to how this is judged, in force once merged", made, rank=3)


def _suppressions(assessment: Assessment) -> Iterator[Section]:
    others = (entry for entry in assessment.suppressions if entry.state is not State.EXPIRED)
    yield from _listed("Suppressions", map(blocks.suppression_block, others), rank=7, folded=True)


def _unchecked(assessment: Assessment) -> Iterator[Section]:
    lines = (f"- {code(token)}" for token in assessment.report.unchecked)
    yield from _listed("Types of resources that no rule looks at", lines, rank=8, folded=True)


def _notes(assessment: Assessment) -> Iterator[str]:
    yield from map(prose, assessment.notes)
    asked = f"{counted(len(assessment.rules), 'rule')} asked"
    off = ", ".join(map(code, assessment.disabled))
    yield f"{asked}; turned off by the configuration: {off}" if off else asked
    yield from ways(assessment)
    if assessment.base is not None:
        yield f"Compared with {code(assessment.base)}."
    if assessment.not_compared:
        left_out = counted(assessment.not_compared, "finding")
        yield f"{left_out} of the base not compared: their rules weren't asked here."
    if assessment.new_rules:
        names = ", ".join(map(code, assessment.new_rules))
        yield f"Rules that the base wasn't asked, so that all they find is new: {names}"
