"""One run of a job here, or one variant of a sweep: attempt after attempt, as a cluster would start them."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from modelyard_launcher.attempts import gather
from modelyard_launcher.backends.local.containers import container_command
from modelyard_launcher.backends.local.environment import (
    NodePlace,
    log_path,
    node_environment,
    node_name,
)
from modelyard_launcher.backends.local.gang import MAIN_RANK, Gang, GangOutcome, NodeCommand, StopSwitch
from modelyard_launcher.backends.local.processes import python_command
from modelyard_launcher.containers.node import ContainerSetup
from modelyard_launcher.records import Attempt, RankOutcome, State, now
from modelyard_launcher.stores import Store
from modelyard_node.codes import BROKEN, HOST, LEAVE_EXIT_CODE, RETRY_EXIT_CODE, SUCCEEDED
from modelyard_node.keys import attempt_name, variant_run_id
from modelyard_node.ports import free_port

KILLED = 128 + signal.SIGKILL

ENGINE_CODES = (125, 126, 127)
"""How an engine says that a container couldn't be run, or its first program not be found (docker-run(1))."""

LOST_NODES_MOST = 3
"""How often a lost main node is started again besides the attempts that the job asks for: as on a cluster."""

RUNTIME_GRACE_SECONDS = 15.0
"""What a node's runtime gets beyond the program's own grace, to write down how it ended."""


@dataclass(frozen=True, slots=True)
class TrialPlan:
    """What is run."""

    run_id: str
    submission: int
    variant: int | None
    num_nodes: int
    attempts: int
    """How often the program may be started."""
    retries_lost_nodes: bool
    checkpoints_uri: str
    spec_sha256: str
    directory: Path
    scratch: Path
    grace_seconds: float
    runtime: Path
    given: Mapping[str, str] = field(repr=False)
    """Access to the stores and secrets, as variables."""
    container: ContainerSetup | None = None
    """Set if nodes are containers."""

    @property
    def own_run_id(self) -> str:
        """Under which id its attempts lie in the store."""
        return self.run_id if self.variant is None else variant_run_id(self.run_id, self.variant)


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """How it ended."""

    state: State
    kind: str | None
    reason: str | None
    exit_code: int | None


class Trial:
    """Runs attempts until one is the last."""

    def __init__(
        self,
        plan: TrialPlan,
        store: Store,
        *,
        stop: StopSwitch,
        on_line: Callable[[int, str], None],
        on_event: Callable[[str], None],
        on_attempts: Callable[[list[Attempt]], None] = lambda _: None,
        known: Sequence[Attempt] = (),
    ) -> None:
        """`on_attempts` is told of the attempts whenever one has ended; `known` are those of submissions
        before.
        """
        self._plan = plan
        self._store = store
        self._stop = stop
        self._on_line = on_line
        self._on_event = on_event
        self._on_attempts = on_attempts
        self._attempts = list(known)

    def run(self) -> TrialOutcome:
        """Run it to its end."""
        most = self._plan.attempts + (LOST_NODES_MOST if self._plan.retries_lost_nodes else 0)
        number = 0
        while True:
            number += 1
            began = now()
            outcome = self._attempt(number)
            last = self._note(number, began, outcome)
            goes_on = outcome.exit_codes[MAIN_RANK] == RETRY_EXIT_CODE or (
                last.kind == HOST and last.exit_code is None and self._plan.retries_lost_nodes
            )
            if number == most or outcome.interrupted is not None or not goes_on:
                return self._judged(outcome, last)
            self._on_event(f"attempt {number} failed: {last.reason}; starting again")

    def _note(self, number: int, began: datetime, outcome: GangOutcome) -> Attempt:
        """Note an attempt as it left it in the store; of one whose main node was lost, what is known here."""
        code = outcome.exit_codes[MAIN_RANK]
        name = attempt_name(self._plan.submission, number)
        self._attempts = gather(self._store, self._plan.own_run_id, self._attempts)
        found = next((attempt for attempt in self._attempts if attempt.name == name), None)
        noted = found or Attempt(number=len(self._attempts) + 1, name=name, started=began)
        if noted.ended is None:
            lost = code == KILLED or (found is not None and code != 0)
            noted = noted.model_copy(
                update={
                    "ended": now(),
                    "kind": HOST if lost else BROKEN,
                    "reason": _unsaid(code, self._plan.container),
                    "exit_code": None if lost else code,
                    "ranks": _with_unheard(noted.ranks, outcome),
                }
            )
        self._attempts = [*(attempt for attempt in self._attempts if attempt.name != name), noted]
        self._on_attempts(self._attempts)
        return noted

    def _judged(self, outcome: GangOutcome, last: Attempt) -> TrialOutcome:
        code = outcome.exit_codes[MAIN_RANK]
        if outcome.interrupted is not None:
            return TrialOutcome("cancelled", last.kind, outcome.interrupted, last.exit_code)
        if code == 0:
            return TrialOutcome("succeeded", SUCCEEDED, None, 0)
        exit_code = code if last.exit_code is None else last.exit_code
        return TrialOutcome("failed", last.kind, last.reason, exit_code)

    def _attempt(self, number: int) -> GangOutcome:
        plan, port = self._plan, free_port()
        grace = plan.grace_seconds + RUNTIME_GRACE_SECONDS
        commands: list[NodeCommand] = []
        for rank in range(plan.num_nodes):
            place = NodePlace(
                run_id=plan.run_id,
                submission=plan.submission,
                attempt=number,
                rank=rank,
                num_nodes=plan.num_nodes,
                master_port=port,
                checkpoints_uri=plan.checkpoints_uri,
                spec_sha256=plan.spec_sha256,
                variant=plan.variant,
            )
            log = self._log(rank)
            if number > 1:
                with log.open("ab") as file:
                    file.write(f"modelyard: attempt {number}\n".encode())
            if plan.container is not None:
                commands.append(container_command(plan, plan.container, place, log, grace))
            else:
                commands.append(self._process(place, log))
        return Gang(commands, self._on_line, grace_seconds=grace, stop=self._stop).run()

    def _process(self, place: NodePlace, log: Path) -> NodeCommand:
        """The command of one node as a process, with its directories made."""
        plan = self._plan
        environment = node_environment(place, plan.scratch, plan.given)
        Path(environment["HOME"]).mkdir(parents=True, exist_ok=True)
        (plan.scratch / "work" / node_name(place)).mkdir(parents=True, exist_ok=True)
        script = f"exec {python_command(plan.runtime)}"
        return NodeCommand(place.rank, [script], environment, plan.directory, log)

    def _log(self, rank: int) -> Path:
        return log_path(self._plan.scratch, rank if self._plan.variant is None else self._plan.variant)


def _with_unheard(known: Sequence[RankOutcome], outcome: GangOutcome) -> list[RankOutcome]:
    """How ranks ended, those too that had no time to say it."""
    heard = {rank.rank for rank in known}
    unheard = [
        RankOutcome(rank=rank, exit_code=code, stopped=outcome.interrupted is not None)
        for rank, code in outcome.exit_codes.items()
        if rank not in heard
    ]
    return sorted([*known, *unheard], key=lambda rank: rank.rank)


def _unsaid(code: int, container: ContainerSetup | None) -> str:
    """Why a main node ended that didn't say so itself."""
    if container is not None and code in ENGINE_CODES:
        return f"{container.engine.kind} couldn't start its container; its log says why"
    if code == KILLED:
        return "the main node was lost: its process was ended by SIGKILL"
    if code == LEAVE_EXIT_CODE:
        return "it was told to leave before it began; its log says why"
    return f"the main node exited with code {code} before it began; its log says why"
