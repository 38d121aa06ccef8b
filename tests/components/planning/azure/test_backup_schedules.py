"""When Azure takes backups of blobs."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.planning.azure.backups import (
    FIRST_BACKUP,
    MOST_RETENTION_DAYS,
    interval_hours,
    policy_name,
    policy_rules,
    repeating_interval,
)

HOURS = st.integers(24, 168)
DAYS = st.integers(1, MOST_RETENTION_DAYS)
NOT_DAILY = "Azure Backup takes blobs once a day at most, not every {} hours"


@given(HOURS)
def test_backups_come_at_least_as_often_as_was_asked_for(hours):
    assert interval_hours(hours) <= hours
    assert interval_hours(hours) in (24, 168)


@given(HOURS)
def test_an_interval_is_one_of_iso_8601_that_azure_takes(hours):
    found = re.fullmatch(r"R/(.+)/(P1D|P1W)", repeating_interval(hours))
    assert found
    start, duration = datetime.fromisoformat(found[1]), {"P1D": 1, "P1W": 7}[found[2]]
    assert timedelta(days=duration) == timedelta(hours=interval_hours(hours))
    assert start.utcoffset() == timedelta(0)


def test_the_schedule_begins_on_a_sunday_that_is_over():
    start = datetime.fromisoformat(FIRST_BACKUP)
    assert start.strftime("%A") == "Sunday"
    # Azure starts one that lies ahead only then: until that day nothing would be backed up.
    assert start < datetime(2026, 11, 26, tzinfo=UTC)


@given(HOURS, DAYS, HOURS, DAYS)
def test_policies_that_say_something_else_have_other_names(hours, days, other_hours, other_days):
    same = policy_rules(hours, days) == policy_rules(other_hours, other_days)
    assert same == (policy_name(hours, days) == policy_name(other_hours, other_days))
    assert re.fullmatch(r"[a-zA-Z0-9-]{3,150}", policy_name(hours, days))


@given(HOURS, DAYS)
def test_a_policy_keeps_every_backup_in_the_vault_as_long_as_was_asked_for(hours, days):
    taking, keeping = policy_rules(hours, days)
    (tag,) = taking["trigger"]["tagging_criteria"]
    assert tag["tag_info"]["tag_name"] == keeping["name"] == "Default"
    (lifecycle,) = keeping["lifecycles"]
    assert lifecycle["delete_after"]["duration"] == f"P{days}D"
    assert lifecycle["source_data_store"] == taking["data_store"]
    assert taking["data_store"]["data_store_type"] == "VaultStore"
    assert taking["name"] == ("BackupWeekly" if hours == 168 else "BackupDaily")


@pytest.mark.parametrize("hours", [0, 1, 12, 23])
@pytest.mark.parametrize("function", [interval_hours, repeating_interval])
def test_more_than_one_backup_a_day_is_refused(function, hours):
    with pytest.raises(ValueError, match=re.escape(NOT_DAILY.format(hours))):
        function(hours)
