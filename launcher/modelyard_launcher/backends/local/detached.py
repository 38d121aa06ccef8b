"""A supervisor in the background: `--detach` starts this module as a process in a session of its own."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from modelyard.errors import ModelyardError, SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.backends.local.supervisor import LocalRun, Supervision
from modelyard_launcher.records import RunRecord, RunStore
from modelyard_launcher.stores import open_store

_STARTED = b"started\n"

_START_SECONDS = 30.0


def start_detached(run: LocalRun, record: RunRecord, context: LaunchContext) -> None:
    """Start a supervisor for a run and return once it watches over it.

    The run goes to it by a pipe, credentials included: they are in no file and on no command line.
    """
    run.scratch.mkdir(parents=True, exist_ok=True)
    log = run.scratch / "supervisor.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],  # -P: nothing in the job's directory is imported
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            cwd=run.directory,
            start_new_session=True,
        )
    assert process.stdin is not None  # noqa: S101 (opened as pipes above)
    assert process.stdout is not None  # noqa: S101
    document = json.dumps(_document(run, record, context)).encode()
    try:
        process.stdin.write(document)
        process.stdin.close()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            word = process.stdout.readline() if selector.select(_START_SECONDS) else b""
    except BrokenPipeError:
        word = b""
    finally:
        with suppress(BrokenPipeError):  # what is still to be written has no reader
            process.stdin.close()
        process.stdout.close()
    if word != _STARTED:
        process.kill()
        process.wait()
        raise SurroundingsError(
            f"the supervisor of run {record.run_id} didn't start: "
            + log.read_text(errors="replace").strip()[-500:],
            "mend what it says, or submit without --detach",
        )
    # It goes on without this process, which therefore doesn't wait for it.
    process.returncode = 0


def _document(run: LocalRun, record: RunRecord, context: LaunchContext) -> dict[str, Any]:
    access, azure = context.access, isinstance(context.access, AzureAccess)
    return {"run": run.as_dict(), "azure": azure, "access": asdict(access), "record": record.as_dict()}


def main() -> int:
    """Supervise the run that comes on standard input; an exit code for nobody in particular."""
    document = json.loads(sys.stdin.buffer.read())
    run = LocalRun.read(document["run"])
    record = RunRecord.model_validate(document["record"])
    kind = AzureAccess if document["azure"] else S3Access
    runs = RunStore(open_store(run.checkpoints_uri, kind(**document["access"])))
    supervision = Supervision(
        run, runs, record, on_line=lambda *_: None, on_event=_say, on_start=_tell_the_starter
    )
    try:
        last = supervision.run()
    except ModelyardError as error:
        _say(str(error))
        return error.exit_code
    return 0 if last.state == "succeeded" else 1


def _tell_the_starter() -> None:
    """Say that the run is watched over, and let go of the pipe."""
    with suppress(BrokenPipeError):  # whoever started it is gone already
        os.write(1, _STARTED)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)


def _say(text: str) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
