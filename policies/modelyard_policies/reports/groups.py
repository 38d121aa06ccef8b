"""Findings of one cause together: of one rule, and made by one line of the program or saying the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from modelyard_policies.comparison.keys import shape
from modelyard_policies.report import Finding


@dataclass(frozen=True, slots=True)
class Group:
    """Findings that one change mends, most likely. There is at least one."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """One that stands for all."""
        return self.findings[0]

    @property
    def resources(self) -> tuple[str, ...]:
        """URNs, each once."""
        return tuple(dict.fromkeys(finding.urn for finding in self.findings))

    @property
    def alike(self) -> list[tuple[Finding, ...]]:
        """The findings by what they say and where: a line of a report each."""
        lines: dict[tuple[str, str | None], list[Finding]] = {}
        for finding in self.findings:
            lines.setdefault((shape(finding.message), finding.source), []).append(finding)
        return [tuple(found) for found in lines.values()]


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """The groups, in the order of the first finding of each."""
    apart: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        key = (finding.rule, finding.verdict, finding.status, finding.enforcement)
        apart.setdefault(key, []).append(finding)
    # Several causes of one rule stay together; the findings came in the order of severity and rule.
    return [group for alike in apart.values() for group in _by_cause(alike)]


@dataclass(frozen=True, slots=True)
class Question:
    """What isn't known yet of some resources, for all rules that ask it."""

    findings: tuple[Finding, ...]
    """One for each resource."""
    codes: tuple[str, ...]
    """Codes of the rules, in the order of the findings."""


def questions(findings: Iterable[Finding]) -> list[Question]:
    """Unknown findings by what isn't known: one value may be asked for by several rules, and one line of the
    program may make several resources.
    """
    asked: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        asked.setdefault((finding.urn, finding.property, finding.message), []).append(finding)
    alike: dict[tuple[tuple[str, ...], tuple[object, ...]], list[Finding]] = {}
    for found in asked.values():
        codes = tuple(dict.fromkeys(finding.code for finding in found))
        first = found[0]
        place = (first.source, shape(first.property), shape(first.message), first.status)
        alike.setdefault((codes, place), []).append(first)
    return [Question(tuple(found), codes) for (codes, _), found in alike.items()]


def _by_cause(findings: Sequence[Finding]) -> list[Group]:
    """Findings that share a line or a message, directly or by way of others, are one group."""
    parent = list(range(len(findings)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    seen: dict[tuple[str, str], int] = {}
    for place, finding in enumerate(findings):
        causes = [("message", shape(finding.message))]
        if finding.source:
            causes.append(("source", finding.source))
        for cause in causes:
            first, second = sorted((root(seen.setdefault(cause, place)), root(place)))
            parent[second] = first
    groups: dict[int, list[Finding]] = {}
    for place, finding in enumerate(findings):
        groups.setdefault(root(place), []).append(finding)
    return [Group(tuple(found)) for found in groups.values()]
