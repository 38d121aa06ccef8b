"""A node's place: which run and attempt it belongs to, its rank, and where the main node is.

On AWS Batch the service says so (User Guide, "Job environment variables" and "Multi-node parallel jobs",
2026-11); elsewhere whoever starts nodes does, and what they set stands before what the service says. Where
mpirun starts several processes on each node, each is a rank of its own, as Open MPI tells it (mpirun(1),
"Exported Environment Variables"); on Azure Machine Learning the main node's address is then told by variables
that aren't documented, but are what public code goes by (microsoft/hi-ml, Azure/azureml-examples; 2026-11).
"""

from __future__ import annotations

import os
import re
import socket
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from modelyard_node import keys
from modelyard_node.ports import FIRST_PORT, PORTS, free_port

NOTICES_PATH = "/run/modelyard/notices"
INSTANCE_ID_PATH = "opt/modelyard/entrypoint/instance-id"

UNTOLD_VARIABLE = "MODELYARD_ATTEMPT_UNTOLD"
"""Set where a service starts a job again without saying so: the main node counts the starts then."""

LOOPBACK = "127.0.0.1"

PROCESSES_VARIABLE = "MODELYARD_PROCESSES_PER_NODE"
"""Set where mpirun starts so many processes on each node."""

_MPI = ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK")
_MAIN_NODES = ("AZ_BATCH_MASTER_NODE", "AZ_BATCHAI_MPI_MASTER_NODE")
"""Where the main node is, of jobs that mpirun starts: of several nodes (with a port), and of one."""


class PlaceError(Exception):
    """A variable is missing, or makes no sense."""


class Place(NamedTuple):
    """Where a node stands."""

    run_id: str
    """The run's; of a variant of a sweep, the sweep's."""
    variant: int | None
    submission: int
    attempt: int
    """Within the submission, from 1; 0 until the main node has said it, where the service doesn't."""
    rank: int
    num_nodes: int
    master_addr: str
    master_port: int
    checkpoints_uri: str
    spec_sha256: str
    holder: str
    """Who this attempt is, as its lease names it."""
    host: str
    instance_id: str | None
    notices: Path
    root: Path
    """Of the machine's files, for tests."""
    node_rank: int
    """Its node's number. Of a process that mpirun started it isn't known before all have met."""
    local_rank: int = 0
    """Among the processes that mpirun started on its node."""
    processes_per_node: int = 0
    """How many mpirun started on each node; 0: no mpirun, and this is its node's only one."""
    leads_node: bool = True
    """Whether it does what is done once on each node. Of those that mpirun started, the one with the lowest
    rank does, which is known once all have met."""

    @property
    def num_ranks(self) -> int:
        """How many there are of these in all."""
        return self.num_nodes * max(self.processes_per_node, 1)

    @property
    def by_mpi(self) -> bool:
        """Whether mpirun started it."""
        return self.processes_per_node > 0

    @property
    def attempt_name(self) -> str:
        """Name of the attempt in the store."""
        return keys.attempt_name(self.submission, self.attempt)

    @property
    def own_run_id(self) -> str:
        """Id of the run that this node's work belongs to: its variant's, if there are several."""
        return self.run_id if self.variant is None else keys.variant_run_id(self.run_id, self.variant)

    @property
    def is_main(self) -> bool:
        """Whether this is the main node."""
        return self.rank == 0


