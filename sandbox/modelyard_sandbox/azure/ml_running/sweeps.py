"""Sweeps: each trial is a command job of its own, some at once, as many as the limits say.

A trial is called by its sweep's name and its number. The sweep has succeeded if any trial has. Which trial is
the best isn't known: metrics are MLflow's, and nobody takes them here.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.ml.common import JOB
from modelyard_sandbox.azure.manager.ml.durations import duration
from modelyard_sandbox.azure.manager.ml.job_runs import RUN, JobRun, run_of
from modelyard_sandbox.azure.manager.ml.jobs import SPACE, cancel
from modelyard_sandbox.azure.manager.ml.search_spaces import read_space, trials
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.ml_running import reasons

PARAMETER = re.compile(r"\$\{\{\s*search_space\.([^}\s]+)\s*\}\}")
LONGEST = timedelta(days=3_650)
"""As good as no limit, and within any calendar."""
SHARED = ("computeId", "experimentName", "identity", "inputs", "outputs", "queueSettings")
"""What trials have of their sweep."""


@dataclass(eq=False)
class Sweep:
    """A sweep that isn't over; guarded by the resource manager's turn."""

    id: ResourceId
    run: JobRun
    waiting: list[dict[str, str]]
    """What the trials that haven't begun are given."""
    at_once: int
    deadline: datetime
    trials: list[Resource] = field(default_factory=list[Resource])
    is_late: bool = False

    @classmethod
    def of(cls, job: Resource, now: datetime) -> Sweep:
        """The sweep that a job is."""
        limits: Body = job.properties["limits"]
        sampling: Body = job.properties["samplingAlgorithm"]
        space = read_space(job.properties[SPACE], grid=sampling["samplingAlgorithmType"] == "Grid")
        run = run_of(job)
        run.status, run.started, run.queued = "Running", now, now
        longest = min(duration(limits["timeout"]) or LONGEST, LONGEST)
        return cls(
            job.id,
            run,
            trials(space, sampling, limits["maxTotalTrials"]),
            limits["maxConcurrentTrials"],
            now + longest,
        )

    def step(self, store: Store) -> list[Resource]:
        """Go on: the trials that are to begin now; its end is written down when the last one's has come."""
        now = store.now()
        if not self.is_late and now >= self.deadline:
            self.is_late = True
        if (self.run.cancel_asked or self.is_late) and self.waiting:
            self.waiting = []
        if self.run.cancel_asked or self.is_late:
            for trial in self.trials:
                if not run_of(trial).cancel_asked:
                    cancel(store, trial.id, {})
        open_ = sum(not run_of(trial).is_over for trial in self.trials)
        begun = [self._begun(store) for _ in range(min(self.at_once - open_, len(self.waiting)))]
        if not open_ and not begun:
            self._end(now)
        return begun

    def _end(self, now: datetime) -> None:
        if self.run.cancel_asked or self.is_late:
            self.run.end("Canceled", now)
        elif any(run_of(trial).status == "Completed" for trial in self.trials):
            self.run.end("Completed", now)
        else:
            self.run.end("Failed", now, reasons.no_trial())

    def _begun(self, store: Store) -> Resource:
        job, given = store.get(self.id), self.waiting.pop(0)
        assert job is not None  # noqa: S101  (a sweep that is gone goes no further)
        name = f"{self.id.name}_{len(self.trials)}"
        id_ = ResourceId(f"{self.id.text.rpartition('/')[0]}/{name}", JOB, name, self.id.parent)
        trial: Body = job.properties["trial"]
        shared = deepcopy({key: job.properties[key] for key in SHARED if key in job.properties})
        for output in shared.get("outputs", {}).values():
            # Where the service chose the place, each trial has its own.
            output["uri"] = output["uri"].replace(
                f"/paths/azureml/{self.id.name}/", f"/paths/azureml/{name}/"
            )
        command = PARAMETER.sub(lambda found: given.get(found[1], found[0]), trial["command"])
        limit = job.properties["limits"].get("trialTimeout")
        properties: Body = {
            **shared,
            **trial,
            "command": command,
            "displayName": name,
            "isArchived": False,
            "jobType": "Command",
            "properties": {},
            "services": {},
            "tags": dict(given),
        }
        if limit:
            properties["limits"] = {"jobLimitsType": "Command", "timeout": limit}
        made = store.write(id_, {"properties": properties, RUN: JobRun(parent=self.id.name)})
        self.trials.append(made)
        return made
