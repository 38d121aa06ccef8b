"""What Backup keeps beside moto's vaults and plans, and pages of answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.backup.models import backup_backends

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.backup.errors import (
    AccessDeniedError,
    InvalidParameterError,
    NotFoundError,
)
from modelyard_sandbox.moto_extensions.pages import BadTokenError, page
from modelyard_sandbox.moto_extensions.policy_documents import refusal
from modelyard_sandbox.moto_extensions.store import store_of

PAGE_MAX = 1000


def backend_of(account_id: str, region: str) -> Any:
    """Backup of an account and region."""
    try:
        return backup_backends[account_id][region]
    except KeyError as error:
        raise InvalidParameterError(f"AWS Backup is not available in {region}") from error


def find_vault(backend: Any, name: str) -> Any:
    """A vault by its name."""
    if name not in backend.vaults:
        raise NotFoundError(f"Backup vault {name} does not exist")
    return backend.vaults[name]


def named_vault(self: Any) -> Any:
    """The vault that a request names."""
    return find_vault(self.backup_backend, self._get_param("BackupVaultName"))


def points_of(backend: Any) -> dict[str, dict[str, Any]]:
    """The recovery points of an account and region, by arn, without those whose retention is over."""
    points = store_of(backend, "recovery_points")
    moment = clock.now()
    for arn, point in list(points.items()):
        if point.get("CalculatedLifecycle", {}).get("DeleteAt", moment) < moment:
            forget_point(backend, arn)
    return points


def forget_point(backend: Any, arn: str) -> None:
    """Take a recovery point and what it holds away."""
    store_of(backend, "recovery_points").pop(arn, None)
    store_of(backend, "recovery_point_contents").pop(arn, None)
    backend.tagger.delete_all_tags_for_resource(arn)


def points_in(backend: Any, vault: Any) -> list[dict[str, Any]]:
    """The recovery points of a vault."""
    return [
        point
        for point in list(points_of(backend).values())
        if point["BackupVaultName"] == vault.backup_vault_name
    ]


def contents_of(backend: Any) -> dict[str, Any]:
    """What recovery points hold, by arn."""
    return store_of(backend, "recovery_point_contents")


def refuse_if_denied(self: Any, vault: Any, action: str, resource: str | None = None) -> None:
    """Refuse what the vault's access policy denies to whoever calls."""
    policy = store_of(self.backup_backend, "access_policies").get(vault.backup_vault_name)
    said = policy and refusal(
        policy,
        partition=self.partition,
        account_id=self.current_account,
        action=action,
        resource=resource or vault.backup_vault_arn,
        context={},
    )
    if said:
        raise AccessDeniedError(said)


def chosen(self: Any, items: Iterable[Mapping[str, Any]], fields: Mapping[str, str]) -> list[Any]:
    """The items that match a request's filters; `fields` has each filter's member of an item."""
    found = list(items)
    for name, field in fields.items():
        wanted = self._get_param(name)
        if wanted is not None:
            found = [item for item in found if _matches(item.get(field), wanted, name)]
    return found


def one_page(self: Any, member: str, items: list[Any]) -> dict[str, Any]:
    """One page of an answer."""
    size = self._get_param("MaxResults") or PAGE_MAX
    if not 1 <= size <= PAGE_MAX:
        raise InvalidParameterError(f"MaxResults must be from 1 to {PAGE_MAX}, not {size}")
    try:
        shown, token = page(items, self._get_param("NextToken"), size)
    except BadTokenError as error:
        raise InvalidParameterError(f"Invalid NextToken: {error}") from error
    return {member: shown, "NextToken": token}


def _matches(value: Any, wanted: Any, name: str) -> bool:
    if isinstance(wanted, datetime):
        # moto reads times without a zone; they are UTC.
        moment = wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)
        before = name.endswith("Before")
        return value is not None and (value < moment if before else value > moment)
    return value == wanted or wanted == "*"
