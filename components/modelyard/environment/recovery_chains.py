"""What an environment promises when something is lost, worked out from what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.environment.storage import S3Store
from modelyard.planning.recovery import (
    Basis,
    Chain,
    Loss,
    Objective,
    Term,
    checkpoint_terms,
    copy_term,
    replication_term,
    restore_term,
    resumption_terms,
    schedule_terms,
)
from modelyard.planning.schedule import MINUTES_PER_HOUR, interval_hours

if TYPE_CHECKING:
    from modelyard.environment.backup import Backup
    from modelyard.environment.recovery import Training
    from modelyard.environment.spec import AwsEnvironment

BACKUP_RPO_FIELD, BACKUP_RTO_FIELD = "backup.rpo_hours", "backup.rto_hours"
TRAINING_RPO_FIELD, TRAINING_RTO_FIELD = "training.rpo_minutes", "training.rto_minutes"


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
        chains += backup_chains(backup, scheduled, copied)
    if (training := environment.training) is not None:
        chains += training_chains(training, replication_term(time_control=True) if recovers else None)
    if recovers:
        chains += [
            store_chain(purpose, replication_term(time_control=True)) for purpose in stores(environment)
        ]
    return tuple(chains)


def backup_chains(backup: Backup, scheduled: tuple[Term, ...], copied: Term | None) -> Iterator[Chain]:
    """The chains of what only backups bring back; `copied` is None without a recovery region."""
    points = backup.rpo_hours * MINUTES_PER_HOUR
    restored = restore_term(backup.assumed_restore_hours)
    time = None if backup.rto_hours is None else backup.rto_hours * MINUTES_PER_HOUR
    losses = [(Loss.WITHIN_REGION, scheduled)]
    if copied is not None:
        losses.append((Loss.REGION, (*scheduled, copied)))
    for loss, terms in losses:
        yield Chain("backup", Objective.RPO, loss, terms, points, BACKUP_RPO_FIELD)
        yield Chain("backup", Objective.RTO, loss, (*_gone(terms), restored), time, BACKUP_RTO_FIELD)


def training_chains(
    training: Training, replicated: Term | None, elsewhere: tuple[Term, ...] = ()
) -> Iterator[Chain]:
    """The chains of training; `replicated` is None without a recovery region.

    The loss of a node, and of whatever else within the region, needs no replication. `elsewhere` is what
    comes on top until training goes on in the recovery region.
    """
    written = checkpoint_terms(training.checkpoint_every_minutes, training.checkpoint_upload_minutes)
    resumed = resumption_terms(training.assumed_capacity_minutes, training.assumed_start_minutes)
    losses = [(Loss.WITHIN_REGION, written, resumed)]
    if replicated is not None:
        terms = (*written, replicated)
        losses.append((Loss.REGION, terms, (*_gone(terms), *elsewhere, *resumed)))
    for loss, lost, waited in losses:
        yield Chain("training", Objective.RPO, loss, lost, training.rpo_minutes, TRAINING_RPO_FIELD)
        yield Chain("training", Objective.RTO, loss, waited, training.rto_minutes, TRAINING_RTO_FIELD)


def _gone(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """What isn't there, so that nothing can come back from it either, however long one waits."""
    return tuple(term for term in terms if term.basis is Basis.ABSENT)


def store_chain(purpose: str, replicated: Term) -> Chain:
    """What of a store is lost with the region."""
    return Chain(purpose, Objective.RPO, Loss.REGION, (replicated,))


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
