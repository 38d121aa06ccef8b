"""What may be lost, and until when it is back: sums of named terms, each with where it comes from.

A term is what AWS has committed to, what is configured, or what the user assumes. A term that nobody commits
to and nobody assumes is unknown, and so is every sum that it is in. It is never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from modelyard.planning.schedule import MINUTES_PER_HOUR, interval_hours

REPLICATION_MINUTES = 15
REPLICATION_SOURCE = (
    "Amazon S3 User Guide, S3 Replication Time Control, and Amazon S3 SLA: 99.9 % of the objects of a month "
    "within 15 minutes"
)
REPLICATION_AS_OF = "2026-11"
"""S3 commits to the share of a billing month, not to each object."""


class Basis(StrEnum):
    """What a term rests on."""

    COMMITMENT = "commitment"
    """The cloud has published it, and pays if it doesn't hold."""
    CONFIGURED = "configured"
    """It is what has been set up."""
    ASSUMPTION = "assumption"
    """The user assumes it."""
    UNKNOWN = "unknown"
    """Nobody commits to it, and nobody assumes it."""
    ABSENT = "absent"
    """What it would take isn't there, so nothing comes back by this way."""


class Objective(StrEnum):
    """What a chain works out."""

    RPO = "rpo"
    """Recovery point objective: the most that is lost."""
    RTO = "rto"
    """Recovery time objective: the longest until it is back."""


class Loss(StrEnum):
    """What was lost."""

    WITHIN_REGION = "within_region"
    """Something in the primary region, while the region stands."""
    REGION = "region"
    """The primary region as a whole."""


class Verdict(StrEnum):
    """What a chain comes to, against its target."""

    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"
    """It can't be known whether the target is met."""
    NO_TARGET = "no_target"


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a sum."""

    name: str
    minutes: int | None
    """None: not known."""
    basis: Basis
    source: str
    """Who says so; for an unknown one, why it is unknown."""
    as_of: str | None = None
    """Date of a published source."""
    field: str | None = None
    """Field of the environment that sets the term, or in which it can be assumed."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A sum of terms, against a target if there is one."""

    subject: str
    """What is lost: `backup` for what only backups bring back, `training`, or the purpose of a store."""
    objective: Objective
    loss: Loss
    terms: tuple[Term, ...]
    target_minutes: int | None = None
    target_field: str | None = None
    """Field of the environment that holds the target."""

    @property
    def known_minutes(self) -> int:
        """Sum of the terms that are known: the whole is never less."""
        return sum(term.minutes for term in self.terms if term.minutes is not None)

    @property
    def minutes(self) -> int | None:
        """Sum of all terms; None if any is unknown."""
        return None if self.unknown else self.known_minutes

    @property
    def unknown(self) -> tuple[Term, ...]:
        """The terms that aren't known."""
        return tuple(term for term in self.terms if term.minutes is None)

    @property
    def verdict(self) -> Verdict:
        """Whether the target is met. What is known may be enough to see that it is missed."""
        if self.target_minutes is None:
            return Verdict.NO_TARGET
        absent = any(term.basis is Basis.ABSENT for term in self.terms)
        if absent or self.known_minutes > self.target_minutes:
            return Verdict.MISSED
        return Verdict.UNKNOWN if self.unknown else Verdict.MET


def configured(name: str, minutes: int | None, field: str | None = None) -> Term:
    """A term that follows from what has been set up; unknown if it can't be read from that."""
    if minutes is None:
        return Term(name, None, Basis.UNKNOWN, "it can't be read from what is set up", field=field)
    return Term(name, minutes, Basis.CONFIGURED, "as configured", field=field)


def absent(name: str, why: str) -> Term:
    """A term for what isn't there."""
    return Term(name, None, Basis.ABSENT, why)


def assumed(name: str, minutes: int | None, field: str, uncommitted: str) -> Term:
    """A term that the cloud commits to nothing for: what the user assumes, or unknown.

    Args:
        name: of the term.
        minutes: the user's assumption, if there is one.
        field: where it can be stated.
        uncommitted: why it is unknown without.
    """
    if minutes is None:
        return Term(name, None, Basis.UNKNOWN, uncommitted, field=field)
    return Term(name, minutes, Basis.ASSUMPTION, "assumed by the user", field=field)


def minutes_of(hours: int | None) -> int | None:
    """Hours in minutes, if they are known."""
    return None if hours is None else hours * MINUTES_PER_HOUR


