"""How long to wait for a job queue's letting go of a compute environment."""

import pytest

from modelyard.planning.release import LONGEST_WAIT_SECONDS, TRIES_MAX, release_wait_seconds

HELD = "operation error Batch: ClientException: Cannot delete, found existing JobQueue relationship."


def test_waits_grow_to_half_a_minute_and_end_after_five_minutes() -> None:
    waits = [release_wait_seconds("delete", [HELD] * failures) for failures in range(1, TRIES_MAX)]
    known = [seconds for seconds in waits if seconds is not None]
    assert known[:3] == [2.0, 3.0, 4.5]
    assert known == sorted(known)
    assert known[-1] == LONGEST_WAIT_SECONDS
    assert 240 < sum(known) < 360
    assert len(known) == TRIES_MAX - 1
    assert release_wait_seconds("delete", [HELD] * TRIES_MAX) is None


@pytest.mark.parametrize(
    ("operation", "errors"),
    [
        ("delete", []),
        ("delete", ["AccessDeniedException: not allowed"]),
        ("delete", ["AccessDeniedException: not allowed", HELD]),
        ("create", [HELD]),
        ("update", [HELD]),
    ],
)
def test_what_no_wait_mends_is_not_tried_again(operation: str, errors: list[str]) -> None:
    assert release_wait_seconds(operation, errors) is None
