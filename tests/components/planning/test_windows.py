"""When the machines of a capacity block have to be left."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.planning.windows import drain_at, instant, reclaim_minutes, written

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2100, 1, 1)).map(lambda m: m.replace(microsecond=0))  # noqa: DTZ001 (given UTC below)


@pytest.mark.parametrize(
    ("machine", "drain"),
    [
        ("p5.48xlarge", "2026-12-01T11:00:00Z"),
        ("p6-b200.48xlarge", "2026-12-01T11:00:00Z"),
        ("trn2.48xlarge", "2026-12-01T11:00:00Z"),
        ("trn2u.48xlarge", "2026-12-01T10:30:00Z"),
        ("p6e-gb200.36xlarge", "2026-12-01T10:30:00Z"),
    ],
)
def test_machines_are_left_half_an_hour_before_the_end_and_ultraservers_an_hour(machine, drain):
    assert drain_at(machine, "2026-12-01T11:30:00Z") == drain


@given(moment=MOMENTS, machine=st.sampled_from(["p5.48xlarge", "trn2u.48xlarge"]))
def test_the_time_between_is_what_ec2_takes_at_every_turn_of_day_month_and_year(moment, machine):
    ends_at = written(moment.replace(tzinfo=UTC))
    assert instant(ends_at) - instant(drain_at(machine, ends_at)) == timedelta(
        minutes=reclaim_minutes(machine)
    )


@pytest.mark.parametrize("text", ["", "2026-12-01", "2026-13-01T11:30:00Z", "2026-12-01T11:30:00+01:00"])
def test_what_names_no_moment_in_utc_is_refused(text):
    with pytest.raises(ValueError, match="does not match format"):
        drain_at("p5.48xlarge", text)
