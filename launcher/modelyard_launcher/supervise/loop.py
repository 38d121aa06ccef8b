"""The supervisor's loop: look, decide, do. What is half done when it is broken off, the next one takes up."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from modelyard.errors import SurroundingsError
from modelyard_launcher.backends import Standing
from modelyard_launcher.outcomes import AnsweredError
from modelyard_launcher.record_changes import change_record
from modelyard_launcher.records import RunRecord, now
from modelyard_launcher.records.settled import TAKEN_UP_WITHIN
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.stopping import request_stop
from modelyard_launcher.stores import Store
from modelyard_launcher.supervise.bad_nodes import with_ended_nodes
from modelyard_launcher.supervise.checkpoints import NewestCheckpoint, newest_checkpoint
from modelyard_launcher.supervise.decide import EndNodes, Over, Resubmit, Rules, Seen, Stop, decide
from modelyard_launcher.supervise.lease import Holder, SupervisorLease
from modelyard_launcher.supervise.moving import left_for_good
from modelyard_launcher.supervise.sites import Site, recovery_target
from modelyard_node.codes import LIMIT

POLL_SECONDS = 15.0
"""How often a run is looked at."""

AWAY_LIMIT_SECONDS = 600.0
"""How long a region may be away before it counts as lost, unless another time is asked for."""

SHORTEST_AWAY_SECONDS = 0.001
"""Of what can't be seen just now: nothing follows on it."""


class SupervisedElsewhereError(Exception):
    """Another supervisor watches over the run."""

    def __init__(self, run_id: str, holder: Holder) -> None:
        super().__init__(f"run {run_id} is supervised by {holder}")
        self.holder = holder


@dataclass
class Move:
    """What a run that moved to the recovery region lost by it."""

    region: str
    steps_lost: int
    """Steps that were done and are to be done again."""
    from_step: int
    seconds: float
    """From the last that was heard of it to its submission in the recovery region."""


@dataclass
class Clock:
    """How time is told and let pass."""

    moment: Callable[[], datetime] = now
    pause: Callable[[float], None] = time.sleep


