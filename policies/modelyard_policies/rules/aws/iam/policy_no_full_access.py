"""No IAM policy allows every action, nor every action of IAM, nor every action of a service on everything.

Allowing everything but some (NotAction) on every resource is the same. A policy that the stack uses as a
permissions boundary gives no rights and isn't judged.

Security Hub's IAM.21 wants no `service:*` at all; here one that names its resources passes, as
`s3:*` on one bucket, unless the option service_wildcards says otherwise. A condition on the resource's tags
names resources. Inline policies are judged as well, which Security Hub leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.aws.iam_policies import (
    POLICY_HOLDERS,
    READ_BY_RIGHTS,
    UNNAMED,
    allows_all_of,
    allows_everything,
    each_statement,
    gives_rights,
    is_tag_of_resource,
    names_all,
)
from modelyard_policies.options import Options, choice, option
from modelyard_policies.reading import Failure, GraphView, Resource, Statement, all_of, any_of, each, some
from modelyard_policies.rule import Rule, Severity

NEVER, EVERYWHERE, ALWAYS = "never", "everywhere", "always"
IAM: Final = "iam"


@dataclass(frozen=True, slots=True)
class ServiceWildcards(Options):
    """How wide a statement may be."""

    rule: ClassVar[str] = "policy-no-full-access"
    service_wildcards: str = option(
        choice(NEVER, EVERYWHERE, ALWAYS),
        EVERYWHERE,
        "When every action of a service (s3:*) is a fault: never, on every resource (everywhere), or always",
    )


RULE = Rule(
    id="policy-no-full-access",
    code="IA1",
    title="IAM policies don't allow everything, all of IAM, or all of a service on every resource",
    severity=Severity.HIGH,
    resources=POLICY_HOLDERS,
    reads=READ_BY_RIGHTS,
    options=ServiceWildcards,
    why=(
        "Who gets hold of the credentials gets hold of the account: its data, its keys, and the logs that "
        "would tell. Whoever has all of IAM can give themselves the rest."
    ),
    mend="List the actions that are needed, and name as Resource what they are needed for.",
    snippet="""\
aws.iam.RolePolicy(
    "read-datasets",
    role=role.name,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": ["s3:GetObject", "s3:ListBucket"],
                    "Resource": ["arn:aws:s3:::acme-datasets", "arn:aws:s3:::acme-datasets/*"],
                }
            ],
        }
    ),
)
""",
    maps_to={
        "checkov": ["CKV_AWS_62", "CKV_AWS_63", "CKV2_AWS_40"],
        "security_hub": ["IAM.1", "IAM.21"],
        "cis_aws": ["1.15"],
    },
)


@RULE.applies
def has_a_policy(holder: Resource, graph: GraphView) -> bool:
    """Whether it gives rights."""
    return gives_rights(holder, graph)


@RULE.check
def statements_are_narrow(holder: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each statement that allows something."""
    wildcards = graph.options(ServiceWildcards).service_wildcards
    yield from each_statement(holder, lambda statement: _is_narrow(statement, wildcards))


def _is_narrow(statement: Statement, wildcards: str) -> Iterator[Failure]:
    block = statement.block
    if allows_everything(statement):
        if block.has("NotAction"):
            yield block.failure("NotAction", "allows every action but those that it names, on every resource")
        else:
            yield block.failure("Action", "allows every action")
        return
    if not statement.allows:
        return
    if allows_all_of(statement, IAM):
        yield block.failure("Action", "allows every action of IAM")
    if wildcards != NEVER:
        yield from each(
            statement.actions(), lambda pattern: _is_no_whole_service(statement, pattern, wildcards)
        )


def _is_no_whole_service(statement: Statement, pattern: str, wildcards: str) -> Iterator[Failure]:
    service, _, actions = pattern.partition(":")
    if service == IAM or not actions or actions.strip("*?"):
        return
    resource = f"arn:aws:{service}:{UNNAMED}:{UNNAMED}:{UNNAMED}"
    if any_of(
        lambda: wildcards == ALWAYS,
        lambda: all_of(
            # Of S3 as well every object of every bucket.
            lambda: some((resource, f"{resource}/{UNNAMED}"), lambda each: names_all(statement, each)),
            lambda: not statement.is_kept_to(is_tag_of_resource),
        ),
    ):
        where = "" if wildcards == ALWAYS else " on every resource"
        yield statement.block.failure("Action", f"allows every action of {service}{where}")
