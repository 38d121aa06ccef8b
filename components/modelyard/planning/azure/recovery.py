"""Terms of recovery on Azure: what is configured, what the user assumes, and what Azure commits to, which is
little.
"""

from __future__ import annotations

from modelyard.planning.recovery import Term, assumed, configured, minutes_of, missed_runs_terms


def schedule_terms(
    every_hours: int | None, assumed_backup_hours: int | None, tolerated_missed_runs: int = 0
) -> tuple[Term, ...]:
    """What a schedule of vaulted backups may lose.

    A change just after a backup's content was taken waits for the whole interval, and then for the next
    backup's end, for which Azure has no window and no commitment (Microsoft, "Support matrix for Azure Blobs
    backup", 2025-07-11). Each run that is missed adds an interval.
    """
    interval = minutes_of(every_hours)
    terms = [
        configured("interval between backups", interval, "backup.every_hours"),
        assumed(
            "backup",
            minutes_of(assumed_backup_hours),
            "backup.assumed_backup_hours",
            "Azure Backup publishes no commitment for how long a backup takes (2025-07)",
        ),
    ]
    return (*terms, *missed_runs_terms(interval, tolerated_missed_runs))


def copy_term(assumed_hours: int | None) -> Term:
    """What the copy of a backup to the paired region takes."""
    return assumed(
        "copy to the paired region",
        minutes_of(assumed_hours),
        "backup.assumed_copy_hours",
        "Azure publishes no commitment for the copy of a geo-redundant vault (2025-07)",
    )


def restore_term(assumed_hours: int | None) -> Term:
    """What a restore takes."""
    return assumed(
        "restore",
        minutes_of(assumed_hours),
        "backup.assumed_restore_hours",
        "Azure Backup publishes no commitment for restores (2025-07)",
    )


def replication_term(assumed_minutes: int | None) -> Term:
    """What the replication of objects to another region takes."""
    return assumed(
        "replication to the recovery region",
        assumed_minutes,
        "recovery.assumed_replication_minutes",
        "Azure publishes no commitment for object replication without priority (Microsoft, "
        '"Object replication for block blobs", 2021-09-02)',
    )


def resumption_terms(capacity_minutes: int | None, start_minutes: int | None) -> tuple[Term, ...]:
    """What it takes until training goes on. Clusters are there in both regions."""
    return (
        assumed(
            "machines",
            capacity_minutes,
            "training.assumed_capacity_minutes",
            "Azure Machine Learning publishes no commitment for when nodes are there (2026-11)",
        ),
        assumed(
            "start of the job",
            start_minutes,
            "training.assumed_start_minutes",
            "boot, image and loading the checkpoint depend on the job",
        ),
    )
