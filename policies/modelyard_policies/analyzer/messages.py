"""Rules and findings as the analyzer protocol writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as pb

from modelyard_policies.analyzer.configuration import Configuration, default_level
from modelyard_policies.configuration.rules import UNKNOWN_VERDICTS
from modelyard_policies.report import Finding, Verdict
from modelyard_policies.rule import Rule, Scope, Severity
from modelyard_policies.suppressions.entry import Suppression

PACK = "modelyard"
"""Name of the pack, as in PulumiPolicy.yaml."""

SEVERITIES = {
    Severity.CRITICAL: pb.POLICY_SEVERITY_CRITICAL,
    Severity.HIGH: pb.POLICY_SEVERITY_HIGH,
    Severity.MEDIUM: pb.POLICY_SEVERITY_MEDIUM,
    Severity.LOW: pb.POLICY_SEVERITY_LOW,
}


@cache
def pack_version() -> str:
    """Version of the distribution, empty if the pack isn't installed or Pulumi couldn't read it."""
    try:
        found = version(PACK)
    except PackageNotFoundError:
        return ""
    return found if re.fullmatch(r"\d+\.\d+\.\d+", found) else ""


@dataclass(frozen=True, slots=True)
class Remedied:
    """What a rule's remedy came to."""

    properties: Struct | None
    """All properties as they are now; None if they couldn't be changed."""
    diagnostic: str
    """Why they couldn't."""


def remediation(rule: Rule, remedied: Remedied) -> pb.Remediation:
    """A remedy as the engine takes it: new properties, or a warning."""
    return pb.Remediation(
        policyName=rule.id,
        policyPackName=PACK,
        policyPackVersion=pack_version(),
        description=rule.title,
        properties=remedied.properties,
        diagnostic=remedied.diagnostic,
    )


def info(rules: Iterable[Rule]) -> pb.AnalyzerInfo:
    """What the pack holds."""
    return pb.AnalyzerInfo(
        name=PACK,
        displayName="modelyard",
        version=pack_version(),
        supportsConfig=True,
        policies=[*(_policy(rule) for rule in rules), _of_unknown_verdicts()],
    )


def diagnostic(
    finding: Finding, rule: Rule, configuration: Configuration, suppression: Suppression | None = None
) -> pb.AnalyzeDiagnostic:
    """A finding. What is unknown has a level of its own, a rule that broke stops the deployment, and what is
    suppressed only advises.
    """
    level = {
        Verdict.UNKNOWN: configuration.unknown,
        Verdict.ERROR: pb.MANDATORY,
    }.get(finding.verdict, configuration.levels[rule.id])
    where = f"{finding.property}: " if finding.property else ""
    message = f"{where}{finding.message}\n{rule.why}\nmend: {finding.remediation}"
    if suppression is not None:
        level = pb.ADVISORY
        until = f"suppressed until {suppression.expires} by {suppression.owner}: {suppression.reason}"
        message = f"{message}\n{until}"
    return _diagnostic(rule, level, message, finding.urn)


def expired(suppression: Suppression, rule: Rule) -> pb.AnalyzeDiagnostic:
    """A suppression that holds no more, which stops the deployment."""
    message = (
        f"{_entry(suppression)} expired on {suppression.expires}\n"
        f"mend: mend what it covers, or have {suppression.owner} answer for it anew"
    )
    return _diagnostic(rule, pb.MANDATORY, message, "")


def unused(suppression: Suppression, rule: Rule) -> pb.AnalyzeDiagnostic:
    """A suppression that covers nothing."""
    message = f"{_entry(suppression)} covers nothing\nmend: remove it from the file"
    return _diagnostic(rule, pb.ADVISORY, message, "")


def _entry(suppression: Suppression) -> str:
    return f"the suppression at {suppression.file}:{suppression.line} for {suppression.resource}"


def _diagnostic(
    rule: Rule, level: pb.EnforcementLevel.ValueType, message: str, urn: str
) -> pb.AnalyzeDiagnostic:
    return pb.AnalyzeDiagnostic(
        policyName=rule.id,
        policyPackName=PACK,
        policyPackVersion=pack_version(),
        description=rule.title,
        message=message,
        enforcementLevel=level,
        urn=urn,
        severity=SEVERITIES[rule.severity],
    )


def not_applicable(rule: Rule, reason: str) -> pb.PolicyNotApplicable:
    """That a rule has nothing to say, and why."""
    return pb.PolicyNotApplicable(policy_name=rule.id, reason=reason)


def _of_unknown_verdicts() -> pb.PolicyInfo:
    return pb.PolicyInfo(
        name=UNKNOWN_VERDICTS,
        displayName="Everything can be judged before the deployment",
        description="What a rule can't judge yet is neither a pass nor a failure.",
        message="Give the value in the program, or take it from a resource of the same stack.",
        enforcementLevel=pb.ADVISORY,
        policy_type=pb.POLICY_TYPE_STACK,
        severity=pb.POLICY_SEVERITY_LOW,
    )


def _policy(rule: Rule) -> pb.PolicyInfo:
    policy = pb.PolicyInfo(
        name=rule.id,
        displayName=f"{rule.code}: {rule.title}",
        description=rule.why,
        message=rule.mend,
        enforcementLevel=default_level(rule),
        policy_type=pb.POLICY_TYPE_STACK if rule.scope is Scope.STACK else pb.POLICY_TYPE_RESOURCE,
        severity=SEVERITIES[rule.severity],
        tags=[f"{source}:{name}" for source, names in sorted(rule.maps_to.items()) for name in names],
        remediation_steps=rule.mend,
    )
    if rule.options is not None:
        schema = Struct()
        schema.update(rule.options.schema())
        policy.configSchema.properties.CopyFrom(schema)
    return policy
