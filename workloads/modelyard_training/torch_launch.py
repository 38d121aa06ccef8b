"""Start a program as torchrun does, with the nodes of the job contract:
`python -m modelyard_training.torch_launch train.py --steps 300`.

It differs from `torchrun` in what whoever started the job sees: the exit code is that of the process that
failed first (128 and the number of the signal, if one killed it), with one line that names it; and SIGTERM is
passed on without a limit, so that there is time for a last checkpoint, whose exit code 143 comes through.
torchrun itself exits with 1, and kills its processes 30 s after SIGTERM.
"""

# pyright: reportMissingImports=false, reportUntypedBaseClass=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType

from modelyard_training.contract import JobContext
from modelyard_training.errors import RendezvousError, TrainingError
from modelyard_training.stopping import STOPPED_EXIT_CODE
from modelyard_training.torch_place import check_pytorch

TIMEOUT_SECONDS = 300
"""How long a node waits for the first one."""

_USAGE = "usage: python -m modelyard_training.torch_launch PROGRAM.py [OPTION ...]"


def main(arguments: list[str] | None = None) -> int:
    """Run this node's processes, as many as it has accelerators, or one; returns the exit code."""
    program = sys.argv[1:] if arguments is None else arguments
    if not program or program[0].startswith("-"):
        print(f"{_USAGE}\nIts nodes and processes are those of the job contract.")
        return 0 if program[:1] in (["-h"], ["--help"]) else 2
    try:
        context = JobContext.from_environment(os.environ)
        check_pytorch()
        return _Node(context, program).run()
    except TrainingError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


class _Node:
    """The processes of this node."""

    def __init__(self, context: JobContext, program: list[str]) -> None:
        self._context, self._program = context, program
        self._error: BaseException | None = None
        self._done = threading.Event()

    def run(self) -> int:
        # The agent of torchrun runs in a thread, where it takes no signals: the processes answer them. And
        # this thread hears them from now on, though importing PyTorch and meeting the first node take long.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._pass_on)
        threading.Thread(target=self._launch, daemon=True).start()
        while not self._done.wait(0.1):
            continue  # A signal that comes between Python's last look and a wait is heard at the wait's end.
        return self._explain(self._error)

    def _launch(self) -> None:
        try:
            self._start()
        except BaseException as error:  # noqa: BLE001 - it is told where it is waited for
            self._error = error
        self._done.set()

    def _start(self) -> None:
        from torch.distributed.launcher.api import LaunchConfig, elastic_launch

        # It says what is said here better, and that it has no signals.
        logging.getLogger("torch.distributed.elastic.multiprocessing.api").setLevel(logging.CRITICAL)
        context = self._context
        config = LaunchConfig(
            min_nodes=context.num_nodes,
            max_nodes=context.num_nodes,
            nproc_per_node=max(1, context.gpus_per_node),
            run_id=context.run_id,
            rdzv_backend="static",
            rdzv_endpoint=f"{context.master_addr}:{context.master_port}",
            rdzv_configs={"rank": context.node_rank, "timeout": TIMEOUT_SECONDS},
            # Another attempt is the launcher's to make: it looks for a checkpoint and other nodes first.
            max_restarts=0,
        )
        elastic_launch(config, sys.executable)("-u", *self._program)

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        children = _children()
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, number)
        if not children:
            os._exit(STOPPED_EXIT_CODE if number == signal.SIGTERM else 128 + number)

    def _explain(self, error: BaseException | None) -> int:
        if error is None:
            return 0
        from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

        if not isinstance(error, ChildFailedError):
            raise RendezvousError(
                f"node {self._context.node_rank} of {self._context.num_nodes} can't start its processes by "
                f"{self._context.master_addr}:{self._context.master_port}: {error}"
            ) from error
        rank, failure = error.get_first_failure()
        code = failure.exitcode
        if code == STOPPED_EXIT_CODE:
            return code
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        print(f"error: process {rank}, local rank {failure.local_rank}, {how}", file=sys.stderr)
        return 128 - code if code < 0 else code


def _children() -> list[int]:
    """The processes whose parent this one is."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The name of the program, in brackets, may hold anything; state and parent follow it.
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == os.getpid():
            found.append(int(entry.name))
    return found


if __name__ == "__main__":
    sys.exit(main())
