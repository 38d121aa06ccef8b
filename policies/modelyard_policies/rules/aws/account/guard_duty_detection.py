"""GuardDuty watches the account, its buckets, its clusters, and what runs on its machines.

A new detector has every protection but runtime monitoring, unless a feature turns it off (Amazon GuardDuty
API Reference, CreateDetector, 2026-11). Where the agent of runtime monitoring comes from isn't judged.
Detectors that an organization's administrator makes aren't in the graphs of its accounts: that is for a
suppression.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from modelyard_policies.aws.account_settings import is_the_accounts, missing
from modelyard_policies.aws.types import GUARD_DUTY_DETECTOR, GUARD_DUTY_FEATURE, STACK
from modelyard_policies.declared import ACCOUNT_COMPONENT
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

ASKED_FOR: Final = "RUNTIME_MONITORING"
"""The one feature that is off unless it is turned on."""

OLDER: Final = {
    "S3_DATA_EVENTS": ("s3Logs",),
    "EKS_AUDIT_LOGS": ("kubernetes", "auditLogs"),
    "EBS_MALWARE_PROTECTION": ("malwareProtection", "scanEc2InstanceWithFindings", "ebsVolumes"),
}
"""Where older programs turn features on and off, in the detector's datasources."""


@dataclass(frozen=True, slots=True)
class Protections(Options):
    """What GuardDuty has to watch."""

    rule: ClassVar[str] = "guard-duty-detection"
    features: tuple[str, ...] = option(
        words(),
        ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", ASKED_FOR),
        "Features that have to be on, as GuardDuty names them; EBS_MALWARE_PROTECTION, RDS_LOGIN_EVENTS and "
        "LAMBDA_NETWORK_LOGS may be others",
    )


RULE = Rule(
    id="guard-duty-detection",
    code="LM4",
    title="GuardDuty watches the account, with S3, EKS and runtime protection",
    severity=Severity.MEDIUM,
    resources=(STACK, GUARD_DUTY_DETECTOR),
    reads=(GUARD_DUTY_DETECTOR, GUARD_DUTY_FEATURE, ACCOUNT_COMPONENT),
    options=Protections,
    why=(
        "Stolen credentials and machines that mine are seen by what they do, in minutes rather than on the "
        "bill. Without S3 and runtime protection a copied dataset or a foreign process isn't seen at all."
    ),
    mend=(
        "Give the account's stack a Detector in each region that is used, with a DetectorFeature of status "
        "ENABLED for RUNTIME_MONITORING, and none that turns S3_DATA_EVENTS or EKS_AUDIT_LOGS off."
    ),
    snippet="""\
detector = aws.guardduty.Detector("account", enable=True)
for feature in ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "RUNTIME_MONITORING"):
    aws.guardduty.DetectorFeature(
        f"account-{feature}", detector_id=detector.id, name=feature, status="ENABLED"
    )
""",
    maps_to={
        "checkov": ["CKV_AWS_238", "CKV2_AWS_3"],
        "security_hub": ["GuardDuty.1", "GuardDuty.5", "GuardDuty.10", "GuardDuty.11"],
    },
)


RULE.applies(is_the_accounts)


@RULE.check
def everything_is_watched(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the stack for having a detector, and each detector for what it watches."""
    if resource.type == STACK:
        yield from missing(
            resource, graph, GUARD_DUTY_DETECTOR, "no Detector of GuardDuty watches the account"
        )
        return
    features = graph.options(Protections).features
    checks = (
        lambda: _detects(resource),
        lambda: each(features, lambda feature: _is_on(resource, feature.upper(), graph)),
    )
    yield from each(checks, lambda check: check())


@RULE.remedy
def turn_on(resource: Resource, graph: GraphView) -> Mapping[str, Any]:
    """The detector; features are resources of their own."""
    return {"enable": True} if resource.type != STACK and _is_off(resource, "enable") else {}


def _detects(detector: Resource) -> Iterator[Failure]:
    if _is_off(detector, "enable"):
        yield detector.failure("enable", f"is {detector.shown('enable')}")


def _is_on(detector: Resource, feature: str, graph: GraphView) -> Iterator[Failure]:
    found = [
        item
        for item in graph.linked(detector, GUARD_DUTY_FEATURE, "detectorId")
        if item.text("name").upper() == feature
    ]
    for item in found:
        if item.text("status").upper() != "ENABLED":
            yield item.failure("status", f"is {item.shown('status')}: {feature} is off")
    if found:
        return
    if feature == ASKED_FOR:
        yield detector.failure("", f"no DetectorFeature turns {feature} on")
    elif feature in OLDER:
        block: Block = detector
        for step in ("datasources", *OLDER[feature]):
            block = block.block(step)
        if _is_off(block, "enable"):
            yield block.failure("enable", f"is {block.shown('enable')}: {feature} is off")


def _is_off(block: Block, key: str) -> bool:
    return block.has(key) and not block.is_true(key)
