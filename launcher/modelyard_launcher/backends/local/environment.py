"""What a node's runtime finds in its environment on this machine, and hands on to the job's program.

Nothing of the launcher's own environment is passed on but a few names that say where programs are and how
texts are written. HOME is a directory of the run's own, as in a container, so that no library comes across
the credentials and tokens that lie in the user's. What reaches the stores is passed if, and only if, a store
lies in a cloud: the sandbox's false credentials, or the identity that the launcher itself uses.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelyard.outputs import LaunchTarget
    from modelyard.outputs.azure import AzureLaunchTarget
    from modelyard_launcher.stores import Access

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


@dataclass(frozen=True, slots=True)
class NodePlace:
    """Where a node of an attempt stands."""

    run_id: str
    submission: int
    attempt: int
    """Within the submission, from 1."""
    rank: int
    num_nodes: int
    master_port: int
    checkpoints_uri: str
    spec_sha256: str
    variant: int | None
    """Of a sweep."""


def access_variables(target: LaunchTarget | AzureLaunchTarget, access: Access) -> dict[str, str]:
    """What reaches a target's stores; nothing if all are directories."""
    stores = target.stores
    in_a_cloud = any(not uri.startswith("file:") for uri in (stores.datasets.uri, stores.checkpoints.uri))
    return access.job_environment() if in_a_cloud else {}


def passed_on(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a job finds of the launcher's environment; the interpreter's directory stands first on PATH."""
    path = [str(Path(sys.executable).parent), environ.get("PATH", os.defpath)]
    return {"PATH": os.pathsep.join(path)} | {name: environ[name] for name in PASSED_ON if name in environ}


def node_environment(place: NodePlace, scratch: Path, given: Mapping[str, str]) -> dict[str, str]:
    """All that a node's runtime finds; `given` are access to the stores and the job's secrets."""
    name = node_name(place)
    return {
        **passed_on(),
        "HOME": str(scratch / "home" / name),
        "PYTHONUNBUFFERED": "1",
        **given,
        **place_variables(place),
        "MODELYARD_METRICS": str(scratch / "metrics" / f"{name}.jsonl"),
        "MODELYARD_NOTICES": str(scratch / "notices"),
    }


def place_variables(place: NodePlace) -> dict[str, str]:
    """Where a node stands, as its runtime reads it."""
    variables = {
        "NODE_RANK": str(place.rank),
        "NUM_NODES": str(place.num_nodes),
        "MASTER_ADDR": MASTER_ADDR,
        "MASTER_PORT": str(place.master_port),
        "MODELYARD_RUN_ID": place.run_id,
        "MODELYARD_SUBMISSION": str(place.submission),
        "MODELYARD_BATCH_ATTEMPT": str(place.attempt),
        "MODELYARD_CHECKPOINTS": place.checkpoints_uri,
        "MODELYARD_SPEC_SHA256": place.spec_sha256,
    }
    return variables | ({} if place.variant is None else {"MODELYARD_VARIANT": str(place.variant)})


def node_name(place: NodePlace) -> str:
    """What a node's files are named by: its rank; of a sweep, its variant's number and its rank."""
    return str(place.rank) if place.variant is None else f"{place.variant}-{place.rank}"


def log_path(scratch: Path, number: int) -> Path:
    """The file that takes what a rank writes; of a sweep, what a variant writes."""
    return scratch / "logs" / f"{number}.log"
