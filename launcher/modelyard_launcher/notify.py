"""Tells whoever is to be told that a run has ended: a webhook gets its record, a command its name and state.

It is done by whoever sees the end first and writes the last record: `job submit`, `job wait`, `job status` or
`job supervise`. What can't be told is said and changes nothing: the run has ended as it has.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from modelyard_launcher.job.notify import Notify
from modelyard_launcher.outcomes import DeniedError
from modelyard_launcher.records import RunRecord
from modelyard_node.keys import told_key

if TYPE_CHECKING:
    from modelyard_launcher.stores import Store

TOLD_SCHEMA = "modelyard.told/1"

TRIES = 3

PAUSE_SECONDS = 1.0
"""Before the second try; twice as long before the third."""

WEBHOOK_SECONDS = 10.0
"""What one try may take."""

COMMAND_SECONDS = 60.0
"""What the command may take."""

_TRANSIENT = (408, 425, 429, 500, 502, 503, 504)
"""Answers after which another try makes sense (RFC 9110, RFC 8470, RFC 6585)."""


def may_tell(store: Store, record: RunRecord) -> bool:
    """Whether it is for this process to tell of a run's end: of all who see an end, one does. A run that is
    taken up again has another end, by its next submission. Raises SurroundingsError.
    """
    key = told_key(record.run_id)
    number = record.submissions[-1].number if record.submissions else 1
    # (no two write the same: who has written it knows)
    document = {"schema": TOLD_SCHEMA, "submission": number, "by": uuid.uuid4().hex}
    content = json.dumps(document).encode()
    found = store.get_tagged(key)
    try:
        if found is None:
            return store.create(key, content)
        return _told_before(found.data) < number and store.replace(key, content, found.tag)
    except DeniedError:  # who may only look on can't say that it was told: it is others' to tell
        return False


def _told_before(content: bytes) -> int:
    """The submission whose end was told of; an older modelyard wrote none, and told of the first."""
    try:
        document: object = json.loads(content)
    except ValueError:
        return 1
    told = cast("Mapping[str, object]", document).get("submission") if isinstance(document, dict) else None
    return told if isinstance(told, int) else 1


def tell(notify: Notify, record: RunRecord, *, pause: Callable[[float], None] = time.sleep) -> list[str]:
    """Tell of the end of a run; what went wrong, a sentence each. Nothing is raised."""
    if record.state not in notify.on:
        return []
    troubles = [
        _post(notify.webhook, record, pause) if notify.webhook else None,
        _run(notify.command, record) if notify.command else None,
    ]
    return [trouble for trouble in troubles if trouble is not None]


def _post(url: str, record: RunRecord, pause: Callable[[float], None]) -> str | None:
    """Post the record. The address itself may be a secret: only its host is ever shown."""
    host = urlsplit(url).hostname
    body = json.dumps(told_of(record)).encode()
    trouble = ""
    for number in range(TRIES):
        if number:
            pause(PAUSE_SECONDS * 2 ** (number - 1))
        request = urllib.request.Request(  # noqa: S310 (https, or http on the loopback: the job's file is checked)
            url, body, {"Content-Type": "application/json", "User-Agent": "modelyard"}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=WEBHOOK_SECONDS):  # noqa: S310
                return None
        except urllib.error.HTTPError as error:
            trouble = f"it answered {error.code} {error.reason}"
            error.close()
            if error.code not in _TRANSIENT:
                break
        except OSError as error:  # URLError and time-outs among them
            trouble = str(getattr(error, "reason", error)) or type(error).__name__
    return f"the webhook at {host} wasn't told: {trouble}"


def told_of(record: RunRecord) -> dict[str, object]:
    """What a webhook gets: how the run ended, without the job's texts and the target."""
    document = record.as_dict()
    kept = ("schema", "run_id", "state", "reason", "exit_code", "backend", "environment", "pool", "num_nodes")
    times = ("created", "ended", "spent_usd", "owner")
    return {"text": sentence(record), **{name: document[name] for name in (*kept, *times)}}


def sentence(record: RunRecord) -> str:
    """The end of a run in a sentence, which chat services show."""
    return f"{record.run_id} {record.state}" + (f": {record.reason}" if record.reason else "")


def _run(command: str, record: RunRecord, environ: Mapping[str, str] = os.environ) -> str | None:
    variables = {
        **environ,
        "MODELYARD_RUN_ID": record.run_id,
        "MODELYARD_STATE": record.state,
        "MODELYARD_REASON": record.reason or "",
    }
    failed = "the command that tells of the end"
    try:
        process = subprocess.Popen(
            ["/bin/sh", "-e", "-c", command], env=variables, stdin=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as error:
        return f"{failed} can't be run: {error.strerror}"
    try:
        code = process.wait(COMMAND_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return f"{failed} took longer than {COMMAND_SECONDS:g} seconds and was ended"
    return f"{failed} exited with code {code}" if code else None
