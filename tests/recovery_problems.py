"""Backups and objectives that can't be, and the whole message that each gets: name, edits, what is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LOCK = {"mode": "governance", "min_retention_days": 7, "max_retention_days": 90}
TWO_REGIONS = {
    "regions.recovery": "eu-west-1",
    "recovery": {"network": {"cidr": "10.33.0.0/20"}},
}
TRAINING = {"checkpoint_every_minutes": 30, "checkpoint_upload_minutes": 10}

RECOVERY_PROBLEMS: tuple[tuple[str, Mapping[str, Any], str], ...] = (
    (
        "a backup of nothing",
        {"storage.datasets": {"kind": "existing_s3", "bucket": "corpus"}},
        """\
backup
  no store and no file system says backed_up; a bucket that exists already is somebody else's to back up, and a file system that is linked to datasets can't be
  given: backups of nothing
  allowed here: backups of the environment's own datasets or file systems
  mend: set backed_up: true of storage.datasets or of a file system, or remove backup
""",
    ),
    (
        "datasets that nothing backs up",
        {"backup": None},
        """\
storage.datasets.backed_up
  nothing says how the datasets are backed up
  given: true
  allowed here: false, while there is no backup
  mend: add backup with rpo_hours and every_hours, or set backed_up: false
""",
    ),
    (
        "a completion window that is too short",
        {"backup.start_window_minutes": 150},
        """\
backup.completion_window_minutes
  it has to be 60 more than start_window_minutes, 150
  given: 180
  allowed here: a whole number from 210 to 43,200
  mend: set completion_window_minutes: 210
""",
    ),
    (
        "a retention shorter than the interval",
        {"backup.retention_days": 1},
        """\
backup.retention_days
  a backup would be gone before the next, which may take 28 h
  given: 1
  allowed here: 2 or more with this schedule
  mend: set retention_days: 2, or more
""",
    ),
    (
        "a copy that is gone before the next",
        {**TWO_REGIONS, "backup.copy_retention_days": 1},
        """\
backup.copy_retention_days
  a backup would be gone before the next, which may take 28 h
  given: 1
  allowed here: 2 or more with this schedule
  mend: set copy_retention_days: 2, or more
""",
    ),
    (
        "copies without a region",
        {"backup.copy_retention_days": 90},
        """\
backup.copy_retention_days
  without a recovery region no backup is copied
  given: 90
  allowed here: nothing, while regions.recovery is unset
  mend: remove copy_retention_days, or set regions.recovery
""",
    ),
    (
        "an assumption on copies without a region",
        {"backup.assumed_copy_hours": 2},
        """\
backup.assumed_copy_hours
  without a recovery region no backup is copied
  given: 2
  allowed here: nothing, while regions.recovery is unset
  mend: remove assumed_copy_hours, or set regions.recovery
""",
    ),
    (
        "a lock whose bounds are out of order",
        {"backup.lock": {**LOCK, "min_retention_days": 100}},
        """\
backup.lock.min_retention_days
  it is more than max_retention_days, 90: nothing would fit
  given: 100
  allowed here: a whole number from 1 to 90
  mend: set min_retention_days: 90, or less
""",
    ),
    (
        "a retention below the lock's",
        {"backup.lock": LOCK, "backup.retention_days": 5},
        """\
backup.retention_days
  the lock takes backups kept for 7 to 90 days: each one would fail
  given: 5
  allowed here: a whole number from 7 to 90
  mend: set retention_days: 7, or lock.min_retention_days: 5
""",
    ),
    (
        "a copy's retention above the lock's",
        {**TWO_REGIONS, "backup.lock": LOCK, "backup.copy_retention_days": 365},
        """\
backup.copy_retention_days
  the lock takes backups kept for 7 to 90 days: each one would fail
  given: 365
  allowed here: a whole number from 7 to 90
  mend: set copy_retention_days: 90, or lock.max_retention_days: 365
""",
    ),
    (
        "a restore test that may find no backup",
        {"backup.restore_testing": {"window_days": 1}},
        """\
backup.restore_testing.window_days
  there may be no backup among these days: the next may take 28 h
  given: 1
  allowed here: a whole number from 2 to 365 with this schedule
  mend: set window_days: 2, or more