def missed_runs_terms(interval_minutes: int | None, tolerated: int) -> tuple[Term, ...]:
    """What the runs of a schedule lose that may be missed before anybody is told: an interval each."""
    if not tolerated:
        return ()
    runs = "1 missed run" if tolerated == 1 else f"{tolerated} missed runs"
    minutes = None if interval_minutes is None else tolerated * interval_minutes
    return (configured(f"{runs} tolerated", minutes, "backup.tolerated_missed_runs"),)


def schedule_terms(
    interval_minutes: int | None,
    start_window_minutes: int | None,
    completion_window_minutes: int | None,
    tolerated_missed_runs: int = 0,
) -> tuple[Term, ...]:
    """What a backup schedule may lose.

    A change just after a backup's content was taken waits for the whole interval; the next backup may start
    at the end of its start window and end at the end of its completion window, which AWS counts from
    its start (AWS Backup API Reference, BackupRule, 2026-11), and only then is it worth anything. Each run
    that is missed adds an interval.
    """
    terms = [
        configured("interval between backups", interval_minutes, "backup.every_hours"),
        configured("start window", start_window_minutes, "backup.start_window_minutes"),
        configured("completion window", completion_window_minutes, "backup.completion_window_minutes"),
    ]
    return (*terms, *missed_runs_terms(interval_minutes, tolerated_missed_runs))


def copy_term(assumed_hours: int | None) -> Term:
    """What the copy of a backup to another region takes."""
    return assumed(
        "copy to the recovery region",
        minutes_of(assumed_hours),
        "backup.assumed_copy_hours",
        "AWS Backup publishes no commitment for copies between regions (2026-11)",
    )


def restore_term(assumed_hours: int | None) -> Term:
    """What a restore takes."""
    return assumed(
        "restore",
        minutes_of(assumed_hours),
        "backup.assumed_restore_hours",
        "AWS Backup publishes no commitment for restores (2026-11)",
    )


def replication_term(*, time_control: bool | None) -> Term:
    """What the replication of objects to another region takes. None: not known whether it is controlled."""
    name = "replication to the recovery region"
    if time_control:
        return Term(name, REPLICATION_MINUTES, Basis.COMMITMENT, REPLICATION_SOURCE, as_of=REPLICATION_AS_OF)
    why = (
        "S3 publishes no commitment for replication without time control (2026-11)"
        if time_control is False
        else "whether replication has time control isn't known before the deployment"
    )
    return Term(name, None, Basis.UNKNOWN, why)


def checkpoint_terms(every_minutes: int, upload_minutes: int) -> tuple[Term, ...]:
    """What training loses: all since the last checkpoint, whose successor is worth nothing until it is
    uploaded.
    """
    return (
        configured("interval between checkpoints", every_minutes, "training.checkpoint_every_minutes"),
        configured("upload of a checkpoint", upload_minutes, "training.checkpoint_upload_minutes"),
    )


def resumption_terms(capacity_minutes: int | None, start_minutes: int | None) -> tuple[Term, ...]:
    """What it takes until training goes on. The queues of both regions are there: nothing has to be built."""
    return (
        assumed(
            "machines",
            capacity_minutes,
            "training.assumed_capacity_minutes",
            "EC2 and AWS Batch publish no commitment for when machines are there (2026-11)",
        ),
        assumed(
            "start of the job",
            start_minutes,
            "training.assumed_start_minutes",
            "boot, image and loading the checkpoint depend on the job",
        ),
    )


def worst_rpo_minutes(
    every_hours: int,
    start_window_minutes: int,
    completion_window_minutes: int,
    tolerated_missed_runs: int = 0,
) -> int:
    """Most minutes of changes that a backup schedule may lose while the region stands."""
    interval = interval_hours(every_hours) * MINUTES_PER_HOUR
    terms = schedule_terms(interval, start_window_minutes, completion_window_minutes, tolerated_missed_runs)
    return sum(term.minutes for term in terms if term.minutes is not None)


def shown_minutes(minutes: int) -> str:
    """Minutes in the largest units that say it exactly, as `45 min`, `3 h` or `1 h 30 min`."""
    hours, rest = divmod(minutes, MINUTES_PER_HOUR)
    parts = [f"{hours:,} h" if hours else "", f"{rest} min" if rest or not hours else ""]
    return " ".join(part for part in parts if part)


def shown_terms(terms: Sequence[Term]) -> str:
    """The terms as a sum in words, as `24 h interval between backups + 1 h start window`."""
    return " + ".join(
        f"{'unknown' if term.minutes is None else shown_minutes(term.minutes)} {term.name}" for term in terms
    )