def read_place(environ: Mapping[str, str]) -> Place:
    """A node's place. Raises PlaceError naming what is missing or malformed."""
    read = _Reader(environ)
    root = Path(environ.get("MODELYARD_ROOT") or "/")
    num_nodes = read.number("NUM_NODES", "AWS_BATCH_JOB_NUM_NODES", default=1, least=1)
    per_node = read.number(PROCESSES_VARIABLE, default=0, least=1)
    rank, local_rank = read.ranks(num_nodes, per_node)
    attempt = read.number("MODELYARD_BATCH_ATTEMPT", "AWS_BATCH_JOB_ATTEMPT", default=1, least=1)
    if environ.get(UNTOLD_VARIABLE):
        attempt = 0
    batch_job = environ.get("AWS_BATCH_JOB_ID", "")
    submission = read.number("MODELYARD_SUBMISSION", default=1, least=1)
    run_id = read.text("MODELYARD_RUN_ID", r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", "letters, digits, . _ and -")
    port = read.number("MASTER_PORT", default=0, least=0)
    if not port:
        port = _port(batch_job or run_id, submission, attempt)
        # Alone, no other node has to know it; but other jobs may be on the machine, and share its network.
        port = free_port(port) if num_nodes * max(per_node, 1) == 1 else port
    return Place(
        run_id=run_id,
        variant=read.variant(),
        submission=submission,
        attempt=attempt,
        rank=rank,
        num_nodes=num_nodes,
        master_addr=_master_addr(environ, num_nodes, root),
        master_port=port,
        checkpoints_uri=read.text(
            "MODELYARD_CHECKPOINTS", r".+", "s3://bucket, https://… or file:///directory"
        ),
        spec_sha256=read.text("MODELYARD_SPEC_SHA256", r"[0-9a-f]{64}", "64 hexadecimal digits"),
        holder=f"{batch_job} attempt {attempt}" if batch_job else f"{socket.gethostname()}:{os.getpid()}",
        host=socket.gethostname(),
        instance_id=_first_line(root / INSTANCE_ID_PATH),
        notices=Path(environ.get("MODELYARD_NOTICES") or NOTICES_PATH),
        root=root,
        node_rank=0 if per_node else rank,
        local_rank=local_rank,
        processes_per_node=per_node,
    )


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, pattern: str, allowed: str) -> str:
        value = self._environ.get(name, "")
        if not value:
            raise PlaceError(f"{name} isn't set")
        if not re.fullmatch(pattern, value):
            raise PlaceError(f"{name} is {value!r}; allowed: {allowed}")
        return value

    def number(self, *names: str, default: int, least: int) -> int:
        """The first that is set."""
        for name in names:
            value = self._environ.get(name)
            if value:
                if not value.isascii() or not value.isdigit() or int(value) < least:
                    raise PlaceError(f"{name} is {value!r}; allowed: a whole number from {least}")
                return int(value)
        return default

    def ranks(self, num_nodes: int, per_node: int) -> tuple[int, int]:
        """Its rank among all, and among those on its node."""
        if not per_node:
            rank = self.number("NODE_RANK", "AWS_BATCH_JOB_NODE_INDEX", default=0, least=0)
            if rank >= num_nodes:
                raise PlaceError(f"rank {rank} isn't one of {num_nodes} nodes")
            return rank, 0
        missing = [name for name in _MPI if not self._environ.get(name)]
        if missing:
            raise PlaceError(
                f"{missing[0]} isn't set: a job with distribution: mpi is started by the mpirun of Open MPI, "
                "which has to be in the image"
            )
        rank, size, local_rank = (self.number(name, default=0, least=0) for name in _MPI)
        if size != num_nodes * per_node or rank >= size or local_rank >= per_node:
            raise PlaceError(
                f"mpirun says that this is rank {rank} of {size}, and {local_rank} on its node; "
                f"the job has {num_nodes * per_node}, {per_node} on each node"
            )
        return rank, local_rank

    def variant(self) -> int | None:
        found = self.number("MODELYARD_VARIANT", "AWS_BATCH_JOB_ARRAY_INDEX", default=-1, least=0)
        return None if found < 0 else found


def _port(job: str, submission: int, attempt: int) -> int:
    """The port on which an attempt's programs meet: the same on all its nodes.

    Nodes of one Batch job are told apart by `#` and a number behind its id.
    """
    name = f"{job.partition('#')[0]} {submission} {attempt}"
    return FIRST_PORT + zlib.crc32(name.encode()) % PORTS


def _master_addr(environ: Mapping[str, str], num_nodes: int, root: Path) -> str:
    given = environ.get("MASTER_ADDR") or environ.get("AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS")
    if environ.get(PROCESSES_VARIABLE) and not given:
        told = next(filter(None, map(environ.get, _MAIN_NODES)), "")
        given = told.partition(":")[0]
    if given:
        return given
    # On the main node itself Batch sets no address.
    return own_address(root) or (routed_address() if num_nodes > 1 else None) or LOOPBACK


def own_address(root: Path) -> str | None:
    """The address of this task among the host's names: not the loopback's, and IPv4."""
    name = socket.gethostname()
    try:
        lines = (root / "etc/hosts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        address, *names = line.partition("#")[0].split() or [""]
        if name in names and not address.startswith("127.") and ":" not in address:
            return address
    return None


def routed_address() -> str | None:
    """The address from which this machine would speak to others; None if it has no way to any.

    Nothing is sent: a datagram socket is only told whom it would speak to, an address that documentation is
    kept for (RFC 5737).
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return probe.getsockname()[0]


def _first_line(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or None
    except OSError:
        return None
