"""The same numbers to MLflow, where there is one: MLFLOW_TRACKING_URI is set and the library is installed."""

from __future__ import annotations

import math
import os
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, Literal

from modelyard_training.contract import JobContext

Status = Literal["FINISHED", "FAILED", "KILLED"]

CLOSE_SECONDS = 10
"""How long a process that is done waits for what it hasn't sent. Who is asked to stop hasn't much longer."""

_MOST_UNSENT = 10_000
_QUIET = {
    # In a closed network its reports of its own use would only run into timeouts.
    "MLFLOW_DISABLE_TELEMETRY": "true",
    # By itself it tries for minutes before it says that nobody answers.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
}


class MLflowLog:
    """Sends metrics from a thread of its own: training never waits for MLflow, and never fails because of it.

    All attempts at a run are one run of MLflow, found by its tag `modelyard.run_id`, in the experiment that
    MLFLOW_EXPERIMENT_NAME names, else in "modelyard". What can't be sent is tried again with what comes next.
    """

    @classmethod
    def from_environment(cls, context: JobContext, parameters: Mapping[str, Any]) -> MLflowLog | None:
        """The log, or None if nobody asked for one or the library isn't installed, which is told."""
        if not os.environ.get("MLFLOW_TRACKING_URI"):
            return None
        if find_spec("mlflow") is None:
            _warn("MLFLOW_TRACKING_URI is set, but mlflow isn't installed: pip install mlflow-skinny")
            return None
        for name, value in _QUIET.items():
            os.environ.setdefault(name, value)
        return cls(context, parameters)

    def __init__(self, context: JobContext, parameters: Mapping[str, Any]) -> None:
        self._context, self._parameters = context, dict(parameters)
        self._queue: queue.SimpleQueue[list[tuple[str, float, int, int]] | Status] = queue.SimpleQueue()
        self._unsent: deque[tuple[str, float, int, int]] = deque(maxlen=_MOST_UNSENT)
        self._client: Any = None
        self._run: str = ""
        self._warned = False
        self._thread = threading.Thread(target=self._send_all, name="mlflow", daemon=True)
        self._thread.start()

    def record(self, kind: str, *, step: int, **numbers: float) -> None:
        """Send a line's numbers as `kind/name`, those that are finite."""
        now = time.time_ns() // 1_000_000
        finite = {name: value for name, value in numbers.items() if math.isfinite(value)}
        self._queue.put([(f"{kind}/{name}", value, now, step) for name, value in finite.items()])

    def close(self, status: Status) -> None:
        """Send what is left and how the attempt ended; waits for CLOSE_SECONDS at most."""
        self._queue.put(status)
        self._thread.join(CLOSE_SECONDS)
        if self._thread.is_alive():
            _warn(f"not done after {CLOSE_SECONDS} s; it lacks what was measured last")

    def _send_all(self) -> None:
        while True:
            item = self._queue.get()
            if not isinstance(item, str):
                self._unsent += item
            status = item if isinstance(item, str) else None
            try:
                self._send(status)
            except Exception as error:  # noqa: BLE001 - whatever it raises, training goes on
                self._complain(error, last=status is not None)
            if status:
                return

    def _send(self, status: Status | None) -> None:
        from mlflow.entities import Metric  # pyright: ignore[reportMissingImports]  # an extra

        run = self._run or self._open()
        self._client.log_batch(run, metrics=[Metric(*each) for each in self._unsent])
        self._unsent.clear()
        if status:
            self._client.set_terminated(run, status)

    def _open(self) -> str:
        """Find the run that an earlier attempt made, or make it."""
        from mlflow import MlflowClient  # pyright: ignore[reportMissingImports]  # an extra

        self._client = client = MlflowClient()
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or "modelyard"
        experiment = client.get_experiment_by_name(name)
        place = experiment.experiment_id if experiment else client.create_experiment(name)
        known = client.search_runs(
            [place], f"tags.`modelyard.run_id` = '{self._context.run_id}'", max_results=1
        )
        if known:
            run = known[0].info.run_id
            client.update_run(run, status="RUNNING")
        else:
            tags = {"modelyard.run_id": self._context.run_id}
            run = client.create_run(place, tags=tags, run_name=self._context.run_id).info.run_id
            for parameter, value in self._parameters.items():
                client.log_param(run, parameter, value)
        for tag, value in (("attempt", self._context.attempt), ("num_nodes", self._context.num_nodes)):
            client.set_tag(run, f"modelyard.{tag}", value)
        self._run = run
        return run

    def _complain(self, error: Exception, *, last: bool) -> None:
        if last:
            _warn(f"{len(self._unsent)} numbers and the end of the attempt couldn't be sent: {error}")
        elif not self._warned:
            _warn(f"{error}; it is tried again with every line of metrics")
        self._warned = True


def _warn(message: str) -> None:
    print(f"warning: MLflow: {message}", file=sys.stderr, flush=True)
