"""What an environment promises when something is lost, worked out from what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.environment.aws.storage import S3Store
from modelyard.environment.chains import backup_chains, store_chain, training_chains
from modelyard.planning.recovery import (
    Chain,
    copy_term,
    replication_term,
    restore_term,
    resumption_terms,
    schedule_terms,
)
from modelyard.planning.schedule import MINUTES_PER_HOUR, interval_hours

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment


def recovery_chains(environment: AwsEnvironment) -> tuple[Chain, ...]:
    """Every chain of an environment that is built as it says: with a recovery region, copies of backups, and
    replication with time control of all its stores.
    """
    recovers = environment.regions.recovery is not None
    chains: list[Chain] = []
    if (backup := environment.backup) is not None:
        interval = interval_hours(backup.every_hours) * MINUTES_PER_HOUR
        scheduled = schedule_terms(
            interval,
            backup.start_window_minutes,
            backup.completion_window_minutes,
            backup.tolerated_missed_runs,
        )
        copied = copy_term(backup.assumed_copy_hours) if recovers else None
        chains += backup_chains(backup, scheduled, restore_term(backup.assumed_restore_hours), copied)
    if (training := environment.training) is not None:
        resumed = resumption_terms(training.assumed_capacity_minutes, training.assumed_start_minutes)
        chains += training_chains(
            training, resumed, replication_term(time_control=True) if recovers else None
        )
    if recovers:
        chains += [
            store_chain(purpose, replication_term(time_control=True)) for purpose in stores(environment)
        ]
    return tuple(chains)


def stores(environment: AwsEnvironment) -> tuple[str, ...]:
    """Purposes of the stores that are the environment's own."""
    own = {"datasets": environment.storage.datasets, "checkpoints": environment.storage.checkpoints}
    return tuple(purpose for purpose, store in own.items() if isinstance(store, S3Store))


def backed_up(environment: AwsEnvironment) -> tuple[str, ...]:
    """What says `backed_up`, by its field; a linked file system never is, whatever it says."""
    storage = environment.storage
    found = ["storage.datasets"] if getattr(storage.datasets, "backed_up", False) else []
    for place, system in enumerate(storage.file_systems):
        if system.backed_up and getattr(system, "dataset_prefix", None) is None:
            found.append(f"storage.file_systems[{place}]")
    return tuple(found)
