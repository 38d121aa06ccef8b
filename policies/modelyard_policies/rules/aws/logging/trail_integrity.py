"""The account's calls are recorded in all regions, so that nobody can change the record unseen.

A stack that is the account's has a trail that records every call that manages something, reading ones too.
Each trail, wherever it stands, is for all regions with the global services, switched on, keeps digests that
prove its files, and encrypts them with a key of one's own. An organization's trail isn't in the graphs of its
accounts: that is for a suppression.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modelyard_policies.aws.account_settings import is_the_accounts, missing
from modelyard_policies.aws.keys import names_customer_key
from modelyard_policies.aws.trails import is_off, records_management
from modelyard_policies.aws.types import CLOUD_TRAIL, KMS_KEYS, STACK
from modelyard_policies.declared import ACCOUNT_COMPONENT
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="trail-integrity",
    code="LM1",
    title="Trails record all regions, prove their files, and encrypt with a customer-managed key",
    severity=Severity.MEDIUM,
    resources=(STACK, CLOUD_TRAIL),
    reads=(CLOUD_TRAIL, *KMS_KEYS, ACCOUNT_COMPONENT),
    why=(
        "After a break-in the trail is what tells who did what. An intruder works in a region that nobody "
        "watches, and takes out of the record what nobody can prove was there."
    ),
    mend=(
        "Give the account's stack a Trail with isMultiRegionTrail and enableLogFileValidation true, kmsKeyId "
        "set to a key of its own, and no selector that leaves management events out."
    ),
    snippet="""\
aws.cloudtrail.Trail(
    "account",
    s3_bucket_name=log_bucket.bucket,
    kms_key_id=key.arn,
    is_multi_region_trail=True,
    include_global_service_events=True,
    enable_log_file_validation=True,
)
""",
    maps_to={
        "checkov": ["CKV_AWS_67", "CKV_AWS_36", "CKV_AWS_35"],
        "security_hub": ["CloudTrail.1", "CloudTrail.4", "CloudTrail.2"],
        "cis_aws": ["3.1", "3.2", "3.5"],
    },
)

WANTED: Final = ("isMultiRegionTrail", "enableLogFileValidation")
"""Settings that are off unless they are set (pulumi-aws 7, cloudtrail.Trail)."""

KEPT: Final = ("enableLogging", "includeGlobalServiceEvents")
"""Settings that are on unless they are set."""

KEY: Final = "kmsKeyId"


RULE.applies(is_the_accounts)


@RULE.check
def calls_are_recorded(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the stack for having a trail, and each trail for its settings."""
    if resource.type == STACK:
        yield from missing(resource, graph, CLOUD_TRAIL, "no Trail records the account's calls")
        trails = graph.of_type(CLOUD_TRAIL)
        if trails and not some(trails, _records_everything):
            yield resource.failure("", "no Trail records every call that manages something")
        return
    yield from each((*WANTED, *KEPT, KEY), lambda name: _is_right(resource, name, graph))


@RULE.remedy
def turn_on(resource: Resource, graph: GraphView) -> Mapping[str, Any]:
    """The settings of a trail; its key has to be chosen."""
    if resource.type == STACK:
        return {}
    return {setting: True for setting in (*WANTED, *KEPT) if _is_off(resource, setting)}


def _is_right(trail: Resource, name: str, graph: GraphView) -> Iterator[Failure]:
    if name == KEY:
        if not names_customer_key(trail, KEY, graph):
            yield trail.failure(KEY, "names no customer-managed key")
    elif _is_off(trail, name):
        yield trail.failure(name, f"is {trail.shown(name)}")


def _is_off(trail: Resource, setting: str) -> bool:
    return not trail.is_true(setting) and (setting in WANTED or trail.has(setting))


def _records_everything(trail: Resource) -> bool:
    return all_of(lambda: not is_off(trail), lambda: records_management(trail))
