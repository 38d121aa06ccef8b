"""CreateKey, PutKeyPolicy, GetKeyPolicy: a policy that is none, or locks everybody out, is refused."""

from __future__ import annotations

import json
from typing import Any

from moto.kms.responses import KmsResponse

from modelyard_sandbox.moto_extensions.kms.errors import (
    MalformedPolicyError,
    NotFoundError,
    ValidationError,
)
from modelyard_sandbox.moto_extensions.kms.related import named_key
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.policy_documents import allows, root_of, statements_of

DEFAULT = "default"
"""The only policy that a key has here."""

MOTO_CREATE_KEY = KmsResponse.create_key


def install() -> None:
    """Put the operations in the place of moto's."""
    add_operations(KmsResponse, create_key, put_key_policy, get_key_policy)


def create_key(self: Any) -> str:
    """CreateKey."""
    check_policy(self)
    made = json.loads(MOTO_CREATE_KEY(self))["KeyMetadata"]
    key = self.kms_backend.keys[made["KeyId"]]
    # moto says nothing of a usage that the request leaves out.
    key.key_usage = key.key_usage or "ENCRYPT_DECRYPT"
    return json.dumps(key.to_dict())


def put_key_policy(self: Any) -> str:
    """PutKeyPolicy."""
    key = _key_of_policy(self)
    check_policy(self)
    key.policy = self._get_param("Policy")
    return json.dumps(None)


def get_key_policy(self: Any) -> str:
    """GetKeyPolicy."""
    return json.dumps({"Policy": _key_of_policy(self).policy, "PolicyName": DEFAULT})


def _key_of_policy(self: Any) -> Any:
    """The key of a request, whose policy is the default one."""
    name = self._get_param("PolicyName") or DEFAULT
    if name == "AWS_RAM":
        raise ValidationError("The AWS_RAM policy can only be managed by the RAM service")
    if name != DEFAULT:
        raise NotFoundError("No such policy exists")
    return named_key(self)


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
        "aws:PrincipalArn": root_of(self.partition, account),
        "kms:CallerAccount": account,
    }
    # A key's policy speaks of the key as "*": any arn of a key stands for it.
    resource = f"arn:{self.partition}:kms:{self.region}:{account}:key/{self._get_param('KeyId') or 'new'}"
    if not allows(policy, account_id=account, action="kms:PutKeyPolicy", resource=resource, context=context):
        raise MalformedPolicyError(
            "The new key policy will not allow you to update the key policy in the future."
        )
