"""What no field of a job can see alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from modelyard.errors import Problem
from modelyard_launcher.job.spec import LARGEST_COMMAND_BYTES, Job
from modelyard_launcher.sweeps import largest_bytes

LARGEST_VARIANTS_BYTES = 16 * 1_024 * 1_024
"""Names and values of all variants together: every node of a sweep fetches them."""

Check = Callable[[Job, datetime], Iterator[Problem]]


def job_problems(job: Job, now: datetime | None = None) -> list[Problem]:
    """What is wrong with a job across its fields, at a moment. The problems name no line."""
    moment = now or datetime.now(UTC)
    return [problem for check in CHECKS for problem in check(job, moment)]


def commands_fit(job: Job, _: datetime) -> Iterator[Problem]:
    """`setup`, `run` and `envs` are 131,071 bytes together at most."""
    size = job.command_bytes
    if size > LARGEST_COMMAND_BYTES:
        yield Problem(
            "run",
            f"{size:,} bytes",
            "setup, run and envs are larger together than what Linux gives a process",
            f"{LARGEST_COMMAND_BYTES:,} bytes together",
            "put long scripts into files of the image or the workdir",
        )


def names_are_set_once(job: Job, _: datetime) -> Iterator[Problem]:
    """A variable is set by `envs` or by `secrets`, not by both, and a secret isn't swept."""
    swept = job.sweep.names if job.sweep is not None else ()
    for name in job.secrets:
        for other, names in (("envs", job.envs), ("sweep", swept)):
            if name in names:
                yield Problem(
                    f"secrets.{name}",
                    "a value that isn't shown",
                    f"{name} is set by {other} too",
                    "names that envs and sweep don't set",
                    f"remove it there, or here if {name} is no secret",
                )


def variants_fit(job: Job, _: datetime) -> Iterator[Problem]:
    """The variants of `sweep` are 16 MiB together at most, names and values."""
    size = largest_bytes(job.sweep) if job.sweep is not None else 0
    if size > LARGEST_VARIANTS_BYTES:
        yield Problem(
            "sweep",
            f"{size:,} bytes",
            "the variants are larger together than what each node can fetch in a moment",
            f"{LARGEST_VARIANTS_BYTES:,} bytes together, names and values",
            "write short values, as names of files; put what is long into the workdir or the dataset store",
        )


def shared_memory_is_memory(job: Job, _: datetime) -> Iterator[Problem]:
    """`resources.shm` is no more than `resources.memory`."""
    shm, memory = job.resources.shm, job.resources.memory
    if shm is not None and memory is not None and shm > memory:
        yield Problem(
            "resources.shm",
            str(shm),
            f"shared memory counts as memory, and the job asks for {memory} GiB of it",
            f"a whole number of GiB from 1 to {memory}",
            f"take less, or ask for more: memory: {shm}",
        )


def deadline_is_to_come(job: Job, now: datetime) -> Iterator[Problem]:
    """`deadline` is to come."""
    deadline = job.deadline_at
    if job.deadline is not None and deadline is not None and deadline <= now:
        yield Problem(
            "deadline",
            job.deadline,
            f"the deadline has passed: it is {now:%Y-%m-%dT%H:%M:%SZ}",
            "a moment in UTC that is to come",
            "write a later moment, or leave deadline out",
        )


def several_processes_are_mpis(job: Job, _: datetime) -> Iterator[Problem]:
    """`processes_per_node` is for `distribution: mpi`."""
    if job.processes_per_node > 1 and job.distribution != "mpi":
        yield Problem(
            "processes_per_node",
            str(job.processes_per_node),
            f"with distribution: {job.distribution} a node has one process, which starts the others",
            "1, or distribution: mpi",
            "leave it out, and start the others in run, as torchrun does; or write distribution: mpi",
        )


CHECKS: tuple[Check, ...] = (
    commands_fit,
    variants_fit,
    names_are_set_once,
    shared_memory_is_memory,
    deadline_is_to_come,
    several_processes_are_mpis,
)
"""All of them, in the order in which they are told."""
