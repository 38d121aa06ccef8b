"""From a job's file to a Job."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from modelyard.errors import InputError, Problem
from modelyard.yaml_lines import YamlDocument, read_yaml
from modelyard_launcher.foreign_fields import foreign_problems
from modelyard_launcher.job import LARGEST_COMMAND_BYTES, Job, Resources


@dataclass(frozen=True, slots=True)
class LoadedJob:
    """A job, and where it came from."""

    job: Job
    directory: Path
    """Directory that its commands start in."""
    document: YamlDocument

    def problem(self, field: str, given: str, message: str, *, allowed: str, mend: str) -> Problem:
        """A problem with one of the job's fields, pointing at its line."""
        return Problem(field, given, message, allowed, mend).at(
            self.document.file, self.document.line_of(tuple(field.split(".")))
        )


def load_job(path: Path) -> LoadedJob:
    """Read a job's YAML. Raises InputError with everything that is wrong with it."""
    document = read_yaml(path)
    foreign = foreign_problems(document, tuple(Job.model_fields), tuple(Resources.model_fields))
    try:
        job = Job.model_validate(document.data)
    except ValidationError as error:
        from modelyard.validation import problems_from_validation  # wanted only now

        own = problems_from_validation(
            error, Job, file=document.file, locate=document.line_of, written=document.written
        )
        problems = [foreign.get(problem.field, problem) for problem in own]
        raise InputError(sorted(problems, key=lambda problem: problem.line or 0)) from None
    loaded = LoadedJob(job, path.parent / job.workdir, document)
    problems = [*_no_directory(loaded), *_too_large(loaded)]
    if problems:
        raise InputError(problems)
    return loaded


def _no_directory(loaded: LoadedJob) -> Iterator[Problem]:
    if not loaded.directory.is_dir():
        yield loaded.problem(
            "workdir",
            loaded.job.workdir,
            f"{loaded.directory} is no directory",
            allowed="a directory, relative to the job's file",
            mend="write . for the directory of the job's file, or make the directory",
        )


def _too_large(loaded: LoadedJob) -> Iterator[Problem]:
    size = loaded.job.command_bytes
    if size > LARGEST_COMMAND_BYTES:
        yield loaded.problem(
            "run",
            f"{size:,} bytes",
            "setup, run and envs are larger together than a job definition has room for",
            allowed=f"{LARGEST_COMMAND_BYTES:,} bytes together",
            mend="put long scripts into files of the image or the workdir",
        )
