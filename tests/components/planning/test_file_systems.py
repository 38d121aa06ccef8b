import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.planning.file_systems import (
    INFREQUENT_ACCESS_DAYS,
    LUSTRE_STEP_GIB,
    infrequent_access_rule,
    is_lustre_size,
    is_weekly_time,
    next_lustre_size,
)


@given(st.integers(1, 10_000_000))
def test_the_next_size_is_the_smallest_that_exists_and_holds_as_much(size):
    following = next_lustre_size(size)
    assert following >= size
    assert is_lustre_size(following)
    assert not any(is_lustre_size(between) for between in range(size, min(following, size + LUSTRE_STEP_GIB)))


@pytest.mark.parametrize(
    ("size", "exists"), [(1200, True), (2400, True), (3600, False), (4800, True), (0, False), (-2400, False)]
)
def test_sizes_are_the_smallest_or_multiples_of_the_step(size, exists):
    assert is_lustre_size(size) is exists


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("1:00:00", True),
        ("7:23:59", True),
        ("0:12:00", False),
        ("7:24:00", False),
        ("1:1:00", False),
        ("", False),
    ],
)
def test_a_time_of_the_week_has_a_day_and_two_digits_each(text, is_one):
    assert is_weekly_time(text) is is_one


def test_rules_are_named_as_efs_names_them():
    import botocore.session

    shape = botocore.session.Session().get_service_model("efs").shape_for("TransitionToIARules")
    assert {infrequent_access_rule(days) for days in INFREQUENT_ACCESS_DAYS} == set(shape.enum)
