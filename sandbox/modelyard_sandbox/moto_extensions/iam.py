"""IAM: quotas, roles that are a service's own, and policies that moto takes without a look.

Sources: IAM API reference, the operations' errors; IAM user guide, quotas and character limits (managed
policies 6,144 characters, inline policies of a role 10,240, trust policies 2,048, white space not counted;
ten managed policies a role); 2026-11.
"""

from __future__ import annotations

from typing import Any

from moto.iam.exceptions import (
    DeleteConflictException,
    EntityAlreadyExists,
    IAMException,
    InvalidInput,
    LimitExceededException,
    ValidationError,
)
from moto.iam.models import SERVICE_NAME_CONVERSION, IAMBackend
from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator
from moto.iam.responses import IamResponse

from modelyard_sandbox.moto_extensions.constraints import constrain
from modelyard_sandbox.moto_extensions.operations import before

MANAGED_POLICY_CHARACTERS_MAX = 6144
INLINE_POLICY_CHARACTERS_MAX = 10240
TRUST_POLICY_CHARACTERS_MAX = 2048
MANAGED_POLICIES_A_ROLE_MAX = 10
SERVICE_ROLE_PATH = "/aws-service-role/"
SERVICE_ROLE_NAMES = {
    "backup": "Backup",
    "config": "Config",
    "batch": "Batch",
    "ecs": "ECS",
    "fsx": "AmazonFSx",
    "elasticfilesystem": "AmazonElasticFileSystem",
    "spot": "EC2Spot",
}
"""How services write themselves at the end of their role's name (their guides, "service-linked roles")."""

CHANGES_OF_ROLES = (
    "attach_role_policy",
    "delete_role",
    "delete_role_permissions_boundary",
    "delete_role_policy",
    "detach_role_policy",
    "put_role_permissions_boundary",
    "put_role_policy",
    "update_assume_role_policy",
    "update_role",
)


class UnmodifiableEntityError(IAMException):
    """A service's own role changes by the service only."""

    code = "UnmodifiableEntity"


def install() -> None:
    """Put the checks before moto's operations."""
    SERVICE_NAME_CONVERSION.update(SERVICE_ROLE_NAMES)
    before(IamResponse, "create_role", _check_new_role)
    before(IamResponse, "create_service_linked_role", _check_new_service_role)
    for operation in CHANGES_OF_ROLES:
        before(IamResponse, operation, _refuse_service_role)
    before(IAMBackend, "attach_role_policy", _check_attachment)
    before(IAMBackend, "create_policy", _check_policy)
    before(IAMBackend, "create_policy_version", _check_policy_version)
    before(IAMBackend, "delete_policy", _check_unused)
    before(IAMBackend, "put_role_policy", _check_inline_policy)
    constrain(IamResponse, "iam", ValidationError)


def _check_new_role(self: Any) -> None:
    name, trust = self._get_param("RoleName"), self._get_param("AssumeRolePolicyDocument")
    _refuse_taken(self.backend, name)
    IAMTrustPolicyDocumentValidator(trust).validate()
    _limit(trust, TRUST_POLICY_CHARACTERS_MAX, "ACLSizePerRole")


def _check_new_service_role(self: Any) -> None:
    service, suffix = self._get_param("AWSServiceName"), self._get_param("CustomSuffix")
    path = f"{SERVICE_ROLE_PATH}{service}/"
    taken = [role for role in self.backend.get_roles() if role.path == path]
    if any(role.name.endswith(f"_{suffix}") if suffix else "_" not in role.name for role in taken):
        raise InvalidInput(
            f"Service role name {taken[0].name} has been taken in this account, "
            "please try a different suffix."
        )


def _refuse_taken(backend: Any, name: str) -> None:
    if any(role.name.lower() == name.lower() for role in backend.get_roles()):
        raise EntityAlreadyExists(f"Role with name {name} already exists.")


def _refuse_service_role(self: Any) -> None:
    name = self._get_param("RoleName")
    role = next((role for role in self.backend.get_roles() if role.name == name), None)
    if role is not None and role.path.startswith(SERVICE_ROLE_PATH):
        raise UnmodifiableEntityError(
            f"Cannot perform the operation on the protected role '{name}' - "
            "this role is only modifiable by AWS"
        )


def _check_attachment(self: Any, policy_arn: str, role_name: str) -> None:
    attached = self.get_role(role_name).managed_policies
    if policy_arn not in attached and len(attached) >= MANAGED_POLICIES_A_ROLE_MAX:
        raise LimitExceededException(
            f"Cannot exceed quota for PoliciesPerRole: {MANAGED_POLICIES_A_ROLE_MAX}"
        )


def _check_policy(_backend: Any, _description: str, _path: str, policy_document: str, *_: Any) -> None:
    _limit(policy_document, MANAGED_POLICY_CHARACTERS_MAX, "PolicySize")


def _check_policy_version(_backend: Any, _arn: str, policy_document: str, *_: Any) -> None:
    _limit(policy_document, MANAGED_POLICY_CHARACTERS_MAX, "PolicySize")


def _check_inline_policy(self: Any, role_name: str, policy_name: str, policy_json: str) -> None:
    others = self.get_role(role_name).policies
    together = "".join(text for name, text in others.items() if name != policy_name)
    if _characters(together + policy_json) > INLINE_POLICY_CHARACTERS_MAX:
        raise LimitExceededException(
            f"Maximum policy size of {INLINE_POLICY_CHARACTERS_MAX} bytes exceeded for role {role_name}"
        )


def _check_unused(self: Any, policy_arn: str) -> None:
    policy = self.get_policy(policy_arn)
    if policy.attachment_count > 0:
        raise DeleteConflictException("Cannot delete a policy attached to entities.")
    if len(policy.versions) > 1:
        raise DeleteConflictException(
            "This policy has more than one version. Before you delete a policy, you must delete the "
            "policy's versions. The default version is deleted with the policy."
        )


def _limit(document: str, characters_max: int, quota: str) -> None:
    if _characters(document) > characters_max:
        raise LimitExceededException(f"Cannot exceed quota for {quota}: {characters_max}")


def _characters(document: str) -> int:
    return len("".join(document.split()))
