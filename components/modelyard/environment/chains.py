"""What is lost, and until when it is back, as chains of terms that are the same on any cloud."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from modelyard.planning.recovery import Basis, Chain, Loss, Objective, Term, checkpoint_terms
from modelyard.planning.schedule import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from modelyard.environment.common import Training

BACKUP_RPO_FIELD, BACKUP_RTO_FIELD = "backup.rpo_hours", "backup.rto_hours"
TRAINING_RPO_FIELD, TRAINING_RTO_FIELD = "training.rpo_minutes", "training.rto_minutes"


class Objectives(Protocol):
    """What backups are to hold."""

    @property
    def rpo_hours(self) -> int:
        """Most hours of changes that may be lost."""
        ...

    @property
    def rto_hours(self) -> int | None:
        """Most hours until it is back; None without a target."""
        ...


def backup_chains(
    backup: Objectives, scheduled: tuple[Term, ...], restored: Term, copied: Term | None
) -> Iterator[Chain]:
    """The chains of what only backups bring back; `copied` is None without a recovery region."""
    points = backup.rpo_hours * MINUTES_PER_HOUR
    time = None if backup.rto_hours is None else backup.rto_hours * MINUTES_PER_HOUR
    losses = [(Loss.WITHIN_REGION, scheduled)]
    if copied is not None:
        losses.append((Loss.REGION, (*scheduled, copied)))
    for loss, terms in losses:
        yield Chain("backup", Objective.RPO, loss, terms, points, BACKUP_RPO_FIELD)
        yield Chain("backup", Objective.RTO, loss, (*_gone(terms), restored), time, BACKUP_RTO_FIELD)


def training_chains(
    training: Training,
    resumed: tuple[Term, ...],
    replicated: Term | None,
    elsewhere: tuple[Term, ...] = (),
) -> Iterator[Chain]:
    """The chains of training; `replicated` is None without a recovery region. `resumed` is what it takes
    until training goes on.

    The loss of a node, and of whatever else within the region, needs no replication. `elsewhere` is what
    comes on top until training goes on in the recovery region.
    """
    written = checkpoint_terms(training.checkpoint_every_minutes, training.checkpoint_upload_minutes)
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
