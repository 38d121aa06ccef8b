"""The key of volumes serves who launches the machines: a rule of our own.

AWS Batch, EC2 Auto Scaling and EKS launch by Auto Scaling's service-linked role, which may use no customer
key unless the key's policy, or a grant, names it. It has to use the key and to make grants with it (Amazon
EC2 Auto Scaling User Guide, "Required AWS KMS key policy for use with encrypted volumes"; for spot instances
the role of EC2 Spot as well: Amazon EC2 User Guide, "Service-linked role for Spot Instance requests",
2026-11). That the account's IAM policies decide (principal root) isn't enough: the role's own policy can't
be changed.

Whether a condition holds when the role comes isn't judged: kms:GrantIsForAWSResource is one that does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.compute import users_of
from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    COMPUTE_ENVIRONMENT,
    INSTANCE,
    KMS_ALIAS,
    KMS_GRANT,
    KMS_KEY_POLICY,
    KMS_OWN_KEYS,
    LAUNCH_TEMPLATE,
    NODE_GROUP,
)
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

RULE = Rule(
    id="volume-key-auto-scaling",
    code="EN13",
    title="The key of volumes lets Auto Scaling use it and make grants",
    severity=Severity.HIGH,
    resources=KMS_OWN_KEYS,
    reads=(
        *(LAUNCH_TEMPLATE, COMPUTE_ENVIRONMENT, AUTO_SCALING_GROUP, NODE_GROUP, INSTANCE),
        *(KMS_ALIAS, KMS_GRANT, KMS_KEY_POLICY),
    ),
    why="Otherwise every machine ends as soon as it starts, and jobs stay RUNNABLE without a word of why.",
    mend=(
        "In the key's policy allow arn:aws:iam::ACCOUNT:role/aws-service-role/autoscaling.amazonaws.com/"
        "AWSServiceRoleForAutoScaling kms:Encrypt, kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKey* and "
        'kms:DescribeKey, and kms:CreateGrant with {"Bool": {"kms:GrantIsForAWSResource": "true"}}; for spot '
        "also spot.amazonaws.com/AWSServiceRoleForEC2Spot."
    ),
    maps_to={},
    snippet="""\
auto_scaling = (
    "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
)
volumes = aws.kms.Key(
    "volumes",
    description="Volumes of nodes",
    enable_key_rotation=True,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                    "Action": "kms:*",
                    "Resource": "*",
                },
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": auto_scaling},
                    "Action": [
                        "kms:Encrypt",
                        "kms:Decrypt",
                        "kms:ReEncrypt*",
                        "kms:GenerateDataKey*",
                        "kms:DescribeKey",
                    ],
                    "Resource": "*",
                },
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": auto_scaling},
                    "Action": "kms:CreateGrant",
                    "Resource": "*",
                    "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
                },
            ],
        }
    ),
)
template = aws.ec2.LaunchTemplate(
    "nodes",
    block_device_mappings=[
        {"device_name": "/dev/xvda", "ebs": {"encrypted": "true", "kms_key_id": volumes.arn}}
    ],
)
aws.autoscaling.Group(
    "nodes",
    min_size=0,
    max_size=8,
    vpc_zone_identifiers=[subnet.id],
    launch_template={"id": template.id, "version": "$Latest"},
)
""",
)

AUTO_SCALING: Final = "AWSServiceRoleForAutoScaling"
SPOT: Final = "AWSServiceRoleForEC2Spot"
OPERATIONS: Final = (
    *("Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo"),
    *("GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "DescribeKey", "CreateGrant"),
)


@RULE.applies
def encrypts_volumes(key: Resource, graph: GraphView) -> bool:
    """Whether machines are launched with volumes under the key."""
    return some(_templates(key, graph), lambda template: bool(_launchers(template, graph)))


@RULE.check
def launchers_may_use_it(key: Resource, graph: GraphView) -> Iterator[Failure]:
    """One failure for each role."""
    yield from each(_roles(key, graph), lambda role: _role_may_use_it(key, role, graph))


def _templates(key: Resource, graph: GraphView) -> list[Resource]:
    names = [key, *graph.linked(key, KMS_ALIAS, "targetKeyId")]
    return [found for name in names for found in graph.linked(name, LAUNCH_TEMPLATE, "blockDeviceMappings")]


def _launchers(template: Resource, graph: GraphView) -> list[Resource]:
    """An instance by itself is launched by whoever asks for it."""
    return [user for user in users_of(template, graph) if user.type != INSTANCE]


def _roles(key: Resource, graph: GraphView) -> Iterator[str]:
    yield AUTO_SCALING
    if some(_templates(key, graph), lambda template: _is_for_spot(template, graph)):
        yield SPOT


def _is_for_spot(template: Resource, graph: GraphView) -> bool:
    return any_of(
        lambda: template.block("instanceMarketOptions").text("marketType") == "spot",
        lambda: some(_launchers(template, graph), _launches_spot),
    )


def _launches_spot(user: Resource) -> bool:
    if user.type == COMPUTE_ENVIRONMENT:
        return user.block("computeResources").text("type").upper() == "SPOT"
    return user.text("capacityType").upper() == "SPOT"


def _role_may_use_it(key: Resource, role: str, graph: GraphView) -> Iterator[Failure]:
    policies = graph.linked(key, KMS_KEY_POLICY, "keyId") or [key]
    missing = [
        operation
        for operation in OPERATIONS
        if not any_of(
            lambda operation=operation: some(policies, lambda policy: _allows(policy, role, operation)),
            lambda operation=operation: some(
                graph.linked(key, KMS_GRANT, "keyId"), lambda grant: _grants(grant, role, operation)
            ),
        )
    ]
    if missing:
        words = ", ".join(f"kms:{operation}" for operation in missing)
        yield policies[0].failure("policy", f"doesn't let {role} use {words}")


def _allows(policy: Resource, role: str, operation: str) -> bool:
    return some(
        statements(policy.document("policy")),
        lambda statement: all_of(
            lambda: statement.allows,
            lambda: _names(statement, role),
            lambda: statement.covers_action(f"kms:{operation}"),
        ),
    )


def _names(statement: Statement, role: str) -> bool:
    return some(statement.principals(), lambda principal: principal == "*" or _is_role(principal, role))


def _grants(grant: Resource, role: str, operation: str) -> bool:
    return all_of(
        lambda: _is_role(grant.text("granteePrincipal"), role),
        lambda: some(grant.strings("operations"), lambda each: each == operation),
    )


def _is_role(principal: str, role: str) -> bool:
    """Auto Scaling's role may have a suffix: an account can have several."""
    name = principal.rpartition("/")[2]
    return name == role or name.startswith(f"{role}_")
