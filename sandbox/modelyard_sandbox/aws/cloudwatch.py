"""CloudWatch: alarms and dashboards.

Source of what replaces and what updates: pulumi-aws 7.51's registry pages and the provider that it bridges,
aws_cloudwatch_metric_alarm and aws_cloudwatch_dashboard; 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, tags_of
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.aws.translate import tags_to_list

PLAIN = (
    "actionsEnabled",
    "alarmActions",
    "alarmDescription",
    "comparisonOperator",
    "datapointsToAlarm",
    "evaluationPeriods",
    "extendedStatistic",
    "insufficientDataActions",
    "metricName",
    "namespace",
    "okActions",
    "period",
    "statistic",
    "threshold",
    "thresholdMetricId",
    "treatMissingData",
    "unit",
)


class MetricAlarm(ResourceHandler):
    """An alarm on a metric or an expression; its id is its name."""

    type = "aws:cloudwatch/metricAlarm:MetricAlarm"
    service = "cloudwatch"
    inputs = frozenset({"dimensions", "metricQueries", "name", *PLAIN})
    required = frozenset({"comparisonOperator", "evaluationPeriods", "name"})
    replace_on = frozenset({"name"})
    made_with = inputs | {"tags", "tagsAll"}
    name_input = "name"
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self._put(cloud, inputs)
        return inputs["name"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "dimensions", "metricQueries", *PLAIN):
            self._put(cloud, new)
        retag(cloud, "cloudwatch", cloud.arn("cloudwatch", f"alarm:{id_}"), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "DescribeAlarms", AlarmNames=[id_])["MetricAlarms"]
        return {"arn": found[0]["AlarmArn"]} if found else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteAlarms", AlarmNames=[id_])

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("cloudwatch").get_paginator("describe_alarms").paginate():
            yield from (alarm["AlarmName"] for alarm in page["MetricAlarms"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")

    def _put(self, cloud: Cloud, inputs: Inputs) -> None:
        request = self.request(cloud, "PutMetricAlarm", inputs, *PLAIN)
        if inputs.get("dimensions"):
            request["Dimensions"] = tags_to_list(inputs["dimensions"], "Name")
        if inputs.get("metricQueries"):
            request["Metrics"] = [_query(item) for item in inputs["metricQueries"]]
        tags = tags_to_list(tags_of(inputs))
        self.call(
            cloud, "PutMetricAlarm", AlarmName=inputs["name"], **request, **({"Tags": tags} if tags else {})
        )


class Dashboard(ResourceHandler):
    """A dashboard; its id is its name."""

    type = "aws:cloudwatch/dashboard:Dashboard"
    service = "cloudwatch"
    inputs = frozenset({"dashboardBody", "dashboardName"})
    required = inputs
    replace_on = frozenset({"dashboardName"})
    made_with = inputs
    identity = ("dashboardName",)

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self._put(cloud, inputs)
        return inputs["dashboardName"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "dashboardBody"):
            self._put(cloud, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "GetDashboard", DashboardName=id_)
        return {"dashboardArn": found["DashboardArn"]}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteDashboards", DashboardNames=[id_])

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("cloudwatch").get_paginator("list_dashboards").paginate():
            yield from (item["DashboardName"] for item in page["DashboardEntries"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("dashboardName")

    def _put(self, cloud: Cloud, inputs: Inputs) -> None:
        name, body = inputs["dashboardName"], inputs["dashboardBody"]
        self.call(cloud, "PutDashboard", DashboardName=name, DashboardBody=body)


def _query(item: Mapping[str, Any]) -> dict[str, Any]:
    """A metric query in the API's terms: what Pulumi has in `metric` stands on two levels there."""
    renames = {"id": "Id", "expression": "Expression", "label": "Label", "period": "Period"}
    query: dict[str, Any] = {api: item[name] for name, api in renames.items() if item.get(name) is not None}
    # The API would return what says nothing of it; Terraform says no.
    query["ReturnData"] = bool(item.get("returnData", False))
    metric = item.get("metric")
    if metric:
        dimensions = tags_to_list(metric.get("dimensions") or {}, "Name")
        named = {
            "Namespace": metric.get("namespace"),
            "MetricName": metric["metricName"],
            "Dimensions": dimensions,
        }
        query["MetricStat"] = {
            "Metric": {key: value for key, value in named.items() if value},
            "Period": metric["period"],
            "Stat": metric["stat"],
            **({"Unit": metric["unit"]} if metric.get("unit") else {}),
        }
    return query
