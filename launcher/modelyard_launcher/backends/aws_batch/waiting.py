"""Why a job waits, in plain words.

Batch tells a reason only of the job at the head of a queue that it takes for stuck. Whoever asks earlier, or
isn't at the head, has to look at the queue, at the machines behind it, and at who else waits. Source of the
reasons: AWS Batch User Guide, "Jobs stuck in a RUNNABLE status", 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from modelyard.outputs import LaunchTarget, PoolTarget
from modelyard.planning.queues import NEVER_STARTS
from modelyard_launcher.durations import duration_text
from modelyard_launcher.job.fields import instant

STARTING_MINUTES = 10
"""What machines take to start, at most, as a rule: Batch looks at its queues every minute or so, EC2 starts a
large type in some minutes, and the image is pulled. A choice of ours; AWS promises nothing."""


@dataclass(frozen=True, slots=True)
class Told:
    """What Batch says of a job that waits, and what that means."""

    pattern: str
    """How its words begin."""
    message: str
    mend: str


REASONS: tuple[Told, ...] = (
    Told(
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        "EC2 has no {type} to give at the moment",
        "it starts by itself as soon as there are machines, and costs nothing until then; to be sure of "
        "them, take a pool with a reservation or a capacity block",
    ),
    Told(
        "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        "the job needs {need} CPUs, more than pool {pool} may have ({most})",
        "it will never start: cancel it, and take fewer nodes or raise the pool's max_nodes",
    ),
    Told(
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
        "no machine of pool {pool} ({type}) has what the job asks for: {amounts}",
        "it will never start: cancel it, and ask for less, memory above all: the system keeps a part of it",
    ),
    Told(
        "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS",
        "Batch's own role may not do what starting machines takes",
        "ask whoever runs the environment to bring it up with `pulumi up`, which sets the role right",
    ),
    Told(
        "MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED",
        "EC2 doesn't start {type} as the pool's launch template has it",
        "ask whoever runs the environment: its zones don't offer the type, or the network layout doesn't fit",
    ),
    Told(
        "ACTION_REQUIRED",
        "the compute environments of pool {pool} are invalid",
        "ask whoever runs the environment to bring it up with `pulumi up`; what is wrong stands below",
    ),
    Told(
        "UNDETERMINED",
        "Batch takes the job for stuck and doesn't know why",
        "what stands below is what can be seen from here; what happens to nodes as they start is in the log "
        "group of the environment's nodes",
    ),
)
"""What stands in statusReason of a job that waits."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to see around a job that waits."""

    now: datetime
    since: datetime | None
    """Since when it waits."""
    status_reason: str
    target: LaunchTarget
    pool: PoolTarget
    num_nodes: int
    queue: Mapping[str, Any] | None
    environments: Sequence[Mapping[str, Any]] = ()
    before: int | None = None
    """Jobs that come before it; None if it isn't near the front, or that can't be seen."""
    running: int = 0
    """Jobs of the queue that run."""
    requirements: Mapping[str, str] = field(default_factory=dict[str, str])
    """What each node asks for, by kind."""

    @property
    def need_vcpus(self) -> int:
        """CPUs of all nodes together."""
        return int(self.requirements.get("VCPU", self.pool.vcpus)) * self.num_nodes

    @property
    def most_vcpus(self) -> int:
        """CPUs that the largest of the queue's compute environments may have: a gang isn't split."""
        limits = [(each.get("computeResources") or {}).get("maxvCpus", 0) for each in self.environments]
        return max(limits, default=0)


def why(scene: Scene) -> tuple[str, list[str]]:
    """Why a job waits, and what else there is to know, the most telling first."""
    reasons = [*_told(scene), *_queue(scene), *_window(scene), *_machines(scene), *_others(scene)]
    if not reasons:
        reasons = list(_starting(scene))
    return reasons[0], reasons[1:]


def _told(scene: Scene) -> Iterator[str]:
    known = {
        "type": scene.pool.instance_type,
        "pool": scene.pool.name,
        "need": f"{scene.need_vcpus:,}",
        "most": f"{scene.most_vcpus:,}",
        "amounts": ", ".join(f"{kind} {amount}" for kind, amount in scene.requirements.items()),
    }
    for told in REASONS:
        if scene.status_reason.startswith(told.pattern):
            yield told.message.format(**known)
            yield told.mend
            limit = scene.pool.runnable_limit_minutes
            if told.pattern in NEVER_STARTS and limit is not None:
                yield f"the queue cancels such jobs after {limit} minutes at its head"
            return
    if scene.status_reason:
        yield f"Batch says: {scene.status_reason}"


def _queue(scene: Scene) -> Iterator[str]:
    queue = scene.queue
    if queue is None:
        yield "its queue isn't there any more: the pool was replaced or removed; cancel it, and submit anew"
        return
    if queue.get("state") == "DISABLED":
        yield "its queue is closed: what waits in it stays until it opens again" + _hours(scene)
    if queue.get("status") == "INVALID":
        yield f"its queue is invalid: {queue.get('statusReason') or 'Batch gives no reason'}"


def _hours(scene: Scene) -> str:
    hours = scene.target.open_hours
    if hours is None:
        return ""
    return f" (open {', '.join(hours.days)}, {hours.opens} to {hours.closes} {hours.time_zone})"


def _window(scene: Scene) -> Iterator[str]:
    window = scene.pool.window
    if window is None:
        return
    if scene.now < instant(window.starts_at):
        yield f"the pool's capacity block starts at {window.starts_at}: there are no machines before"
    elif scene.now >= instant(window.drain_at):
        yield (
            f"the pool's capacity block is over: its machines are taken back since {window.drain_at}; "
            "cancel the job, and submit it to another pool"
        )


def _machines(scene: Scene) -> Iterator[str]:
    for environment in scene.environments:
        name = environment["computeEnvironmentName"]
        if environment.get("status") == "INVALID":
            told = environment.get("statusReason") or "Batch gives no reason"
            yield f"compute environment {name} is invalid: {told}"
        elif environment.get("state") == "DISABLED":
            yield f"compute environment {name} is switched off, and starts no machines"
    never = scene.status_reason.startswith("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE")
    if scene.environments and scene.need_vcpus > scene.most_vcpus and not never:
        yield (
            f"the job needs {scene.need_vcpus:,} CPUs, and the pool may have {scene.most_vcpus:,}: "
            "it will never start"
        )


def _others(scene: Scene) -> Iterator[str]:
    if scene.before:
        jobs = "1 job comes" if scene.before == 1 else f"{scene.before} jobs come"
        yield f"{jobs} before it in the queue"
    if scene.running and (scene.before or _is_full(scene)):
        yield f"{scene.running} {'job runs' if scene.running == 1 else 'jobs run'} in the queue now"


def _is_full(scene: Scene) -> bool:
    """Whether what runs may leave no room."""
    desired = sum((each.get("computeResources") or {}).get("desiredvCpus", 0) for each in scene.environments)
    return bool(scene.environments) and desired + scene.need_vcpus > scene.most_vcpus


def _starting(scene: Scene) -> Iterator[str]:
    if scene.since is None:
        yield "machines are being started for it"
        return
    waited = (scene.now - scene.since).total_seconds()
    yield f"machines are being started for it; it has waited for {duration_text(max(waited, 0))}"
    if waited > STARTING_MINUTES * 60:
        yield (
            f"that is longer than the {STARTING_MINUTES} minutes that starting takes as a rule: EC2 may have "
            f"no {scene.pool.instance_type} to give, or new nodes don't join (see their log group)"
        )
