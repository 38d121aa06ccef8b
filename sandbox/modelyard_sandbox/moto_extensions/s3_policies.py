"""S3: what a bucket's policy denies about objects, conditions included.

moto takes every statement with a condition for a denial. The sandbox speaks HTTP where the cloud speaks
HTTPS, so a request counts as sent over TLS. Source: S3 user guide, condition keys; 2026-11.
"""

from __future__ import annotations

from typing import Any

from flask import request
from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import S3AccessDeniedError
from moto.s3.models import FakeBucket

from modelyard_sandbox.moto_extensions.policy_documents import denies
from modelyard_sandbox.moto_extensions.s3_lock_conditions import lock_action, lock_context

HEADER_KEYS = (
    "x-amz-acl",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class",
)
ACTIONS = {"s3:HeadObject": "s3:GetObject", "s3:PostObject": "s3:PutObject"}
"""moto names an action by the method of the request; a multipart upload begins with POST and is a
PutObject.
"""


def install() -> None:
    """Put our evaluation in the place of moto's."""
    FakeBucket.get_permission = _get_permission  # pyright: ignore[reportAttributeAccessIssue] (in the place of moto's)


def _get_permission(self: Any, action: str, resource: str) -> PermissionResult:
    if self.policy is None:
        return PermissionResult.NEUTRAL
    context = {f"s3:{name}": request.headers[name] for name in HEADER_KEYS if name in request.headers}
    context["aws:SecureTransport"] = "true"
    context["aws:PrincipalAccount"] = self.account_id
    context |= lock_context(request)
    denied = denies(
        self.policy.decode(),
        account_id=self.account_id,
        action=lock_action(request, ACTIONS.get(action, action)),
        resource=resource,
        context=context,
    )
    if denied and "delete" not in request.args:
        # moto would answer without a body, and the SDK would have no code to show.
        raise S3AccessDeniedError
    return PermissionResult.DENIED if denied else PermissionResult.NEUTRAL
