"""GuardDuty, Security Hub, Inspector and IAM Access Analyzer, each in every region."""

from typing import get_args

import pulumi
import pulumi_aws as aws

from modelyard.account.base import Created
from modelyard.account.detection import (
    AdoptedAnalyzer,
    AdoptedGuardDuty,
    CreatedGuardDuty,
    CreatedInspector,
    CreatedSecurityHub,
    GuardDutyFeature,
    RuntimeAgent,
)
from modelyard.aws.account.frame import Frame

AGENTS = {
    "ec2": "EC2_AGENT_MANAGEMENT",
    "ecs_fargate": "ECS_FARGATE_AGENT_MANAGEMENT",
    "eks": "EKS_ADDON_MANAGEMENT",
}
"""GuardDuty's names of its agents' management (GuardDuty API Reference, DetectorAdditionalConfiguration,
2026-11)."""
STANDARDS = {
    "fsbp": "aws-foundational-security-best-practices/v/1.0.0",
    "cis_3_0": "cis-aws-foundations-benchmark/v/3.0.0",
    "nist_800_53": "nist-800-53/v/5.0.0",
    "pci_4_0_1": "pci-dss/v/4.0.1",
}
"""Ends of the standards' ARNs (AWS Security Hub User Guide, "Security standards", 2026-11)."""


def watch_for_attacks(frame: Frame) -> dict[str, pulumi.Output[str]]:
    """A detector in each region; their ids."""
    guardduty = frame.account.guardduty
    outputs: dict[str, pulumi.Output[str]] = {}
    for region in frame.account.every_region:
        name = frame.named("guardduty", region)
        if isinstance(guardduty, AdoptedGuardDuty):
            detector_id = guardduty.detectors[region]
            aws.guardduty.Detector.get(name, detector_id, region=region, opts=frame.child())
            outputs[f"detector_id_{region}"] = pulumi.Output.from_input(detector_id)
        if isinstance(guardduty, CreatedGuardDuty):
            detector = aws.guardduty.Detector(
                name, enable=True, region=region, tags=frame.tags, opts=frame.child()
            )
            _features(frame, guardduty, detector, region)
            outputs[f"detector_id_{region}"] = detector.id
    return outputs


def _features(
    frame: Frame, guardduty: CreatedGuardDuty, detector: aws.guardduty.Detector, region: str
) -> None:
    features: tuple[str, ...] = get_args(GuardDutyFeature)
    for feature in features:
        is_on = feature in guardduty.features
        aws.guardduty.DetectorFeature(
            frame.named(f"guardduty-{feature.replace('_', '-')}", region),
            detector_id=detector.id,
            name=feature.upper(),
            status=_status(is_on=is_on),
            additional_configurations=_agents(guardduty)
            if feature == "runtime_monitoring" and is_on
            else None,
            region=region,
            opts=frame.child(),
        )


def _agents(
    guardduty: CreatedGuardDuty,
) -> list[aws.guardduty.DetectorFeatureAdditionalConfigurationArgsDict]:
    agents: tuple[str, ...] = get_args(RuntimeAgent)
    return [
        {"name": AGENTS[agent], "status": _status(is_on=agent in guardduty.managed_agents)}
        for agent in agents
    ]


def _status(*, is_on: bool) -> str:
    return "ENABLED" if is_on else "DISABLED"


def gather_findings(frame: Frame) -> None:
    """Security Hub with its standards."""
    hub = frame.account.security_hub
    for region in frame.account.every_region:
        name = frame.named("security-hub", region)
        if hub.mode == "adopt":
            aws.securityhub.Account.get(name, frame.account.account_id, region=region, opts=frame.child())
        if not isinstance(hub, CreatedSecurityHub):
            continue
        made = aws.securityhub.Account(
            name,
            enable_default_standards=False,
            auto_enable_controls=True,
            control_finding_generator="SECURITY_CONTROL",
            region=region,
            opts=frame.child(),
        )
        for standard in hub.standards:
            aws.securityhub.StandardsSubscription(
                frame.named(f"security-hub-{standard.replace('_', '-')}", region),
                standards_arn=f"arn:aws:securityhub:{region}::standards/{STANDARDS[standard]}",
                region=region,
                opts=frame.child(made),
            )


def scan_software(frame: Frame) -> None:
    """Inspector."""
    inspector = frame.account.inspector
    if not isinstance(inspector, CreatedInspector):
        return
    for region in frame.account.every_region:
        aws.inspector2.Enabler(
            frame.named("inspector", region),
            account_ids=[frame.account.account_id],
            resource_types=[scan.upper() for scan in inspector.scans],
            region=region,
            opts=frame.child(),
        )


def analyze_access(frame: Frame) -> None:
    """An analyzer of what is open to other accounts."""
    analyzer = frame.account.access_analyzer
    for region in frame.account.every_region:
        name = frame.named("access", region)
        if isinstance(analyzer, AdoptedAnalyzer):
            aws.accessanalyzer.Analyzer.get(
                name, analyzer.analyzers[region], region=region, opts=frame.child()
            )
        if isinstance(analyzer, Created):
            aws.accessanalyzer.Analyzer(
                name,
                analyzer_name=frame.named("access"),
                type="ACCOUNT",
                region=region,
                tags=frame.tags,
                opts=frame.child(),
            )
