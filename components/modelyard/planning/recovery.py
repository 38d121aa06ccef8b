"""What a schedule promises: the most that is lost when everything goes as badly as it may."""

from __future__ import annotations


def worst_rpo_minutes(every_hours: int, start_window_minutes: int, completion_window_minutes: int) -> int:
    """Most minutes of changes that a backup schedule may lose.

    A change just after a backup's content was taken waits for the whole interval; the next backup may start
    at the end of its start window and end at the end of its completion window, which AWS counts from
    its start (AWS Backup API Reference, BackupRule, 2026-11), and only then is it worth anything.
    """
    return every_hours * 60 + start_window_minutes + completion_window_minutes
