"""Why a job waits: every reason that AWS Batch tells, and what can be seen where it tells none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from launcher.planning import BLOCK, CPU, target

from modelyard.outputs import PoolTarget
from modelyard_launcher.backends.aws_batch.waiting import REASONS, Scene, why
from modelyard_sandbox.moto_extensions.batch.running import reasons

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
OPEN: dict[str, Any] = {"state": "ENABLED", "status": "VALID"}


def environment(**changes: Any) -> dict[str, Any]:
    return {
        "computeEnvironmentName": "dev-cpu",
        "state": "ENABLED",
        "status": "VALID",
        "computeResources": {"maxvCpus": 64, "desiredvCpus": 0},
        **changes,
    }


def scene(status_reason: str = "", **changes: Any) -> Scene:
    pool = changes.pop("pool", {**CPU, "runnable_limit_minutes": 60})
    return Scene(
        **{
            "now": NOW,
            "since": NOW - timedelta(minutes=2),
            "status_reason": status_reason,
            "target": target(CPU, **changes.pop("target", {})),
            "pool": PoolTarget.model_validate(pool),
            "num_nodes": 2,
            "queue": OPEN,
            "environments": [environment()],
            "requirements": {"VCPU": "16", "MEMORY": "31457"},
            **changes,
        }
    )


TOLD = (
    (
        reasons.no_capacity("c7i.4xlarge"),
        "EC2 has no c7i.4xlarge to give at the moment",
        [
            (
                "it starts by itself as soon as there are machines, and costs nothing until then; to be sure of "
                "them, take a pool with a reservation or a capacity block"
            )
        ],
    ),
    (
        reasons.MAX_RESOURCE,
        "the job needs 32 CPUs, more than pool cpu may have (64)",
        [
            "it will never start: cancel it, and take fewer nodes or raise the pool's max_nodes",
            "the queue cancels such jobs after 60 minutes at its head",
        ],
    ),
    (
        reasons.JOB_RESOURCE,
        "no machine of pool cpu (c7i.4xlarge) has what the job asks for: VCPU 16, MEMORY 31457",
        [
            "it will never start: cancel it, and ask for less, memory above all: the system keeps a part of it",
            "the queue cancels such jobs after 60 minutes at its head",
        ],
    ),
    (
        "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS - x",
        "Batch's own role may not do what starting machines takes",
        ["ask whoever runs the environment to bring it up with `pulumi up`, which sets the role right"],
    ),
    (
        "MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED - x",
        "EC2 doesn't start c7i.4xlarge as the pool's launch template has it",
        [
            (
                "ask whoever runs the environment: its zones don't offer the type, or the network layout doesn't "
                "fit"
            )
        ],
    ),
    (
        "ACTION_REQUIRED - CE(s) associated with the job queue are invalid.",
        "the compute environments of pool cpu are invalid",
        [("ask whoever runs the environment to bring it up with `pulumi up`; what is wrong stands below")],
    ),
    (
        reasons.UNDETERMINED,
        "Batch takes the job for stuck and doesn't know why",
        [
            (
                "what stands below is what can be seen from here; what happens to nodes as they start is in the "
                "log group of the environment's nodes"
            )
        ],
    ),
    ("Something new", "Batch says: Something new", []),
)


@pytest.mark.parametrize(("told", "reason", "details"), TOLD, ids=[told[0][:40] for told in TOLD])
def test_what_batch_tells_is_put_into_plain_words(told: str, reason: str, details: list[str]) -> None:
    assert why(scene(told)) == (reason, details)


def test_every_reason_of_the_table_is_tried() -> None:
    assert {row.pattern for row in REASONS} == {
        row.pattern for row in REASONS for told, *_ in TOLD if told.startswith(row.pattern)
    }


SEEN: tuple[tuple[str, dict[str, Any], str], ...] = (
    (
        "queue gone",
        {"queue": None},
        "its queue isn't there any more: the pool was replaced or removed; cancel it, and submit anew",
    ),
    (
        "queue closed",
        {"queue": {**OPEN, "state": "DISABLED"}},
        "its queue is closed: what waits in it stays until it opens again",
    ),
    (
        "queue closed by hours",
        {
            "queue": {**OPEN, "state": "DISABLED"},
            "target": {
                "open_hours": {
                    "opens": "07:30",
                    "closes": "19:00",
                    "days": ["mon", "tue"],
                    "time_zone": "Europe/Berlin",
                }
            },
        },
        (
            "its queue is closed: what waits in it stays until it opens again "
            "(open mon, tue, 07:30 to 19:00 Europe/Berlin)"
        ),
    ),
    (
        "queue invalid",
        {"queue": {**OPEN, "status": "INVALID", "statusReason": "no environment"}},
        "its queue is invalid: no environment",
    ),
    (
        "before the block",
        {"pool": {**BLOCK, "window": {**BLOCK["window"], "starts_at": "2026-11-27T11:30:00Z"}}},
        "the pool's capacity block starts at 2026-11-27T11:30:00Z: there are no machines before",
    ),
    (
        "after the block",
        {"pool": {**BLOCK, "window": {**BLOCK["window"], "drain_at": "2026-11-26T11:00:00Z"}}},
        (
            "the pool's capacity block is over: its machines are taken back since 2026-11-26T11:00:00Z; "
            "cancel the job, and submit it to another pool"
        ),
    ),
    (
        "environment invalid",
        {"environments": [environment(status="INVALID", statusReason="CLIENT_ERROR - no subnet")]},
        "compute environment dev-cpu is invalid: CLIENT_ERROR - no subnet",
    ),
    (
        "environment off",
        {"environments": [environment(state="DISABLED")]},
        "compute environment dev-cpu is switched off, and starts no machines",
    ),
    (
        "too large",
        {"num_nodes": 5},
        "the job needs 80 CPUs, and the pool may have 64: it will never start",
    ),
    ("one before it", {"before": 1}, "1 job comes before it in the queue"),
    ("several before it", {"before": 7, "running": 2}, "7 jobs come before it in the queue"),
    (
        "a full pool",
        {
            "running": 2,
            "environments": [environment(computeResources={"maxvCpus": 64, "desiredvCpus": 64})],
        },
        "2 jobs run in the queue now",
    ),
    ("starting", {}, "machines are being started for it; it has waited for 2m"),
    ("starting, since nobody knows when", {"since": None}, "machines are being started for it"),
)


@pytest.mark.parametrize(
    ("changes", "reason"), [(changes, reason) for _, changes, reason in SEEN], ids=[row[0] for row in SEEN]
)
def test_where_batch_tells_nothing_what_can_be_seen_is_told(changes: dict[str, Any], reason: str) -> None:
    assert why(scene(**changes))[0] == reason


def test_who_waits_longer_than_starting_takes_is_told_where_to_look() -> None:
    reason, details = why(scene(since=NOW - timedelta(minutes=25)))
    assert reason == "machines are being started for it; it has waited for 25m"
    assert details == [
        (
            "that is longer than the 10 minutes that starting takes as a rule: EC2 may have no c7i.4xlarge to "
            "give, or new nodes don't join (see their log group)"
        )
    ]
