"""The verdict in the formats that are asked for, on standard output and in files."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard_cli.common import console
from modelyard_cli.judging.options import Judging
from modelyard_policies.assessment import Assessment

if TYPE_CHECKING:
    from rich.console import Console

    from modelyard_preview.subjects import Subject

_WIDTH = 100
"""Columns of text in a file."""


def write(subject: Subject, assessment: Assessment, judging: Judging) -> None:
    """Write every report. What goes to a file comes first: standard output may be gone."""
    for name, file in judging.outputs:
        _to_file(name, Path(file), subject, assessment)
    if judging.output_format == "text":
        _print(subject, assessment, console())
    else:
        click.echo(_text(judging.output_format, subject, assessment), nl=False)


def _to_file(name: str, file: Path, subject: Subject, assessment: Assessment) -> None:
    """A report in a file. The summary of a workflow's step is added to what other commands wrote there."""
    if name == "summary" and str(file) == os.environ.get("GITHUB_STEP_SUMMARY"):
        from modelyard_policies.reports.markdown.comment import SUMMARY_BYTES, summary

        written = file.stat().st_size if file.exists() else 0
        with file.open("a", encoding="utf-8") as stream:
            stream.write(summary(assessment, SUMMARY_BYTES - written))
        return
    file.write_text(_text(name, subject, assessment), encoding="utf-8")


def _text(name: str, subject: Subject, assessment: Assessment) -> str:
    from modelyard_policies.reports import document, junit, sarif
    from modelyard_policies.reports.markdown.comment import comment, summary

    if name == "json":
        return document.text(assessment, subject.as_json())
    if name == "text":
        from rich.console import Console

        stream = io.StringIO()
        _print(subject, assessment, Console(file=stream, width=_WIDTH, color_system=None))
        return stream.getvalue()
    writers = {"sarif": sarif.text, "junit": junit.text, "markdown": comment, "summary": summary}
    return writers[name](assessment)


def _print(subject: Subject, assessment: Assessment, place: Console) -> None:
    from modelyard_preview.report.text import print_assessment

    print_assessment(assessment, subject.graph, place, subject.notes)
