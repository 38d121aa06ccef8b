"""Variables that other launchers give a job's shell text and nothing sets here; what is there instead.

Names after the documentation of SkyPilot 0.14 ("Environment variables") and dstack 0.22 ("Tasks", 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modelyard_launcher.job import Job

_MAIN = "MASTER_ADDR is the address of the main node; nodes aren't told those of the others"
_RANK = "NODE_RANK is the node's number, from 0"
_NODES = "NUM_NODES says how many nodes there are"
_DEVICES = "GPUS_PER_NODE says how many accelerators a node has"
_RUN = "MODELYARD_RUN_ID names the run"

INSTEAD = {
    "SKYPILOT_NODE_IPS": _MAIN,
    "SKYPILOT_NODE_RANK": _RANK,
    "SKYPILOT_NUM_NODES": _NODES,
    "SKYPILOT_NUM_GPUS_PER_NODE": _DEVICES,
    "SKYPILOT_TASK_ID": _RUN,
    "DSTACK_MASTER_NODE_IP": _MAIN,
    "DSTACK_NODES_IPS": _MAIN,
    "DSTACK_NODE_RANK": _RANK,
    "DSTACK_NODES_NUM": _NODES,
    "DSTACK_GPUS_PER_NODE": _DEVICES,
    "DSTACK_GPUS_NUM": _DEVICES,
    "DSTACK_RUN_NAME": _RUN,
}
"""What a job of ours finds in the place of each."""

_READ = re.compile(r"\$(?:\{([A-Za-z_]\w*)(?![\w:+-])|([A-Za-z_]\w*))")
"""`$NAME`, or `${NAME` without a value for where it isn't set."""


def foreign_variables(job: Job) -> Iterator[str]:
    """A sentence for each that the job's text reads and the job doesn't set itself."""
    own = {*job.envs, *job.secrets, *(job.sweep.names if job.sweep is not None else ())}
    for field, text in (("setup", job.setup), ("run", job.run)):
        read = dict.fromkeys(braced or plain for braced, plain in _READ.findall(text or ""))
        for name in read:
            if name in INSTEAD and name not in own:
                yield f"{field} reads {name}, which nothing sets here: {INSTEAD[name]}"
