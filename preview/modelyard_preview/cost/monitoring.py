"""What watching costs: alarms, dashboards, metrics, and the small services around them."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.environment.aws.sites import sites
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard.planning.names import watcher_function
from modelyard_policies.graph import Graph, Node
from modelyard_preview.cost.charges import Charge
from modelyard_preview.cost.model import Amounts, Unpriced

FUNCTION = "aws:lambda/function:Function"
POOL_METRICS = 5
"""What the watcher publishes of each pool: jobs in three states, the first one's wait, vCPUs kept up."""
BUDGET_METRICS = 3
"""What it publishes of a budget: limit, spent, forecast."""


def metric_charges(environment: AwsEnvironment, graph: Graph) -> Iterator[Charge | Unpriced]:
    """The metrics that are published of the environment, in each region that has a watcher."""
    functions = {node.properties.get("name"): node for node in graph.of_type(FUNCTION)}
    for site in sites(environment):
        watcher = functions.get(watcher_function(environment.name, site.region))
        if watcher is None:
            continue
        metrics = POOL_METRICS * len(site.pools) + (BUDGET_METRICS if environment.budget else 0)
        amount = Amounts.always(float(metrics))
        yield Charge("metrics of the watcher", "cloudwatch_metric_month", site.region, amount, (watcher.urn,))
        reason = "one set a node that runs: how many different ones run in a month isn't stated"
        yield Unpriced("metrics of the nodes' agents", (watcher.urn,), reason)


def alarm_charges(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    """An alarm pays for each metric that it looks at."""
    queries = node.properties.get("metricQueries") or []
    metrics = sum(1 for query in queries if isinstance(query, dict) and query.get("metric")) or 1
    amount = Amounts.always(float(metrics))
    yield Charge("alarms", "cloudwatch_alarm_metric_month", region, amount, (node.urn,))


def dashboard_charges(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    """A dashboard; an account has a few for nothing, which others may have taken."""
    yield Charge("dashboards", "cloudwatch_dashboard_month", region, Amounts.always(1.0), (node.urn,))


def topic_charges(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    """Messages, and the requests for the key of an encrypted topic."""
    yield Unpriced("messages of topics", (node.urn,), "how many there are isn't stated")


def function_charges(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    """Starts and run time."""
    yield Unpriced("functions: starts and run time", (node.urn,), "how long they run isn't stated")


def schedule_charges(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    """Each time that a schedule fires."""
    yield Unpriced("schedules: each call", (node.urn,), "no price known; millions a month are free")
