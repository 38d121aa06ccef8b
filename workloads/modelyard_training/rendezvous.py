"""The meeting of a job's processes, by `jax.distributed`, and what they agree on."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import NoReturn

from modelyard_training.contract import JobContext
from modelyard_training.errors import RendezvousError
from modelyard_training.leaving import end
from modelyard_training.stopping import in_a_thread

TIMEOUT_SECONDS = 300
"""How long the processes wait for each other. Nodes of a gang start apart: pulling an image takes minutes."""

PEER_LOST_SECONDS = 60
"""How long a silent process is waited for before the others end. A closed connection ends them at once."""

_OF_THE_OTHERS = re.compile("Gloo .* failed|NCCL .* failed|coordination service", re.IGNORECASE)
"""How JAX's errors begin that come of another process's end."""


@contextmanager
def gang(context: JobContext, *, timeout_seconds: int = TIMEOUT_SECONDS) -> Generator[None]:
    """Join the job's other processes, and leave together with them at the end.

    An error inside is reported and ends this process at once, with the error's exit code: the others wait for
    it in the middle of a computation, so the leave that they take together would never come. They see the
    connection close and end too. A job of one process meets nobody, and its errors are raised as any other.

    Raises:
        RendezvousError: if this process has not the accelerators that the job contract speaks of; in a job of
            several processes it is reported as above, and so is that others don't come in time.
    """
    if context.num_nodes == 1:
        _check_accelerators(context)
        yield
        return
    import jax

    try:
        _join(context, timeout_seconds)
        _check_accelerators(context)
        yield
    except BaseException as error:  # noqa: BLE001 - it is reported, and ends the process
        _end(error, context)
    jax.distributed.shutdown()


def gather(value: bytes) -> list[bytes]:
    """Every process's value, by rank. Every process has to call it, at the same point of its work and with as
    many bytes.
    """
    import jax
    import numpy as np
    from jax.experimental import multihost_utils

    if jax.process_count() == 1:
        return [value]
    everyone = multihost_utils.process_allgather(np.frombuffer(value, np.uint8))
    return [np.asarray(each, np.uint8).tobytes() for each in everyone]


def _join(context: JobContext, timeout_seconds: int) -> None:
    import jax

    # Its handler of SIGTERM would take the place of the one by which a run asks for a last checkpoint.
    jax.config.update("jax_enable_preemption_service", False)
    # JAX aborts a process that waited in vain, with a C++ stack and no word about nodes. So we wait for less.
    watch = threading.Timer(
        timeout_seconds,
        lambda: _end(RendezvousError(_why_nobody_came(context, timeout_seconds)), context),
    )
    watch.daemon = True
    watch.start()
    try:
        # Python hears no signal while JAX waits in the thread that signals go to.
        in_a_thread(
            lambda: jax.distributed.initialize(
                coordinator_address=f"{context.master_addr}:{context.master_port}",
                num_processes=context.num_nodes,
                process_id=context.node_rank,
                cluster_detection_method="deactivate",
                initialization_timeout=timeout_seconds + 60,
                heartbeat_timeout_seconds=PEER_LOST_SECONDS,
            )
        )
    except RuntimeError as error:
        raise RendezvousError(
            f"node {context.node_rank} of {context.num_nodes} can't meet the others at "
            f"{context.master_addr}:{context.master_port}: {error}"
        ) from error
    finally:
        watch.cancel()


def _why_nobody_came(context: JobContext, timeout_seconds: int) -> str:
    place = f"{context.master_addr}:{context.master_port}"
    head = f"node {context.node_rank} of {context.num_nodes} waited {timeout_seconds} s at {place}"
    if context.node_rank == 0:
        return f"{head}, and not every other node came; do they run, and may they reach this port?"
    try:
        socket.create_connection((context.master_addr, context.master_port), timeout=2).close()
    except OSError as error:
        return f"{head}, where nothing answers ({error}); does node 0 run, and may this node reach its port?"
    return f"{head}; node 0 is there, but not every other node came"


def _check_accelerators(context: JobContext) -> None:
    import jax

    if not context.gpus_per_node:
        return
    platform, count = jax.default_backend(), jax.local_device_count()
    if platform == "cpu" or count != context.gpus_per_node:
        raise RendezvousError(
            f"GPUS_PER_NODE is {context.gpus_per_node}, but node {context.node_rank} has {count} of "
            f"{platform}; does the image hold JAX for these accelerators, and does the container see them?"
        )


def _end(error: BaseException, context: JobContext) -> NoReturn:
    end(error, who=f"node {context.node_rank}", lost=_lost)


def _lost(error: BaseException) -> str | None:
    text = str(error)
    return text.splitlines()[0] if _OF_THE_OTHERS.search(text) else None
