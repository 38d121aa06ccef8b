"""CloudWatch: alarms that can't be evaluated, and dashboards that can't be drawn.

Source: Amazon CloudWatch API reference, PutMetricAlarm, MetricDataQuery, PutDashboard, and "Dashboard Body
Structure and Syntax"; 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from moto.cloudwatch.exceptions import (
    DashboardInvalidInputError,
    InvalidParameterCombination,
    ValidationError,
)
from moto.cloudwatch.responses import CloudWatchResponse

from modelyard_sandbox.moto_extensions.constraints import constrain
from modelyard_sandbox.moto_extensions.operations import before

SHORT_PERIODS = (10, 20, 30)
DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
WEEK_SECONDS = 7 * DAY_SECONDS
MISSING = ("breaching", "notBreaching", "ignore", "missing")
QUERIES_MAX = 20
COLUMNS = 24
HEIGHT_MAX = 1_000
WIDGETS_MAX = 500
WIDGET_TYPES = ("alarm", "custom", "explorer", "log", "metric", "text")


def install() -> None:
    """Put the checks before moto's operations."""
    before(CloudWatchResponse, "put_metric_alarm", _check_alarm)
    before(CloudWatchResponse, "put_dashboard", _check_dashboard)
    constrain(CloudWatchResponse, "cloudwatch", ValidationError)


def _check_alarm(self: Any) -> None:
    queries = self._get_param("Metrics") or []
    if bool(queries) == bool(self._get_param("MetricName")):
        raise ValidationError("Exactly one of MetricName and Metrics must be specified")
    missing = self._get_param("TreatMissingData")
    if missing is not None and missing not in MISSING:
        raise ValidationError(
            f"Option {missing} is not supported. Supported options for parameter TreatMissingData are "
            f"{', '.join(MISSING)}."
        )
    periods = int(self._get_param("EvaluationPeriods") or 0)
    enough = self._get_param("DatapointsToAlarm")
    if enough is not None and int(enough) > periods:
        raise ValidationError("DatapointsToAlarm can't be greater than EvaluationPeriods")
    if queries:
        _check_queries(self, queries, periods)
    else:
        _check_metric(self, periods)


def _check_metric(self: Any, periods: int) -> None:
    if not self._get_param("Statistic") and not self._get_param("ExtendedStatistic"):
        raise ValidationError(
            "At least one of the parameters [Statistic, ExtendedStatistic] must be specified"
        )
    if self._get_param("Statistic") and self._get_param("ExtendedStatistic"):
        raise InvalidParameterCombination("Statistic and ExtendedStatistic are mutually exclusive")
    if self._get_param("Period") is None:
        raise ValidationError("The parameter Period is required")
    _check_range(int(self._get_param("Period")), periods)


def _check_queries(self: Any, queries: list[Mapping[str, Any]], periods: int) -> None:
    if self._get_param("Period") or self._get_param("Statistic") or self._get_param("Namespace"):
        raise ValidationError("Period, Statistic and Namespace can't be specified together with Metrics")
    if len(queries) > QUERIES_MAX:
        raise ValidationError(f"Metrics can't have more than {QUERIES_MAX} elements")
    ids = [query["Id"] for query in queries]
    if len(set(ids)) != len(ids):
        raise ValidationError("The values for parameter id in Metrics are not unique.")
    returned = [query for query in queries if query.get("ReturnData", True) not in (False, "false")]
    if len(returned) != 1:
        raise ValidationError("Exactly one element of the metrics list should return data.")
    for query in queries:
        if bool(query.get("Expression")) == bool(query.get("MetricStat")):
            raise ValidationError(f"{query['Id']} must have exactly one of Expression and MetricStat")
        if query.get("MetricStat"):
            _check_range(int(query["MetricStat"]["Period"]), periods)


def _check_range(period: int, periods: int) -> None:
    if period not in SHORT_PERIODS and (period <= 0 or period % 60):
        raise ValidationError("Period must be 10, 20, 30 or a multiple of 60")
    longest = WEEK_SECONDS if period >= HOUR_SECONDS else DAY_SECONDS
    if period * periods > longest:
        raise ValidationError(
            f"Metrics cannot be checked across more than {longest} seconds "
            "(EvaluationPeriods * Period must be no more)"
        )


def _check_dashboard(self: Any) -> None:
    try:
        body = json.loads(self._get_param("DashboardBody"))
    except ValueError:
        # moto says so.
        return
    wrong = next(_wrong(body), None)
    if wrong:
        raise DashboardInvalidInputError(f"The dashboard body is invalid: {wrong}")


def _wrong(body: Any) -> Iterator[str]:
    widgets = body.get("widgets") if isinstance(body, Mapping) else None
    if not isinstance(widgets, list):
        yield "widgets must be an array"
        return
    if len(widgets) > WIDGETS_MAX:
        yield f"there can be {WIDGETS_MAX} widgets at most"
    for place, widget in enumerate(widgets):
        yield from (f"/widgets/{place}: {words}" for words in _wrong_widget(widget))


def _wrong_widget(widget: Any) -> Iterator[str]:
    if not isinstance(widget, Mapping) or widget.get("type") not in WIDGET_TYPES:
        yield f"type must be one of {', '.join(WIDGET_TYPES)}"
        return
    width, height = widget.get("width", 6), widget.get("height", 6)
    if not 1 <= width <= COLUMNS or widget.get("x", 0) + width > COLUMNS:
        yield f"it doesn't fit into {COLUMNS} columns"
    if not 1 <= height <= HEIGHT_MAX:
        yield f"height must be from 1 to {HEIGHT_MAX}"
    properties = widget.get("properties")
    if not isinstance(properties, Mapping):
        yield "properties must be an object"
    elif widget["type"] == "metric" and not properties.get("metrics") and not properties.get("annotations"):
        yield "a metric widget needs metrics or annotations"
    elif widget["type"] == "metric" and not properties.get("region"):
        yield "a metric widget needs a region"
    elif widget["type"] == "text" and not properties.get("markdown"):
        yield "a text widget needs markdown"
