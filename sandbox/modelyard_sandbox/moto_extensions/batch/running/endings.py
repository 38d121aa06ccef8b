"""What follows when a container ends: the attempt is written down, and the job ends or is tried again.

Sources: AWS Batch user guide, "Job states", "Multi-node parallel jobs" and "Job lifecycle for MNP jobs" (the
outcome is the main node's, a child's end changes nothing, and with the main node the others are stopped),
"Job timeouts"; AWS Batch API reference, AttemptDetail and AttemptContainerDetail; 2026-11. A container whose
machine is gone has no exit code (nextstrain/cli#145).
"""

from __future__ import annotations

from typing import Any

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.batch.running import reasons
from modelyard_sandbox.moto_extensions.batch.running.dependencies import finish
from modelyard_sandbox.moto_extensions.batch.running.fleets import Fleet, Machine
from modelyard_sandbox.moto_extensions.batch.running.retries import is_retried
from modelyard_sandbox.moto_extensions.batch.running.run import Run, Task
from modelyard_sandbox.moto_extensions.batch.running.world import World, milliseconds


def end_task(world: World, task: Task, exit_code: int | None) -> None:
    """A container has ended, or will never start."""
    run, unit = task.run, task.unit
    task.is_over = True
    task.exit_code = None if task.is_lost else exit_code
    task.status_reason = task.status_reason or run.status_reason or reasons.ESSENTIAL_EXITED
    run.fleet.release([task.task_id])
    unit.container = _container(task)
    unit.attempts.append(_attempt(task))
    if unit is not run.job:
        unit.status = "SUCCEEDED" if _succeeded(task) else "FAILED"
        unit.reason, unit.stopped_at = task.status_reason, clock.now()
    if task.is_main:
        _judge(world, run, task)
    if run.is_over:
        conclude(world, run)


def conclude(world: World, run: Run) -> None:
    """Nothing of the attempt is left."""
    world.runs.pop(run.job.job_id, None)
    if run.is_retried:
        world.wait_in_line(run.job, first=True)


def stop(run: Run, status_reason: str | None) -> None:
    """Ask all containers of an attempt to end."""
    run.status_reason = run.status_reason or status_reason
    for task in run.tasks:
        if not task.is_over and task.process is not None:
            task.process.stop()


def fail_machine(world: World, fleet: Fleet, machine: Machine) -> None:
    """A machine is gone, and all that is on it."""
    fleet.remove(machine)
    for run in world.runs.values():
        for other in run.tasks:
            if other.machine is machine and not other.is_over:
                other.is_lost = True
                other.status_reason = reasons.host_terminated(machine.instance_id)
                if other.process is not None:
                    other.process.kill()


def _judge(world: World, run: Run, main: Task) -> None:
    job = run.job
    run.is_judged = True
    if main.unit is not job:
        job.container, job.started_at = main.unit.container, main.started_at
        job.attempts.append(main.unit.attempts[-1])
    succeeded = _succeeded(main)
    run.is_retried = not succeeded and _may_be_retried(run, main)
    stop(run, None)
    for task in run.tasks:
        if task.process is None and not task.is_over:
            # It was not launched: with the main node's end there is no reason to.
            task.is_over = True
            run.fleet.release([task.task_id])
            task.unit.status, task.unit.reason = "FAILED", main.status_reason
            task.unit.stopped_at = clock.now()
    if not run.is_retried:
        finish(world, job, "SUCCEEDED" if succeeded else "FAILED", main.status_reason)


def _may_be_retried(run: Run, main: Task) -> bool:
    if run.job.ended_by is not None or main.status_reason == reasons.TIMED_OUT:
        return False
    return is_retried(
        run.job.submission.retry_strategy,
        len(run.job.attempts),
        exit_code=main.exit_code,
        reason=main.reason,
        status_reason=main.status_reason,
    )


def _succeeded(task: Task) -> bool:
    return task.exit_code == 0 and task.status_reason == reasons.ESSENTIAL_EXITED


def _container(task: Task) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "containerInstanceArn": task.machine.container_instance_arn,
        "taskArn": task.run.fleet.task_arn(task.task_id),
        "networkInterfaces": [],
        "exitCode": task.exit_code,
        "reason": task.reason,
        "logStreamName": task.log.name if task.log else None,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _attempt(task: Task) -> dict[str, Any]:
    shown = {
        "container": _container(task),
        "startedAt": milliseconds(task.started_at) if task.started_at else None,
        "stoppedAt": milliseconds(clock.now()),
        "statusReason": task.status_reason,
    }
    return {name: value for name, value in shown.items() if value is not None}


def show_running(task: Task) -> None:
    """A container runs from now on."""
    task.started_at = clock.now()
    for one in {id(one): one for one in (task.unit, *([task.run.job] if task.is_main else []))}.values():
        one.status, one.started_at, one.container = "RUNNING", task.started_at, _container(task)
    if task.is_main:
        task.run.begin(task.started_at)
