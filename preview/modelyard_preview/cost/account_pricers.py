"""What an account's records and detectors cost: by how much happens, which nobody states.

What is charged for is on AWS's pages on prices of each service (CloudTrail, Config, GuardDuty, Security Hub,
Inspector, IAM Access Analyzer; read in November 2026).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from modelyard_policies.graph import Node
from modelyard_preview.cost.model import Unpriced

FREE_ANALYZERS = ("ACCOUNT", "ORGANIZATION")
"""Types of analyzers that look for access from outside; those of unused and internal access cost."""


def _trail(node: Node, _region: str) -> Iterator[Unpriced]:
    selectors = node.properties.get("advancedEventSelectors") or []
    if not isinstance(selectors, list) or any(_records_data(selector) for selector in selectors):
        yield Unpriced(
            "data events in the trail", (node.urn,), "how many reads and writes there are isn't stated"
        )
    # The first copy of management events is free in each region.
    yield Unpriced(
        "further copies of management events", (node.urn,), "free unless another trail records them too"
    )


def _records_data(selector: Any) -> bool:
    fields = selector.get("fieldSelectors", ()) if isinstance(selector, dict) else ()
    return any(field.get("equals") == ["Data"] for field in fields if isinstance(field, dict))


def _recorder(node: Node, _region: str) -> Iterator[Unpriced]:
    yield Unpriced("configuration items recorded", (node.urn,), "how often resources change isn't stated")


def _detector(node: Node, _region: str) -> Iterator[Unpriced]:
    yield Unpriced("events and flows that GuardDuty reads", (node.urn,), "how many there are isn't stated")


def _feature(node: Node, _region: str) -> Iterator[Unpriced]:
    if node.properties.get("status") != "DISABLED":
        yield Unpriced("features of GuardDuty", (node.urn,), "how much they look at isn't stated")


def _hub(node: Node, _region: str) -> Iterator[Unpriced]:
    yield Unpriced("findings in Security Hub", (node.urn,), "how many there are isn't stated")


def _standard(node: Node, _region: str) -> Iterator[Unpriced]:
    yield Unpriced("checks of Security Hub", (node.urn,), "how many resources are checked isn't stated")


def _inspector(node: Node, _region: str) -> Iterator[Unpriced]:
    yield Unpriced("machines and images that Inspector scans", (node.urn,), "how many there are isn't stated")


def _analyzer(node: Node, _region: str) -> Iterator[Unpriced]:
    if node.properties.get("type", "ACCOUNT") not in FREE_ANALYZERS:
        yield Unpriced("roles and resources analyzed", (node.urn,), "how many there are isn't stated")


ACCOUNT_PRICERS: dict[str, Callable[[Node, str], Iterator[Unpriced]]] = {
    "aws:accessanalyzer/analyzer:Analyzer": _analyzer,
    "aws:cfg/recorder:Recorder": _recorder,
    "aws:cloudtrail/trail:Trail": _trail,
    "aws:guardduty/detector:Detector": _detector,
    "aws:guardduty/detectorFeature:DetectorFeature": _feature,
    "aws:inspector2/enabler:Enabler": _inspector,
    "aws:securityhub/account:Account": _hub,
    "aws:securityhub/standardsSubscription:StandardsSubscription": _standard,
}
"""Types that are paid for, and how."""
