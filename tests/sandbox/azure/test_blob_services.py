"""The settings of an account's blobs that depend on one another."""

from __future__ import annotations

from typing import Any

import pytest
from arming import ACCOUNT, BLOBS, Arm, account

FULL: dict[str, Any] = {
    "changeFeed": {"enabled": True, "retentionInDays": 90},
    "deleteRetentionPolicy": {"enabled": True, "days": 30},
    "isVersioningEnabled": True,
    "restorePolicy": {"enabled": True, "days": 29},
}


@pytest.fixture
def service(group: Arm) -> Arm:
    """One with an account."""
    group.put(ACCOUNT, account())
    return group


def test_a_restore_is_possible_since_it_was_turned_on(service: Arm) -> None:
    since = {
        "lastEnabledTime": "2026-11-25T12:00:00.0000000Z",
        "minRestoreTime": "2026-11-25T12:00:00.0000000Z",
    }
    assert service.put(BLOBS, {"properties": FULL})["properties"]["restorePolicy"] == {
        **FULL["restorePolicy"],
        **since,
    }
    service.clock.move(days=1)
    longer = {**FULL, "restorePolicy": {"enabled": True, "days": 28}}
    assert service.put(BLOBS, {"properties": longer})["properties"]["restorePolicy"] == {
        "enabled": True,
        "days": 28,
        **since,
    }
    service.put(BLOBS, {"properties": {**FULL, "restorePolicy": {"enabled": False}}})
    again = service.put(BLOBS, {"properties": FULL})["properties"]["restorePolicy"]
    assert again["lastEnabledTime"] == "2026-11-26T12:00:00.0000000Z"


def test_an_answer_can_be_sent_back(service: Arm) -> None:
    made = service.put(BLOBS, {"properties": FULL})
    assert service.put(BLOBS, made) == made


@pytest.mark.parametrize(
    ("change", "value", "what"),
    [
        (
            {"restorePolicy": {"enabled": True, "days": 30}},
            30,
            "restorePolicy.days: it must be less than deleteRetentionPolicy.days, 30.",
        ),
        (
            {"restorePolicy": {"enabled": False, "days": 30}},
            30,
            "restorePolicy.days: it must be less than deleteRetentionPolicy.days, 30.",
        ),
        (
            {"changeFeed": {"enabled": True, "retentionInDays": 29}},
            29,
            "restorePolicy.days: it must be less than changeFeed.retentionInDays, 29.",
        ),
        ({"restorePolicy": {"enabled": True}}, True, "restorePolicy.enabled: it needs days."),
        (
            {"containerDeleteRetentionPolicy": {"enabled": True}},
            True,
            "containerDeleteRetentionPolicy.enabled: it needs days.",
        ),
        (
            {"deleteRetentionPolicy": {"enabled": True, "days": 30, "allowPermanentDelete": True}},
            True,
            "allowPermanentDelete: it can't be used with point-in-time restore.",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_refused(
    service: Arm, change: dict[str, Any], value: object, what: str
) -> None:
    assert service.refused("PUT", BLOBS, {"properties": {**FULL, **change}}) == (
        400,
        "InvalidRequestPropertyValue",
        f"The value '{value}' is not allowed for property {what}",
    )
