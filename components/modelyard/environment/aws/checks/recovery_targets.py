"""Objectives of recovery, against what the environment promises, term by term.

What can't be known is no problem here: the preview shows it as unknown, with the field to state it in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.environment.aws.recovery_chains import recovery_chains
from modelyard.environment.chains import BACKUP_RPO_FIELD, BACKUP_RTO_FIELD
from modelyard.environment.checks import targets as shared
from modelyard.errors import Problem
from modelyard.planning.recovery import Chain
from modelyard.planning.schedule import (
    COMPLETION_AFTER_START_MINUTES,
    HOURS_PER_WEEK,
    MINUTES_PER_HOUR,
    START_WINDOW_MIN_MINUTES,
    interval_hours,
)

if TYPE_CHECKING:
    from modelyard.environment.aws.backup import Backup
    from modelyard.environment.aws.spec import AwsEnvironment


def backups_meet_their_targets(environment: AwsEnvironment) -> Iterator[Problem]:
    """The most that backups may lose, and the longest that a restore takes, are within their objectives."""
    backup = environment.backup
    if backup is None:
        return
    chains = recovery_chains(environment)
    if (chain := shared.missed(chains, BACKUP_RPO_FIELD)) is not None:
        yield shared.problem(chain, str(backup.rpo_hours), MINUTES_PER_HOUR, _other_schedule(backup, chain))
    if (chain := shared.missed(chains, BACKUP_RTO_FIELD)) is not None:
        yield shared.problem(chain, str(backup.rto_hours), MINUTES_PER_HOUR, "")


def training_meets_its_targets(environment: AwsEnvironment) -> Iterator[Problem]:
    """The most of training that may be lost, and the longest until it goes on, are within objectives."""
    return shared.training_meets_its_targets(environment.training, recovery_chains(environment))


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
