"""The verdict in the formats that are asked for, on standard output and in files."""

from __future__ import annotations

import io
import os
import shutil
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
    texts = [_for_file(name, file, subject, assessment) for name, file in judging.outputs]
    for (name, file), text in zip(judging.outputs, texts, strict=True):
        if _is_summary_of_step(name, file):
            with Path(file).open("a", encoding="utf-8") as stream:
                stream.write(text)
        else:
            _put(Path(file), text)
    if judging.output_format == "text":
        _print(subject, assessment, console())
    else:
        click.echo(_text(judging.output_format, subject, assessment), nl=False)


def _for_file(name: str, file: str, subject: Subject, assessment: Assessment) -> str:
    """A report for a file. The summary of a workflow's step has the room that other commands left there."""
    if _is_summary_of_step(name, file):
        from modelyard_policies.reports.markdown.comment import SUMMARY_BYTES, summary

        written = Path(file).stat().st_size if Path(file).exists() else 0
        return summary(assessment, SUMMARY_BYTES - written)
    return _text(name, subject, assessment)


def _is_summary_of_step(name: str, file: str) -> bool:
    """Whether it is the summary of a workflow's step, which other commands write to as well."""
    return name == "summary" and file == os.environ.get("GITHUB_STEP_SUMMARY")


def _put(file: Path, text: str) -> None:
    """Write a file as a whole: a run that is interrupted, or that goes on beside another, leaves no half."""
    is_other = file.is_symlink() or (file.exists() and not file.is_file())
    if is_other or not os.access(file.parent, os.W_OK):
        file.write_text(text, encoding="utf-8")
        return
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        part.write_text(text, encoding="utf-8")
        if file.exists():
            shutil.copymode(file, part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _text(name: str, subject: Subject, assessment: Assessment) -> str:
    from modelyard_policies.reports import document, junit, sarif
    from modelyard_policies.reports.markdown.comment import comment, summary

    if name == "json":
        return document.text(assessment, subject.as_json())
    if name == "text":
        stream = io.StringIO()
        _print(subject, assessment, console(stream, _WIDTH))
        return stream.getvalue()
    writers = {"sarif": sarif.text, "junit": junit.text, "markdown": comment, "summary": summary}
    return writers[name](assessment)


def _print(subject: Subject, assessment: Assessment, place: Console) -> None:
    from modelyard_preview.report.text import print_assessment

    print_assessment(assessment, subject.graph, place, subject.notes)
