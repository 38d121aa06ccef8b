"""The answer in a sentence, and other words that all reports share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from modelyard_policies.assessment import Assessment, tally
from modelyard_policies.comparison.keys import shape
from modelyard_policies.report import Finding, Status, Verdict
from modelyard_policies.rule import Rule

FAMILIES: Final = {
    "ST": "storage",
    "NW": "network",
    "EN": "encryption",
    "CO": "compute",
    "IA": "identity",
    "BK": "backup",
    "LM": "monitoring",
    "CE": "cost",
    "TG": "tags",
    "CT": "containers",
}
"""What the letters of a rule's code stand for."""

_LEFT: Final = {
    "advisory": ("only advises", "only advise"),
    "old": ("was there before", "were there before"),
    "unknown": ("can't be judged yet", "can't be judged yet"),
    "suppressed": ("is suppressed", "are suppressed"),
}
"""What is said of findings that don't count: of one, and of several."""

_OF_PROPERTIES: Final = ("is ", "isn't ")
"""How messages begin that say what a property is."""


def family(rule: Rule) -> str:
    """What a rule is about, in a word."""
    return FAMILIES.get(rule.code.rstrip("0123456789"), "other")


def counted(number: int, what: str, verb: str = "") -> str:
    """`1 rule breaks`, `2 rules break`; a verb is given as it follows one."""
    if number == 1:
        return f"1 {what} {verb}".rstrip()
    plural = {"has": "have", "is": "are"}.get(verb, verb.removesuffix("s"))
    return f"{number:,} {what}s {plural}".rstrip()


def verdict(assessment: Assessment) -> str:
    """`passes` or `doesn't pass`."""
    return "passes" if assessment.ok else "doesn't pass"


def reasons(assessment: Assessment) -> str:
    """Why the answer is what it is, and what it leaves open."""
    decisive = list(_decisive(assessment)) or [_nothing(assessment)]
    return "; ".join(filter(None, (", ".join(decisive), ", ".join(_open(assessment)))))


def _nothing(assessment: Assessment) -> str:
    if not assessment.rules:
        return "no rule was asked"
    some = any(finding.verdict is Verdict.FAIL for finding in assessment.findings)
    return "nothing fails that counts" if some else "nothing fails"


def _decisive(assessment: Assessment) -> Iterator[str]:
    found = tally(filter(assessment.counts, assessment.findings))
    what = "new finding" if assessment.answer.only_new else "finding"
    if found[Verdict.FAIL]:
        yield counted(found[Verdict.FAIL], what, "fails")
    if found[Verdict.UNKNOWN]:
        yield f"{found[Verdict.UNKNOWN]:,} can't be judged yet, which counts as a failure here"
    if found[Verdict.ERROR]:
        yield "a rule broke" if found[Verdict.ERROR] == 1 else f"rules broke {found[Verdict.ERROR]:,} times"
    if assessment.expired:
        yield counted(len(assessment.expired), "suppression", "has") + " expired"


def _open(assessment: Assessment) -> Iterator[str]:
    found = Counter(column(finding) for finding in assessment.findings if not assessment.counts(finding))
    for name, (one, several) in _LEFT.items():
        if found[name]:
            yield f"{found[name]:,} {one if found[name] == 1 else several}"
    if assessment.missing:
        yield assessment.missing


def column(finding: Finding) -> str:
    """Where a finding is counted. Failures that count are new or old beside a base, else failed."""
    if finding.verdict is Verdict.ERROR:
        return "errors"
    if finding.suppression:
        return "suppressed"
    if finding.verdict is Verdict.UNKNOWN:
        return "unknown"
    if not finding.stands():
        return "advisory"
    return {Status.NEW: "new", Status.OLD: "old", None: "failed"}[finding.status]


def ways(assessment: Assessment) -> Iterator[str]:
    """By what rule the answer is given, where that isn't the usual one: sentences."""
    if assessment.answer.only_new:
        yield "Findings that were there before don't count."
    if assessment.answer.unknown:
        yield "What can't be judged yet counts as a failure."
    if assessment.selected:
        yield f"Only {counted(len(assessment.rules), 'rule')} asked: the others say nothing here."


def labels(finding: Finding) -> str:
    """What sets a finding apart from one that plainly fails: that it only advises, or what else it is."""
    said: list[str] = []
    if finding.status is not None:
        said.append("new" if finding.status is Status.NEW else "there before")
    if not finding.stands() and finding.suppression is None:
        said.append("advises")
    return ", ".join(said)


def has_subject(findings: Sequence[Finding]) -> bool:
    """Whether a message says what one property is, so that its path reads as the subject: `x.y` is true."""
    paths = {shape(finding.property) for finding in findings}
    return (
        len(paths) == 1
        and "" not in paths
        and all(finding.message.startswith(_OF_PROPERTIES) for finding in findings)
    )


def sentence(finding: Finding) -> str:
    """The message by itself: with its property where that is the subject."""
    return f"{finding.property} {finding.message}" if has_subject([finding]) else finding.message
