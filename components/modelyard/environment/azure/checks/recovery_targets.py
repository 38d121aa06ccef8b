"""Objectives of recovery, against what the environment promises, term by term."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.environment.azure.recovery_chains import recovery_chains
from modelyard.environment.chains import BACKUP_RPO_FIELD, BACKUP_RTO_FIELD
from modelyard.environment.checks import targets as shared
from modelyard.errors import Problem
from modelyard.planning.schedule import HOURS_PER_DAY, MINUTES_PER_HOUR

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment


def backups_meet_their_targets(environment: AzureEnvironment) -> Iterator[Problem]:
    """The most that backups may lose, and the longest that a restore takes, are within their objectives."""
    backup = environment.backup
    if backup is None:
        return
    chains = recovery_chains(environment)
    if (chain := shared.missed(chains, BACKUP_RPO_FIELD)) is not None:
        daily = chain.known_minutes - (backup.every_hours - HOURS_PER_DAY) * MINUTES_PER_HOUR * (
            1 + backup.tolerated_missed_runs
        )
        helps = backup.every_hours > HOURS_PER_DAY and daily <= backup.rpo_hours * MINUTES_PER_HOUR
        otherwise = f", or every_hours: {HOURS_PER_DAY}" if helps else ""
        yield shared.problem(chain, str(backup.rpo_hours), MINUTES_PER_HOUR, otherwise)
    if (chain := shared.missed(chains, BACKUP_RTO_FIELD)) is not None:
        yield shared.problem(chain, str(backup.rto_hours), MINUTES_PER_HOUR, "")


def training_meets_its_targets(environment: AzureEnvironment) -> Iterator[Problem]:
    """The most of training that may be lost, and the longest until it goes on, are within objectives."""
    return shared.training_meets_its_targets(environment.training, recovery_chains(environment))
