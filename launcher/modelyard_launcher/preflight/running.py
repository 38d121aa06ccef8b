"""Runs the check of a job's nodes by itself, and reads what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from modelyard_launcher.backends import Backend, LaunchContext
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.preflight.only import check_only
from modelyard_launcher.preflight.verdicts import Verdict, read_verdict
from modelyard_launcher.records import RunRecord
from modelyard_launcher.resolved import ResolvedTarget

SCHEMA = "modelyard.checked/1"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check."""

    record: RunRecord
    """The run that it was."""
    verdict: Verdict | None
    """None if it didn't come as far as one: the run's reason says why."""

    @property
    def passed(self) -> bool:
        """Whether nodes and network are as they should be."""
        return self.verdict is not None and self.verdict.passed and self.record.state == "succeeded"

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        record, verdict = self.record, self.verdict
        found: dict[str, Any] = dict(verdict.document) if verdict is not None else {}
        return {
            "schema": SCHEMA,
            "run_id": record.run_id,
            "environment": record.environment,
            "pool": record.pool,
            "passed": self.passed,
            "reason": record.reason,
            "num_nodes": record.num_nodes,
            "seconds": found.get("seconds"),
            **{name: found.get(name) or [] for name in ("checks", "faults", "bad_nodes")},
            "all_reduce": found.get("all_reduce"),
        }


def check_nodes(
    context: LaunchContext,
    backend: Backend,
    loaded: LoadedJob,
    resolved: ResolvedTarget,
    on_event: Callable[[str], None],
) -> Checked:
    """Check the nodes that a job would get, and wait for what comes of it."""
    plan = backend.plan(check_only(loaded), resolved)
    record = backend.submit(plan, detach=False, on_line=lambda *_: None, on_event=on_event)
    name = record.attempts[-1].name if record.attempts else None
    verdict = None if name is None else read_verdict(context.runs.store, record.run_id, name)
    return Checked(record, verdict)
