"""Objectives of recovery, against what the environment promises, term by term.

What can't be known is no problem here: the preview shows it as unknown, with the field to state it in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.environment.recovery_chains import (
    BACKUP_RPO_FIELD,
    BACKUP_RTO_FIELD,
    TRAINING_RPO_FIELD,
    TRAINING_RTO_FIELD,
    recovery_chains,
)
from modelyard.errors import Problem
from modelyard.planning.recovery import Chain, Loss, Verdict, shown_minutes, shown_terms
from modelyard.planning.schedule import (
    COMPLETION_AFTER_START_MINUTES,
    HOURS_PER_WEEK,
    MINUTES_PER_HOUR,
    START_WINDOW_MIN_MINUTES,
    interval_hours,
)

if TYPE_CHECKING:
    from modelyard.environment.backup import Backup
    from modelyard.environment.spec import AwsEnvironment

_LOSSES = {Loss.WITHIN_REGION: "something in the region", Loss.REGION: "the region"}
_MESSAGES = {
    BACKUP_RPO_FIELD: "{how} {sum} of changes are lost with {loss}: {terms}",
    BACKUP_RTO_FIELD: "{how} it takes {sum} until what was lost with {loss} is back: {terms}",
    TRAINING_RPO_FIELD: "{how} {sum} of training are lost with {loss}: {terms}",
    TRAINING_RTO_FIELD: "{how} it takes {sum} until training goes on after the loss of {loss}: {terms}",
}


def backups_meet_their_targets(environment: AwsEnvironment) -> Iterator[Problem]:
    """The most that backups may lose, and the longest that a restore takes, are within their objectives."""
    backup = environment.backup
    if backup is None:
        return
    if (chain := _missed(environment, BACKUP_RPO_FIELD)) is not None:
        yield _problem(chain, str(backup.rpo_hours), MINUTES_PER_HOUR, _other_schedule(backup, chain))
    if (chain := _missed(environment, BACKUP_RTO_FIELD)) is not None:
        yield _problem(chain, str(backup.rto_hours), MINUTES_PER_HOUR, "")


def training_meets_its_targets(environment: AwsEnvironment) -> Iterator[Problem]:
    """The most of training that may be lost, and the longest until it goes on, are within objectives."""
    training = environment.training
    if training is None:
        return
    if (chain := _missed(environment, TRAINING_RPO_FIELD)) is not None:
        rest = chain.known_minutes - training.checkpoint_every_minutes
        most = (training.rpo_minutes or 0) - rest
        more_often = f", or checkpoint_every_minutes: {most} or less" if most >= 1 else ""
        yield _problem(chain, str(training.rpo_minutes), 1, more_often)
    if (chain := _missed(environment, TRAINING_RTO_FIELD)) is not None:
        yield _problem(chain, str(training.rto_minutes), 1, "")


def _missed(environment: AwsEnvironment, field: str) -> Chain | None:
    """The longest chain that misses the target in a field: what meets it there meets it everywhere."""
    chains = [
        chain
        for chain in recovery_chains(environment)
        if chain.target_field == field and chain.verdict is Verdict.MISSED
    ]
    return max(chains, key=lambda chain: chain.known_minutes, default=None)


def _problem(chain: Chain, given: str, unit_minutes: int, otherwise: str) -> Problem:
    field = chain.target_field or ""
    least = -(-chain.known_minutes // unit_minutes)
    return Problem(
        field=field,
        given=given,
        message=_MESSAGES[field].format(
            # What is unknown comes on top of the sum.
            how="at least" if chain.unknown else "at worst",
            sum=shown_minutes(chain.known_minutes),
            loss=_LOSSES[chain.loss],
            terms=shown_terms(chain.terms),
        ),
        allowed=f"{least} or more, as it stands",
        mend=f"set {field.rpartition('.')[2]}: {least}{otherwise}",
    )


def _other_schedule(backup: Backup, chain: Chain) -> str:
    """A schedule that would meet the objective, after the objective that this schedule meets."""
    ours = chain.known_minutes - backup.start_window_minutes - backup.completion_window_minutes
    runs = 1 + backup.tolerated_missed_runs
    beside = ours - runs * interval_hours(backup.every_hours) * MINUTES_PER_HOUR
    target = backup.rpo_hours * MINUTES_PER_HOUR - beside
    every = _interval(target - backup.start_window_minutes - backup.completion_window_minutes, runs)
    if every:
        return f", or every_hours: {every}"
    start = START_WINDOW_MIN_MINUTES
    completion = start + COMPLETION_AFTER_START_MINUTES
    every = _interval(target - start - completion, runs)
    if every:
        return (
            f", or every_hours: {every} with start_window_minutes: {start} "
            f"and completion_window_minutes: {completion}"
        )
    return f": no schedule of AWS Backup promises {backup.rpo_hours} hours here"


def _interval(minutes: int, runs: int) -> int:
    """The longest interval in hours whose runs fit into some minutes; 0 if none does."""
    return min(max(minutes, 0) // runs // MINUTES_PER_HOUR, HOURS_PER_WEEK)
