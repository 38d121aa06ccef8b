"""AWS Config records every resource of the account, and Security Hub holds it against a standard.

A recorder records all types that it can, or all but some that are left out by name, and a RecorderStatus
starts it. One of a stack's recorders records what is global. Whether a recorder works under the
service-linked role, which Security Hub's Config.1 wants too, isn't judged. What an organization sets up for
its accounts isn't in their graphs: that is for a suppression.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modelyard_policies.aws.account_settings import is_the_accounts, missing
from modelyard_policies.aws.types import (
    CONFIG_RECORDER,
    CONFIG_RECORDER_STATUS,
    SECURITY_HUB_ACCOUNT,
    SECURITY_HUB_STANDARD,
    STACK,
)
from modelyard_policies.declared import ACCOUNT_COMPONENT
from modelyard_policies.reading import Block, Failure, GraphView, Resource, any_of, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="config-and-security-hub",
    code="LM5",
    title="AWS Config records every resource, and Security Hub holds the account against a standard",
    severity=Severity.MEDIUM,
    resources=(STACK, CONFIG_RECORDER, CONFIG_RECORDER_STATUS, SECURITY_HUB_ACCOUNT),
    reads=(
        CONFIG_RECORDER,
        CONFIG_RECORDER_STATUS,
        SECURITY_HUB_ACCOUNT,
        SECURITY_HUB_STANDARD,
        ACCOUNT_COMPONENT,
    ),
    why=(
        "What is changed by hand, outside every program, is seen by what records the account itself, and by "
        "nothing else."
    ),
    mend=(
        "Give the account's stack a Recorder with allSupported and includeGlobalResourceTypes true, a "
        "DeliveryChannel, a RecorderStatus with isEnabled true, and a Security Hub Account with a standard."
    ),
    snippet="""\
recorder = aws.cfg.Recorder(
    "account",
    role_arn="arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
    recording_group={"all_supported": True, "include_global_resource_types": True},
)
channel = aws.cfg.DeliveryChannel("account", s3_bucket_name=log_bucket.bucket)
aws.cfg.RecorderStatus(
    "account",
    name=recorder.name,
    is_enabled=True,
    opts=pulumi.ResourceOptions(depends_on=[channel]),
)
aws.securityhub.Account("account")
""",
    maps_to={
        "checkov": ["CKV2_AWS_45", "CKV2_AWS_48"],
        "security_hub": ["Config.1"],
        "cis_aws": ["3.3", "4.16"],
    },
)

NEEDED: Final = {
    CONFIG_RECORDER: "no Recorder of AWS Config records the account's resources",
    SECURITY_HUB_ACCOUNT: "no Account of Security Hub gathers the account's findings",
}
"""What the account's stack has to have."""


RULE.applies(is_the_accounts)


@RULE.check
def resources_are_recorded_and_judged(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the stack for having both, and each of their resources for itself."""
    if resource.type == STACK:
        yield from each(NEEDED.items(), lambda needed: missing(resource, graph, *needed))
    elif resource.type == CONFIG_RECORDER:
        checks = (_records_all_types, _records_global_ones, _is_started)
        yield from each(checks, lambda check: check(resource, graph))
    elif resource.type == CONFIG_RECORDER_STATUS:
        if not resource.is_true("isEnabled"):
            yield resource.failure("isEnabled", f"is {resource.shown('isEnabled')}")
    elif not _has_a_standard(resource, graph):
        yield resource.failure("enableDefaultStandards", "is false, and no StandardsSubscription is there")


@RULE.remedy
def start(resource: Resource, graph: GraphView) -> Mapping[str, Any]:
    """What is stopped."""
    stopped = resource.type == CONFIG_RECORDER_STATUS and not resource.is_true("isEnabled")
    return {"isEnabled": True} if stopped else {}


def _records_all_types(recorder: Resource, graph: GraphView) -> Iterator[Failure]:
    """All are recorded unless the group says otherwise (pulumi-aws 7, cfg.Recorder)."""
    group = recorder.block("recordingGroup")
    if not any_of(
        lambda: not group.has("allSupported"),
        lambda: group.is_true("allSupported"),
        lambda: _leaves_some_out(group),
    ):
        yield group.failure("allSupported", f"is {group.shown('allSupported')}")


def _leaves_some_out(group: Block) -> bool:
    strategies = group.list("recordingStrategies")
    return some(strategies, lambda each: each.text("useOnly") == "EXCLUSION_BY_RESOURCE_TYPES")


def _records_global_ones(recorder: Resource, graph: GraphView) -> Iterator[Failure]:
    """One recorder is enough, in whatever region: what is global is the same everywhere."""
    if not some(graph.of_type(CONFIG_RECORDER), _takes_global_ones):
        group = recorder.block("recordingGroup")
        yield group.failure("includeGlobalResourceTypes", "isn't true for any recorder")


def _takes_global_ones(recorder: Resource) -> bool:
    group = recorder.block("recordingGroup")
    return any_of(
        lambda: group.is_true("includeGlobalResourceTypes"),
        lambda: _leaves_some_out(group),
    )


def _is_started(recorder: Resource, graph: GraphView) -> Iterator[Failure]:
    if not graph.linked(recorder, CONFIG_RECORDER_STATUS, "name"):
        yield recorder.failure("", "no RecorderStatus starts it")


def _has_a_standard(hub: Resource, graph: GraphView) -> bool:
    """Unless it says otherwise it starts with AWS's own (pulumi-aws 7, securityhub.Account)."""
    return any_of(
        lambda: not hub.has("enableDefaultStandards"),
        lambda: hub.is_true("enableDefaultStandards"),
        lambda: bool(graph.of_type(SECURITY_HUB_STANDARD)),
    )
