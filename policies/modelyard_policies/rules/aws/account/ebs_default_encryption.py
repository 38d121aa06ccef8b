"""The account encrypts every new volume, asked for or not.

It is a setting of each region: a stack that is the account's has it in each in which it has anything.
EncryptionByDefault turns it on unless it says false (pulumi-aws 7, ebs.EncryptionByDefault).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelyard_policies.aws.account_settings import is_the_accounts, missing
from modelyard_policies.aws.types import EBS_ENCRYPTION_BY_DEFAULT, STACK
from modelyard_policies.declared import ACCOUNT_COMPONENT
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="ebs-default-encryption",
    code="EN6",
    title="The account encrypts new EBS volumes by default",
    severity=Severity.MEDIUM,
    resources=(STACK, EBS_ENCRYPTION_BY_DEFAULT),
    reads=(EBS_ENCRYPTION_BY_DEFAULT, ACCOUNT_COMPONENT),
    why="What an image, a console or a script makes without saying so stays in plain on the disk.",
    mend="Give the account's stack an EncryptionByDefault with enabled true in each region that is used.",
    maps_to={"checkov": ["CKV_AWS_106"], "security_hub": ["EC2.7"], "cis_aws": ["5.1.1"]},
    snippet='aws.ebs.EncryptionByDefault("volumes", enabled=True)\n',
)


RULE.applies(is_the_accounts)


@RULE.check
def it_is_on(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the stack for having the setting, and each setting for being on."""
    if resource.type != STACK:
        if _is_off(resource):
            yield resource.failure("enabled", f"is {resource.shown('enabled')}")
    else:
        what = "no EncryptionByDefault encrypts the account's new volumes"
        yield from missing(resource, graph, EBS_ENCRYPTION_BY_DEFAULT, what)


@RULE.remedy
def turn_on(resource: Resource, graph: GraphView) -> Mapping[str, Any]:
    """Of the setting, not of the stack."""
    return {"enabled": True} if resource.type != STACK and _is_off(resource) else {}


def _is_off(setting: Resource) -> bool:
    return setting.has("enabled") and not setting.is_true("enabled")
