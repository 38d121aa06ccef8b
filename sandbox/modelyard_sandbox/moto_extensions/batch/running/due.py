"""Faults of machines that happen a while after a container has started."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from modelyard.planning.host.paths import NOTICES_PATH
from modelyard_sandbox.job_faults import JobFault
from modelyard_sandbox.moto_extensions.batch.running.endings import fail_machine
from modelyard_sandbox.moto_extensions.batch.running.reasons import OUT_OF_MEMORY
from modelyard_sandbox.moto_extensions.batch.running.run import Task
from modelyard_sandbox.moto_extensions.batch.running.world import World

AFTER_START = ("host_failure", "spot_interruption", "out_of_memory")
INSTANT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(slots=True)
class Due:
    """What happens to which container, and when by the machine's own clock."""

    world: World
    _planned: list[tuple[float, Task, Callable[[], None]]] = field(
        default_factory=list[tuple[float, Task, Callable[[], None]]]
    )

    def plan(self, task: Task) -> bool:
        """A container runs: note the fault that is meant for it; whether any is."""
        fault = self.world.rehearsal.of_start(task.run.job.names, task.unit.node, AFTER_START)
        if fault is None:
            return False
        at = time.monotonic() + (fault.after_seconds or 0.0)
        if fault.kind == "out_of_memory":
            self._planned.append((at, task, partial(_kill, task)))
        elif fault.kind == "host_failure":
            self._planned.append((at, task, partial(self._fail, task)))
        else:
            self._planned.append((at, task, partial(_announce, task, fault)))
            self._planned.append((at + fault.notice_seconds, task, partial(self._fail, task)))
        return True

    def _fail(self, task: Task) -> None:
        fail_machine(self.world, task.run.fleet, task.machine)

    def act(self) -> None:
        """Let happen what is due."""
        now = time.monotonic()
        due = [item for item in self._planned if item[0] <= now]
        self._planned = [item for item in self._planned if item[0] > now and not item[1].is_over]
        for _, task, happen in due:
            if not task.is_over:
                happen()


def _kill(task: Task) -> None:
    task.reason = OUT_OF_MEMORY
    if task.process is not None:
        task.process.kill()


def _announce(task: Task, fault: JobFault) -> None:
    """Write the host's notice (schema modelyard.notice/1, docs/reference/node.md)."""
    now = datetime.now(UTC)
    end = (now + timedelta(seconds=fault.notice_seconds)).strftime(INSTANT)
    notice = {
        "schema": "modelyard.notice/1",
        "kind": "spot_interruption",
        "at": end,
        "drain_at": end,
        "leave": True,
        "source": "spot/instance-action",
        "written_at": now.strftime(INSTANT),
    }
    directory = task.host / "host" / NOTICES_PATH.lstrip("/")
    directory.mkdir(parents=True, exist_ok=True)
    new = directory / "notice.new"
    new.write_text(json.dumps(notice) + "\n")
    new.replace(directory / "notice.json")
