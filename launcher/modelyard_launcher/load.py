"""From a job's file to a Job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from modelyard.errors import InputError, Problem
from modelyard.yaml_lines import YamlDocument, read_yaml
from modelyard.yaml_lines.document import field_path, field_text
from modelyard_launcher.job import Job
from modelyard_launcher.job.checks import job_problems

MOST_VALUES = 100_000
"""Values of a job's file: a list of 10,000 variants with several variables each is one."""

_HIDDEN = "a value that isn't shown"


@dataclass(frozen=True, slots=True)
class LoadedJob:
    """A job, and where it came from."""

    job: Job
    base: Path
    """Directory that its relative paths begin at: the one of its file."""
    document: YamlDocument

    @property
    def workdir(self) -> Path | None:
        """Directory whose files travel with it; None if none do."""
        return None if self.job.workdir is None else self.place(self.job.workdir)

    @property
    def directory(self) -> Path:
        """Directory of this machine that its commands start in, where they run here."""
        return self.workdir or self.base

    @property
    def mounts(self) -> Mapping[str, Path]:
        """Files and directories that travel with it, by their absolute path in a container."""
        return {target: self.place(source) for target, source in self.job.file_mounts.items()}

    def place(self, path: str) -> Path:
        """A path of the job on this machine: relative to its file, absolute or from ~/."""
        return self.base / Path(path).expanduser()

    def problem(self, field: str, given: str, message: str, *, allowed: str, mend: str) -> Problem:
        """A problem with one of the job's fields, pointing at its line."""
        return self.located(Problem(field, given, message, allowed, mend))

    def located(self, problem: Problem) -> Problem:
        """A problem, pointing at the line of its field."""
        return problem.at(self.document.file, self.document.line_of(field_path(problem.field)))


def load_job(path: Path, *, now: datetime | None = None) -> LoadedJob:
    """Read a job's YAML. Raises InputError with everything that is wrong with it at the moment `now`."""
    document = read_yaml(path, moments_as_text=True, most_values=MOST_VALUES)
    return job_of(document, path.parent, now=now)


def given_job(job: Job | Mapping[str, Any], base: Path | None = None) -> LoadedJob:
    """A job that comes from no file, or a mapping as a file has it; its relative paths begin at `base`, by
    default the working directory. Raises InputError.
    """
    data = job.model_dump(mode="json", exclude_unset=True) if isinstance(job, Job) else dict(job)
    return job_of(YamlDocument(data, "the job", {}, {}), base or Path.cwd())


def job_of(document: YamlDocument, base: Path, *, now: datetime | None = None) -> LoadedJob:
    """The job that a document holds; its relative paths begin at `base`. Raises InputError."""
    try:
        job = Job.model_validate(document.data)
    except ValidationError as error:
        raise InputError(_refused(document, error)) from None
    loaded = LoadedJob(job, base, document)
    problems = [loaded.located(problem) for problem in job_problems(job, now)]
    problems += [*_missing_workdir(loaded), *_missing_mounts(loaded)]
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.line or 0))
    return loaded


def _refused(document: YamlDocument, error: ValidationError) -> list[Problem]:
    # Wanted only now.
    from modelyard.validation import problems_from_validation
    from modelyard_launcher.foreign_fields import foreign_problems

    foreign = foreign_problems(document)
    own = problems_from_validation(
        error, Job, file=document.file, locate=document.line_of, written=document.written
    )
    problems = [foreign.get(problem.field, problem) for problem in own]
    # Who knows a webhook's path may post to it.
    problems = [_hidden(problem) if problem.field == "notify.webhook" else problem for problem in problems]
    return sorted(problems, key=lambda problem: problem.line or 0)


def _hidden(problem: Problem) -> Problem:
    return replace(problem, given=_HIDDEN, message=problem.message.replace(problem.given, "what is given"))


def _missing_workdir(loaded: LoadedJob) -> Iterator[Problem]:
    directory = loaded.workdir
    if directory is not None and not directory.is_dir():
        yield loaded.problem(
            "workdir",
            str(loaded.job.workdir),
            f"{directory} is no directory" if directory.exists() else f"{directory} isn't there",
            allowed="a directory of this machine, relative to the job's file, absolute or from ~/",
            mend="write . for the directory of the job's file, or make the directory",
        )


def _missing_mounts(loaded: LoadedJob) -> Iterator[Problem]:
    for target, source in loaded.mounts.items():
        if not source.exists():
            yield loaded.problem(
                field_text(("file_mounts", target)),
                loaded.job.file_mounts[target],
                f"{source} isn't there",
                allowed="a file or directory of this machine, "
                "relative to the job's file, absolute or from ~/",
                mend="check the path, or make the file",
            )
