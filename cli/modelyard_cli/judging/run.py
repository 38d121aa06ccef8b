"""From a subject and the options to the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from modelyard_cli.judging.bases import about, read_base
from modelyard_cli.judging.files import policy_of
from modelyard_cli.judging.options import Judging
from modelyard_cli.subjects import Choice
from modelyard_policies.assessment import Answer, Assessment, assess
from modelyard_policies.errors import UnknownRuleError
from modelyard_policies.figures import Figure
from modelyard_policies.registry import all_rules
from modelyard_preview.report.notes import notes
from modelyard_preview.subjects import Subject

_WITH_FIGURES = {"json", "markdown", "summary"}


def judge(choice: Choice, judging: Judging) -> tuple[Subject, Assessment]:
    """The subject and its verdict. Raises InputError and click.BadParameter."""
    rules = all_rules()
    directory = choice.directory
    policy = policy_of(judging, directory, rules)
    subject = choice.load()
    under = partial(
        assess,
        rules=rules,
        policy=policy,
        name=subject.name,
        today=judging.today,
        select=judging.rules or None,
    )
    try:
        base = read_base(judging.base, under) if judging.base is not None else None
        subject = _with_remarks(subject, about(base, subject.name) if base else ())
        found = under(
            subject.graph,
            answer=Answer(judging.fail_on_unknown, judging.fail_on == "new"),
            base=base,
            figures=_figures(subject, judging, base.figures if base else None),
            notes=[line.plain.strip() for line in notes(subject.notes)],
            file=_file(choice, directory),
        )
    except UnknownRuleError as error:
        raise click.BadParameter(str(error), param_hint="--rule") from None
    return subject, found


def _with_remarks(subject: Subject, remarks: Iterable[str]) -> Subject:
    said = (*subject.notes.remarks, *remarks)
    return replace(subject, notes=replace(subject.notes, remarks=said))


def _figures(subject: Subject, judging: Judging, before: Mapping[str, float | None] | None) -> list[Figure]:
    """What stands beside the findings, where a report shows it."""
    if judging.base is None and not judging.formats & _WITH_FIGURES:
        return []
    from modelyard_preview.figures import beside, figures_of_subject

    return beside(figures_of_subject(subject), before)


def _file(choice: Choice, directory: Path) -> str | None:
    """What to point at where no line is known: the file itself, or the project's."""
    if choice.file is not None:
        return None if choice.file == "-" else choice.file
    return (directory / "Pulumi.yaml").as_posix()
