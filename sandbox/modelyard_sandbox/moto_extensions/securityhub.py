"""Security Hub: how it is set, and the standards that it holds an account against.

Standards are ready at once, and no control is ever checked. Sources: Security Hub API reference, the
operations of these names, EnableSecurityHub and its errors; 2026-11.
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, EmptyResult
from moto.securityhub.responses import SecurityHubResponse
from moto.securityhub.urls import url_paths

from modelyard_sandbox.moto_extensions.operations import add_operations, after, before
from modelyard_sandbox.moto_extensions.store import store_of

STANDARD = re.compile(r"arn:aws[\w-]*:securityhub:[\w-]*::(?:standards|ruleset)/(?P<path>.+)")
BY_DEFAULT = (
    "aws-foundational-security-best-practices/v/1.0.0",
    "cis-aws-foundations-benchmark/v/1.2.0",
)
"""Standards that EnableSecurityHub turns on unless told not to."""


class ResourceConflictError(ServiceException):
    """It is there already."""

    code = "ResourceConflictException"


class InvalidAccessError(ServiceException):
    """Security Hub isn't enabled."""

    code = "InvalidAccessException"


class InvalidInputError(ServiceException):
    """A value that the parameter doesn't take."""

    code = "InvalidInputException"


def install() -> None:
    """Add the operations to moto's, with their paths."""
    before(SecurityHubResponse, "enable_security_hub", _refuse_twice)
    after(SecurityHubResponse, "enable_security_hub", _keep_settings)
    after(SecurityHubResponse, "disable_security_hub", _forget)
    add_operations(
        SecurityHubResponse,
        describe_hub,
        update_security_hub_configuration,
        batch_enable_standards,
        batch_disable_standards,
        get_enabled_standards,
    )
    for name in ("register", "deregister", "get"):
        url_paths[f"{{0}}/standards/{name}$"] = SecurityHubResponse.dispatch


def describe_hub(self: Any) -> ActionResult:
    """DescribeHub, with its settings."""
    told = self.securityhub_backend.describe_hub(hub_arn=self._get_param("HubArn"))
    return ActionResult({"HubArn": told["HubArn"], "SubscribedAt": told["SubscribedAt"], **_settings(self)})


def update_security_hub_configuration(self: Any) -> EmptyResult:
    """UpdateSecurityHubConfiguration: what isn't named stays as it is."""
    _must_be_enabled(self)
    for name in ("AutoEnableControls", "ControlFindingGenerator"):
        if (value := self._get_param(name)) is not None:
            _settings(self)[name] = value
    return EmptyResult()


def batch_enable_standards(self: Any) -> ActionResult:
    """BatchEnableStandards."""
    _must_be_enabled(self)
    asked = self._get_param("StandardsSubscriptionRequests")
    arns = [item["StandardsArn"] for item in asked]
    for arn in arns:
        if not STANDARD.fullmatch(arn):
            raise InvalidInputError(f"Invalid parameter 'StandardsArn'. There is no standard {arn}.")
    return ActionResult({"StandardsSubscriptions": [_subscribe(self, arn) for arn in arns]})


def batch_disable_standards(self: Any) -> ActionResult:
    """BatchDisableStandards."""
    _must_be_enabled(self)
    kept, gone = _standards(self), self._get_param("StandardsSubscriptionArns")
    unknown = [arn for arn in gone if arn not in kept]
    if unknown:
        raise InvalidInputError(f"Account is not subscribed to the standard {unknown[0]}.")
    removed = [{**kept.pop(arn), "StandardsStatus": "DELETING"} for arn in gone]
    return ActionResult({"StandardsSubscriptions": removed})


def get_enabled_standards(self: Any) -> ActionResult:
    """GetEnabledStandards, all or those of some ARNs."""
    _must_be_enabled(self)
    wanted = self._get_param("StandardsSubscriptionArns")
    found = [item for arn, item in _standards(self).items() if not wanted or arn in wanted]
    return ActionResult({"StandardsSubscriptions": found})


def _subscribe(self: Any, arn: str) -> dict[str, Any]:
    match = STANDARD.fullmatch(arn)
    path = match["path"] if match else ""
    own = f"arn:{self.partition}:securityhub:{self.region}:{self.current_account}:subscription/{path}"
    made = {
        "StandardsSubscriptionArn": own,
        "StandardsArn": arn,
        "StandardsInput": {},
        "StandardsStatus": "READY",
        "StandardsControlsUpdatable": "READY_FOR_UPDATES",
    }
    return _standards(self).setdefault(own, made)


def _refuse_twice(self: Any) -> None:
    if self.securityhub_backend.enabled:
        raise ResourceConflictError("Account is already subscribed to Security Hub")


def _keep_settings(self: Any, _answer: Any) -> None:
    _settings(self).update(
        AutoEnableControls=True,
        ControlFindingGenerator=self._get_param("ControlFindingGenerator") or "SECURITY_CONTROL",
    )
    if self._get_param("EnableDefaultStandards") is not False:
        for path in BY_DEFAULT:
            _subscribe(self, f"arn:{self.partition}:securityhub:{self.region}::standards/{path}")


def _forget(self: Any, _answer: Any) -> None:
    _settings(self).clear()
    _standards(self).clear()


def _must_be_enabled(self: Any) -> None:
    if not self.securityhub_backend.enabled:
        raise InvalidAccessError(f"Account {self.current_account} is not subscribed to AWS Security Hub")


def _settings(self: Any) -> dict[str, Any]:
    return store_of(self.securityhub_backend, "settings")


def _standards(self: Any) -> dict[str, Any]:
    return store_of(self.securityhub_backend, "standards")
