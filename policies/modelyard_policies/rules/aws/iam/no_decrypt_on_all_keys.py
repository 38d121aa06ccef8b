"""No IAM policy lets its holder decrypt with every key.

Every key is `*`, every key of an account or of a region, and whatever is left by NotResource. Security Hub
looks at Resource only; here a condition on the key's alias or tags counts as naming keys, as AWS advises for
access by attributes (AWS KMS Developer Guide, "ABAC for AWS KMS", 2026-11). kms:ViaService doesn't.

Who may make grants, or write key policies, gives themselves decryption; grants that a service of AWS's makes
to do its own work (kms:GrantIsForAWSResource) are fine.

What allows everything is for the rule policy-no-full-access: one fault, one finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.iam_policies import (
    POLICY_HOLDERS,
    READ_BY_RIGHTS,
    UNNAMED,
    allows_everything,
    each_statement,
    gives_rights,
    is_tag_of_resource,
    names_all,
)
from modelyard_policies.reading import Failure, GraphView, Resource, Statement, all_of, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="no-decrypt-on-all-keys",
    code="EN4",
    title="IAM policies don't allow decryption with every key",
    severity=Severity.HIGH,
    resources=POLICY_HOLDERS,
    reads=READ_BY_RIGHTS,
    why="One key for each purpose keeps nothing apart if a role may decrypt with all of them.",
    mend="Name as Resource the ARNs of the keys that are needed.",
    maps_to={"security_hub": ["KMS.1", "KMS.2"]},
    snippet="""\
aws.iam.RolePolicy(
    "read-datasets",
    role=role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                    "Resource": key.arn,
                }
            ],
        }
    ),
)
""",
)

DECRYPTING: Final = ("kms:Decrypt", "kms:ReEncryptFrom", "kms:CreateGrant", "kms:PutKeyPolicy")
"""What gives plaintext, or the data to another key, which is Security Hub's choice; and what gives that."""

_ANY_KEY: Final = f"arn:aws:kms:{UNNAMED}:{UNNAMED}:key/{UNNAMED}"


@RULE.applies
def has_a_policy(holder: Resource, graph: GraphView) -> bool:
    """Whether it gives rights."""
    return gives_rights(holder, graph)


@RULE.check
def no_statement_decrypts_with_all(holder: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each statement that allows something."""
    yield from each_statement(holder, _names_its_keys)


def _names_its_keys(statement: Statement) -> Iterator[Failure]:
    if allows_everything(statement):
        return
    for action in DECRYPTING:
        if _decrypts_with_all(statement, action):
            yield statement.block.failure("Resource", f"allows {action} with every key")
            return


def _decrypts_with_all(statement: Statement, action: str) -> bool:
    return all_of(
        lambda: statement.allows,
        lambda: statement.covers_action(action),
        lambda: names_all(statement, _ANY_KEY),
        lambda: not statement.is_kept_to(_is_about_keys),
        lambda: action != "kms:CreateGrant" or not some(statement.conditions(), _is_for_a_service),
    )


def _is_about_keys(key: str) -> bool:
    return is_tag_of_resource(key) or key == "kms:resourcealiases"


def _is_for_a_service(condition: tuple[str, str, list[str]]) -> bool:
    return condition == ("bool", "kms:grantisforawsresource", ["true"])
