"""The launcher as a library, for notebooks and pipelines: what the command line is made of.

    from modelyard_launcher import Launcher

    yard = Launcher("dev")
    print(yard.plan("job.yaml").as_dict()["cost"])
    run = yard.submit("job.yaml")
    run.wait()
    for rank, line in run.lines():
        print(rank, line)

Errors are `modelyard.errors.InputError` for what the caller can mend and `SurroundingsError` for all else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.errors import InputError, Problem
from modelyard_launcher.backends import Backend, LaunchContext, default_backend, open_backend
from modelyard_launcher.run import Run, nothing
from modelyard_launcher.target import Place, find_place, resolve_target, resolve_target_for_plan

if TYPE_CHECKING:
    from modelyard_launcher.containers.building import Built
    from modelyard_launcher.containers.recipe import Recipe, Wishes
    from modelyard_launcher.job import Job
    from modelyard_launcher.load import LoadedJob
    from modelyard_launcher.plan import Plan
    from modelyard_launcher.preflight.running import Checked
    from modelyard_launcher.supervise.loop import Move


class Launcher:
    """An environment that jobs are submitted to.

    Args:
        env: name of the environment, or the path of its YAML; without it, the project's only one.
        target: path of a launch target (modelyard.target/1), or the URI of the checkpoint store that belongs
            to it, in place of an environment.
        backend: `aws_batch`, `azure_ml`, or `local` for this machine; by default the environment's own.
        project: directory of the project; without it, the nearest one with a Pulumi.yaml.
        container: with the local backend, run nodes as containers of the job's image.
        engine: what runs these: docker or podman, or the path of one; by default the first that can be used.

    Raises:
        InputError: there is no such environment, target or backend.
    """

    def __init__(
        self,
        env: str | None = None,
        *,
        target: str | Path | None = None,
        backend: str | None = None,
        project: str | Path | None = None,
        container: bool = False,
        engine: str | None = None,
    ) -> None:
        self.place: Place = find_place(env, target, project=Path(project) if project else None)
        self._backend_name = backend or default_backend(self.place.cloud)
        _must_be_local(self._backend_name, container)
        recovery = self.place.target is not None and self.place.target.recovery
        self.context = LaunchContext(
            self.place.project,
            self.place.access,
            self.place.checkpoints_uri,
            recovery=recovery,
            container=container,
            engine=engine,
        )

    @cached_property
    def backend(self) -> Backend:
        """Where jobs run."""
        return open_backend(self._backend_name, self.context)

    def plan(self, job: Job | Mapping[str, Any] | str | Path) -> Plan:
        """What submitting a job would mean; nothing is submitted. Without a running environment the plan is
        made from its YAML, and says so.

        A job is the path of its YAML, a mapping as the YAML has it, or a Job; of the last two, relative paths
        begin at the working directory.
        """
        loaded = _loaded(job)
        return self.backend.plan(loaded, resolve_target_for_plan(self.place))

    def submit(
        self,
        job: Job | Mapping[str, Any] | str | Path,
        *,
        detach: bool = True,
        on_line: Callable[[int, str], None] = nothing,
        on_event: Callable[[str], None] = nothing,
    ) -> Run:
        """Submit a job. Without `detach`, see it through: `on_line` takes what each rank writes, `on_event`
        what happens.
        """
        loaded, backend = _loaded(job), self.backend
        plan = backend.plan(loaded, resolve_target(self.place))
        record = backend.submit(plan, detach=detach, on_line=on_line, on_event=on_event)
        run = Run(self, record)
        run.tell_of_the_end(on_event)
        return run

    def plan_image(self, job: Job | Mapping[str, Any] | str | Path, wishes: Wishes | None = None) -> Recipe:
        """How the image of a job would be built: the exact commands; nothing is built."""
        from modelyard_launcher.containers.planning import plan_build
        from modelyard_launcher.containers.recipe import Wishes

        return plan_build(_loaded(job), resolve_target_for_plan(self.place).target, wishes or Wishes())

    def build_image(
        self,
        job: Job | Mapping[str, Any] | str | Path,
        wishes: Wishes | None = None,
        *,
        on_line: Callable[[str], None] = nothing,
    ) -> Built:
        """Build the image of a job, and push it to the environment's registry unless `wishes` say otherwise.
        `on_line` takes what the engine writes.
        """
        from modelyard_launcher.containers.building import build_image
        from modelyard_launcher.containers.planning import plan_build
        from modelyard_launcher.containers.recipe import Wishes

        recipe = plan_build(_loaded(job), resolve_target(self.place).target, wishes or Wishes())
        return build_image(recipe, self.place.access, on_line)

    def plan_supervisor_image(self, wishes: Wishes | None = None) -> Recipe:
        """How the image of a supervisor in the environment would be built."""
        from modelyard_launcher.containers.recipe import Wishes
        from modelyard_launcher.containers.supervisor import plan_supervisor_image

        return plan_supervisor_image(resolve_target_for_plan(self.place).target, wishes or Wishes())

    def build_supervisor_image(
        self, wishes: Wishes | None = None, *, on_line: Callable[[str], None] = nothing
    ) -> Built:
        """Build and push the image of a supervisor in the environment, unless it is there already."""
        from modelyard_launcher.containers.recipe import Wishes
        from modelyard_launcher.containers.supervisor import build_supervisor_image

        target = resolve_target(self.place).target
        return build_supervisor_image(target, wishes or Wishes(), self.place.access, on_line)

    def preflight(
        self, job: Job | Mapping[str, Any] | str | Path, *, on_event: Callable[[str], None] = nothing
    ) -> Checked:
        """Check the nodes that a job would get and the network between them, without its program."""
        from modelyard_launcher.preflight.running import check_nodes

        return check_nodes(self.context, self.backend, _loaded(job), resolve_target(self.place), on_event)

    def run(self, run_id: str) -> Run:
        """A run by its id. Raises InputError if there is none."""
        return Run(self, self.context.runs.read(run_id))

    def supervise(
        self,
        run_id: str,
        *,
        on_event: Callable[[str], None] = nothing,
        away_limit_seconds: float | None = None,
        poll_seconds: float | None = None,
    ) -> Supervised:
        """See a run through failures that aren't its own: it is submitted again from its newest checkpoint,
        in the recovery region if the job allows that, until it ends or reaches a limit.

        Args:
            run_id: the run.
            on_event: takes what happens, a sentence each.
            away_limit_seconds: how long a region may not answer before it counts as lost.
            poll_seconds: how often the run is looked at.

        Raises:
            SupervisedElsewhereError: somebody else supervises it.
        """
        from modelyard_launcher.supervise.begin import supervisor_of
        from modelyard_launcher.supervise.loop import AWAY_LIMIT_SECONDS, POLL_SECONDS

        supervisor = supervisor_of(
            self.place,
            run_id,
            on_event,
            away_limit_seconds=AWAY_LIMIT_SECONDS if away_limit_seconds is None else away_limit_seconds,
            poll_seconds=POLL_SECONDS if poll_seconds is None else poll_seconds,
        )
        record = supervisor.run()
        run = Run(self, record, supervisor.site.context)
        run.tell_of_the_end(on_event)
        return Supervised(run, supervisor.moves)

    def plan_supervision_in_cloud(
        self, run_id: str, options: Sequence[str] = (), image: str | None = None
    ) -> Plan:
        """What supervising a run by a small job of its own environment would mean.

        Args:
            run_id: the run.
            options: of `job supervise`, as the command line takes them.
            image: one with modelyard in it; without it, this version's own in the environment's registry.
        """
        from modelyard_launcher.supervise.in_cloud import plan_in_cloud

        record = self.context.runs.read(run_id)
        return plan_in_cloud(self.context, resolve_target(self.place), record, list(options), image)

    def supervise_in_cloud(self, plan: Plan, on_event: Callable[[str], None] = nothing) -> Run:
        """Submit a supervisor that was planned; the supervisor's own run."""
        from modelyard_launcher.supervise.in_cloud import submit_in_cloud

        return Run(self, submit_in_cloud(self.context, plan, on_event))

    def runs(self, limit: int = 20) -> list[Run]:
        """The newest runs, the newest first."""
        return [Run(self, record) for record in self.context.runs.newest(limit)]


@dataclass(frozen=True, slots=True)
class Supervised:
    """How a supervised run ended."""

    run: Run
    moves: Sequence[Move]
    """Its moves to another region, with the steps and the time that they cost."""


def _must_be_local(backend: str, container: bool) -> None:
    """Raise InputError for a wish for containers where nodes are always some."""
    if container and backend != "local":
        problem = Problem(
            field="--container",
            given=backend,
            message="nodes of this backend are always containers",
            allowed="--container with the local backend",
            mend="leave it out, or add --backend local to try the job on this machine",
        )
        raise InputError([problem])


def _loaded(job: Job | Mapping[str, Any] | str | Path) -> LoadedJob:
    from modelyard_launcher.load import given_job, load_job

    return load_job(Path(job)) if isinstance(job, str | Path) else given_job(job)