@dataclass
class Supervisor:
    """Sees one run through.

    Args:
        site: where it runs; the recovery region after it has moved.
        find_target: finds what is submitted to there, once it is needed.
        recovery: where it may go on if its region is lost; None if there is nowhere.
        on_event: takes what happens, a sentence each.
    """

    record: RunRecord
    site: Site
    find_target: Callable[[], ResolvedTarget]
    recovery: Site | None
    on_event: Callable[[str], None]
    away_limit_seconds: float = AWAY_LIMIT_SECONDS
    poll_seconds: float = POLL_SECONDS
    clock: Clock = field(default_factory=Clock)
    moves: list[Move] = field(default_factory=list[Move])
    _identity: str = field(default_factory=lambda: uuid.uuid4().hex)
    _away_since: datetime | None = None
    _refusal: str | None = None
    _last_step: int = 0
    _asked_to_stop: bool = False
    _lease: SupervisorLease | None = None
    left_behind: tuple[Site, RunRecord] | None = None
    """The region that it moved from, with its record there, until what is left of it there has ended."""

    def run(self) -> RunRecord:
        """See the run through to its end; its last record.

        Raises:
            SupervisedElsewhereError: another supervisor does it already.
            SurroundingsError: nothing more can be done from here.
        """
        try:
            while True:
                over = self._turn()
                if over is not None:
                    if over.why:
                        self.on_event(f"run {self.record.run_id} isn't taken up again: {over.why}")
                    self._tell_what_is_left()
                    return self.record
        finally:
            self._let_go()

    def _turn(self) -> Over | None:
        """One look, and what follows."""
        seen = self._look()
        rules = Rules.of(
            seen.record,
            has_recovery=self.recovery is not None and not self.site.recovery,
            away_limit_seconds=self.away_limit_seconds,
        )
        action = decide(seen, rules)
        if isinstance(action, Over):
            return action
        if isinstance(action, Stop):
            self._ask_to_stop(action.why)
        elif isinstance(action, EndNodes):
            self._end_nodes(action)
            return None
        elif isinstance(action, Resubmit):
            return self._resubmit(action)
        self._end_what_was_left()
        self.clock.pause(self.poll_seconds)
        return None

    def _look(self) -> Seen:
        """What there is to see; a region that doesn't answer is remembered since when."""
        moment = self.clock.moment()
        try:
            self._hold(moment)
            backend = self.site.backend(self.record.backend)
            self.record = backend.refresh(self.record)
            standing = backend.describe(self.record)
        except AnsweredError as error:
            return self._refused(moment, error.message)
        except SurroundingsError as error:
            if self._away_since is None:
                self._away_since = moment
                self.on_event(f"{self.site.region} doesn't answer: {error.message}")
            away = max((moment - self._away_since).total_seconds(), SHORTEST_AWAY_SECONDS)
            return Seen(self.record, self.record.state, self.record.spent_usd, away, moment)
        self._answers()
        if self._refusal is not None:
            self._refusal = None
            self.on_event(f"run {self.record.run_id} can be looked at again")
        self._note_progress(standing)
        spent = standing.spent_usd if standing.spent_usd is not None else self.record.spent_usd
        return Seen(self.record, standing.state, spent, 0.0, moment)

    def _answers(self) -> None:
        if self._away_since is not None:
            self.on_event(f"{self.site.region} answers again")
            self._away_since = None

    def _refused(self, moment: datetime, message: str) -> Seen:
        """The region answers, and what it says stands in the way: it isn't lost, and the run may go on."""
        self._answers()
        if message != self._refusal:
            self._refusal = message
            self.on_event(f"run {self.record.run_id} can't be looked at in {self.site.region}: {message}")
        return Seen(self.record, self.record.state, self.record.spent_usd, SHORTEST_AWAY_SECONDS, moment)

    def _note_progress(self, standing: Standing) -> None:
        steps = [attempt.step or 0 for attempt in self.record.attempts]
        if standing.progress is not None and standing.progress.step is not None:
            steps.append(standing.progress.step)
        self._last_step = max([self._last_step, *steps])

    def _hold(self, moment: datetime) -> None:
        """Take the lease, or keep it."""
        if self._lease is None:
            self._lease = self._taken(self.site.context.runs.store, moment)
        else:
            self._take(self._lease, moment)

    def _taken(self, store: Store, moment: datetime) -> SupervisorLease:
        """The lease in a region's store, taken."""
        # The same one in both regions: the lease of the first may have been copied to the second.
        lease = SupervisorLease(store, self.record.run_id, identity=self._identity)
        self._take(lease, moment)
        return lease

    def _take(self, lease: SupervisorLease, moment: datetime) -> None:
        holder = lease.take(moment)
        if holder is not None:
            raise SupervisedElsewhereError(self.record.run_id, holder)

    def _let_go(self) -> None:
        if self._lease is not None:
            try:
                self._lease.give_back(self.clock.moment())
            except SurroundingsError:  # it ends by itself
                return

    def _ask_to_stop(self, why: str) -> None:
        """Ask the run to save and to end: once, since it takes its time."""
        if self._asked_to_stop:
            return
        store, at = self.site.context.runs.store, self.clock.moment()
        request_stop(store, self.record, LIMIT, why, "its supervisor", at)
        self._asked_to_stop = True
        self.on_event(f"run {self.record.run_id} is asked to save and to end: {why}")

    def _resubmit(self, action: Resubmit) -> Over | None:
        """Submit it again, here or in the recovery region."""
        record = self.record
        if record.ended is not None and self.clock.moment() - record.ended > TAKEN_UP_WITHIN:
            return Over(f"it ended more than {TAKEN_UP_WITHIN.days} days ago: submit it anew")
        if action.where == "recovery_region":
            self._move(action)
            return None
        if action.pause_seconds > 0:
            self.clock.pause(min(action.pause_seconds, self.poll_seconds))
            return None
        checkpoint = newest_checkpoint(self.site.context.runs.store, record.run_id)
        self.on_event(f"run {record.run_id} is submitted again {_going_on(checkpoint)}: {action.why}")
        self.record = self._submit(self.site, record, self.find_target())
        return None

    def _end_nodes(self, action: EndNodes) -> None:
        """End the machines of bad nodes, and note it: whoever takes over doesn't end them again."""
        site, moment = self.site, self.clock.moment()
        ended = site.backend(self.record.backend).end_nodes(self.record, action.nodes)
        for node in ended:
            self.on_event(
                f"the machine of {node} is ended, with whatever runs on it: it failed the preflight "
                f"({', '.join(node.checks)})"
            )
        self.record = change_record(
            site.context.runs.store, self.record, lambda newest: with_ended_nodes(newest, ended, moment)
        )

    def _move(self, action: Resubmit) -> None:
        """Go on in the recovery region, with what was copied there."""
        assert self.recovery is not None, "rules let a run move only where there is a region"  # noqa: S101
        site, record = self.recovery, self.record
        target = recovery_target(site)
        store = site.context.runs.store
        checkpoint = newest_checkpoint(store, record.run_id)
        moment = self.clock.moment()
        lease = self._taken(store, moment)
        # What is known here goes on under a key of its own: copies of the other may still come. Whoever moved
        # the run before has written more.
        left = left_for_good(record, action.why, moment)
        record = change_record(store, left, lambda newest: newest)
        self.left_behind = (self.site, self.record)
        self._lease, self.site, self.find_target, self.record = lease, site, lambda: target, record
        if any(submission.recovery for submission in record.submissions):
            self._away_since = None
            self.on_event(f"run {record.run_id} goes on in {site.region} already")
            return
        lost = checkpoint.steps_lost(self._last_step)
        self.on_event(
            f"run {record.run_id} goes on in {site.region} {_going_on(checkpoint)}, "
            f"{lost:,} steps lost: {action.why}"
        )
        since, self._away_since = self._away_since, None
        self.record = self._submit(site, record, target)
        seconds = (self.clock.moment() - since).total_seconds() if since else 0.0
        self.moves.append(Move(site.region, lost, checkpoint.step, seconds))

    def _end_what_was_left(self) -> None:
        """Once a lost region answers again: end what still runs there, since the run goes on elsewhere."""
        if self.left_behind is None:
            return
        site, record = self.left_behind
        backend = site.backend(record.backend)
        try:
            seen = backend.refresh(record)
            if not seen.finished:
                backend.cancel(seen)
        except SurroundingsError:  # it is still away
            return
        self.left_behind = None
        self.on_event(f"{site.region} answers again: what was left of the run there has ended")

    def _tell_what_is_left(self) -> None:
        """The run is over: end what is left of it elsewhere, or say that it may still go on."""
        self._end_what_was_left()
        if self.left_behind is not None:
            self.on_event(
                f"what was left of the run in {self.left_behind[0].region} may still go on there: "
                f"`modelyard job supervise {self.record.run_id}` ends it once the region answers again"
            )

    def _submit(self, site: Site, record: RunRecord, target: ResolvedTarget) -> RunRecord:
        return site.backend(record.backend).resubmit(
            record, target, detach=True, on_line=lambda *_: None, on_event=self.on_event
        )


def _going_on(checkpoint: NewestCheckpoint) -> str:
    """From where, in words."""
    passed = f" ({len(checkpoint.passed_over)} newer passed over)" if checkpoint.passed_over else ""
    if checkpoint.key is None:
        return f"from the start, for want of a whole checkpoint{passed}"
    return f"from step {checkpoint.step:,}{passed}"
