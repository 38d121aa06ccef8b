import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.planning.recovery import worst_rpo_minutes
from modelyard.planning.schedule import (
    RESTORE_TEST_FREQUENCIES,
    backup_schedule,
    interval_hours,
    restore_test_schedule,
)
from modelyard_policies.aws.schedules import worst_gap_hours


@pytest.mark.parametrize(
    ("every", "start", "completion", "worst"),
    [(24, 60, 180, 28 * 60), (1, 60, 120, 4 * 60), (168, 480, 10_080, 168 * 60 + 480 + 10_080)],
)
def test_the_worst_loss_is_the_interval_and_both_windows(every, start, completion, worst):
    assert worst_rpo_minutes(every, start, completion) == worst


@given(st.integers(1, 168))
def test_backups_are_never_further_apart_than_was_asked_for(every):
    expression = backup_schedule(every)
    if match := re.fullmatch(r"cron\(0 0/(\d+) \* \* \? \*\)", expression):
        hours_apart = int(match[1])
        assert 24 % hours_apart == 0
    else:
        hours_apart = {"cron(0 5 * * ? *)": 24, "cron(0 5 ? * 1 *)": 168}[expression]
    assert hours_apart <= every
    assert hours_apart == interval_hours(every)


@given(st.integers(1, 168))
def test_the_interval_is_the_gap_that_the_schedule_has(every):
    assert worst_gap_hours(backup_schedule(every)) == interval_hours(every)


def test_a_daily_backup_runs_once_a_day():
    assert backup_schedule(24) == "cron(0 5 * * ? *)"
    assert backup_schedule(6) == "cron(0 0/6 * * ? *)"


def test_restores_are_tried_once_in_each_period():
    assert {every: restore_test_schedule(every) for every in RESTORE_TEST_FREQUENCIES} == {
        "day": "cron(0 12 * * ? *)",
        "week": "cron(0 12 ? * 1 *)",
        "month": "cron(0 12 1 * ? *)",
    }
