"""The meeting of a job's PyTorch processes, and what they agree on."""

# Types are known where PyTorch is installed; the checks have to pass where it isn't.
# pyright: reportMissingImports=false, reportUntypedBaseClass=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

import ctypes
import os
import re
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NoReturn

import torch
import torch.distributed as dist

from modelyard_training.contract import JobContext
from modelyard_training.errors import RendezvousError
from modelyard_training.leaving import end
from modelyard_training.stopping import in_a_thread
from modelyard_training.torch_place import Place

TIMEOUT_SECONDS = 300
"""How long processes wait for each other. Nodes of a gang start apart: pulling an image takes minutes."""

_SET_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux' prctl."""


@contextmanager
def gang(context: JobContext, place: Place, *, timeout_seconds: int = TIMEOUT_SECONDS) -> Generator[None]:
    """Join the job's other processes, and leave together with them at the end.

    An error inside is reported and ends this process at once, with the error's exit code: the others wait for
    it in the middle of a step, see the connection close, and end too. Errors are those of TrainingError's
    tree; RendezvousError among them, if the others don't come in time, are lost, or accelerators are missing.
    """
    try:
        _check_accelerators(context, place)
        _leave_with_the_agent()
        _join(context, place, timeout_seconds)
        yield
        meet()
    except BaseException as error:  # noqa: BLE001 - it is reported, and ends the process
        end(error, who=f"process {place.rank}", lost=_lost)
    dist.destroy_process_group()


def leave(code: int) -> NoReturn:
    """End this process at once. When the interpreter takes itself down in order, threads that FSDP's groups
    left behind abort it now and then (1 of 25 jobs of two processes, PyTorch 2.15 on Gloo), trained or not.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def meet() -> None:
    """Wait until every process is here."""
    agree(True)


def agree(*flags: bool) -> tuple[bool, ...]:
    """For each flag, whether it is up in any process. Every process has to call it at the same point."""
    raised = torch.tensor(flags, dtype=torch.int32)
    dist.all_reduce(raised, op=dist.ReduceOp.MAX)
    return tuple(bool(each) for each in raised)


def total(*numbers: float) -> list[float]:
    """The sum of each number over all processes; it is the same in every process."""
    sums = torch.tensor(numbers, dtype=torch.float64)
    dist.all_reduce(sums)
    return sums.tolist()


def gather(value: Any) -> list[Any]:
    """Every process's value, by rank: something small, as a record of a file. A process that has joined no
    gang is alone.
    """
    if not dist.is_initialized():
        return [value]
    everyone: list[Any] = [None] * dist.get_world_size()
    dist.all_gather_object(everyone, value)
    return everyone


def _join(context: JobContext, place: Place, timeout_seconds: int) -> None:
    os.environ.setdefault("RANK", str(place.rank))
    os.environ.setdefault("WORLD_SIZE", str(place.world_size))
    if place.device != "cpu":
        torch.cuda.set_device(place.device)
    try:
        # In a thread, because this one couldn't hear a signal while PyTorch waits.
        in_a_thread(
            lambda: dist.init_process_group(
                # What is agreed on stays on the CPU, where it waits for no accelerator.
                backend="gloo" if place.device == "cpu" else "cpu:gloo,cuda:nccl",
                timeout=timedelta(seconds=timeout_seconds),
            )
        )
        meet()
    except RuntimeError as error:
        raise RendezvousError(
            f"process {place.rank} of {place.world_size} didn't meet the others at {context.master_addr}:"
            f"{context.master_port} in {timeout_seconds} s; do all nodes run, and may they reach this port? "
            f"({_cause(error)})"
        ) from error


def _check_accelerators(context: JobContext, place: Place) -> None:
    if not context.gpus_per_node:
        return
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if count < context.gpus_per_node:
        raise RendezvousError(
            f"GPUS_PER_NODE is {context.gpus_per_node}, but process {place.rank} sees {count} through "
            f"PyTorch {torch.__version__}; does the container see them, and does the driver fit this PyTorch?"
        )


def _leave_with_the_agent() -> None:
    """A session of its own is what torchrun gives each process: if torchrun is killed, nobody ends them."""
    if "TORCHELASTIC_RUN_ID" in os.environ and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _lost(error: BaseException) -> str | None:
    """What PyTorch says of another process's end, if this error comes of one."""
    if not isinstance(error, RuntimeError):
        return None
    others = isinstance(error, dist.DistError) or any(name in str(error) for name in ("gloo", "NCCL"))
    return _cause(error) if others else None


def _cause(error: BaseException) -> str:
    """The first sentence of a message of PyTorch's, without the place in its source."""
    text = re.sub(r"^\[[^\]]*\] ", "", str(error)).split(". ")[0]
    return (text.splitlines() or [type(error).__name__])[0]
