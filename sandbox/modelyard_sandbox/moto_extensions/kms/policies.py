"""CreateKey and PutKeyPolicy: a policy that is none, or that locks everybody out, is refused."""

from __future__ import annotations

from typing import Any

from moto.kms.responses import KmsResponse

from modelyard_sandbox.moto_extensions.kms.errors import MalformedPolicyError
from modelyard_sandbox.moto_extensions.policy_documents import allows, statements_of
from modelyard_sandbox.moto_extensions.store import add_operations

MOTO_CREATE_KEY, MOTO_PUT_POLICY = KmsResponse.create_key, KmsResponse.put_key_policy


def install() -> None:
    """Put the operations in the place of moto's."""
    add_operations(KmsResponse, create_key, put_key_policy)


def create_key(self: Any) -> str:
    """CreateKey."""
    check_policy(self)
    return MOTO_CREATE_KEY(self)


def put_key_policy(self: Any) -> str:
    """PutKeyPolicy."""
    check_policy(self)
    return MOTO_PUT_POLICY(self)


def check_policy(self: Any) -> None:
    """Refuse a request's policy that nobody could change later, unless the check is bypassed."""
    policy = self._get_param("Policy")
    if policy is None:
        return
    try:
        statements = statements_of(policy)
    except ValueError as error:
        raise MalformedPolicyError(f"The new key policy is not a valid policy document: {error}") from error
    if any(not statement.keys() & {"Principal", "NotPrincipal"} for statement in statements):
        raise MalformedPolicyError("The new key policy has a statement without a principal.")
    if self._get_param("BypassPolicyLockoutSafetyCheck"):
        return
    account = self.current_account
    context = {
        "aws:PrincipalAccount": account,
        "aws:PrincipalArn": f"arn:{self.partition}:iam::{account}:root",
        "kms:CallerAccount": account,
    }
    # A key's policy speaks of the key as "*": any arn of a key stands for it.
    resource = f"arn:{self.partition}:kms:{self.region}:{account}:key/{self._get_param('KeyId') or 'new'}"
    if not allows(policy, account_id=account, action="kms:PutKeyPolicy", resource=resource, context=context):
        raise MalformedPolicyError(
            "The new key policy will not allow you to update the key policy in the future."
        )
