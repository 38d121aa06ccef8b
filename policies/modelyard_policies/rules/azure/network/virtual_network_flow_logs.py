"""Flow logs record a virtual network's traffic and are kept long enough.

Logs of network security groups don't count: none can be made since 2025-06-30, and all end on 2027-09-30
(Azure, "NSG flow logs overview", 2024-10-21). What a lifecycle rule of the storage account deletes earlier
isn't judged here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.azure.types import FLOW_LOG, VIRTUAL_NETWORK
from modelyard_policies.options import Options, number, option
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, each, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class FlowLogRetention(Options):
    """How long flow logs are kept."""

    rule: ClassVar[str] = "virtual-network-flow-logs"
    days: float = option(number(1), 90.0, "Fewest days for which flow logs are kept")


RULE = Rule(
    id="virtual-network-flow-logs",
    code="NW15",
    title="Virtual networks record their traffic in flow logs that are kept long enough",
    severity=Severity.MEDIUM,
    resources=(VIRTUAL_NETWORK,),
    reads=(FLOW_LOG,),
    options=FlowLogRetention,
    why="Without a record of accepted and refused traffic nobody can tell where data went.",
    mend=(
        "Give the virtual network a FlowLog with its id as targetResourceId, enabled true, and "
        "retentionPolicy.days at the option days or more, or 0 to keep all."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_12"],
        "cis_azure": ["6.1.5", "7.5"],
        "azure_policy": ["4c3c6c5f-0d47-4402-99b8-aa543dd8bcee", "27960feb-a23c-4577-8d36-ef8b5f35e0be"],
    },
    snippet="""\
azure.network.FlowLog(
    "network",
    resource_group_name="NetworkWatcherRG",
    network_watcher_name="NetworkWatcher_westeurope",
    target_resource_id=network.id,
    storage_id=account.id,
    enabled=True,
    retention_policy={"enabled": True, "days": 90},
)
""",
)


@RULE.check
def traffic_is_recorded(network: Resource, graph: GraphView) -> Iterator[Failure]:
    """One log that records and keeps is enough, whatever others do."""
    days = graph.options(FlowLogRetention).days
    logs = graph.linked(network, FLOW_LOG, "targetResourceId")
    if not logs:
        yield network.failure("", "no FlowLog records this virtual network")
    elif not some(logs, lambda log: all_of(lambda: _records(log), lambda: _keeps(log, days))):
        yield from each((_recording, _retention), lambda check: check(logs[0], days))


def _recording(log: Resource, days: float) -> Iterator[Failure]:
    if not _records(log):
        yield log.failure("enabled", f"is {log.shown('enabled')}")


def _retention(log: Resource, days: float) -> Iterator[Failure]:
    if not _keeps(log, days):
        policy = log.block("retentionPolicy")
        yield policy.failure("days", f"is {policy.shown('days')}, fewer than {days:g}")


def _records(log: Resource) -> bool:
    # What a log without the setting does is on no page of Azure's.
    return log.is_true("enabled")


def _keeps(log: Resource, days: float) -> bool:
    """Nothing is deleted without a policy, or by one of 0 days."""
    policy = log.block("retentionPolicy")
    return not all_of(lambda: policy.is_true("enabled"), lambda: 0 < (policy.number("days") or 0) < days)
