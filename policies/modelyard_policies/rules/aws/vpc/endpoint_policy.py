"""Endpoints don't let data out to anybody's account.

An endpoint without a policy passes every request of everyone (AWS PrivateLink Guide, "Control access to VPC
endpoints using endpoint policies", 2026-11): with keys of an account of their own, whoever is on a machine
takes data out through it, though nothing reaches the internet. Judged are endpoints of services that keep
what they are sent; not every service takes a policy, and the option `services` names those that need one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.aws.endpoints import service_of
from modelyard_policies.aws.types import VPC_ENDPOINT, VPC_ENDPOINT_POLICY
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import (
    Failure,
    GraphView,
    Resource,
    Statement,
    all_of,
    any_of,
    each,
    some,
    statements,
)
from modelyard_policies.rule import Rule, Severity

CARRIES: Final = {
    "dynamodb": "dynamodb:PutItem",
    "ecr.api": "ecr:PutImage",
    "ecr.dkr": "ecr:PutImage",
    "kinesis-firehose": "firehose:PutRecord",
    "kinesis-streams": "kinesis:PutRecord",
    "logs": "logs:PutLogEvents",
    "s3": "s3:PutObject",
    "s3express": "s3express:CreateSession",
    "secretsmanager": "secretsmanager:PutSecretValue",
    "sns": "sns:Publish",
    "sqs": "sqs:SendMessage",
    "ssm": "ssm:PutParameter",
}
"""For each service that keeps what it is sent, the action that takes data there."""


@dataclass(frozen=True, slots=True)
class GuardedServices(Options):
    """Services whose endpoints need a policy."""

    rule: ClassVar[str] = "endpoint-policy"
    services: tuple[str, ...] = option(
        words(), tuple(CARRIES), "Services whose endpoints have to have a policy, named as ecr.api"
    )


RULE = Rule(
    id="endpoint-policy",
    code="NW10",
    title="Endpoints have a policy that keeps to one's own accounts",
    severity=Severity.MEDIUM,
    resources=(VPC_ENDPOINT,),
    reads=(VPC_ENDPOINT_POLICY,),
    options=GuardedServices,
    why=(
        "Through an endpoint that passes everything, data leaves for another account's bucket or registry "
        "from a network that has no way to the internet."
    ),
    mend=(
        "Give the endpoint a policy that names its resources, or that wants aws:PrincipalAccount or "
        "aws:ResourceAccount, or aws:PrincipalOrgID or aws:ResourceOrgID, to be your own."
    ),
    maps_to={},
    snippet="""\
aws.ec2.VpcEndpoint(
    "s3",
    vpc_id=vpc.id,
    vpc_endpoint_type="Gateway",
    service_name="com.amazonaws.eu-west-1.s3",
    route_table_ids=[route_table.id],
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OwnBuckets",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": "*",
                    "Condition": {"StringEquals": {"aws:ResourceAccount": "111122223333"}},
                }
            ],
        }
    ),
)
""",
)

NO_LIMIT: Final = frozenset({"aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths"})
"""Keys of conditions that say whose the endpoint is: every request through it meets them, whosever it is."""

LIMITS: Final = ("account", "arn", "orgid", "orgpaths", "secretid", "aws:userid")
"""Ends of keys, in lower case, that say who asks, or whose it is that is asked for."""

EXCLUDING: Final = frozenset(
    f"{name}{end}"
    for name in (
        "stringnotequals",
        "stringnotequalsignorecase",
        "stringnotlike",
        "arnnotequals",
        "arnnotlike",
    )
    for end in ("", "ifexists")
)
"""Operators by which a Deny keeps out whoever, or whatever, isn't one's own."""


@RULE.applies
def takes_data(endpoint: Resource, graph: GraphView) -> bool:
    """Whether the service is one that needs a policy."""
    return service_of(endpoint, graph.options(GuardedServices).services) is not None


@RULE.check
def the_policy_keeps_to_some(endpoint: Resource, graph: GraphView) -> Iterator[Failure]:
    """A policy is the endpoint's own property, or a resource of its own."""
    service = service_of(endpoint, graph.options(GuardedServices).services) or ""
    action = CARRIES.get(service, f"{service.partition('.')[0]}:*")
    holders = graph.linked(endpoint, VPC_ENDPOINT_POLICY, "vpcEndpointId") or [endpoint]

    def judge(holder: Resource) -> Iterator[Failure]:
        if not holder.has("policy"):
            yield holder.failure("policy", "is unset, so everyone may send anything to any account")
        elif _passes_to_anyone(holder, action):
            yield holder.failure("policy", f"allows {action} to everyone in any account")

    yield from each(holders, judge)


def _passes_to_anyone(holder: Resource, action: str) -> bool:
    document = holder.document("policy")
    return all_of(
        lambda: some(statements(document), lambda one: _opens(one, action)),
        lambda: not some(statements(document), lambda one: _keeps_out(one, action)),
    )


def _opens(statement: Statement, action: str) -> bool:
    return all_of(
        lambda: statement.allows,
        lambda: statement.covers_action(action),
        lambda: _is_for_all(statement),
        lambda: not statement.is_kept_to(_limits),
    )


def _keeps_out(statement: Statement, action: str) -> bool:
    return all_of(
        lambda: statement.denies,
        lambda: statement.covers_action(action),
        lambda: _is_for_all(statement),
        lambda: some(statement.conditions(), _excludes),
    )


def _is_for_all(statement: Statement) -> bool:
    """Whether it is about everyone, and about resources of every account."""
    return all_of(
        statement.is_for_everyone,
        lambda: any_of(
            lambda: statement.block.has("NotResource"),
            lambda: some(statement.resources(), _is_anywhere),
        ),
    )


def _is_anywhere(resource: str) -> bool:
    """Whether it may be of any account. What has none in its ARN, as a bucket, has a name of its own."""
    parts = resource.split(":", 5)
    if len(parts) != 6:
        return not resource.strip("*?")
    account, name = parts[4:]
    return not (account or name.partition("/")[0]).strip("*?")


def _limits(key: str) -> bool:
    return key not in NO_LIMIT and key.endswith(LIMITS)


def _excludes(condition: tuple[str, str, list[str]]) -> bool:
    operator, key, values = condition
    return operator in EXCLUDING and _limits(key) and all(value.strip("*?") for value in values)
