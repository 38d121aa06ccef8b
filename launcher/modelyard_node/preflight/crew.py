"""The processes of one node that take part in all-reduces: one for each GPU, or one for the CPUs."""

from __future__ import annotations

import json
import os
import pkgutil
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from modelyard_node.preflight.network import Network, read_network

_PROGRAM = "allreduce.py"
_KILLED_SECONDS = 5.0
"""How long the end of a killed process is waited for."""

_LAST_WORDS = 300
"""Characters of what a process wrote that are told when it says nothing else."""

_LOG_BYTES = 1 << 20
"""What is read of NCCL's lines: which network it takes stands at the beginning."""

CPU_SIZES = (1 << 20, 8 << 20, 64 << 20)
GPU_SIZES = (16 << 20, 128 << 20, 1 << 30)
"""Bytes that are summed: small ones say how long a message takes, large ones how much goes through."""

CPU_BUDGET_SECONDS = 1.0
GPU_BUDGET_SECONDS = 20.0
"""What one size may take: larger ones are left out where they would take longer."""


class Task(NamedTuple):
    """What a node does in a round."""

    address: str
    """Where the group meets."""
    first: int
    """Rank of this node's first process in the group."""
    world: int
    """Processes of the group."""
    seconds: float
    """What it may take."""


class Crew:
    """The processes: started when there is something to do, and kept for the next round if they can be."""

    def __init__(
        self, python: str, framework: str, gpus: int, variables: Mapping[str, str], directory: Path
    ) -> None:
        """`gpus` is how many processes there are, each with a GPU; with 0 there is one, on the CPUs."""
        self._python, self._framework, self._gpus = python, framework, gpus
        self._variables, self._directory = variables, directory
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, seconds: float) -> dict[str, Any]:
        """Start the processes, and wait until each is ready; what goes wrong stands in `error`."""
        until = time.monotonic() + seconds
        try:
            self._start()
            result = merged(self._answers(until))
        except OSError as error:
            result = {"error": f"{self._python}: {error.strerror or error}"}
        if "error" in result:
            self.end()
        return result

    def do(self, task: Task) -> dict[str, Any]:
        """Take part in a group; how long each size took on this node's slowest process, and what NCCL said.

        Whatever goes wrong stands in `error`.
        """
        until = time.monotonic() + task.seconds
        result = {} if self._processes else self.start(task.seconds)
        if "error" not in result:
            try:
                self._command(task)
                result = merged(self._answers(until))
            except OSError as error:
                result = {"error": f"its processes went away: {error.strerror or error}"}
        if "error" in result or self._framework == "jax":
            # One that hangs can't be used again, and JAX joins a group once only.
            self.end()
        return {**result, "network": self._network()._asdict()}

    def end(self) -> None:
        """End the processes, whatever they do."""
        for process in self._processes:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):
                    if stream is not None:
                        stream.close()
            with suppress(subprocess.TimeoutExpired):  # one that waits for a device can't be ended
                process.wait(_KILLED_SECONDS)
        self._processes = []

    def _start(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        program = self._directory / _PROGRAM
        program.write_bytes(pkgutil.get_data(__name__, _PROGRAM) or b"")
        for local in range(max(self._gpus, 1)):
            device = local if self._gpus else -1
            with self._words(local).open("wb") as words:
                self._processes.append(
                    subprocess.Popen(
                        [self._python, "-u", str(program), self._framework, str(device)],
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        stderr=words,
                        cwd=self._directory,
                        env=self._environment(local),
                        start_new_session=True,
                    )
                )

    def _environment(self, local: int) -> dict[str, str]:
        """What a process finds: what the job's program will, and that NCCL is to say what it does."""
        own = {
            "NCCL_DEBUG": "INFO",
            "NCCL_DEBUG_SUBSYS": "INIT,NET",
            "NCCL_DEBUG_FILE": str(self._directory / f"nccl-{local}.log"),
            "JAX_PLATFORMS": "cuda" if self._gpus else "cpu",
        }
        return {**self._variables, **own}

    def _command(self, task: Task) -> None:
        for local, process in enumerate(self._processes):
            command = {
                "address": task.address,
                "rank": task.first + local,
                "world": task.world,
                "seconds": task.seconds,
                "sizes": GPU_SIZES if self._gpus else CPU_SIZES,
                "budget": GPU_BUDGET_SECONDS if self._gpus else CPU_BUDGET_SECONDS,
            }
            assert process.stdin is not None  # noqa: S101 (opened as a pipe above)
            process.stdin.write(json.dumps(command).encode() + b"\n")
            process.stdin.flush()

    def _answers(self, until: float) -> list[dict[str, Any]]:
        """What each process answers, as far as it does in time."""
        answers: dict[int, dict[str, Any]] = {}
        with selectors.DefaultSelector() as selector:
            for local, process in enumerate(self._processes):
                assert process.stdout is not None  # noqa: S101 (opened as a pipe above)
                selector.register(process.stdout, selectors.EVENT_READ, (local, bytearray()))
            while len(answers) < len(self._processes):
                ready = selector.select(max(until - time.monotonic(), 0))
                if not ready:
                    late = [{"error": "it didn't come to an end in time", "late": True}]
                    return [*answers.values(), *late]
                for key, _ in ready:
                    local, read = key.data
                    chunk = os.read(key.fd, 65_536)
                    read += chunk
                    if b"\n" in read or not chunk:
                        selector.unregister(key.fileobj)
                        answers[local] = json.loads(read) if chunk else {"error": self._last_words(local)}
        return list(answers.values())

    def _network(self) -> Network:
        """What NCCL said, in this node's first process."""
        try:
            with (self._directory / "nccl-0.log").open("rb") as file:
                return read_network(file.read(_LOG_BYTES).decode(errors="replace"))
        except OSError:
            return Network()

    def _words(self, local: int) -> Path:
        return self._directory / f"words-{local}.log"

    def _last_words(self, local: int) -> str:
        """Why a process went away."""
        text = self._words(local).read_text(errors="replace").strip()
        return (
            f"it ended before its time: {text.splitlines()[-1][-_LAST_WORDS:] if text else 'without a word'}"
        )


def first_error(wrong: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Of several that failed, the one that says most: wrong sums before what broke off, and last of all who
    waited in vain.
    """
    return min(wrong, key=lambda each: (not each.get("wrong"), bool(each.get("late"))))


def merged(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """The answers of a node's processes as one: the slowest counts, and the first that knows what failed."""
    wrong = [answer for answer in answers if "error" in answer]
    if wrong:
        return dict(first_error(wrong))
    if not all("sizes" in answer for answer in answers):
        return {}
    seconds = [dict(answer["sizes"]) for answer in answers]
    sizes = [size for size in seconds[0] if all(size in each for each in seconds)]
    return {"sizes": [[size, max(each[size] for each in seconds)] for size in sizes]}
