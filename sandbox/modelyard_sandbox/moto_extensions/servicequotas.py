"""Service Quotas: EC2's quotas on vCPUs with the defaults of a new account, and increases, which are granted
at once; those to more than 10,000 wait for a person's decision, which never comes here. moto has the quotas
of VPC only.

Source: Service Quotas API reference, the operations of these names and ServiceQuota; 2026-11. What a quota is
by default is the catalog's (`aws/quotas.csv`). That Service Quotas refuses a value that is no increase is
documented without its words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.utils import unix_time
from moto.moto_api._internal import mock_random
from moto.servicequotas.resources.default_quotas.vpc import VPC_DEFAULT_QUOTAS
from moto.servicequotas.responses import ServiceQuotasResponse

from modelyard.catalog.quotas import Quota, vcpu_quotas
from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.constraints import constrain
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.pages import BadTokenError, page
from modelyard_sandbox.moto_extensions.store import store_of

EC2 = "Amazon Elastic Compute Cloud (Amazon EC2)"
SERVICES = ("ec2", "vpc")
GRANTED_MAX = 10_000
"""The sandbox's own: AWS opens a case for increases that it doesn't decide by itself, and names no bound."""


class NoSuchResourceError(ServiceException):
    """There is no such service, quota or request."""

    code = "NoSuchResourceException"


class IllegalArgumentError(ServiceException):
    """A value that the parameter doesn't take."""

    code = "IllegalArgumentException"


class InvalidPaginationTokenError(ServiceException):
    """A token that no answer has held."""

    code = "InvalidPaginationTokenException"


def install() -> None:
    """Put the operations in the place of moto's, or beside them."""
    add_operations(
        ServiceQuotasResponse,
        get_service_quota,
        get_aws_default_service_quota,
        list_service_quotas,
        list_aws_default_service_quotas,
        request_service_quota_increase,
        get_requested_service_quota_change,
        list_requested_service_quota_change_history_by_quota,
    )
    constrain(ServiceQuotasResponse, "service-quotas", IllegalArgumentError)


def get_service_quota(self: Any) -> str:
    """GetServiceQuota: the value that holds for the account."""
    return json.dumps({"Quota": _applied(self, _default(self))})


def get_aws_default_service_quota(self: Any) -> str:
    """GetAWSDefaultServiceQuota: the value of a new account."""
    return json.dumps({"Quota": _default(self)})


def list_service_quotas(self: Any) -> str:
    """ListServiceQuotas: the values that hold for the account."""
    return _quotas(self, lambda quota: _applied(self, quota))


def list_aws_default_service_quotas(self: Any) -> str:
    """ListAWSDefaultServiceQuotas: the values of a new account."""
    return _quotas(self, lambda quota: quota)


def request_service_quota_increase(self: Any) -> str:
    """RequestServiceQuotaIncrease: answered as pending, and granted."""
    quota, wanted = _applied(self, _default(self)), float(_parameters(self)["DesiredValue"])
    if not quota["Adjustable"]:
        raise IllegalArgumentError(f"The quota {quota['QuotaName']} is not adjustable.")
    if wanted <= quota["Value"]:
        raise IllegalArgumentError(
            f"The desired value {wanted} must be greater than the quota's value, {quota['Value']}."
        )
    now = unix_time(clock.now().replace(tzinfo=None))
    change: dict[str, Any] = {
        "Id": f"{mock_random.uuid4().hex}{mock_random.get_random_hex(8)}",
        **{
            member: quota[member]
            for member in ("ServiceCode", "ServiceName", "QuotaCode", "QuotaName", "QuotaArn", "GlobalQuota")
        },
        "DesiredValue": wanted,
        "Created": now,
        "LastUpdated": now,
        "Unit": quota["Unit"],
    }
    _requests(self)[change["Id"]] = change
    if _status(change) == "APPROVED":
        store_of(self.backend, "quota_values")[_place(quota)] = wanted
    return json.dumps({"RequestedQuota": {**change, "Status": "PENDING"}})


def get_requested_service_quota_change(self: Any) -> str:
    """GetRequestedServiceQuotaChange."""
    change = _requests(self).get(_parameters(self)["RequestId"])
    if change is None:
        raise NoSuchResourceError("There is no request of that id.")
    return json.dumps({"RequestedQuota": {**change, "Status": _status(change)}})


def list_requested_service_quota_change_history_by_quota(self: Any) -> str:
    """ListRequestedServiceQuotaChangeHistoryByQuota, the newest first."""
    quota, status = _default(self), _parameters(self).get("Status")
    found = [
        {**change, "Status": _status(change)}
        for change in reversed(_requests(self).values())
        if _place(change) == _place(quota) and status in (None, _status(change))
    ]
    return _paged(self, found, "RequestedQuotas")


def _quotas(self: Any, shown: Callable[[dict[str, Any]], dict[str, Any]]) -> str:
    asked = _parameters(self)
    code = asked.get("QuotaCode")
    of_service = _of_service(self, asked["ServiceCode"])
    return _paged(
        self, [shown(quota) for quota in of_service if code in (None, quota["QuotaCode"])], "Quotas"
    )


def _paged(self: Any, items: Sequence[dict[str, Any]], member: str) -> str:
    asked = _parameters(self)
    try:
        shown, token = page(items, asked.get("NextToken"), asked.get("MaxResults"))
    except BadTokenError as error:
        raise InvalidPaginationTokenError(f"Invalid token: {error}") from None
    return json.dumps({member: shown, **({"NextToken": token} if token else {})})


def _default(self: Any) -> dict[str, Any]:
    asked = _parameters(self)
    for quota in _of_service(self, asked["ServiceCode"]):
        if quota["QuotaCode"] == asked["QuotaCode"]:
            return quota
    raise NoSuchResourceError("The request failed because the specified service quota does not exist.")


def _of_service(self: Any, service: str) -> list[dict[str, Any]]:
    if service not in SERVICES:
        raise NoSuchResourceError("The request failed because the specified service does not exist.")
    if service == "vpc":
        quotas: list[dict[str, Any]] = [*VPC_DEFAULT_QUOTAS]
        return [{**quota, "QuotaArn": _arn(self, "vpc", quota["QuotaCode"])} for quota in quotas]
    return [_described(self, quota) for quota in vcpu_quotas()]


def _described(self: Any, quota: Quota) -> dict[str, Any]:
    return {
        "ServiceCode": "ec2",
        "ServiceName": EC2,
        "QuotaArn": _arn(self, "ec2", quota.code),
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": float(quota.default_vcpus),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }


def _applied(self: Any, quota: dict[str, Any]) -> dict[str, Any]:
    values = store_of(self.backend, "quota_values")
    return {**quota, "Value": values.get(_place(quota), quota["Value"])}


def _place(quota: dict[str, Any]) -> str:
    return f"{quota['ServiceCode']}/{quota['QuotaCode']}"


def _arn(self: Any, service: str, code: str) -> str:
    account = self.current_account
    return f"arn:{self.partition}:servicequotas:{self.region}:{account}:{service}/{code}"


def _status(change: dict[str, Any]) -> str:
    return "APPROVED" if change["DesiredValue"] <= GRANTED_MAX else "CASE_OPENED"


def _requests(self: Any) -> dict[str, dict[str, Any]]:
    return store_of(self.backend, "quota_requests")


def _parameters(self: Any) -> dict[str, Any]:
    return json.loads(self.body or "{}")
