"""Where the demo lives: a directory of its own in the project, for one demo at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from modelyard.environment.files import find_environment_file
from modelyard.errors import InputError, Problem, SurroundingsError

JOB = Path("workloads") / "cnn" / "job.yaml"


def find_project(environment: str) -> Path:
    """The project's directory, by the environment that the demo builds.

    Raises InputError outside of one, or where it has no demo to tell.
    """
    root = find_environment_file(environment).resolve().parent.parent
    if not (root / JOB).is_file():
        raise InputError(
            [
                Problem(
                    field="",
                    given=str(root),
                    message=f"the demo trains {JOB}, and this project has no such job",
                    allowed="a checkout of modelyard",
                    mend="run the demo in a checkout of modelyard",
                )
            ]
        )
    return root


@contextmanager
def demo_directory(project: Path) -> Generator[Path]:
    """An empty directory for one demo, gone when it ends.

    What an earlier demo left when it was killed is cleared away first. Raises SurroundingsError while another
    demo runs in the same project: the lock ends with its process, however that ends.
    """
    yard = project / ".modelyard"
    yard.mkdir(exist_ok=True)
    with (yard / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SurroundingsError(
                "a demo runs in this project already", "wait for it to end, or end it"
            ) from error
        directory = yard / "demo"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def variables(changes: dict[str, str]) -> Generator[None]:
    """The process's environment with some variables changed, for the launcher and the SDK to find."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
