"""The events of AWS that somebody is told of, and in which words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Notice:
    """Events of a kind, and the text that is made of one."""

    pattern: str
    """The event pattern, as JSON."""
    paths: dict[str, str]
    """What the text quotes of the event, by name."""
    text: str
    """The text, as a JSON string; `<name>` stands for what is quoted."""


def blocked_queues(queue_arns: Sequence[str]) -> Notice:
    """Batch says that the first job of a queue can't start, and holds up all behind it (AWS Batch User Guide,
    "Job queue blocked events", 2026-11).
    """
    pattern = {
        "source": ["aws.batch"],
        "detail-type": ["Batch Job Queue Blocked"],
        "detail": {"jobQueue": sorted(queue_arns)},
    }
    paths = {"queue": "$.detail.jobQueue", "job": "$.detail.jobId", "reason": "$.detail.statusReason"}
    text = (
        "Job <job> blocks the queue <queue>: <reason>. Everything behind it waits. Mend what the reason "
        "names, or cancel the job: aws batch cancel-job --job-id <job> --reason blocked."
    )
    return Notice(_json(pattern), paths, json.dumps(text))


def failed_backups(role_arns: Sequence[str]) -> Notice:
    """A backup, a copy of one, or a trial restore has failed. Told apart from others' by the role: backups
    and copies have a `state`, restores a `status` (AWS Backup Developer Guide, "Monitoring AWS Backup events
    using Amazon EventBridge", 2026-11).
    """
    pattern = {
        "source": ["aws.backup"],
        "detail-type": ["Backup Job State Change", "Copy Job State Change", "Restore Job State Change"],
        "detail": {
            "iamRoleArn": sorted(role_arns),
            "$or": [
                {"state": ["FAILED", "ABORTED", "EXPIRED", "PARTIAL"]},
                {"status": ["FAILED", "ABORTED"]},
            ],
        },
    }
    paths = {
        "kind": "$.detail-type",
        "what": "$.detail.resourceArn",
        "type": "$.detail.resourceType",
        "reason": "$.detail.statusMessage",
    }
    text = (
        "<kind>: a job for <type> <what> did not succeed: <reason>. The last good backup is older than "
        "promised. Mend the reason and start it again: aws backup start-backup-job, start-copy-job or "
        "start-restore-job."
    )
    return Notice(_json(pattern), paths, json.dumps(text))


def _json(pattern: dict[str, Any]) -> str:
    return json.dumps(pattern, sort_keys=True)