""",
    ),
    (
        "an RPO that the schedule can't meet",
        {"backup.rpo_hours": 24},
        """\
backup.rpo_hours
  at worst 28 h of changes are lost with something in the region: 24 h interval between backups + 1 h start window + 3 h completion window
  given: 24
  allowed here: 28 or more, as it stands
  mend: set rpo_hours: 28, or every_hours: 20
""",
    ),
    (
        "an RPO that wants shorter windows",
        {"backup.rpo_hours": 6, "backup.completion_window_minutes": 600},
        """\
backup.rpo_hours
  at worst 35 h of changes are lost with something in the region: 24 h interval between backups + 1 h start window + 10 h completion window
  given: 6
  allowed here: 35 or more, as it stands
  mend: set rpo_hours: 35, or every_hours: 3 with start_window_minutes: 60 and completion_window_minutes: 120
""",
    ),
    (
        "an RPO that no schedule meets",
        {"backup.rpo_hours": 2},
        """\
backup.rpo_hours
  at worst 28 h of changes are lost with something in the region: 24 h interval between backups + 1 h start window + 3 h completion window
  given: 2
  allowed here: 28 or more, as it stands
  mend: set rpo_hours: 28: no schedule of AWS Backup promises 2 hours here
""",
    ),
    (
        "an RPO that no run may miss",
        {"backup.rpo_hours": 50, "backup.tolerated_missed_runs": 1},
        """\
backup.rpo_hours
  at worst 52 h of changes are lost with something in the region: 24 h interval between backups + 1 h start window + 3 h completion window + 24 h 1 missed run tolerated
  given: 50
  allowed here: 52 or more, as it stands
  mend: set rpo_hours: 52, or every_hours: 23
""",
    ),
    (
        "an RPO that holds within the region only",
        {**TWO_REGIONS, "backup.assumed_copy_hours": 12},
        """\
backup.rpo_hours
  at worst 40 h of changes are lost with the region: 24 h interval between backups + 1 h start window + 3 h completion window + 12 h copy to the recovery region
  given: 30
  allowed here: 40 or more, as it stands
  mend: set rpo_hours: 40, or every_hours: 14
""",
    ),
    (
        "a restore that takes too long",
        {"backup.rto_hours": 4, "backup.assumed_restore_hours": 10},
        """\
backup.rto_hours
  at worst it takes 10 h until what was lost with something in the region is back: 10 h restore
  given: 4
  allowed here: 10 or more, as it stands
  mend: set rto_hours: 10
""",
    ),
    (
        "training that loses too much with its region",
        {**TWO_REGIONS, "training": {**TRAINING, "rpo_minutes": 50}},
        """\
training.rpo_minutes
  at worst 55 min of training are lost with the region: 30 min interval between checkpoints + 10 min upload of a checkpoint + 15 min replication to the recovery region
  given: 50
  allowed here: 55 or more, as it stands
  mend: set rpo_minutes: 55, or checkpoint_every_minutes: 25 or less
""",
    ),
    (
        "training that no checkpoint saves",
        {"training": {**TRAINING, "rpo_minutes": 10}},
        """\
training.rpo_minutes
  at worst 40 min of training are lost with something in the region: 30 min interval between checkpoints + 10 min upload of a checkpoint
  given: 10
  allowed here: 40 or more, as it stands
  mend: set rpo_minutes: 40
""",
    ),
    (
        "training that goes on too late",
        {
            "training": {
                **TRAINING,
                "rto_minutes": 60,
                "assumed_capacity_minutes": 55,
                "assumed_start_minutes": 10,
            }
        },
        """\
training.rto_minutes
  at worst it takes 1 h 5 min until training goes on after the loss of something in the region: 55 min machines + 10 min start of the job
  given: 60
  allowed here: 65 or more, as it stands
  mend: set rto_minutes: 65
""",
    ),
    (
        "training that starts too late, whenever machines are there",
        {"training": {**TRAINING, "rto_minutes": 60, "assumed_start_minutes": 70}},
        """\
training.rto_minutes
  at least it takes 1 h 10 min until training goes on after the loss of something in the region: unknown machines + 1 h 10 min start of the job
  given: 60
  allowed here: 70 or more, as it stands
  mend: set rto_minutes: 70
""",
    ),
)
