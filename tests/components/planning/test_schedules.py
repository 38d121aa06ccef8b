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
    worst_gap_minutes,
)


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
    assert worst_gap_minutes(backup_schedule(every)) == interval_hours(every) * 60


def test_a_daily_backup_runs_once_a_day():
    assert backup_schedule(24) == "cron(0 5 * * ? *)"
    assert backup_schedule(6) == "cron(0 0/6 * * ? *)"


@pytest.mark.parametrize(
    ("expression", "minutes"),
    [
        ("cron(0 0/5 * * ? *)", 5 * 60),  # 0, 5, 10, 15, 20, and 0 after four hours
        ("cron(0 0/7 * * ? *)", 7 * 60),
        ("cron(0 0/16 * * ? *)", 16 * 60),  # 0, 16, and 0 after eight
        ("cron(30 6,18 * * ? *)", 12 * 60),
        ("cron(0 6,8 * * ? *)", 22 * 60),
        ("cron(0 * ? * * *)", 60),
        ("cron(0 */6 * * ? *)", 6 * 60),
        ("cron(0 5 ? * 2,4,6 *)", 3 * 24 * 60),  # Monday, Wednesday, Friday; from Friday to Monday are three
        ("cron(0 5 ? * 1 *)", 7 * 24 * 60),
        ("rate(12 hours)", 12 * 60),
        ("rate(1 day)", 24 * 60),
    ],
)
def test_the_gap_of_a_schedule_is_its_widest(expression, minutes):
    assert worst_gap_minutes(expression) == minutes


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 5 1 * ? *)",
        "cron(0 5 ? * MON *)",
        "cron(0 5 ? * 1#2 *)",
        "cron(0 6,18 ? * 1 *)",
        "cron(0 24 * * ? *)",
        "cron(0 5 * 6 ? *)",
        "cron(0 0/0 * * ? *)",
        "rate(0 hours)",
        "at(2026-12-01T00:00:00)",
        "",
    ],
)
def test_a_schedule_that_is_not_worked_out_has_no_gap(expression):
    assert worst_gap_minutes(expression) is None


def test_restores_are_tried_once_in_each_period():
    assert {every: restore_test_schedule(every) for every in RESTORE_TEST_FREQUENCIES} == {
        "day": "cron(0 12 * * ? *)",
        "week": "cron(0 12 ? * 1 *)",
        "month": "cron(0 12 1 * ? *)",
    }
