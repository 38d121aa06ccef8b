"""Azurite's process: started, told of accounts, ended; and ended by itself when the server is gone."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

from modelyard.errors import SurroundingsError
from modelyard_sandbox.azurite.accounts import key_of
from modelyard_sandbox.azurite.install import HERE, WITHOUT, Program

PRELOAD = HERE / "preload.js"
HOST = "127.0.0.1"
START_SECONDS = 25.0
"""How long Azurite has to answer; it takes one or two seconds."""
ANSWER_SECONDS = 5.0
END_SECONDS = 2.0
NOBODY = "nobody"
"""An account that stands for none: without any, Azurite has one whose key all the world knows."""
LISTENS = re.compile(r"successfully listens on http://[\d.]+:(\d+)")
LIST = re.compile(r"modelyard: list (\d+) of accounts")
LINES_SHOWN = 8


class Azurite:
    """A process that serves blobs.

    Args:
        program: what to run.
        directory: where it keeps blobs.
        log: where its output goes.
        accounts: those that it knows from the start.
        ended: called when it has ended by itself.

    Raises:
        SurroundingsError: it doesn't come up; the end of its output is in the message.
    """

    def __init__(
        self,
        program: Program,
        directory: Path,
        log: Path,
        accounts: Iterable[str],
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._log_path, self._changed = log, threading.Condition()
        self._ended: Callable[[], None] | None = ended
        self._lists_sent = self._lists_known = 0
        self.port, self._is_read = 0, True
        self._process = subprocess.Popen(
            [
                *(program.node, "--no-warnings", "--require", str(PRELOAD), str(program.main)),
                *("--blobHost", HOST, "--blobPort", "0", "--location", str(directory)),
                *("--silent", "--disableTelemetry", "--skipApiVersionCheck"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Ctrl-C in a terminal goes to the whole session: a teardown may still need the blobs.
            start_new_session=True,
            cwd=directory,
            env={
                **{name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ},
                "AZURITE_ACCOUNTS": _listed(accounts),
                "MODELYARD_AZURITE_PACKAGE": str(program.package),
            },
        )
        assert self._process.stdin is not None  # noqa: S101  (opened as a pipe above)
        assert self._process.stdout is not None  # noqa: S101  (opened as a pipe above)
        self._lifeline: IO[bytes] = self._process.stdin
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()
        if not self._wait(lambda: bool(self.port), START_SECONDS):
            self.stop()
            lines = log.read_text(errors="replace").splitlines()[-LINES_SHOWN:]
            raise SurroundingsError(
                f"Azurite did not come up: {WITHOUT}; it said\n    " + "\n    ".join(lines or ["nothing"]),
                f"see {log}; take {program.package.parents[1]} away to have it installed anew",
            )

    @property
    def endpoint(self) -> str:
        """Where it answers; an account's blobs are under its name."""
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def tell(self, accounts: Iterable[str]) -> bool:
        """Let it know these accounts and no others; whether it does now."""
        self._lists_sent += 1
        with suppress(BrokenPipeError):
            self._lifeline.write(f"{_listed(accounts)}\n".encode())
            self._lifeline.flush()
        return self._wait(lambda: self._lists_known >= self._lists_sent, ANSWER_SECONDS)

    def stop(self) -> None:
        """End it."""
        self._ended = None
        with suppress(BrokenPipeError):
            self._lifeline.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(END_SECONDS)

    def _wait(self, done: Callable[[], bool], seconds: float) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: done() or not self._is_read, seconds)
            return done()

    def _read(self, output: IO[bytes]) -> None:
        with output, self._log_path.open("wb") as log:
            self._log_path.chmod(0o600)
            for line in output:
                log.write(line)
                log.flush()
                self._hear(line.decode(errors="replace"))
        with self._changed:
            self._is_read = False
            self._changed.notify_all()
        if self._ended is not None and self.port:
            self._process.wait()
            self._ended()

    def _hear(self, line: str) -> None:
        listens, known = LISTENS.search(line), LIST.search(line)
        with self._changed:
            if listens:
                self.port = int(listens[1])
            if known:
                self._lists_known = int(known[1])
            self._changed.notify_all()


def _listed(accounts: Iterable[str]) -> str:
    return ";".join(f"{account}:{key_of(account)}" for account in sorted({NOBODY, *accounts}))
