"""What containers write, as log streams of CloudWatch Logs, readable while they run.

Sources: AWS Batch API reference, LogConfiguration; AWS Batch user guide, "Use the awslogs log driver" (group
/aws/batch/job, stream `prefix/default/task id` with the definition's name as the prefix); Docker, "Amazon
CloudWatch Logs logging driver" (awslogs-region, awslogs-create-group); CloudWatch Logs API reference,
PutLogEvents (256 KiB, 26 bytes an event of its own); 2026-11.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

DEFAULT_GROUP = "/aws/batch/job"
DRIVER = "awslogs"
EVENT_BYTES_MAX = 262_144 - 26
FLUSH_SECONDS = 0.25


class LogStream:
    """A stream that takes a container's lines."""

    def __init__(self, backend: Any, group: str, name: str) -> None:
        self._backend = backend
        self._group = group
        self.name = name
        self._rest = b""
        self._events: list[dict[str, Any]] = []
        self._flushed_at = 0.0

    def take(self, chunk: bytes) -> None:
        """Take what was written; nothing is shown before `flush`."""
        *lines, rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._add(line)
        while len(rest) > EVENT_BYTES_MAX:
            self._add(rest[:EVENT_BYTES_MAX])
            rest = rest[EVENT_BYTES_MAX:]
        self._rest = rest

    def flush(self, *, at_last: bool = False) -> None:
        """Show what was taken, if the last time was a while ago. The caller holds the server's turn."""
        if at_last and self._rest:
            self._add(self._rest)
            self._rest = b""
        now = time.monotonic()
        if not self._events or (not at_last and now - self._flushed_at < FLUSH_SECONDS):
            return
        events, self._events, self._flushed_at = self._events, [], now
        # A group or stream that somebody deleted meanwhile takes nothing more, as on AWS.
        group = self._backend.groups.get(self._group)
        if group is not None and self.name in group.streams:
            self._backend.put_log_events(self._group, self.name, events)

    def _add(self, line: bytes) -> None:
        moment = int(time.time() * 1000)
        text = line.removesuffix(b"\r")
        for start in range(0, max(len(text), 1), EVENT_BYTES_MAX):
            piece = text[start : start + EVENT_BYTES_MAX].decode(errors="replace")
            # CloudWatch takes no empty events; Docker's driver leaves empty lines out.
            if piece:
                self._events.append({"timestamp": moment, "message": piece})


class NoLogGroupError(Exception):
    """The log group doesn't exist, and nobody asked for it to be made."""


def opened(
    properties: Mapping[str, Any], definition_name: str, task_id: str, account_id: str, region: str
) -> LogStream | None:
    """The stream of a container, made; None if its output goes elsewhere.

    Raises:
        NoLogGroupError: its group doesn't exist.
    """
    from moto.logs.models import logs_backends

    configuration: Mapping[str, Any] = properties.get("logConfiguration") or {"logDriver": DRIVER}
    if configuration.get("logDriver") != DRIVER:
        return None
    options: Mapping[str, str] = configuration.get("options") or {}
    backend: Any = logs_backends[account_id][options.get("awslogs-region") or region]
    group = options.get("awslogs-group") or DEFAULT_GROUP
    if group == DEFAULT_GROUP or options.get("awslogs-create-group") == "true":
        backend.ensure_log_group(group)
    if group not in backend.groups:
        raise NoLogGroupError(group)
    prefix = options.get("awslogs-stream-prefix") or definition_name
    name = f"{prefix}/default/{task_id}"
    backend.ensure_log_stream(group, name)
    return LogStream(backend, group, name)
