"""Faults that happen to jobs, to be rehearsed, and the regions that are lost."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal, get_args

JOB_FAULTS_PATH = "/_modelyard/job-faults"
JOBS_PATH = "/_modelyard/jobs"
REGIONS_PATH = "/_modelyard/lost-regions"
TASKS_PATH = "/_modelyard/tasks/"
Kind = Literal[
    "host_failure", "spot_interruption", "out_of_memory", "no_capacity", "image_missing", "unusable_node"
]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass
class JobFault:
    """What happens to some jobs: to those that run, and to those that start next."""

    kind: Kind
    """`host_failure`: the machine of a node is gone. `spot_interruption`: the same, announced before in
    notice.json. `out_of_memory`: the container of a node is killed. `no_capacity`: no machine comes, so that
    the job stays RUNNABLE, or Queued. `image_missing`: the image of a node can't be pulled. On Azure alone:
    `unusable_node`, a node that comes for the job can't be used and takes up its place; and there
    `spot_interruption` happens to nodes of low priority only, and unannounced.
    """
    job: str = "*"
    """A job's id or name, or how either begins, with an asterisk behind."""
    node: int = 0
    """Which node of a multi-node job it happens to."""
    after_seconds: float | None = None
    """When: so long after the container has started, or from now if it runs already (at once if None); of
    `no_capacity`, how long it lasts after the job became RUNNABLE (for ever if None).
    """
    notice_seconds: float = 120.0
    """How long before its end a Spot machine is told."""
    times: int = 1
    """Attempts that it happens to; `no_capacity` lasts until the faults are set anew."""
    restarts: bool = True
    """Whether a job of Azure that loses a node of low priority (`spot_interruption`) begins again from its
    start under the same id; else it fails with PreemptionError. Both have been seen. Of Batch it says
    nothing: there the job's own retry strategy does.
    """


def to_json(faults: Iterable[JobFault], *, add: bool = False) -> bytes:
    """Faults as `JOB_FAULTS_PATH` takes them: in the place of those before, or beside them."""
    return json.dumps({"faults": [asdict(fault) for fault in faults], "add": add}).encode()


def from_json(body: bytes) -> tuple[list[JobFault], bool]:
    """Faults that were sent, and whether those before stay."""
    document = json.loads(body)
    return [JobFault(**item) for item in document["faults"]], document["add"]
