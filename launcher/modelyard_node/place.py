"""A node's place: which run and attempt it belongs to, its rank, and where the main node is.

On AWS Batch the service says so (User Guide, "Job environment variables" and "Multi-node parallel jobs",
2026-11); elsewhere whoever starts nodes does, and what they set stands before what the service says.
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

NOTICES_PATH = "/run/modelyard/notices"
INSTANCE_ID_PATH = "opt/modelyard/entrypoint/instance-id"

FIRST_PORT = 20_000
PORTS = 10_000
"""Below the ports that Linux gives to whoever asks for any (from 32768)."""

_LOOKED_AT = 64
"""Ports that are tried for a free one: far more than there are jobs on a machine."""

LOOPBACK = "127.0.0.1"


class PlaceError(Exception):
    """A variable is missing, or makes no sense."""


class Place(NamedTuple):
    """Where a node stands."""

    run_id: str
    """The run's; of a variant of a sweep, the sweep's."""
    variant: int | None
    submission: int
    attempt: int
    """Within the submission, from 1."""
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
    rank = read.number("NODE_RANK", "AWS_BATCH_JOB_NODE_INDEX", default=0, least=0)
    if rank >= num_nodes:
        raise PlaceError(f"rank {rank} isn't one of {num_nodes} nodes")
    attempt = read.number("MODELYARD_BATCH_ATTEMPT", "AWS_BATCH_JOB_ATTEMPT", default=1, least=1)
    batch_job = environ.get("AWS_BATCH_JOB_ID", "")
    submission = read.number("MODELYARD_SUBMISSION", default=1, least=1)
    run_id = read.text("MODELYARD_RUN_ID", r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", "letters, digits, . _ and -")
    port = read.number("MASTER_PORT", default=0, least=0)
    if not port:
        port = _port(batch_job or run_id, submission, attempt)
        # Alone, no other node has to know it; but other jobs may be on the machine, and share its network.
        port = _free(port) if num_nodes == 1 else port
    return Place(
        run_id=run_id,
        variant=read.variant(),
        submission=submission,
        attempt=attempt,
        rank=rank,
        num_nodes=num_nodes,
        master_addr=_master_addr(environ, num_nodes, root),
        master_port=port,
        checkpoints_uri=read.text("MODELYARD_CHECKPOINTS", r".+", "s3://bucket or file:///directory"),
        spec_sha256=read.text("MODELYARD_SPEC_SHA256", r"[0-9a-f]{64}", "64 hexadecimal digits"),
        holder=f"{batch_job} attempt {attempt}" if batch_job else f"{socket.gethostname()}:{os.getpid()}",
        host=socket.gethostname(),
        instance_id=_first_line(root / INSTANCE_ID_PATH),
        notices=Path(environ.get("MODELYARD_NOTICES") or NOTICES_PATH),
        root=root,
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

    def variant(self) -> int | None:
        found = self.number("MODELYARD_VARIANT", "AWS_BATCH_JOB_ARRAY_INDEX", default=-1, least=0)
        return None if found < 0 else found


def _port(job: str, submission: int, attempt: int) -> int:
    """The port on which an attempt's programs meet: the same on all its nodes.

    Nodes of one Batch job are told apart by `#` and a number behind its id.
    """
    name = f"{job.partition('#')[0]} {submission} {attempt}"
    return FIRST_PORT + zlib.crc32(name.encode()) % PORTS


def _free(port: int) -> int:
    """That port, or the next on which nobody listens; the one after it is free as well."""
    for offset in range(0, _LOOKED_AT, 2):
        candidate = FIRST_PORT + (port - FIRST_PORT + offset) % PORTS
        if all(map(_can_listen, (candidate, candidate + 1))):
            return candidate
    return port


def _can_listen(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As whoever listens there does: what waits to be forgotten after its end is in nobody's way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def _master_addr(environ: Mapping[str, str], num_nodes: int, root: Path) -> str:
    given = environ.get("MASTER_ADDR") or environ.get("AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS")
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
