"""Which waiting jobs are placed, and where: first come, first served, in each queue.

Sources: AWS Batch user guide, "Job queues" (the order of compute environments; a queue of higher priority
comes first), "Jobs stuck in a RUNNABLE status" (a job at the head that can't be placed blocks the queue, its
statusReason says why, and the queue's time limits cancel it), "Multi-node parallel jobs" (not on Spot
machines); 2026-11. Fair-share policies order nothing here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.batch.answers import kept_in
from modelyard_sandbox.moto_extensions.batch.running import reasons
from modelyard_sandbox.moto_extensions.batch.running.capacity import Need, need_of
from modelyard_sandbox.moto_extensions.batch.running.dependencies import finish
from modelyard_sandbox.moto_extensions.batch.running.fleets import Fleet
from modelyard_sandbox.moto_extensions.batch.running.hosts import directory_name
from modelyard_sandbox.moto_extensions.batch.running.job import Job
from modelyard_sandbox.moto_extensions.batch.running.run import Run, Task
from modelyard_sandbox.moto_extensions.batch.running.world import World
from modelyard_sandbox.running.settings import (
    PROCESSES_VARIABLE,
    nodes_max,
    processes_max,
)


def schedule(world: World, hosts: Path) -> list[Run]:
    """Place what can be placed; the attempts that start now."""
    started: list[Run] = []
    lines = [(line[0].submission.queue, line) for line in world.waiting.values() if _head(line)]
    # Of queues of one priority the one comes first that has waited longest: else a long one took all places.
    for queue, line in sorted(lines, key=lambda item: (-item[0].priority, world.served.get(item[0].arn, 0))):
        while (job := _head(line)) is not None:
            if world.rehearsal.is_lost(job.backend.region_name):
                break
            if world.containers() >= processes_max():
                return started
            run = _placed(world, job, hosts)
            if run is None:
                _look_whether_stuck(world, queue, job)
                if not job.is_over:
                    break
                continue
            line.popleft()
            started.append(run)
            world.runs[job.job_id] = run
            world.served[queue.arn] = next(world.turns)
    return started


def _head(line: deque[Job]) -> Job | None:
    while line and line[0].status != "RUNNABLE":
        line.popleft()
    return line[0] if line else None


def _placed(world: World, job: Job, hosts: Path) -> Run | None:
    if _lacks_capacity(world, job) or len(job.units()) > nodes_max():
        return None
    tasks = {uuid4().hex: unit for unit in job.units()}
    needs = {task_id: need_of(unit.properties()) for task_id, unit in tasks.items()}
    for fleet in _open_fleets(world, job):
        machines = fleet.place(needs, _only_type(job), sole=job.is_gang)
        if machines is None:
            continue
        run = Run(job, fleet, attempt=len(job.attempts) + 1)
        run.tasks = [
            Task(unit, run, task_id, machines[task_id], hosts / directory_name(unit, run.attempt))
            for task_id, unit in tasks.items()
        ]
        for one in {id(one): one for one in (job, *job.units())}.values():
            one.status, one.reason, one.reason_since, one.container = "STARTING", None, None, {}
        return run
    return None


def _lacks_capacity(world: World, job: Job) -> bool:
    return world.rehearsal.lacks_capacity(job.names, job.runnable_at or job.created_at, clock.now())


def _fleets(world: World, job: Job) -> list[Fleet]:
    return [world.fleet_of(environment, job) for environment in job.submission.queue.environments]


def _open_fleets(world: World, job: Job) -> list[Fleet]:
    """Those that may get it, first first."""
    kinds = ("EC2",) if job.is_gang else ("EC2", "SPOT", "FARGATE", "FARGATE_SPOT")
    records = kept_in(job.backend)
    return [
        fleet
        for fleet in _fleets(world, job)
        if fleet.environment.state == "ENABLED"
        and fleet.resources.get("type") in kinds
        and records.get(fleet.environment.arn, {}).get("transition") != "DELETING"
    ]


def _only_type(job: Job) -> str | None:
    """The instance type that a multi-node job's properties ask for."""
    return job.units()[0].properties().get("instanceType") if job.is_gang else None


def _look_whether_stuck(world: World, queue: Any, job: Job) -> None:
    """Say why the head of a queue will not start, if it won't; cancel it if the queue wants that by now."""
    reason = _stuck_reason(world, job)
    if reason != job.reason:
        job.reason, job.reason_since = reason, clock.now() if reason else None
    if reason is None or job.reason_since is None:
        return
    for action in kept_in(job.backend).get(queue.arn, {}).get("jobStateTimeLimitActions") or []:
        due = job.reason_since + timedelta(seconds=action["maxTimeSeconds"])
        if reason.startswith(action["reason"]) and due <= clock.now():
            for one in reversed(list(job.with_children())):
                finish(world, one, "FAILED", reasons.cancelled_when_stuck(action["reason"]))
            return


def _stuck_reason(world: World, job: Job) -> str | None:
    needs: Sequence[Need] = [need_of(unit.properties()) for unit in job.units()]
    only, fleets = _only_type(job), _open_fleets(world, job)
    if not fleets:
        return reasons.UNDETERMINED
    holding = [fleet for fleet in fleets if fleet.could_hold(needs, only)]
    if not holding:
        return reasons.JOB_RESOURCE
    if not any(fleet.is_large_enough(needs, only, sole=job.is_gang) for fleet in holding):
        return reasons.MAX_RESOURCE
    if len(needs) > nodes_max():
        return reasons.too_many_nodes(nodes_max(), f"{PROCESSES_VARIABLE}={processes_max()}")
    if _lacks_capacity(world, job):
        types = (item.type_name for fleet in holding for item in fleet.offers(only) if item.meets(needs[0]))
        return reasons.no_capacity(next(types, "FARGATE"))
    lacked = [fleet.lacked for fleet in holding if fleet.lacked]
    return reasons.no_capacity(lacked[0]) if lacked else None
