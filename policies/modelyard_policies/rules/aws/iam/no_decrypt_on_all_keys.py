"""No IAM policy lets its holder decrypt with every key.

Every key is `*`, every key of an account or of a region, and whatever is left by NotResource. Security Hub
looks at Resource only; here a condition on the key's alias or tags counts as naming keys, as AWS advises for
access by attributes (AWS KMS Developer Guide, "ABAC for AWS KMS", 2026-11). kms:ViaService doesn't.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.types import GROUP_POLICY, IAM_POLICY, ROLE, ROLE_POLICY, USER_POLICY
from modelyard_policies.reading import (
    Block,
    Failure,
    GraphView,
    Resource,
    Statement,
    all_of,
    each,
    matches,
    some,
    statements,
)
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="no-decrypt-on-all-keys",
    code="EN4",
    title="IAM policies don't allow decryption with every key",
    severity=Severity.HIGH,
    resources=(IAM_POLICY, ROLE_POLICY, USER_POLICY, GROUP_POLICY, ROLE),
    why="One key for each purpose keeps nothing apart if a role may decrypt with all of them.",
    mend="Name as Resource the ARNs of the keys that are needed.",
    maps_to={"security_hub": ["KMS.1", "KMS.2"]},
)

DECRYPTING: Final = ("kms:Decrypt", "kms:ReEncryptFrom")
"""What gives plaintext, or the data to another key: Security Hub's choice."""

_ANY_KEY = "arn:aws:kms:\ufffd:\ufffd:key/\ufffd"
"""A key of which nothing is known: only wildcards match it."""


@RULE.applies
def has_a_policy(holder: Resource, graph: GraphView) -> bool:  # noqa: ARG001
    """Roles may have none of their own."""
    return holder.type != ROLE or holder.has("inlinePolicies")


@RULE.check
def no_statement_decrypts_with_all(holder: Resource, graph: GraphView) -> Iterator[Failure]:  # noqa: ARG001
    """Judge each statement that allows something."""
    blocks: Iterator[Block] = holder.list("inlinePolicies") if holder.type == ROLE else iter([holder])
    yield from each(blocks, lambda block: each(statements(block.document("policy")), _names_its_keys))


def _names_its_keys(statement: Statement) -> Iterator[Failure]:
    for action in DECRYPTING:
        if _decrypts_with_all(statement, action):
            yield statement.block.failure("Resource", f"allows {action} with every key")
            return


def _decrypts_with_all(statement: Statement, action: str) -> bool:
    return all_of(
        lambda: statement.allows,
        lambda: statement.covers_action(action),
        lambda: _is_for_all(statement),
        lambda: not some(statement.conditions(), lambda condition: _names_keys(*condition)),
    )


def _is_for_all(statement: Statement) -> bool:
    if statement.block.has("NotResource"):
        return not some(statement.block.strings("NotResource"), _is_every_key)
    return some(statement.resources(), _is_every_key)


def _is_every_key(pattern: str) -> bool:
    parts = pattern.split(":", 5)
    if len(parts) == 6:
        # All keys of one account and region are all that there are for most.
        parts[1], parts[3], parts[4] = "*", "*", "*"
    return matches(":".join(parts), _ANY_KEY)


def _names_keys(operator: str, key: str, values: list[str]) -> bool:
    about_keys = key.startswith("aws:resourcetag/") or key == "kms:resourcealiases"
    positive = "not" not in operator and not operator.endswith("ifexists") and operator != "null"
    return about_keys and positive and not any(not value.strip("*") for value in values)
