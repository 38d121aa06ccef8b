import pytest

from modelyard_policies.azure.durations import clock_days, days


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("P90D", 90),
        ("p1y", 365),
        ("P18M", 540),
        ("P2W", 14),
        ("P1DT12H", 1.5),
        ("PT36H", 1.5),
        ("P", None),
        ("PT", None),
        ("90D", None),
        ("P-1D", None),
        ("", None),
        ("P" + "9" * 10_000 + "D", None),
    ],
)
def test_days_of_a_duration_by_iso_8601(text, found):
    assert days(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7.00:00:00", 7),
        ("1.12:00:00", 1.5),
        ("06:00:00", 0.25),
        ("7", None),
        ("", None),
        ("1.2.3", None),
    ],
)
def test_days_of_a_duration_by_the_clock(text, found):
    assert clock_days(text) == found
