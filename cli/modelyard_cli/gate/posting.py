"""From the end of an unprivileged run to the one comment on its pull request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from modelyard_cli.gate.archive import UnusableReport, read_report
from modelyard_cli.gate.event import EndedRun
from modelyard_cli.gate.github import GitHub
from modelyard_policies.reports.markdown.comment import COMMENT_CHARACTERS

ARTIFACT = "modelyard-report"
"""Name of the artifact that the unprivileged job uploads."""

Render = Callable[[Mapping[str, Any], int], str]
"""Markdown of a report within a number of characters; raises ValueError for what isn't a report."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What was done."""

    done: str
    """`created`, `updated`, `unchanged` or `skipped`."""
    number: int | None
    """The pull request."""
    why: str = ""


def post(run: EndedRun, github: GitHub, marker: str, render: Render) -> Posted:
    """Write the run's report on its pull request, in place of the one before.

    Raises:
        SurroundingsError: GitHub refuses or can't be reached.
    """
    number = github.pull_request(run.head_owner, run.head_branch, run.head_sha)
    if number is None:
        why = (
            f"no open pull request has {run.short_sha} as its head: there is a newer commit, or it was closed"
        )
        return Posted("skipped", None, why)
    body = f"{marker}\n{_text(run, github, render, COMMENT_CHARACTERS - len(marker) - 1)}"
    before = github.comment_with(number, marker)
    if before is None:
        github.create(number, marker, body)
        return Posted("created", number)
    if before.body == body:
        return Posted("unchanged", number)
    github.update(before, body)
    return Posted("updated", number)


def _text(run: EndedRun, github: GitHub, render: Render, room: int) -> str:
    foot = _foot(run)
    try:
        archive = github.artifact(run.run_id, ARTIFACT)
        if archive is not None:
            report = read_report(archive)
            head = _warning(run, report)
            return head + render(report, room - len(head) - len(foot)) + foot
        why = "it uploaded none"
    except UnusableReport as error:
        why = str(error)
    except ValueError:
        why = "its form isn't known"
    return f"## modelyard check\n\nThe check of {run.short_sha} has no report to show: {why}.{foot}"


def _warning(run: EndedRun, report: Mapping[str, Any]) -> str:
    """What is said first of a report that says yes where GitHub says no: it may have been tampered with."""
    if run.conclusion == "success" or not _says_yes(report):
        return ""
    return (
        f"> [!CAUTION]\n> GitHub says that the run ended with **{run.conclusion}**, but the report below "
        "says that all passes: trust the run.\n\n"
    )


def _says_yes(report: Mapping[str, Any]) -> bool:
    reports, problems = report.get("reports"), report.get("problems")
    if not isinstance(reports, list) or not reports or problems:
        return False
    return all(isinstance(each, dict) and each.get("ok") is True for each in cast("list[Any]", reports))


def _foot(run: EndedRun) -> str:
    """What GitHub itself says of the run, which nothing in the report can change."""
    return (
        f"\n\n<sub>GitHub: the run for {run.short_sha} ended with **{run.conclusion}** · [run]({run.url}). "
        "The text above was made from a report that the pull request's own code wrote.</sub>\n"
    )
