"""Fair-share scheduling policies: their bounds, and what still uses one.

Source: AWS Batch API reference, the operations of these names, FairsharePolicy and ShareAttributes, 2026-11.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from modelyard_sandbox.moto_extensions.batch.answers import (
    check_name,
    check_tags,
    refused,
    require,
    within,
)

DECAY_SECONDS_MAX = 604_800
RESERVATION_MAX = 99
SHARES_MAX = 500
WEIGHT_MIN = 0.0001
WEIGHT_MAX = 999.9999
SHARE = re.compile(r"[A-Za-z0-9]{1,255}\*?")


def createschedulingpolicy(self: Any) -> str:
    """CreateSchedulingPolicy."""
    backend = self.batch_backend
    name = check_name("name", self._get_param("name"))
    policy, tags = self._get_param("fairsharePolicy") or {}, self._get_param("tags") or {}
    check_tags(self, tags)
    _check(policy)
    standing = backend._scheduling_policies.values()  # noqa: SLF001 (moto has no public list)
    require(all(item.name != name for item in standing), "Object already exists")
    made = backend.create_scheduling_policy(name, policy, tags)
    return json.dumps({"name": made.name, "arn": made.arn})


def updateschedulingpolicy(self: Any) -> str:
    """UpdateSchedulingPolicy."""
    arn = _known(self)
    policy = self._get_param("fairsharePolicy") or {}
    _check(policy)
    self.batch_backend.update_scheduling_policy(arn, policy)
    return json.dumps({})


def deleteschedulingpolicy(self: Any) -> str:
    """DeleteSchedulingPolicy: no queue may use it."""
    arn = _known(self)
    queues = self.batch_backend._job_queues.values()  # noqa: SLF001 (moto has no public list)
    require(all(queue.schedule_policy != arn for queue in queues), "Cannot delete, a job queue uses it")
    self.batch_backend.delete_scheduling_policy(arn)
    return json.dumps({})


def check_share(share: str) -> None:
    """A share identifier as Batch takes it."""
    require(
        SHARE.fullmatch(share),
        f"shareIdentifier {share} must be up to 255 letters and numbers, with an asterisk behind them or not",
    )


def _check(policy: Mapping[str, Any]) -> None:
    within("shareDecaySeconds", policy.get("shareDecaySeconds", 0), 0, DECAY_SECONDS_MAX)
    within("computeReservation", policy.get("computeReservation", 0), 0, RESERVATION_MAX)
    shares = policy.get("shareDistribution") or []
    require(len(shares) <= SHARES_MAX, f"shareDistribution takes {SHARES_MAX} shares at most")
    for share in shares:
        check_share(share["shareIdentifier"])
        within("weightFactor", share.get("weightFactor", 1.0), WEIGHT_MIN, WEIGHT_MAX)


def _known(self: Any) -> str:
    arn = self._get_param("arn")
    if arn not in self.batch_backend._scheduling_policies:  # noqa: SLF001 (moto has no public list)
        raise refused(f"{arn} does not exist")
    return arn
