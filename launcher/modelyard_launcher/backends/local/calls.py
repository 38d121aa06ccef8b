"""What a submission here asks of nobody: the local backend's part of submitting."""

from __future__ import annotations

from modelyard_launcher.backends.local.processes import host_name, is_alive, runs_here
from modelyard_launcher.records import RunRecord, RunStore, Submission, now


class LocalCaller:
    """Nothing is called: the processes are started once the record says that they will be."""

    def __init__(self, runs: RunStore, pool: str) -> None:
        self._runs = runs
        self._pool = pool

    def prepare(self) -> None:
        """Nothing has to be there."""

    def draft(self, run_id: str, number: int) -> Submission:
        """The submission of that number."""
        return Submission(
            number=number,
            backend="local",
            pool=self._pool,
            job_name=f"{run_id}-{number}",
            submitted=now(),
        )

    def call(self, record: RunRecord) -> Submission:
        """The submission, with the machine that it is on."""
        return record.submissions[-1].model_copy(update={"job_id": f"{host_name()}/{record.run_id}"})

    def look_up(self, submission: Submission) -> Submission | None:
        """The submission if somebody watches over its processes; None if it never got so far."""
        run_id = submission.job_name.rpartition("-")[0]
        supervisor = self._runs.read(run_id).supervisor
        if supervisor is None or not runs_here(supervisor) or not is_alive(supervisor):
            return None
        return submission
