"""What a node of Azure Machine Learning starts: the runtime beside it, again if it asks for that.

The service doesn't start a job anew that has failed. Where a job has one node, the runtime that leaves with
the code for "start it again" is started again here; several nodes would have to start together, which nobody
can see to here. Where mpirun starts it, it stays beside its runtime: mpirun kills what it has started a
moment after it has asked it to end, and the runtime, in a session of its own, has more to do than that moment
allows. It travels to nodes as it is, and uses nothing but Python's own library.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

RETRY_EXIT_CODE = 241
"""modelyard_node.codes.RETRY_EXIT_CODE."""

_ASKED_TO_END = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main() -> int:
    """Run the runtime as often as it takes; its last exit code, or that of a signal."""
    runtime = str(Path(__file__).resolve().with_name("runtime.pyz"))
    starts = int(os.environ.get("MODELYARD_STARTS", "1"))
    by_mpi = "MODELYARD_PROCESSES_PER_NODE" in os.environ
    # The service's port is any that was free; the runtime needs the next one too. By the run's id, all nodes
    # come to the same one, below those that Linux gives to whoever asks for any.
    os.environ.pop("MASTER_PORT", None)
    command = [sys.executable, "-I", runtime]
    if starts <= 1 and not by_mpi:
        os.execv(sys.executable, command)  # noqa: S606 (its own Python)
    running: list[subprocess.Popen[bytes]] = []
    asked: list[int] = []

    def pass_on(number: int, _: object) -> None:
        asked.append(number)
        for process in running:
            process.send_signal(number)

    for number in _ASKED_TO_END:
        signal.signal(number, pass_on)
    for start in range(1, starts + 1):
        process = subprocess.Popen(command, start_new_session=by_mpi)
        running[:] = [process]
        if asked:  # between the look at it and the start
            process.send_signal(asked[-1])
        code = process.wait()
        if code != RETRY_EXIT_CODE or asked or start == starts:
            return 128 - code if code < 0 else code
        sys.stderr.write(f"modelyard: it asked to be started again, start {start + 1} of {starts} at most\n")
        sys.stderr.flush()
    return RETRY_EXIT_CODE


if __name__ == "__main__":
    sys.exit(main())
