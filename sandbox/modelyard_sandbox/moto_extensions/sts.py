"""STS: how long a session may be, and what its policy must be.

Source: STS API reference, AssumeRole; 2026-11.
"""

from __future__ import annotations

from typing import Any

from moto.iam.models import iam_backends
from moto.iam.policy_validation import IAMPolicyDocumentValidator
from moto.sts.exceptions import STSValidationError
from moto.sts.responses import TokenResponse

from modelyard_sandbox.moto_extensions.constraints import constrain
from modelyard_sandbox.moto_extensions.operations import before

SESSION_SECONDS_DEFAULT = 3600
SESSION_SECONDS_MAX = 12 * 3600


def install() -> None:
    """Put the checks before moto's operations."""
    before(TokenResponse, "assume_role", _check_session)
    constrain(TokenResponse, "sts", STSValidationError)


def _check_session(self: Any) -> None:
    policy = self._get_param("Policy")
    if policy is not None:
        IAMPolicyDocumentValidator(policy).validate()
    seconds = int(self._get_param("DurationSeconds", SESSION_SECONDS_DEFAULT))
    if seconds > _longest(self.partition, self._get_param("RoleArn")):
        raise STSValidationError(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )


def _longest(partition: str, role_arn: str) -> int:
    """The longest session of a role, in seconds; moto lets roles be assumed that are not there."""
    account_id, path = role_arn.split(":")[4:6]
    name = path.rpartition("/")[2]
    roles = iam_backends[account_id][partition].get_roles()
    return next(
        (int(role.max_session_duration or SESSION_SECONDS_DEFAULT) for role in roles if role.name == name),
        SESSION_SECONDS_MAX,
    )
