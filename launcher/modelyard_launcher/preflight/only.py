"""A job that is the check and nothing else: its image, its nodes, its variables, and no program."""

from __future__ import annotations

from dataclasses import replace

from modelyard_launcher.job import Job, Preflight, Retry
from modelyard_launcher.load import LoadedJob

NAME_END = "-preflight"
LONGEST_NAME = 48

TIMEOUT = "30m"
"""What it may take: half of that is the check's own limit, the rest is for images."""


def check_only(loaded: LoadedJob) -> LoadedJob:
    """The job without its program, which is checked and no more; it is tried once."""
    job = loaded.job
    changes = {
        "name": job.name[: LONGEST_NAME - len(NAME_END)].rstrip("-") + NAME_END,
        "setup": None,
        "run": "true",
        "workdir": None,
        "file_mounts": {},
        "secrets": {},
        "sweep": None,
        "depends_on": [],
        "notify": None,
        "timeout": TIMEOUT,
        "retry": Retry(attempts=1, on_events=[]),
        # Nobody supervises it, so nobody would end a node.
        "preflight": Preflight(min_gbps=job.preflight.min_gbps if job.preflight else None),
    }
    return replace(loaded, job=Job.model_validate(job.model_dump() | changes))
