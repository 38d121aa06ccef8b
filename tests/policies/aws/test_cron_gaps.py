"""How far apart the runs of schedules are."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard_policies.aws.schedules import worst_gap_hours


@pytest.mark.parametrize(
    ("expression", "hours"),
    [
        ("rate(1 hour)", 1),
        ("rate(12 hours)", 12),
        ("rate(30 minutes)", 0.5),
        ("rate(7 days)", 168),
        ("cron(0 5 * * ? *)", 24),
        ("cron(0 5 ? * * *)", 24),
        ("cron(0 0/12 * * ? *)", 12),
        ("cron(0 0/5 * * ? *)", 5),
        ("cron(0/15 * * * ? *)", 0.25),
        ("cron(0 1-3 * * ? *)", 22),
        ("cron(0 5 ? * 1 *)", 168),
        ("cron(0 5 ? * SUN *)", 168),
        ("cron(30 5 ? * MON-FRI *)", 72),
        ("cron(0 5 ? * mon,thu *)", 96),
        ("cron(0 5 1 * ? *)", 31 * 24),
        ("cron(0 5 1,15 * ? *)", 17 * 24),
        ("cron(0 5 1 JAN ? *)", 366 * 24),
        ("cron( 0  22  ? * * * )", 24),
    ],
)
def test_a_gap_is_the_longest_between_two_runs(expression, hours):
    assert worst_gap_hours(expression) == hours


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "daily",
        "rate(0 days)",
        "rate(1 fortnight)",
        "cron(0 5 L * ? *)",
        "cron(0 5 ? * 2#1 *)",
        "cron(0 5 15W * ? *)",
        "cron(0 5 1 1 ? 2027)",
        "cron(0 5 * *)",
        "cron(0 25 * * ? *)",
        "cron(0 5-3 * * ? *)",
        "cron(0/0 5 * * ? *)",
        "cron(0 5 31 2 ? *)",
        "cron(0 5 29 2 ? *)",
        "cron(0 1-2-3 * * ? *)",
    ],
)
def test_what_is_not_worked_out_is_said_so(expression):
    assert worst_gap_hours(expression) is None


@given(
    hours=st.sets(st.integers(0, 23), min_size=1),
    minutes=st.sets(st.integers(0, 59), min_size=1, max_size=3),
    weekdays=st.sets(st.integers(1, 7), min_size=1),
)
def test_a_gap_is_what_counting_the_runs_finds(hours, minutes, weekdays):
    start = datetime(2026, 11, 1)  # noqa: DTZ001  (cron has no time zone; a Sunday)
    days = [start + timedelta(days=number) for number in range(15)]
    runs = [
        day.replace(hour=hour, minute=minute)
        for day in days
        for hour in sorted(hours)
        for minute in sorted(minutes)
        if day.isoweekday() % 7 + 1 in weekdays
    ]
    longest = max((later - earlier for earlier, later in pairwise(runs)), default=timedelta(days=7))
    fields = [",".join(map(str, sorted(values))) for values in (minutes, hours, weekdays)]
    expression = f"cron({fields[0]} {fields[1]} ? * {fields[2]} *)"
    assert worst_gap_hours(expression) == pytest.approx(longest.total_seconds() / 3_600)
