"""Any Pulumi program in Python, run in this process: no CLI, no account, no credentials, no network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.errors import Problem
from modelyard.yaml_lines import shown_path
from modelyard_preview.answers import OfflineAnswers
from modelyard_preview.engine import Outcome, RunResult, Unanswered, run_program
from modelyard_preview.projects import (
    Project,
    Stack,
    StackSettings,
    choose_stack,
    read_project,
    read_settings,
)
from modelyard_preview.subjects.ending import process_kept
from modelyard_preview.subjects.faults import foreign_program_faults
from modelyard_preview.subjects.notes import DataSourceNote, Notes, Said
from modelyard_preview.subjects.subject import Subject, cloud_of

if TYPE_CHECKING:
    from modelyard_preview.answers.file import AnswersFile


def from_program(directory: Path, *, stack: str | None = None, answers: Path | None = None) -> Subject:
    """The program of the project in a directory, for one of its stacks.

    Without `stack` the only one is meant. `answers` is a file of answers that only a cloud, or another stack,
    would know. Raises InputError: for the project's files, for the answers, and for what the program does.
    """
    project = read_project(directory)
    chosen = choose_stack(project, stack)
    settings = read_settings(project, chosen)
    offline = OfflineAnswers(_read(answers))
    with foreign_program_faults(project, chosen, settings, offline.stacks), process_kept():
        result = run_program(
            project.program,
            project=project.name,
            stack=chosen.name,
            config=settings.config,
            secret_keys=settings.secret_keys,
            root=project.root,
            data_sources=offline,
            stacks=offline.stacks,
            organization=chosen.organization,
            packages=project.packages,
            closed=True,
        )
    graph = result.graph
    cloud = cloud_of(graph)
    graph.cloud = cloud or ""
    region = settings.config.get("azure-native:location" if cloud == "azure" else "aws:region")
    return Subject(
        name=f"{project.name}/{chosen.name}",
        kind="program",
        graph=graph,
        cloud=cloud,
        region=region,
        notes=_notes(result, offline, project, chosen, settings),
        origin={"project": project.name, "stack": chosen.name, "directory": shown_path(project.root)},
    )


def _read(answers: Path | None) -> AnswersFile | None:
    if answers is None:
        return None
    from modelyard_preview.answers.file import read_answers

    return read_answers(answers)


def _notes(
    result: RunResult, offline: OfflineAnswers, project: Project, stack: Stack, settings: StackSettings
) -> Notes:
    refused = [
        error.problems[0] for error in result.closure.refused if error not in result.closure.in_threads
    ]
    referred = result.referred_stacks
    return Notes(
        unanswered=_of(result.unanswered, Outcome.NO_ANSWER),
        waiting=_of(result.unanswered, Outcome.ARGUMENTS),
        assumed=tuple(DataSourceNote(token, reason, ()) for token, reason in offline.assumed.items()),
        stacks=tuple(name for name in referred if name not in offline.stacks),
        connections=tuple(f"{problem.given}{_place(problem, project.root)}" for problem in refused),
        unused_answers=tuple(offline.unused(set(referred))),
        messages=tuple(Said(each.severity, each.text) for each in result.messages),
        remarks=tuple(_remarks(stack, settings)),
    )


def _of(calls: Iterable[Unanswered], outcome: Outcome) -> tuple[DataSourceNote, ...]:
    """One note for each data source with calls of that outcome, in the order of the first of each."""
    lines: dict[str, dict[str, None]] = {}
    for call in calls:
        if call.outcome is outcome:
            known = lines.setdefault(call.token, {})
            known |= {call.source: None} if call.source else {}
    return tuple(DataSourceNote(token, outcome.value, tuple(found)) for token, found in lines.items())


def _place(problem: Problem, root: Path) -> str:
    return f" at {shown_path(root / problem.file)}:{problem.line}" if problem.file else ""


def _remarks(stack: Stack, settings: StackSettings) -> Iterator[str]:
    if stack.file is None:
        yield f"the stack {stack.name} has no file: it has the project's defaults and nothing else"
    if settings.imports:
        names = ", ".join(settings.imports)
        yield f"the stack takes values from Pulumi ESC ({names}), which are known to its cloud only"
