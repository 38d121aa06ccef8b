"""Log groups keep what they hold long enough, under a key of one's own.

A group without a retention, or with 0, keeps everything. One that says by its tag `stage` that it isn't for
production may keep less. A group of the class DELIVERY passes its logs on and keeps them two days at most,
whatever it says (pulumi-aws 7, cloudwatch.LogGroup).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.aws.keys import names_customer_key
from modelyard_policies.aws.types import KMS_KEYS, LOG_GROUP
from modelyard_policies.declared import is_production
from modelyard_policies.options import Options, number, option
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class LogRetention(Options):
    """How long logs are kept."""

    rule: ClassVar[str] = "log-group-retention-and-key"
    retention_days: float = option(number(1), 365, "Fewest days that logs are kept")
    non_production_retention_days: float = option(
        number(1), 30, "Fewest days where the tag stage says that it isn't production"
    )


RULE = Rule(
    id="log-group-retention-and-key",
    code="LM3",
    title="Log groups keep a year of logs under a customer-managed key",
    severity=Severity.MEDIUM,
    resources=(LOG_GROUP,),
    reads=KMS_KEYS,
    options=LogRetention,
    why=(
        "Break-ins are found months later, when the logs that would tell how are gone. And logs hold what "
        "programs print: paths, prompts, at times a token."
    ),
    mend="Set retentionInDays to 365 or more, and kmsKeyId to a key whose policy lets CloudWatch Logs in.",
    snippet="""\
aws.cloudwatch.LogGroup("jobs", retention_in_days=365, kms_key_id=key.arn)
""",
    maps_to={"checkov": ["CKV_AWS_338", "CKV_AWS_158"]},
)


@RULE.check
def logs_are_kept_and_encrypted(group: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge how long, and under which key."""
    checks: tuple[Callable[[Resource, GraphView], Iterator[Failure]], ...] = (_is_kept, _has_customer_key)
    yield from each(checks, lambda check: check(group, graph))


def _is_kept(group: Resource, graph: GraphView) -> Iterator[Failure]:
    days = group.number("retentionInDays")
    options = graph.options(LogRetention)
    if not days or days >= options.retention_days or group.text("logGroupClass").upper() == "DELIVERY":
        return
    least = options.retention_days
    if not is_production(group, graph):
        least = min(least, options.non_production_retention_days)
    if days < least:
        yield group.failure("retentionInDays", f"is {days:g}, fewer than {least:g}")


def _has_customer_key(group: Resource, graph: GraphView) -> Iterator[Failure]:
    if not names_customer_key(group, "kmsKeyId", graph):
        yield group.failure("kmsKeyId", "names no customer-managed key")
