"""What a node's processes find in their environment on this machine: the job contract, and little else.

Nothing of the launcher's own environment is passed on but a few names that say where programs are and how
texts are written. HOME is a directory of the run's own, as in a container, so that no library comes across
the credentials and tokens that lie in the user's. What reaches the stores is passed if, and only if, a store
lies on S3: the sandbox's false credentials, or the identity that the launcher itself uses.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from modelyard.outputs import LaunchTarget
from modelyard_launcher.access import S3Access
from modelyard_launcher.contract import GangContext, common_variables, rank_variables
from modelyard_launcher.job import Job

PASSED_ON = (
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "LD_LIBRARY_PATH",
    "LOGNAME",
    "TMPDIR",
    "TZ",
    "USER",
    "VIRTUAL_ENV",
)
"""Variables of the launcher's environment that jobs find too, besides PATH."""

MASTER_ADDR = "127.0.0.1"


def store_uris(job: Job, target: LaunchTarget) -> tuple[str, str]:
    """The datasets' and the checkpoints' store of a job."""
    stores = {"datasets": target.stores.datasets.uri, "checkpoints": target.stores.checkpoints.uri}
    return stores[job.datasets], stores[job.checkpoints]


def access_variables(job: Job, target: LaunchTarget, access: S3Access) -> dict[str, str]:
    """What reaches the job's stores; nothing if none lies on S3."""
    if any(uri.startswith("s3://") for uri in store_uris(job, target)):
        return access.job_environment()
    return {}


def passed_on(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a job finds of the launcher's environment; the interpreter's directory stands first on PATH."""
    path = [str(Path(sys.executable).parent), environ.get("PATH", os.defpath)]
    return {"PATH": os.pathsep.join(path)} | {name: environ[name] for name in PASSED_ON if name in environ}


def node_environment(
    job: Job, context: GangContext, rank: int, *, scratch: Path, access: Mapping[str, str]
) -> dict[str, str]:
    """All that a node's processes find."""
    return {
        **passed_on(),
        "HOME": str(scratch / "home" / str(rank)),
        "PYTHONUNBUFFERED": "1",
        **access,
        **job.envs,
        **common_variables(job, context),
        **rank_variables(job, rank, str(metrics_path(scratch, rank))),
    }


def metrics_path(scratch: Path, rank: int) -> Path:
    """The file that takes a rank's metrics."""
    return scratch / "metrics" / f"{rank}.jsonl"


def log_path(scratch: Path, rank: int) -> Path:
    """The file that takes what a rank writes."""
    return scratch / "logs" / f"{rank}.log"
