"""The alerts of an environment on Azure, as data."""

from itertools import pairwise

import pytest

from modelyard.planning.azure.alerts import (
    LAG_BUCKETS_MINUTES,
    LONGEST_IDLE_MINUTES,
    failed_backups,
    idle_nodes,
    replication_lag,
    workspace_alerts,
)

MINUTES = {"PT5M": 5, "PT15M": 15, "PT30M": 30, "PT1H": 60, "PT6H": 360, "PT12H": 720, "P1D": 1_440}
AGGREGATIONS = {"Average", "Count", "Maximum", "Minimum", "Total"}


def every_alert():
    return [
        *workspace_alerts("dev"),
        *(idle_nodes("dev", f"gpu-{after}", 0, 4, after) for after in MINUTES.values()),
        failed_backups("dev"),
        replication_lag("dev", "datasets", 15),
    ]


def test_every_alert_is_one_that_azure_takes_and_says_what_to_do():
    names = [alert.name for alert in every_alert()]
    assert len(set(names)) == len(names)
    for alert in every_alert():
        assert alert.name.startswith("dev-")
        assert alert.aggregation in AGGREGATIONS
        assert MINUTES[alert.frequency] <= MINUTES[alert.window]
        assert 0 <= alert.severity <= 4
        assert alert.description.count(". ") >= 1, alert.description
        assert {each.operator for each in alert.dimensions} <= {"Include", "Exclude"}


def test_what_fails_in_a_workspace_has_an_alert():
    assert {(alert.metric, alert.aggregation, alert.threshold) for alert in workspace_alerts("dev")} == {
        ("Failed Runs", "Total", 0),
        ("Not Responding Runs", "Total", 0),
        ("Unusable Nodes", "Average", 0),
        ("Preempted Nodes", "Average", 0),
        ("Quota Utilization Percentage", "Average", 90),
    }


@pytest.mark.parametrize(
    ("idle_minutes", "told_after", "window", "words"),
    [
        (1, 5, "PT5M", "5 minutes"),
        (5, 5, "PT15M", "15 minutes"),
        (5, 30, "PT30M", "30 minutes"),
        (5, 60, "PT1H", "1 h"),
        (59, 60, "PT1H", "1 h"),
        (60, 60, "PT6H", "6 h"),
        (5, 61, "PT6H", "6 h"),
        (5, 720, "PT12H", "12 h"),
        (LONGEST_IDLE_MINUTES, 60, "P1D", "24 h"),
        (5, 1_440, "P1D", "24 h"),
    ],
)
def test_idle_nodes_are_told_of_when_it_is_said_and_beyond_their_idle_time(
    idle_minutes, told_after, window, words
):
    alert = idle_nodes("dev", "gpu", 2, idle_minutes, told_after)
    assert (alert.window, alert.threshold, alert.aggregation) == (window, 2, "Minimum")
    assert MINUTES[alert.window] > idle_minutes
    assert MINUTES[alert.window] >= told_after
    assert f"have stood idle for {words} " in alert.description
    assert f"let go after {idle_minutes} minute{'' if idle_minutes == 1 else 's'}." in alert.description


def test_a_backup_that_went_well_wakes_nobody():
    (dimension,) = failed_backups("dev").dimensions
    assert (dimension.name, dimension.operator, dimension.values) == ("healthStatus", "Exclude", ("Healthy",))


def test_only_copies_older_than_the_lag_count():
    counted = [
        len(replication_lag("dev", "datasets", end).dimensions[0].values) for end in LAG_BUCKETS_MINUTES
    ]
    assert counted == [1, 2, 3, 4, 5, 6, 7]
    assert all(earlier < later for earlier, later in pairwise(LAG_BUCKETS_MINUTES))
    (dimension,) = replication_lag("dev", "datasets", 15).dimensions
    assert dimension.operator == "Exclude"
    assert dimension.values == ("0-5 mins", "5-10 mins", "10-15 mins")
    with pytest.raises(KeyError):
        replication_lag("dev", "datasets", 20)
