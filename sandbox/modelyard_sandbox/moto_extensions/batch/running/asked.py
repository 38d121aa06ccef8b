"""What the server answers by itself about jobs: containers ask who they are, clients ask what runs and set
faults.

Nothing here is AWS's but the answers to containers, which `task_roles` words.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from modelyard_sandbox.job_faults import JobFault
from modelyard_sandbox.moto_extensions.batch.running.endings import fail_machine
from modelyard_sandbox.moto_extensions.batch.running.engine import engine, is_running
from modelyard_sandbox.turn import TURN


def task_answer(path: str, token: str) -> tuple[int, dict[str, Any]]:
    """What a container is answered."""
    return engine().roles.answer(path, token)


def set_faults(faults: list[JobFault], add: bool) -> int:
    """Let these happen to jobs, those that run included; those before stay or go. To how many that run."""
    with TURN:
        struck = engine().set_faults(faults, add=add)
    engine().wake()
    return struck


def lose_regions(regions: frozenset[str]) -> None:
    """Let what runs in these regions end, and nothing start there until they are given back."""
    with TURN:
        world = engine().world
        world.rehearsal.lost_regions = regions
        lost = [
            task
            for run in world.runs.values()
            if run.job.backend.region_name in regions
            for task in run.tasks
            if not task.is_over
        ]
        for task in lost:
            fail_machine(world, task.run.fleet, task.machine)
    engine().wake()


def unfinished() -> list[dict[str, Any]]:
    """The jobs that aren't over, for people; of an array its parent stands for all."""
    if not is_running():
        return []
    with TURN:
        world = engine().world
        jobs = {id(shown): shown for job in world.unfinished() for shown in [job.parent or job]}
        containers = Counter(
            id(run.job.parent or run.job)
            for run in world.runs.values()
            for task in run.tasks
            if not task.is_over
        )
        return [
            {
                "jobId": job.job_id,
                "name": job.submission.name,
                "status": job.status,
                "reason": job.reason,
                "account": job.backend.account_id,
                "region": job.backend.region_name,
                "queue": job.submission.queue.name,
                "containers": containers[key],
            }
            for key, job in jobs.items()
        ]
