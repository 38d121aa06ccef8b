import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.planning.recovery import worst_rpo_minutes
from modelyard.planning.schedule import backup_schedule


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


def test_a_daily_backup_runs_once_a_day():
    assert backup_schedule(24) == "cron(0 5 * * ? *)"
    assert backup_schedule(6) == "cron(0 0/6 * * ? *)"
