"""Objectives of recovery, against what the environment promises, term by term.

What can't be known is no problem here: the preview shows it as unknown, with the field to state it in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from modelyard.environment.chains import (
    BACKUP_RPO_FIELD,
    BACKUP_RTO_FIELD,
    TRAINING_RPO_FIELD,
    TRAINING_RTO_FIELD,
)
from modelyard.errors import Problem
from modelyard.planning.recovery import Chain, Loss, Verdict, shown_minutes, shown_terms

if TYPE_CHECKING:
    from modelyard.environment.common import Training

_LOSSES = {Loss.WITHIN_REGION: "something in the region", Loss.REGION: "the region"}
_MESSAGES = {
    BACKUP_RPO_FIELD: "{how} {sum} of changes are lost with {loss}: {terms}",
    BACKUP_RTO_FIELD: "{how} it takes {sum} until what was lost with {loss} is back: {terms}",
    TRAINING_RPO_FIELD: "{how} {sum} of training are lost with {loss}: {terms}",
    TRAINING_RTO_FIELD: "{how} it takes {sum} until training goes on after the loss of {loss}: {terms}",
}


def training_meets_its_targets(training: Training | None, chains: Sequence[Chain]) -> Iterator[Problem]:
    """The most of training that may be lost, and the longest until it goes on, are within objectives."""
    if training is None:
        return
    if (chain := missed(chains, TRAINING_RPO_FIELD)) is not None:
        rest = chain.known_minutes - training.checkpoint_every_minutes
        most = (training.rpo_minutes or 0) - rest
        more_often = f", or checkpoint_every_minutes: {most} or less" if most >= 1 else ""
        yield problem(chain, str(training.rpo_minutes), 1, more_often)
    if (chain := missed(chains, TRAINING_RTO_FIELD)) is not None:
        yield problem(chain, str(training.rto_minutes), 1, "")


def missed(chains: Sequence[Chain], field: str) -> Chain | None:
    """The longest chain that misses the target in a field: what meets it there meets it everywhere."""
    found = [chain for chain in chains if chain.target_field == field and chain.verdict is Verdict.MISSED]
    return max(found, key=lambda chain: chain.known_minutes, default=None)


def problem(chain: Chain, given: str, unit_minutes: int, otherwise: str) -> Problem:
    """The problem that a chain is longer than its target, which is `given` in units of so many minutes."""
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
